"""What is due: the newest scheduled day of each job against the record of what was done. Dagster's ticks, systemd and cron all ask here.

What does not belong here: running anything (run, ticks) and telling anybody (alerts).

A scheduled day counts from its time of day on, by the clock on the wall of the schedule's time zone. So an hour that the clocks pass over
in spring does not swallow a run, and one that comes twice in autumn does not double it. Only the newest scheduled day can be due: a machine
that was off for a week catches up once; older as-of dates are what a backfill is for.
"""

from __future__ import annotations

import sqlite3
from calendar import monthrange
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from pipelines.errors import MidpointError
from pipelines.settings import Schedule, Settings, clock_time

JOBS = ("landing", "audit", "education")  # in the order in which they run when several are due
DONE, FAILED = "done", "failed"

_TABLE = """
create table if not exists run (
  job text not null,            -- landing, audit or education
  tick text not null,           -- the scheduled day, YYYY-MM-DD; of an audit: its as-of date
  outcome text not null,        -- done or failed
  started_at text not null,     -- UTC
  ended_at text not null,
  started_by text not null,     -- command, dagster or backfill
  release text,                 -- run id of what was published
  dagster_run_id text unique    -- null unless Dagster ran it
)
"""


@dataclass(frozen=True)
class Run:
    """One ended run of the record."""

    job: str
    tick: date
    outcome: str
    started_at: datetime
    ended_at: datetime
    started_by: str
    release: str | None = None
    dagster_run_id: str | None = None


class Record:
    """The schedule's own memory, a small SQLite file beside the warehouse: each ended run with its scheduled day. No patient data."""

    def __init__(self, settings: Settings) -> None:
        self.path = settings.warehouse.with_name(settings.warehouse.name + ".schedule.sqlite")

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        try:
            con = sqlite3.connect(self.path, timeout=60)
            try:
                with con:
                    con.execute(_TABLE)
                    yield con
            finally:
                con.close()
        except sqlite3.Error as error:
            raise MidpointError(f"schedule record {self.path}: {error}; check that its folder is there and can be written") from error

    def add(self, run: Run) -> None:
        """Remember an ended run; one of Dagster's only once."""
        values = (run.job, run.tick.isoformat(), run.outcome, _stamp(run.started_at), _stamp(run.ended_at), run.started_by, run.release,
                  run.dagster_run_id)  # fmt: skip
        with self._open() as con:
            con.execute("insert or ignore into run values (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def runs(self, job: str | None = None) -> list[Run]:
        """All runs, or those of a job, as they ended; none where there is no record yet (asking makes none)."""
        if not self.path.exists():
            return []
        with self._open() as con:
            rows = con.execute(
                "select job, tick, outcome, started_at, ended_at, started_by, release, dagster_run_id from run"
                " where ? is null or job = ? order by ended_at, rowid",
                (job, job),
            ).fetchall()
        return [
            Run(j, date.fromisoformat(t), o, datetime.fromisoformat(s), datetime.fromisoformat(e), by, release, dagster)
            for j, t, o, s, e, by, release, dagster in rows
        ]

    def done(self, job: str) -> date | None:
        """The newest scheduled day of the job that was done."""
        return max((run.tick for run in self.runs(job) if run.outcome == DONE), default=None)

    def failures(self, job: str, tick: date) -> int:
        """How often a scheduled day failed."""
        return sum(run.tick == tick and run.outcome == FAILED for run in self.runs(job))


def due(schedule: Schedule, record: Record, job: str, now: datetime) -> date | None:
    """The scheduled day of the job that should run now: the newest that has come, unless it or a later one was done. now: with a zone."""
    tick = next(ticks_before(schedule, job, now), None)
    done = record.done(job)
    return None if tick is None or (done is not None and tick <= done) else tick


def all_due(schedule: Schedule, record: Record, now: datetime, jobs: Iterable[str] = JOBS) -> list[tuple[str, date]]:
    """(job, scheduled day) of everything due, in the order in which to run it."""
    return [(job, tick) for job in JOBS if job in jobs and (tick := due(schedule, record, job, now)) is not None]


def ticks_before(schedule: Schedule, job: str, now: datetime) -> Iterator[date]:
    """Scheduled days whose time has come, newest first. Ends at the beginning of the calendar; empty where the job has no time."""
    at = time_of(schedule, job)
    wall = now.astimezone(ZoneInfo(schedule.time_zone)).replace(tzinfo=None)
    if at is None:
        return
    for day in _days(schedule, job, wall.date(), -1):
        if datetime.combine(day, at) <= wall:
            yield day


def next_ticks(schedule: Schedule, job: str, now: datetime, count: int = 1) -> list[datetime]:
    """The next ``count`` times of the job, in the schedule's zone."""
    at = time_of(schedule, job)
    if at is None:
        return []
    zone = ZoneInfo(schedule.time_zone)
    wall = now.astimezone(zone).replace(tzinfo=None)
    coming = (datetime.combine(day, at) for day in _days(schedule, job, wall.date(), 1))
    # By way of UTC, an hour that there is not becomes the one that the clocks then show.
    return [moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone) for moment in islice((m for m in coming if m > wall), count)]


def time_of(schedule: Schedule, job: str) -> time | None:
    """The time of day of the job; None: it never falls due."""
    return clock_time(getattr(schedule, f"{job}_time"))


def audit_days(schedule: Schedule, first: date, last: date) -> list[date]:
    """The as-of dates of the months from ``first`` to ``last`` (any days of them), oldest first."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [_of_month(month, schedule.audit_day) for month in months]


def _days(schedule: Schedule, job: str, start: date, step: int) -> Iterator[date]:
    """Scheduled days of the job from the month (or day) of ``start``, forwards (1) or backwards (-1)."""
    if job == "landing":
        day = start
        while True:
            yield day
            day += timedelta(days=step)
    month = start.year * 12 + start.month - 1
    wanted = schedule.audit_day if job == "audit" else schedule.education_day
    while 12 <= month < 9999 * 12:
        if job == "audit" or month % 12 + 1 in schedule.months:
            yield _of_month(month, wanted)
        month += step


def _of_month(month: int, day: int) -> date:
    """The day of a month (counted from year 0), or its last one."""
    year, number = month // 12, month % 12 + 1
    return date(year, number, min(day, monthrange(year, number)[1]))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
