"""What is due, by hand-made calendars: time zones, clocks that change, short months, missed days, failures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipelines.schedule.due import JOBS, Record, Run, all_due, audit_days, due, next_ticks
from pipelines.settings import Schedule, Settings

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(Settings(warehouse=tmp_path / "m.duckdb"))


def at(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def ended(job: str, tick: str, outcome: str = "done", dagster_run_id: str | None = None) -> Run:
    moment = datetime.fromisoformat(f"{tick}T12:00:00+00:00")
    return Run(job, date.fromisoformat(tick), outcome, moment, moment, "command", None, dagster_run_id)


def test_a_day_is_due_from_its_time_on_in_its_own_zone(record: Record) -> None:
    schedule = Schedule(landing_time="01:30", time_zone="Pacific/Honolulu")
    record.add(ended("landing", "2026-03-04"))
    # 11:29 UTC is 01:29 in Honolulu
    assert due(schedule, record, "landing", datetime(2026, 3, 5, 11, 29, tzinfo=UTC)) is None
    assert due(schedule, record, "landing", datetime(2026, 3, 5, 11, 30, tzinfo=UTC)) == date(2026, 3, 5)
    assert due(Schedule(landing_time="01:30", time_zone="UTC"), record, "landing", datetime(2026, 3, 5, 11, 29, tzinfo=UTC)) == date(
        2026, 3, 5
    )


def test_the_hour_that_is_passed_over_swallows_no_run(record: Record) -> None:
    """New York, 8 March 2026: 02:00 is followed by 03:00."""
    schedule = Schedule(landing_time="02:30")
    record.add(ended("landing", "2026-03-07"))
    assert due(schedule, record, "landing", datetime(2026, 3, 8, 6, 59, tzinfo=UTC)) is None  # 01:59
    assert due(schedule, record, "landing", datetime(2026, 3, 8, 7, 0, tzinfo=UTC)) == date(2026, 3, 8)  # 03:00
    assert next_ticks(schedule, "landing", at("2026-03-07T12:00"))[0].isoformat() == "2026-03-08T03:30:00-04:00"


def test_the_hour_that_comes_twice_gives_one_run(record: Record) -> None:
    """New York, 1 November 2026: 02:00 is followed by 01:00."""
    schedule = Schedule(landing_time="01:30")
    record.add(ended("landing", "2026-10-31"))
    first, second = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert {moment.astimezone(NEW_YORK).time().isoformat() for moment in (first, second)} == {"01:30:00"}
    assert due(schedule, record, "landing", first) == date(2026, 11, 1)
    record.add(ended("landing", "2026-11-01"))
    assert due(schedule, record, "landing", datetime(2026, 11, 1, 6, 10, tzinfo=UTC)) is None  # 01:10 again: before its time
    assert due(schedule, record, "landing", second) is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (29, ["2027-01-29", "2027-02-28", "2027-03-29", "2027-04-29"]),
        (30, ["2027-01-30", "2027-02-28", "2027-03-30", "2027-04-30"]),
        (31, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
    ],
)
def test_the_end_of_a_short_month(record: Record, day: int, expected: list[str]) -> None:
    schedule = Schedule(audit_day=day, audit_time="02:30")
    coming = next_ticks(schedule, "audit", at("2027-01-01T00:00"), 4)
    assert [moment.date().isoformat() for moment in coming] == expected
    assert [d.isoformat() for d in audit_days(schedule, date(2027, 1, 15), date(2027, 4, 1))] == expected
    record.add(ended("audit", expected[0]))
    assert due(schedule, record, "audit", at("2027-02-28T02:29")) is None
    assert due(schedule, record, "audit", at("2027-02-28T02:30")) == date(2027, 2, 28)
    assert audit_days(schedule, date(2028, 2, 1), date(2028, 2, 1)) == [date(2028, 2, 29)]


def test_days_that_were_missed_are_caught_up_once(record: Record) -> None:
    schedule = Schedule()
    record.add(ended("landing", "2026-05-01"))
    record.add(ended("audit", "2026-04-05"))
    record.add(ended("education", "2026-04-10"))
    # off from May to the middle of July: the newest of each, in the order of the work
    now = at("2026-07-20T09:00")
    assert all_due(schedule, record, now) == [
        ("landing", date(2026, 7, 20)),
        ("audit", date(2026, 7, 5)),
        ("education", date(2026, 7, 10)),
    ]
    for job, tick in all_due(schedule, record, now):
        record.add(ended(job, tick.isoformat()))
    assert all_due(schedule, record, now) == []
    assert all_due(schedule, record, at("2026-07-20T23:59")) == []


def test_what_failed_stays_due_and_what_is_newer_takes_its_place(record: Record) -> None:
    schedule = Schedule()
    record.add(ended("audit", "2026-05-05", "failed"))
    record.add(ended("audit", "2026-05-05", "failed"))
    assert due(schedule, record, "audit", at("2026-05-06T02:30")) == date(2026, 5, 5)
    assert record.failures("audit", date(2026, 5, 5)) == 2
    assert record.failures("audit", date(2026, 6, 5)) == 0
    assert due(schedule, record, "audit", at("2026-06-05T02:30")) == date(2026, 6, 5)
    record.add(ended("audit", "2026-06-05"))
    assert due(schedule, record, "audit", at("2026-06-06T02:30")) is None


def test_education_keeps_to_its_months(record: Record) -> None:
    schedule = Schedule(education_months="2, 8", education_day=30)
    assert [moment.date().isoformat() for moment in next_ticks(schedule, "education", at("2026-01-01T00:00"), 3)] == [
        "2026-02-28",
        "2026-08-30",
        "2027-02-28",
    ]
    assert due(schedule, record, "education", at("2026-08-30T04:29")) == date(2026, 2, 28)


def test_a_job_without_a_time_never_falls_due(record: Record) -> None:
    schedule = Schedule(landing_time="", audit_time="", education_time="")
    assert all_due(schedule, record, at("2026-07-20T09:00")) == []
    assert [next_ticks(schedule, job, at("2026-07-20T09:00")) for job in JOBS] == [[], [], []]


def test_a_run_of_dagster_is_remembered_once(record: Record) -> None:
    for _ in range(2):
        record.add(ended("audit", "2026-05-05", "failed", "one"))
    record.add(ended("audit", "2026-05-05", "failed", "two"))
    assert record.failures("audit", date(2026, 5, 5)) == 2


def test_asking_makes_no_record(record: Record) -> None:
    assert record.runs() == []
    assert not record.path.exists()
