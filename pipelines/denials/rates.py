"""Tables of denial rates, and bridges between definitions, read from a release: what `midpoint denials` shows.

What does not belong here: what a definition counts (sql/definitions), the additive measures (sql/mart/denial_month.sql), how a table looks
(terminal). The only arithmetic is that of rates: sums of the measures, their ratio, and the mean of the months before where a definition
asks for it (denominator_months). Dollars are Decimal; means are exact fractions until they are shown.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import MidpointError
from pipelines.summary import read_manifest

# What a table may be cut by → the column of denial_month.
CUTS = {
    "payer": "payer_id",
    "provider": "billing_npi",
    "clinician": "clinician_npi",
    "month": "month",
    "code": "code_family",
    "carc": "carc",
    "rarc": "rarc",
    "setting": "setting",
}
REASONS = ("carc", "rarc")  # of denied units only: a rate by reason is of all units
BASES = ("service", "submission", "remit")
TABLES = ("denial_month", "denial_bridge", "denial_definition")

_SUMS = "sum(denied_count) as dc, sum(unit_count) as uc, sum(denied_amount) as da, sum(unit_amount) as ua"
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Measures:
    """Units of a denominator and those of them denied, in number and in charges. Sums, differences and means of them are exact."""

    denied_count: Fraction = Fraction(0)
    unit_count: Fraction = Fraction(0)
    denied_amount: Fraction = Fraction(0)
    unit_amount: Fraction = Fraction(0)

    def __add__(self, other: Measures) -> Measures:
        return Measures(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))

    def __sub__(self, other: Measures) -> Measures:
        return Measures(*(a - b for a, b in zip(self.values(), other.values(), strict=True)))

    def values(self) -> tuple[Fraction, Fraction, Fraction, Fraction]:
        return self.denied_count, self.unit_count, self.denied_amount, self.unit_amount

    def shown(self) -> dict[str, Any]:
        """As published: counts whole or to a tenth, dollars to the cent."""
        return {
            "denied_count": _count(self.denied_count),
            "unit_count": _count(self.unit_count),
            "denied_amount": _rounded(self.denied_amount, 2),
            "unit_amount": _rounded(self.unit_amount, 2),
        }


def _rounded(value: Fraction, places: int) -> Decimal:
    """Half up, as one rounds by hand."""
    scale = 10**places
    return (Decimal(math.floor(value * scale + Fraction(1, 2))) / scale).quantize(Decimal(1).scaleb(-places))


def _count(value: Fraction) -> int | Decimal:
    tenths = _rounded(value, 1)
    return int(tenths) if tenths == tenths.to_integral_value() else tenths


@dataclass(frozen=True)
class Period:
    """The months asked for, as ordinals (year × 12 + month - 1), and how old a month must be to count (days after its end, or None)."""

    first: int | None
    last: int | None
    mature_days: int | None


def read_period(first: str | None, last: str | None, mature_days: int | None) -> Period:
    """The period of two texts (YYYY-MM; None: as far as the release goes). Raises MidpointError on a text that is no month."""
    ends = [_ordinal_of(text, option) for text, option in ((first, "--from"), (last, "--to"))]
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        raise MidpointError(f"--from {first} is after --to {last}; give the earlier month first")
    return Period(ends[0], ends[1], mature_days)


def _ordinal_of(text: str | None, option: str) -> int | None:
    if text is None:
        return None
    found = _MONTH.fullmatch(text)
    if found is None:
        raise MidpointError(f"{option} {text}: not a month; give it as YYYY-MM, as 2025-01")
    return _ordinal(text)


def _ordinal(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month(ordinal: int) -> str:
    return f"{ordinal // 12:04}-{ordinal % 12 + 1:02}"


class Release:
    """A release's denial tables, as Parquet files."""

    def __init__(self, folder: Path) -> None:
        """Raises MidpointError when ``folder`` is no release, or one of a version without these tables."""
        manifest = read_manifest(folder)
        missing = [name for name in TABLES if not (folder / f"{name}.parquet").is_file()]
        if missing:
            raise MidpointError(
                f"{folder}: this release has no table {', '.join(missing)}; run midpoint audit again, or name a newer release"
            )
        self._con = duckdb.connect()  # in memory: the files themselves are read anew by each query
        for name in TABLES:
            path = str(folder / f"{name}.parquet").replace("'", "''")
            self._con.execute(f"create view {name} as select * from read_parquet('{path}')")
        self.folder = folder
        self.name: str = manifest["run_id"]
        self.as_of = date.fromisoformat(manifest["as_of_date"])
        self.definitions = {
            row["definition"]: row for row in self.rows("select * from denial_definition order by bridge_place, definition")
        }

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of a query on the tables, by column."""
        result = self._con.execute(query, list(values))
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def definition(self, name: str) -> dict[str, Any]:
        if name not in self.definitions:
            raise MidpointError(f"no definition {name}; there are {', '.join(self.definitions)}")
        return self.definitions[name]

    def measures(self, definition: str, basis: str, column: str = "month") -> dict[Any, dict[int, Measures]]:
        """Group (of ``column``) → month → measures, over all months of the release."""
        found = self.rows(
            f"select {column} as cut, month, {_SUMS} from denial_month where definition = ? and date_basis = ? group by all",
            [definition, basis],
        )
        groups: dict[Any, dict[int, Measures]] = {}
        for row in found:
            groups.setdefault(row["cut"], {})[_ordinal(row["month"])] = Measures(*(Fraction(row[key]) for key in ("dc", "uc", "da", "ua")))
        return groups


def total(measures: Iterable[Measures]) -> Measures:
    """The sum; nothing for none."""
    made = Measures()
    for one in measures:
        made += one
    return made


@dataclass(frozen=True)
class _Reading:
    """One definition by one basis over a period: which months count, and how its denominators are made."""

    months: tuple[int, ...]  # that count
    unknown: tuple[int, ...]  # left out: no month of the release before them, as the denominator would need
    immature: tuple[int, ...]  # left out: not old enough
    first_known: int
    back: int  # denominator_months

    def of(self, by_month: dict[int, Measures]) -> Measures:
        """A group's measures over the months, its denominators from the months before where the definition says so."""
        return total(self.in_month(by_month, month) for month in self.months)

    def in_month(self, by_month: dict[int, Measures], month: int) -> Measures:
        own = by_month.get(month, Measures())
        if not self.back:
            return own
        before = range(max(month - self.back, self.first_known), month)
        units = total(by_month.get(m, Measures()) for m in before)
        return Measures(own.denied_count, units.unit_count / len(before), own.denied_amount, units.unit_amount / len(before))


