"""Periods: which months are compared with which, and in what words.

What does not belong here: any number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from dashboards.filters import Filters, mature_month, shift, span

if TYPE_CHECKING:
    from dashboards.page import View

RECENT = 3  # months compared where no range is chosen


@dataclass(frozen=True)
class Periods:
    """Two runs of months (YYYY-MM, both ends included), as long as each other: what is looked at, and what came before it."""

    first: str
    last: str
    before_first: str
    before_last: str

    @property
    def words(self) -> str:
        """As "2026-01 to 2026-03 against 2025-10 to 2025-12"."""
        return f"{self._named(self.first, self.last)} against {self._named(self.before_first, self.before_last)}"

    def is_now(self, month: str | None) -> bool:
        return month is not None and self.first <= month <= self.last

    def is_before(self, month: str | None) -> bool:
        return month is not None and self.before_first <= month <= self.before_last

    @staticmethod
    def _named(first: str, last: str) -> str:
        return first if first == last else f"{first} to {last}"


def compare(filters: Filters, months: Sequence[str], as_of: date) -> Periods | None:
    """The chosen months and as many before them; where none are chosen, the last three mature months and the three before.

    months: those of the release, in order; None where there are none, as in a release without dated services.
    """
    if not months:
        return None
    if filters.month_from or filters.month_to:
        first, last = filters.month_from or months[0], filters.month_to or months[-1]
        if filters.mature_only:
            last = min(last, mature_month(as_of))
        last = max(first, last)
    else:
        last = max(min(mature_month(as_of), months[-1]), months[0])
        first = shift(last, 1 - RECENT)
    length = span(first, last)
    return Periods(first, last, shift(first, -length), shift(first, -1))


def periods(view: View) -> Periods | None:
    """What is compared on this view: see compare."""
    return compare(view.filters, view.release.months, view.release.as_of)


def shown_months(view: View) -> list[str]:
    """The months of the release that the filters leave, in order, without gaps."""
    filters = view.filters
    low, high = filters.month_from, filters.month_to
    if filters.mature_only:
        high = min(high or "9999-12", mature_month(view.release.as_of))
    return [month for month in view.release.months if (not low or month >= low) and (not high or month <= high)]
