"""The reviews' database, and work lists brought back into it: what is applied, what conflicts, what is refused."""

from __future__ import annotations

import csv
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import MidpointError
from pipelines.review.lists import bring_back
from pipelines.review.store import keep_memory, load_memory, open_store, reviews_of
from pipelines.warehouse import connect

TODAY = date(2026, 3, 1)
NAMES = ("finding_key", "version", "status", "reason", "reviewer", "note", "reviewed_date")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two findings, k1 and k2, never reviewed."""
    path = tmp_path / "reviews.sqlite"
    with open_store(path) as con:
        con.executemany(
            "insert into finding (finding_key, first_seen_date, last_seen_date) values (?, '2026-01-01', '2026-02-01')", [("k1",), ("k2",)]
        )
    return path


def listed(path: Path, *rows: tuple[object, ...]) -> Path:
    """A work list of ``rows`` (finding_key, version, status, and as much of NAMES as they have)."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(NAMES)
        writer.writerows([*row, *[""] * (len(NAMES) - len(row))] for row in rows)
    return path


def stored(path: Path) -> list[tuple[object, ...]]:
    with open_store(path) as con:
        return [tuple(row)[1:7] for row in con.execute("select * from review order by review_number")]


def test_what_is_decided_is_kept_with_its_day(store: Path, tmp_path: Path) -> None:
    made = bring_back(
        listed(tmp_path / "a.csv", ("k1", 0, "Confirmed", "60 min", "Ann", "", "2026-02-10"), ("k2", 0, "open")), store, today=TODAY
    )
    assert (made.applied, made.unchanged, made.conflicts) == (["k1"], 1, [])
    assert stored(store) == [("k1", "confirmed", "60 min", "Ann", None, "2026-02-10")]


def test_the_same_file_again_changes_nothing(store: Path, tmp_path: Path) -> None:
    file = listed(tmp_path / "a.csv", ("k1", 0, "confirmed", "", "Ann"))
    bring_back(file, store, today=TODAY)
    again = bring_back(file, store, today=date(2026, 4, 1))
    assert (again.applied, again.unchanged, again.conflicts) == ([], 1, [])
    assert len(stored(store)) == 1


def test_a_review_is_never_changed_nor_deleted(store: Path, tmp_path: Path) -> None:
    for version, status in ((0, "reviewed"), (1, "confirmed"), (2, "open")):
        bring_back(listed(tmp_path / "a.csv", ("k1", version, status, "", "Ann")), store, today=TODAY)
    assert [row[1] for row in stored(store)] == ["reviewed", "confirmed", "open"]
    con = sqlite3.connect(store)
    for statement in ("update review set status = 'open'", "delete from review"):
        with pytest.raises(sqlite3.DatabaseError, match="never"):
            con.execute(statement)
    con.close()


@pytest.mark.parametrize(("take", "statuses"), [(None, ["dismissed"]), ("stored", ["dismissed"]), ("file", ["dismissed", "confirmed"])])
def test_what_somebody_else_decided_is_not_overwritten_silently(store: Path, tmp_path: Path, take: str | None, statuses: list[str]) -> None:
    """Both exported version 0. Bob's dismissal comes back first; Ann's list changes k1, and k2, which nobody else has touched."""
    bring_back(listed(tmp_path / "bob.csv", ("k1", 0, "dismissed", "documented", "Bob")), store, today=TODAY)
    ann = listed(tmp_path / "ann.csv", ("k1", 0, "confirmed", "", "Ann"), ("k2", 0, "reviewed", "", "Ann"))
    made = bring_back(ann, store, take, today=TODAY)
    assert [row[1] for row in stored(store) if row[0] == "k1"] == statuses
    assert "k2" in made.applied
    if take != "file":
        (conflict,) = made.conflicts
        assert (conflict["row"], conflict["file"]["status"], conflict["stored"]["reviewer"]) == (2, "confirmed", "Bob")


