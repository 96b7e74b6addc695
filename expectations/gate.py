"""The gate: runs the suites of this folder on the DuckDB warehouse and keeps each result in audit.expectation_result.

What does not belong here: the expectations themselves (the JSON files), what a failure stops (pipelines/assets) and billing rules
(sql/checks). Great Expectations is imported when the first suite runs, for it takes seconds.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

import pipelines.settings  # noqa: F401  # switches telemetry and progress bars off, before Great Expectations is imported
from pipelines.errors import MidpointError
from pipelines.warehouse import transaction

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.data_context import EphemeralDataContext

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Expectation:
    """One expectation: its place in the suite (1, 2, …), name, what it says, and whether a failure stops the run."""

    number: int
    name: str
    description: str
    is_critical: bool
    document: dict[str, Any]


@dataclass(frozen=True)
class Suite:
    """The expectations of one table, in order."""

    table: str  # schema.table
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True)
class Result:
    """What came of one expectation. status: passed, failed, or error (it could not be evaluated); a missing result is failed."""

    table: str
    expectation: Expectation
    status: str
    unexpected_count: int | None
    message: str | None


@cache
def suites() -> tuple[Suite, ...]:
    """All suites, by table name. Raises MidpointError on a file that is not a suite of this form."""
    return tuple(_suite(path) for path in sorted(FOLDER.glob("*.json")))


def _suite(path: Path) -> Suite:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        made = tuple(
            Expectation(number, e["meta"]["name"], e["description"], e["severity"] == "critical", e)
            for number, e in enumerate(document["expectations"], 1)
        )
        return Suite(document["name"], made)
    except (ValueError, KeyError, TypeError) as error:
        raise MidpointError(f"{path}: not an expectation suite of the form of its neighbours ({error!r})") from error


def validate(con: duckdb.DuckDBPyConnection, suite: Suite) -> list[Result]:
    """Run one suite on its table, one Result an expectation, in order.

    Reads through a second connection to con's database, in this process, so what con has not committed is not seen.
    """
    try:
        return results(suite, _validation(con, suite))
    except Exception as error:  # Great Expectations raises its own and SQLAlchemy's errors before it looks at any expectation
        return [Result(suite.table, e, "error", None, _first_line(error)) for e in suite.expectations]


def _validation(con: duckdb.DuckDBPyConnection, suite: Suite) -> ExpectationSuiteValidationResult:
    schema, table = suite.table.split(".")
    context, reader = _context(), con.cursor()
    reader.execute(f"set schema = '{schema}'")  # what a table name without a schema means on this connection
    source = context.data_sources.add_sql(
        name=suite.table, connection_string="duckdb://", create_temp_table=False, kwargs={"creator": lambda: _wrapped(reader)}
    )
    try:
        batch = source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("all").get_batch()
        return batch.validate(_expectation_suite(suite), result_format="BASIC")
    finally:
        source.get_execution_engine().close()  # and with it reader
        context.data_sources.delete(suite.table)


def results(suite: Suite, validation: ExpectationSuiteValidationResult) -> list[Result]:
    """One Result an expectation of the suite: Great Expectations hands results back reordered, and a crash as success = False."""
    by_number = {
        int(r.expectation_config.meta["number"]): r for r in validation.results if r.expectation_config and r.expectation_config.meta
    }
    made: list[Result] = []
    for expectation in suite.expectations:
        one = by_number.get(expectation.number)
        if one is None:
            made.append(Result(suite.table, expectation, "failed", None, "Great Expectations gave no result"))
            continue
        crashes = [e for e in _exceptions(one.exception_info) if e.get("raised_exception")]
        count = None if crashes else one.result.get("observed_value")
        if crashes:
            made.append(Result(suite.table, expectation, "error", None, _first_line(crashes[0].get("exception_message"))))
        elif not isinstance(count, int):
            made.append(Result(suite.table, expectation, "failed", None, "Great Expectations gave no count"))
        else:
            made.append(Result(suite.table, expectation, "passed" if one.success and count == 0 else "failed", count, None))
    return made


def store(con: duckdb.DuckDBPyConnection, made: Iterable[Result]) -> None:
    """Put results into audit.expectation_result, in place of earlier ones of the same tables."""
    rows = list(made)
    con.execute("create schema if not exists audit")
    con.execute(
        "create table if not exists audit.expectation_result (table_name VARCHAR, expectation_number INTEGER, expectation_name VARCHAR, "
        "description VARCHAR, severity VARCHAR, status VARCHAR, unexpected_count BIGINT, message VARCHAR)"
    )
    values = [
        [
            r.table,
            r.expectation.number,
            r.expectation.name,
            r.expectation.description,
            "critical" if r.expectation.is_critical else "warning",
            r.status,
            r.unexpected_count,
            r.message,
        ]
        for r in rows
    ]
    with transaction(con):  # one for all: each transaction of its own would be written to disk
        for table in {r.table for r in rows}:
            con.execute("delete from audit.expectation_result where table_name = ?", [table])
        con.executemany("insert into audit.expectation_result values (?, ?, ?, ?, ?, ?, ?, ?)", values)


def _expectation_suite(suite: Suite) -> Any:
    from great_expectations.core import ExpectationSuite

    documents = [{**e.document, "meta": {**e.document["meta"], "number": e.number}} for e in suite.expectations]
    return ExpectationSuite(name=suite.table, expectations=documents)


def _wrapped(reader: duckdb.DuckDBPyConnection) -> Any:
    """The connection as SQLAlchemy wants it."""
    from duckdb_engine import ConnectionWrapper

    return ConnectionWrapper(reader)


@cache
def _context() -> EphemeralDataContext:
    import great_expectations
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig

    keep_duckdb_connections()
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),  # else each run leaves a folder behind
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        analytics_enabled=False,
    )
    return great_expectations.get_context(mode="ephemeral", project_config=config)


class _PersistedDialect(enum.StrEnum):
    """Great Expectations compares these both as text and by .value."""

    DUCKDB = "duckdb"


def keep_duckdb_connections() -> None:
    """Tell Great Expectations to keep a DuckDB connection open until its result is read.

    As shipped it closes the connection first, and every expectation on DuckDB crashes (great_expectations issue 11579);
    tests/expectations has a canary that tells when that is mended.
    """
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    dialects = engine._PERSISTED_CONNECTION_DIALECTS
    if _PersistedDialect.DUCKDB not in dialects:
        engine._PERSISTED_CONNECTION_DIALECTS = (*dialects, _PersistedDialect.DUCKDB)  # type: ignore[assignment]


def _exceptions(info: dict[str, Any] | None) -> list[dict[str, Any]]:
    """exception_info is one exception, or a dictionary of them by metric."""
    if not info:
        return []
    return [info] if "raised_exception" in info else [e for e in info.values() if isinstance(e, dict)]


def _first_line(error: object) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
