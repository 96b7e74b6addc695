"""Filters: what the query of a page's address says, and back. The address is the state: nothing else holds any.

What does not belong here: the controls (components.filter_bar) and what a filter does to rows (queries.CONDITIONS).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

DATE_BASES = {"service": "Service", "submission": "Submission", "remit": "Remittance"}
SETTINGS = {"facility": "Facility", "non-facility": "Non-facility"}
CODE_FAMILIES = {
    "acp": "ACP",
    "critical_care": "Critical care",
    "em": "E/M visit",
    "awv": "Wellness visit",
    "hospice": "Hospice",
    "other": "Other",
}
DEFINITIONS = {
    "default": "Denied line (default)",
    "hfma_volume": "HFMA, by claims",
    "hfma_dollars": "HFMA, by dollars",
    "primary_zero_pay": "Zero pay, primary",
    "line_any": "Any denial reason",
}
# Months that end less than this long before the as-of date are not mature: their claims are still being answered.
MATURE_DAYS = 90

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_NPI = re.compile(r"\d{10}")
_RELEASE = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{12}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,30}")
_DRILL = re.compile(r"[\w .:|/&+-]{1,100}")


@dataclass(frozen=True)
class Filters:
    """One view. ``drill`` holds a page's own keys (a check, a claim_key, a tier …); ``problems`` says in words what could not be read."""

    date_basis: str = "service"
    month_from: str | None = None  # YYYY-MM, both ends included
    month_to: str | None = None
    payer: str | None = None
    provider: str | None = None  # NPI, as billing provider or as clinician
    setting: str | None = None
    code_family: str | None = None
    definition: str = "default"  # of denial
    mature_only: bool = False
    release: str | None = None  # run id; None is the current one
    drill: Mapping[str, str] = field(default_factory=dict[str, str])
    problems: tuple[str, ...] = ()

    def __getitem__(self, key: str) -> str | None:
        """A drill key's value, or None."""
        return self.drill.get(key)

    @cached_property
    def query(self) -> str:
        """The query with its question mark; empty for the view without any filter. Equal views give equal text."""
        pairs = [(name, _written(getattr(self, attribute))) for name, (attribute, _, _) in _KEYS.items()]
        kept = [(name, text) for (name, text), (_, _, default) in zip(pairs, _KEYS.values(), strict=True) if text not in (default, "")]
        kept += sorted(self.drill.items())
        return "?" + urlencode(kept) if kept else ""

    @cached_property
    def link(self) -> str:
        """The query less drill keys, ready for one more: SQL makes addresses of it ('/claim-360' || $link || 'claim=' || claim_key)."""
        query = replace(self, drill={}).query
        return f"{query}&" if query else "?"

    def to(self, path: str, **changes: Any) -> str:
        """The address of ``path`` with these filters, changed: fields by name, None to drop; drill keys likewise.

        Drill keys belong to their page, so they are dropped unless ``path`` is "" (the page that is shown).
        """
        names = {f.name for f in fields(self)}
        drill = dict(self.drill) if not path else {}
        drill |= {key: value for key, value in changes.items() if key not in names}
        own = {key: value for key, value in changes.items() if key in names}
        changed = replace(self, **own, drill={key: str(value) for key, value in drill.items() if value is not None})
        return path + changed.query if path or changed.query else "?"

    def parameters(self, as_of: date) -> dict[str, Any]:
        """Values that SQL may bind, by name: the filters and the drill keys."""
        return {
            "date_basis": self.date_basis,
            "month_from": self.month_from,
            "month_to": self.month_to,
            "payer": self.payer,
            "provider": self.provider,
            "setting": self.setting,
            "code_family": self.code_family,
            "definition": self.definition,
            "mature_month": mature_month(as_of),
            "day_from": _first_day(self.month_from),
            "day_after": _first_day(shift(self.month_to, 1) if self.month_to else None),
            "mature_after": _first_day(shift(mature_month(as_of), 1)),
            "link": self.link,
            **self.drill,
        }

    def words(self, payer_name: Callable[[str], str] = str) -> list[tuple[str, str]]:
        """What is filtered, in words: (filter, value), for headings, printed pages and exports."""
        told = [("Date basis", DATE_BASES[self.date_basis])]
        if self.month_from or self.month_to:
            told.append(("Months", f"{self.month_from or 'first'} to {self.month_to or 'last'}"))
        if self.payer:
            told.append(("Payer", payer_name(self.payer)))
        if self.provider:
            told.append(("Provider", self.provider))
        if self.setting:
            told.append(("Setting", SETTINGS[self.setting]))
        if self.code_family:
            told.append(("Code family", CODE_FAMILIES[self.code_family]))
        told.append(("Denial definition", DEFINITIONS[self.definition]))
        if self.mature_only:
            told.append(("Mature months only", f"months that ended {MATURE_DAYS} days or more before the as-of date"))
        return told + [(key.replace("_", " ").capitalize(), value) for key, value in sorted(self.drill.items())]


