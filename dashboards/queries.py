"""A release opened for reading: its Parquet files in an in-process DuckDB, bound SQL in, rows out.

What does not belong here: which question a page asks (pages), and any rule or dollar (they are in the release). Nothing is ever written;
SQL texts are the pages' own constants, and whatever comes from an address is bound, never formatted in.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from dashboards.filters import Filters, shift, span
from dashboards.periods import compare

# A table whose file is larger stays on disk: its rows stand in order, so a page reads the few row groups that it asks for, as fast as from
# memory and without holding the rest (docs/performance.md). Smaller ones are read into memory once.
ON_DISK_BYTES = 6_000_000
# Cubes by clinician are nearly as long as the lines: what asks of all providers reads them without the providers.
CUBES = {
    "denial_cube": (
        "denial_month",
        ("definition", "date_basis", "month", "payer_id", "code_family", "setting", "carc", "rarc"),
        ("unit_count", "denied_count", "unit_amount", "denied_amount"),
    ),
    "first_pass_cube": (
        "first_pass",
        ("date_basis", "month", "payer_id", "code_family", "setting"),
        ("claim_count", "answered_count", "first_pass_count", "claim_amount", "answered_amount", "first_pass_amount"),
    ),
}
MEMORY_LIMIT = "1200MB"
OPEN_RELEASES = 3  # the current one, and older ones that somebody looks at
PARAMETER = re.compile(r"\$([a-z_]+)")

FINDING_ROW = """
create table finding_row as
select f.*, x.* exclude (finding_key), t.tier, c.title, STATUS
from finding as f
left join finding_context as x using (finding_key)
left join (select finding_key, min(tier) as tier from missed_revenue group by finding_key) as t using (finding_key)
left join check_result as c using (check_id)
"""
STATUS = "s.status, s.clock, s.days_left"

# Which months' units stand below a month's denials (definition: denominator_months): the same month's, or the mean of those before it that
# the release knows. sixths: their share, so that means of up to three months are exact; own: 1 in the row that carries the month's denials.
# The first month of a definition that looks back has nothing before it: it is unknown and counts for nothing.
DENIAL_WEIGHT = """
create table denial_weight as
with known as (
  select definition, date_basis, min(month) as first_month, max(month) as last_month
  from denial_cube where unit_count > 0 group by definition, date_basis
),
counted as (
  select
    k.definition,
    k.date_basis,
    cast(unnest(generate_series(strptime(k.first_month, '%Y-%m'), strptime(k.last_month, '%Y-%m'), interval 1 month)) as date) as day,
    cast(strptime(k.first_month, '%Y-%m') as date) as first_day,
    d.denominator_months as back
  from known as k inner join denial_definition as d using (definition)
)
select definition, date_basis, strftime(day, '%Y-%m') as month, strftime(day, '%Y-%m') as unit_month,
  case when back = 0 then 6 else 0 end as sixths, case when back > 0 and day = first_day then 0 else 1 end as own
