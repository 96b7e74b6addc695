"""Notes in the extract: which fields they fill, how that is marked, and that their text goes nowhere."""

from __future__ import annotations

import csv
import io
import logging
import sys
from pathlib import Path

import polars as pl
import pytest

from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.runner import run_checks
from pipelines.cli import main
from pipelines.documentation import extract
from pipelines.documentation.extract import FROM_NOTE, Documentation, read_documentation
from pipelines.documentation.notes import FIELDS
from pipelines.errors import MidpointError
from pipelines.landing.land import land
from pipelines.landing.privacy import owner_key
from pipelines.settings import Settings
from pipelines.warehouse import build_room, connect, load_reference, set_parameters

SECRET = "Quillfeather"
ROW = {"documentation_id": "D1", "service_date": "2025-03-01", "rendering_npi": "1234567893", "mrn": "M1"}
NOTE = (
    "Voluntary ACP with patient and daughter at bedside, 14:00-14:35, 35 minutes. Reviewed CPR and the living will."
    f" Patient {SECRET} elects DNR."
)
FILLED = {
    "acp_minutes": 35, "acp_start": "14:00:00", "acp_stop": "14:35:00", "modality": "in_person", "participants": "patient;daughter",
    "patient_present": "Y", "voluntary": "Y", "topics": "code_status;directive", "documents": "living_will",
    "decisions": f"Patient {SECRET} elects DNR",
}  # fmt: skip


