"""The memory of letters, and the control chart that follows them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.education.memory import load_letters, record_acknowledged, record_sent
from pipelines.errors import MidpointError
from pipelines.warehouse import connect, models, run_model

TOPICS = [("1000000001", "X-01"), ("1000000001", "X-02"), ("1000000002", "X-01")]


def letters(path: Path, as_of: date) -> list[tuple[object, ...]]:
    with connect(":memory:", threads=1) as con:
        load_letters(con, path, as_of)
        return con.execute(
            "select npi, check_id, sent_date, acknowledged_date, acknowledged_by from reference.letter order by all"
        ).fetchall()


def test_sent_and_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "letters.sqlite"
    assert letters(path, date(2026, 1, 1)) == []
    assert not path.exists()  # looking makes no file
    assert record_sent(path, TOPICS, "run", date(2026, 1, 10)) == 3
    assert record_sent(path, TOPICS, "run", date(2026, 1, 10)) == 0  # known already
    assert record_acknowledged(path, "1000000001", date(2026, 1, 20), "Dr. Example", "X-02") == 1
    assert record_acknowledged(path, "1000000001", date(2026, 1, 21), "Dr. Example") == 1
    assert letters(path, date(2026, 2, 1)) == [
        ("1000000001", "X-01", date(2026, 1, 10), date(2026, 1, 21), "Dr. Example"),
        ("1000000001", "X-02", date(2026, 1, 10), date(2026, 1, 20), "Dr. Example"),
        ("1000000002", "X-01", date(2026, 1, 10), None, None),
    ]
    assert letters(path, date(2026, 1, 9)) == []  # as of a day before they were sent
    with pytest.raises(MidpointError, match="no letter to 1000000003"):
        record_acknowledged(path, "1000000003", date(2026, 1, 21), "X")
    with pytest.raises(MidpointError, match="not acknowledged yet"):
        record_acknowledged(path, "1000000002", date(2026, 1, 9), "X")


def test_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "letters.sqlite"
    path.write_text("no database, but long enough to be looked at")
    with pytest.raises(MidpointError, match=r"letters.sqlite: cannot be used as the memory of letters"):
        record_sent(path, TOPICS, "run", date(2026, 1, 10))


def month(number: int) -> date:
    """Month 1 is January 2024."""
    return date(2024 + (number - 1) // 12, (number - 1) % 12 + 1, 1)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """A clinician with 100 lines a month, 20 flagged until the letter of July 2024 (month 7); a peer with a letter, two without."""
    con = connect(":memory:", threads=1)
    con.execute("create table core.clinician as select n::varchar as clinician_npi, 'S' as specialty_code from range(1, 5) t(n)")
    con.execute("insert into core.clinician values ('9', 'other')")
    con.execute("create table reference.letter (npi VARCHAR, check_id VARCHAR, sent_date DATE, acknowledged_date DATE)")
    con.execute(
        "insert into reference.letter values ('1', 'X-01', date '2024-07-15', date '2024-07-20'), ('2', 'X-01', date '2024-07-15', null),"
        " ('2', 'X-01', date '2024-01-15', date '2024-01-20')"
    )
    con.execute(
        "create schema if not exists audit; create table audit.check_month"
        " (check_id VARCHAR, month DATE, clinician_npi VARCHAR, billing_npi VARCHAR, eligible_count BIGINT, flagged_count BIGINT)"
    )
    after = {8: 20, 9: 21, 10: 31, 11: 33, 12: 7, 13: 19, 14: 19, 15: 19, 16: 19, 17: 19, 18: 19, 19: 19, 20: 19, 21: 21}
    for number in range(1, 22):
        flagged = after.get(number, 20)
        rows = [("1", 100, flagged), ("2", 100, 5), ("3", 10, 1), ("4", 30, 3), ("9", 500, 500)]
        for one, eligible, found in rows:
            con.execute("insert into audit.check_month values ('X-01', ?, ?, null, ?, ?)", [month(number), one, eligible, found])
    con.execute("insert into audit.check_month values ('X-02', ?, '1', null, 100, 50)", [month(3)])
    for model in models("mart"):
        if model.table in ("mart.letter_effect", "mart.letter_result"):
            run_model(con, model)
    return con


def test_the_control_chart(con: duckdb.DuckDBPyConnection) -> None:
    """Centre 0.2, three errors of 100 lines 0.12: limits 0.08 and 0.32. 33 is above, 7 below; the eighth below the centre ends a run."""
    rows = con.execute(
        "select month, phase, signal, eligible_count, flagged_count, round(centre_share, 9), round(low_share, 9), round(high_share, 9),"
        " peer_count, peer_eligible_count, peer_flagged_count from mart.letter_effect where npi = '1' order by month"
    ).fetchall()
    assert [row[1] for row in rows] == ["before"] * 6 + ["letter"] + ["after"] * 14
    assert {row[5:8] for row in rows} == {(0.2, 0.08, 0.32)}
    # Months 12 to 20 lie below the centre: nine in a row, of which the first is beyond the limit and the eighth and ninth are a run.
    signals = {number: row[2] for number, row in enumerate(rows, 1) if row[2]}
    assert signals == {11: "above", 12: "below", 19: "run below", 20: "run below"}
    # The peers: 3 and 4 of the specialty, not 2, who has a letter too, nor the other specialty.
    assert {row[8:] for row in rows} == {(2, 40, 4)}
    assert con.execute("select count(*) from mart.letter_effect where check_id = 'X-02'").fetchone() == (0,)


def test_what_is_rare_gives_no_signal(con: duckdb.DuckDBPyConnection) -> None:
    """One of 30 before; eight months of three lines without any: 0.8 were to be expected, so it says nothing. Nor does one of one."""
    con.execute("insert into reference.letter values ('8', 'X-01', date '2024-07-15', null)")
    con.execute("insert into core.clinician values ('8', 'S')")
    for number in range(1, 17):
        eligible, flagged = (5, int(number == 1)) if number < 7 else (3, 0) if number < 16 else (1, 1)
        con.execute("insert into audit.check_month values ('X-01', ?, '8', null, ?, ?)", [month(number), eligible, flagged])
    for model in models("mart"):
        if model.table in ("mart.letter_effect", "mart.letter_result"):
            run_model(con, model)
    assert con.execute("select count(*) from mart.letter_effect where npi = '8' and signal is not null").fetchone() == (0,)
    assert con.execute("select verdict from mart.letter_result where npi = '8'").fetchone() == ("no signal of a change",)


def test_limits_stay_within_nothing_and_all(con: duckdb.DuckDBPyConnection) -> None:
    low, high = con.execute("select min(low_share), max(high_share) from mart.letter_effect where npi = '2'").fetchone() or (1, 0)
    assert low == 0
    assert 0.05 < high < 1


def test_what_came_of_it_in_one_row(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "select npi, sent_date, acknowledged_date, before_count, before_flagged_count, after_count, after_flagged_count, peer_before_count,"
        " peer_before_flagged_count, peer_after_count, peer_after_flagged_count, month_count, better_count, worse_count, verdict"
        " from mart.letter_result order by npi"
    ).fetchall()
    flagged = sum((20, 21, 31, 33, 7, *[19] * 8, 21))
    assert rows == [
        ("1", date(2024, 7, 15), date(2024, 7, 20), 600, 120, 1400, flagged, 240, 24, 560, 56, 14, 3, 1, "mixed signals"),
        ("2", date(2024, 7, 15), None, 600, 30, 1400, 70, 240, 24, 560, 56, 14, 0, 0, "no signal of a change"),
    ]
