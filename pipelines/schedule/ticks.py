"""Dagster's side of the schedule: a sensor over the inbox, a schedule a job, and sensors that write the record and send alerts.

What does not belong here: what is due (due) and what a run does (assets). Every schedule ticks each day at its job's time and asks `due`,
as systemd and cron do: so the end of a short month, a day that was missed and one that failed are settled in one place.
"""

# No `from __future__ import annotations` here: Dagster wants the type of `context` itself, not its name.

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg

from pipelines.assets.warehouse import RETRY_NUMBER, pause_before_retry
from pipelines.errors import MidpointError
from pipelines.landing.inbox import find, rested
from pipelines.schedule.alerts import Alert, send
from pipelines.schedule.due import DONE, FAILED, JOBS, Record, Run, due, time_of
from pipelines.schedule.run import DAGSTER_JOBS, run_education, run_overrides
from pipelines.settings import Settings, load_settings

JOB, TICK, MAX_RETRIES = "midpoint/job", "midpoint/tick", "dagster/max_retries"
NAMES = {"landing": "nightly_landing", "audit": "monthly_audit", "education": "quarterly_education"}
DESCRIPTIONS = {
    "landing": "Lands what is new in the inbox, every night",
    "audit": "The retrospective audit of the month, as of its scheduled day, over the look-back",
    "education": "Lists and letters of provider education, of the current release",
}
WAITING = (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED)
STATUS_SECONDS = 15  # how often ended runs are looked for, at most

Overrides = Mapping[str, object] | None


def education_job(overrides: Overrides) -> dg.JobDefinition:
    """Writes provider education into the current release; it opens no warehouse."""

    @dg.op(name="write_education", description=DESCRIPTIONS["education"])
    def write(context: dg.OpExecutionContext) -> None:
        settings = load_settings(overrides)
        pause_before_retry(context.run, settings)
        context.log.info(f"release {run_education(settings)}")

    @dg.job(name="education", description=DESCRIPTIONS["education"], executor_def=dg.in_process_executor)
    def education() -> None:
        write()

    return education


def schedules(overrides: Overrides) -> list[dg.ScheduleDefinition]:
    """One a job that has a time, switched on."""
    settings = load_settings(overrides)
    return [_schedule(overrides, settings, job) for job in JOBS if time_of(settings.schedule, job) is not None]


def _schedule(overrides: Overrides, settings: Settings, job: str) -> dg.ScheduleDefinition:
    at = time_of(settings.schedule, job)
    assert at is not None

    @dg.schedule(
        name=NAMES[job],
        job_name=DAGSTER_JOBS.get(job, job),
        cron_schedule=f"{at.minute} {at.hour} * * *",
        execution_timezone=settings.schedule.time_zone,
        description=DESCRIPTIONS[job],
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        settings = load_settings(overrides)
        record = Record(settings)
        day = due(settings.schedule, record, job, context.scheduled_execution_time)
        if day is None:
            return dg.SkipReason(f"{job}: nothing is due")
        # A tick that failed is asked for under a new key, at the next day's time.
        return _request(settings, job, day, f"{job}-{day}-{record.failures(job, day)}")

    return tick


def _request(settings: Settings, job: str, day: date | None, run_key: str) -> dg.RunRequest:
    # Tried again from the start: another run may have had the warehouse in between.
    tags = {JOB: job, MAX_RETRIES: str(settings.schedule.retries), "dagster/retry_strategy": "ALL_STEPS"}
    config: dict[str, object] = {}
    if job != "education":
        config = {"resources": {"warehouse": {"config": run_overrides(settings, job, day) if day else {"unattended": True}}}}
    return dg.RunRequest(run_key=run_key, run_config=config, tags=tags | ({TICK: day.isoformat()} if day else {}))


def sensors(overrides: Overrides) -> list[dg.SensorDefinition]:
    """The inbox, and what became of scheduled runs."""
    schedule = load_settings(overrides).schedule
    often = min(schedule.look_seconds, STATUS_SECONDS)

    @dg.sensor(
        name="inbox",
        job_name="ingest",
        minimum_interval_seconds=schedule.look_seconds,
        description="Lands new files once nobody is writing them any more",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def inbox(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        settings = load_settings(overrides)
        if not settings.inbox:
            return dg.SkipReason("no inbox is set in midpoint.toml")
        try:
            found = find(list(settings.inbox), settings.made, may_be_empty=True)
        except MidpointError:
            return dg.SkipReason("the inbox is not there")
        still = rested(found, settings.schedule.stable_seconds)
        if not still:
            return dg.SkipReason(f"{len(found)} files, all still being written" if found else "the inbox is empty")
        seen = _seen(still)
        if context.cursor == seen:
            return dg.SkipReason(f"nothing new; {len(found) - len(still)} files still being written")
        if context.instance.get_runs_count(dg.RunsFilter(job_name="ingest", statuses=list(WAITING))):
            return dg.SkipReason("new files, and a landing that waits its turn will take them")
        context.update_cursor(seen)
        return _request(settings, "landing", None, f"inbox-{json.loads(seen)['state']}")

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="record_done",
        minimum_interval_seconds=often,
        description="Writes scheduled runs that are done into the schedule's record",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def record_done(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
        return _record(context, load_settings(overrides), DONE)

    @dg.run_failure_sensor(
        name="record_failed",
        minimum_interval_seconds=often,
        description="Writes scheduled runs that failed into the schedule's record and sends alerts",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def record_failed(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
        settings, tags = load_settings(overrides), context.dagster_run.tags
        if JOB in tags:
            attempt, retries = int(tags.get(RETRY_NUMBER, 0)) + 1, int(tags.get(MAX_RETRIES, 0))
            steps = sorted({event.step_key for event in context.get_step_failure_events() if event.step_key})
            where = f"step {', '.join(steps) or 'none'} of Dagster's run {context.dagster_run.run_id}"
            send(settings.schedule, Alert(tags[JOB], tags.get(TICK), attempt, retries + 1, attempt <= retries, where))
        return _record(context, settings, FAILED)

    return [inbox, record_done, record_failed]


def _seen(files: list[tuple[str, Path]]) -> str:
    """The sensor's cursor: how many files, and one hash over path, size and modification time of all of them: names may name patients.

    One hash, for Dagster keeps the cursor with every look, and an inbox may hold 100,000 files.
    """
    digest = hashlib.sha256()
    for shown, path in files:
        with suppress(FileNotFoundError):
            stat = path.stat()
            digest.update(f"{shown}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return json.dumps({"files": len(files), "state": digest.hexdigest()[:32]})


def _record(context: dg.RunStatusSensorContext, settings: Settings, outcome: str) -> dg.SkipReason | None:
    run = context.dagster_run
    if JOB not in run.tags or TICK not in run.tags:
        return dg.SkipReason("not a scheduled run")
    stats = context.instance.get_run_stats(run.run_id)
    ended = stats.end_time or datetime.now(UTC).timestamp()
    made = Run(
        run.tags[JOB],
        date.fromisoformat(run.tags[TICK]),
        outcome,
        datetime.fromtimestamp(stats.start_time or stats.launch_time or ended, UTC),
        datetime.fromtimestamp(ended, UTC),
        "dagster",
        _release(context.instance, run.run_id) if outcome == DONE else None,
        run.run_id,
    )
    Record(settings).add(made)
    return None


def _release(instance: dg.DagsterInstance, run_id: str) -> str | None:
    """The run id of the release that a run of Dagster published."""
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION):
        event = entry.get_dagster_event().step_materialization_data.materialization
        if event.asset_key == dg.AssetKey("release"):
            return str(event.metadata["run_id"].value)
    return None
