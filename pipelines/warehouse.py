"""The DuckDB warehouse: connect, transactions, reference data, parameters, and running the SQL models of sql/<room>.

What does not belong here: any billing rule (sql/ holds them), landing files (pipelines.landing), running checks (pipelines.checks).
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from pipelines.education.memory import load_letters
from pipelines.errors import MidpointError, WarehouseBusyError
from pipelines.places import check_warehouse
from pipelines.settings import Settings

SQL = Path(__file__).resolve().parent.parent / "sql"

# The oldest form of the file that has the compression of text that landing uses (landing.schema).
STORAGE_VERSION = "v1.3.0"

BUSY_SECONDS = 2  # between two tries to open a warehouse that another process holds

# Types of reference columns by name (DESIGN.md section 3); what matches nothing is text.
_SUFFIX_TYPES = (
    ("_amount", "DECIMAL(18,2)"),
    ("_units", "DECIMAL(18,4)"),
    ("_percent", "DECIMAL(18,4)"),
    ("_date", "DATE"),
    ("_minutes", "INTEGER"),
    ("_count", "INTEGER"),
    ("_days", "INTEGER"),
    ("_at", "TIMESTAMP"),
)
_SAFE_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Model:
    """One SQL model: ``sql/<schema>/<name>.sql``, a select that becomes the table ``schema.name``."""

    schema: str
    name: str
    path: Path
    sql: str
    depends_on: tuple[str, ...]  # tables as schema.name, sorted; raw and reference tables included
    description: str  # the file's first comment

    @property
    def table(self) -> str:
        return f"{self.schema}.{self.name}"


def connect(path: Path | str, *, read_only: bool = False, memory_limit: str = "", threads: int = 0) -> duckdb.DuckDBPyConnection:
    """Open the warehouse (``:memory:`` for none on disk); its rooms (schemas) exist afterwards, unless read_only.

    memory_limit and threads: empty and 0 mean DuckDB's own.
    Raises WarehouseBusyError when the file is locked by another process, MidpointError when it is not a DuckDB file or cannot be written.
    """
    if str(path) != ":memory:" and not read_only:
        check_warehouse(Path(path))
    try:
        con = duckdb.connect(str(path), read_only=read_only, config={"storage_compatibility_version": STORAGE_VERSION})
    except (duckdb.Error, OSError) as error:
        is_busy = "Could not set lock" in str(error) or "Conflicting lock" in str(error)
        raise (WarehouseBusyError if is_busy else MidpointError)(_why_not_opened(path, str(error))) from error
    try:
        # Order inside a table carries no meaning here: everything published is ordered explicitly. Leaving it free saves memory.
        con.execute("set preserve_insertion_order = false")
        con.execute("set enable_progress_bar = false")
        if memory_limit:
            _limit_memory(con, memory_limit)
        if threads:
            con.execute(f"set threads = {threads}")
        if not read_only:
            for schema in ("raw", "reference", "core", "audit", "mart"):
                con.execute(f"create schema if not exists {schema}")
    except MidpointError:
        con.close()
        raise
    except duckdb.Error as error:
        con.close()
        raise MidpointError(f"warehouse {path}: {_first_line(error)}") from error
    return con


def _limit_memory(con: duckdb.DuckDBPyConnection, limit: str) -> None:
    try:
        con.execute("set memory_limit = " + "'" + limit.replace("'", "''") + "'")
    except duckdb.Error as error:
        raise MidpointError(f"memory_limit {limit!r}: {_first_line(error)}; give a size, as 4GB") from error


def _why_not_opened(path: Path | str, message: str) -> str:
    if "Could not set lock" in message or "Conflicting lock" in message:
        return f"warehouse {path}: another process has it open; close it (or wait for its run to end) and try again"
    if "not a valid DuckDB database" in message:
        return f"warehouse {path}: not a DuckDB file; name another path with --warehouse"
    if "Is a directory" in message or "is a directory" in message:
        return f"warehouse {path}: is a folder; name a file in it with --warehouse"
    if "ermission denied" in message or "ead-only" in message or "Cannot open file" in message:
        return f"warehouse {path}: cannot be written; check that the folder exists and is writable, or name another with --warehouse"
    return f"warehouse {path}: {message.splitlines()[0]}"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def connect_in_turn(settings: Settings, wait_seconds: float) -> duckdb.DuckDBPyConnection:
    """``connect`` for a run that nobody watches: while another process has the warehouse open, wait for it, up to wait_seconds."""
    until = time.monotonic() + wait_seconds
    while True:
        try:
            return connect(settings.warehouse, memory_limit=settings.memory_limit, threads=settings.threads)
        except WarehouseBusyError:
            if time.monotonic() >= until:
                raise
            time.sleep(BUSY_SECONDS)


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Generator[duckdb.DuckDBPyConnection]:
    """All or nothing: commits at the end, rolls back and re-raises on any error."""
    con.execute("begin transaction")
    try:
        yield con
    except BaseException:
        con.execute("rollback")
        raise
    con.execute("commit")


def models(room: str) -> list[Model]:
    """The models of sql/<room>, each after the models of the same room that it reads; ties by name.

    Raises MidpointError on a file that does not parse, has no description, or on models that read each other in a circle.
    """
    found = {model.table: model for model in (_read_model(path) for path in sorted((SQL / room).glob("*.sql")))}
    sorter = TopologicalSorter({table: [d for d in model.depends_on if d in found] for table, model in sorted(found.items())})
    try:
        return [found[table] for table in sorter.static_order()]
    except CycleError as error:
        raise MidpointError(f"sql/{room}: models read each other in a circle: {' -> '.join(error.args[1])}") from error


def _read_model(path: Path) -> Model:
    text = path.read_text(encoding="utf-8")
    where = f"sql/{path.parent.name}/{path.name}"
    comment = re.match(r"\s*/\*(.*?)\*/", text, re.DOTALL)
    if comment is None:
        raise MidpointError(f"{where}: no description; begin the file with a /* comment */ that says what it holds and its grain")
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except sqlglot.ParseError as error:
        raise MidpointError(f"{where}: does not parse: {_first_line(error)}") from error
    reads = tuple(sorted({f"{t.db}.{t.name}" for t in tree.find_all(exp.Table) if t.db}))
    return Model(path.parent.name, path.stem, path, text, reads, " ".join(comment.group(1).split()))


def run_model(con: duckdb.DuckDBPyConnection, model: Model) -> int:
    """Create or replace the model's table; returns its number of rows. Raises MidpointError naming the model."""
    try:
        con.execute(f"create schema if not exists {model.schema}")
        con.execute(f"create or replace table {model.table} as\n{model.sql}")
        return count_rows(con, model.table)
    except duckdb.Error as error:
        raise MidpointError(f"model {model.table}: {_first_line(error)}") from error


