"""Claim 360: one claim whole, every version, remittance and finding in time order, each with the file and segment where it stands.

What does not belong here: counts over many claims. The address holds the claim_key only; the account number is shown, never written there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dashboards import review, theme
from dashboards.components.cards import small_table, tile
from dashboards.components.grid import grid
from dashboards.components.layout import empty, heading, info, notice, section
from dashboards.filters import Filters
from dashboards.page import Page, View
from dashboards.queries import Column, Release, Table

# All versions of the claim: their keys first, for the tables on disk are read by key.
VERSIONS = """
select distinct claim_key from claim_line
where family_key in (select family_key from claim_line where claim_key = $claim)
union select $claim
"""
LINES = """
select * from claim_line where list_contains($claims, claim_key)
order by version_number, claim_key, line_number
"""
REMITS = """
select * from remit_line where list_contains($claims, claim_key)
order by remit_date, is_reversal desc, remit_key, line_number
"""
FINDINGS = """
select f.*, c.teach, c.fix, c.authority from finding_row as f left join check_result as c on f.check_id = c.check_id
where list_contains($claims, f.claim_key)
order by f.at_risk_counted desc, f.check_id, f.line_number
"""
ACCOUNT = """
select claim_key, min(service_date) as service_date, any_value(payer_id) as payer_id, sum(billed_amount) as billed_amount,
  string_agg(distinct procedure_code, ' ' order by procedure_code) as codes, any_value(final_reason) as final_reason
from claim_line
where patient_control_number = $account and billing_npi is not distinct from $billing and not list_contains($claims, claim_key)
group by claim_key order by service_date desc, claim_key limit 20
"""
FOUND = """
select claim_key, any_value(patient_control_number) as patient_control_number, min(service_date) as service_date,
  any_value(payer_id) as payer_id, max(version_number) as version_number, any_value(final_reason) as final_reason,
  sum(billed_amount) as billed_amount, '/claim-360' || $link || 'claim=' || claim_key as claim_href
