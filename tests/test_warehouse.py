"""The warehouse: opening, transactions, models in order, reference data typed and replaceable, parameters."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines import warehouse
from pipelines.errors import MidpointError
from pipelines.settings import Settings


def one_line(error: pytest.ExceptionInfo[MidpointError]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


def test_what_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    text = tmp_path / "text.duckdb"
    text.write_text("no database\n" * 999)
    for path, says in ((text, "not a DuckDB file"), (tmp_path / "none" / "x.duckdb", "cannot be written")):
        with pytest.raises(MidpointError) as error:
            warehouse.connect(path)
        assert says in one_line(error)
        assert str(path) in one_line(error)


def test_a_warehouse_in_use_elsewhere_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "busy.duckdb"
    code = f"import duckdb, sys; con = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        other.stdout.readline()
        with pytest.raises(MidpointError) as error:
            warehouse.connect(path)
        other.stdin.close()
    assert "another process has it open" in one_line(error)


def test_limits_are_set_and_bad_ones_refused() -> None:
    con = warehouse.connect(":memory:", memory_limit="200MB", threads=1)
    assert con.execute("select current_setting('threads')").fetchone() == (1,)
    assert con.execute("select schema_name from information_schema.schemata where schema_name = 'mart'").fetchone()
    con.close()
    with pytest.raises(MidpointError):
        warehouse.connect(":memory:", memory_limit="plenty")


def test_a_transaction_is_all_or_nothing() -> None:
    con = warehouse.connect(":memory:")
    con.execute("create table kept (n INTEGER)")
    with warehouse.transaction(con):
        con.execute("insert into kept values (1)")
    with pytest.raises(duckdb.ConversionException), warehouse.transaction(con):
        con.executemany("insert into kept values (?)", [["2"], ["three"]])
    assert con.execute("select * from kept").fetchall() == [(1,)]
    con.close()


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(warehouse, "SQL", tmp_path)
    (tmp_path / "core").mkdir()
    return tmp_path / "core"


def test_models_run_in_the_order_of_their_references(room: Path) -> None:
    (room / "a.sql").write_text("/* Reads\n   b. */\nselect n + 1 as n from core.b")
    (room / "b.sql").write_text("/* One row. */ select 1 as n")
    made = warehouse.models("core")
    assert [(m.table, m.depends_on, m.description) for m in made] == [("core.b", (), "One row."), ("core.a", ("core.b",), "Reads b.")]
    con = warehouse.connect(":memory:")
    assert warehouse.build_room(con, "core") == {"core.b": 1, "core.a": 1}
    assert con.execute("select n from core.a").fetchone() == (2,)
    with pytest.raises(MidpointError, match=r"model core\.a: "):
        warehouse.run_model(con, replace(made[1], sql="select no_such_column from core.b"))
    con.close()


@pytest.mark.parametrize(
    ("sql", "says"),
    [("select 1", "no description"), ("/* x */ select from where", "does not parse"), ("/* x */ select * from core.b", "in a circle")],
)
def test_a_wrong_model_is_one_line(room: Path, sql: str, says: str) -> None:
    (room / "a.sql").write_text(sql)
    (room / "b.sql").write_text("/* Reads a. */ select * from core.a")
    with pytest.raises(MidpointError, match=says) as error:
        warehouse.models("core")
    one_line(error)


def test_reference_data_are_typed_by_name_and_replaced_by_the_users_own(tmp_path: Path) -> None:
    con = warehouse.connect(":memory:")
    assert warehouse.load_reference(con)["reference.fee_schedule"] == 24
    types = dict(con.execute("select column_name, column_type from (describe reference.fee_schedule)").fetchall())
    assert (types["procedure_code"], types["facility_amount"], types["valid_from"]) == ("VARCHAR", "DECIMAL(18,2)", "DATE")
    assert con.execute("select facility_amount from reference.fee_schedule where valid_from = '2016-01-01'").fetchall() == [
        (None,),
        (None,),
    ]
    own = tmp_path / "fee_schedule.csv"
    own.write_text("procedure_code,non_facility_amount,facility_amount,valid_from,valid_to,source\n99497,91.00,80.00,2016-01-01,,ours\n")
    assert warehouse.load_reference(con, tmp_path)["reference.fee_schedule"] == 1
    (tmp_path / "notes.csv").write_text("not,reference,data\n")
    with pytest.raises(MidpointError, match=r"notes\.csv is no reference table's name") as error:
        warehouse.load_reference(con, tmp_path)
    one_line(error)
    (tmp_path / "notes.csv").unlink()
    with pytest.raises(MidpointError, match="no such folder"):
        warehouse.load_reference(con, tmp_path / "nosuch")
    own.write_text("procedure_code,non_facility_amount\n99497,91.00\n")
    with pytest.raises(MidpointError, match="column facility_amount, valid_from, valid_to, source is missing") as error:
        warehouse.load_reference(con, tmp_path)
    one_line(error)
    own.write_text("procedure_code,non_facility_amount,facility_amount,valid_from,valid_to,source\n99497,much,80.00,2016-01-01,,ours\n")
    with pytest.raises(MidpointError, match="much") as error:
        warehouse.load_reference(con, tmp_path)
    one_line(error)
    con.close()


def test_parameters_are_one_row() -> None:
    con = warehouse.connect(":memory:")
    warehouse.set_parameters(con, Settings(as_of=date(2024, 12, 31)))
    assert con.execute("select as_of_date, policy_name, expected_minimum_count from reference.parameter").fetchall() == [
        (date(2024, 12, 31), "medicare", 10)
    ]
    con.close()
