"""report.html: one self-contained page that tells what a release holds and how to read it. Made from the release's own tables.

What does not belong here: the warehouse, any computation of a finding or a dollar, colours and number formats (dashboards.theme),
figures (dashboards.figures). Whatever comes from a file is escaped; patient control numbers are the only identifiers shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from dashboards.figures import findings as figures
from dashboards.theme import DARK, DIRECTIONS, FONT, LIGHT, count, css_variables, dollars, percent
from pipelines.summary import read_manifest, tally
from pipelines.words import plural as _plural

HERE = Path(__file__).parent
TOP_FINDINGS = 100  # of each direction; the tables beside the report hold all
FILES_SHOWN = 300

PROOFS = {
    "claim": "The claim proves it",
    "suggests": "The claim suggests it",
    "chart": "Only the record can tell",
}
TIERS = {
    "A": "denied and recoverable",
    "B": "paid short on the claim’s own facts",
    "C": "documented but not billed",
}
# The column that holds a direction's dollars, in finding and (with counted_ before it) in check_result.
MONEY = {"over": "at_risk_amount", "under": "recoverable_amount", "denial": "at_risk_amount"}


class Release(NamedTuple):
    """A release as the report reads it."""

    folder: Path
    manifest: dict[str, Any]
    con: duckdb.DuckDBPyConnection

    def rows(self, table: str, query: str = "select * from {table}") -> list[dict[str, Any]]:
        path = str(self.folder / f"{table}.parquet").replace("'", "''")
        result = self.con.execute(query.format(table=f"read_parquet('{path}')"))
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def write_report(folder: Path, target: Path | None = None) -> Path:
    """Write the report of the release in ``folder`` to ``target`` (default: its report.html); returns where it was written.

    Raises MidpointError when the folder is no release.
    """
    manifest = read_manifest(folder)
    with duckdb.connect() as con:
        con.execute("set preserve_insertion_order = true")
        page = _page(Release(folder, manifest, con))
    path = target or folder / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


def _page(release: Release) -> str:
    manifest, totals = release.manifest, release.manifest["control_totals"]
    checks = release.rows("check_result")
    files = release.rows("file")
    aside = release.rows("quarantine")
    gate = release.rows("expectation_result")
    unpriced = {
        row["direction"]: row["n"]
        for row in release.rows(
            "finding",
            "select direction, count(*) as n from {table} where direction <> 'info'"
            " and case direction when 'under' then recoverable_amount else at_risk_amount end is null group by direction",
        )
    }
    sections = (
        ("findings", "Findings by check", _checks(checks) + _charts(release, checks)),
        ("money", "Money", _money(release)),
        ("top", "Largest findings", _top_findings(release)),
        ("not-evaluable", "Checks that could not be evaluated", _not_evaluable(checks)),
        ("files", "What came in", _files(files, aside)),
        ("reconciliation", "Reconciliation", _reconciliation(release)),
        ("balance", "What balanced", _balance(release, totals)),
        ("expectations", "Data expectations", _expectations(gate)),
        ("reading", "How to read this report", _reading()),
    )
    links = "".join(f'<a href="#{key}">{escape(title)}</a>' for key, title, _ in sections)
    body = "".join(f'<section aria-labelledby="{key}"><h2 id="{key}">{escape(title)}</h2>{text}</section>' for key, title, text in sections)
    period = f"{totals['first_service_date']} to {totals['last_service_date']}" if totals["first_service_date"] else "none"
    if manifest.get("service_from_date"):
        period += f"; checked from {manifest['service_from_date']} to {manifest['as_of_date']}"
    if manifest.get("mature_date"):
        period += f"; those after {manifest['mature_date']} are still being answered"
    title = f"Midpoint audit, {manifest['as_of_date']}"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{escape(title)}</title>
<style>:root {{ --font: {FONT}; {css_variables(LIGHT)} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {css_variables(DARK)} }} }}
{(HERE / "report.css").read_text(encoding="utf-8")}</style>
<script>{get_plotlyjs()}</script></head><body><a class="skip" href="#findings">Skip to the findings</a><div class="page">
<header><div><h1>Palliative-care and advance-care-planning billing audit</h1>
<p class="scope">Services {escape(period)} · {_plural(totals["claims"], "claim")} · {_plural(totals["remits"], "remittance claim")} ·
policy {escape(manifest["policy"])}</p></div>
<p class="run">As of <strong>{escape(str(manifest["as_of_date"]))}</strong><br>Run <code>{escape(manifest["run_id"])}</code></p></header>
<nav aria-label="Sections">{links}</nav>
<main>{_cards(release, checks, files, totals, unpriced)}{_attention(checks, files, aside, totals, gate, unpriced)}{body}</main>
<footer>Midpoint {escape(manifest["versions"]["midpoint"] or "")} · rule set <code>{escape(manifest["rule_set_sha256"][:12])}</code> ·
all findings, with their evidence, stand in <code>findings.xlsx</code>, <code>finding.csv</code> and <code>finding.parquet</code>
beside this page. This page holds patient control numbers: treat it as patient data.</footer>
</div><script>{(HERE / "report.js").read_text(encoding="utf-8")}</script></body></html>
"""