def flaw(name: str, text: str) -> str:
    """What is wrong with a filter's value, as "not a month as 2025-01"; empty where nothing is. name: as the address writes it."""
    is_good, wanted = _KEYS[name][1]
    return "" if is_good(text) else f"not {wanted}"


def read(search: str | None) -> Filters:
    """Filters of an address's query. What cannot be read is left out and told in ``problems``; never raises."""
    values: dict[str, Any] = {}
    drill: dict[str, str] = {}
    problems: list[str] = []
    for name, text in parse_qsl((search or "").removeprefix("?"), keep_blank_values=False):
        if name in _KEYS:
            attribute, (is_good, wanted), _ = _KEYS[name]
            if is_good(text):
                values[attribute] = text == "1" if attribute == "mature_only" else text
            else:
                problems.append(f"The address says {name}={text[:40]}, which is not {wanted}; it was left out.")
        elif _KEY.fullmatch(name) and _DRILL.fullmatch(text):
            drill[name] = text
        else:
            problems.append(f"The address has a part that no page knows ({name[:30]}); it was left out.")
    first, last = values.get("month_from"), values.get("month_to")
    if first and last and first > last:
        values["month_from"], values["month_to"] = last, first
        problems.append(f"The first month ({first}) lies after the last ({last}); they were exchanged.")
    return Filters(**values, drill=drill, problems=tuple(problems))


def mature_month(as_of: date) -> str:
    """The last month, as YYYY-MM, that ended MATURE_DAYS or more before ``as_of``."""
    day = date.fromordinal(as_of.toordinal() - MATURE_DAYS + 1)  # the first day that is not mature
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return f"{year:04d}-{month:02d}"


def shift(month: str, by: int) -> str:
    """The month (YYYY-MM) so many months later, or earlier where ``by`` is negative."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def span(first: str, last: str) -> int:
    """How many months from first to last, both included."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1


def _first_day(month: str | None) -> date | None:
    return date(int(month[:4]), int(month[5:]), 1) if month else None


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return value or ""


def _among(words: Mapping[str, str]) -> tuple[Callable[[str], bool], str]:
    return words.__contains__, f"one of {', '.join(words)}"


# Name in the address → field, (whether a text fits, what would), default.
_KEYS: dict[str, tuple[str, tuple[Callable[[str], Any], str], str]] = {
    "basis": ("date_basis", _among(DATE_BASES), "service"),
    "from": ("month_from", (_MONTH.fullmatch, "a month as 2025-01"), ""),
    "to": ("month_to", (_MONTH.fullmatch, "a month as 2025-12"), ""),
    "payer": ("payer", (lambda text: len(text) <= 100 and text.isprintable(), "a payer id"), ""),
    "provider": ("provider", (_NPI.fullmatch, "an NPI of ten digits"), ""),
    "setting": ("setting", _among(SETTINGS), ""),
    "code": ("code_family", _among(CODE_FAMILIES), ""),
    "definition": ("definition", _among(DEFINITIONS), "default"),
    "mature": ("mature_only", (("0", "1").__contains__, "0 or 1"), ""),
    "release": ("release", (_RELEASE.fullmatch, "the name of a release"), ""),
}
