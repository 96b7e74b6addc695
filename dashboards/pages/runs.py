"""Runs: the releases that are there, and what is new, gone or changed from one to another.

What does not belong here: numbers of one release (the other pages).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import html

from dashboards import theme
from dashboards.components.cards import small_table, tile
from dashboards.components.layout import empty, heading, info, section
from dashboards.page import Page, View
from dashboards.queries import Column, ReleaseError, Table

SHOWN = 100  # findings of a list
FINDINGS = """
select f.finding_key, f.check_id, c.title, f.direction, f.service_date, f.patient_control_number, f.claim_key, f.procedure_code,
  f.at_risk_counted, case when f.direction = 'under' then f.recoverable_amount else f.at_risk_amount end as amount, f.amount_method
from finding as f left join check_result as c on f.check_id = c.check_id
"""


RELEASES = Table(
    "releases",
    "Releases",
    "",
    (
        Column("run_id", "Release", href="href"),
        Column("as_of", "As of", "date"),
        Column("made", "Made, UTC", "date"),
        Column("claims", "Claims", "count"),
        Column("remits", "Remittance claims", "count"),
        Column("findings", "Findings", "count"),
        Column("policy", "Policy"),
        Column("rules", "Rule set", definition="First digits of the hash over all rules: equal rules, equal digits"),
        Column("state", "State"),
        Column("compare", "Compare", href="compare_href"),
    ),
    "One row a release of the folder. Releases are immutable: opening an older one shows every page as it was.",
)
BY_CHECK = Table(
    "run-changes",
    "By check",
    "",
    (
        Column("check_id", "Check", href="href"),
        Column("title", "What it finds"),
        Column("new", "New", "count", "In the release shown, not in the other"),
        Column("gone", "Gone", "count", "In the other release, not in the one shown"),
        Column("changed", "Changed", "count", "In both, with other dollars or another method"),
        Column("same", "Same", "count"),
        Column("moved", "Dollars moved", "amount", "Counted dollars in the release shown less those in the other"),
    ),
    "Findings are the same where their finding_key is: check, claim, line and documentation.",
    groups=("check_id",),
)
LIST = Table(
    "run-findings",
    "Findings",
    "",
    (
        Column("check_id", "Check"),
        Column("title", "What it finds"),
        Column("patient_control_number", "Account", href="href", is_identifier=True),
        Column("service_date", "Service date", "date"),
        Column("procedure_code", "Code"),
        Column("amount", "Dollars", "amount"),
        Column("before", "Before", "amount"),
    ),
    is_rows=True,
)


def render(view: View) -> Sequence[Any]:
    """The releases; below them the one shown against the one of the address's ``with``, else the next older."""
    releases = view.releases
    names = releases.names if releases else [view.release.run_id]
    current = releases.current if releases else view.release.run_id
    place = names.index(view.release.run_id) if view.release.run_id in names else 0
    other = view.filters["with"] if view.filters["with"] in names else next(iter(names[place + 1 :]), None)
    rows = [_release(view, name, current, other) for name in names]
    parts: list[Any] = [
        heading(
            view,
            "Runs",
            f"{len(names):,} {'release' if len(names) == 1 else 'releases'} in this folder; the newest is shown unless one is opened.",
        ),
        html.Div(
            [html.Div([html.H3("Releases"), info(RELEASES.definition)], className="card-title"), small_table(RELEASES, rows)],
            className="card wide",
        ),
    ]
    if other is None or releases is None:
        return [
            *parts,
            empty("Nothing to compare with", "There is no older release in this folder. Run midpoint audit again when files arrive."),
        ]
    try:
        changes = view.release.cached(("changes", other), lambda: _changes(view, other))
    except ReleaseError as error:
        return [*parts, empty("Cannot be compared", str(error))]
    return [*parts, *_compared(view, other, changes)]