# --- pieces ----------------------------------------------------------------------------------------


def _table(name: str, caption: str, columns: Sequence[str], rows: Iterable[str], tall: bool = False) -> str:
    """columns: header texts, a leading # for numbers. rows: ready <tr> elements."""
    head = "".join(f'<th scope="col"{" class=n" if c.startswith("#") else ""}>{escape(c.removeprefix("#"))}</th>' for c in columns)
    return (
        f'<div class="scroll{" tall" if tall else ""}" tabindex="0" role="region" aria-label="{escape(caption)}"><table id="{name}">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(*cells: str) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def _td(value: object, kind: str = "") -> str:
    text = "" if value is None else escape(str(value))
    return f'<td class="{kind}">{text}</td>' if kind else f"<td>{text}</td>"


def _number(text: str) -> str:
    return f'<td class="n">{escape(text)}</td>'


def _tag(text: str, kind: str) -> str:
    return f'<span class="tag {kind}">{escape(text)}</span>'


def _plot(name: str, figure: go.Figure, caption: str) -> str:
    """A figure with its caption; the table beside it is its text form."""
    config = {"displayModeBar": False, "responsive": True}
    html = figure.to_html(full_html=False, include_plotlyjs=False, config=config, div_id=f"figure-{name}")
    words = escape(caption)
    return f'<figure aria-label="{words}; the table above holds the same figures"><figcaption>{words}</figcaption>{html}</figure>'


# --- sections --------------------------------------------------------------------------------------


def _cards(
    release: Release, checks: list[dict[str, Any]], files: list[dict[str, Any]], totals: dict[str, Any], unpriced: dict[str, int]
) -> str:
    tiers = {
        row["tier"]: row
        for row in release.rows(
            "missed_revenue",
            "select tier, coalesce(sum(recoverable_amount) filter (where is_counted), 0) as amount from {table} group by tier",
        )
    }
    # A tier without findings shows a dash, not $0: the checks that would fill it may be missing or not evaluable.
    lines = "".join(
        f"<div><dt>{key}: {escape(text)}</dt><dd>{dollars(tiers[key]['amount'] if key in tiers else None)}</dd></div>"
        for key, text in TIERS.items()
    )
    statuses = [file["status"] for file in files]
    landed = sum(status in ("accepted", "partial") for status in statuses)
    return f"""<div class="cards">
{_money_card(checks, "over", f"Potential until reviewed. {_estimated(release)}", unpriced, _by_proof(release))}
<div class="card under"><h3>Missed revenue, by tier</h3><dl>{lines}</dl>
<p>{_flagged(checks, "under", unpriced)}. Tiers are never added together.</p></div>
{_money_card(checks, "denial", "Expected amount of services that a payer is likely to deny as billed.", unpriced)}
<div class="card"><h3>What this rests on</h3><div class="figure">{percent(totals["remits_matched"], totals["remits"])}</div>
<p>of remittance claims matched to a claim ({count(totals["remits_matched"])} of {count(totals["remits"])}).
{count(landed)} of {_plural(len(files), "file")} landed; {_plural(totals["documentation_rows"], "documentation row")}.</p></div></div>"""


def _by_proof(release: Release) -> str:
    """The overpayment dollars, counted once, by what proves them."""
    found = {
        row["proof"]: row["amount"]
        for row in release.rows(
            "finding",
            "select proof, coalesce(sum(at_risk_amount), 0) as amount from {table}"
            " where direction = 'over' and at_risk_counted group by proof",
        )
    }
    lines = "".join(
        f"<div><dt>{words.lower()}</dt><dd>{dollars(found[key], cents=True)}</dd></div>" for key, words in PROOFS.items() if key in found
    )
    return f"<dl>{lines}</dl>" if lines else ""


def _estimated(release: Release) -> str:
    """How much of the overpayment dollars no remittance has allowed."""
    found = release.rows(
        "finding",
        "select sum(at_risk_amount) as amount, coalesce(sum(at_risk_amount) filter (amount_method like '%expected%'), 0) as estimated"
        " from {table} where direction = 'over' and at_risk_counted",
    )[0]
    if not found["amount"]:
        return ""
    if not found["estimated"]:
        return "All of it was allowed on a remittance; none is estimated."
    return f"{dollars(found['estimated'], cents=True)} of it is estimated, not allowed on a remittance."


def _money_card(checks: list[dict[str, Any]], direction: str, words: str, unpriced: dict[str, int], parts: str = "") -> str:
    amounts = [c[f"counted_{MONEY[direction]}"] for c in checks if c["direction"] == direction and c["eligible_count"] is not None]
    figure = dollars(sum(amounts, Decimal(0))) if amounts else "not evaluable"
    return (
        f'<div class="card {direction}"><h3>{DIRECTIONS[direction]}</h3><div class="figure">{figure}</div>'
        f"{parts}<p>{_flagged(checks, direction, unpriced)}. {words}</p></div>"
    )


def _flagged(checks: list[dict[str, Any]], direction: str, unpriced: dict[str, int]) -> str:
    mine = [c for c in checks if c["direction"] == direction]
    unknown = sum(c["status"] == "not_evaluable" for c in mine)
    text = f"{_plural(sum(c['flagged_count'] or 0 for c in mine), 'finding')} from {_plural(len(mine) - unknown, 'check')}"
    text += f", {unpriced[direction]:,} without an amount" if direction in unpriced else ""
    return text + (f"; {_plural(unknown, 'check')} not evaluable" if unknown else "")


def _attention(
    checks: list[dict[str, Any]],
    files: list[dict[str, Any]],
    aside: list[dict[str, Any]],
    totals: dict[str, Any],
    gate: list[dict[str, Any]],
    unpriced: dict[str, int],
) -> str:
    """What limits the figures above, first; nothing when nothing does."""
    refused = sum(f["status"] == "quarantined" for f in files)
    partial = sum(f["status"] == "partial" for f in files)
    unknown = sum(c["status"] == "not_evaluable" for c in checks)
    failed = sum(g["status"] != "passed" for g in gate)
    without = sum(unpriced.values())
    pieces = (
        (sum(f["aside_clm"] for f in files), "claim"),
        (sum(f["aside_clp"] for f in files), "remittance claim"),
        (sum(a["unit"] == "row" for a in aside), "documentation row"),
    )
    lost = ", ".join(_plural(number, noun) for number, noun in pieces if number)
    trailers = totals["transaction_sets_miscounted"] + totals["functional_groups_miscounted"] + totals["interchanges_miscounted"]
    points = [
        (refused, f'<a href="#files">{_plural(refused, "file")} set aside whole</a>: nothing of that is in any figure here.'),
        (partial, f'<a href="#files">{_plural(partial, "file")} landed in part</a>.'),
        (lost, f'<a href="#files">Set aside</a>, and in no figure here: {lost}.'),
        (without, f'<a href="#top">{_plural(without, "finding")} without an amount</a>: counted, but in no dollar figure.'),
        (
            unknown,
            f'<a href="#not-evaluable">{_plural(unknown, "check")} not evaluable</a>: an input is missing, so nothing is said either way.',
        ),
        (
            totals["transaction_sets_unbalanced"],
            f'<a href="#balance">{_plural(totals["transaction_sets_unbalanced"], "transaction set")} out of balance</a>.',
        ),
        (trailers, f'<a href="#balance">{_plural(trailers, "trailer")} (SE, GE or IEA)</a> at odds with what was found.'),
        (failed, f'<a href="#expectations">{_plural(failed, "data expectation")} not met</a>.'),
    ]
    items = "".join(f"<li>{text}</li>" for number, text in points if number)
    return f'<div class="attention"><h2>Before you use these figures</h2><ul>{items}</ul></div>' if items else ""


def _checks(checks: list[dict[str, Any]]) -> str:
    evaluated = [c for c in checks if c["status"] in ("passed", "flagged")]
    if not evaluated:
        return '<p class="quiet">No check could be evaluated.</p>'
    order = list(DIRECTIONS)
    rows = (
        _row(
            f'<th scope="row">{escape(c["check_id"])}</th>',
            f"<td>{escape(c['title'])}<small>{escape(c['fix'])}</small></td>",
            f"<td>{_tag(DIRECTIONS[c['direction']], c['direction'])}</td>",
            f"<td class=nowrap>{escape(PROOFS[c['proof']])}<small>{escape(c['severity'])} severity</small></td>",
            _number(count(c["flagged_count"])),
            _number(count(c["eligible_count"])),
            _number(percent(c["flagged_count"], c["eligible_count"])),
            _number(dollars(c[MONEY[c["direction"]]]) if c["direction"] in MONEY else "—"),
            _number(dollars(c[f"counted_{MONEY[c['direction']]}"]) if c["direction"] in MONEY else "—"),
        )
        for c in sorted(evaluated, key=lambda c: (order.index(c["direction"]), -(c["flagged_count"] or 0), c["check_id"]))
    )
    columns = (
        "Check",
        "What it finds, and what to do",
        "Direction",
        "Proof",
        "#Flagged",
        "#Eligible",
        "#Rate",
        "#Dollars",
        "#Counted once",
    )
    return (
        "<p>Each check looks at every eligible line or documentation row: rate = flagged ÷ eligible. <em>Counted once</em> leaves out"
        " dollars that another check of the same direction already carries on the same line; only that column adds up, and only within"
        " a direction.</p>" + _table("checks", "Findings by check", columns, rows)
    )


RECOVERY = ("found", "corrected claim seen", "paid")


def _money(release: Release) -> str:
    """The tiers by how far their recovery is, and the exposure beside them: never one sum."""
    if not (release.folder / "exposure.parquet").exists():
        return '<p class="quiet">This release was made before its tables held recovery and exposure; audit again to see them.</p>'
    tiers = release.rows(
        "missed_revenue",
        "select tier, recovery_status, count(*) as n, sum(recoverable_amount) as open_amount, sum(recovered_amount) as recovered_amount,"
        " count(*) filter (days_left_to_file between 0 and 30) as urgent, count(*) filter (days_left_to_file < 0) as late"
        " from {table} where is_counted group by tier, recovery_status",
    )
    found = {(row["tier"], row["recovery_status"]): row for row in tiers}
    rows = (
        _row(
            f"<td>{f'<strong>{tier}</strong>: {escape(words)}' if status == RECOVERY[0] else ''}</td>",
            _td(status, "nowrap"),
            *_recovery(found.get((tier, status))),
        )
        for tier, words in TIERS.items()
        for status in RECOVERY
        if status == RECOVERY[0] or (tier, status) in found
    )
    exposure = release.rows(
        "exposure",
        "select proof, count(*) filter (is_counted) as n, coalesce(sum(at_risk_amount) filter (is_counted), 0) as amount,"
        " coalesce(sum(at_risk_amount) filter (is_counted and is_estimated), 0) as estimated from {table} group by proof",
    )
    beside = {row["proof"]: row for row in exposure}
    exposed = (
        _row(
            f'<th scope="row">{escape(words)}</th>',
            _number(count(beside[key]["n"]) if key in beside else "—"),
            _number(dollars(beside[key]["amount"], cents=True) if key in beside else "—"),
            _number(dollars(beside[key]["estimated"], cents=True) if key in beside else "—"),
        )
        for key, words in PROOFS.items()
    )
    columns = ("Tier", "Recovery", "#Lines", "#Still open", "#Recovered", "#≤ 30 days left", "#Past limit")
    ledger = "; ".join(escape(row["kpi"]) for row in release.rows("kpi_ledger", "select kpi from {table} order by kpi"))
    return (
        "<p>Each dollar of a line stands in one tier, under one status. The tiers are never added together, and the exposure is never set"
        " off against them. Recovery follows later claims and remittances by itself;"
        " days left are those to the payer’s limit for filing.</p>"
        + '<div class="beside"><div><h3>Missed revenue</h3>'
        + _table("tiers", "Missed revenue by tier and recovery", columns, rows)
        + "</div><div><h3>Overpayment exposure</h3>"
        + _table("exposed", "Overpayment exposure by proof", ("Proof", "#Lines", "#At risk", "#Estimated"), exposed)
        + "</div></div>"
        + f'<p class="quiet">Needs a ledger, so not shown: {ledger}. kpi_ledger.csv says what input would give each.</p>'
    )


def _recovery(row: dict[str, Any] | None) -> tuple[str, ...]:
    """Cells of one tier and status; dashes where there is none."""
    if row is None:
        return tuple(_number("—") for _ in range(5))
    return (
        _number(count(row["n"])),
        _number(dollars(row["open_amount"], cents=True)),
        _number(dollars(row["recovered_amount"], cents=True)),
        _number(count(row["urgent"])),
        _number(count(row["late"])),
    )


def _charts(release: Release, checks: list[dict[str, Any]]) -> str:
    """Two figures a direction, by check and by month, where there is more than one bar to compare."""
    made: list[str] = []
    for direction, money in MONEY.items():
        mine = [c for c in checks if c["direction"] == direction and c[f"counted_{money}"]]
        if len(mine) > 1:
            bars = [(c["check_id"], c["title"], c["flagged_count"], c[f"counted_{money}"]) for c in mine]
            made.append(
                _plot(f"{direction}-by-check", figures.by_check(bars, direction), f"{DIRECTIONS[direction]} by check, counted once")
            )
        months = release.rows(
            "finding",
            f"select strftime(service_date, '%Y-%m') as month, count(*) as n, coalesce(sum({money}), 0) as amount from {{table}}"
            f" where direction = '{direction}' and at_risk_counted and service_date is not null group by month order by month",
        )
        if len(months) > 1:
            figure = figures.by_month([(m["month"], m["n"], m["amount"]) for m in months], direction)
            made.append(_plot(f"{direction}-by-month", figure, f"{DIRECTIONS[direction]} by month of service"))
    return f'<div class="charts">{"".join(made)}</div>' if made else ""


def _top_findings(release: Release) -> str:
    titles = {c["check_id"]: c["title"] for c in release.rows("check_result")}
    parts = [_top(release, direction, titles) for direction in DIRECTIONS]
    return "".join(parts) or '<p class="quiet">No findings.</p>'


def _top(release: Release, direction: str, titles: dict[str, str]) -> str:
    money = MONEY.get(direction, "at_risk_amount")
    found = release.rows(
        "finding",
        "select *, count(*) over () as total from (select *, count(*) over () - count(*) filter (at_risk_counted) over () as overlapping"
        f" from {{table}} where direction = '{direction}') where at_risk_counted"
        f" order by {money} desc nulls last, check_id, service_date, claim_key, line_number, finding_key limit {TOP_FINDINGS}",
    )
    if not found:
        return ""
    total, name = found[0]["total"], f"top-{direction}"
    rows = (
        _row(
            _td(f["check_id"], "nowrap"),
            f'<th scope="row">{escape(f["patient_control_number"] or "—")}</th>',
            _td(f["service_date"], "nowrap"),
            _td(f["clinician_npi"]),
            _td(_service(f), "nowrap"),
            _number(count(f["minutes"])),
            _number(dollars(f[money], cents=True)),
            f"<td class=why>{escape(titles[f['check_id']])}<small>{escape(_evidence(f))}</small></td>",
            _where(f),
        )
        for f in found
    )
    more = f"The {len(found):,} largest of {total:,} that carry" if total > len(found) else f"All {total:,} findings that carry"
    carrying = f"{more} their line’s dollars." if total > 1 else "The one finding that carries its line’s dollars."
    overlapping = found[0]["overlapping"]
    verbs = "overlaps and is" if overlapping == 1 else "overlap and are"
    overlap = f" {_plural(overlapping, 'more finding')} {verbs} not counted twice." if overlapping else ""
    columns = ("Check", "Account", "Service date", "Clinician", "Code", "#Minutes", "#Dollars", "Why", "Where it stands")
    return (
        f'<h3>{DIRECTIONS[direction]}</h3><p class="quiet">{carrying}{overlap}</p>'
        f'<div class="find"><label for="{name}-find">Find</label><input id="{name}-find" type="search" data-table="{name}"'
        f' placeholder="account, NPI, check, code, date …"><span class="quiet" id="{name}-shown" aria-live="polite"></span></div>'
        + _table(name, f"{DIRECTIONS[direction]}: largest findings", columns, rows, tall=True)
    )


def _service(finding: dict[str, Any]) -> str:
    """Code, modifiers and, where not one, units; where nothing was billed, the codes to bill."""
    if finding["check_id"] == "ACP-06":
        addon = json.loads(finding["evidence"])["supported_units"]
        return "99497" + (f", 99498 × {addon}" if addon else "")
    units = finding["units"]
    times = f"× {units.normalize():f}" if units is not None and units != 1 else None
    return " ".join(str(v) for v in (finding["procedure_code"], finding["modifiers"], times) if v) or "—"


def _evidence(finding: dict[str, Any]) -> str:
    """The evidence's JSON as words, and how the amount was made."""
    facts: dict[str, Any] = json.loads(finding["evidence"] or "{}", parse_float=_plain) | {"amount": finding["amount_method"]}
    words = {True: "yes", False: "no"}
    return " · ".join(
        f"{key.replace('_', ' ')}: {words[value] if isinstance(value, bool) else value}"
        for key, value in facts.items()
        if value is not None
    )


def _plain(number: str) -> str:
    """A decimal without trailing zeros, as 2 for 2.0000."""
    return f"{Decimal(number).normalize():f}"


def _where(finding: dict[str, Any]) -> str:
    """The file's name, its whole path on hovering, and the place in it."""
    path = finding["source_file"] or "—"
    return f'<td class="path" title="{escape(path)}">{escape(Path(path).name)}<small>{escape(_place(finding))}</small></td>'


def _place(finding: dict[str, Any]) -> str:
    if finding["transaction_set"] is not None:
        part = "the whole claim" if finding["line_number"] is None else f"line {finding['line_number']}"
        return f"transaction set {finding['transaction_set']}, segment {finding['segment_number']}, {part}"
    return f"documentation {finding['documentation_id']}" if finding["documentation_id"] else ""


def _not_evaluable(checks: list[dict[str, Any]]) -> str:
    missing = [c for c in checks if c["status"] not in ("passed", "flagged")]
    if not missing:
        return "<p>All checks were evaluated.</p>"
    rows = (_row(f'<th scope="row">{escape(c["check_id"])}</th>', _td(c["title"]), _td(c["reason"])) for c in missing)
    return "<p>These checks lack an input. That is not the same as having no findings.</p>" + _table(
        "missing", "Checks that could not be evaluated", ("Check", "What it would find", "What is missing"), rows
    )


STATUS_KIND = {"accepted": "good", "partial": "warn", "quarantined": "bad", "duplicate": "duplicate"}


def _files(files: list[dict[str, Any]], aside: list[dict[str, Any]]) -> str:
    order = ("quarantined", "partial", "accepted", "duplicate")
    tally = ", ".join(f"{sum(f['status'] == s for f in files):,} {s}" for s in ("accepted", "partial", "quarantined", "duplicate"))
    shown = sorted(files, key=lambda f: (order.index(f["status"]), f["path"]))[:FILES_SHOWN]
    rows = (
        _row(
            f'<td class="path">{escape(f["path"])}</td>',
            f"<td>{_tag(f['status'], STATUS_KIND[f['status']])}</td>",
            _td(" ".join(v for v in (f["kind"], f["version"]) if v)),
            _number(count(f["bytes"])),
            _number(count(f["transaction_set_count"])),
            _number(count(f["landed_clm"] + f["landed_clp"])),
            _number(count(f["aside_clm"] + f["aside_clp"])),
            _td("; ".join(v for v in (f["reason"], f["warnings"]) if v)),
        )
        for f in shown
    )
    columns = ("File", "Status", "Kind", "#Bytes", "#Transaction sets", "#Claims landed", "#Claims set aside", "Reason and warnings")
    more = f" The first {FILES_SHOWN} are shown; file.csv holds all." if len(files) > FILES_SHOWN else ""
    return (
        f"<p>{_plural(len(files), 'file')}: {tally}.{more}</p>" + _quarantine(aside) + _table("came-in", "Files", columns, rows, tall=True)
    )


def _quarantine(aside: list[dict[str, Any]]) -> str:
    if not aside:
        return ""
    rows = (
        _row(
            f'<td class="path">{escape(a["source_file"])}</td>',
            _td(_piece(a), "nowrap"),
            _td(a["reason_code"], "nowrap"),
            _td(a["message"]),
            _number(count(a["segment_number"])),
            _number(count(a["byte_offset"])),
        )
        for a in aside[:FILES_SHOWN]
    )
    more = f" The first {FILES_SHOWN} of {len(aside):,} are shown; quarantine.csv holds all." if len(aside) > FILES_SHOWN else ""
    columns = ("File", "What", "Reason", "Why, and what to do", "#Segment", "#Byte")
    return f"<h3>Set aside</h3><p class='quiet'>None of it is in any figure of this report.{more}</p>" + _table(
        "aside", "Set aside", columns, rows, tall=True
    )


def _piece(aside: dict[str, Any]) -> str:
    if aside["unit"] == "transaction_set":
        return f"transaction set {aside['transaction_set']}" + (f" (ST02 {aside['control_number']})" if aside["control_number"] else "")
    return f"row {aside['row_number']}" if aside["unit"] == "row" else "whole file"


def _reconciliation(release: Release) -> str:
    identities = release.rows("reconciliation", "select * from {table} order by identity_number")
    tallied = tally(identities)
    ours, senders = (tallied[f"{side}_count"] for side in ("ours", "sender"))
    said = (
        f"<p>Reconciliation: {ours - tallied['ours_differing']} of {ours} identities at 0.00, from the bytes of the files to these tables."
        f" Of the senders’ own figures, {senders - tallied['sender_differing']} of {senders} add up.</p>"
    )
    rows = (
        _row(
            f"<td>{escape(i['title'])}<small>{escape(_parts(i))}</small></td>",
            *(_number(dollars(i[key], cents=True)) for key in ("left_amount", "right_amount", "difference_amount")),
            _number(count(i["group_count"])),
            _number(count(i["differing_count"])),
            f"<td>{_tag('differs' if i['differing_count'] else 'ties', _reconciled(i))}</td>",
        )
        for i in identities
    )
    columns = ("Identity", "#Left", "#Right", "#Difference", "#Compared", "#Differing", "Result")
    return said + _table("identities", "Reconciliation, to the cent", columns, rows, tall=True) + _differing(release)


def _reconciled(identity: dict[str, Any]) -> str:
    return "good" if not identity["differing_count"] else "bad" if identity["side"] == "ours" else "warn"


def _parts(identity: dict[str, Any]) -> str:
    """What the right side is made of, and what could not be read."""
    parts = [f"{name.replace('_', ' ')} {dollars(Decimal(value), cents=True)}" for name, value in json.loads(identity["parts"]).items()]
    if identity["unreadable_count"]:
        parts.append(f"{count(identity['unreadable_count'])} amounts or files that cannot be read, on neither side")
    return " · ".join(parts)


def _differing(release: Release) -> str:
    found = release.rows(
        "reconciliation_difference",
        "select *, count(*) over () as total from {table}"
        f" order by side, identity_number, source_file, transaction_set, segment_number, subject limit {FILES_SHOWN}",
    )
    if not found:
        return ""
    rows = (
        _row(
            _td(d["identity"], "nowrap"),
            f'<td class="path">{escape(d["source_file"] or "—")}<small>{escape(_spot(d))}</small></td>',
            _td(d["subject"]),
            *(_number(dollars(d[key], cents=True)) for key in ("left_amount", "right_amount", "difference_amount")),
        )
        for d in found
    )
    more = f" The first {len(found)} are shown; reconciliation_difference.csv holds all." if found[0]["total"] > len(found) else ""
    columns = ("Identity", "File", "What", "#Left", "#Right", "#Difference")
    return f"<h3>What differs</h3><p class='quiet'>{_plural(found[0]['total'], 'group')}.{more}</p>" + _table(
        "differing", "Groups that differ", columns, rows, tall=True
    )


def _spot(difference: dict[str, Any]) -> str:
    places = (("transaction set", difference["transaction_set"]), ("segment", difference["segment_number"]))
    return ", ".join(f"{word} {value}" for word, value in places if value is not None)


def _balance(release: Release, totals: dict[str, Any]) -> str:
    pairs = (
        ("Claim charges (CLM02) against their service lines", totals["claim_charge_amount"], totals["claim_line_charge_amount"]),
        (
            "Remittance payments (CLP04) less provider adjustments (PLB) against payments (BPR02)",
            Decimal(str(totals["remit_paid_amount"])) - Decimal(str(totals["provider_adjustment_amount"])),
            totals["payment_amount"],
        ),
    )
    money = (
        _row(_td(text), *(_number(dollars(Decimal(str(v)), cents=True)) for v in (a, b, Decimal(str(a)) - Decimal(str(b)))))
        for text, a, b in pairs
    )
    counts = (
        ("Transaction sets landed", "transaction_sets", ""),
        ("… that do not balance", "transaction_sets_unbalanced", "transaction_sets"),
        ("… with a trailer that does not agree (SE01, SE02)", "transaction_sets_miscounted", "transaction_sets"),
        ("Functional groups with a trailer that does not agree (GE01, GE02)", "functional_groups_miscounted", ""),
        ("Interchanges with a trailer that does not agree (IEA01, IEA02)", "interchanges_miscounted", ""),
        ("Transaction sets set aside", "transaction_sets_aside", ""),
        ("Claims whose charge differs from their lines", "claims_unbalanced", "claims"),
        ("Remittance claims whose adjustments do not explain the payment", "remits_unbalanced", "remits"),
        ("Remittance claims matched to a claim", "remits_matched", "remits"),
        ("Remittance lines matched to a claim line", "remit_lines_matched", "remit_lines"),
    )
    tallies = (
        _row(
            _td(text),
            _number(count(totals[key])),
            _number(count(totals[of]) if of else "—"),
            _number(percent(totals[key], totals[of]) if of else "—"),
        )
        for text, key, of in counts
    )
    return (
        _table("control", "Control totals", ("Control total", "#This side", "#Other side", "#Difference"), money)
        + _table("counts", "Counts", ("Count", "#Number", "#Of", "#Rate"), tallies)
        + _unbalanced(release)
    )


def _unbalanced(release: Release) -> str:
    sets = release.rows(
        "transaction_set",
        "select *, count(*) over () as total from {table} where is_landed and (not coalesce(is_balanced, true) or not is_count_agreed)"
        f" order by source_file, transaction_set limit {FILES_SHOWN}",
    )
    if not sets:
        return "<p>Every transaction set balances and agrees with its trailer.</p>"
    rows = (
        _row(
            f'<td class="path">{escape(s["source_file"])}</td>',
            _td(f"{s['transaction_set']} (ST02 {s['control_number']})", "nowrap"),
            _td(s["kind"]),
            _number(f"{count(s['declared_segment_count'])} / {count(s['found_segment_count'])}"),
            _number(dollars(s["charge_total_amount"], cents=True)),
            _number(dollars(s["claim_paid_total_amount"], cents=True)),
            _number(dollars(s["provider_adjustment_total_amount"], cents=True)),
            _number(dollars(s["payment_amount"], cents=True)),
            _number(f"{count(s['unbalanced_claim_count'])} / {count(s['unbalanced_line_count'])}"),
        )
        for s in sets
    )
    columns = (
        "File",
        "Transaction set",
        "Kind",
        "#Segments declared / found",
        "#Charges",
        "#Paid",
        "#PLB",
        "#BPR02",
        "#Unbalanced claims / lines",
    )
    return (
        "<h3>Out of balance, or miscounted</h3>"
        f"<p class='quiet'>{_plural(sets[0]['total'], 'transaction set')}; they landed all the same.</p>"
        + _table("unbalanced", "Transaction sets out of balance", columns, rows, tall=True)
    )


def _expectations(gate: list[dict[str, Any]]) -> str:
    if not gate:
        return "<p>No expectations were run: the shape of the tables is unchecked.</p>"
    failed = [g for g in gate if g["status"] != "passed"]
    tables = _plural(len({g["table_name"] for g in gate}), "table")
    said = f"<p>{len(gate) - len(failed):,} of {_plural(len(gate), 'expectation')} met on {tables}.</p>"

    def rows(some: list[dict[str, Any]]) -> Iterable[str]:
        for g in some:
            kind = {"passed": "good", "failed": "bad" if g["severity"] == "critical" else "warn"}.get(g["status"], "bad")
            yield _row(
                f'<th scope="row">{escape(g["table_name"])}</th>',
                f"<td>{escape(g['description'])}<small>{escape(g['expectation_name'])}</small></td>",
                _td(g["severity"]),
                f"<td>{_tag(g['status'], kind)}</td>",
                _number(count(g["unexpected_count"])),
            )

    columns = ("Table", "Expectation", "Severity", "Result", "#Exceptions")
    ordered = sorted(gate, key=lambda g: (g["table_name"], g["expectation_number"]))
    shown = _table("not-met", "Expectations not met", columns, rows(failed)) if failed else ""
    return (
        said
        + shown
        + f"<details><summary>All expectations</summary>{_table('met', 'All expectations', columns, rows(ordered), tall=True)}</details>"
    )


def _reading() -> str:
    words = (
        ("Potential finding", "A finding is potential until a person has reviewed the record. It is a place to look, not a verdict."),
        *((f"Proof: {text.lower()}", _PROOF_WORDS[key]) for key, text in PROOFS.items()),
        (
            "Overpayment risk",
            "What was allowed (payer plus patient share) on services that a check finds unsupported; without a remittance, an estimate.",
        ),
        (
            "Missed revenue",
            "What could still be due. A: denied and recoverable. B: paid short on the claim’s own facts. C: documented but not billed.",
        ),
        (
            "Denial risk",
            "The expected amount of services that a payer is likely to refuse as billed. It is not overpaid and not missed yet.",
        ),
        (
            "Allowed, expected",
            "Allowed is AMT*B6 of the remittance, else paid plus patient share. Expected is, first that applies: your contract rate; the"
            " payer’s own median for the code, place and year (10 or more lines); its ratio to the Medicare schedule; the schedule."
            " Findings name the method.",
        ),
        (
            "Recovery",
            "Found: nothing has come since. Corrected claim seen: a later version of the claim, or a first one for what was not billed."
            " Paid: net of all remittances, something is paid or moved to the patient.",
        ),
        (
            "Counted once",
            "Where several findings of one direction meet on a line, the first in the order of the rules carries the dollars. Of missed"
            " revenue each kind counts: not billed, patient share, denied or paid short.",
        ),
        ("Eligible, rate", "Eligible: all lines or documentation rows that the rule speaks of, flagged or not. Rate: flagged ÷ eligible."),
        ("Not evaluable", "The check lacked an input, such as the documentation extract. It is never counted as passed."),
        ("Final action", "Checks look at the last valid version of a claim, and at the primary payer’s copy of a service."),
        ("Where it stands", "File; transaction set (1 is the first ST of the file); segment (1 is the ST itself, as SE01 counts)."),
        (
            "As-of date, run",
            "The day that the audit speaks of. The run’s name is made of it and of all inputs and rules: same inputs, same name.",
        ),
    )
    items = "".join(f"<dt>{escape(word)}</dt><dd>{escape(text)}</dd>" for word, text in words)
    return f'<dl class="words">{items}</dl>'


_PROOF_WORDS = {
    "claim": "The claim by itself breaks the rule.",
    "suggests": "The claim makes it likely; other claims or the record may explain it.",
    "chart": "The finding rests on the documentation extract; read the record before acting.",
}
