"""`midpoint education`: options to lists, letters and their memory. No logic of its own.

What does not belong here: what lists and letters say (lists, letters) and how files look (export).
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines import terminal
from pipelines.errors import MidpointError
from pipelines.settings import load_settings

education_app = typer.Typer(
    help="Provider education: lists by clinician and group, letters, and the memory of what was sent.",
    invoke_without_command=True,
    rich_markup_mode=None,
)

ReleaseOption = Annotated[Path | None, typer.Option("--release", help="A release's folder. Default: the current release.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the releases. Default: releases.")]
Warehouse = Annotated[
    Path | None, typer.Option(help="The warehouse beside which the memory of reviews and letters lies. Default: midpoint.duckdb.")
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], metavar="DATE", help="The day. Default: today.")]
Npis = Annotated[list[str] | None, typer.Option("--npi", metavar="NPI", help="This clinician or group alone; may be given again.")]


@education_app.callback()
def education(
    context: typer.Context,
    release: ReleaseOption = None,
    npi: Npis = None,
    months: Annotated[int, typer.Option(min=1, max=120, help="How many months of service to look at.")] = 12,
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="YYYY-MM", help="The last of them. Default: the last that ended 90 days before the as-of date."),
    ] = None,
    deidentify: Annotated[
        bool, typer.Option("--deidentify", help="Nothing that names a patient: no accounts, keys or days; counts under 11 are left out.")
    ] = False,
    no_letters: Annotated[bool, typer.Option("--no-letters", help="The lists alone.")] = False,
    save: Annotated[
        Path | None,
        typer.Option(help="Folder to write. Default: education in the release's folder, its name telling --deidentify and --npi."),
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Lists (CSV, Parquet, workbook) and letters (HTML, PDF) of a release."""
    if context.invoked_subcommand is not None:
        return
    from pipelines.education.export import write_education
    from pipelines.education.lists import Release, education_lists, period_of

    settings = load_settings({"out": out})
    read = Release(release or settings.out / "current")
    lists = education_lists(read, period_of(read.as_of, months, _month(last)), settings.education)
    # A selection stands apart, so that it never takes the place of the whole.
    name = "education" + ("-deidentified" if deidentify else "") + ("-selected" if npi else "")
    folder = save or read.folder / name
    with terminal.progress(json) as progress:
        step = (lambda done, total: progress("writing letters", done, total)) if progress else None
        made = write_education(lists, settings.education, folder, tuple(npi or ()), deidentify, not no_letters, step)
    if json:
        terminal.print_json(made | {"folder": str(folder)})
    else:
        terminal.print_pairs(_told(made, lists.rows, folder, tuple(npi or ())))


def _month(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m").date()  # a month has no time zone
    except ValueError:
        raise MidpointError(f"--to {text}: not a month; give it as YYYY-MM, as 2025-12") from None


def _told(made: dict[str, Any], rows: list[dict[str, Any]], folder: Path, npis: tuple[str, ...]) -> list[tuple[str, str]]:
    shown = [row for row in rows if not npis or row["npi"] in npis]
    people = {level: len({row["npi"] for row in shown if row["level"] == level}) for level in ("clinician", "group")}
    by_priority = {name: sum(1 for row in shown if row["priority"] == name) for name in ("high", "medium", "low")}
    return [
        ("Months of service", f"{made['period']}, as of {made['as_of_date']}"),
        ("Rows", f"{made['rows']:,} rules of {people['clinician']:,} clinicians and {people['group']:,} groups"),
        ("Priority", ", ".join(f"{number:,} {name}" for name, number in by_priority.items())),
        ("Letters", f"{made['letters']:,}" + (", de-identified" if made["is_deidentified"] else "")),
        ("Education", str(folder)),
    ]


@education_app.command()
def sent(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="An education folder. Default: that of the current release.")
    ] = None,
    npi: Npis = None,
    on: Day = None,
    out: Out = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Record that the letters of a folder were sent: from then on the lists and the dashboards follow whether they worked."""
    import polars as pl

    from pipelines.education.memory import record_sent

    settings = load_settings({"out": out, "warehouse": warehouse})
    source = folder or settings.out / "current" / "education"
    file = source / "education.parquet"
    if not file.is_file():
        raise MidpointError(f"{source}: no education.parquet in it; name a folder that midpoint education has written")
    rows = pl.read_parquet(file).filter(pl.col("level") == "clinician", pl.col("flagged_count") > 0)
    if npi:
        rows = rows.filter(pl.col("npi").is_in(npi))
    run_id = _run_id(source)
    day = on.date() if on else date.today()
    topics = [(row["npi"], row["check_id"]) for row in rows.iter_rows(named=True) if (source / "letters" / f"{row['npi']}.pdf").is_file()]
    if not topics:
        raise MidpointError(f"{source}: there are no letters in it{' to these NPIs' if npi else ''}; midpoint education writes them")
    new = record_sent(settings.review_store, topics, run_id, day)
    if json:
        terminal.print_json({"recorded": new, "known": len(topics) - new, "sent_date": day, "memory": str(settings.review_store)})
    else:
        people = len({one for one, _ in topics})
        terminal.print_pairs([
            ("Recorded", f"{new:,} topics of {people:,} letters as sent on {day}; {len(topics) - new:,} were known"),
            ("Memory", str(settings.review_store)),
        ])  # fmt: skip


def _run_id(folder: Path) -> str:
    import json

    try:
        return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["run_id"])
    except (OSError, ValueError, KeyError) as error:
        raise MidpointError(f"{folder}: no readable manifest.json; name a folder that midpoint education has written") from error


@education_app.command()
def acknowledge(
    npi: Annotated[str, typer.Argument(help="The clinician.")],
    by: Annotated[str, typer.Option(help="Who acknowledged, or who took it down.")],
    on: Day = None,
    check: Annotated[str | None, typer.Option(metavar="ID", help="This rule alone. Default: all that were sent.")] = None,
    out: Out = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Record that a clinician has acknowledged a letter."""
    from pipelines.education.memory import record_acknowledged

    settings = load_settings({"out": out, "warehouse": warehouse})
    day = on.date() if on else date.today()
    done = record_acknowledged(settings.review_store, npi, day, by, check)
    if json:
        terminal.print_json({"acknowledged": done, "acknowledged_date": day})
    else:
        terminal.print_pairs([("Acknowledged", f"{done:,} topics by {npi} on {day}")])