def _read(release: Release, definition: dict[str, Any], basis: str, period: Period) -> _Reading:
    """Raises MidpointError when no month of the period counts."""
    name = definition["definition"]
    known = [_ordinal(row["month"]) for row in release.rows(
        "select distinct month from denial_month where definition = ? and date_basis = ? and unit_count > 0", [name, basis]
    )]  # fmt: skip
    if not known:
        raise MidpointError(f"{release.folder}: no units of {name} by {basis} date; audit files that hold them, or choose another --basis")
    first, last = min(known), max(known)
    asked = range(max(first, period.first or first), min(last, period.last or last) + 1)
    has = f"the release has {_month(first)} to {_month(last)}"
    if not any(month in asked for month in known):
        raise MidpointError(f"no units of {name} by {basis} date in the months asked for; {has}: choose --from and --to among these")
    immature = [m for m in asked if period.mature_days is not None and _end(m) + timedelta(days=period.mature_days) > release.as_of]
    back = int(definition["denominator_months"])
    unknown = [m for m in asked if back and m == first and m not in immature]
    months = tuple(m for m in asked if m not in immature and m not in unknown)
    if not months:
        why = "have no month before them for the denominator" if unknown else f"are less than {period.mature_days} days old"
        raise MidpointError(f"the months asked for {why}; {has}, as of {release.as_of}: choose others with --from and --to")
    return _Reading(months, tuple(unknown), tuple(immature), first, back)


def _end(ordinal: int) -> date:
    year, month = ordinal // 12, ordinal % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def _rate(definition: dict[str, Any], measures: Measures) -> dict[str, Any]:
    """Numerator, denominator, their ratio in percent (None without a denominator), and n, the units that the denominator is made of."""
    is_amount = definition["measure"] == "amount"
    over, under = (measures.denied_amount, measures.unit_amount) if is_amount else (measures.denied_count, measures.unit_count)
    shown = measures.shown()
    return {
        "numerator": shown["denied_amount" if is_amount else "denied_count"],
        "denominator": shown["unit_amount" if is_amount else "unit_count"],
        "rate_percent": _rounded(100 * over / under, 1) if under else None,
        "n": shown["unit_count"],
    }


def _head(release: Release, definition: dict[str, Any], basis: str, reading: _Reading) -> dict[str, Any]:
    return {
        "definition": {k: definition[k] for k in ("definition", "title", "wording", "source", "unit", "measure", "denominator_months",
                                                  "numerator", "denominator", "left_out")},
        "basis": basis,
        "dated_by": definition[basis],
        "from": _month(reading.months[0]),
        "to": _month(reading.months[-1]),
        "as_of_date": release.as_of,
        "release": str(release.folder),
        "run_id": release.name,
        "months_without_denominator": [_month(m) for m in reading.unknown],
        "months_not_mature": [_month(m) for m in reading.immature],
    }  # fmt: skip


