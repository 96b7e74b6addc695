"""Overview: what stands open in dollars, what changed, and the findings behind it.

What does not belong here: why a check fires (ACP audit) and what a claim says (Claim 360).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dash import html

from dashboards import denials, theme
from dashboards.components.cards import chart_card, table_card, tile
from dashboards.components.findings import finding_table
from dashboards.components.grid import grid
from dashboards.components.layout import empty, grid_of, heading, notice
from dashboards.figures import bars
from dashboards.filters import mature_month, shift
from dashboards.page import ALL_FILTERS, Page, View
from dashboards.periods import Periods, periods, shown_months
from dashboards.queries import Column, Table

# What a tile measures: the direction or tier, its dollars, and its words.
MEASURES = {
    "over": ("Overpayment exposure", "over", "at_risk_amount", "direction = 'over'"),
    "A": ("Missed revenue A: denied", "under", "recoverable_amount", "direction = 'under' and tier = 'A'"),
    "B": ("Missed revenue B: paid short", "under", "recoverable_amount", "direction = 'under' and tier = 'B'"),
    "C": ("Missed revenue C: not billed", "under", "recoverable_amount", "direction = 'under' and tier = 'C'"),
    "denial": ("Denial risk", "denial", "at_risk_amount", "direction = 'denial'"),
}
DEFINITIONS = {
    "over": "Allowed amount (payer and patient share) of services that a check finds unsupported; where no remittance tells it,"
    " the expected amount. Potential until reviewed. Each dollar counts once.",
    "A": "Denied and recoverable: expected amount of lines that the remittances deny. Tiers are never added together.",
    "B": "Paid short on the claim’s own facts: expected less allowed. Tiers are never added together.",
    "C": "Documented but not billed: the expected amount of what the documentation extract supports. Tiers are never added together.",
    "denial": "Expected amount of services that a payer is likely to refuse as billed. Neither overpaid nor missed yet.",
}
_SUMS = ",\n".join(
    f"""coalesce(sum(finding_count) filter (where {where}), 0) as {key.lower()}_count,
    coalesce(sum({money}) filter (where {where}), 0) as {key.lower()}_amount"""
    for key, (_, _, money, where) in MEASURES.items()
)
_PAIRS = tuple(
    column
    for key, (title, _, _, _) in MEASURES.items()
    for column in (
        Column(f"{key.lower()}_count", f"{title}, findings", "count"),
        Column(f"{key.lower()}_amount", title, "amount", DEFINITIONS[key]),
    )
)

TREND = Table(
    "findings-by-month",
    "Findings by month",
    f"select month, {_SUMS} from finding_month where {{cube}} and {{check}} and month is not null group by month",
    (Column("month", "Month", "month"), *_PAIRS),
    "Counted dollars and findings by month of the chosen date basis. Directions and tiers are never added together.",
    order="month",
    groups=("month",),
)
# Every month, so that a period before the chosen one can be compared with it; months that are null count in the totals only.
ALL_MONTHS = Table(
    "overview-measures",
    "Measures by month",
    f"select month, sum(finding_count) as finding_count, {_SUMS} from finding_month where {{date_basis}} and {{who}} group by month",
    (Column("month", "Month", "month"), Column("finding_count", "Findings", "count"), *_PAIRS),
    order="month",
    groups=("month",),
)
BY_CHECK = Table(
    "findings-by-check",
    "Findings by check",
    """
    select
      f.check_id,
      any_value(c.title) as title,
      f.direction,
      f.tier,
      f.proof,
      sum(f.finding_count) as finding_count,
      any_value(c.eligible_count) as eligible_count,
      sum(case when f.direction = 'under' then f.recoverable_amount else f.at_risk_amount end) as amount,
      '/acp-audit' || $link || 'check=' || f.check_id as check_href
    from (select * from finding_month where {cube} and direction <> 'info') as f
    left join check_result as c on f.check_id = c.check_id
    group by f.check_id, f.direction, f.tier, f.proof
    """,
    (
        Column("check_id", "Check", href="check_href"),
        Column("title", "What it finds"),
        Column("direction", "Direction"),
        Column("tier", "Tier"),
        Column("proof", "Proof"),
        Column("finding_count", "Findings", "count"),
        Column("amount", "Dollars", "amount", "Counted once: of findings that carry the dollars of their line"),
    ),
    "Findings and counted dollars of each check. Dollars of one direction only are comparable.",
    order="amount desc, check_id",
    groups=("check_id",),
)
CLOSED = Table(
    "overview-closed",
    "Dismissed or corrected",
    "select count(*) as closed_count from finding_row where status in ('dismissed', 'corrected') and {row}",
    (),
)
FINDINGS = finding_table("overview-findings", "Findings to work, largest first")

CHANGES = Table(
    "biggest-changes",
    "Biggest changes",
    """
    with moved as (
      select
        check_id,
        direction,
        tier,
        coalesce(sum(amount) filter (where month between $now_first and $now_last), 0) as now_amount,
        coalesce(sum(amount) filter (where month between $before_first and $before_last), 0) as before_amount,
        coalesce(sum(finding_count) filter (where month between $now_first and $now_last), 0)::bigint as now_count,
        coalesce(sum(finding_count) filter (where month between $before_first and $before_last), 0)::bigint as before_count
      from (
        select *, case when direction = 'under' then recoverable_amount else at_risk_amount end as amount
        from finding_month where {date_basis} and {who} and direction <> 'info'
      )
      group by check_id, direction, tier
    )
    select
      m.*,
      c.title,
      case m.direction
        when 'over' then 'Overpayment risk'
        when 'denial' then 'Denial risk'
        else 'Missed revenue ' || coalesce(m.tier, '')
      end as told_direction,
      m.now_amount - m.before_amount as change_amount,
      case
        when m.before_amount = 0 then 'new'
        else case when m.now_amount > m.before_amount then '▲ ' else '▼ ' end
          || format('{:,.1f} %', 100.0 * abs(m.now_amount - m.before_amount)::double / m.before_amount::double)
      end as change_share,
      '/' || $link || 'check=' || m.check_id as check_href
    from moved as m
    left join check_result as c on m.check_id = c.check_id
    where m.now_amount <> m.before_amount
    qualify row_number() over (order by abs(m.now_amount - m.before_amount) desc, m.check_id, m.tier) <= 6
    """,
    (
        Column("check_id", "Check", href="check_href"),
        Column("title", "What it finds", width=260),
        Column("told_direction", "Direction"),
        Column("before_count", "Findings before", "count"),
        Column("now_count", "Findings now", "count"),
        Column("before_amount", "Dollars before", "amount"),
        Column("now_amount", "Dollars now", "amount"),
        Column("change_amount", "Change", "amount"),
        Column("change_share", "Change, %"),
    ),
    "The six checks whose counted dollars moved most between the two periods named above.",
    order="abs(change_amount) desc, check_id, tier",
    groups=("check_id",),
)


def render(view: View) -> Sequence[Any]:
    """Tiles, trend of the measure chosen, findings by check, biggest changes, and the work list."""
    filters, release = view.filters, view.release
    asked = filters["measure"] or "over"
    chosen = asked if asked in MEASURES else "over"
    compared = periods(view)
    trail = [("Overview", view.to(check=None, measure=None))] if filters["check"] else []
    totals = release.manifest["control_totals"]
    lead = (
        f"Services {totals['first_service_date']} to {totals['last_service_date']} · {theme.count(totals['claims'])} claims ·"
        f" {theme.count(totals['remits'])} remittance claims · as of {release.as_of}"
    )
    parts: list[Any] = [heading(view, filters["check"] or "Overview", lead, trail), *_limits(view)]
    if not totals["claims"]:
        return [*parts, empty("No claims in this release", "Put 837 files into the inbox and run midpoint audit.")]
    shown, every = shown_months(view), view.rows(ALL_MONTHS)
    is_whole = not (filters.month_from or filters.month_to or filters.mature_only)
    within = [row for row in every if (is_whole if row["month"] is None else row["month"] in set(shown))]
    parts.append(
        html.Div([*_money_tiles(view, every, within, shown, compared), *_other_tiles(view, within, shown, compared)], className="tiles")
    )
    if compared:
        parts.append(html.P(f"Changes compare {compared.words}.", className="quiet compared"))
    parts.append(grid_of(_trend(view, chosen, shown), _by_check(view, chosen)))
    changes = _changes(view, compared)
    parts.append(grid_of(changes, columns=1))
    parts.append(grid(view, FINDINGS, height=520))
    return parts


def _limits(view: View) -> list[Any]:
    """What limits the figures, first; nothing when nothing does."""
    release = view.release
    found = release.row("select count(*) filter (where status = 'not_evaluable') as unknown from check_result")
    aside = release.row(
        "select count(*) filter (where status = 'quarantined') as whole, count(*) filter (where status = 'partial') as parts from file"
    )
    totals = release.manifest["control_totals"]
    points: list[Any] = []
    trust = view.filters.to("/data-trust")
    if not totals["documentation_rows"]:
        points.append("No documentation file: checks that need minutes or note content are not evaluable, and tier C is unknown.")
    told = [(aside["whole"], "set aside whole"), (aside["parts"], "landed in part")]
    files = " and ".join(f"{number:,} {'file' if number == 1 else 'files'} {words}" for number, words in told if number)
    if files:
        points.append(f"{files}: what is aside is in no figure here.")
    if found["unknown"]:
        points.append(
            f"{found['unknown']:,} {'check is' if found['unknown'] == 1 else 'checks are'} not evaluable, because an input is missing:"
            " nothing is said either way."
        )
    if not points:
        return []
    return [notice([*(html.Span(point + " ") for point in points), html.A("Data trust", href=trust)], "warn")]


def _money_tiles(
    view: View, every: list[dict[str, Any]], within: list[dict[str, Any]], shown: list[str], compared: Periods | None
) -> list[Any]:
    chosen = view.filters["measure"] or "over"
    status = {row["direction"]: row for row in view.release.rows(_EVALUATED)}
    made: list[Any] = []
    for key, (title, direction, _, _) in MEASURES.items():
        column = key.lower()
        amount = sum((row[f"{column}_amount"] for row in within), Decimal(0))
        number = sum(row[f"{column}_count"] for row in within)
        by_month = {row["month"]: row[f"{column}_amount"] for row in every}
        is_known = bool(status.get(direction, {}).get("evaluated")) and not (key == "C" and not _documented(view))
        made.append(
            tile(
                title,
                theme.dollars(amount) if is_known else "not evaluable",
                view,
                detail=f"{number:,} {'finding' if number == 1 else 'findings'}"
                if is_known
                else "needs documentation file"
                if key == "C"
                else "an input is missing",
                definition=DEFINITIONS[key],
                kind=direction + (" chosen" if key == chosen else ""),
                change=_moved(by_month, compared) if is_known else "",
                spark=[float(by_month.get(month, 0)) for month in shown] if is_known else (),
                href=view.to(measure=key),
                name=key,
            )
        )
    return made


def _documented(view: View) -> bool:
    return bool(view.release.manifest["control_totals"]["documentation_rows"])


_EVALUATED = """
select direction, count(*) filter (where status in ('passed', 'flagged')) as evaluated from check_result group by direction
"""


def _moved(by_month: dict[Any, Any], compared: Periods | None) -> str:
    if compared is None:
        return ""
    now = sum((amount for month, amount in by_month.items() if compared.is_now(month)), Decimal(0))
    before = sum((amount for month, amount in by_month.items() if compared.is_before(month)), Decimal(0))
    return f"{theme.change(now, before)} ({theme.dollars(now)} from {theme.dollars(before)})"


def _other_tiles(view: View, within: list[dict[str, Any]], shown: list[str], compared: Periods | None) -> list[Any]:
    totals = view.release.manifest["control_totals"]
    findings = sum(row["finding_count"] for row in within)
    closed = view.release.row(CLOSED.text(view.filters), view.filters)["closed_count"]
    by_month = {row["month"]: row["finding_count"] for row in within}
    return [
        _denial_tile(view, compared),
        tile(
            "Findings open",
            theme.count(findings - closed),
            view,
            detail="all directions, with those for information"
            + (f"; {closed:,} dismissed or corrected are not counted" if closed else ""),
            definition="Findings of all checks under these filters that no reviewer has dismissed or called corrected. Each is"
            " potential until a person has reviewed the record.",
            spark=[by_month.get(month, 0) for month in shown],
            name="findings",
        ),
        tile(
            "Remittances matched",
            theme.percent(totals["remits_matched"], totals["remits"]),
            view,
            detail=f"{theme.count(totals['remits_matched'])} of {theme.count(totals['remits'])} remittance claims, whole release",
            definition="Remittance claims (CLP) for which a claim was found ÷ all that landed. What is not matched is in no denial figure.",
            href=view.filters.to("/data-trust"),
            name="matched",
        ),
    ]


def _denial_tile(view: View, compared: Periods | None) -> Any:
    title = "Denial rate"
    if not view.release.has(*denials.TABLES):
        return tile(title, "—", view, detail="needs a release with the denial tables", name="denial_rate")
    known = denials.definition(view)
    is_amount = known.get("measure") == "amount"
    make = denials.by_dollars if is_amount else denials.by_count
    every = view.rows(denials.MONTHS)
    shown = list(filter(denials.within(view), every))
    rate, n = make(shown), denials.by_count(shown).whole
    units = f"{known.get('unit', 'unit')}s"
    made = f"{theme.dollars(rate.part)} of {theme.dollars(rate.whole)}, n {theme.count(n)} {units}"
    return tile(
        title,
        rate.text,
        view,
        detail=made if is_amount else f"{theme.count(rate.part)} of {theme.count(rate.whole)} {units}",
        definition=f"{known.get('wording', '')} By month of the chosen date basis.",
        kind="denial",
        change=denials.moved(every, compared, make),
        spark=[make([row]).value for row in shown],
        href=view.filters.to("/denials"),
        name="denial_rate",
    )


def _trend(view: View, chosen: str, shown: list[str]) -> Any:
    title, direction, _, _ = MEASURES[chosen]
    rows = {row["month"]: row for row in view.rows(TREND)}
    months = [month for month in shown if not rows or min(rows) <= month]
    column = chosen.lower()
    only = view.filters.month_from == view.filters.month_to and view.filters.month_from
    part = bars.Part(
        title,
        [float(rows[month][f"{column}_amount"]) if month in rows else 0 for month in months],
        direction,
        hovers=[f"{rows[month][f'{column}_count'] if month in rows else 0:,} findings" for month in months],
        hrefs=[
            view.filters.to("/acp-audit", direction=direction) if only else view.to(month_from=month, month_to=month) for month in months
        ],
    )
    late = shift(mature_month(view.release.as_of), 1)
    figure = bars.by_month(months, [part], view.theme, height=300, late_from=late) if any(part.values) else None
    words = "it for the findings of the month" if only else "a month to look at it alone"
    return chart_card(
        view, TREND, figure, f"{title} by month", note=f"Click {words}. Claims of months not mature are still being answered."
    )


def _by_check(view: View, chosen: str) -> Any:
    title, direction, _, _ = MEASURES[chosen]
    tier = chosen if direction == "under" else None
    rows = [row for row in view.rows(BY_CHECK) if row["direction"] == direction and row["amount"] and (not tier or row["tier"] == tier)][
        :10
    ]
    picked = view.filters["check"]
    part = bars.Part(
        title,
        [float(row["amount"]) for row in rows],
        direction,
        texts=[theme.dollars(row["amount"]) for row in rows],
        hovers=[f"{row['title']}<br>{row['finding_count']:,} findings" for row in rows],
        hrefs=[row["check_href"] if picked == row["check_id"] else view.to(check=row["check_id"]) for row in rows],
        faint=[bool(picked) and picked != row["check_id"] for row in rows],
    )
    figure = bars.across([row["check_id"] for row in rows], [part], view.theme, row_height=24, least=300) if rows else None
    return chart_card(
        view, BY_CHECK, figure, f"{title} by check", note="Click a check to see its findings; click it again for its page." if rows else ""
    )


def _changes(view: View, compared: Periods | None) -> Any:
    if compared is None:
        return None
    return table_card(view, CHANGES, f"No check moved: {compared.words}.")


PAGE = Page("/", "Overview", render, "Audit", 0, (TREND, BY_CHECK, CHANGES, FINDINGS), filters=ALL_FILTERS)