def _release(view: View, name: str, current: str, other: str | None) -> dict[str, Any]:
    manifest = view.releases.manifest(name) if view.releases else view.release.manifest
    totals = manifest.get("control_totals", {})
    states = [
        word for word, holds in (("current", name == current), ("shown", name == view.release.run_id), ("compared", name == other)) if holds
    ]
    return {
        "run_id": name,
        "href": view.to(release=None if name == current else name, **{"with": None}),
        "as_of": manifest.get("as_of_date"),
        "made": str(manifest.get("created_at", "")).replace("T", " ")[:16],
        "claims": totals.get("claims"),
        "remits": totals.get("remits"),
        "findings": manifest.get("tables", {}).get("finding", {}).get("rows"),
        "policy": manifest.get("policy"),
        "rules": str(manifest.get("rule_set_sha256", ""))[:8],
        "state": ", ".join(states) or "—",
        "compare": "—" if name == view.release.run_id else "compare",
        "compare_href": None if name == view.release.run_id else view.to(**{"with": name}),
    }


def _changes(view: View, other: str) -> dict[str, Any]:
    """new, gone and changed findings, and the counts by check."""
    assert view.releases is not None
    now = {row["finding_key"]: row for row in view.release.rows(FINDINGS)}
    before = {row["finding_key"]: row for row in view.releases.get(other).rows(FINDINGS)}
    new = [row for key, row in now.items() if key not in before]
    gone = [row for key, row in before.items() if key not in now]
    both = [(row, before[key]) for key, row in now.items() if key in before]
    changed = [
        row | {"before": old["amount"]}
        for row, old in both
        if (row["amount"], row["amount_method"]) != (old["amount"], old["amount_method"])
    ]
    checks: dict[str, dict[str, Any]] = {}

    def count(row: dict[str, Any], kind: str, moved: Decimal) -> None:
        one = checks.setdefault(
            row["check_id"],
            {"check_id": row["check_id"], "title": row["title"], "new": 0, "gone": 0, "changed": 0, "same": 0, "moved": Decimal(0)},
        )
        one[kind] += 1
        one["moved"] += moved

    def dollars(row: dict[str, Any]) -> Decimal:
        return (row["amount"] or Decimal(0)) if row["at_risk_counted"] and row["direction"] != "info" else Decimal(0)

    for row in new:
        count(row, "new", dollars(row))
    for row in gone:
        count(row, "gone", -dollars(row))
    keys = {row["finding_key"] for row in changed}
    for row, old in both:
        count(row, "changed" if row["finding_key"] in keys else "same", dollars(row) - dollars(old))
    largest = [sorted(rows, key=lambda row: (-(row["amount"] or 0), row["finding_key"])) for rows in (new, gone, changed)]
    return {"new": largest[0], "gone": largest[1], "changed": largest[2], "checks": [checks[key] for key in sorted(checks)]}


def _compared(view: View, other: str, changes: dict[str, Any]) -> list[Any]:
    words = {"new": "in the release shown only", "gone": f"in {other} only", "changed": "in both, with other dollars or another method"}
    tiles = [tile(kind.capitalize(), theme.count(len(changes[kind])), view, text, name=f"runs-{kind}") for kind, text in words.items()]
    rows = [
        row | {"href": view.filters.to("/acp-audit", check=row["check_id"])}
        for row in changes["checks"]
        if row["new"] or row["gone"] or row["changed"]
    ]
    body: list[Any] = [html.Div(tiles, className="tiles three")]
    if rows:
        body.append(html.Div([html.H3("By check"), small_table(BY_CHECK, rows)], className="card wide"))
    for kind, text in words.items():
        found = changes[kind]
        if not found:
            continue
        release = other if kind == "gone" else view.filters.release
        shown = [
            row
            | {
                "href": view.filters.to("/claim-360", claim=row["claim_key"], finding=row["finding_key"], release=release)
                if row["claim_key"]
                else None
            }
            for row in found[:SHOWN]
        ]
        title = f"{kind.capitalize()}: {text}"
        body.append(html.Div([html.H3(title), small_table(LIST, shown, len(found))], className="card wide"))
    return [section(f"{view.release.run_id} against {other}", body)]


PAGE = Page("/runs", "Runs", render, "Evidence", 30, (), frozenset())