from counted
union all
select definition, date_basis, strftime(day, '%Y-%m'), strftime(before, '%Y-%m'), 6 // length, 0
from (
  select *, least(back, date_diff('month', first_day, day)) as length,
    cast(unnest(generate_series(greatest(day - to_months(back), first_day), day - interval 1 month, interval 1 month)) as date) as before
  from counted where back > 0
)
"""

# What a filter asks of a cube's rows, by the word that stands in braces in a page's SQL. A filter that is not set asks nothing.
# {denials} and {first_passes} are tables: the shortest that the filters can be asked of.
CONDITIONS: dict[str, Callable[[Filters], str]] = {
    "date_basis": lambda f: "date_basis = $date_basis",
    "months": lambda f: _all(
        "month >= $month_from" if f.month_from else "",
        "month <= $month_to" if f.month_to else "",
        "month <= $mature_month" if f.mature_only else "",
    ),
    "payer": lambda f: "payer_id = $payer" if f.payer else "true",
    "provider": lambda f: "(billing_npi = $provider or clinician_npi = $provider)" if f.provider else "true",
    "setting": lambda f: "setting = $setting" if f.setting else "true",
    "code_family": lambda f: "code_family = $code_family" if f.code_family else "true",
    "check": lambda f: "check_id = $check" if f["check"] else "true",
    "proof": lambda f: "proof = $proof" if f["proof"] else "true",
    "direction": lambda f: "direction = $direction" if f["direction"] else "true",
    "denials": lambda f: "denial_month" if f.provider else "denial_cube",
    "first_passes": lambda f: "first_pass" if f.provider else "first_pass_cube",
    "carc": lambda f: "coalesce(carc, 'none') = $carc" if f["carc"] else "true",
}
# Days of single rows, by the date basis; the columns are those of finding_row and claim_line.
BASIS_DATES = {"service": "service_date", "submission": "submission_date", "remit": "first_remit_date"}
CONDITIONS["days"] = lambda f: _all(
    f"{BASIS_DATES[f.date_basis]} >= $day_from" if f.month_from else "",
    f"{BASIS_DATES[f.date_basis]} < $day_after" if f.month_to else "",
    f"{BASIS_DATES[f.date_basis]} < $mature_after" if f.mature_only else "",
)
# {who}: everything but time; {cube}: everything that a cube by month can be asked; {row}: the same of single rows.
_WHO = ("payer", "provider", "setting", "code_family")
CONDITIONS["who"] = lambda f: _all(*(CONDITIONS[name](f) for name in _WHO))
CONDITIONS["row"] = lambda f: _all(CONDITIONS["days"](f), CONDITIONS["who"](f))
CONDITIONS["cube"] = lambda f: _all(CONDITIONS["date_basis"](f), CONDITIONS["months"](f), CONDITIONS["who"](f))


class ReleaseError(Exception):
    """One plain sentence for the page: what is missing in the release, and what to do."""


@dataclass(frozen=True)
class Column:
    """A column as it is shown and exported. kind: text, date, month, count, amount, rate, decimal, flag or link."""

    name: str
    title: str
    kind: str = "text"
    definition: str = ""
    numerator: str = ""  # of a rate: the names of its two columns
    denominator: str = ""
    width: int = 0  # of a grid, in pixels; 0: by kind
    is_hidden: bool = False  # at first; the reader can show it
    is_identifier: bool = False  # names an account or a person: never in a shared export
    href: str = ""  # name of the column that holds the address this cell leads to


@dataclass(frozen=True)
class Table:
    """A question with a name: its SQL (conditions in braces, values as $name) and its columns. Grid, chart table and export are made of it.

    sql may bind whatever Filters.parameters gives. order: the columns that it is sorted by where the reader asks for nothing else. is_rows:
    a row is a line, a claim or a finding, not a count over many, so there is no shared export of it. groups: the columns that name a row
    of a table that counts.
    """

    name: str
    title: str
    sql: str
    columns: Sequence[Column]
    definition: str = ""
    order: str = ""
    is_rows: bool = False
    groups: tuple[str, ...] = ()

    def text(self, filters: Filters) -> str:
        """The SQL with the conditions of these filters."""
        return re.sub(r"\{([a-z_]+)\}", lambda found: CONDITIONS[found[1]](filters), self.sql)

    def ordered(self, filters: Filters) -> str:
        return f"select * from ({self.text(filters)}) as answer" + (f" order by {self.order}" if self.order else "")

    def rows(self, release: Release, filters: Filters) -> list[dict[str, Any]]:
        """Its rows; kept by what the question is made of, so that a filter that it does not ask about changes nothing."""
        sql = self.ordered(filters)
        return release.cached((sql, *release.bound(sql, filters).values()), lambda: release.rows(sql, filters))


class Release:
    """One release. Read by many threads at once; immutable, so answers are kept."""

    def __init__(self, folder: Path) -> None:
        """Raises ReleaseError where ``folder`` is no release."""
        try:
            self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise ReleaseError(f"There is no release {folder.name} in {folder.parent}. Run midpoint audit to make one.") from None
        self.folder = folder
        self.run_id: str = self.manifest["run_id"]
        self.as_of = date.fromisoformat(str(self.manifest["as_of_date"]))
        self.tables = frozenset(path.stem for path in folder.glob("*.parquet"))
        self._con = duckdb.connect(":memory:", config={"threads": "2", "memory_limit": MEMORY_LIMIT})
        self._cache = Cache(2_000)
        for name in sorted(self.tables):
            file = folder / f"{name}.parquet"
            kind = "view" if file.stat().st_size > ON_DISK_BYTES else "table"
            self._con.execute(f"create {kind} {name} as select * from read_parquet('{_quoted(file)}')")
        if {"finding", "finding_context"} <= self.tables:
            known = "finding_status" in self.tables  # a release of before has none
            self._con.execute(
                FINDING_ROW.replace("STATUS", STATUS if known else "'open' as status, null as clock, null as days_left")
                + ("left join finding_status as s using (finding_key)" if known else "")
            )
        for name, (table, keys, measures) in CUBES.items():
            if table in self.tables:
                sums = ", ".join(f"cast(sum({m}) as {'decimal(18, 2)' if m.endswith('amount') else 'bigint'}) as {m}" for m in measures)
                self._con.execute(f"create table {name} as select {', '.join(keys)}, {sums} from {table} group by all order by all")
        if {"denial_month", "denial_definition"} <= self.tables:
            self._con.execute(DENIAL_WEIGHT)
        # From here on it can read this folder and nothing else, and nobody can change that.
        self._con.execute(f"set allowed_directories = ['{_quoted(folder)}']")
        self._con.execute("set enable_external_access = false")
        self._con.execute("set lock_configuration = true")

    def rows(self, sql: str, filters: Filters | None = None, **values: Any) -> list[dict[str, Any]]:
        """Rows as dicts. $names in ``sql`` are bound from the filters and ``values``.

        Raises ReleaseError where the release lacks the table or column, as one made by an older version may.
        """
        bound = self.bound(sql, filters or Filters()) | {name: value for name, value in values.items() if f"${name}" in sql}
        try:
            with self._con.cursor() as cursor:
                result = cursor.execute(sql, bound)
                names = [column[0] for column in result.description or ()]
                return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise ReleaseError(
                f"Release {self.run_id} lacks what this view needs ({str(error).splitlines()[0]})."
                " It was made by an older version: run midpoint audit again, or open a newer release."
            ) from error

    def bound(self, sql: str, filters: Filters) -> dict[str, Any]:
        """The values of the $names in ``sql``, by name in order."""
        names = sorted(set(PARAMETER.findall(sql)))
        if not names:
            return {}
        known = self.parameters(filters)
        return {name: known.get(name) for name in names}

    def row(self, sql: str, filters: Filters | None = None, **values: Any) -> dict[str, Any]:
        """The one row of an aggregate."""
        return self.rows(sql, filters, **values)[0]

    def batches(self, sql: str, filters: Filters, size: int = 5_000) -> Any:
        """Rows as tuples, in lists of ``size``, for exports of any length."""
        with self._con.cursor() as cursor:
            result = cursor.execute(sql, self.bound(sql, filters))
            while rows := result.fetchmany(size):
                yield rows

    def parameters(self, filters: Filters) -> dict[str, Any]:
        """Values that SQL may bind: filters, the audit's thresholds, the periods compared (now_first to before_last; periods.compare)."""
        compared = compare(filters, self.months, self.as_of)
        names = {"now_first": "first", "now_last": "last", "before_first": "before_first", "before_last": "before_last"}
        bounds = {name: getattr(compared, attribute, None) for name, attribute in names.items()}
        return filters.parameters(self.as_of) | self.manifest.get("thresholds", {}) | bounds

    def has(self, *tables: str) -> bool:
        return self.tables.issuperset(tables)

    def cached(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, kept under ``key``: the release never changes."""
        return self._cache.get(key, make)

    @cached_property
    def payers(self) -> list[str]:
        """Payer ids of the claims and findings, by name."""
        return self._distinct("payer_id", "finding_month", "denial_month", "claim_line")

    @cached_property
    def providers(self) -> dict[str, list[str]]:
        """NPIs of billing providers and of clinicians."""
        return {name: self._distinct(name, "finding_month", "denial_month", "claim_line") for name in ("billing_npi", "clinician_npi")}

    @cached_property
    def months(self) -> list[str]:
        """Every month (YYYY-MM) from the first to the last day of service."""
        if not self.has("claim_line"):
            return []
        with self._con.cursor() as cursor:
            ends = cursor.execute(
                "select strftime(min(service_date), '%Y-%m'), strftime(max(service_date), '%Y-%m') from claim_line"
            ).fetchone()
        if ends is None or ends[0] is None:
            return []
        return [shift(ends[0], number) for number in range(span(*ends))]

    def _distinct(self, column: str, *tables: str) -> list[str]:
        parts = [f"select distinct {column} as value from {table}" for table in tables if self.has(table)]
        if not parts:
            return []
        return [row["value"] for row in self.rows(f"select value from ({' union '.join(parts)}) where value is not null order by value")]


class Releases:
    """The folder of releases: which one is current is looked up on every request, so a new one is noticed by itself."""

    def __init__(self, folder: Path, pinned: str | None = None, reviews: Path | None = None) -> None:
        """pinned: the release shown where none is named. reviews: the reviewers' database, where decisions may be recorded."""
        self.folder = folder
        self.pinned = pinned
        self.reviews = reviews
        self._open: OrderedDict[str, Release] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def current(self) -> str:
        """Run id of the release that is shown where none is named. Raises ReleaseError where there is none."""
        if self.pinned:
            return self.pinned
        current = self.folder / "current"
        if not current.exists():
            raise ReleaseError(f"There is no release in {self.folder} yet. Run midpoint audit to make one.")
        return current.resolve().name

    def get(self, run_id: str | None = None) -> Release:
        """The release of that name, else the current one, opened once. Raises ReleaseError where it is not there."""
        name = run_id or self.current
        with self._lock:
            if name not in self._open:
                if name not in self.names:
                    raise ReleaseError(f"There is no release {name} in {self.folder}.")
                self._open[name] = Release(self.folder / name)
            self._open.move_to_end(name)
            while len(self._open) > OPEN_RELEASES:
                self._open.popitem(last=False)
            return self._open[name]

    @property
    def names(self) -> list[str]:
        """Run ids, newest first by as-of date and by when they were made."""
        found = [path.parent for path in self.folder.glob("*/manifest.json") if not path.parent.is_symlink()]
        found = [folder for folder in found if not folder.name.startswith(".")]
        return [folder.name for folder in sorted(found, key=lambda f: (f.name[:10], f.stat().st_mtime), reverse=True)]

    def changed(self, run_id: str) -> int:
        """When anything was last put into the release's folder, or decided by a reviewer, in nanoseconds; 0 where nothing is there."""
        latest = 0
        for path in (self.folder / run_id, self.reviews):
            if path is not None and path.exists():
                latest = max(latest, path.stat().st_mtime_ns)
        return latest

    def manifest(self, run_id: str) -> Mapping[str, Any]:
        """What the release's manifest says; empty where it cannot be read."""
        try:
            return json.loads((self.folder / run_id / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}


class Cache:
    """The answers asked for last, by key, for threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made


def _all(*conditions: str) -> str:
    return " and ".join(c for c in conditions if c and c != "true") or "true"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
