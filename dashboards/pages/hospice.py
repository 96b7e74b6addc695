"""Hospice & palliative: elections in time with the professional lines inside, GV, GW and B9 by month, and these families' findings.

What does not belong here: the rules (sql/checks), and any patient's name or number in a figure or address.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboards import theme
from dashboards.components.cards import chart_card, table_card, tile
from dashboards.components.findings import finding_table
from dashboards.components.grid import grid
from dashboards.components.layout import empty, grid_of, heading, notice
from dashboards.figures import bars, election
from dashboards.filters import mature_month, shift
from dashboards.page import Page, View
from dashboards.periods import Periods, periods, shown_months
from dashboards.queries import Column, Table

PATIENTS = 40  # at once in the timeline
_FAMILIES = "check_id in (select check_id from check_result where family in ('hospice', 'palliative'))"
_MONTH = (
    "strftime(case $date_basis when 'submission' then submission_date when 'remit' then first_remit_date else service_date end, '%Y-%m')"
)
_PICKED = "($patient is null or patient_code = $patient)"
# Lines that do not fit their patient's hospice days: inside with neither modifier or with both, outside with one, or denied B9.
_CONFLICT = "(is_b9 or (is_in_span and modifier_use in ('none', 'both')) or (not is_in_span and modifier_use <> 'none'))"
# Patients with lines or spans under the filters: a span has a day and nobody else, so any filter but months leaves it out.
_PATIENTS = f"""
    with stay as (
      select patient_code, claim_key, billed_amount, is_b9, {_CONFLICT} as is_conflict
      from hospice_line where {{row}} and patient_code is not null
      union all
      select patient_code, claim_key, null as billed_amount, null as is_b9, null as is_conflict
      from (
        select patient_code, start_date as service_date, null::date as submission_date, null::date as first_remit_date,
          null::varchar as claim_key, null::varchar as payer_id, null::varchar as billing_npi, null::varchar as clinician_npi,
          null::varchar as setting, null::varchar as code_family
        from hospice_span
      ) where {{row}}
    ),
    counted as (
      select
        patient_code,
        count(claim_key) as line_count,
        count(claim_key) filter (where is_b9) as b9_count,
        coalesce(sum(billed_amount) filter (where is_conflict), 0) as conflict_amount,
        coalesce(sum(billed_amount), 0) as billed_amount
      from stay
      where {_PICKED} and patient_code in (select patient_code from hospice_span)
      group by patient_code
    ),
    ranked as (
      select *, row_number() over (order by conflict_amount desc, billed_amount desc, line_count desc, patient_code) as place from counted
    )"""
# The page of the address, within those that there are, and its patients.
_SHOWN = f"""(
      select patient_code from ranked
      where (place - 1) // {PATIENTS} + 1 = (
        select greatest(least(coalesce(try_cast($page as integer), 1), (count(*) + {PATIENTS} - 1) // {PATIENTS}), 1) from ranked
      )
    )"""

MEASURES = Table(
    "hospice-measures",
    "Hospice lines by month",
    f"""
    select
      {_MONTH} as month,
      count(*) filter (where is_in_span) as in_span_count,
      count(*) filter (where is_in_span and modifier_use in ('GV', 'GW')) as told_count,
      count(*) filter (where is_in_span and modifier_use = 'none') as none_count,
      count(*) filter (where not is_in_span and modifier_use <> 'none' or modifier_use = 'both') as misused_count,
      coalesce(sum(billed_amount) filter (where is_in_span and modifier_use = 'none'), 0) as none_amount,
      count(*) filter (where is_b9) as b9_count,
      count(*) filter (where is_b9 and is_denied) as open_count,
      coalesce(sum(billed_amount) filter (where is_b9), 0) as b9_amount
    from hospice_line where {{who}} group by month
    """,
    (),
    order="month",
)
TIMELINE = Table(
    "hospice-patients",
    "Hospice elections and the professional lines inside",
    f"""
    {_PATIENTS}
    select
      r.*,
      s.span_count,
      s.day_count,
      s.first_date,
      s.last_date,
      s.evidence,
      '/hospice' || $link || 'patient=' || r.patient_code as patient_href
    from ranked as r
    inner join (
      select
        patient_code,
        count(*) as span_count,
        sum(date_diff('day', start_date, end_date) + 1)::bigint as day_count,
        min(start_date) as first_date,
        max(end_date) as last_date,
        max(evidence) as evidence
      from hospice_span group by patient_code
    ) as s on r.patient_code = s.patient_code
    """,
    (
        Column("patient_code", "Patient", href="patient_href", definition="An opaque key that names the patient on this page only"),
        Column(
            "conflict_amount",
            "Billed in conflict",
            "amount",
            "Lines inside with neither GV nor GW or with both, outside with one, or denied B9",
        ),
        Column("billed_amount", "Billed", "amount", "Of all these lines"),
        Column("line_count", "Lines", "count", "Professional lines inside the hospice days, with GV or GW, or denied B9"),
        Column("b9_count", "Denied B9", "count"),
        Column("span_count", "Elections", "count", "Unbroken stretches of hospice days"),
        Column("day_count", "Hospice days", "count"),
        Column("first_date", "First day", "date"),
        Column("last_date", "Last day", "date", "The last day that the evidence shows"),
        Column("evidence", "Known by", width=280, definition="What shows the hospice days; of several elections, one’s"),
    ),
    "A line a patient with hospice days (election to discharge, revocation, or the last day billed), named by an opaque key. Marks are"
    " professional lines of final claims: their shape tells the modifier, hollow means that a payer denied the line as hospice (B9).",
    order="place",
    is_rows=True,
)
SPANS = Table(
    "hospice-shown-spans",
    "Elections",
    f"{_PATIENTS} select * from hospice_span where patient_code in {_SHOWN}",
    (),
    order="patient_code, span_number",
)
_LINES = f"""
    select
      *,
      case when is_b9 and is_denied then 'denied B9' when is_b9 and is_paid then 'denied B9, paid since'
        when is_b9 then 'denied B9, taken back' when is_denied then 'denied, not B9' when is_paid then 'paid' else 'no answer'
      end as told_outcome,
      '/claim-360' || $link || 'claim=' || claim_key as claim_href,
      '/hospice' || $link || 'patient=' || patient_code as patient_href
    from hospice_line
    where
      {{row}} and {_PICKED} and ($modifier is null or modifier_use = $modifier)
      and ($place is null or is_in_span = ($place = 'inside')) and ($denied is null or is_b9)
    """
MARKS = Table(
    "hospice-shown-lines",
    "Lines of the patients shown",
    f"{_PATIENTS} select * from ({_LINES}) where patient_code in {_SHOWN}",
    (),
    order="patient_code, service_date, claim_key, line_number",
)
LINES = Table(
    "hospice-lines",
    "Professional lines beside hospice",
    _LINES,
    (
        Column(
            "patient_code", "Patient", width=130, href="patient_href", definition="An opaque key that names the patient on this page only"
        ),
        Column("patient_control_number", "Account", definition="Patient control number", width=150, is_identifier=True, href="claim_href"),
        Column("service_date", "Service date", "date", width=115),
        Column("procedure_code", "Code", width=80),
        Column("modifiers", "Modifiers", width=100),
        Column("modifier_use", "GV/GW", width=90, definition="GV, GW, both or none"),
        Column("is_in_span", "Inside", "flag", "On a hospice day of the patient"),
        Column("told_outcome", "Answer", width=170),
        Column("billed_amount", "Billed", "amount"),
        Column("allowed_amount", "Allowed", "amount"),
        Column("payer_id", "Payer", width=90),
        Column("clinician_npi", "Clinician", width=112),
        Column("is_palliative_clinician", "Palliative", "flag", "By the clinician’s taxonomy"),
        Column("place_of_service_code", "Place", width=80),
        Column("paid_amount", "Paid", "amount", is_hidden=True),
        Column("billing_npi", "Billing NPI", width=112, is_hidden=True),
        Column("is_b9", "Ever B9", "flag", is_hidden=True),
        Column("is_denied", "Denied now", "flag", is_hidden=True),
        Column("source_file", "File", width=230, is_hidden=True),
        Column("transaction_set", "Set", "count", is_hidden=True),
        Column("segment_number", "Segment", "count", is_hidden=True),
    ),
    "Professional lines (final, primary copy) inside a patient’s hospice days, with GV or GW, or ever denied B9.",
    order="is_b9 desc, is_in_span and modifier_use = 'none' desc, billed_amount desc nulls last, claim_key, line_number",
    is_rows=True,
)
MODIFIERS = Table(
    "hospice-modifiers",
    "GV and GW inside hospice days",
    f"""
    select
      {_MONTH} as month,
      count(*) filter (where is_in_span) as in_span_count,
      count(*) filter (where is_in_span and modifier_use = 'GV') as gv_count,
      count(*) filter (where is_in_span and modifier_use = 'GW') as gw_count,
      count(*) filter (where is_in_span and modifier_use = 'both') as both_count,
      count(*) filter (where is_in_span and modifier_use = 'none') as none_count,
      count(*) filter (where not is_in_span and modifier_use <> 'none') as outside_count
    from hospice_line where {{row}} and {_PICKED} group by month having month is not null
    """,
    (
        Column("month", "Month", "month"),
        Column("in_span_count", "Lines inside", "count"),
        Column("gv_count", "GV", "count", "Attending physician not employed by the hospice"),
        Column("gw_count", "GW", "count", "Not related to the terminal illness"),
        Column("both_count", "Both", "count", "GV and GW on one line exclude each other"),
        Column("none_count", "Neither", "count"),
        Column("none_rate", "Neither, %", "rate", "Lines inside with neither ÷ lines inside", "none_count", "in_span_count"),
        Column("outside_count", "GV or GW outside", "count", "Outside every hospice day known of the patient"),
    ),
    "Professional lines on a hospice day of their patient, by modifier. While a patient has elected hospice, Medicare pays such a line only"
    " with GV or GW.",
    order="month",
    groups=("month",),
)
B9 = Table(
    "hospice-b9",
    "Denied as hospice (B9)",
    f"""
    select
      {_MONTH} as month,
      count(*) as b9_count,
      count(*) filter (where is_denied) as open_count,
      count(*) filter (where is_paid and not is_denied) as recovered_count,
      count(*) filter (where modifier_use = 'none') as none_count,
      sum(billed_amount) as b9_amount
    from hospice_line where is_b9 and {{row}} and {_PICKED} group by month having month is not null
    """,
    (
        Column("month", "Month", "month"),
        Column("b9_count", "Denied B9", "count", "Lines that a payer ever denied as hospice (CARC B9)"),
        Column("open_count", "Denied now", "count"),
        Column("recovered_count", "Paid since", "count", "Paid, or moved to the patient, by now"),
        Column("none_count", "Without GV and GW", "count"),
        Column("none_rate", "Without, %", "rate", "Without GV and GW ÷ denied B9", "none_count", "b9_count"),
        Column("b9_amount", "Billed", "amount"),
    ),
    "Professional lines denied with B9 by month: what is still denied, and what has been paid since.",
    order="month",
    groups=("month",),
)
CHECKS = Table(
    "hospice-checks",
    "Findings by check",
    """
    select
      c.check_id,
      c.title,
      case c.direction when 'over' then 'Overpayment risk' when 'under' then 'Missed revenue' when 'denial' then 'Denial risk'
        else 'Information' end as told_direction,
      case when c.status = 'not_evaluable' then 'not evaluable: ' || coalesce(c.reason, '') else 'evaluated' end as standing,
      coalesce(f.finding_count, 0) as finding_count,
      case when c.direction = 'info' then null else coalesce(f.amount, 0) end as amount,
      c.eligible_count,
      c.fix,
      '/acp-audit' || $link || 'check=' || c.check_id as check_href
    from check_result as c
    left join (
      select
        check_id,
        sum(finding_count)::bigint as finding_count,
        sum(case when direction = 'under' then recoverable_amount else at_risk_amount end) as amount
      from finding_month where {cube} group by check_id
    ) as f on c.check_id = f.check_id
    where c.family in ('hospice', 'palliative')
    """,
    (
        Column("check_id", "Check", href="check_href"),
        Column("title", "What it finds", width=240),
        Column("told_direction", "Direction", width=135),
        Column("finding_count", "Findings", "count"),
        Column("amount", "Dollars", "amount", "Counted once, of the check’s own direction; directions are never added together"),
        Column("eligible_count", "Eligible", "count", "Looked at in the whole release"),
        Column("standing", "Standing", width=160),
        Column("fix", "What to do", width=260),
    ),
    "Checks of the families hospice and palliative, with their findings under these filters. Each finding is potential until reviewed.",
    order="finding_count desc, check_id",
    groups=("check_id",),
)
FINDINGS = finding_table("hospice-findings", "Findings on hospice and palliative care", _FAMILIES)


def render(view: View) -> Sequence[Any]:
    """Tiles, timeline, modifiers and B9 by month, lines, checks and findings; ``patient`` picks one patient out."""
    patient = view.filters["patient"]
    trail = [("Hospice & palliative", view.to(patient=None))] if patient else []
    title = f"Patient {patient}" if patient else "Hospice & palliative"
    lead = "" if patient else "Who was on hospice when, what was billed beside it with which modifier, and what the payers denied for it."
    parts: list[Any] = [heading(view, title, lead, trail)]
    if not view.release.manifest["control_totals"]["claims"]:
        return [*parts, empty("No claims in this release", "Put 837 files into the inbox and run midpoint audit.")]
    parts += _limits(view)
    compared = periods(view)
    if not patient:
        parts.append(html.Div(_tiles(view, compared), className="tiles four"))
        if compared:
            parts.append(html.P(f"Changes compare {compared.words}.", className="quiet compared"))
    return [
        *parts,
        _timeline(view),
        grid_of(_modifiers(view), _b9(view)),
        *_picked(view),
        grid(view, LINES, height=420, why_empty="No professional line lies beside hospice under these filters."),
        *([] if patient else [table_card(view, CHECKS, wide=True), grid(view, FINDINGS, height=480)]),
    ]


def _limits(view: View) -> list[Any]:
    """What hospice days are not known by, in words."""
    known = view.release.row("select count(*) as spans, count(*) filter (where is_only_b9) as guessed from hospice_span")
    claims = view.release.row(
        "select count(*) as n from hospice_span where contains(evidence, 'hospice claim') or contains(evidence, 'election')"
    )
    remits = view.release.manifest["control_totals"]["remits"]
    told: list[str] = []
    if not claims["n"]:
        told.append(
            "Needs hospice claims: no 837I with a hospice type of bill (81x, 82x) is in this release, so elections, levels of care and"
            " discharges are not known."
        )
    if known["guessed"]:
        told.append(f"Known by B9 denials alone: {known['guessed']:,} of {known['spans']:,} elections. They stand for one day each.")
    if not remits:
        told.append("Needs remittances: without 835 files no B9 denial is known.")
    return [notice(" ".join(told), "warn")] if told else []


def _tiles(view: View, compared: Periods | None) -> list[Any]:
    every = view.rows(MEASURES)
    shown = shown_months(view)
    is_whole = not (view.filters.month_from or view.filters.month_to or view.filters.mature_only)
    within = [row for row in every if (is_whole if row["month"] is None else row["month"] in shown)]

    def total(name: str, rows: Sequence[dict[str, Any]] = within) -> Any:
        return sum(row[name] for row in rows)

    def made(title: str, name: str, detail: str, definition: str, kind: str, href: str) -> html.Div:
        by_month = {row["month"]: row[name] for row in every}
        change = ""
        if compared:
            now = sum(number for month, number in by_month.items() if compared.is_now(month))
            before = sum(number for month, number in by_month.items() if compared.is_before(month))
            change = f"{theme.change(now, before)} ({now:,} from {before:,})"
        return tile(
            title,
            theme.count(total(name)),
            view,
            detail=detail,
            definition=definition,
            kind=kind,
            change=change,
            spark=[float(by_month.get(month, 0)) for month in shown],
            href=href,
            name=name,
        )

    inside = total("in_span_count")
    return [
        made(
            "Lines inside hospice days",
            "in_span_count",
            f"{theme.percent(total('told_count'), inside)} with GV or GW (n = {inside:,})",
            "Professional lines (final, primary copy) on a hospice day of their patient.",
            "info",
            view.to(place="inside", modifier=None, denied=None),
        ),
        made(
            "Inside, neither GV nor GW",
            "none_count",
            f"{theme.percent(total('none_count'), inside)} of n = {inside:,}; {theme.dollars(total('none_amount'))} billed",
            "Lines on a hospice day with neither modifier: Medicare denies them (B9).",
            "denial",
            view.to(place="inside", modifier="none", denied=None),
        ),
        made(
            "GV or GW misused",
            "misused_count",
            "outside every hospice day, or both on one line",
            "Lines with GV or GW on no hospice day that is known, and lines with both (HOS-02).",
            "over",
            view.filters.to("/acp-audit", check="HOS-02"),
        ),
        made(
            "Denied B9",
            "b9_count",
            f"{total('open_count'):,} denied now (n = {total('b9_count'):,}); {theme.dollars(total('b9_amount'))} billed",
            "Lines that a payer ever denied as covered by hospice (CARC B9).",
            "denial",
            view.to(denied="1", place=None, modifier=None),
        ),
    ]


def _timeline(view: View) -> Any:
    rows = view.rows(TIMELINE)
    pages = max(1, -(-len(rows) // PATIENTS))
    asked = view.filters["page"] or "1"
    number = min(max(int(asked) if asked.isdigit() else 1, 1), pages)
    shown = [row["patient_code"] for row in rows[(number - 1) * PATIENTS : number * PATIENTS]]
    spans = [
        election.Span(
            row["patient_code"],
            str(row["start_date"]),
            str(row["end_date"]),
            row["has_end"],
            row["is_only_b9"],
            f"hospice {row['start_date']} to {row['end_date']}{'' if row['has_end'] else ', no end known'}<br>known by {row['evidence']}",
            view.to(patient=row["patient_code"], page=None),
        )
        for row in view.rows(SPANS)
    ]
    marks = [
        election.Mark(
            row["patient_code"],
            str(row["service_date"]),
            row["modifier_use"],
            row["is_b9"],
            f"{row['service_date']} · {row['procedure_code']} {row['modifiers'] or ''}<br>{theme.dollars(row['billed_amount'], cents=True)}"
            f" billed · {row['told_outcome']}<br>{'inside' if row['is_in_span'] else 'outside'} hospice days",
            row["claim_href"],
        )
        for row in view.rows(MARKS)
    ]
    figure = election.timeline(shown, spans, marks, view.theme) if shown else None
    note = "Click a mark for its claim, a bar’s beginning or end for the patient alone. A hollow mark was denied B9."
    if pages > 1:
        first = (number - 1) * PATIENTS
        note = f"Patients {first + 1:,} to {first + len(shown):,} of {len(rows):,}, most dollars in conflict first. {note}"
    card = chart_card(
        view, TIMELINE, figure, wide=True, note=note, why_empty="No patient has hospice days under these filters.", most=PATIENTS
    )
    if pages == 1:
        return card
    links = [
        html.A(words, href=view.to(page=target if target > 1 else None), className="button")
        for words, target in (("Earlier patients", number - 1), ("Further patients", number + 1))
        if 1 <= target <= pages
    ]
    return html.Div(
        [card, html.Div([html.Span(f"Page {number:,} of {pages:,}", className="quiet"), *links], className="choices")], className="cards"
    )


def _shown(view: View, rows: Sequence[dict[str, Any]]) -> list[str]:
    return [month for month in shown_months(view) if rows and min(row["month"] for row in rows) <= month]


def _modifiers(view: View) -> Any:
    rows = view.rows(MODIFIERS)
    known = {row["month"]: row for row in rows}
    months = _shown(view, rows)
    parts = [
        bars.Part(
            words,
            [known[month][f"{key.lower()}_count"] if month in known else 0 for month in months],
            hovers=[f"n = {known[month]['in_span_count'] if month in known else 0:,} lines inside" for month in months],
            hrefs=[_click(view, month, key) for month in months],
        )
        for key, words in (("GV", "GV"), ("GW", "GW"), ("both", "both"), ("none", "neither"))
    ]
    late = shift(mature_month(view.release.as_of), 1)
    is_any = any(value for part in parts for value in part.values)
    figure = bars.by_month(months, parts, view.theme, unit="lines", height=300, late_from=late) if is_any else None
    _whole(figure)
    note = "Click a bar for its month and modifier: the lines stand below."
    return chart_card(view, MODIFIERS, figure, note=note, why_empty="No professional line lies inside hospice days under these filters.")


def _click(view: View, month: str, modifier: str) -> str:
    return view.to(month_from=month, month_to=month, modifier=modifier, place="inside", denied=None)


def _b9(view: View) -> Any:
    rows = view.rows(B9)
    known = {row["month"]: row for row in rows}
    months = _shown(view, rows)

    def part(words: str, name: str, colour: str) -> bars.Part:
        return bars.Part(
            words,
            [known[month][name] if month in known else 0 for month in months],
            colour,
            hovers=[f"n = {known[month]['b9_count'] if month in known else 0:,} lines denied B9" for month in months],
            hrefs=[view.to(month_from=month, month_to=month, denied="1", place=None, modifier=None) for month in months],
        )

    late = shift(mature_month(view.release.as_of), 1)
    parts = [part("denied now", "open_count", "denial"), part("paid since", "recovered_count", "good")]
    figure = bars.by_month(months, parts, view.theme, unit="lines", height=300, late_from=late) if rows else None
    _whole(figure)
    why = (
        "No line was denied B9 under these filters."
        if view.release.manifest["control_totals"]["remits"]
        else "B9 stands on remittances: put 835 files into the inbox and run midpoint audit."
    )
    return chart_card(view, B9, figure, note="Click a bar for the lines of its month.", why_empty=why)


def _whole(figure: dict[str, Any] | None) -> None:
    """Few lines are counted by whole numbers on the axis."""
    if figure and max((value for trace in figure["data"] for value in trace["y"]), default=0) < 6:
        figure["layout"]["yaxis"]["dtick"] = 1


def _picked(view: View) -> list[Any]:
    """What the list of lines below is narrowed to by a click, and the way back."""
    filters = view.filters
    words = {"GV": "with GV", "GW": "with GW", "both": "with GV and GW", "none": "with neither GV nor GW"}
    told = [
        words.get(filters["modifier"] or "", ""),
        {"inside": "inside hospice days", "outside": "outside"}.get(filters["place"] or "", ""),
    ]
    told.append("denied B9" if filters["denied"] else "")
    kept = ", ".join(part for part in told if part)
    if not kept:
        return []
    link = html.A("Show all lines", href=view.to(modifier=None, place=None, denied=None))
    return [notice([html.Span(f"The lines below and the marks above are those {kept}. "), link])]


PAGE = Page("/hospice", "Hospice & palliative", render, "Audit", 40, (TIMELINE, MODIFIERS, B9, LINES, CHECKS, FINDINGS))
