"""Denials: how much is denied by the chosen definition, for which reasons, by whom, what becomes of it, and the lines themselves.

What does not belong here: expected dollars of denied lines (missed revenue), and checks that speak of denials (findings).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from dash import html

from dashboards import theme
from dashboards.components.cards import chart_card, table_card, tile
from dashboards.components.grid import grid
from dashboards.components.layout import empty, grid_of, heading, notice, section
from dashboards.denials import MONTHS, TABLES, YIELDS, Rate, by_count, by_dollars, definition, first_pass, moved, rate, rates_sql, within
from dashboards.figures import curve, lines
from dashboards.figures.bars import Part
from dashboards.figures.heat import Cell, heat
from dashboards.figures.lines import Line
from dashboards.figures.pareto import pareto
from dashboards.figures.waterfall import Step, waterfall
from dashboards.filters import DEFINITIONS, mature_month, shift, span
from dashboards.page import ALL_FILTERS, Page, View
from dashboards.periods import periods
from dashboards.queries import Column, ReleaseError, Table

SHOWN_REASONS = 12  # of the Pareto; the table holds all
SHOWN_CELLS = 9  # reasons of the heat map
SHOWN_PAYERS = 7  # of the heat map, those with the most units
SHOWN_QUARTERS = 5  # of the overturn curve, the last that tell something

_RATES = (
    Column("denied_count", "Denied", "count", "Units of the chosen definition that were denied"),
    Column("unit_count", "Units", "count", "n: the denominator, in units; of some definitions the mean of the three months before"),
    Column("rate_count", "Share of units", "rate", "Denied ÷ units", "denied_count", "unit_count"),
    Column("denied_amount", "Denied dollars", "amount", "Charges of the denied units"),
    Column("unit_amount", "Dollars", "amount", "Charges of the units"),
    Column("rate_amount", "Share of dollars", "rate", "Denied dollars ÷ dollars", "denied_amount", "unit_amount"),
)
_TITLES = (
    "left join (select carc, title, cause from denial_reason where definition = $definition) as t on r.carc is not distinct from t.carc"
)

REASONS = Table(
    "denial-reasons",
    "Denials by reason (CARC)",
    f"""
    with reason as (
      select
        coalesce(r.carc, 'none') as reason,
        coalesce(t.title, replace(nullif(t.cause, 'other'), '_', ' ')) as title,
        r.*,
        case when d.measure = 'amount' then r.denied_amount else r.denied_count end as measured
      from ({rates_sql((), ("carc",), picked="true")}) as r
      left join (select carc, title, cause from denial_reason where definition = $definition) as t on r.carc is not distinct from t.carc
      inner join denial_definition as d on d.definition = $definition
    )
    select *, sum(measured) over () as measured_total,
      sum(measured) over falling as measured_so_far
    from reason
    window falling as (order by measured desc, denied_count desc, reason rows between unbounded preceding and current row)
    """,
    (
        Column("reason", "CARC", definition="Chief claim adjustment reason of the denial; none: the remittance tells none"),
        Column("title", "What it is about"),
        *_RATES,
        Column("so_far", "Together", "rate", "Share of all denials, with the reasons above", "measured_so_far", "measured_total"),
    ),
    "Denied units by the chief reason of their denial, largest first; the line is what the reasons so far make up of all denials. A unit"
    " counts under one reason.",
    order="measured desc, denied_count desc, reason",
    groups=("reason",),
)
BY_PAYER = Table(
    "denial-reasons-by-payer",
    "Denials by reason and payer",
    f"""
    select coalesce(carc, 'none') as reason, * exclude (carc, unit_sixths, amount_sixths)
    from ({rates_sql(("payer_id",), ("carc",), picked="true")}) as r
    """,
    (Column("reason", "CARC"), Column("payer_id", "Payer"), *_RATES),
    "In each cell the denials of this reason as a share of the payer's units, and how many they are; above each payer its units (n).",
    order="denied_count desc, denied_amount desc, reason, payer_id",
    groups=("reason", "payer_id"),
)
REMARKS = Table(
    "denial-reasons-and-remarks",
    "Reasons and remarks (CARC + RARC)",
    f"""
    select coalesce(carc, 'none') as reason, coalesce(rarc, '—') as remark, * exclude (carc, rarc, unit_sixths, amount_sixths)
    from ({rates_sql((), ("carc", "rarc"))}) as r
    """,
    (Column("reason", "CARC"), Column("remark", "RARC"), *_RATES),
    "Denied units by chief reason and remark code together, under all filters and the reason chosen.",
    order="denied_count desc, denied_amount desc, reason, remark",
    groups=("reason", "remark"),
)
TREND = Table(
    "denial-rate-by-month",
    "Denial rate by month",
    rates_sql(("month",)),
    (Column("month", "Month", "month"), *_RATES),
    "Denied units ÷ units of the chosen definition, by month of the chosen date basis.",
    order="month",
    groups=("month",),
)
FIRST_PASS = Table(
    "first-pass-yield-by-month",
    "First-pass yield by month",
    """
    select month, cast(sum(claim_count) as bigint) as claim_count, cast(sum(answered_count) as bigint) as answered_count,
      cast(sum(first_pass_count) as bigint) as first_pass_count
    from {first_passes} where {cube} group by month
    """,
    (
        Column("month", "Month", "month"),
        Column("claim_count", "Claims", "count", "Claims submitted, each once"),
        Column("answered_count", "Answered", "count", "n: of these, answered otherwise than as duplicates"),
        Column("first_pass_count", "First pass", "count", "Of these, without a line denied by the first answer (definition default)"),
        Column("yield", "Yield", "rate", "First pass ÷ answered", "first_pass_count", "answered_count"),
    ),
    "Claims whose first answer denied no line ÷ claims answered. Denied as the default definition says, whatever definition is chosen.",
    order="month",
    groups=("month",),
)
COHORTS = Table(
    "denials-overturned-by-age",
    "Denials overturned, by age",
    """
    select coalesce(quarter, 'all') as cohort, age_days, cast(sum(denied_count) as bigint) as denied_count,
      cast(sum(observed_count) as bigint) as observed_count, cast(sum(overturned_count) as bigint) as overturned_count,
      sum(observed_amount) as observed_amount, sum(overturned_amount) as overturned_amount
    from (select *, month[:4] || ' Q' || ((cast(month[6:] as integer) + 2) // 3) as quarter from denial_cohort) as c
    where {months} and {payer} and {code_family}
    group by grouping sets ((quarter, age_days), (age_days))
    """,
    (
        Column("cohort", "Denied in", definition="Quarter of the remittance that denied first"),
        Column("age_days", "Within days", "decimal"),
        Column("denied_count", "Denials", "count"),
        Column("observed_count", "Observed", "count", "n: denials at least this old on the as-of date; only they can tell"),
        Column("overturned_count", "Overturned", "count", "Of those observed: paid or moved to the patient by this age, and still so"),
        Column("share", "Share", "rate", "Overturned ÷ observed", "overturned_count", "observed_count"),
        Column("observed_amount", "Observed dollars", "amount", is_hidden=True),
        Column("overturned_amount", "Overturned dollars", "amount", is_hidden=True),
    ),
    "Initial denials (lines, default definition) by the quarter that denied them: the share paid or moved to the patient within so many"
    " days, of those old enough to tell. A curve ends where none is old enough.",
    order="cohort = 'all' desc, cohort desc, age_days",
    groups=("cohort", "age_days"),
)

_TO = "coalesce($bridge_to, case when $definition = 'primary_zero_pay' then 'default' else 'primary_zero_pay' end)"
_SIX = (
    "sum(b.denied_count * {0}) * 6 as dc, sum(b.unit_count * {1}) as uc, sum(b.denied_amount * {0}) * 6 as da,"
    " sum(b.unit_amount * {1}) as ua"
)


def _less(one: str, other: str) -> str:
    return ", ".join(f"{one}.{name} - {other}.{name}" for name in ("dc", "uc", "da", "ua"))


BRIDGE = Table(
    "denial-bridge",
    "From one definition to another",
    f"""
    with ends as (
      select definition, title, measure, denominator_months, definition = $definition as is_start
      from denial_definition where definition in ($definition, {_TO})
    ),
    weight as (
      select w.* from denial_weight as w inner join ends as e on w.definition = e.definition where {{date_basis}} and {{months}}
    ),
    asked as (select distinct month from weight),
    base as (
      select m.definition, m.month, sum(m.denied_count) as denied_count, sum(m.unit_count) as unit_count,
        sum(m.denied_amount) as denied_amount, sum(m.unit_amount) as unit_amount
      from denial_cube as m inner join ends as e on m.definition = e.definition where {{date_basis}} group by m.definition, m.month
    ),
    known as (
      select w.definition from weight as w left join base as b on w.definition = b.definition and w.month = b.month
      group by w.definition having max(w.own) = 1 and count(b.month) > 0
    ),
    -- Six times each measure: as the definition makes its denominators, of the same months, and of every month that either end asks for.
    reading as (
      select w.definition, {_SIX.format("w.own", "w.sixths")}
      from weight as w inner join base as b on w.definition = b.definition and w.unit_month = b.month group by w.definition
    ),
    same as (
      select w.definition, {_SIX.format("w.own", "(6 * w.own)")}
      from weight as w inner join base as b on w.definition = b.definition and w.unit_month = b.month
      where w.month = w.unit_month group by w.definition
    ),
    every as (
      select b.definition, {_SIX.format("1", "6")} from base as b inner join asked as a on b.month = a.month group by b.definition
    ),
    walked as (
      select 0 as place, 0 as step_number, 'start' as step, e.title as reason, r.dc, r.uc, r.da, r.ua
      from reading as r inner join ends as e using (definition) where e.is_start
      union all
      select 1, 0, 'same_months', 'denominator of the same months instead of the three before', {_less("s", "r")}
      from same as s inner join reading as r using (definition) inner join ends as e using (definition)
      where e.is_start and e.denominator_months > 0
      union all
      select 2, 0, 'month_unknown', 'months with none before them in the release counted too', {_less("v", "s")}
      from every as v inner join same as s using (definition) inner join ends as e using (definition)
      where e.is_start and e.denominator_months > 0 and (v.uc <> s.uc or v.dc <> s.dc)
      union all
      select 3, b.step_number, b.step, b.reason, {_SIX.format("1", "6")}
      from denial_bridge as b inner join asked as a on b.month = a.month
      where b.from_definition = $definition and b.to_definition = {_TO} and {{date_basis}}
      group by b.step_number, b.step, b.reason
      having sum(b.denied_count) <> 0 or sum(b.unit_count) <> 0 or sum(b.denied_amount) <> 0 or sum(b.unit_amount) <> 0
      union all
      select 4, 0, 'month_unknown', 'months with none before them in the release left out', {_less("s", "v")}
      from every as v inner join same as s using (definition) inner join ends as e using (definition)
      where not e.is_start and e.denominator_months > 0 and (v.uc <> s.uc or v.dc <> s.dc)
      union all
      select 5, 0, 'mean_of_months', 'denominator: the mean of the three months before each month', {_less("r", "s")}
      from same as s inner join reading as r using (definition) inner join ends as e using (definition)
      where not e.is_start and e.denominator_months > 0
    ),
    so_far as (
      select *, sum(dc) over w as dc_at, sum(uc) over w as uc_at, sum(da) over w as da_at, sum(ua) over w as ua_at
      from walked window w as (order by place, step_number rows between unbounded preceding and current row)
      union all
      select 9, 0, 'end', e.title, r.dc, r.uc, r.da, r.ua, r.dc, r.uc, r.da, r.ua
      from reading as r inner join ends as e using (definition) where not e.is_start
    ),
    shown as (
      select place, step_number, step, reason,
        cast(dc_at / 6 as bigint) as denied_at, cast(round(uc_at / 6, 1) as decimal(18, 1)) as units_at,
        cast(da_at / 6 as decimal(18, 2)) as denied_amount_at, cast(round(ua_at * 100 / 6) / 100 as decimal(18, 2)) as amount_at
      from so_far
    ),
    -- Each step as the difference of what is shown before and after it, so that the column adds up to the cent.
    stepped as (
      select *,
        denied_at - lag(denied_at) over o as denied_by, units_at - lag(units_at) over o as units_by,
        denied_amount_at - lag(denied_amount_at) over o as denied_amount_by, amount_at - lag(amount_at) over o as amount_by
      from shown window o as (order by place, step_number)
    )
    select s.place, s.step_number, s.step, s.reason, s.step in ('start', 'end') as is_end,
      case when s.step in ('start', 'end') then s.denied_at else s.denied_by end as denied_count,
      case when s.step in ('start', 'end') then s.units_at else s.units_by end as unit_count,
      case when s.step in ('start', 'end') then s.denied_amount_at else s.denied_amount_by end as denied_amount,
      case when s.step in ('start', 'end') then s.amount_at else s.amount_by end as unit_amount,
      case when e.measure = 'amount' then s.denied_amount_at when e.measure = 'count' then s.denied_at end as rate_part,
      case when e.measure = 'amount' then s.amount_at when e.measure = 'count' then s.units_at end as rate_whole
    from stepped as s
    left join ends as e on s.step in ('start', 'end') and e.is_start = (s.step = 'start')
    where (select count(*) from known) = 2
    """,
    (
        Column("reason", "Step"),
        Column("denied_count", "Denied units", "count"),
        Column("unit_count", "Units", "count"),
        Column("denied_amount", "Denied dollars", "amount"),
        Column("unit_amount", "Dollars", "amount"),
        Column("rate", "Rate", "rate", "Of each end, by its own measure", "rate_part", "rate_whole"),
    ),
    "Walks from the chosen definition to another: what each step takes away or adds, with its reason, and what stands at both ends. To the"
    " cent as midpoint denials --bridge prints it.",
    order="place, step_number",
    groups=("reason",),
)

_DENIED = """
(
  select *, first_denied_date as first_remit_date, first_denial_reason_code as carc,
    case $date_basis when 'service' then service_date when 'submission' then submission_date else first_denied_date end as basis_date
  from denial where is_initial
) as d
"""
OPEN = Table(
    "denied-line-months",
    "Denied lines by month",
    f"""
    select strftime(basis_date, '%Y-%m') as month, count(*) as denied_count, count(overturned_date) as overturned_count,
      count(*) filter (where overturned_date is null) as open_count,
      coalesce(sum(billed_amount) filter (where overturned_date is null), 0) as open_amount
    from {_DENIED} where basis_date is not null and {{who}} and {{carc}} group by all
    """,
    (),
    order="month",
)
LINES = Table(
    "denied-lines",
    "Denied lines",
    f"""
    select *,
      case when overturned_date is null then 'open' else 'overturned' end as standing,
      date_diff('day', first_denied_date, overturned_date) as overturned_days,
      '/claim-360' || $link || 'claim=' || claim_key as claim_href
    from {_DENIED} where basis_date is not null and {{row}} and {{carc}}
    """,
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
        Column("carc", "CARC", width=86, definition="Chief claim adjustment reason of the denial"),
        Column("remark_code", "RARC", width=86, definition="Remark code of the first answer"),
        Column("payer_id", "Payer", width=96),
        Column("service_date", "Service date", "date"),
        Column("first_denied_date", "Denied on", "date", "Day of the remittance that denied first"),
        Column("procedure_code", "Code", width=84),
        Column("modifiers", "Modifiers", width=100),
        Column("billed_amount", "Billed", "amount"),
        Column("standing", "Stands", "text", "overturned: a later answer, of the line or of a corrected claim, paid or moved it", 112),
        Column("overturned_days", "After days", "count", "Days from the denial to the answer that overturned it"),
        Column("allowed_amount", "Allowed", "amount", "Of this line's own remittances, net"),
        Column("paid_amount", "Paid", "amount", is_hidden=True),
        Column("patient_responsibility_amount", "Patient's share", "amount", is_hidden=True),
        Column("clinician_npi", "Clinician", width=112),
        Column("billing_npi", "Billing NPI", width=112, is_hidden=True),
        Column("code_family", "Code family", width=120, is_hidden=True),
        Column("setting", "Setting", width=120, is_hidden=True),
        Column("units", "Units", "decimal", is_hidden=True),
        Column("submission_date", "Submitted", "date", is_hidden=True),
        Column("overturned_date", "Overturned on", "date", is_hidden=True),
        Column("last_remit_date", "Last remittance", "date", is_hidden=True),
        Column("line_number", "Line", "count", is_hidden=True),
        Column("source_file", "File", width=230, is_hidden=True),
        Column("transaction_set", "Set", "count", is_hidden=True),
        Column("segment_number", "Segment", "count", is_hidden=True),
    ),
    "One row a claim line denied by its first answer: the units that definition default counts. Open ones first, largest charge first; the"
    " account leads to the whole claim.",
    order="overturned_date is null desc, billed_amount desc, claim_key, line_number",
    is_rows=True,
)


def render(view: View) -> Sequence[Any]:
    """Tiles, reasons, trend, what becomes of denials, the bridge between definitions, and the lines; or the lines alone (show=lines)."""
    carc, filters = view.filters["carc"], view.filters
    is_lines = filters["show"] == "lines"
    trail = [("Denials", view.to(carc=None, show=None))] if carc or is_lines else []
    if is_lines and carc:
        trail.append((f"CARC {carc}", view.to(show=None)))
    title = "Lines" if is_lines else f"CARC {carc}" if carc else "Denials"
    if missing := [name for name in TABLES if not view.release.has(name)]:
        words = f"This release has no table {' and no table '.join(missing)}: it was made by an older version. Run midpoint audit again."
        return [heading(view, title, trail=trail), notice(words, "bad")]
    known = definition(view)
    if is_lines:
        return [heading(view, title, "Lines denied by their first answer, under these filters.", trail), *_lines(view, 620)]
    lead = f"{known.get('title', '')}: {known.get('unit', 'unit')}s, each in the month of {known.get(filters.date_basis, 'its date')}."
    parts: list[Any] = [heading(view, title, lead, trail)]
    totals = view.release.manifest["control_totals"]
    if not totals["claims"]:
        return [*parts, empty("No claims in this release", "Put 837 files into the inbox and run midpoint audit.")]
    if not totals["remits"]:
        return [*parts, empty("Needs remittances", "Denials are told by 835 files. Put them into the inbox and run midpoint audit.")]
    compared = periods(view)
    parts += [_wording(known), html.Div(_tiles(view, known), className="tiles five")]
    if compared:
        parts.append(html.P(f"Changes compare {compared.words}.", className="quiet compared"))
    parts.append(grid_of(_pareto(view, known), _heat(view, known)))
    parts.append(grid_of(_trend(view, known), _first_pass(view)))
    parts.append(grid_of(_cohorts(view), table_card(view, REMARKS)))
    return [*parts, _bridge(view, known), *_lines(view, 520)]


def _is_amount(known: dict[str, Any]) -> bool:
    """Whether the definition's rate is one of dollars."""
    return known.get("measure") == "amount"


def _wording(known: dict[str, Any]) -> Any:
    told = (
        ("Wording", "wording"),
        ("Numerator", "numerator"),
        ("Denominator", "denominator"),
        ("Left out", "left_out"),
        ("Source", "source"),
    )
    rows = [html.Div([html.Dt(words), html.Dd(known[name])]) for words, name in told if known.get(name)]
    return html.Details([html.Summary("The definition in full"), html.Dl(rows, className="words card")], className="data")


def _tiles(view: View, known: dict[str, Any]) -> list[Any]:
    compared, is_shown = periods(view), within(view)
    units = f"{known.get('unit', 'unit')}s"
    every = view.rows(MONTHS)
    shown = [row for row in every if is_shown(row)]
    count, dollars = by_count(shown), by_dollars(shown)
    n = f"n {theme.count(count.whole)} {units}"
    made = [
        tile(
            "Denial rate, by count",
            count.text,
            view,
            f"{theme.count(count.part)} of {theme.count(count.whole)} {units}",
            f"{known.get('numerator', '')} ÷ {known.get('denominator', '')}",
            "denial" if _is_amount(known) else "denial chosen",
            moved(every, compared, by_count),
            [by_count([row]).value for row in shown],
            name="denial_rate_count",
        ),
        tile(
            "Denial rate, by dollars",
            dollars.text,
            view,
            f"{theme.dollars(dollars.part, cents=True)} of {theme.dollars(dollars.whole, cents=True)} · {n}",
            "The same units by their charges.",
            "denial chosen" if _is_amount(known) else "denial",
            moved(every, compared, by_dollars),
            [by_dollars([row]).value for row in shown],
            name="denial_rate_dollars",
        ),
        *_standing_tiles(view),
    ]
    return [*made, _yield_tile(view)]


def _standing_tiles(view: View) -> list[Any]:
    title, share = "Initial denials still open", "Overturned"
    try:
        every = view.rows(OPEN)
    except ReleaseError:
        words = "needs a release made by this version"
        return [tile(title, "—", view, words, name="open"), tile(share, "—", view, words, name="overturned")]
    compared, is_shown = periods(view), within(view)
    shown = [row for row in every if is_shown(row)]
    open_count = sum(row["open_count"] for row in shown)
    amount = sum((row["open_amount"] for row in shown), Decimal(0))
    change = ""
    if compared:
        now, before = (sum(row["open_count"] for row in every if test(row["month"])) for test in (compared.is_now, compared.is_before))
        change = f"{theme.change(now, before)} ({now:,} from {before:,})"

    def overturned(rows: Any) -> Rate:
        return rate(rows, "overturned_count", "denied_count")

    whole = overturned(shown)
    return [
        tile(
            title,
            theme.count(open_count),
            view,
            f"{theme.dollars(amount)} billed · n {theme.count(whole.whole)} denied lines",
            "Lines denied by their first answer (definition default) that no later answer, of the line or of a corrected claim, has paid or"
            " moved to the patient as of the as-of date.",
            "denial",
            change,
            [row["open_count"] for row in shown],
            view.to(show="lines"),
            name="open",
        ),
        tile(
            share,
            whole.text,
            view,
            f"{theme.count(whole.part)} of {theme.count(whole.whole)} denied lines",
            "Of the lines denied by their first answer (definition default), the share that a later answer has paid or moved to the"
            " patient, at any age. The curve below compares like with like: by age.",
            "",
            moved(every, compared, overturned),
            [overturned([row]).value for row in shown],
            name="overturned",
        ),
    ]


def _yield_tile(view: View) -> Any:
    title = "First-pass yield"
    if not view.release.has("first_pass"):
        return tile(title, "—", view, "needs a release made by this version", name="first_pass")
    every, is_shown = view.rows(YIELDS), within(view)
    shown = [row for row in every if is_shown(row)]
    made = first_pass(shown)
    detail = f"{theme.count(made.part)} of {theme.count(made.whole)} answered claims"
    return tile(
        title,
        made.text,
        view,
        detail + (", all reasons" if view.filters["carc"] else ""),
        FIRST_PASS.definition,
        "",
        moved(every, periods(view), first_pass),
        [first_pass([row]).value for row in shown],
        name="first_pass",
    )


def _reason_link(view: View, reason: str, **changes: Any) -> str:
    """First click: this reason alone; second click: its lines."""
    is_chosen = view.filters["carc"] == reason and all(getattr(view.filters, key) == value for key, value in changes.items())
    return view.to(show="lines") if is_chosen else view.to(carc=reason, **changes)


def _pareto(view: View, known: dict[str, Any]) -> Any:
    rows = view.rows(REASONS)
    shown, rest = rows[:SHOWN_REASONS], rows[SHOWN_REASONS:]
    picked = view.filters["carc"]
    names = [row["reason"] for row in shown]
    values = [float(row["measured"]) for row in shown]
    hovers = [_reason_words(row) for row in shown]
    hrefs = [_reason_link(view, row["reason"]) for row in shown]
    if rest:
        names.append("others")
        values.append(float(sum(row["measured"] for row in rest)))
        hovers.append(f"{len(rest)} further reasons: see the table")
        hrefs.append("")
    part = Part(
        "denied",
        values,
        "denial",
        hrefs=hrefs,
        hovers=hovers,
        faint=[bool(picked) and picked != name for name in names],
    )
    unit = "$" if _is_amount(known) else f"{known.get('unit', 'unit')}s denied"
    figure = pareto(names, part, float(rows[0]["measured_total"]), view.theme, unit, _height(len(rows))) if rows else None
    return chart_card(
        view, REASONS, figure, why_empty=_why(view), note="Click a reason to see it alone, and again for its lines." if rows else ""
    )


def _height(reasons: int) -> int:
    """Of the two charts that stand side by side."""
    return max(320, 70 + 40 * min(reasons, SHOWN_CELLS))


def _reason_words(row: dict[str, Any]) -> str:
    title = f"{row['title']}<br>" if row["title"] else ""
    return (
        f"{title}{theme.count(row['denied_count'])} denied, {theme.percent(row['denied_count'], row['unit_count'])} of"
        f" {theme.count(row['unit_count'])}<br>{theme.dollars(row['denied_amount'], cents=True)} charged"
    )


def _heat(view: View, known: dict[str, Any]) -> Any:
    rows = view.rows(BY_PAYER)
    part, whole = ("denied_amount", "unit_amount") if _is_amount(known) else ("denied_count", "unit_count")
    units = {row["payer_id"]: row["unit_count"] for row in rows}
    reasons: dict[str, Decimal] = {}
    for row in rows:
        reasons[row["reason"]] = reasons.get(row["reason"], Decimal(0)) + row[part]
    payers = sorted(units, key=lambda payer: (-units[payer], str(payer)))[:SHOWN_PAYERS]
    shown = sorted(reasons, key=lambda reason: (-reasons[reason], reason))[:SHOWN_CELLS]
    cells = {
        (row["reason"], row["payer_id"]): Cell(
            float(row[part] / row[whole]) if row[whole] else 0.0,
            f"{theme.percent(row[part], row[whole])}<br>{theme.count(row['denied_count'])}",
            f"<b>CARC {row['reason']}, payer {row['payer_id']}</b><br>{_reason_words(row | {'title': ''})}",
            _reason_link(view, row["reason"], payer=row["payer_id"]),
        )
        for row in rows
    }
    heads = [f"{payer}<br>n {theme.count(units[payer])}" for payer in payers]
    figure = heat(payers, shown, cells, view.theme, heads, _height(len(reasons))) if rows else None
    more = f" The {len(payers)} payers with the most units; the table holds all {len(units)}." if len(units) > len(payers) else ""
    share = "dollars" if _is_amount(known) else "units"
    note = f"Share of the payer's {share}, and how many. Click a cell for this reason and payer, and again for its lines.{more}"
    return chart_card(view, BY_PAYER, figure, why_empty=_why(view), note=note if rows else "", most=60)


def _months_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Every month from the first to the last of the rows."""
    return [shift(rows[0]["month"], number) for number in range(span(rows[0]["month"], rows[-1]["month"]))] if rows else []


def _by_month(
    view: View, found: list[dict[str, Any]], make: Callable[[dict[str, Any]], tuple[Rate, str]], name: str, colour: str
) -> dict[str, Any] | None:
    """Line by month of the rates that ``make`` gives with the words that stand on hover; None without rows."""
    rows = {row["month"]: make(row) for row in found}
    months = _months_of(found)
    if not any(rows[month][0].whole for month in rows):
        return None
    only = view.filters.month_from == view.filters.month_to and view.filters.month_from
    line = Line(
        name,
        [rows[month][0].value if month in rows else None for month in months],
        colour,
        [view.to(show="lines") if only else view.to(month_from=month, month_to=month) for month in months],
        [rows[month][1] if month in rows else "" for month in months],
    )
    return lines.by_month(months, [line], view.theme, "%", 280, late_from=shift(mature_month(view.release.as_of), 1))


def _trend(view: View, known: dict[str, Any]) -> Any:
    part, whole = ("denied_amount", "unit_amount") if _is_amount(known) else ("denied_count", "unit_count")
    written = theme.dollars if _is_amount(known) else theme.count

    def make(row: dict[str, Any]) -> tuple[Rate, str]:
        n = f", n {theme.count(row['unit_count'])}" if _is_amount(known) else ""
        return Rate(Decimal(row[part]), row[whole]), f"{written(row[part])} of {written(row[whole])}{n}"

    rows = list(filter(within(view), view.rows(MONTHS)))
    figure = _by_month(view, rows, make, "Denial rate", "denial")
    note = "Click a month to look at it alone, and again for its lines. Claims of months not mature are still being answered."
    return chart_card(view, TREND, figure, why_empty=_why(view), note=note, rows=rows)


def _first_pass(view: View) -> Any:
    def make(row: dict[str, Any]) -> tuple[Rate, str]:
        made = first_pass([row])
        return made, f"{theme.count(made.part)} of {theme.count(made.whole)} answered claims"

    note = "Of all reasons: a yield has none." if view.filters["carc"] else ""
    rows = list(filter(within(view), view.rows(YIELDS)))
    figure = _by_month(view, rows, make, "First-pass yield", "good")
    return chart_card(view, FIRST_PASS, figure, why_empty=_why(view), note=note, rows=rows)


def _cohorts(view: View) -> Any:
    rows = view.rows(COHORTS)
    ages = sorted({row["age_days"] for row in rows})
    known = {(row["cohort"], row["age_days"]): row for row in rows}
    quarters = sorted({row["cohort"] for row in rows if row["observed_count"] and row["cohort"] != "all"})[-SHOWN_QUARTERS:]
    curves: list[Line] = []
    for cohort in ("all", *reversed(quarters)):
        found = [known.get((cohort, age)) for age in ages]
        curves.append(
            Line(
                "all cohorts" if cohort == "all" else cohort,
                [_share(row) for row in found],
                hovers=[f"{row['overturned_count']:,} of {row['observed_count']:,} observed" if row else "" for row in found],
            )
        )
    is_told = any(value is not None for one in curves for value in one.values)
    figure = curve.by_age(ages, curves, view.theme, "days since the denial", 360) if is_told else None
    aside = _aside(view, "provider", "setting", "carc", "definition")
    note = "Lines denied first (definition default), by the month of the remittance that denied them, whatever the date basis." + (
        f" Not limited by {aside}: the cohorts do not know it." if aside else ""
    )
    why = "No denial under these filters is 30 days old yet." if rows else _why(view)
    return chart_card(view, COHORTS, figure, why_empty=why, note=note, most=len(ages) * (1 + SHOWN_QUARTERS))


def _share(row: dict[str, Any] | None) -> float | None:
    return 100 * row["overturned_count"] / row["observed_count"] if row and row["observed_count"] else None


MEASURES = {
    "denied_count": "Denied units",
    "denied_amount": "Denied dollars",
    "unit_count": "Units",
    "unit_amount": "Dollars",
}


def _bridge(view: View, known: dict[str, Any]) -> Any:
    start = view.filters.definition
    to = view.filters["bridge_to"] or ("default" if start == "primary_zero_pay" else "primary_zero_pay")
    chosen = view.filters["of"] if view.filters["of"] in MEASURES else "denied_amount" if _is_amount(known) else "denied_count"
    others = [_choice(words, view.to(bridge_to=name), name == to) for name, words in DEFINITIONS.items() if name != start]
    measures = [_choice(words, view.to(of=name), name == chosen) for name, words in MEASURES.items()]
    choices = html.Div([html.Span("To", className="quiet"), *others, html.Span("Shown", className="quiet"), *measures], className="find")
    title = f"From “{DEFINITIONS[start]}” to “{DEFINITIONS.get(to, to)}”"
    rows = view.rows(BRIDGE) if to in DEFINITIONS and to != start else []
    if to == start:
        why = "Both ends are the same definition: choose another one above."
    elif to not in DEFINITIONS:
        why = "The address names a definition that there is not: choose one above."
    else:
        why = "One of the two definitions has no units in these months."
    written: Callable[[Any], str] = (lambda value: theme.dollars(value, cents=True)) if chosen.endswith("amount") else theme.count
    steps = [
        Step(
            row["reason"],
            float(row[chosen]),
            written(row[chosen]) + (f"  ({theme.percent(row['rate_part'], row['rate_whole'])})" if row["rate_whole"] else "")
            if row["is_end"]
            else f"{'+' if row[chosen] > 0 else '−'}{written(abs(row[chosen]))}",
            row["is_end"],
        )
        for row in rows
        if row["is_end"] or row[chosen]
    ]
    unit = "$" if chosen.endswith("amount") else "units: lines, claims or remittance claims"
    figure = waterfall(steps, view.theme, unit) if steps else None
    aside = _aside(view, "payer", "provider", "setting", "code_family", "carc")
    note = "In brackets the rate of each definition, by its own measure. Steps that change nothing here are in the table." + (
        f" Of the whole release: not limited by {aside}, which the bridge does not know." if aside else ""
    )
    card = chart_card(view, BRIDGE, figure, title, why, True, note)
    return section("Bridge between definitions", [choices, card])


def _choice(words: str, href: str, is_chosen: bool) -> Any:
    return html.A(words, href=href, className="button here" if is_chosen else "button", **({"aria-current": "true"} if is_chosen else {}))


def _lines(view: View, height: int) -> list[Any]:
    try:
        body = grid(view, LINES, height, _why(view))
    except ReleaseError as error:
        return [notice(str(error), "warn")]
    if view.filters.definition == "default":
        return [body]
    words = f"The lines are those that “{DEFINITIONS['default']}” counts: the chosen definition counts other units."
    return [body, html.P(words, className="quiet")]


_WORDS = {
    "payer": "payer",
    "provider": "provider",
    "setting": "setting",
    "code_family": "code family",
    "carc": "reason",
    "definition": "the chosen definition",
}


def _aside(view: View, *names: str) -> str:
    """Those of the filters that are set and have no meaning for a table, in words."""
    filters = view.filters
    is_set = {
        "payer": filters.payer,
        "provider": filters.provider,
        "setting": filters.setting,
        "code_family": filters.code_family,
        "carc": filters["carc"],
        "definition": filters.definition != "default",
    }
    return " and ".join(_WORDS[name] for name in names if is_set[name])


def _why(view: View) -> str:
    carc = view.filters["carc"]
    return f"No denial with reason {carc} matches these filters." if carc else ""


PAGE = Page(
    "/denials",
    "Denials",
    render,
    "Money",
    10,
    (REASONS, BY_PAYER, REMARKS, TREND, FIRST_PASS, COHORTS, BRIDGE, LINES),
    filters=ALL_FILTERS,
)