from claim_line where patient_control_number = $text or claim_key = $text
group by claim_key order by service_date desc, claim_key limit 50
"""

CLAIM_LINES = Table(
    "claim-lines",
    "Claim lines",
    "select *, '/claim-360' || $link || 'claim=' || claim_key as claim_href from claim_line where {row}",
    (
        Column(
            "patient_control_number",
            "Account",
            "text",
            "Patient control number, as on the claim",
            170,
            is_identifier=True,
            href="claim_href",
        ),
        Column("line_number", "Line", "count", width=64),
        Column("service_date", "Service date", "date"),
        Column("procedure_code", "Code", width=84),
        Column("modifiers", "Modifiers", width=96),
        Column("code_family", "Family", width=100),
        Column("units", "Units", "decimal", width=72),
        Column("payer_id", "Payer", width=90),
        Column("payer_sequence_code", "Sequence", width=92, definition="P primary, S secondary, T tertiary", is_hidden=True),
        Column("clinician_npi", "Clinician", width=112),
        Column("billing_npi", "Billing NPI", width=112, is_hidden=True),
        Column("place_of_service_code", "Place", width=74),
        Column("setting", "Setting", width=110, is_hidden=True),
        Column("billed_amount", "Billed", "amount"),
        Column("allowed_amount", "Allowed", "amount", "Net of all adjudications; empty: none yet, or not told"),
        Column("paid_amount", "Paid", "amount"),
        Column("patient_responsibility_amount", "Patient share", "amount"),
        Column("is_denied", "Denied", "flag"),
        Column("is_overturned", "Overturned", "flag", "Denied at first, later paid or moved to the patient", is_hidden=True),
        Column("version_number", "Version", "count", width=84),
        Column("final_reason", "Version is", width=150),
        Column("is_primary_copy", "Counts", "flag", "Final version and best placed payer's copy: the line stands for its service"),
        Column("submission_date", "Submitted", "date", is_hidden=True),
        Column("first_remit_date", "First remittance", "date", is_hidden=True),
        Column("source_file", "File", width=220),
        Column("transaction_set", "Set", "count", "Transaction set: 1 is the first ST of the file", width=70),
        Column("segment_number", "Segment", "count", "1 is the ST itself, as SE01 counts", width=92),
        Column("claim_key", "Claim key", width=170, is_hidden=True),
    ),
    "One row a service line of every claim version.",
    order="claim_key, line_number",
    is_rows=True,
)

_PLACE = (
    Column("source_file", "File"),
    Column("transaction_set", "Set", "count", "Transaction set: 1 is the first ST of the file"),
    Column("segment_number", "Segment", "count", "1 is the ST itself, as SE01 counts"),
)
HISTORY = Table(
    "claim-history",
    "History",
    "",
    (
        Column("on", "Date", "date"),
        Column("event", "What"),
        Column("line", "Line", "count"),
        Column("service", "Service", width=130),
        Column("billed", "Billed", "amount"),
        Column("allowed", "Allowed", "amount"),
        Column("paid", "Paid", "amount"),
        Column("patient", "Patient", "amount"),
        Column("told", "What it says", width=250),
        *_PLACE,
    ),
    "Everything that the files say of this claim, in time order: services, each version as submitted, each remittance.",
)
OTHERS = Table(
    "claim-account",
    "Other claims under the same account number",
    "",
    (
        Column("claim_key", "Claim", href="claim_href"),
        Column("service_date", "Service date", "date"),
        Column("codes", "Codes"),
        Column("payer_id", "Payer"),
        Column("billed_amount", "Billed", "amount"),
        Column("final_reason", "Version is"),
    ),
    "Claims of the same billing provider that carry the same patient control number: other payers' copies, or other visits.",
)
STATUS = {
    "1": "processed as primary",
    "2": "processed as secondary",
    "3": "processed as tertiary",
    "4": "denied",
    "19": "primary, forwarded",
    "20": "secondary, forwarded",
    "21": "tertiary, forwarded",
    "22": "reversal",
    "23": "not ours, forwarded",
    "25": "predetermination",
}


def render(view: View) -> Sequence[Any]:
    """The claim of the address; without one, the search and all lines."""
    claim = view.filters["claim"]
    if not claim:
        return [
            heading(
                view, "Claim 360", "Find a claim by its account number, or open one from the lines below or from any list of findings."
            ),
            _search(),
            grid(view, CLAIM_LINES, height=620),
        ]
    trail = [("Overview", view.filters.to("/")), ("Claim 360", view.filters.to("/claim-360"))]
    release = view.release
    claims = [row["claim_key"] for row in release.rows(VERSIONS, view.filters)]
    lines = release.rows(LINES, claims=claims)
    if not lines:
        return [
            heading(view, "Claim 360", "", trail),
            empty(
                "No such claim in this release",
                "The address names a claim that is not here.",
                ("Find a claim", view.filters.to("/claim-360")),
            ),
        ]
    remits = release.rows(REMITS, claims=claims)
    findings = release.rows(FINDINGS, claims=claims)
    head = next((line for line in lines if line["claim_key"] == claim), lines[0])
    title = f"Account {head['patient_control_number'] or 'without a number'}"
    versions = len({line["claim_key"] for line in lines})
    lead = (
        f"{head['claim_type'].capitalize()} claim {claim} · payer {head['payer_id'] or '—'} · billing NPI {head['billing_npi'] or '—'} ·"
        f" {versions} {'version' if versions == 1 else 'versions'}"
    )
    parts: list[Any] = [heading(view, title, lead, trail)]
    if not head["is_final"]:
        final = next((line["claim_key"] for line in lines if line["is_final"]), None)
        link = html.A(" Open the final version", href=view.filters.to("/claim-360", claim=final)) if final else ""
        parts.append(notice([f"This version is not final: {head['final_reason']}. Checks look at final versions only.", link], "warn"))
    parts.append(_tiles(view, [line for line in lines if line["is_final"]], findings))
    parts.append(section("Findings", _findings(view, findings)))
    parts.append(_card(HISTORY, _history(lines, remits)))
    others = release.rows(ACCOUNT, account=head["patient_control_number"], billing=head["billing_npi"], claims=claims)
    for row in others:
        row["claim_href"] = view.filters.to("/claim-360", claim=row["claim_key"])
    if others and head["patient_control_number"]:
        parts.append(_card(OTHERS, others))
    return parts


def find_claims(release: Release, filters: Filters, text: str) -> Any:
    """What the search box shows: claims with that account number or claim key."""
    if not text.strip():
        return notice("Type an account number (patient control number) or a claim key.")
    rows = release.rows(FOUND, filters, text=text.strip())
    if not rows:
        return notice("No claim in this release has this account number or key.", "warn")
    columns = tuple(
        column for column in (Column("patient_control_number", "Account", href="claim_href"), *OTHERS.columns) if column.name in rows[0]
    )
    return small_table(Table("claim-found", "Claims found", "", columns), rows)


def _search() -> html.Div:
    """The account number goes to the server in the request's body, so that it is in no address and no log."""
    return html.Div(
        [
            html.Div(
                [
                    html.Label("Account number or claim key", htmlFor="find-text"),
                    dcc.Input(id="find-text", type="search", autoComplete="off", className="field", persistence=False),
                    html.Button("Find", id="find-button", className="button"),
                ],
                className="find",
            ),
            html.Div(id="find-result", **{"aria-live": "polite"}),
        ],
        className="card wide",
    )