def test_a_row_that_was_left_as_exported_is_no_conflict(store: Path, tmp_path: Path) -> None:
    bring_back(listed(tmp_path / "a.csv", ("k1", 0, "reviewed", "asked", "Ann")), store, today=TODAY)
    bring_back(listed(tmp_path / "b.csv", ("k1", 1, "confirmed", "asked", "Bob")), store, today=TODAY)
    old = bring_back(listed(tmp_path / "c.csv", ("k1", 1, "reviewed", "asked"), ("k2", 0, "new")), store, today=TODAY)
    assert (old.applied, old.unchanged, old.conflicts) == ([], 2, [])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("zz", 0, "confirmed", "", "Ann"), "finding_key zz is not known"),
        (("k1", 0, "maybe", "", "Ann"), "status maybe is none of open, reviewed"),
        (("k1", 0, "confirmed"), "reviewer is empty"),
        (("k1", 0, "dismissed", "", "Ann"), "reason is empty"),
        (("k1", 0, "new", "why", "Ann"), "status new cannot be decided"),
        (("k1", 7, "confirmed", "", "Ann"), "version 7 is none of this finding's"),
        (("k1", "x", "confirmed", "", "Ann"), "version x"),
        (("k1", 0, "confirmed", "", "Ann", "", "soon"), "reviewed_date soon is not a date"),
        (("k1", 0, "confirmed", "", "Ann", "", "2026-03-02"), "has not come yet"),
    ],
)
def test_nothing_is_applied_unless_all_rows_can_be_read(store: Path, tmp_path: Path, row: tuple[object, ...], said: str) -> None:
    file = listed(tmp_path / "a.csv", ("k2", 0, "confirmed", "", "Ann"), row)
    with pytest.raises(MidpointError, match="nothing was applied") as raised:
        bring_back(file, store, today=TODAY)
    assert "row 3: " in str(raised.value)
    assert said in str(raised.value)
    assert stored(store) == []
    made = bring_back(file, store, partial=True, today=TODAY)
    assert (made.applied, len(made.unreadable)) == (["k2"], 1)


def test_a_finding_twice_is_refused(store: Path, tmp_path: Path) -> None:
    with pytest.raises(MidpointError, match="row 3: finding_key k1 is there twice"):
        bring_back(listed(tmp_path / "a.csv", ("k1", 0, "open"), ("k1", 0, "confirmed", "", "Ann")), store, today=TODAY)


def test_dates_and_delimiters_as_excel_saves_them(store: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        "finding_key;version;status;reason;reviewer;note;reviewed_date\r\nk1;0;confirmed;caf\xe9;Ann;;2/10/2026\r\n".encode("cp1252")
    )
    bring_back(tmp_path / "a.csv", store, today=TODAY)
    assert stored(store) == [("k1", "confirmed", "caf\xe9", "Ann", None, "2026-02-10")]


@pytest.mark.parametrize("content", [b"", b"finding_key,status\r\nk1,open\r\n", b"PK\x03\x04 not a zip", b"\x00\x01\x02"])
def test_a_file_that_is_no_list(store: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(MidpointError, match=r"a\.xlsx: "):
        bring_back(tmp_path / "a.xlsx", store, today=TODAY)


def test_what_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "r").write_text("not a database, but long enough to look at" * 50)
    with pytest.raises(MidpointError, match="not a database"), open_store(tmp_path / "r"):
        pass


def test_a_writer_waits_for_another(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.review.store.WAIT_SECONDS", 0.1)
    with open_store(store), pytest.raises(MidpointError, match="locked"), open_store(store):
        pass


def test_the_earlier_first_and_the_later_last_day_win(store: Path) -> None:
    """The database knows k1 from January to February, an older warehouse from March; both end with January to March."""
    con = connect(":memory:", threads=1)
    load_memory(con, store)
    con.execute("update audit.finding_history set first_seen_date = '2026-03-01', last_seen_date = '2026-03-01' where finding_key = 'k1'")
    keep_memory(con, store)
    load_memory(con, store)
    days = con.execute(
        "select cast(first_seen_date as varchar), cast(last_seen_date as varchar) from audit.finding_history order by finding_key"
    )
    assert days.fetchall() == [("2026-01-01", "2026-03-01"), ("2026-01-01", "2026-02-01")]
    with open_store(store) as memory:
        kept = [tuple(row)[:3] for row in memory.execute("select * from finding order by finding_key")]
        assert reviews_of(memory) == {}
    assert kept == [("k1", "2026-01-01", "2026-03-01"), ("k2", "2026-01-01", "2026-02-01")]
    con.close()
