"""Denial rates and first-pass yields of a release, as pages ask for them: to the cent those of `midpoint denials`.

What does not belong here: what a definition counts (the release holds its words and measures), and how a page shows a rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dashboards import theme
from dashboards.filters import mature_month
from dashboards.page import View
from dashboards.periods import Periods
from dashboards.queries import Table

TABLES = ("denial_month", "denial_definition")

_SUMS = """sum(unit_count) as unit_count, sum(unit_amount) as unit_amount,
    coalesce(sum(denied_count) filter (where PICKED), 0) as denied_count,
    coalesce(sum(denied_amount) filter (where PICKED), 0) as denied_amount"""


def rates_sql(
    cuts: Sequence[str] = (), reasons: Sequence[str] = (), months: str = "{months}", picked: str = "{carc}", who: str = "{who}"
) -> str:
    """SQL of the chosen definition's measures by ``cuts``, and by ``reasons`` (carc, rarc) of the denials within them.

    months, who and picked: conditions on the months, on the units, and on the denials, which leaves the units below them as they are.

    Columns: the cuts and reasons; denied_count, unit_count, denied_amount, unit_amount, units as the definition makes them (means of the
    months before, to a millionth); unit_sixths and amount_sixths, six times the units, exactly. Below every reason stand the units of all
    reasons; only reasons with denials have a row. ``month`` as a cut is the month of the denials.
    """
    every = [*cuts, *reasons]
    inner = [name for name in every if name != "month"]
    outer = ["w.month" if name == "month" else f"c.{name}" for name in every]
    over = f"over (partition by {', '.join(o for o, name in zip(outer, every, strict=True) if name in cuts) or '1'})" if reasons else ""

    def units(measure: str) -> str:
        return f"sum(sum(c.{measure} * w.sixths)) {over}" if reasons else f"sum(c.{measure} * w.sixths)"

    return f"""
    select
      {"".join(f"{name}, " for name in outer)}
      cast(sum(c.denied_count * w.own) as bigint) as denied_count,
      cast({units("unit_count")} / 6 as decimal(20, 6)) as unit_count,
      cast(sum(c.denied_amount * w.own) as decimal(18, 2)) as denied_amount,
      cast({units("unit_amount")} / 6 as decimal(20, 6)) as unit_amount,
      cast({units("unit_count")} as bigint) as unit_sixths,
      cast({units("unit_amount")} as decimal(20, 2)) as amount_sixths
    from (
      select {"".join(f"{name}, " for name in inner)}month as unit_month, {_SUMS.replace("PICKED", picked)}
      from {{denials}} where definition = $definition and {{date_basis}} and {who}
      group by all
    ) as c
    inner join (select * from denial_weight where definition = $definition and {{date_basis}} and {months}) as w
      on c.unit_month = w.unit_month
    {"group by " + ", ".join(outer) if outer else ""}
    {"qualify sum(c.denied_count * w.own) > 0" if reasons else ""}
    """


# Not shown: every month under all filters but the months, for totals, and for what came before them.
MONTHS = Table("denial-months", "Denials by month", rates_sql(("month",), months="true"), (), order="month")
YIELDS = Table(
    "first-pass-months",
    "First pass by month",
    "select month, sum(claim_count) as claim_count, sum(answered_count) as answered_count, sum(first_pass_count) as first_pass_count"
    " from {first_passes} where {date_basis} and {who} group by month",
    (),
    order="month",
)


@dataclass(frozen=True)
class Rate:
    """A share with what it is made of, exactly."""

    part: Decimal
    whole: Decimal

    @property
    def value(self) -> float | None:
        """In percent; None without a denominator."""
        return float(100 * self.part / self.whole) if self.whole else None

    @property
    def text(self) -> str:
        return theme.percent(self.part, self.whole)


def rate(rows: Iterable[dict[str, Any]], part: str, whole: str, sixths: bool = False) -> Rate:
    """The rate of the rows together. sixths: ``whole`` holds six times the denominator."""
    found = list(rows)
    under = sum((Decimal(row[whole]) for row in found), Decimal(0))
    return Rate(sum((Decimal(row[part]) for row in found), Decimal(0)), under / 6 if sixths else under)


def by_count(rows: Iterable[dict[str, Any]]) -> Rate:
    """Denied units by units, of rows of MONTHS."""
    return rate(rows, "denied_count", "unit_sixths", sixths=True)


def by_dollars(rows: Iterable[dict[str, Any]]) -> Rate:
    """Denied dollars by dollars, of rows of MONTHS."""
    return rate(rows, "denied_amount", "amount_sixths", sixths=True)


def first_pass(rows: Iterable[dict[str, Any]]) -> Rate:
    """First-pass yield of rows of YIELDS."""
    return rate(rows, "first_pass_count", "answered_count")


def definition(view: View) -> dict[str, Any]:
    """What the release says of the chosen definition: title, wording, unit, measure (count or amount), … Empty where it knows none."""
    found = view.release.cached(
        ("definition", view.filters.definition),
        lambda: view.release.rows("select * from denial_definition where definition = $definition", view.filters),
    )
    return found[0] if found else {}


def within(view: View) -> Callable[[dict[str, Any]], bool]:
    """Whether a row's month (YYYY-MM) is among those that the filters leave. Unlike periods.shown_months, of any date basis."""
    filters = view.filters
    low, high = filters.month_from or "", filters.month_to or "9999-12"
    if filters.mature_only:
        high = min(high, mature_month(view.release.as_of))
    return lambda row: row["month"] is not None and low <= row["month"] <= high


def moved(rows: Sequence[dict[str, Any]], compared: Periods | None, make: Callable[[Iterable[dict[str, Any]]], Rate]) -> str:
    """▲ 0.4 points: 2.7 % from 2.3 %, of the periods compared; empty where one of them has no denominator."""
    if compared is None:
        return ""
    now = make(row for row in rows if compared.is_now(row["month"]))
    before = make(row for row in rows if compared.is_before(row["month"]))
    if now.value is None or before.value is None:
        return ""
    points = now.value - before.value
    sign = "▲" if points >= 0.05 else "▼" if points <= -0.05 else "="
    return f"{sign} {abs(points):.1f} points: {now.text} from {before.text}".replace(" %", "\u00a0%")