def _tiles(view: View, lines: list[dict[str, Any]], findings: list[dict[str, Any]]) -> html.Div:
    def total(name: str) -> str:
        known = [line[name] for line in lines if line[name] is not None]
        return theme.dollars(sum(known), cents=True) if known else "—"

    denied = sum(bool(line["is_denied"]) for line in lines)
    return html.Div(
        [
            tile(
                "Billed",
                total("billed_amount"),
                view,
                f"{len(lines)} final {'line' if len(lines) == 1 else 'lines'}",
                "Charges of the final version",
            ),
            tile("Allowed", total("allowed_amount"), view, "net of reversals", "AMT*B6 of the remittance, else paid plus patient share"),
            tile("Paid", total("paid_amount"), view, f"patient share {total('patient_responsibility_amount')}", "Net of all adjudications"),
            tile(
                "Findings",
                str(len(findings)),
                view,
                f"{denied} of {len(lines)} lines stand denied",
                "Of all versions' lines and of the claim",
            ),
        ],
        className="tiles",
    )


def _findings(view: View, findings: list[dict[str, Any]]) -> list[Any]:
    if not findings:
        return [empty("No findings on this claim", "No check that could be evaluated found anything here.")]
    chosen = view.filters["finding"]
    findings = sorted(findings, key=lambda finding: finding["finding_key"] != chosen)  # the one that led here first
    return [html.Div([_finding(view, finding, finding["finding_key"] == chosen) for finding in findings], className="cards columns-2")]


