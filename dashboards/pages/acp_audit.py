"""ACP audit: which rules are broken and how sure that is, how ACP is billed against its minutes, and what else stood on the same day.

What does not belong here: dollars over time (Overview) and one claim (Claim 360).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboards import theme
from dashboards.components.cards import chart_card
from dashboards.components.findings import finding_table
from dashboards.components.grid import grid
from dashboards.components.layout import empty, grid_of, heading
from dashboards.figures import bars, lines, minutes, strip
from dashboards.page import Page, View
from dashboards.periods import shown_months
from dashboards.queries import Column, Table

PROOFS = {"claim": "The claim proves it", "suggests": "The claim suggests it", "chart": "Only the record can tell"}
BILLED = {"none": "not billed", "one": "99497", "two": "99497 + 99498", "more": "99497 + 99498 ×2 or more"}
STRIPS = 14

CHECK_PROOF = Table(
    "acp-check-proof",
    "Findings by check and proof",
    """
    select
      f.check_id,
      any_value(c.title) as title,
      f.direction,
      f.proof,
      sum(f.finding_count)::bigint as finding_count,
      sum(case when f.direction = 'under' then f.recoverable_amount else f.at_risk_amount end) as amount,
      any_value(c.fix) as fix
    from (select * from finding_month where {cube} and {direction}) as f
    left join check_result as c on f.check_id = c.check_id
    group by f.check_id, f.direction, f.proof
    """,
    (
        Column("check_id", "Check"),
        Column("title", "What it finds"),
        Column("direction", "Direction"),
        Column("proof", "Proof", definition="claim: the claim proves it; suggests: the claim suggests it; chart: only the record can tell"),
        Column("finding_count", "Findings", "count"),
        Column("amount", "Dollars", "amount", "Counted once, of the check's own direction"),
        Column("fix", "What to do"),
    ),
    "Findings of each check under these filters, by how sure they are. A finding is potential until the record is reviewed.",
    order="finding_count desc, check_id",
    groups=("check_id",),
)
RATIO = Table(
    "acp-addon-ratio",
    "99498 for each 99497, by month",
    """
    select
      strftime(service_date, '%Y-%m') as month,
      sum(primary_units)::bigint as primary_units,
      sum(addon_units)::bigint as addon_units,
      round(sum(addon_units) / nullif(sum(primary_units), 0), 3) as ratio,
      count(*) as day_count
    from acp_day where is_billed and {row}
    group by month having month is not null
    """,
    (
        Column("month", "Month", "month"),
        Column("primary_units", "99497 units", "count"),
        Column("addon_units", "99498 units", "count"),
        Column("ratio", "Ratio", "ratio"),
        Column("day_count", "ACP days", "count", "A patient's day with a clinician on which ACP is billed"),
    ),
    "Units of 99498 ÷ units of 99497 by month of service. A ratio far above the peers' hints at units that the minutes do not support.",
    order="month",
    groups=("month",),
)
MINUTES = Table(
    "acp-minutes",
    "Documented minutes and what was billed",
    f"""
    select
      cast(1 + {minutes.STEP} * floor((least(greatest(acp_minutes, 1), {minutes.LAST}) - 1) / {minutes.STEP}) as integer) as minutes_from,
      case
        when not is_billed then 'none'
        when addon_units = 0 then 'one'
        when addon_units = 1 then 'two'
        else 'more'
      end as billed,
      count(*) as day_count,
      count(*) filter (where is_billed and addon_units > supported_addon_units) as unsupported_count
    from acp_day where acp_minutes is not null and {{row}}
    group by minutes_from, billed
    """,
    (
        Column("minutes_from", "Minutes from", "decimal", f"First minute of a bar of {minutes.STEP}"),
        Column("billed", "Billed", definition="none: nothing; one: 99497; two: 99497 and one 99498; more: more units of 99498"),
        Column("day_count", "Days", "count"),
        Column("unsupported_count", "With more 99498 than the minutes support", "count"),
    ),
    "Documented ACP minutes of a patient's day with a clinician. A unit is earned at 16, 46, 76 minutes and each further 30 (CPT midpoint"
    " rule): 99498 left of the 46 line, or a day not billed right of the 16 line, is what the checks look at.",
    order="minutes_from, billed",
    groups=("minutes_from", "billed"),
)
DAYS = Table(
    "acp-days",
    "ACP days",
    """
    select
      *,
      concat_ws(', ', case when is_critical_care_day then 'critical care' end, case when is_em_day then 'E/M visit' end,
        case when is_awv_day then 'wellness visit' end, case when is_hospice_day then 'hospice' end) as beside,
      case when claim_key is not null then '/claim-360' || $link || 'claim=' || claim_key end as claim_href
    from acp_day where {row}
    """,
    (
        Column("service_date", "Service date", "date", href="claim_href"),
        Column("beside", "Also on the day", width=230, definition="What else the patient's day holds, by any clinician"),
        Column("clinician_npi", "Clinician", width=112),
        Column("payer_id", "Payer", width=90),
        Column("setting", "Setting", width=110),
        Column("is_billed", "Billed", "flag"),
        Column("primary_units", "99497", "decimal", "Units billed"),
        Column("addon_units", "99498", "decimal", "Units billed"),
        Column("acp_minutes", "Minutes", "count", "Documented ACP minutes, sessions of the day summed; empty: not documented"),
        Column("supported_addon_units", "99498 supported", "count", "Units of 99498 that the minutes support"),
        Column("bundling_code", "Bundled by", definition="A code of the day into which NCCI bundles ACP"),
        Column("documentation_id", "Documentation", is_identifier=True),
        Column("day_key", "Day key", definition="Names the patient's day without naming the patient", width=160, is_hidden=True),
    ),
    "One row a patient's day with a clinician on which ACP is billed or documented.",
    order="is_billed and bundling_code is not null desc, is_billed and is_hospice_day desc, service_date desc, day_key, clinician_npi",
    is_rows=True,
)
# The days to look at first: critical care, then hospice, then the rest.
STRIP = Table(
    "acp-same-day",
    "Same-day strip",
    f"""
    with first as (
      select
        day_key,
        -- One number to sort by, so that the first few are found without ordering all: the first reason weighs most.
        max(case when is_billed and bundling_code is not null then 16 else 0 end)
        + max(case when is_billed then 8 else 0 end)
        + max(case when is_critical_care_day then 4 else 0 end)
        + max(case when is_hospice_day then 2 else 0 end)
        + max(case when is_awv_day then 1 else 0 end) as weight,
        min(service_date) as service_date
      from acp_day
      where {{row}} and (is_critical_care_day or is_hospice_day or is_awv_day or is_em_day)
      group by day_key
      order by weight desc, service_date desc, day_key
      limit {STRIPS}
    ),

    day as (
      select day_key, row_number() over (order by weight desc, service_date desc, day_key) as place from first
    )
    select
      d.place,
      strftime(min(l.service_date), '%Y-%m-%d') || ' · ' || left(l.day_key, 4) as day_name,
      l.code_family,
      l.clinician_npi,
      string_agg(distinct l.procedure_code, ' ' order by l.procedure_code) as codes,
      string_agg(distinct l.modifiers, ' ') as modifiers,
      sum(l.units) as units,
      sum(l.billed_amount) as billed_amount,
      min(l.evidence) as evidence,
      min(l.claim_key) as claim_key,
      '/claim-360' || $link || 'claim=' || min(l.claim_key) as claim_href
    from acp_day_line as l
    inner join day as d on l.day_key = d.day_key
    where l.code_family <> 'other'
    group by d.place, l.day_key, l.code_family, l.clinician_npi
    """,
    (
        Column("day_name", "Day", definition="Service date, and four digits of the key that names the patient's day"),
        Column("code_family", "Family"),
        Column("codes", "Codes", href="claim_href"),
        Column("modifiers", "Modifiers"),
        Column("clinician_npi", "Clinician"),
        Column("units", "Units", "decimal"),
        Column("billed_amount", "Billed", "amount"),
        Column("evidence", "Hospice span by"),
    ),
    "ACP, critical care, E/M and wellness visits and hospice of one patient's day on one line, by any clinician. ACP beside critical care"
    " of the same clinician is bundled into it.",
    order="place, code_family, clinician_npi",
    is_rows=True,
)
FINDINGS = finding_table("acp-findings")


def render(view: View) -> Sequence[Any]:
    """Checks by proof, ratio and minutes, same-day strips, days, and the findings."""
    check = view.filters["check"]
    about = _about(view, check) if check else None
    title = f"{check}: {about['title']}" if about else "ACP audit"
    trail = [("Overview", view.filters.to("/")), ("ACP audit", view.to(check=None))] if check else []
    lead = "" if about else "Findings by rule and by how sure they are, minutes against units, and what else stood on the same day."
    return [
        heading(view, title, lead, trail),
        _check_card(about) if about else None,
        grid_of(_checks(view), html.Div([_minutes(view), _ratio(view)], className="cards"), _strips(view)),
        grid(view, FINDINGS, height=480),
        grid(view, DAYS, height=420, why_empty="No ACP was billed or documented under these filters."),
    ]


def _about(view: View, check: str) -> dict[str, Any] | None:
    found = view.release.rows("select * from check_result where check_id = $check", view.filters)
    return found[0] if found else None


def _check_card(about: dict[str, Any]) -> html.Div:
    """What the rule says, on what authority, and what to do."""
    rate = theme.percent(about["flagged_count"], about["eligible_count"]) if about["eligible_count"] else "—"
    numbers = (
        f"{theme.count(about['flagged_count'])} of {theme.count(about['eligible_count'])} eligible ({rate}), whole release"
        if about["eligible_count"] is not None
        else f"not evaluable: {about['reason']}"
    )
    words = (
        ("Found", numbers),
        ("What to do", about["fix"]),
        ("What to teach", about["teach"]),
        ("Dollars", about["amount_definition"]),
        ("Authority", about["authority"]),
    )
    tags = html.P(
        [
            html.Span(theme.DIRECTIONS[about["direction"]], className=f"tag {about['direction']}"),
            " ",
            html.Span(PROOFS[about["proof"]], className="tag info"),
            " ",
            html.Span(f"{about['severity']} severity", className="tag info"),
        ]
    )
    return html.Div(
        [tags, html.Dl([html.Div([html.Dt(name), html.Dd(text)]) for name, text in words], className="words")], className="card wide"
    )


def _checks(view: View) -> Any:
    rows = [row for row in view.rows(CHECK_PROOF) if row["finding_count"]]
    names = list(dict.fromkeys(row["check_id"] for row in rows))[:20]
    by = {(row["check_id"], row["proof"]): row for row in rows}
    picked = view.filters["check"]
    parts = [
        bars.Part(
            words,
            [by[name, proof]["finding_count"] if (name, proof) in by else None for name in names],
            hovers=[by[name, proof]["title"] if (name, proof) in by else "" for name in names],
            hrefs=[view.to(check=None if picked == name else name) for name in names],
            faint=[bool(picked) and picked != name for name in names],
        )
        for proof, words in PROOFS.items()
    ]
    figure = bars.across(names, parts, view.theme, unit="findings", row_height=26, least=560) if names else None
    return chart_card(view, CHECK_PROOF, figure, note="Click a check to see it alone; click it again for all." if names else "")


def _ratio(view: View) -> Any:
    rows = {row["month"]: row for row in view.rows(RATIO)}
    months = [month for month in shown_months(view) if rows and min(rows) <= month <= max(rows)]
    line = lines.Line(
        "99498 : 99497",
        [float(rows[m]["ratio"]) if m in rows and rows[m]["ratio"] is not None else None for m in months],
        hovers=[f"{rows[m]['addon_units']:,} : {rows[m]['primary_units']:,}" if m in rows else "" for m in months],
        hrefs=[view.to(month_from=m, month_to=m) for m in months],
    )
    figure = lines.by_month(months, [line], view.theme, unit="units of 99498 for each 99497", height=230) if months else None
    return chart_card(view, RATIO, figure, why_empty="No ACP was billed under these filters.")


def _minutes(view: View) -> Any:
    if not view.release.manifest["control_totals"]["documentation_rows"]:
        return html.Div([html.H3(MINUTES.title), empty("Needs documentation file", _NEEDS)], className="card chart")
    days: dict[str, dict[int, int]] = {key: {} for key in BILLED}
    for row in view.rows(MINUTES):
        days[row["billed"]][row["minutes_from"]] = row["day_count"]
    parts = [(words, days[key]) for key, words in BILLED.items() if days[key]]
    return chart_card(view, MINUTES, minutes.histogram(parts, view.theme) if parts else None, why_empty=_NEEDS)


_NEEDS = "Claims hold units, not minutes: put the ACP documentation extract (CSV or Parquet) into the inbox and run midpoint audit."


def _strips(view: View) -> Any:
    rows = view.rows(STRIP)
    names = list(dict.fromkeys(row["day_name"] for row in rows))
    marks = [_mark(row) for row in rows]
    figure = strip.days(names, marks, view.theme) if marks else None
    return chart_card(
        view,
        STRIP,
        figure,
        wide=True,
        why_empty="No ACP day here has another service or a hospice span.",
        note=f"One line a patient's day; …1234 are the last digits of the clinician's NPI. Up to {STRIPS} days: first those on which the"
        " same clinician's other code bundles ACP, then critical care and hospice."
        if marks
        else "",
    )


def _mark(row: dict[str, Any]) -> strip.Mark:
    if row["claim_key"] is None:
        return strip.Mark(row["day_name"], "hospice", "in a span", f"hospice span by {row['evidence']}")
    clinician = f"…{row['clinician_npi'][-4:]}" if row["clinician_npi"] else ""
    hover = " ".join(filter(None, (row["codes"], row["modifiers"], f"by clinician {row['clinician_npi'] or 'unknown'}")))
    return strip.Mark(row["day_name"], row["code_family"], f"{row['codes']} {clinician}", hover, row["claim_href"])


PAGE = Page("/acp-audit", "ACP audit", render, "Audit", 10, (CHECK_PROOF, RATIO, MINUTES, STRIP, DAYS, FINDINGS))
