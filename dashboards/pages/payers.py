"""Payers & timing: how long claims take to be sent, answered and paid, payer by payer, and a card of what else each payer does.

What does not belong here: reasons of denial in depth (denials), and lines to work (missed revenue).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from dashboards import theme
from dashboards.components.cards import chart_card, table_card, tile
from dashboards.components.grid import grid
from dashboards.components.layout import empty, grid_of, heading, notice
from dashboards.denials import MONTHS, TABLES, YIELDS, by_count, by_dollars, definition, first_pass, moved, rates_sql, within
from dashboards.figures import bars, lines
from dashboards.figures.boxes import Box, boxes
from dashboards.filters import mature_month, shift, span
from dashboards.page import ALL_FILTERS, Page, View
from dashboards.periods import periods
from dashboards.queries import Column, Table

NEEDED = (*TABLES, "first_pass", "payer_timing", "underpayment", "timely_filing", "provider_adjustment")
SHOWN_PAYERS = 10  # of the box plots, those with the most claims

TIMINGS = {
    "charge_lag": ("Charge lag", "From the last day of service to the claim's first submission."),
    "days_to_adjudicate": ("Days to adjudicate", "From the submission of a claim's version to its first remittance."),
    "days_to_pay": (
        "Days to pay",
        "From the first submission to the first remittance that pays, denials and corrections between included.",
    ),
}
_ENDED = " Counted in the month in which it ended, so that recent months do not look fast. Negative where a file carries an earlier date."

# Intervals know the billing provider only, and neither setting nor code family.
_TIMING = """
(
  select timing, strftime(month, '%Y-%m') as month, payer_id, days, claim_count from payer_timing
  where $provider is null or billing_npi = $provider
) as t
"""


def _quartiles(cuts: Sequence[str], where: str, source: str = _TIMING) -> str:
    """SQL of claim_count, lower_quartile, median, upper_quartile and the fences of ``days``, by the cuts.

    Quartiles are those of every claim's days, between two of them where they fall between; fences the last days within one and a half
    times the distance of the quartiles; outside_count the claims beyond.
    """
    names = ", ".join(cuts)

    def at(share: float) -> str:
        place = f"(total - 1) * {share}"
        low, high = (f"min(days) filter (where upto > {end}({place}))" for end in ("floor", "ceil"))
        return f"cast({low} + ({place} - floor({place})) * ({high} - {low}) as double)"

    return f"""
    with day as (select {names}, days, sum(claim_count) as n from {source} where {where} group by {names}, days),
    placed as (
      select *, sum(n) over (partition by {names} order by days) as upto, sum(n) over (partition by {names}) as total from day
    ),
    quartile as (
      select {names}, cast(total as bigint) as claim_count, {at(0.25)} as lower_quartile, {at(0.5)} as median,
        {at(0.75)} as upper_quartile
      from placed group by {names}, total
    )
    select q.*,
      min(d.days) filter (where d.days >= lower_quartile - 1.5 * (upper_quartile - lower_quartile)) as lower_fence,
      max(d.days) filter (where d.days <= upper_quartile + 1.5 * (upper_quartile - lower_quartile)) as upper_fence,
      cast(coalesce(sum(d.n) filter (
        where d.days < lower_quartile - 1.5 * (upper_quartile - lower_quartile)
          or d.days > upper_quartile + 1.5 * (upper_quartile - lower_quartile)
      ), 0) as bigint) as outside_count
    from quartile as q inner join day as d using ({names})
    group by all
    """


_FIVE = (
    Column("claim_count", "Claims", "count", "n"),
    Column("lower_fence", "Lower fence", "decimal", "The fewest days within one and a half times the quartiles' distance"),
    Column("lower_quartile", "Lower quartile", "decimal", "A quarter of the claims took this long or less"),
    Column("median", "Median", "decimal", "Half of the claims took this long or less"),
    Column("upper_quartile", "Upper quartile", "decimal"),
    Column("upper_fence", "Upper fence", "decimal"),
    Column("outside_count", "Beyond", "count", "Claims beyond the fences"),
)
BOXES = {
    timing: Table(
        f"{timing.replace('_', '-')}-by-payer",
        f"{title} by payer",
        _quartiles(("payer_id",), f"timing = '{timing}' and {{months}}"),
        (Column("payer_id", "Payer"), *_FIVE),
        words + _ENDED,
        order="claim_count desc, payer_id",
        groups=("payer_id",),
    )
    for timing, (title, words) in TIMINGS.items()
}
TREND = Table(
    "timing-by-month",
    "Median days by month",
    _quartiles(("timing", "month"), "{months} and {payer}"),
    (Column("month", "Month", "month"), Column("timing", "Interval"), *_FIVE),
    "The median of each interval, of the claims whose interval ended in the month." + _ENDED,
    order="month, timing",
    groups=("month", "timing"),
)
# Not shown: medians of the card, and of the periods compared.
CARD = Table("timing-card", "Timing", _quartiles(("timing",), "{months} and {payer}"), (), order="timing")
PERIODS = Table(
    "timing-periods",
    "Timing of the periods compared",
    _quartiles(
        ("timing", "period"),
        "period is not null and {payer}",
        f"""(
          select *, case when month between $now_first and $now_last then 'now'
            when month between $before_first and $before_last then 'before' end as period
          from {_TIMING}
        ) as p""",
    ),
    (),
    order="timing, period",
)
TOP_REASONS = Table(
    "payer-top-reasons",
    "Three chief reasons of denial",
    f"""
    select coalesce(r.carc, 'none') as reason, r.* exclude (carc, unit_sixths, amount_sixths),
      '/denials' || $link || 'carc=' || coalesce(r.carc, 'none') as href,
      case when d.measure = 'amount' then denied_amount else denied_count end as measured
    from ({rates_sql((), ("carc",), picked="true")}) as r
    inner join denial_definition as d on d.definition = $definition
    qualify row_number() over (order by measured desc, reason) <= 3
    """,
    (
        Column("reason", "CARC", href="href"),
        Column("denied_count", "Denied", "count"),
        Column("unit_count", "Units", "count", "n: the denominator of the chosen definition"),
        Column("rate", "Share", "rate", "Denied ÷ units", "denied_count", "unit_count"),
        Column("denied_amount", "Denied dollars", "amount"),
    ),
    "By the chosen definition of a denial; each unit under its chief reason.",
    order="measured desc, reason",
    groups=("reason",),
)
BUCKETS = ("past", "0-30", "31-60", "61-90", "91-180", "181 and more", "no limit known")
_BUCKET_PLACE = " ".join(f"when '{bucket}' then {place}" for place, bucket in enumerate(BUCKETS))
_FILING = "(select * exclude (month), strftime(month, '%Y-%m') as month from timely_filing) as t"
FILING = Table(
    "timely-filing",
    "Open services by days left to file",
    f"""
    select days_left_bucket, exposure, cast(sum(line_count) as bigint) as line_count, sum(expected_amount) as expected_amount,
      cast(sum(unpriced_count) as bigint) as unpriced_count, cast(sum(lost_count) as bigint) as lost_count, sum(lost_amount) as lost_amount
    from {_FILING} where {{months}} and {{payer}} and {{provider}} group by days_left_bucket, exposure
    """,
    (
        Column("days_left_bucket", "Days left", definition="To the payer's limit, from the as-of date"),
        Column("exposure", "Why it is open"),
        Column("line_count", "Lines", "count"),
        Column("expected_amount", "Expected", "amount", "Expected allowed amount of the lines"),
        Column("unpriced_count", "Unpriced", "count", "Lines that nothing prices: in no dollars here"),
        Column("lost_count", "Lost", "count", "Denied for time, sent late, or past the limit on the as-of date"),
        Column("lost_amount", "Lost dollars", "amount"),
    ),
    "Services that are not billed, denied or not answered, by how many days are left to the payer's limit for filing. By month of service,"
    " whatever the date basis.",
    order=f"case days_left_bucket {_BUCKET_PLACE} end, exposure",
    groups=("days_left_bucket", "exposure"),
)
# What a reason of a PLB means, in our words.
_PLB_WORDS = {
    "WO": "overpayment taken back",
    "WU": "recovery, not specified",
    "FB": "balance carried forward",
    "OB": "offset for another provider",
    "B3": "recovery allowance",
    "72": "authorized return",
    "L6": "interest",
    "CS": "adjustment",
    "IR": "tax withheld",
    "LS": "lump sum",
}
_PLB = "(select *, strftime(remit_date, '%Y-%m') as month from provider_adjustment where not is_repeated) as t"
_PLB_WHERE = "{months} and {payer} and ($provider is null or payee_npi = $provider)"
PLB = Table(
    "provider-adjustments",
    "Provider-level adjustments (PLB)",
    f"""
    select reason_code, case reason_code {" ".join(f"when '{code}' then '{words}'" for code, words in _PLB_WORDS.items())} end as words,
      count(*) as adjustment_count, sum(adjustment_amount) as adjustment_amount, sum(takeback_amount) as takeback_amount
    from {_PLB} where {_PLB_WHERE} group by reason_code
    """,
    (
        Column("reason_code", "Reason"),
        Column("words", "What it is"),
        Column("adjustment_count", "Entries", "count"),
        Column("adjustment_amount", "Withheld", "amount", "Positive: taken from the payment; negative: added to it"),
        Column("takeback_amount", "Takebacks", "amount", "Of it, taken back from a claim that no reversal accounts for"),
    ),
    "What payers took from, or added to, whole payments beside the claims, by month of the remittance; repeated remittances left out.",
    order="abs(adjustment_amount) desc, reason_code",
    groups=("reason_code",),
)
_OTHERS = "{provider} and {setting} and {code_family}"  # every filter of whom and what but the payer: payers stand side by side
PAYERS = Table(
    "payers",
    "All payers",
    f"""
    with rates as ({rates_sql(("payer_id",), picked="true", who=_OTHERS)}),
    passed as (
      select payer_id, cast(sum(claim_count) as bigint) as claim_count, cast(sum(answered_count) as bigint) as answered_count,
        cast(sum(first_pass_count) as bigint) as first_pass_count
      from {{first_passes}} where {{date_basis}} and {{months}} and {_OTHERS} group by payer_id
    ),
    timed as (
      select payer_id, {", ".join(f"max(median) filter (where timing = '{name}') as {name}" for name in TIMINGS)},
        max(claim_count) filter (where timing = 'days_to_pay') as paid_count
      from ({_quartiles(("timing", "payer_id"), "{months}")}) as q group by payer_id
    ),
    short as (
      select payer_id, cast(sum(line_count) as bigint) as judged_count, cast(sum(flagged_count) as bigint) as flagged_count,
        sum(flagged_amount) as flagged_amount
      from underpayment where is_judged and {{setting}} group by payer_id
    ),
    filing as (
      select payer_id, cast(sum(line_count) as bigint) as filing_count, sum(expected_amount) as filing_amount,
        sum(lost_amount) as lost_amount
      from {_FILING} where {{months}} and {{provider}} group by payer_id
    ),
    adjusted as (
      select payer_id, sum(adjustment_amount) as adjustment_amount
      from {_PLB} where {_PLB_WHERE.replace(" and {payer}", "")} group by payer_id
    ),
    payer as (
      select payer_id from rates union select payer_id from passed union select payer_id from timed union select payer_id from short
      union select payer_id from filing union select payer_id from adjusted
    )
    select *,
      case when payer_id = $payer then '/denials' || rtrim($link, '&')
        else '/payers' || $link || 'payer=' || url_encode(payer_id) end as href
    from payer left join rates using (payer_id) left join passed using (payer_id) left join timed using (payer_id)
      left join short using (payer_id) left join filing using (payer_id) left join adjusted using (payer_id)
    """,
    (
        Column("payer_id", "Payer", width=104, href="href"),
        Column("claim_count", "Claims", "count", "Claims submitted, each once", width=90),
        Column("denied_count", "Denied", "count", "Units of the chosen definition", width=90, is_hidden=True),
        Column("unit_count", "Units", "count", "n of the denial rate", width=90),
        Column("rate_count", "Denial rate", "rate", "Denied ÷ units, of the chosen definition", "denied_count", "unit_count"),
        Column("denied_amount", "Denied dollars", "amount", is_hidden=True),
        Column("unit_amount", "Dollars", "amount", is_hidden=True),
        Column("rate_amount", "By dollars", "rate", "Denied dollars ÷ dollars", "denied_amount", "unit_amount", is_hidden=True),
        Column("first_pass_count", "First pass", "count", is_hidden=True),
        Column("answered_count", "Answered", "count", "n of the first-pass yield"),
        Column("yield", "First pass", "rate", "Claims whose first answer denied no line ÷ answered", "first_pass_count", "answered_count"),
        *(
            Column(name, title.replace("Days to", "To"), "decimal", f"Median days. {words}", width=112)
            for name, (title, words) in TIMINGS.items()
        ),
        Column("paid_count", "Paid claims", "count", "n of the days to pay", is_hidden=True),
        Column("judged_count", "Compared", "count", "Lines whose allowed amount is compared with a contract or the payer's own median"),
        Column("flagged_count", "Paid short", "count", "Of these, allowed clearly less (DEN-03)"),
        Column("flagged_amount", "Short by", "amount"),
        Column("filing_count", "Open lines", "count", "Not billed, denied or not answered: timely filing"),
        Column("filing_amount", "Open dollars", "amount", "Expected allowed amount of the open lines"),
        Column("lost_amount", "Lost to time", "amount", "Of it, denied for time, sent late, or past the limit"),
        Column("adjustment_amount", "PLB withheld", "amount", "Provider-level adjustments: positive taken from payments"),
    ),
    "Every payer with the measures of this page, each under the filters that its table knows. A payer leads to its card, and from there to"
    " its denials.",
    order="claim_count desc nulls last, payer_id",
    groups=("payer_id",),
)
SHORT = Table(
    "payer-underpayment",
    "Underpayment",
    "select coalesce(sum(line_count), 0) as judged_count, coalesce(sum(flagged_count), 0) as flagged_count,"
    " coalesce(sum(flagged_amount), 0) as flagged_amount from underpayment where is_judged and {payer} and {setting}",
    (),
)
LEDGER = Table(
    "needs-ledger",
    "Not shown: needs a ledger",
    "select * from kpi_ledger",
    (
        Column("kpi", "Measure"),
        Column("status", "Status", is_hidden=True),
        Column("why", "Why claims and remittances cannot give it", width=260),
        Column("needed_input", "What would", width=220),
        Column("nearest_table", "Nearest table", definition="Of the release"),
    ),
    "Measures of the revenue cycle that claims and remittances do not hold. They have no number here, not even a zero.",
    order="kpi",
)


def render(view: View) -> Sequence[Any]:
    """The card of the chosen payer, or of all; the box plots of all payers; trend; exposure; every payer; and what needs a ledger."""
    payer = view.filters.payer
    trail = [("All payers", view.to(payer=None))] if payer else []
    lead = "How long claims take to be sent, answered and paid, and what each payer denies, pays short and takes back."
    parts: list[Any] = [heading(view, f"Payer {payer}" if payer else "Payers & timing", lead, trail)]
    if missing := [name for name in NEEDED if not view.release.has(name)]:
        words = f"This release has no table {' and no table '.join(missing)}: it was made by an older version. Run midpoint audit again."
        return [*parts, notice(words, "bad")]
    if not view.release.manifest["control_totals"]["claims"]:
        return [*parts, empty("No claims in this release", "Put 837 files into the inbox and run midpoint audit."), _ledger(view)]
    if payer and payer not in view.release.payers:
        parts.append(notice(f"No claim and no denial of this release names payer {payer}.", "warn"))
    parts.append(html.Div(_tiles(view), className="tiles"))
    if compared := periods(view):
        parts.append(html.P(f"Changes compare {compared.words}.", className="quiet compared"))
    parts.append(grid_of(*(_boxes(view, timing) for timing in TIMINGS), columns=3))
    parts.append(grid_of(_trend(view), _filing(view)))
    parts.append(grid_of(table_card(view, TOP_REASONS), table_card(view, PLB, "No provider-level adjustment matches these filters.")))
    aside = _aside(view, "setting", "code_family")
    parts.append(grid(view, PAYERS, 420))
    if aside or view.filters.provider:
        parts.append(html.P(_limits(view), className="quiet"))
    return [*parts, _ledger(view)]


def _ledger(view: View) -> Any:
    return grid_of(table_card(view, LEDGER, "This release has no list of them."), columns=1) if view.release.has("kpi_ledger") else None


def _tiles(view: View) -> list[Any]:
    filters, compared, is_shown = view.filters, periods(view), within(view)
    rates, passes = view.rows(MONTHS), view.rows(YIELDS)
    shown_rates, shown_passes = ([row for row in rows if is_shown(row)] for rows in (rates, passes))
    known = definition(view)
    is_amount = known.get("measure") == "amount"
    make = by_dollars if is_amount else by_count
    rate, n = make(shown_rates), by_count(shown_rates).whole
    units = f"{known.get('unit', 'unit')}s"
    told = f"{theme.dollars(rate.part, cents=True)} of {theme.dollars(rate.whole, cents=True)} · " if is_amount else ""
    passed = first_pass(shown_passes)
    claims = sum(row["claim_count"] for row in shown_passes)
    now, before = (
        sum(row["claim_count"] for row in passes if compared and test(row["month"]))
        for test in ((compared.is_now, compared.is_before) if compared else (bool, bool))
    )
    timing = {row["timing"]: row for row in view.rows(CARD)}
    then = {(row["timing"], row["period"]): row for row in view.rows(PERIODS)} if compared else {}
    short = view.rows(SHORT)[0]
    filing = view.rows(FILING)
    open_lines = sum(row["line_count"] for row in filing)
    open_amount = sum(row["expected_amount"] for row in filing)
    lost = sum(row["lost_amount"] for row in filing)
    plb = view.rows(PLB)
    unlimited = _aside(view, "months", "provider", "code_family")
    return [
        tile(
            "Claims",
            theme.count(claims),
            view,
            f"{theme.count(int(passed.whole))} answered",
            "Claims submitted, each once, by the chosen date basis.",
            change=f"{theme.change(now, before)} ({now:,} from {before:,})" if compared else "",
            spark=[row["claim_count"] for row in shown_passes],
            name="claims",
        ),
        tile(
            "Denial rate",
            rate.text,
            view,
            f"{told}n {theme.count(n)} {units}" if is_amount else f"{theme.count(rate.part)} of {theme.count(rate.whole)} {units}",
            str(known.get("wording", "")),
            "denial",
            moved(rates, compared, make),
            [make([row]).value for row in shown_rates],
            filters.to("/denials"),
            name="denial_rate",
        ),
        tile(
            "First-pass yield",
            passed.text,
            view,
            f"{theme.count(passed.part)} of {theme.count(passed.whole)} answered claims",
            "Claims whose first answer denied no line (definition default) ÷ claims answered.",
            change=moved(passes, compared, first_pass),
            spark=[first_pass([row]).value for row in shown_passes],
            name="first_pass",
        ),
        *(_days_tile(view, name, timing.get(name), then) for name in TIMINGS),
        tile(
            "Paid short",
            theme.dollars(short["flagged_amount"]),
            view,
            f"{theme.count(int(short['flagged_count']))} of {theme.count(int(short['judged_count']))} lines compared"
            + (f"; not limited by {unlimited}" if unlimited else ""),
            "Lines allowed clearly less than the contract, or than the payer's own median, says (DEN-03), by year of service only.",
            "under",
            name="short",
        ),
        tile(
            "Open, to be filed in time",
            theme.dollars(open_amount),
            view,
            f"{theme.count(open_lines)} lines; {theme.dollars(lost)} lost to time. PLB: "
            f"{theme.dollars(sum(row['adjustment_amount'] for row in plb))} withheld",
            FILING.definition,
            "under",
            name="filing",
        ),
    ]


def _days_tile(view: View, name: str, row: dict[str, Any] | None, then: dict[tuple[str, str], dict[str, Any]]) -> Any:
    title, words = TIMINGS[name]
    now, before = then.get((name, "now")), then.get((name, "before"))
    change = ""
    if now and before:
        by = now["median"] - before["median"]
        change = f"{'▲' if by > 0 else '▼' if by < 0 else '='} {abs(by):g} days: {now['median']:g} from {before['median']:g}"
    months = [one for one in view.rows(TREND) if one["timing"] == name]
    return tile(
        f"{title}, median",
        f"{row['median']:g} days" if row else "—",
        view,
        f"n {theme.count(row['claim_count'])} claims" if row else "no interval has ended under these filters",
        words + _ENDED,
        change=change,
        spark=[float(one["median"]) for one in months],
        name=name,
    )


def _boxes(view: View, timing: str) -> Any:
    table = BOXES[timing]
    rows = view.rows(table)
    payer = view.filters.payer
    shown = rows[:SHOWN_PAYERS]
    if payer and all(row["payer_id"] != payer for row in shown):
        shown = [*shown[: SHOWN_PAYERS - 1], *(row for row in rows if row["payer_id"] == payer)]
    made = [
        Box(
            str(row["payer_id"]),
            (row["lower_fence"], row["upper_fence"]),
            (row["lower_quartile"], row["median"], row["upper_quartile"]),
            f"median {row['median']:g} days<br>quartiles {row['lower_quartile']:g} and {row['upper_quartile']:g}<br>fences"
            f" {row['lower_fence']} and {row['upper_fence']}<br>{theme.count(row['claim_count'])} claims,"
            f" {theme.count(row['outside_count'])} beyond the fences",
            view.filters.to("/denials") if row["payer_id"] == payer else view.to(payer=row["payer_id"]),
            bool(payer) and row["payer_id"] != payer,
        )
        for row in shown
    ]
    figure = boxes(made, view.theme) if made else None
    aside = _aside(view, "setting", "code_family")
    note = "Click a payer for its card, and again for its denials." if timing == "charge_lag" else ""
    if len(rows) > len(shown):
        note += f" The {len(shown)} payers with the most claims."
    if aside:
        note += f" Not limited by {aside}."
    if view.filters.provider:
        note += " Of a billing provider only."
    why = "No interval of this kind ended under these filters." + (" It knows billing providers only." if view.filters.provider else "")
    return chart_card(view, table, figure, why_empty=why, note=note.strip(), rows=rows)


def _trend(view: View) -> Any:
    rows = view.rows(TREND)
    known = {(row["timing"], row["month"]): row for row in rows}
    found = sorted({row["month"] for row in rows})
    months = [shift(found[0], number) for number in range(span(found[0], found[-1]))] if found else []
    only = view.filters.month_from == view.filters.month_to and view.filters.month_from
    made: list[lines.Line] = []
    for name, (title, _) in TIMINGS.items():
        line = [known.get((name, month)) for month in months]
        made.append(
            lines.Line(
                title,
                [float(row["median"]) if row else None for row in line],
                hovers=[
                    f"quartiles {row['lower_quartile']:g} and {row['upper_quartile']:g}<br>n {theme.count(row['claim_count'])} claims"
                    if row
                    else ""
                    for row in line
                ],
                hrefs=[view.filters.to("/denials") if only else view.to(month_from=month, month_to=month) for month in months],
            )
        )
    late = shift(mature_month(view.release.as_of), 1)
    figure = lines.by_month(months, made, view.theme, "days", 320, late) if months else None
    aside = _aside(view, "setting", "code_family")
    note = f"Of {'payer ' + view.filters.payer if view.filters.payer else 'all payers'}, by the month in which the interval ended."
    return chart_card(view, TREND, figure, note=note + (f" Not limited by {aside}." if aside else ""), rows=rows)


def _filing(view: View) -> Any:
    rows = view.rows(FILING)
    known = {(row["exposure"], row["days_left_bucket"]): row for row in rows}
    buckets = [bucket for bucket in BUCKETS if any(row["days_left_bucket"] == bucket for row in rows)]
    parts: list[bars.Part] = []
    for exposure in sorted({row["exposure"] for row in rows}):
        line = [known.get((exposure, bucket)) for bucket in buckets]
        parts.append(
            bars.Part(
                exposure,
                [float(row["expected_amount"]) if row else 0 for row in line],
                hovers=[
                    f"{theme.count(row['line_count'])} lines, {theme.count(row['lost_count'])} lost, {theme.count(row['unpriced_count'])}"
                    " unpriced"
                    if row
                    else ""
                    for row in line
                ],
            )
        )
    figure = bars.across(buckets, parts, view.theme, least=320) if parts else None
    aside = _aside(view, "setting", "code_family")
    note = "Expected dollars by days left to the payer's limit." + (f" Not limited by {aside}." if aside else "")
    return chart_card(view, FILING, figure, why_empty="Nothing is open under these filters.", note=note)


def _limits(view: View) -> str:
    """Which filters some columns of the table of payers do not know."""
    told: list[str] = []
    aside = _aside(view, "setting", "code_family")
    if aside:
        told.append(f"Days, open lines and PLB are not limited by {aside}.")
    if view.filters.provider:
        told.append("Days and PLB know billing providers only; underpayment knows no provider.")
    return " ".join(told)


def _aside(view: View, *names: str) -> str:
    """Those of the filters that are set and have no meaning for a table, in words."""
    filters = view.filters
    words = {
        "months": "months" if filters.month_from or filters.month_to or filters.mature_only else "",
        "provider": "provider" if filters.provider else "",
        "setting": "setting" if filters.setting else "",
        "code_family": "code family" if filters.code_family else "",
    }
    return " and ".join(words[name] for name in names if words[name])


PAGE = Page(
    "/payers",
    "Payers & timing",
    render,
    "Money",
    40,
    (*BOXES.values(), TREND, FILING, TOP_REASONS, PLB, PAYERS, LEDGER),
    filters=ALL_FILTERS,
)