def rate_table(release: Release, name: str, by: str, basis: str | None, period: Period) -> dict[str, Any]:
    """The rate of one definition by payer, month, …: head (definition, basis, months, as-of date), rows, total.

    Raises MidpointError on an unknown definition, cut or basis, and when no month counts.
    """
    definition = release.definition(name)
    if by not in CUTS:
        raise MidpointError(f"--by {by}: not known; there are {', '.join(CUTS)}")
    basis = _basis(basis, definition)
    reading = _read(release, definition, basis, period)
    groups = release.measures(name, basis, CUTS[by])
    whole = total(reading.of(by_month) for by_month in groups.values())
    if by == "month":
        every = {month: own for by_month in groups.values() for month, own in by_month.items()}
        made = {_month(m): reading.in_month(every, m) for m in reading.months}
        whole = total(made.values())
    else:
        made = {group: reading.of(by_month) for group, by_month in groups.items()}
    if by in REASONS:  # all units stand below every reason
        made = {
            group: Measures(m.denied_count, whole.unit_count, m.denied_amount, whole.unit_amount)
            for group, m in made.items()
            if m.denied_count
        }
    measure = definition["measure"]

    def place(item: tuple[Any, Measures]) -> tuple[Any, ...]:
        group, m = item
        return (group,) if by == "month" else (-(m.denied_amount if measure == "amount" else m.denied_count), group is None, str(group))

    rows = [{by: group} | m.shown() | _rate(definition, m) for group, m in sorted(made.items(), key=place) if any(m.values())]
    head = _head(release, definition, basis, reading)
    return head | {"by": by, "rows": rows, "total": whole.shown() | _rate(definition, whole)}


def bridge_table(release: Release, start: str, end: str, basis: str | None, period: Period) -> dict[str, Any]:
    """The walk from one definition to another: start, steps with their reasons, end; start + steps = end, as shown, to the unit and cent.

    Raises MidpointError as rate_table does, and when both are the same.
    """
    first, last = release.definition(start), release.definition(end)
    if start == end:
        raise MidpointError(f"--bridge {start}..{end}: both are the same; name two of {', '.join(release.definitions)}")
    basis = _basis(basis, first)
    readings = {name: _read(release, release.definition(name), basis, period) for name in (start, end)}
    months = sorted({m for r in readings.values() for m in (*r.months, *r.unknown)})
    totals = {name: _month_totals(release, name, basis) for name in (start, end)}
    steps = _to_same_months(readings[start], totals[start], months, down=True)
    steps += _between(release, start, end, basis, months)
    steps += _to_same_months(readings[end], totals[end], months, down=False)
    at = readings[start].of(totals[start])
    walked: list[dict[str, Any]] = []
    for step, reason, change in steps:  # each shown as the difference of what is shown before and after it
        after = at + change
        before_shown, after_shown = at.shown(), after.shown()
        walked.append({"step": step, "reason": reason} | {key: after_shown[key] - before_shown[key] for key in after_shown})
        at = after
    ends = {name: readings[name].of(totals[name]) for name in (start, end)}
    return _head(release, first, basis, readings[start]) | {
        "from": _month(months[0]),
        "to": _month(months[-1]),
        "start": _stand(first, ends[start]),
        "steps": walked,
        "end": _stand(last, ends[end]),
    }


def _stand(definition: dict[str, Any], measures: Measures) -> dict[str, Any]:
    words = {key: definition[key] for key in ("definition", "title", "unit", "wording")}
    return words | measures.shown() | _rate(definition, measures)


def _month_totals(release: Release, name: str, basis: str) -> dict[int, Measures]:
    return {month: m for by_month in release.measures(name, basis).values() for month, m in by_month.items()}


def _to_same_months(reading: _Reading, by_month: dict[int, Measures], months: list[int], down: bool) -> list[tuple[str, str, Measures]]:
    """Steps between a definition's own denominators and those of the same months; none where they are the same.

    down: from its own to the same months; else to its own.
    """
    if not reading.back:
        return []
    same = total(by_month.get(m, Measures()) for m in reading.months)
    mean = reading.of(by_month) - same
    missing = total(by_month.get(m, Measures()) for m in months if m not in reading.months)
    if down:
        steps = [("same_months", "denominator of the same months instead of the three before", Measures() - mean)]
        return steps + (
            [("month_unknown", "months with none before them in the release counted too", missing)] if any(missing.values()) else []
        )
    steps = (
        [("month_unknown", "months with none before them in the release left out", Measures() - missing)] if any(missing.values()) else []
    )
    return [*steps, ("mean_of_months", "denominator: the mean of the three months before each month", mean)]


def _between(release: Release, start: str, end: str, basis: str, months: list[int]) -> list[tuple[str, str, Measures]]:
    found = release.rows(
        f"select step_number, step, reason, {_SUMS}"
        " from denial_bridge where from_definition = ? and to_definition = ? and date_basis = ? and list_contains(?, month)"
        " group by all order by step_number",
        [start, end, basis, [_month(m) for m in months]],
    )
    steps = [(row["step"], row["reason"], Measures(*(Fraction(row[key]) for key in ("dc", "uc", "da", "ua")))) for row in found]
    return [step for step in steps if any(step[2].values())]


def _basis(basis: str | None, definition: dict[str, Any]) -> str:
    if basis is not None and basis not in BASES:
        raise MidpointError(f"--basis {basis}: not known; there are {', '.join(BASES)}")
    return basis or definition["date_basis"]
