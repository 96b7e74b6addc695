"""Runs what is due, and backfills of past as-of dates, in this process: for systemd, cron and whoever has no daemon.

What does not belong here: what is due (due), what a job does (definitions), Dagster's own ticks (ticks).
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.errors import MidpointError
from pipelines.schedule.alerts import Alert, send
from pipelines.schedule.due import DONE, FAILED, JOBS, Record, Run, all_due, audit_days, ticks_before
from pipelines.settings import Settings, load_settings

DAGSTER_JOBS = {"landing": "ingest", "audit": "audit"}  # education needs no warehouse and no job of assets

Progress = Callable[[str, int, int], None]


def run_overrides(settings: Settings, job: str, tick: date) -> dict[str, object]:
    """What a scheduled run says of its settings: nobody watches it, and an audit speaks of its scheduled day and looks back from there."""
    said: dict[str, object] = {"unattended": True}
    if job == "audit":
        said |= {"as_of": tick.isoformat(), "lookback_years": settings.schedule.lookback_years}
    return said


def run_due(
    given: Mapping[str, object],
    jobs: Sequence[str] = JOBS,
    again: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Progress | None = None,
) -> list[Run]:
    """Run each of the jobs that is due, once, in order; returns their runs, none where nothing is due.

    given: settings by field name, over midpoint.toml and the environment. again: the newest scheduled day even if it was done.
    A second call waits for the first, and then finds nothing due. What fails is tried again (schedule.retries), told (alerts) and stays
    due; the other jobs run all the same. Raises MidpointError, or what it was that failed last, after all have run.
    """
    settings = load_settings(given)
    record = Record(settings)
    made: list[Run] = []
    failure: Exception | None = None
    with turn(settings):
        if again:
            newest = [(job, next(ticks_before(settings.schedule, job, now()), None)) for job in JOBS if job in jobs]
            wanted = [(job, tick) for job, tick in newest if tick is not None]
        else:
            wanted = all_due(settings.schedule, record, now(), jobs)
        for job, tick in wanted:
            try:
                made.append(_run_with_retries(given, settings, record, job, tick, progress))
            except Exception as error:
                failure = error
    if failure is not None:
        raise failure
    return made


def _run_with_retries(
    given: Mapping[str, object], settings: Settings, record: Record, job: str, tick: date, progress: Progress | None
) -> Run:
    attempts = 1 + settings.schedule.retries
    for attempt in range(1, attempts + 1):
        started = datetime.now(UTC)
        try:
            release = run_one({**given, **run_overrides(settings, job, tick)}, job, progress)
        except Exception as error:
            record.add(Run(job, tick, FAILED, started, datetime.now(UTC), "command"))
            will_retry = attempt < attempts
            send(settings.schedule, Alert(job, tick.isoformat(), attempt, attempts, will_retry, "the output of midpoint schedule run"))
            if not will_retry:
                if isinstance(error, MidpointError):
                    raise MidpointError(f"{job} of {tick}: {error}") from error
                raise
            time.sleep(settings.schedule.retry_delay_seconds)
            settings = load_settings(given)  # which may have been what was wrong
        else:
            run = Run(job, tick, DONE, started, datetime.now(UTC), "command", release)
            record.add(run)
            return run
    raise AssertionError("a last attempt either returns or raises")


def run_one(given: Mapping[str, object], job: str, progress: Progress | None = None) -> str | None:
    """One run of a job with these settings; returns the run id of the release that it made or worked on. Raises MidpointError."""
    if job == "education":
        return run_education(load_settings(given))
    from pipelines.assets.run import run_job  # Dagster and Great Expectations: seconds

    made: dict[str, Any] = run_job(DAGSTER_JOBS[job], given, progress)
    return made["release"]["run_id"] if "release" in made else None


def run_education(settings: Settings) -> str:
    """Lists and letters of the current release into its folder ``education``; returns the release's run id."""
    from pipelines.education.export import write_education
    from pipelines.education.lists import Release, education_lists, period_of

    release = Release(settings.out / "current")
    lists = education_lists(release, period_of(release.as_of, settings.schedule.education_period_months), settings.education)
    write_education(lists, settings.education, release.folder / "education")
    return release.run_id


def backfill(given: Mapping[str, object], first: date, last: date, progress: Progress | None = None) -> Generator[Run]:
    """Audit the as-of dates of the months from ``first`` to ``last`` (any days of them), oldest first; gives each run as it ends.

    Each is what a scheduled audit of that day is today: with all that has landed since. `current` stays at a later release.
    Raises MidpointError when a month's day has not come yet, or an audit fails; what was done before it stays.
    """
    settings = load_settings(given)
    days = audit_days(settings.schedule, first, last)
    if not days:
        raise MidpointError(f"from {first:%Y-%m} to {last:%Y-%m}: there is no month in it; name the earlier one first")
    today = datetime.now(ZoneInfo(settings.schedule.time_zone)).date()
    if days[-1] > today:
        raise MidpointError(f"the as-of date {days[-1]} has not come yet; name months that have passed")
    record = Record(settings)
    for day in days:
        started = datetime.now(UTC)
        with turn(settings):
            try:
                release = run_one({**given, **run_overrides(settings, "audit", day)}, "audit", progress)
            except Exception as error:
                record.add(Run("audit", day, FAILED, started, datetime.now(UTC), "backfill"))
                if isinstance(error, MidpointError):
                    raise MidpointError(f"audit of {day}: {error}; --from {day:%Y-%m} goes on from there") from error
                raise
            run = Run("audit", day, DONE, started, datetime.now(UTC), "backfill", release)
            record.add(run)
        yield run


@contextmanager
def turn(settings: Settings) -> Generator[None]:
    """One scheduled run of a warehouse at a time, however many are started; the others wait. The system ends it with the process."""
    path: Path = settings.warehouse.with_name(settings.warehouse.name + ".schedule.lock")
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise MidpointError(f"{path}: cannot be written ({error.strerror}); check the folder of the warehouse") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
