"""Missed revenue: what was denied, paid short or not billed, by tier; how far each has come; the list to work, with the days left to file.

What does not belong here: overpayment exposure but for one tile beside (ACP audit), and why a payer denies (Denials).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import html

from dashboards import theme
from dashboards.components.cards import chart_card, table_card, tile
from dashboards.components.grid import grid
from dashboards.components.layout import empty, grid_of, heading, notice
from dashboards.figures import bars, multiples
from dashboards.filters import mature_month, shift
from dashboards.page import Page, View
from dashboards.periods import Periods, periods, shown_months
from dashboards.queries import Column, Table

TIERS = {"A": "A: denied and recoverable", "B": "B: paid short", "C": "C: documented, not billed"}
STATUSES = {"found": "Found", "corrected claim seen": "Corrected claim seen", "paid": "Paid"}
DEFINITIONS = {
    "A": "Denied by the remittances and recoverable: expected amount of the lines of open findings. Tiers are never added together.",
    "B": "Paid short on the claim’s own facts, or a patient share that a modifier waives. Tiers are never added together.",
    "C": "Documented but not billed: expected amount of what the documentation extract supports. Tiers are never added together.",
}
NEEDS = {
    "A": "Denials stand on remittances: put 835 files into the inbox and run midpoint audit.",
    "B": "What was paid stands on remittances: put 835 files into the inbox and run midpoint audit.",
    "C": "Claims hold no minutes: put the ACP documentation extract (CSV or Parquet) into the inbox and run midpoint audit.",
}
PAYERS = 10  # shown in the chart; its table holds all

# The month of a row by the date basis of the address, and the rows that a click has chosen.
_MONTH = (
    "strftime(case $date_basis when 'submission' then submission_date when 'remit' then first_remit_date else service_date end, '%Y-%m')"
)
_CHOSEN = "($tier is null or tier = $tier) and ($status is null or recovery_status = $status) and ($kind is null or kind = $kind)"
_MEASURES = """
      count(*) filter (where is_finding) as finding_count,
      count(*) filter (where is_counted) as line_count,
      coalesce(sum(recoverable_amount) filter (where is_counted), 0) as open_amount,
      count(*) filter (where is_counted and recovery_status = 'paid') as paid_count,
      coalesce(sum(recovered_amount) filter (where is_counted), 0) as recovered_amount"""
_COLUMNS = (
    Column("line_count", "Lines", "count", "Lines or documented services, each once"),
    Column("open_amount", "Still open", "amount", "Recoverable: not yet paid or answered"),
    Column("paid_count", "Lines paid since", "count"),
    Column("recovered_amount", "Recovered so far", "amount", "Allowed, net of all remittances, that came after"),
)

# Every month, so that the period before can be compared; without a date only where all months are shown.
MEASURES = Table(
    "missed-revenue-measures",
    "Missed revenue by tier",
    f"""
    select
      tier,
      {_MONTH} as month,
      coalesce(sum(recoverable_amount) filter (where is_counted and is_finding), 0) as found_amount,
      {_MEASURES}
    from missed_revenue where {{who}} group by tier, month
    """,
    (),
    order="tier, month",
)
EXPOSURE = Table(
    "missed-revenue-exposure",
    "Overpayment exposure by month",
    "select month, sum(finding_count) as finding_count, sum(at_risk_amount) as amount from finding_month"
    " where direction = 'over' and {date_basis} and {who} group by month",
    (),
    order="month",
)
BY_MONTH = Table(
    "missed-revenue-by-month",
    "Tiers by month",
    f"""
    select tier, {_MONTH} as month, {_MEASURES}
    from missed_revenue where {{row}} and {_CHOSEN} group by tier, month having month is not null
    """,
    (Column("tier", "Tier"), Column("month", "Month", "month"), *_COLUMNS),
    "Recoverable dollars still open, by month of the chosen date basis. Each tier has a scale of its own: they are never added together.",
    order="tier, month",
    groups=("tier", "month"),
)
FUNNEL = Table(
    "missed-revenue-funnel",
    "Found → corrected → paid",
    f"""
    with stage as (
      select t.tier, s.recovery_status, s.place
      from (select distinct tier from missed_revenue where {{row}} and {_CHOSEN}) as t
      cross join (values ('found', 1), ('corrected claim seen', 2), ('paid', 3)) as s (recovery_status, place)
    ),
    status as (
      select tier, recovery_status, {_MEASURES} from missed_revenue where {{row}} and {_CHOSEN} group by tier, recovery_status
    )
    select
      g.tier,
      g.place,
      g.recovery_status,
      coalesce(s.line_count, 0) as line_count,
      (sum(coalesce(s.line_count, 0)) over (partition by g.tier order by g.place desc))::bigint as reached_count,
      (sum(coalesce(s.line_count, 0)) over (partition by g.tier))::bigint as all_count,
      coalesce(s.open_amount, 0) as open_amount,
      coalesce(s.recovered_amount, 0) as recovered_amount
    from stage as g
    left join status as s on g.tier = s.tier and g.recovery_status = s.recovery_status
    """,
    (
        Column("tier", "Tier"),
        Column("recovery_status", "Stage"),
        Column("line_count", "Lines that stand here", "count"),
        Column("reached_count", "Lines that came so far", "count", "Those that stand here, and those that went further"),
        Column("share", "Share", "rate", "Lines that came so far ÷ all lines of the tier", "reached_count", "all_count"),
        Column("all_count", "All lines", "count"),
        Column("open_amount", "Still open", "amount"),
        Column("recovered_amount", "Recovered so far", "amount"),
    ),
    "How far each line has come, from later claims and remittances by itself. A line that was paid without a corrected claim (on appeal)"
    " counts as having passed the middle. Dollars stand where the line stands now.",
    order="tier, place",
    groups=("tier", "recovery_status"),
)
BY_KIND = Table(
    "missed-revenue-by-kind",
    "By kind",
    f"""
    select
      tier,
      kind,
      {_MEASURES},
      count(*) filter (where is_counted and days_left_to_file < 0) as late_count,
      coalesce(sum(recoverable_amount) filter (where is_counted and days_left_to_file < 0), 0) as late_amount,
      count(*) filter (where is_counted and is_in_exposure and recovery_status <> 'paid') as exposed_count,
      '/missed-revenue' || $link || 'kind=' || replace(kind, ' ', '+') || '&tier=' || tier as kind_href
    from missed_revenue where {{row}} and {_CHOSEN} group by tier, kind
    """,
    (
        Column("kind", "Kind", href="kind_href", definition="Which dollars of the line: denied, paid short, patient share, not billed"),
        Column("tier", "Tier"),
        *_COLUMNS,
        Column("late_count", "Past the limit", "count", "Lines whose days to file, by the payer’s policy, are over on the as-of date"),
        Column("late_amount", "Open, past the limit", "amount"),
        Column("exposed_count", "Read first", "count", "Open lines with an overpayment finding too: the denial may have been right"),
    ),
    "Kinds of missed dollars within their tier. Rows of different tiers are never added together.",
    order="tier, kind",
    groups=("kind", "tier"),
)
BY_PAYER = Table(
    "missed-revenue-by-payer",
    "By payer",
    f"select payer_id, tier, {_MEASURES} from missed_revenue where {{row}} and {_CHOSEN} group by payer_id, tier",
    (Column("payer_id", "Payer"), Column("tier", "Tier"), *_COLUMNS),
    "Recoverable dollars still open, by payer. Each tier has a scale of its own: they are never added together.",
    order="payer_id nulls last, tier",
    groups=("payer_id", "tier"),
)
WORK_LIST = Table(
    "missed-revenue-list",
    "Work list",
    f"""
    select
      * replace (case when is_counted then recoverable_amount end as recoverable_amount),
      case
        when recovery_status = 'paid' then 'paid'
        when days_left_to_file is null then 'no limit known'
        when days_left_to_file < 0
          then 'past the limit by ' || -days_left_to_file || case days_left_to_file when -1 then ' day' else ' days' end
        when days_left_to_file = 0 then 'last day'
        else days_left_to_file || case days_left_to_file when 1 then ' day left' else ' days left' end
      end as time_left,
      '/claim-360' || $link || 'claim=' || claim_key || case when is_finding then '&finding=' || finding_key else '' end as claim_href,
      '/acp-audit' || $link || 'check=' || check_id as check_href
    from missed_revenue
    where {{row}} and {_CHOSEN} and ($status is not null or recovery_status <> 'paid')
    """,
    (
        Column("recoverable_amount", "Dollars", "amount", "Still open; empty where another row of the line carries its dollars"),
        Column("time_left", "Left to file", width=205, definition="To the payer’s limit for filing, counted from the as-of date"),
        Column("tier", "Tier", width=70),
        Column("kind", "Kind", width=110),
        Column(
            "patient_control_number",
            "Account",
            definition="Patient control number, as on the claim",
            width=165,
            is_identifier=True,
            href="claim_href",
        ),
        Column("service_date", "Service date", "date", width=115),
        Column("procedure_code", "Code", width=80),
        Column("payer_id", "Payer", width=90),
        Column("clinician_npi", "Clinician", width=112),
        Column("recovery_status", "Stands at", width=150),
        Column("check_id", "Check", width=90, href="check_href"),
        Column("title", "What it finds", width=260),
        Column("is_in_exposure", "Read first", "flag", "The line has an overpayment finding too: the denial may have been right"),
        Column("days_left_to_file", "Days left", "count", "Negative: past the limit", is_hidden=True),
        Column("minutes", "Minutes", "count", is_hidden=True),
        Column("billed_amount", "Billed", "amount", is_hidden=True),
        Column("recovered_amount", "Recovered", "amount", is_hidden=True),
        Column("amount_method", "How the amount was made", width=240, is_hidden=True),
        Column("expected_n", "Expected, n", "count", "Remitted lines behind the expected amount", is_hidden=True),
        Column("expected_low_amount", "Expected, low", "amount", "First quartile", is_hidden=True),
        Column("expected_high_amount", "Expected, high", "amount", "Third quartile", is_hidden=True),
        Column("denied_date", "Denied", "date", is_hidden=True),
        Column("corrected_claim_date", "Corrected claim", "date", is_hidden=True),
        Column("recovered_date", "Paid on", "date", is_hidden=True),
        Column("source_file", "File", width=230, is_hidden=True),
        Column("transaction_set", "Set", "count", is_hidden=True),
        Column("segment_number", "Segment", "count", is_hidden=True),
        Column("source_row_number", "Row", "count", "Of the documentation file", is_hidden=True),
        Column("remit_file", "Remittance file", width=230, is_hidden=True),
        Column("remit_segment_number", "Remittance segment", "count", is_hidden=True),
        Column("billing_npi", "Billing NPI", width=112, is_hidden=True),
        Column("documentation_id", "Documentation", is_identifier=True, is_hidden=True),
        Column("is_counted", "Counted", "flag", "Carries the dollars of its line and kind", is_hidden=True),
        Column("finding_key", "Finding key", width=210, is_hidden=True),
    ),
    "One row a finding, and one a line that is worked and not answered yet: largest dollars first, then the fewest days left to file. Lines"
    " that are paid are listed where that stage is chosen. A finding is potential until a person has reviewed the record.",
    order="recoverable_amount desc nulls last, days_left_to_file nulls last, claim_key, line_number, kind, finding_key",
    is_rows=True,
)


def render(view: View) -> Sequence[Any]:
    """Tiles of the tiers with exposure beside them, months, stages, kinds, payers and the work list; ``list`` shows the list alone."""
    filters = view.filters
    chosen = {key: filters[key] for key in ("tier", "status", "kind") if filters[key]}
    told = {"tier": "tier {}", "status": "{}", "kind": "{}"}
    words = ", ".join(told[key].format(value) for key, value in chosen.items())
    trail = [("Missed revenue", view.to(tier=None, status=None, kind=None, list=None))] if chosen or filters["list"] else []
    if filters["list"]:
        if words:
            trail.append((words[0].upper() + words[1:], view.to(list=None)))
        return [heading(view, "Work list", words or "every tier", trail), *_limits(view), grid(view, WORK_LIST, height=760)]
    title = f"Missed revenue: {words}" if words else "Missed revenue"
    lead = "What was earned and not paid, in three tiers that are never added together, and how far the recovery of each has come."
    parts: list[Any] = [heading(view, title, "" if words else lead, trail), *_limits(view)]
    if not view.release.manifest["control_totals"]["claims"]:
        return [*parts, empty("No claims in this release", "Put 837 and 835 files into the inbox and run midpoint audit.")]
    compared = periods(view)
    parts.append(html.Div(_tiles(view, compared), className="tiles four"))
    if compared:
        parts.append(html.P(f"Changes compare {compared.words}.", className="quiet compared"))
    return [
        *parts,
        grid_of(_by_month(view), html.Div([_funnel(view), _by_payer(view)], className="cards")),
        grid_of(table_card(view, BY_KIND), columns=1),
        grid(view, WORK_LIST, height=520, why_empty="Nothing is open under these filters."),
    ]


def _limits(view: View) -> list[Any]:
    """Which tier is unknown, and why."""
    missing = [tier for tier in TIERS if not _is_known(view, tier)]
    totals = view.release.manifest["control_totals"]
    told: list[Any] = []
    if "A" in missing and totals["claims"]:
        told.append(notice(f"Needs remittances: tiers A and B are unknown. {NEEDS['A']}", "warn"))
    if "C" in missing and totals["claims"]:
        told.append(notice(f"Needs documentation file: tier C is unknown. {NEEDS['C']}", "warn"))
    return told


def _is_known(view: View, tier: str) -> bool:
    totals = view.release.manifest["control_totals"]
    return bool(totals["documentation_rows"] if tier == "C" else totals["remits"])


def _tiles(view: View, compared: Periods | None) -> list[Any]:
    shown = shown_months(view)
    is_whole = not (view.filters.month_from or view.filters.month_to or view.filters.mature_only)
    every = view.rows(MEASURES)
    return [_tier_tile(view, tier, [row for row in every if row["tier"] == tier], shown, is_whole, compared) for tier in TIERS] + [
        _exposure_tile(view, shown, is_whole, compared)
    ]


def _tier_tile(view: View, tier: str, every: list[dict[str, Any]], shown: list[str], is_whole: bool, compared: Periods | None) -> html.Div:
    within = [row for row in every if (is_whole if row["month"] is None else row["month"] in shown)]
    picked = view.filters["tier"] == tier
    if not _is_known(view, tier):
        return tile(
            f"Tier {TIERS[tier]}",
            "not evaluable",
            view,
            detail="needs documentation file" if tier == "C" else "needs remittances (835)",
            definition=DEFINITIONS[tier],
            kind="under",
            name=tier,
        )
    found = sum((row["found_amount"] for row in within), Decimal(0))
    waiting = sum((row["open_amount"] for row in within), Decimal(0)) - found
    number = sum(row["finding_count"] for row in within)
    recovered, paid = sum((row["recovered_amount"] for row in within), Decimal(0)), sum(row["paid_count"] for row in within)
    detail = f"{number:,} {'finding' if number == 1 else 'findings'}; recovered so far {theme.dollars(recovered)}"
    detail += f" ({paid:,} {'line' if paid == 1 else 'lines'})" if paid else ""
    if waiting:
        detail += f"; {theme.dollars(waiting)} more wait for an answer"
    by_month = {row["month"]: row["found_amount"] for row in every}
    return tile(
        f"Tier {TIERS[tier]}",
        theme.dollars(found),
        view,
        detail=detail,
        definition=DEFINITIONS[tier],
        kind="under" + (" chosen" if picked else ""),
        change=_moved(by_month, compared),
        spark=[float(by_month.get(month, 0)) for month in shown],
        href=view.to(tier=None if picked else tier),
        name=tier,
    )


def _exposure_tile(view: View, shown: list[str], is_whole: bool, compared: Periods | None) -> html.Div:
    every = view.rows(EXPOSURE)
    within = [row for row in every if (is_whole if row["month"] is None else row["month"] in shown)]
    by_month = {row["month"]: row["amount"] for row in every}
    number = sum(row["finding_count"] for row in within)
    return tile(
        "Overpayment exposure",
        theme.dollars(sum((row["amount"] for row in within), Decimal(0))),
        view,
        detail=f"{number:,} {'finding' if number == 1 else 'findings'}; stands beside, never netted",
        definition="Allowed amount of services that a check finds unsupported. Beside missed revenue, never netted against it.",
        kind="over",
        change=_moved(by_month, compared),
        spark=[float(by_month.get(month, 0)) for month in shown],
        href=view.filters.to("/acp-audit", direction="over"),
        name="over",
    )


def _moved(by_month: dict[Any, Any], compared: Periods | None) -> str:
    if compared is None:
        return ""
    now = sum((amount for month, amount in by_month.items() if compared.is_now(month)), Decimal(0))
    before = sum((amount for month, amount in by_month.items() if compared.is_before(month)), Decimal(0))
    return f"{theme.change(now, before)} ({theme.dollars(now)} from {theme.dollars(before)})"


def _click(view: View, **keys: str) -> str:
    """Where a click leads: first to this page filtered, then, when it is filtered so already, to the work list alone."""
    known = {"month_from": view.filters.month_from, "month_to": view.filters.month_to, "payer": view.filters.payer, **view.filters.drill}
    return view.to(list="1") if all(known.get(key) == value for key, value in keys.items()) else view.to(**keys)


def _tiers(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [tier for tier in TIERS if any(row["tier"] == tier for row in rows)]


def _by_month(view: View) -> Any:
    rows = [row for row in view.rows(BY_MONTH) if row["open_amount"]]
    known = {(row["tier"], row["month"]): row for row in rows}
    first = min((row["month"] for row in rows), default="")
    months = [month for month in shown_months(view) if month >= first]
    late = shift(mature_month(view.release.as_of), 1)
    panels = [
        (
            f"Tier {TIERS[tier]}",
            bars.by_month(
                months,
                [
                    bars.Part(
                        tier,
                        [float(known[tier, month]["open_amount"]) if (tier, month) in known else 0 for month in months],
                        "under",
                        hovers=[f"{known[tier, month]['line_count'] if (tier, month) in known else 0:,} lines" for month in months],
                        hrefs=[_click(view, tier=tier, month_from=month, month_to=month) for month in months],
                    )
                ],
                view.theme,
                late_from=late,
            ),
        )
        for tier in _tiers(rows)
    ]
    figure = multiples.under(panels, view.theme, row_height=150 + 170 // len(panels)) if panels and months else None
    words = "Click a bar for its tier and month, again for their work list. Each tier has its own scale. Claims of months not mature are"
    return chart_card(view, BY_MONTH, figure, note=f"{words} still being answered.", why_empty="Nothing is open under these filters.")


def _funnel(view: View) -> Any:
    rows = view.rows(FUNNEL)
    panels: list[tuple[str, dict[str, Any]]] = []
    for tier in _tiers(rows):
        mine = [row for row in rows if row["tier"] == tier]
        hrefs = [_click(view, tier=tier, status=row["recovery_status"]) for row in mine]
        hovers = [
            f"{row['reached_count']:,} of {row['all_count']:,} lines came so far ({theme.percent(row['reached_count'], row['all_count'])})"
            for row in mine
        ]
        stand = bars.Part("stand here now", [row["line_count"] for row in mine], "under", hrefs=hrefs, hovers=hovers)
        gone = bars.Part(
            "went further",
            [row["reached_count"] - row["line_count"] for row in mine],
            "info",
            hrefs=hrefs,
            hovers=hovers,
        )
        figure = bars.across([STATUSES[row["recovery_status"]] for row in mine], [stand, gone], view.theme, unit="")
        figure["layout"]["xaxis"] |= {"range": [0, 1.34 * max(row["all_count"] for row in mine)], "rangemode": "normal"}
        # Beside each bar: how many lines stand there, and their dollars.
        figure["layout"]["annotations"] = [
            {
                "text": f"{row['line_count']:,} · {theme.dollars(row['open_amount'] + row['recovered_amount'])}",
                "x": row["reached_count"],
                "xref": "x",
                "y": STATUSES[row["recovery_status"]],
                "yref": "y",
                "xanchor": "left",
                "xshift": 4,
                "showarrow": False,
                "font": {"size": 12, "color": theme.PALETTES[view.theme]["text"]},
            }
            for row in mine
        ]
        panels.append((f"Tier {TIERS[tier]}", figure))
    figure = multiples.under(panels, view.theme, row_height=106, bottom=44) if panels else None
    if figure:
        for place in range(len(panels)):
            figure["layout"]["xaxis" + (str(place + 1) if place else "")] |= {"showticklabels": False, "showgrid": False}
            figure["layout"]["yaxis" + (str(place + 1) if place else "")]["nticks"] = 0
    return chart_card(
        view,
        FUNNEL,
        figure,
        note="Beside a bar: lines that stand there now, and their dollars (open; at Paid: recovered). Click a stage, again for its list.",
    )


def _by_payer(view: View) -> Any:
    rows = [row for row in view.rows(BY_PAYER) if row["open_amount"]]
    payers = sorted({row["payer_id"] for row in rows}, key=lambda payer: (payer is None, payer))[:PAYERS]
    known = {(row["tier"], row["payer_id"]): row for row in rows}
    names = [payer or "unknown" for payer in payers]
    panels = [
        (
            f"Tier {tier}",
            bars.across(
                names,
                [
                    bars.Part(
                        tier,
                        [float(known[tier, payer]["open_amount"]) if (tier, payer) in known else 0 for payer in payers],
                        "under",
                        hovers=[f"{known[tier, payer]['line_count'] if (tier, payer) in known else 0:,} lines" for payer in payers],
                        hrefs=[_click(view, tier=tier, payer=payer) if payer else "" for payer in payers],
                    )
                ],
                view.theme,
                row_height=24,
            ),
        )
        for tier in _tiers(rows)
    ]
    figure = multiples.beside(panels, view.theme) if panels else None
    return chart_card(view, BY_PAYER, figure, why_empty="Nothing is open under these filters.")


PAGE = Page("/missed-revenue", "Missed revenue", render, "Money", 20, (BY_MONTH, FUNNEL, BY_KIND, BY_PAYER, WORK_LIST))
