"""Providers: each clinician against the peers of the specialty on one metric, and the clinician's scorecard.

What does not belong here: the education letter itself (midpoint education writes it), and any verdict: a metric is a place to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash import html

from dashboards import intervals, theme
from dashboards.components.cards import chart_card, table_card
from dashboards.components.findings import finding_table
from dashboards.components.grid import grid
from dashboards.components.layout import empty, grid_of, heading, notice
from dashboards.figures import bars, lines, peers
from dashboards.filters import mature_month, shift
from dashboards.page import ALL_FILTERS, Page, View
from dashboards.periods import shown_months
from dashboards.queries import Column, Table

MOST = 150  # dots in the plot: those of the highest values, and the one that is chosen; the table holds all


@dataclass(frozen=True)
class Metric:
    """One measure of a clinician: base gives clinician_npi, month, numerator, denominator and square_sum (of a mean), in any grain.

    scale: what the ratio is told in (per 100). nature: share, rate or mean, which says how the interval is made. ignored: filters, as named
    in the address, that the base cannot follow.
    """

    title: str
    unit: str
    base: str
    nature: str
    scale: int
    numerator: str
    denominator: str
    definition: str
    ignored: tuple[str, ...] = ()


# ACP use has its month as a date; cubes have it as text.
_USE = (
    "select clinician_npi, month, {numerator}::double as numerator, {denominator}::double as denominator, null::double as square_sum"
    " from (select * replace (strftime(month, '%Y-%m') as month) from acp_use) where {{months}} and {{setting}}"
)
_NOT_IN_USE = ("basis", "payer", "code")
_BASIS_DATE = "case $date_basis when 'submission' then submission_date when 'remit' then first_remit_date else service_date end"

METRICS = {
    "acp_per_100_em": Metric(
        "ACP per 100 E/M dates",
        "ACP dates per 100 E/M dates",
        _USE.format(numerator="acp_date_count", denominator="em_date_count"),
        "rate",
        100,
        "ACP dates",
        "E/M dates",
        "100 × dates with ACP billed ÷ dates with an E/M visit billed. A date is a patient’s day with the clinician.",
        _NOT_IN_USE,
    ),
    "acp_patients": Metric(
        "Patients with ACP",
        "% of patients seen who had ACP",
        _USE.format(numerator="acp_patient_count", denominator="eligible_patient_count"),
        "share",
        100,
        "Patients with ACP",
        "Patients seen",
        "Patients with ACP ÷ patients with a visit or ACP. A patient counts once a month, billing provider and setting.",
        _NOT_IN_USE,
    ),
    "addon_per_primary": Metric(
        "99498 : 99497",
        "units of 99498 per 100 units of 99497",
        _USE.format(numerator="addon_units", denominator="primary_units"),
        "rate",
        100,
        "Units of 99498",
        "Units of 99497",
        "100 × units of 99498 ÷ units of 99497. A ratio far above the peers’ hints at units that the minutes do not support.",
        _NOT_IN_USE,
    ),
    "minutes_per_date": Metric(
        "Minutes a date",
        "least minutes that the units imply, a date",
        f"""
        select
          clinician_npi,
          strftime({_BASIS_DATE}, '%Y-%m') as month,
          implied_minutes::double as numerator,
          1.0::double as denominator,
          (implied_minutes * implied_minutes)::double as square_sum
        from acp_day where is_billed and {{days}} and {{payer}} and {{setting}}
        """,
        "mean",
        1,
        "Implied minutes",
        "ACP dates",
        "Least minutes that the units of ACP imply (16, and 30 for each further unit) ÷ dates with ACP billed.",
        ("code",),
    ),
    "findings_per_100_lines": Metric(
        "Findings per 100 ACP lines",
        "findings about ACP per 100 ACP lines",
        f"""
        select clinician_npi, month, finding_count::double as numerator, 0.0::double as denominator, null::double as square_sum
        from finding_month
        where code_family = 'acp' and direction <> 'info' and {{date_basis}} and {{months}} and {{payer}} and {{setting}}
        union all
        select
          clinician_npi,
          strftime({_BASIS_DATE}, '%Y-%m') as month,
          0.0::double as numerator,
          count(*)::double as denominator,
          null::double as square_sum
        from claim_line
        where code_family = 'acp' and is_final and is_primary_copy and is_professional_service and {{days}} and {{payer}} and {{setting}}
        group by 1, 2
        """,
        "rate",
        100,
        "Findings",
        "ACP lines",
        "100 × findings about ACP (information apart) ÷ ACP lines of final claims. A line may have several findings; each is potential.",
        ("code",),
    ),
    "denial_rate": Metric(
        "Denial rate",
        "% of units denied",
        """
        select clinician_npi, month, denied_count::double as numerator, unit_count::double as denominator, null::double as square_sum
        from denial_month
        where
          definition = $definition and {date_basis} and {months} and {payer} and {setting} and {code_family}
        """,
        "share",
        100,
        "Denied",
        "Units",
        "Denied units ÷ units of the chosen definition of denial, by count, also where that definition is told in dollars.",
    ),
}
DEFAULT = "acp_per_100_em"
ALL = "all"  # specialties
_INTERVALS = {
    "rate": intervals.poisson("numerator", "denominator"),
    "share": intervals.wilson("numerator", "denominator"),
    "mean": intervals.mean("numerator", "square_sum", "denominator"),
}
_METHODS = {
    "rate": "95 % interval of a counted rate (Byar’s approximation to the exact Poisson interval).",
    "share": "95 % interval of a share (Wilson).",
    "mean": "95 % interval of a mean (Student’s t).",
}


def _compared(metric: Metric) -> str:
    """All clinicians on one metric, beside their peers: those of the specialty with enough n; of a clinician without one, everybody."""
    low, high = _INTERVALS[metric.nature]
    return f"""
    with base as ({metric.base}),
    total as (
      select clinician_npi, sum(numerator) as numerator, sum(denominator) as denominator, sum(square_sum) as square_sum
      from base where clinician_npi is not null group by clinician_npi having sum(denominator) > 0
    ),
    placed as (
      select
        t.*,
        c.specialty_code,
        c.specialty,
        t.denominator >= $metric_minimum_count as is_counted,
        {metric.scale} * t.numerator / t.denominator as value,
        {metric.scale} * ({low}) as low,
        {metric.scale} * ({high}) as high
      from total as t
      left join clinician as c on t.clinician_npi = c.clinician_npi
    ),
    peer as (
      select
        specialty_code,
        count(*) as counted,
        quantile_cont(value, 0.5) as median,
        quantile_cont(value, 0.8) as p_eighty,
        quantile_cont(value, 0.9) as p_ninety
      from placed where is_counted and specialty_code is not null group by specialty_code
      union all
      select
        null as specialty_code,
        count(*) as counted,
        quantile_cont(value, 0.5) as median,
        quantile_cont(value, 0.8) as p_eighty,
        quantile_cont(value, 0.9) as p_ninety
      from placed where is_counted
    ),
    ranked as (
      select
        p.*,
        coalesce(q.counted, 0) - case when p.is_counted then 1 else 0 end as peer_count,
        q.median,
        q.p_eighty,
        q.p_ninety,
        case
          when p.specialty_code is null then percent_rank() over (partition by p.is_counted order by p.value)
          else percent_rank() over (partition by p.specialty_code, p.is_counted order by p.value)
        end as lower_share
      from placed as p
      left join peer as q on p.specialty_code is not distinct from q.specialty_code
    )
    select
      clinician_npi,
      coalesce(specialty, 'not known') as specialty,
      value,
      case when is_counted then low end as low,
      case when is_counted then high end as high,
      numerator,
      denominator,
      is_counted,
      case when is_counted and peer_count >= $peer_minimum_count then 100 * lower_share end as percentile,
      case
        when not is_counted then 'n too small'
        when peer_count < $peer_minimum_count then 'too few peers'
        when value > p_ninety then 'above the 90th'
        when value > p_eighty then '80th to 90th'
        else 'within'
      end as standing,
      case when peer_count >= $peer_minimum_count then median end as peer_median,
      case when peer_count >= $peer_minimum_count then p_eighty end as peer_eighty,
      case when peer_count >= $peer_minimum_count then p_ninety end as peer_ninety,
      peer_count::bigint as peer_count,
      '/providers' || $link || 'provider=' || clinician_npi || '&card=1' as card_href
    from ranked
    """


def _value_columns(metric: Metric | None = None) -> tuple[Column, ...]:
    """Value with its interval, n and place among the peers; of one metric, or of several in rows."""
    method = _METHODS[metric.nature] if metric else "95 % interval: Wilson of a share, Byar of a counted rate, Student’s t of a mean."
    return (
        Column("value", metric.title if metric else "Value", "decimal", metric.unit if metric else ""),
        Column("low", "Low", "decimal", method),
        Column("high", "High", "decimal", method),
        Column("numerator", metric.numerator if metric else "Numerator", "count"),
        Column("denominator", metric.denominator if metric else "n", "count", "n: what the numerator is divided by"),
        Column("percentile", "Percentile", "decimal", "Share of the peers with a lower value; empty: n too small, or too few peers"),
        Column("standing", "Against peers", width=130),
        Column("peer_median", "Peer median", "decimal"),
        Column("peer_eighty", "Peer 80th", "decimal"),
        Column("peer_ninety", "Peer 90th", "decimal"),
        Column("peer_count", "Peers", "count", "Other clinicians of the specialty with enough n"),
    )


TABLES = {
    name: Table(
        f"providers-{name.replace('_', '-')}",
        f"Clinicians: {metric.title}",
        _compared(metric),
        (
            Column("clinician_npi", "Clinician", width=125, href="card_href"),
            Column("specialty", "Specialty", width=210, definition="By the taxonomy most often sent"),
            *_value_columns(metric),
        ),
        f"{metric.definition} Peers: clinicians of the specialty with enough n; where no taxonomy is sent, all clinicians.",
        order="is_counted desc, value desc, clinician_npi",
        groups=("clinician_npi",),
    )
    for name, metric in METRICS.items()
}
SCORE = Table(
    "provider-metrics",
    "Metrics",
    " union all ".join(
        f"select {place} as place, '{metric.unit[0].upper() + metric.unit[1:]}' as metric, *"
        f" from ({_compared(metric)}) where clinician_npi = $provider"
        for place, metric in enumerate(METRICS.values())
    ),
    (Column("metric", "Metric"), *(column for column in _value_columns() if column.name != "peer_eighty")),
    "The clinician’s metrics with interval and n, beside the peers of the specialty. A place to look, not a verdict.",
    order="place",
    groups=("metric",),
)
TREND = Table(
    "provider-metric-months",
    "Metric by month",
    " union all ".join(
        f"""
        select
          '{metric.title}' as metric,
          month,
          {metric.scale} * sum(numerator) / nullif(sum(denominator), 0) as value,
          sum(numerator) as numerator,
          sum(denominator) as denominator
        from ({metric.base})
        where clinician_npi = $provider and month is not null and coalesce($metric, '{DEFAULT}') = '{name}'
        group by month
        """
        for name, metric in METRICS.items()
    ),
    (
        Column("metric", "Metric"),
        Column("month", "Month", "month"),
        Column("value", "Value", "decimal"),
        Column("numerator", "Numerator", "count"),
        Column("denominator", "n", "count"),
    ),
    "The chosen metric of the clinician by month. Months with a small n swing.",
    order="metric, month",
    groups=("month",),
)
_OWN = "clinician_npi = $provider and {date_basis} and {months} and {payer} and {setting} and {code_family}"
CHECKS = Table(
    "provider-checks",
    "Findings by check",
    f"""
    select
      f.check_id,
      any_value(c.title) as title,
      f.direction,
      case f.direction when 'over' then 'Overpayment risk' when 'under' then 'Missed revenue' when 'denial' then 'Denial risk'
        else 'Information' end as told_direction,
      sum(f.finding_count)::bigint as finding_count,
      sum(case when f.direction = 'under' then f.recoverable_amount else f.at_risk_amount end) as amount,
      any_value(c.fix) as fix,
      any_value(c.teach) as teach,
      '/acp-audit' || $link || 'check=' || f.check_id as check_href
    from (select * from finding_month where {_OWN}) as f
    left join check_result as c on f.check_id = c.check_id
    group by f.check_id, f.direction
    """,
    (
        Column("check_id", "Check", href="check_href"),
        Column("title", "What it finds", width=220),
        Column("told_direction", "Direction", width=135),
        Column("finding_count", "Findings", "count"),
        Column("amount", "Dollars", "amount", "Counted once, of the check’s own direction; directions are never added together"),
        Column("fix", "What to do", width=260),
        Column("teach", "What to teach", width=260),
    ),
    "The clinician’s findings under these filters, with what to do and what to teach. Each is potential until the record is reviewed.",
    order="finding_count desc, check_id",
    groups=("check_id",),
)
MONTHS = Table(
    "provider-finding-months",
    "Findings by month",
    f"select month, direction, sum(finding_count)::bigint as finding_count from finding_month where {_OWN}"
    " group by month, direction having month is not null",
    (Column("month", "Month", "month"), Column("direction", "Direction"), Column("finding_count", "Findings", "count")),
    "The clinician’s findings by month of the chosen date basis, by direction.",
    order="month, direction",
    groups=("month", "direction"),
)
FINDINGS = finding_table("provider-findings", "Examples", "clinician_npi = $provider")
IGNORED = {"basis": "date basis", "payer": "payer", "code": "code family"}


def render(view: View) -> Sequence[Any]:
    """The dot plot and the table of all clinicians; with ``card``, the scorecard of the clinician that the provider filter names."""
    if not view.release.manifest["control_totals"]["claims"]:
        return [heading(view, "Providers"), empty("No claims in this release", "Put 837 files into the inbox and run midpoint audit.")]
    chosen = view.filters["metric"] if view.filters["metric"] in METRICS else DEFAULT
    if view.filters["card"] and view.filters.provider:
        return _card(view, chosen)
    return _all(view, chosen)


def _all(view: View, chosen: str) -> list[Any]:
    rows = view.rows(TABLES[chosen])
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row["specialty"]] = sizes.get(row["specialty"], 0) + 1
    own = {row["clinician_npi"]: row["specialty"] for row in rows}
    # At first the largest specialty with peers enough to compare; where there is none, everybody.
    comparable = {row["specialty"] for row in rows if row["peer_median"] is not None}
    most = max(comparable, key=lambda name: (sizes[name], name), default=ALL)
    asked = view.filters["specialty"]
    specialty = asked if asked in sizes or asked == ALL else most
    if asked is None and own.get(view.filters.provider or "") in comparable:
        specialty = own[view.filters.provider or ""]
    parts: list[Any] = [
        heading(
            view,
            "Providers",
            "Each clinician against the peers of the specialty. Being far from them is a place to look, not a verdict.",
            actions=[_card_link(view)] if view.filters.provider in own else [],
        ),
        _choices("Metric", [(metric.title, view.to(metric=name), name == chosen) for name, metric in METRICS.items()]),
    ]
    if len(sizes) > 1:
        ordered = sorted(sizes, key=lambda name: (-sizes[name], name))
        choices = [(f"{name} ({sizes[name]:,})", view.to(specialty=name), name == specialty) for name in ordered]
        parts.append(_choices("Specialty", [*choices, (f"All ({len(rows):,})", view.to(specialty=ALL), specialty == ALL)]))
    parts += _only_billing(view, own)
    return [
        *parts,
        _plot(view, chosen, specialty, [row for row in rows if specialty in (ALL, row["specialty"])]),
        grid(view, TABLES[chosen], height=480, why_empty=_why_empty(view, chosen)),
    ]


def _choices(title: str, choices: Sequence[tuple[str, str, bool]]) -> html.Div:
    """Links of which one is chosen."""
    links = [
        html.A(words, href=address, className="button" + (" chosen" if is_on else ""), **({"aria-current": "true"} if is_on else {}))
        for words, address, is_on in choices
    ]
    return html.Div([html.Span(title, className="quiet"), *links], className="choices", role="group", **{"aria-label": title})


def _only_billing(view: View, own: dict[str, str]) -> list[Any]:
    provider = view.filters.provider
    if not provider or provider in own:
        return []
    return [notice(f"{provider} has nothing of this metric as a clinician, so nobody is marked. Choose a clinician’s dot or row.", "info")]


def _card_link(view: View) -> html.A:
    return html.A("Open the scorecard", href=view.to(card="1", specialty=None), className="button")


def _why_empty(view: View, chosen: str) -> str:
    if chosen == "denial_rate":
        return "No line of these filters has an answer. Denials stand on remittances: put 835 files into the inbox and run midpoint audit."
    return "Nobody has billed what this metric counts under these filters."


def _left_out(view: View, chosen: str) -> str:
    """Which of the filters that are set the metric cannot follow, in words."""
    filters = view.filters
    is_set = {"basis": filters.date_basis != "service", "payer": bool(filters.payer), "code": bool(filters.code_family)}
    names = [IGNORED[name] for name in METRICS[chosen].ignored if is_set[name]]
    return f" Left out here, for this metric cannot follow it: {', '.join(names)}." if names else ""


def _plot(view: View, chosen: str, specialty: str, rows: list[dict[str, Any]]) -> Any:
    metric, provider = METRICS[chosen], view.filters.provider
    shown = rows[:MOST] + [row for row in rows[MOST:] if row["clinician_npi"] == provider]
    shown.sort(key=lambda row: (row["is_counted"], row["value"], row["clinician_npi"]))
    found = [
        peers.Dot(
            row["clinician_npi"],
            row["value"],
            row["low"],
            row["high"],
            {"n too small": "small", "too few peers": "alone", "above the 90th": "high"}.get(row["standing"], "peer"),
            row["clinician_npi"] == provider,
            _hover(row, metric),
            view.to(card="1", specialty=None) if row["clinician_npi"] == provider else view.to(provider=row["clinician_npi"]),
        )
        for row in shown
    ]
    some = next((row for row in rows if row["peer_median"] is not None), None) if specialty != ALL else None
    marks = [("median", "peer_median"), ("80th", "peer_eighty"), ("90th", "peer_ninety")] if some else []
    told = [(f"{words} {some[name]:,.1f}", some[name]) for words, name in marks] if some else []
    counted = sum(row["is_counted"] for row in rows)
    thresholds = view.release.manifest["thresholds"]
    note = (
        f"Bars: {_METHODS[metric.nature]} Compared from n = {thresholds['metric_minimum_count']} and from"
        f" {thresholds['peer_minimum_count']} peers; {counted:,} of {len(rows):,} clinicians have enough n."
        " Click a dot to mark the clinician, again for the scorecard."
    )
    if specialty == ALL:
        note = f"All specialties together: choose one for its peers’ lines, where there are enough. {note}"
    elif not some and rows:
        note = f"Too few peers to draw their lines. {note}"
    if specialty != ALL:
        note += " The table holds every specialty."
    if len(rows) > len(shown):
        note += f" Drawn: the {len(shown):,} with the highest values."
    figure = peers.dots(found, told, view.theme, metric.unit) if found else None
    title = f"{metric.title}: {'all specialties' if specialty == ALL else specialty}"
    return chart_card(
        view, TABLES[chosen], figure, title, why_empty=_why_empty(view, chosen), wide=True, note=note + _left_out(view, chosen), most=40
    )


def _hover(row: dict[str, Any], metric: Metric) -> str:
    parts = [f"{row['value']:,.1f} {metric.unit}"]
    if row["low"] is not None:
        parts.append(f"95 %: {row['low']:,.1f} to {row['high']:,.1f}")
    parts.append(f"n = {row['denominator']:,.0f} {metric.denominator} ({row['numerator']:,.0f} {metric.numerator})")
    parts.append(row["standing"] if row["percentile"] is None else f"percentile {row['percentile']:.0f} of {row['peer_count']:,} peers")
    return "<br>".join(parts)


def _card(view: View, chosen: str) -> list[Any]:
    """The scorecard of one clinician."""
    npi = view.filters.provider
    about = view.release.rows("select * from clinician where clinician_npi = $provider", view.filters)
    trail = [("Providers", view.to(card=None))]
    if not about:
        words = f"{npi} did no professional work in this release; it may be a billing provider. Choose a clinician."
        return [
            heading(view, f"Clinician {npi}", "", trail),
            empty("No clinician", words, ("All clinicians", view.to(card=None, provider=None))),
        ]
    lead = f"{about[0]['specialty'] or 'Specialty not known: no taxonomy was sent'} · last service {about[0]['last_service_date']}"
    return [
        heading(view, f"Clinician {npi}", lead, trail),
        _letter(view, str(npi)),
        table_card(view, SCORE, wide=True),
        _notes(view),
        _choices("By month", [(metric.title, view.to(metric=name), name == chosen) for name, metric in METRICS.items()]),
        grid_of(_trend(view, chosen), _months(view)),
        table_card(view, CHECKS, "No finding of this clinician under these filters.", wide=True),
        grid(view, FINDINGS, height=480, why_empty="No finding of this clinician under these filters."),
    ]


def _letter(view: View, npi: str) -> html.Div:
    """The education letter of the release, where one is written."""
    if (view.release.folder / "education" / "letters" / f"{npi}.html").is_file():
        release = replace(type(view.filters)(), release=view.filters.release).query
        links = [
            html.A(words, href=f"/letter/{npi}.{kind}{release}", target="_blank", className="button", **{"data-native": "letter"})
            for words, kind in (("Education letter", "html"), ("As PDF", "pdf"))
        ]
        return html.Div([*links, html.Span("Opens beside this page.", className="quiet")], className="choices")
    return notice("This release holds no letter for this clinician. Letters are written by midpoint education.")


def _notes(view: View) -> Any:
    told = [f"{metric.title}:{words}" for name, metric in METRICS.items() if (words := _left_out(view, name))]
    return html.P(" ".join(told), className="quiet") if told else None


def _trend(view: View, chosen: str) -> Any:
    metric = METRICS[chosen]
    rows = {row["month"]: row for row in view.rows(TREND)}
    months = [month for month in shown_months(view) if rows and min(rows) <= month <= max(rows)]
    line = lines.Line(
        metric.title,
        [rows[month]["value"] if month in rows else None for month in months],
        "under",
        hovers=[f"{rows[m]['numerator']:,.0f} of n = {rows[m]['denominator']:,.0f}" if m in rows else "" for m in months],
        hrefs=[view.to(month_from=month, month_to=month) for month in months],
    )
    late = shift(mature_month(view.release.as_of), 1)
    figure = lines.by_month(months, [line], view.theme, unit=metric.unit, late_from=late) if months else None
    return chart_card(view, TREND, figure, f"{metric.title} by month", _why_empty(view, chosen))


def _months(view: View) -> Any:
    rows = view.rows(MONTHS)
    known = {(row["month"], row["direction"]): row["finding_count"] for row in rows}
    months = [month for month in shown_months(view) if rows and month >= min(row["month"] for row in rows)]
    parts = [
        bars.Part(
            words,
            [known.get((month, key), 0) for month in months],
            key,
            hrefs=[view.to(month_from=month, month_to=month) for month in months],
        )
        for key, words in theme.DIRECTIONS.items()
        if any(row["direction"] == key for row in rows)
    ]
    late = shift(mature_month(view.release.as_of), 1)
    figure = bars.by_month(months, parts, view.theme, unit="findings", late_from=late) if parts else None
    return chart_card(view, MONTHS, figure, why_empty="No finding of this clinician under these filters.")


PAGE = Page("/providers", "Providers", render, "Audit", 30, (*TABLES.values(), SCORE, TREND, CHECKS, MONTHS, FINDINGS), ALL_FILTERS)
