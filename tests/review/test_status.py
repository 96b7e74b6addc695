"""mart.finding_status: status and clocks, from reviews and the as-of date (RULES.md section 10)."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipelines.warehouse import connect, models, run_model

MODEL = next(model for model in models("mart") if model.name == "finding_status")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """As of 2026-06-30: o (overpayment) first seen before, n today, u (missed revenue) before; g was found until May, and is gone."""
    con = connect(":memory:", threads=1)
    con.execute("create table reference.parameter as select date '2026-06-30' as as_of_date")
    con.execute(
        "create table audit.check_result as select * from (values ('ACP-01', 'over'), ('DEN-01', 'under')) as t (check_id, direction)"
    )
    con.execute("""
        create table audit.finding as
        select *, 'c' as claim_key, 1 as line_number, null::varchar as documentation_id
        from (values
          ('o', 'ACP-01', 'over', date '2026-01-31'), ('n', 'ACP-01', 'over', date '2026-06-30'),
          ('u', 'DEN-01', 'under', date '2026-01-31')
        ) as t (finding_key, check_id, direction, first_seen_date)
    """)
    con.execute("""
        create table audit.finding_history as
        select *, 'c' as claim_key, 1 as line_number, null::varchar as documentation_id
        from (values
          ('o', 'ACP-01', date '2026-01-31', date '2026-06-30'), ('g', 'ACP-01', date '2026-01-31', date '2026-05-31'),
          ('later', 'ACP-01', date '2026-07-31', date '2026-07-31')
        ) as t (finding_key, check_id, first_seen_date, last_seen_date)
    """)
    con.execute(
        "create table audit.review (finding_key VARCHAR, review_number BIGINT, status VARCHAR, reason VARCHAR, reviewer VARCHAR,"
        " note VARCHAR, reviewed_date DATE)"
    )
    yield con
    con.close()


def status(con: duckdb.DuckDBPyConnection, columns: str, *reviews: tuple[str, str], key: str = "o") -> tuple[object, ...]:
    """``columns`` of one finding after ``reviews`` (status, day)."""
    for number, (said, day) in enumerate(reviews, 1):
        con.execute("insert into audit.review values (?, ?, ?, null, 'Ann', null, ?)", [key, number, said, day])
    run_model(con, MODEL)
    row = con.execute(f"select {columns} from mart.finding_status where finding_key = ?", [key]).fetchone()
    assert row is not None
    return tuple(str(value) if hasattr(value, "isoformat") else value for value in row)


def test_found_out_where_nobody_decided(con: duckdb.DuckDBPyConnection) -> None:
    run_model(con, MODEL)
    rows = con.execute(
        "select finding_key, status, is_found, clock, cast(last_seen_date as varchar) from mart.finding_status order by 1"
    ).fetchall()
    assert rows == [
        ("g", "gone", False, "potential", "2026-05-31"),
        ("n", "new", True, "potential", "2026-06-30"),
        ("o", "open", True, "potential", "2026-06-30"),
        ("u", "open", True, None, "2026-06-30"),
    ]


@pytest.mark.parametrize(
    ("day", "due", "left", "clock"),
    [("2026-06-30", "2026-08-29", 60, "running"), ("2026-05-01", "2026-06-30", 0, "running"), ("2026-04-30", "2026-06-29", -1, "overdue")],
)
def test_sixty_days_from_the_day_it_was_confirmed(con: duckdb.DuckDBPyConnection, day: str, due: str, left: int, clock: str) -> None:
    assert status(con, "status, refund_due_date, days_left, clock", ("confirmed", day)) == ("confirmed", due, left, clock)


@pytest.mark.parametrize(
    ("day", "until", "left", "clock"),
    [
        ("2026-06-01", "2026-11-28", 151, "investigating"),
        ("2026-01-01", "2026-06-30", 0, "investigating"),
        ("2025-12-31", "2026-06-29", -1, "investigation overdue"),
    ],
)
def test_an_investigation_has_180_days(con: duckdb.DuckDBPyConnection, day: str, until: str, left: int, clock: str) -> None:
    got = status(con, "investigate_by_date, days_left, clock, refund_due_date", ("reviewed", day))
    assert got == (until, left, clock, None)


def test_time_before_the_confirmation_suspends_nothing(con: duckdb.DuckDBPyConnection) -> None:
    got = status(
        con, "investigation_date, identified_date, refund_due_date, clock", ("reviewed", "2026-03-01"), ("confirmed", "2026-05-20")
    )
    assert got == ("2026-03-01", "2026-05-20", "2026-07-19", "running")


def test_an_investigation_after_it_suspends_the_clock(con: duckdb.DuckDBPyConnection) -> None:
    """Confirmed on 1 May; 20 days later an investigation of 30 days; the 60 days end 30 days later: 30 July."""
    days = (("confirmed", "2026-05-01"), ("reviewed", "2026-05-21"), ("confirmed", "2026-06-20"))
    assert status(con, "refund_due_date, clock", *days) == ("2026-07-30", "running")


def test_it_suspends_no_longer_than_180_days_after_it_began(con: duckdb.DuckDBPyConnection) -> None:
    """Began on 1 January: 180 days end on 30 June. Confirmed on 1 April, looked into again from 11 April: 80 days to 30 June are added."""
    days = (("reviewed", "2026-01-01"), ("confirmed", "2026-04-01"), ("reviewed", "2026-04-11"))
    assert status(con, "refund_due_date, clock", *days) == ("2026-08-19", "running")


def test_while_it_is_suspended(con: duckdb.DuckDBPyConnection) -> None:
    got = status(con, "status, refund_due_date, clock", ("confirmed", "2026-06-01"), ("reviewed", "2026-06-11"))
    assert got == ("reviewed", "2027-01-27", "suspended")  # 60 days, and 180 from 11 June to 8 December


@pytest.mark.parametrize(
    ("last", "clock", "identified"), [("dismissed", "dismissed", None), ("open", "potential", None), ("corrected", "met", "2026-01-01")]
)
def test_what_ends_a_clock(con: duckdb.DuckDBPyConnection, last: str, clock: str, identified: str | None) -> None:
    got = status(con, "status, clock, identified_date, days_left", ("confirmed", "2026-01-01"), (last, "2026-02-01"))
    assert got == (last, clock, identified, None)


def test_a_confirmed_finding_that_is_gone_keeps_its_clock(con: duckdb.DuckDBPyConnection) -> None:
    got = status(con, "status, review_status, clock, days_left", ("confirmed", "2026-06-20"), key="g")
    assert got == ("gone", "confirmed", "running", 50)


def test_missed_revenue_has_no_clock(con: duckdb.DuckDBPyConnection) -> None:
    got = status(
        con, "status, clock, refund_due_date, days_left, review_count", ("reviewed", "2026-06-01"), ("confirmed", "2026-06-02"), key="u"
    )
    assert got == ("confirmed", None, None, None, 2)
