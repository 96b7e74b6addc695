"""The gate: Great Expectations on DuckDB, and what its answers become."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from expectations import gate


def expectation(number: int, name: str, query: str, severity: str = "critical") -> gate.Expectation:
    document = {
        "type": "unexpected_rows_expectation",
        "description": name,
        "severity": severity,
        "kwargs": {"unexpected_rows_query": query},
        "meta": {"name": name},
    }
    return gate.Expectation(number, name, name, severity == "critical", document)


NULL_NUMBER = expectation(1, "number_is_not_null", "select * from {batch} where number is null")
LOW_NUMBER = expectation(2, "number_is_positive", "select * from {batch} where number <= 0", "warning")
NO_COLUMN = expectation(3, "crashes", "select * from {batch} where no_such_column = 1")
BRACES = expectation(4, "text_shape", "select * from {batch} where not regexp_full_match(text, '[a-z]{{2}}')", "warning")


@pytest.fixture
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(str(tmp_path_factory.mktemp("gate") / "w.duckdb"))
    con.execute(
        "create schema room; create table room.thing as select * from (values (1, 'ab'), (0, 'cd'), (-1, 'efg')) as t(number, text)"
    )
    yield con
    con.close()


def validate(
    con: duckdb.DuckDBPyConnection, *expectations: gate.Expectation, table: str = "room.thing"
) -> dict[str, tuple[str, int | None]]:
    return {r.expectation.name: (r.status, r.unexpected_count) for r in gate.validate(con, gate.Suite(table, expectations))}


def test_statuses_and_counts(con: duckdb.DuckDBPyConnection) -> None:
    """In the suite's order, with the writer's connection open; a crash is an error, not a failure."""
    found = validate(con, NULL_NUMBER, LOW_NUMBER, NO_COLUMN, BRACES)
    assert list(found.items()) == [
        ("number_is_not_null", ("passed", 0)),
        ("number_is_positive", ("failed", 2)),
        ("crashes", ("error", None)),
        ("text_shape", ("failed", 1)),
    ]


def test_a_crash_says_why(con: duckdb.DuckDBPyConnection) -> None:
    (result,) = gate.validate(con, gate.Suite("room.thing", (NO_COLUMN,)))
    assert "no_such_column" in (result.message or "")
    assert "\n" not in (result.message or "")


def test_a_missing_table_is_an_error(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("room.nothing", "nowhere.thing"):
        assert validate(con, NULL_NUMBER, table=table) == {"number_is_not_null": ("error", None)}


def test_it_sees_what_was_just_committed(con: duckdb.DuckDBPyConnection) -> None:
    assert validate(con, NULL_NUMBER)["number_is_not_null"] == ("passed", 0)
    con.execute("insert into room.thing values (null, 'xx')")
    assert validate(con, NULL_NUMBER)["number_is_not_null"] == ("failed", 1)


def test_a_missing_or_empty_validation_is_failed() -> None:
    suite = gate.Suite("room.thing", (NULL_NUMBER, LOW_NUMBER))
    assert [r.status for r in gate.results(suite, fake())] == ["failed", "failed"]
    empty: Any = SimpleNamespace(success=True, result={}, exception_info=None, expectation_config=SimpleNamespace(meta={"number": 1}))
    assert [r.status for r in gate.results(suite, fake(empty))] == ["failed", "failed"]
    assert {r.message for r in gate.results(suite, fake(empty))} == {
        "Great Expectations gave no count",
        "Great Expectations gave no result",
    }


def fake(*answers: Any) -> Any:
    return SimpleNamespace(results=list(answers))


def test_results_replace_those_of_the_same_table(con: duckdb.DuckDBPyConnection) -> None:
    gate.store(con, [gate.Result("a.b", NULL_NUMBER, "failed", 3, None), gate.Result("c.d", LOW_NUMBER, "passed", 0, None)])
    gate.store(con, [gate.Result("a.b", NULL_NUMBER, "passed", 0, None)])
    stored = con.execute("select table_name, expectation_name, severity, status from audit.expectation_result order by all").fetchall()
    assert stored == [("a.b", "number_is_not_null", "critical", "passed"), ("c.d", "number_is_positive", "warning", "passed")]


def test_canary_of_the_duckdb_patch(con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """As shipped, Great Expectations closes a DuckDB connection before it reads the result. When this fails, drop the patch."""
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    gate.keep_duckdb_connections()
    shipped = tuple(d for d in engine._PERSISTED_CONNECTION_DIALECTS if d != "duckdb")
    assert len(shipped) + 1 == len(engine._PERSISTED_CONNECTION_DIALECTS), "Great Expectations lists DuckDB itself now"
    assert validate(con, NULL_NUMBER)["number_is_not_null"] == ("passed", 0)
    monkeypatch.setattr(engine, "_PERSISTED_CONNECTION_DIALECTS", shipped)
    assert validate(con, NULL_NUMBER)["number_is_not_null"] == ("error", None)