def extract_of(*rows: dict[str, str]) -> str:
    """A CSV with every column of these rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def read(*rows: dict[str, str]) -> Documentation:
    return read_documentation(extract_of(*rows).encode(), "notes.csv")


def values(got: Documentation, row: int = 0) -> dict[str, object]:
    stored = got.rows.rename({v: k for k, v in extract.STORED_AS.items()}).row(row, named=True)
    return {name: str(stored[name]) if name in ("acp_start", "acp_stop") else stored[name] for name in FROM_NOTE}


def test_the_reader_s_fields_are_those_that_notes_fill() -> None:
    assert set(FROM_NOTE) == set(FIELDS)
    assert set(FROM_NOTE) <= set(extract.COLUMNS)


def test_a_note_fills_what_is_empty_and_says_so() -> None:
    got = read(ROW | {"note_text": NOTE})
    assert values(got) == FILLED
    assert got.rows["from_note"][0].split(";") == list(FROM_NOTE)
    assert set(FROM_NOTE) <= set(got.columns)
    assert got.warnings == []


def test_what_the_row_says_itself_stays() -> None:
    own = {"acp_minutes": "20", "voluntary": "N", "topics": "polst", "participants": "son", "modality": "audio", "patient_present": "N"}
    got = read(ROW | own | {"note_text": NOTE})
    assert values(got) | {"acp_start": None, "acp_stop": None} == FILLED | own | {"acp_minutes": 20, "acp_start": None, "acp_stop": None}
    assert got.rows["from_note"][0] == "documents;decisions"


@pytest.mark.parametrize(
    ("own", "minutes", "start", "stop"),
    [
        ({"acp_start": "09:00", "acp_stop": "09:20"}, None, "09:00:00", "09:20:00"),  # the row's own clock gives the minutes
        ({"acp_start": "09:00"}, 35, "09:00:00", "None"),  # and is not mixed with the note's
        ({"acp_minutes": "35"}, 35, "None", "None"),
    ],
)
def test_times_are_taken_together(own: dict[str, str], minutes: int | None, start: str, stop: str) -> None:
    got = values(read(ROW | own | {"note_text": NOTE}))
    assert (got["acp_minutes"], got["acp_start"], got["acp_stop"]) == (minutes, start, stop)


def test_a_note_whose_clock_contradicts_its_minutes_gives_neither() -> None:
    got = values(read(ROW | {"note_text": "ACP 10:00-10:20 with patient; 45 minutes of ACP. CPR discussed."}))
    assert (got["acp_minutes"], got["acp_start"], got["acp_stop"]) == (None, "None", "None")


def test_without_notes_absent_columns_stay_absent() -> None:
    for rows in ((ROW,), (ROW | {"note_text": "  "},)):
        got = read(*rows)
        assert not set(FROM_NOTE) & set(got.columns)
        assert got.rows["from_note"].to_list() == [None]
    assert "acp_minutes" in read(ROW | {"note_text": NOTE}, ROW | {"documentation_id": "D2"}).columns


def test_a_failing_reader_costs_the_note_and_not_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise MidpointError("the note reader failed on this note (KeyError, notes.py:1)")

    monkeypatch.setattr(extract, "read_note", fail)
    got = read(ROW | {"acp_minutes": "20", "note_text": NOTE})
    assert (got.rows["acp_minutes"][0], got.rows["from_note"][0]) == (20, "unread")
    assert got.warnings == ["note_text: 1 notes could not be read by the note reader; their rows keep their own fields"]


def test_notes_of_a_parquet_extract_are_read_too() -> None:
    out = io.BytesIO()
    pl.DataFrame([ROW | {"note_text": NOTE}]).write_parquet(out)
    assert values(read_documentation(out.getvalue(), "notes.parquet")) == FILLED


def test_minutes_from_a_note_reach_core_and_are_marked_as_such(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    rows = [ROW | {"note_text": NOTE}, ROW | {"documentation_id": "D2", "acp_minutes": "20", "note_text": NOTE}]
    (tmp_path / "in" / "doc.csv").write_text(extract_of(*rows))
    with connect(tmp_path / "w.duckdb") as con:
        land(con, Settings(warehouse=tmp_path / "w.duckdb"), [tmp_path / "in"])
        load_reference(con)
        set_parameters(con, Settings())
        build_room(con, "core")
        found = con.execute(
            "select documentation_id, minutes, minutes_source, has_minutes_from_note from core.acp_session order by 1"
        ).fetchall()
        assert found == [("D1", 35, "minutes", True), ("D2", 20, "minutes", False)]
        checks = {r.check_id: r for r in run_checks(con, Settings(), load_catalogue())}
        assert "minutes" not in (checks["ACP-03"].reason or "")  # minutes count as documented, though the file has no such column


def test_note_text_reaches_no_table_release_log_or_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """One good row, one that is set aside, a note that names somebody in everything the reader keeps; a whole audit over them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    rows = [
        ROW | {"acp_minutes": "", "note_text": f"{NOTE} Wife {SECRET} present. DNI for {SECRET}."},
        ROW | {"documentation_id": "D2", "service_date": "no date", "note_text": f"{SECRET} set aside"},
    ]
    (tmp_path / "in" / "doc.csv").write_text(extract_of(*rows))
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(sys, "argv", ["midpoint", "audit", "in", "--as-of", "2026-06-30", "--warehouse", "w.duckdb", "--out", "releases"])
    code = 0
    try:
        main()
    except SystemExit as left:
        code = int(left.code or 0)
    said = capsys.readouterr()
    assert code == 0, said
    assert SECRET not in said.out + said.err + caplog.text
    warehouse = tmp_path / "w.duckdb"
    with connect(warehouse) as con:
        con.execute("checkpoint")
        key = owner_key(con, Settings(warehouse=warehouse))
        sealed = con.execute("select sealed_decisions, from_note from raw.acp_documentation").fetchall()
        assert SECRET in key.open(sealed[0][0]).decode()  # it is there, under seal
        assert "decisions" in sealed[0][1]
        tables = con.execute("select schema_name || '.' || table_name from duckdb_tables() where not temporary").fetchall()
        for (table,) in tables:
            assert con.execute(f"select count(*) from {table} t where t::varchar ilike $1", [f"%{SECRET}%"]).fetchone() == (0,), table
    hidden = SECRET.lower().encode()
    for path in tmp_path.rglob("*"):
        if path.is_file() and "in" not in path.relative_to(tmp_path).parts[:1]:
            assert hidden not in path.read_bytes().lower(), path
    assert (next((tmp_path / "releases").glob("2026*")) / "finding.csv").is_file()