def build_room(con: duckdb.DuckDBPyConnection, room: str) -> dict[str, int]:
    """Run every model of sql/<room> in order; returns table name → rows."""
    return {model.table: run_model(con, model) for model in models(room)}


def count_rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Number of rows of a table."""
    row = con.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def reference_files(own: Path | None = None) -> list[Path]:
    """The reference CSV files that apply, sorted by name: those of sql/reference, a file of the same name in ``own`` instead.

    Raises MidpointError where ``own`` is no folder, or holds a CSV that is no reference table's: it would replace nothing, unnoticed.
    """
    files = {path.name: path for path in (SQL / "reference").glob("*.csv")}
    if own is not None:
        if not own.is_dir():
            raise MidpointError(f"reference {own}: no such folder; set reference to the folder of your own reference CSV files")
        replacing = {path.name: path for path in sorted(own.glob("*.csv"))}
        if unknown := [name for name in replacing if name not in files]:
            raise MidpointError(f"reference {own}: {', '.join(unknown)} is no reference table's name; there are {', '.join(sorted(files))}")
        files |= replacing
    return [files[name] for name in sorted(files)]


def load_reference(con: duckdb.DuckDBPyConnection, own: Path | None = None) -> dict[str, int]:
    """Load reference.<name> from each CSV, typed by column name (DESIGN.md section 3); returns table name → rows.

    A file of the user's own folder replaces the shipped one of the same name; it must have the same columns.
    Raises MidpointError on a missing column, a value that is not of its column's type, or a file that is not UTF-8 CSV.
    """
    con.execute("create schema if not exists reference")
    loaded: dict[str, int] = {}
    for path in reference_files(own):
        name, columns = path.stem, _header(path)
        missing = [c for c in _header(SQL / "reference" / path.name) if c not in columns]
        if missing:
            raise MidpointError(f"{path}: column {', '.join(missing)} is missing; found {', '.join(columns)}")
        typed = ", ".join(f'cast(nullif(trim("{c}"), \'\') as {reference_type(c)}) as "{c}"' for c in columns)
        texts = ", ".join(f"'{c}': 'VARCHAR'" for c in columns)
        try:
            con.execute(
                # The form is known, so DuckDB need not find it out, which takes longer than to read the file.
                f"create or replace table reference.{name} as select {typed} from read_csv(?, header = true, auto_detect = false,"
                f" delim = ',', quote = '\"', escape = '\"', columns = {{{texts}}})",
                [str(path)],
            )
        except duckdb.Error as error:
            raise MidpointError(f"{path}: {_first_line(error)}") from error
        loaded[f"reference.{name}"] = count_rows(con, f"reference.{name}")
    return loaded


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns = next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError) as error:
        raise MidpointError(f"{path}: cannot be read as UTF-8 CSV ({_first_line(error)})") from error
    unfit = [c for c in columns if not _SAFE_NAME.fullmatch(c)]
    if not columns or unfit:
        raise MidpointError(f"{path}: the first row must hold column names in snake_case; found {columns}")
    return columns


def reference_type(column: str) -> str:
    """DuckDB type of a reference column by its name."""
    if column.startswith(("is_", "has_")):
        return "BOOLEAN"
    if column in ("valid_from", "valid_to"):
        return "DATE"
    return next((kind for suffix, kind in _SUFFIX_TYPES if column.endswith(suffix)), "VARCHAR")


def service_bounds(settings: Settings) -> tuple[date, date]:
    """First and last day of service that the checks look at: of the look-back, or all days there are."""
    return (settings.service_from, settings.as_of) if settings.service_from else (date.min, date.max)


def set_parameters(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Write what is the run's own: reference.parameter (one row: as_of_date, service_from_date and service_to_date: the look-back, both
    included; policy_name, one column a threshold), which SQL joins for its parameters, and reference.letter, the education letters sent by
    the as-of date (see pipelines.education.memory)."""
    thresholds = asdict(settings.thresholds)
    columns = [f"cast(? as date) as {name}" for name in ("as_of_date", "service_from_date", "service_to_date")]
    columns.append("cast(? as varchar) as policy_name")
    columns += [f'cast(? as {"INTEGER" if isinstance(value, int) else "DECIMAL(18,4)"}) as "{name}"' for name, value in thresholds.items()]
    con.execute("create schema if not exists reference")
    con.execute(
        f"create or replace table reference.parameter as select {', '.join(columns)}",
        [settings.as_of, *service_bounds(settings), settings.policy, *thresholds.values()],
    )
    load_letters(con, settings.review_store, settings.as_of)
