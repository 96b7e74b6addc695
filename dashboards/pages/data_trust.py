"""Data trust: what came in, what was set aside, what balances, what was linked, and every check with numerator, denominator and SQL.

What does not belong here: dollars of findings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from dash import html

from dashboards import theme
from dashboards.components.cards import chart_card, small_table, table_card, tile
from dashboards.components.grid import grid
from dashboards.components.layout import empty, grid_of, heading, notice
from dashboards.figures import bars
from dashboards.page import Page, View
from dashboards.queries import Column, Table

RULES = Path(__file__).resolve().parents[2] / "sql" / "checks"
_SEGMENTS = ("clm", "lx", "sv", "clp", "svc", "cas", "plb")

FILES = Table(
    "files",
    "Files in",
    f"select *, {' + '.join(f'landed_{s}' for s in _SEGMENTS)} as landed, {' + '.join(f'aside_{s}' for s in _SEGMENTS)} as aside from file",
    (
        Column("path", "File", width=280),
        Column("kind", "Kind", width=110),
        Column(
            "status", "Status", width=110, definition="accepted; partial: some transaction sets or rows aside; quarantined: all; duplicate"
        ),
        Column("reason", "Reason", width=260),
        Column("bytes", "Bytes", "count"),
        Column("transaction_set_count", "Sets", "count"),
        *(Column(f"landed_{s}", f"{s.upper()} landed", "count", is_hidden=s not in ("clm", "clp")) for s in _SEGMENTS),
        *(Column(f"aside_{s}", f"{s.upper()} aside", "count", is_hidden=s not in ("clm", "clp")) for s in _SEGMENTS),
        Column("warnings", "Warnings", width=240),
        Column("sha256", "SHA-256", width=240, is_hidden=True),
    ),
    "One row a file of the inbox, copies and refused ones too. For each counted segment: in the file = landed + set aside.",
    order="status desc, path, sha256",
    is_rows=True,
)
QUARANTINE = Table(
    "quarantine",
    "Set aside",
    "select * from quarantine",
    (
        Column("source_file", "File", width=240),
        Column("message", "In words", width=460),
        Column("unit", "What", width=120),
        Column("transaction_set", "Set", "count"),
        Column("row_number", "Row", "count"),
        Column("segment_number", "Segment", "count"),
        Column("reason_code", "Reason", width=180),
        Column("byte_offset", "Byte offset", "count", is_hidden=True),
    ),
    "What could not be read, with its reason and position. The bytes stay in the warehouse; midpoint quarantine --save gives them back.",
    order="source_file, transaction_set nulls first, row_number nulls first, segment_number nulls first",
    is_rows=True,
)
BALANCES = Table(
    "balances",
    "Transaction sets that do not balance or agree with their trailer",
    "select * from transaction_set where is_landed and (not coalesce(is_balanced, true) or not is_count_agreed)",
    (
        Column("source_file", "File", width=240),
        Column("transaction_set", "Set", "count"),
        Column("kind", "Kind", width=80),
        Column("declared_segment_count", "Segments declared", "count"),
        Column("found_segment_count", "Found", "count"),
        Column("charge_total_amount", "Charges", "amount"),
        Column("claim_paid_total_amount", "Paid", "amount"),
        Column("provider_adjustment_total_amount", "PLB", "amount"),
        Column("payment_amount", "BPR02", "amount"),
        Column("unbalanced_claim_count", "Claims out", "count"),
        Column("unbalanced_line_count", "Lines out", "count"),
    ),
    "837: claim charges = line charges. 835: claim payments - PLB = BPR02. They landed all the same.",
    order="source_file, transaction_set",
    is_rows=True,
)
LINKS = Table(
    "links",
    "How remittance lines found their claim lines",
    """
    select
      coalesce(link_method, 'not linked: ' || coalesce(link_reason, 'no reason')) as method,
      coalesce(link_confidence, 'none') as confidence,
      claim_key is not null as is_linked,
      count(*) as line_count,
      sum(paid_amount) as paid_amount
    from remit_line group by method, confidence, is_linked
    """,
    (
        Column("method", "Method"),
        Column("confidence", "Confidence"),
        Column("line_count", "Remittance lines", "count"),
        Column("paid_amount", "Paid", "amount"),
    ),
    "Remittance lines by the way in which their claim line was found. What is not linked stays, with its reason.",
    order="is_linked desc, line_count desc, method, confidence",
    groups=("method", "confidence"),
)
EXPECTATIONS = Table(
    "expectations",
    "Great Expectations results",
    "select * from expectation_result",
    (
        Column("table_name", "Table", width=180),
        Column("description", "Expectation", width=460),
        Column("status", "Result", width=100),
        Column("severity", "Severity", width=100),
        Column("unexpected_count", "Exceptions", "count"),
        Column("expectation_name", "Name", width=240, is_hidden=True),
    ),
    "Expectations guard the shape of tables and block a release where a critical one fails; checks find billing errors and never block.",
    order="status = 'passed', table_name, expectation_number",
    is_rows=True,
)
CHECKS = Table(
    "checks",
    "Every check",
    "select *, '/data-trust' || $link || 'check=' || check_id as href from check_result",
    (
        Column("check_id", "Check", width=90, href="href"),
        Column("title", "What it finds", width=380),
        Column("family", "Family", width=100),
        Column("direction", "Direction", width=96),
        Column(
            "status",
            "Status",
            width=120,
            definition="passed: no finding; not_evaluable: an input is missing, so nothing is said either way",
        ),
        Column("flagged_count", "Flagged", "count", "The numerator: eligible rows that break the rule"),
        Column("eligible_count", "Eligible", "count", "The denominator: rows that the rule speaks of"),
        Column("rate", "Rate", "rate", "Flagged ÷ eligible", "flagged_count", "eligible_count"),
        Column("counted_at_risk_amount", "At risk, counted", "amount"),
        Column("counted_recoverable_amount", "Recoverable, counted", "amount"),
        Column("reason", "Why not evaluable", width=300),
        Column("authority", "Authority", width=300, is_hidden=True),
        Column("query_hash", "SHA-256 of the rule", width=200, is_hidden=True),
    ),
    "Each check with numerator and denominator over the whole release; open one for its SQL.",
    order="check_id",
    groups=("check_id",),
)


def render(view: View) -> Sequence[Any]:
    """Tiles of what landed and matched; links, files, set aside, balances, expectations, checks; or one check with its SQL."""
    if view.filters["check"]:
        return _rule(view, view.filters["check"])
    release = view.release
    totals = release.manifest["control_totals"]
    files = release.rows("select status, count(*) as n from file group by status")
    number = {row["status"]: row["n"] for row in files}
    every = sum(number.values())
    gate = release.row("select count(*) as n, count(*) filter (where status = 'passed') as met from expectation_result")
    known = release.row("select count(*) as n, count(*) filter (where status in ('passed', 'flagged')) as evaluated from check_result")
    sets, lines = totals["transaction_sets"], totals["remit_lines"]
    tiles = (
        tile("Files landed", f"{number.get('accepted', 0) + number.get('partial', 0):,} of {every:,}", view,
             ", ".join(f"{n:,} {status}" for status, n in sorted(number.items())), "Files of the inbox that landed whole or in part"),
        tile("Claims linked to remittances", theme.percent(totals["remits_matched"], totals["remits"]), view,
             f"{totals['remits_matched']:,} of {totals['remits']:,} claims; {totals['remit_lines_matched']:,} of {lines:,} lines",
             "Remittance claims (CLP) for which a claim was found ÷ all that landed", name="link-rate"),
        tile("Balanced", theme.percent(sets - totals["transaction_sets_unbalanced"], sets), view,
             f"{totals['transaction_sets_unbalanced']:,} of {sets:,} sets, {totals['claims_unbalanced']:,} claims,"
             f" {totals['remits_unbalanced']:,} remittance claims out",
             "Transaction sets whose own totals agree: claim charges = line charges; payments - PLB = BPR02"),
        tile("Expectations met", f"{gate['met']:,} of {gate['n']:,}", view, "shape of the tables", EXPECTATIONS.definition),
        tile("Checks evaluated", f"{known['evaluated']:,} of {known['n']:,}", view, f"{known['n'] - known['evaluated']:,} lack an input",
             "A check whose input is missing is not evaluable: neither passed nor zero findings"),
        tile("Charges in", _dollars(totals["claim_charge_amount"]), view,
             f"lines {_dollars(totals['claim_line_charge_amount'])}; {totals['claims']:,} claims, {totals['claim_lines']:,} lines",
             "CLM02 of all claims that landed, beside the charges of their lines"),
        tile("Payments in", _dollars(totals["payment_amount"]), view, f"claims {_dollars(totals['remit_paid_amount'])}, PLB"
             f" {_dollars(totals['provider_adjustment_amount'])}", "BPR02 of all remittances, beside what their claims and PLB say"),
        tile("Documentation rows", theme.count(totals["documentation_rows"]) if totals["documentation_rows"] else "none", view,
             "" if totals["documentation_rows"] else "needs documentation file", "Rows of the ACP documentation extract"),
    )  # fmt: skip
    links = view.rows(LINKS)
    part = bars.Part(
        "lines", [row["line_count"] for row in links], "under",
        texts=[theme.count(row["line_count"]) for row in links], hovers=[f"confidence {row['confidence']}" for row in links],
    )  # fmt: skip
    names = [f"{row['method']} ({row['confidence']})" if row["confidence"] != "none" else row["method"] for row in links]
    figure = bars.across(names, [part], view.theme, unit="remittance lines", row_height=30) if links else None
    return [
        heading(view, "Data trust", "What the figures rest on: everything that came in, and what became of it."),
        html.Div(tiles, className="tiles"),
        table_card(view, QUARANTINE, "Nothing was set aside."),
        grid_of(
            chart_card(view, LINKS, figure, why_empty="No remittances landed."),
            table_card(view, BALANCES, "Every transaction set balances and agrees with its trailer."),
        ),
        grid(view, CHECKS, height=520),
        grid(view, FILES, height=420),
        grid(view, EXPECTATIONS, height=420),
    ]  # fmt: skip


def _dollars(written: Any) -> str:
    """Dollars of the manifest, where they are text."""
    return theme.dollars(Decimal(str(written)))


def _rule(view: View, check: str) -> list[Any]:
    trail = [("Data trust", view.to(check=None))]
    found = view.release.rows("select * from check_result where check_id = $check", view.filters)
    if not found:
        return [heading(view, check, "", trail), empty("No such check in this release")]
    about = found[0]
    text = next((path.read_text(encoding="utf-8") for path in RULES.glob(f"*/{check}_*.sql")), None)
    is_same = text is not None and hashlib.sha256(text.encode()).hexdigest() == about["query_hash"]
    columns = [column for column in CHECKS.columns if column.name in ("status", "flagged_count", "eligible_count", "rate", "reason")]
    if text is None:
        body: Any = notice(
            f"This version of Midpoint has no rule {check}. The release was made by rule {about['query_hash'][:12]}.", "warn"
        )
    else:
        body = html.Pre(html.Code(text), className="sql", tabIndex=0)
    return [
        heading(view, f"{check}: {about['title']}", about["authority"], trail),
        None if is_same or text is None else notice("The rule has changed since this release: below is the present one.", "warn"),
        html.Div(small_table(Table("check", "Result", "", columns), [about]), className="card wide"),
        html.Div([html.H3("SQL"), body], className="card wide"),
        html.A("Its findings", href=view.filters.to("/acp-audit", check=check), className="button"),
    ]


PAGE = Page("/data-trust", "Data trust", render, "Evidence", 20, (FILES, QUARANTINE, BALANCES, LINKS, EXPECTATIONS, CHECKS), frozenset())