def _finding(view: View, finding: dict[str, Any], is_chosen: bool) -> html.Div:
    decided = review.panel(view, finding)
    amount = finding["recoverable_amount"] if finding["direction"] == "under" else finding["at_risk_amount"]
    evidence = json.loads(finding["evidence"]) if finding["evidence"] else {}
    line = f"line {finding['line_number']}" if finding["line_number"] is not None else "the claim as a whole"
    facts: list[tuple[str, Any]] = [
        (
            "On",
            f"{finding['service_date'] or '—'}, {line}: {' '.join(filter(None, (finding['procedure_code'], finding['modifiers']))) or '—'}",
        ),
        (
            "Dollars",
            f"{theme.dollars(amount, cents=True)} ({finding['amount_method'] or 'no method'})"
            + ("" if finding["at_risk_counted"] else "; another finding of the line carries them"),
        ),
        (
            "Evidence",
            html.Ul([html.Li(f"{key.replace('_', ' ')}: {_told(value)}") for key, value in evidence.items()]) if evidence else "—",
        ),
        ("What to do", finding["fix"]),
        ("Authority", finding["authority"]),
        (
            "Where it stands",
            html.Strong(f"{finding['source_file']}, transaction set {finding['transaction_set']}, segment {finding['segment_number']}")
            if finding["segment_number"] is not None
            else finding["source_file"] or "—",
        ),
    ]
    return html.Div(
        [
            html.Div(
                [
                    html.H3(
                        html.A(f"{finding['check_id']}: {finding['title']}", href=view.filters.to("/acp-audit", check=finding["check_id"]))
                    ),
                    html.Span(theme.DIRECTIONS[finding["direction"]], className=f"tag {finding['direction']}"),
                    info(finding["teach"] or ""),
                ],
                className="card-title",
            ),
            html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="words"),
            *decided,
        ],
        className="card finding" + (" chosen" if is_chosen else ""),
        **({"data-chosen": "true"} if is_chosen else {}),
    )


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    return ", ".join(map(_told, value)) if isinstance(value, list) else str(value)


def _history(lines: list[dict[str, Any]], remits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of HISTORY in time order; on one day the service before its claim, and the claim before its remittance."""
    rows: list[tuple[Any, ...]] = []
    versions = len({line["claim_key"] for line in lines})
    for number, line in enumerate(lines):
        codes = " ".join(filter(None, (line["procedure_code"] or line["revenue_code"], line["modifiers"])))
        service = f"{codes} ×{float(line['units'] or 1):g}, POS {line['place_of_service_code'] or '—'}"
        told = f"service of {line['service_date'] or '—'}; {line['final_reason']}" + (
            "" if line["is_primary_copy"] else f"; {line['copy_reason']}"
        )
        rows.append(
            (
                str(line["submission_date"] or ""),
                0,
                number,
                {
                    "on": line["submission_date"],
                    "event": f"Claim version {line['version_number']}" if versions > 1 else "Claim",
                    "line": line["line_number"],
                    "service": service,
                    "billed": line["billed_amount"],
                    "told": told,
                    **{column.name: line[column.name] for column in _PLACE},
                },
            )
        )
    for number, remit in enumerate(remits):
        told = "; ".join(
            filter(
                None,
                (
                    STATUS.get(remit["status_code"], f"status {remit['status_code']}"),
                    remit["adjustments"],
                    f"remarks {remit['remarks']}" if remit["remarks"] else None,
                    f"linked by {remit['link_method']} ({remit['link_confidence']})" if remit["link_method"] else None,
                ),
            )
        )
        rows.append(
            (
                str(remit["remit_date"] or ""),
                1,
                number,
                {
                    "on": remit["remit_date"],
                    "event": "Reversal" if remit["is_reversal"] else "Remittance",
                    "line": remit["claim_line_number"] or remit["line_number"],
                    "service": " ".join(filter(None, (remit["procedure_code"], remit["modifiers"]))) or "claim level",
                    "billed": remit["billed_amount"],
                    "allowed": remit["allowed_amount"],
                    "paid": remit["paid_amount"],
                    "patient": remit["patient_responsibility_amount"],
                    "told": told,
                    **{column.name: remit[column.name] for column in _PLACE},
                },
            )
        )
    return [row[3] for row in sorted(rows, key=lambda row: row[:3])]


def _card(table: Table, rows: list[dict[str, Any]]) -> html.Div:
    return html.Div(
        [html.Div([html.H3(table.title), info(table.definition)], className="card-title"), small_table(table, rows)], className="card wide"
    )


PAGE = Page("/claim-360", "Claim 360", render, "Evidence", 0, (CLAIM_LINES,))
