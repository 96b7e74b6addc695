"""The documentation extract: every spelling that is read, every row that is set aside, every file that is refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Literal

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.documentation import extract
from pipelines.documentation.extract import COLUMNS, Documentation, looks_like_documentation, read_documentation
from pipelines.errors import MidpointError
from pipelines.landing.schema import create_raw_tables

GOOD = {
    "documentation_id": "D1",
    "service_date": "2025-03-01",
    "rendering_npi": "1234567893",
    "patient_control_number": "P1",
    "acp_minutes": "40",
}


def table(*rows: dict[str, str], delimiter: str = ",", newline: str = "\n", quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> bytes:
    """A CSV of these rows; its columns are those of the first."""
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0], delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def read(*rows: dict[str, str]) -> Documentation:
    return read_documentation(table(*rows), "notes.csv")


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def reasons(got: Documentation) -> list[tuple[int, str]]:
    return [(r.row_number, r.reason_code) for r in got.rejected]


def test_rows_have_the_columns_of_the_raw_table() -> None:
    con = duckdb.connect()
    create_raw_tables(con)
    stored = con.execute("select column_name, data_type from duckdb_columns() where table_name = 'acp_documentation'").fetchall()
    names: dict[pl.DataType, str] = {
        pl.String(): "VARCHAR",
        pl.Int32(): "INTEGER",
        pl.Date(): "DATE",
        pl.Time(): "TIME",
        pl.Boolean(): "BOOLEAN",
    }
    rows = read(GOOD).rows.drop("mrn")
    # free text is sealed by the landing, which keeps one fact of it
    made = ("file_key", "mrn_key", "is_dnr_elected")
    wanted = [(c.removeprefix("sealed_"), t.replace("BLOB", "VARCHAR")) for c, t in stored if c not in made]
    assert [(c, names[t]) for c, t in rows.schema.items()] == wanted


def test_the_page_lists_the_columns_in_order() -> None:
    page = (Path(__file__).parents[2] / "docs" / "documentation_extract.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| ([a-z_]+) \|", page, re.MULTILINE)[1:] == list(COLUMNS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_every_spelling_of_a_text_file(delimiter: str, newline: str, encoding: str) -> None:
    rows = [GOOD | {"decisions": 'façade, a;b|c\td\n"second" line'}, GOOD | {"documentation_id": "D2"}]
    content = table(*rows, delimiter=delimiter, newline=newline).decode().encode(encoding)
    got = read_documentation(content, "notes.csv")
    assert got.rows["documentation_id"].to_list() == ["D1", "D2"]
    assert got.rows["decisions"].to_list() == [rows[0]["decisions"], None]
    assert got.rows["row_number"].to_list() == [2, 4]
    assert got.warnings == (["not valid UTF-8, read as Latin-1"] if encoding == "latin-1" else [])
    assert got.rejected == []


def test_header_names_in_any_case_and_spelling_and_extra_columns() -> None:
    got = read_documentation(
        b"Documentation ID, Service-Date ,RENDERING_NPI,Mrn,Acp  Minutes,Clinic Name\nD1,2025-03-01,1234567893,M1,16,north\n", "n"
    )
    assert got.columns == ["documentation_id", "service_date", "rendering_npi", "mrn", "acp_minutes"]
    assert got.extra_columns == ["Clinic Name"]
    assert got.rows.select("mrn", "acp_minutes").row(0) == ("M1", 16)


def test_absent_column_is_not_an_empty_value_is_not_n() -> None:
    absent = read(GOOD)
    empty = read(GOOD | {"voluntary": ""})
    no = read(GOOD | {"voluntary": "N"})
    assert ["voluntary" in got.columns for got in (absent, empty, no)] == [False, True, True]
    assert [got.rows["voluntary"][0] for got in (absent, empty, no)] == [None, None, "N"]


@pytest.mark.parametrize(
    ("column", "text", "stored"),
    [
        ("service_date", " 2024-02-29 ", date(2024, 2, 29)),
        ("acp_minutes", "0", 0),
        ("acp_minutes", "1440", 1440),
        ("acp_minutes", "40.0", 40),
        ("acp_minutes", "", None),
        ("acp_start", "23:50", time(23, 50)),
        ("acp_stop", "0:10", time(0, 10)),
        ("acp_stop", "00:10:30", time(0, 10, 30)),
        ("modality", "In-Person", "in_person"),
        ("modality", "face to face", "in_person"),
        ("modality", "Audio only", "audio"),
        ("modality", "VIDEO", "video"),
        ("participants", " Patient; Daughter ;;", "patient;daughter"),
        ("topics", "Code Status;polst", "code_status;polst"),
        ("documents", " ; ", None),
        *((column, text, None) for column in ("topics", "documents", "participants", "absence_reason") for text in ("None", "n/a", " - ")),
        ("absence_reason", "None of the family could wake her", "None of the family could wake her"),
        ("pos", "2", "02"),
        ("author_npi", "1234567893", "1234567893"),
        ("note_text", "Talked, 40 min", True),
        ("note_text", "  ", False),
        ("session_seq", "2", 2),
        *(("voluntary", text, "Y") for text in ("Y", "y", "Yes", "TRUE", "1")),
        *(("patient_present", text, "N") for text in ("N", "n", "No", "false", "0")),
    ],
)
def test_values_read(column: str, text: str, stored: object) -> None:
    got = read(GOOD | {column: text})
    assert got.rejected == []
    assert got.rows[extract.STORED_AS.get(column, column)][0] == stored


@pytest.mark.parametrize(
    ("column", "text", "reason_code"),
    [
        ("documentation_id", " ", "missing_value"),
        ("service_date", "", "missing_value"),
        ("service_date", "2025-02-29", "bad_date"),
        ("service_date", "03/01/2025", "bad_date"),
        ("service_date", "2025-3-1", "bad_date"),
        ("rendering_npi", "123456789", "bad_npi"),
        ("rendering_npi", "12345678930", "bad_npi"),
        ("rendering_npi", "123456789X", "bad_npi"),
        ("author_npi", "none", "bad_npi"),
        ("patient_control_number", "", "no_patient"),
        ("acp_minutes", "-1", "bad_minutes"),
        ("acp_minutes", "1441", "bad_minutes"),
        ("acp_minutes", "40.5", "bad_minutes"),
        ("acp_minutes", "forty", "bad_minutes"),
        ("em_minutes", "99999999999", "bad_minutes"),
        ("encounter_minutes", "1e3", "bad_minutes"),
        ("session_seq", "first", "bad_integer"),
        ("acp_start", "24:00", "bad_time"),
        ("acp_stop", "9.30", "bad_time"),
        ("acp_stop", "12:60", "bad_time"),
        ("modality", "telepathy", "bad_modality"),
        ("time_separate", "maybe", "bad_flag"),
        ("pos", "home", "bad_pos"),
    ],
)
def test_a_bad_row_is_set_aside_and_its_neighbours_land(column: str, text: str, reason_code: str) -> None:
    bad = GOOD | {"documentation_id": "D2"} | {column: text}
    content = table(GOOD | {column: GOOD.get(column, "")}, bad, GOOD | {"documentation_id": "D3"})
    got = read_documentation(content, "notes.csv")
    assert got.rows["documentation_id"].to_list() == ["D1", "D3"]
    assert reasons(got) == [(3, reason_code)]
    assert column in got.rejected[0].message
    assert got.rejected[0].raw == content.splitlines(keepends=True)[2]


def test_a_message_names_every_bad_column_and_quotes_nothing() -> None:
    secret = {
        "patient_control_number": "SECRET-1",
        "mrn": "SECRET-2",
        "note_text": "SECRET-3",
        "acp_minutes": "SECRET-4",
        "voluntary": "SECRET-5",
    }
    (rejected,) = read(GOOD | secret).rejected
    assert rejected.message == "acp_minutes is not a whole number from 0 to 1440; voluntary is neither Y nor N"


def test_a_repeated_id_keeps_the_first_good_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "CHUNK_ROWS", 2)  # the repetition stands in another chunk
    got = read(GOOD | {"acp_minutes": "x"}, GOOD, GOOD | {"documentation_id": "D2"}, GOOD | {"acp_minutes": "16"})
    assert reasons(got) == [(2, "bad_minutes"), (5, "duplicate_id")]
    assert "row 3" in got.rejected[1].message
    assert got.rows["acp_minutes"].to_list() == [40, 40]


def test_broken_lines_do_not_swallow_the_rows_behind_them() -> None:
    header, good = table(GOOD).decode().splitlines()
    lines = [
        header,
        good,
        good.replace("D1", '"D2'),
        good.replace("D1", "D3"),
        "D4,2025-03-01",
        good.replace("D1", 'D5,"a"b'),
        "",
        good.replace("D1", '"D6"'),
    ]
    got = read_documentation("\n".join(lines).encode(), "notes.csv")
    assert got.rows["documentation_id"].to_list() == ["D1", "D3", "D6"]
    assert got.rows["row_number"].to_list() == [2, 4, 8]
    assert reasons(got) == [(3, "bad_quotes"), (5, "field_count"), (6, "bad_quotes")]
    assert [r.raw.decode().strip() for r in got.rejected] == [lines[2], lines[4], lines[5]]


def test_a_record_of_several_lines_is_set_aside_whole() -> None:
    (rejected,) = read(GOOD | {"note_text": "one\ntwo", "voluntary": "perhaps"}).rejected
    assert rejected.row_number == 2
    assert rejected.raw.count(b"\n") == 2
    assert rejected.raw.startswith(b"D1,")


def test_rows_of_blanks_are_no_rows() -> None:
    got = read_documentation(table(GOOD) + b",,,,\n\n", "notes.csv")
    assert (len(got.rows), got.rejected) == (1, [])
    assert read_documentation(b"\n\n" + table(GOOD), "notes.csv").rows["row_number"].to_list() == [4]


@pytest.mark.parametrize("column", ["documentation_id", "service_date", "rendering_npi", "patient_control_number"])
@pytest.mark.parametrize("make", [lambda row: table(row), lambda row: parquet(pl.DataFrame([row]))], ids=["csv", "parquet"])
def test_a_missing_column_is_one_line_that_names_it_and_those_found(column: str, make: Callable[[dict[str, str]], bytes]) -> None:
    row = {c: v for c, v in GOOD.items() if c != column} | {"Clinic\nName": "north"}
    with pytest.raises(MidpointError) as caught:
        read_documentation(make(row), "notes.csv")
    message = str(caught.value)
    assert message.startswith("notes.csv: ")
    assert f"lacks the column {column}" in message
    assert f"columns found: {', '.join(c for c in row if c in GOOD)}, Clinic Name" in message
    assert "\n" not in message


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(MidpointError, match="acp_minutes stands twice"):
        read_documentation(table(GOOD | {"ACP Minutes": "50"}), "notes.csv")


def test_a_file_without_minutes_lands_with_a_warning() -> None:
    without = {c: v for c, v in GOOD.items() if c != "acp_minutes"}
    assert ["acp_minutes" in w for w in read(without | {"acp_start": "09:00"}).warnings] == [True]
    assert read(without | {"acp_start": "09:00", "acp_stop": "09:20"}).warnings == []


def test_remarks_on_words_outside_the_list_and_on_no_rows() -> None:
    assert (
        read(GOOD | {"topics": "polst;hopes"}, GOOD | {"documentation_id": "D2"})
        .warnings[0]
        .startswith("topics: 1 rows have words other than")
    )
    assert read_documentation(table(GOOD).splitlines()[0], "notes.csv").warnings == ["no rows below the header"]


def test_parquet_of_proper_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "CHUNK_ROWS", 2)
    frame = pl.DataFrame(
        {
            "Documentation_ID": [1, 2, 3],
            "service_date": [datetime(2025, 3, 1, 14, 30), datetime(2025, 3, 2), datetime(2025, 3, 3)],
            "rendering_npi": [1234567893.0, None, 1234567893.0],
            "mrn": pl.Series(["M1", "M2", "M3"], dtype=pl.Categorical),
            "acp_minutes": [40.0, 16.0, float("nan")],
            "acp_start": [time(9, 0, 30), time(9, 0), None],
            "acp_stop": [datetime(2025, 3, 1, 9, 41), None, None],
            "voluntary": [True, False, None],
            "topics": [["polst", "Directive"], [], None],
            "em_minutes": pl.Series(["20", "30", None]).cast(pl.Decimal(9, 2)),
            "note_text": ["yes", None, ""],
            "raw_note": [b"\x00", b"", None],
        }
    )
    got = read_documentation(parquet(frame), "notes.parquet")
    kept = [
        "row_number",
        "documentation_id",
        "service_date",
        "rendering_npi",
        "mrn",
        "acp_minutes",
        "acp_start_time",
        "acp_stop_time",
        "voluntary",
        "topics",
    ]
    assert got.rows.select(*kept, "em_minutes", "has_note_text").rows() == [
        (1, "1", date(2025, 3, 1), "1234567893", "M1", 40, time(9, 0, 30), time(9, 41), "Y", "polst;directive", 20, True),
        (3, "3", date(2025, 3, 3), "1234567893", "M3", None, None, None, None, None, None, False),
    ]
    assert reasons(got) == [(2, "missing_value")]
    assert b'"mrn": "M2"' in got.rejected[0].raw
    assert got.extra_columns == ["raw_note"]


def test_a_fraction_of_a_minute_in_parquet_is_set_aside() -> None:
    got = read_documentation(parquet(pl.DataFrame([GOOD | {"acp_minutes": 40.5}])), "notes.parquet")
    assert reasons(got) == [(1, "bad_minutes")]


def test_parquet_that_cannot_be_read_is_one_line() -> None:
    whole = parquet(pl.DataFrame([GOOD]))
    for content in (b"PAR1", whole[:-20], whole[:40] + whole[60:]):
        with pytest.raises(MidpointError, match=r"^notes\.parquet: .*damaged; export it again$"):
            read_documentation(content, "notes.parquet")
    nested = parquet(pl.DataFrame([GOOD | {"decisions": {"cpr": "no"}}]))
    with pytest.raises(MidpointError, match="the column decisions holds Struct"):
        read_documentation(nested, "notes.parquet")


def test_told_from_its_first_bytes() -> None:
    assert looks_like_documentation(table(GOOD))
    assert looks_like_documentation(b"\xef\xbb\xbf\n" + table(GOOD, delimiter="\t"))
    assert looks_like_documentation(b"service_date|Rendering NPI|")
    assert looks_like_documentation(parquet(pl.DataFrame([GOOD]))[:100])
    for other in (b"", b"ISA*00*          *00*", b"%PDF-1.7\n", b"a,b,c\n1,2,3\n", b"mrn,name\n", bytes(range(256)), b'"' * 4096):
        assert not looks_like_documentation(other)


FIELDS = st.dictionaries(
    st.sampled_from(list(COLUMNS)), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12), max_size=6
)


@settings(max_examples=50, deadline=None)
@given(st.lists(FIELDS, max_size=8))
def test_each_row_lands_or_is_set_aside_once(drawn: list[dict[str, str]]) -> None:
    blank = dict.fromkeys(COLUMNS, "")
    rows = [blank | GOOD | {"documentation_id": f"D{i}"} | fields for i, fields in enumerate(drawn)]
    content = table(blank | GOOD | {"documentation_id": "the first"}, *rows, quoting=csv.QUOTE_ALL)
    got = read_documentation(content, "notes.csv")
    landed = dict(zip(got.rows["row_number"].to_list(), got.rows["documentation_id"].to_list(), strict=True))
    aside = [r.row_number for r in got.rejected]
    assert len(landed) + len(aside) == len(rows) + 1
    assert not landed.keys() & set(aside)
    for rejected in got.rejected:
        assert content.splitlines(keepends=True)[rejected.row_number - 1].startswith(rejected.raw.splitlines(keepends=True)[0])
    for value in got.rows["decisions"].drop_nulls():
        assert value in {row["decisions"].strip() for row in rows}


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_one_line(tail: bytes) -> None:
    content = table(GOOD) + tail
    got = read_documentation(content, "notes.csv")
    lines = content.splitlines(keepends=True)
    assert got.rows["documentation_id"][0] == "D1"
    assert all(r.raw.startswith(lines[r.row_number - 1]) for r in got.rejected)
    for damaged in (tail, b"PAR1" + tail):
        with pytest.raises(MidpointError) as caught:
            read_documentation(damaged, "notes")
        assert "\n" not in str(caught.value)
        assert looks_like_documentation(tail) in (True, False)
