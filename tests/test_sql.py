"""The SQL of all rooms as text: each file turns into Spark SQL; and the reference data with their sources."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from pipelines.warehouse import SQL, models, reference_files

ROOMS = ("core/*", "checks/*/*", "definitions/*", "mart/*", "reconciliation/*")
FILES = [path for room in ROOMS for path in sorted(SQL.glob(f"{room}.sql"))]

# What means something else elsewhere, or nothing: FACTS of the project name them.
FORBIDDEN = ("dow", "isodow", "list_aggregate", "columns")


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", FILES, ids=named)
def test_the_sql_turns_into_spark_sql(path: Path) -> None:
    spark = sqlglot.transpile(path.read_text(encoding="utf-8"), read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert len(spark) == 1
    again = sqlglot.parse_one(spark[0], read="spark")
    assert isinstance(again, exp.Query)
    used = {f.sql_name().lower() for f in again.find_all(exp.Func)} | {str(f.this).lower() for f in again.find_all(exp.Anonymous)}
    assert not used & set(FORBIDDEN)
    unknown = {str(f.this).lower() for f in again.find_all(exp.Anonymous)}
    assert not unknown, "functions that sqlglot does not know pass through untranslated"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_nothing_is_lost_to_nulls(path: Path) -> None:
    tree = sqlglot.parse_one(path.read_text(encoding="utf-8"), read="duckdb")
    assert not [n.sql() for n in tree.find_all(exp.Not) if isinstance(n.this, exp.In)], "no `not in`"
    # Landing order and landing time mean nothing.
    assert "received_at" not in {c.name for c in tree.find_all(exp.Column)}


def test_models_come_after_what_they_read() -> None:
    built: set[str] = set()
    for model in models("core"):
        assert {d for d in model.depends_on if d.startswith("core.")} <= built, model.table
        assert model.description
        built.add(model.table)
    assert built == {f"core.{path.stem}" for path in (SQL / "core").glob("*.sql")}


@pytest.mark.parametrize("path", reference_files(), ids=named)
def test_reference_data_are_dated_and_sourced(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows or path.stem == "contract_rate", "contract rates are the user's own: none are shipped"
    for row in rows:
        assert row["source"]
        assert None not in (row["valid_from"], row["valid_to"])
    assert len({tuple(row.values()) for row in rows}) == len(rows)
