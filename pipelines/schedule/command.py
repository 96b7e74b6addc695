"""The `midpoint schedule` command: options to settings, settings to what is run or written. No logic of its own."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines import terminal
from pipelines.errors import MidpointError
from pipelines.places import check_out, check_warehouse
from pipelines.schedule.due import JOBS, Record, due, next_ticks
from pipelines.settings import Settings, load_settings

schedule_app = typer.Typer(
    help="Runs that start by themselves: landing every night, the audit every month, provider education every quarter.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Warehouse = Annotated[Path | None, typer.Option(help="The DuckDB warehouse. Default: that of midpoint.toml.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the releases. Default: that of midpoint.toml.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
LAST_RUNS = 10


class Which(StrEnum):
    """What `midpoint schedule run` runs."""

    due = "due"
    landing = "landing"
    audit = "audit"
    education = "education"


@schedule_app.command("show")
def show(warehouse: Warehouse = None, json: Json = False) -> None:
    """What is due, when each job comes next, and what the last runs came to."""
    settings = load_settings({"warehouse": warehouse})
    record, now = Record(settings), datetime.now(UTC)
    jobs = [
        {
            "job": job,
            "due": due(settings.schedule, record, job, now),
            "next": next(iter(next_ticks(settings.schedule, job, now)), None),
            "last_done": record.done(job),
        }
        for job in JOBS
    ]
    shown = {
        "time_zone": settings.schedule.time_zone,
        "lookback_years": settings.schedule.lookback_years,
        "mature_days": settings.schedule.mature_days,
        "jobs": jobs,
        "runs": [asdict(run) for run in record.runs()[-LAST_RUNS:]],
    }
    if json:
        terminal.print_json(shown)
    else:
        terminal.print_schedule(shown)


@schedule_app.command("run")
def run(
    which: Annotated[Which, typer.Argument(help="One job, or all that are due.")] = Which.due,
    again: Annotated[bool, typer.Option("--again", help="The newest scheduled day of the job, though it was done.")] = False,
    warehouse: Warehouse = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Run what is due, once, however many days were missed; wait for a run that is under way. For systemd, cron and by hand."""
    if again and which is Which.due:
        raise typer.BadParameter("name one job with it: landing, audit or education", param_hint="--again")
    given: dict[str, object] = {"warehouse": warehouse, "out": out}
    settings = _checked(given)
    from pipelines.schedule.run import run_due

    with terminal.progress(json) as progress:
        made = run_due(given, JOBS if which is Which.due else (which.value,), again, progress=progress)
    if json:
        terminal.print_json([asdict(one) for one in made])
    elif made:
        terminal.print_runs([asdict(one) for one in made])
    else:
        now = datetime.now(UTC)
        coming = [f"{job} {moment:%Y-%m-%d %H:%M %Z}" for job in JOBS for moment in next_ticks(settings.schedule, job, now)]
        typer.echo(f"Nothing is due. Next: {', '.join(coming) or 'nothing, for no job has a time'}.")


@schedule_app.command("backfill")
def backfill(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m"], metavar="YYYY-MM", help="First month.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m"], metavar="YYYY-MM", help="Last month.")],
    warehouse: Warehouse = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Audit past as-of dates, one a month (audit_day), oldest first; each is a release, and `current` stays at the newest date."""
    given: dict[str, object] = {"warehouse": warehouse, "out": out}
    _checked(given)
    from pipelines.schedule.run import backfill as run_backfill

    made: list[dict[str, object]] = []
    with terminal.progress(json) as progress:
        for one in run_backfill(given, first.date(), last.date(), progress):
            made.append(asdict(one))
            if not json:
                terminal.print_runs([asdict(one)])
    if json:
        terminal.print_json(made)


@schedule_app.command("install")
def install(
    folder: Annotated[Path | None, typer.Option("--dir", help="Where to write them. Default: schedule/, or with --user systemd's.")] = None,
    is_user: Annotated[bool, typer.Option("--user", help="Units of this user, not of the machine.")] = False,
) -> None:
    """Write a systemd service and timer and a line for cron, and print what to run to switch one of them on."""
    settings = load_settings()
    from pipelines.schedule.install import enabling, units, user_folder

    if not settings.inbox:
        raise MidpointError("no inbox: set inbox in midpoint.toml, so that runs which start by themselves know it")
    target = (folder or (user_folder() if is_user else Path("schedule"))).absolute()
    texts = units(settings.schedule, Path.cwd(), is_user)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8")
        typer.echo(f"# wrote {target / name}")
    for line in enabling(target, is_user):
        typer.echo(line)


@schedule_app.command("daemon")
def daemon(
    home: Annotated[Path | None, typer.Option(help="Dagster's home. Default: <warehouse>.dagster.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of Dagster's page on 127.0.0.1.")] = 3000,
    no_page: Annotated[bool, typer.Option("--no-page", help="The daemon alone.")] = False,
) -> None:
    """Run Dagster's daemon (schedules, inbox sensor, queue) and its page, until stopped."""
    settings = _checked({})
    if not settings.inbox:
        raise MidpointError("no inbox: set inbox in midpoint.toml, so that runs which start by themselves know it")
    from pipelines.schedule.daemon import make_home, serve

    serve(make_home(settings, home), None if no_page else port)


def _checked(given: dict[str, object]) -> Settings:
    """The settings, after what would stop every run is told at once."""
    settings = load_settings(given)
    check_warehouse(settings.warehouse)
    check_out(settings.out)
    return settings
