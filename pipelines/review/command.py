"""`midpoint review` and `midpoint compare`: options to lists and releases, and how what came of them is shown. No logic of its own.

What is heavy (DuckDB) is imported by the command that needs it, so that help is quick.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines import terminal
from pipelines.errors import MidpointError
from pipelines.settings import load_settings

review_app = typer.Typer(
    help="What reviewers decide of findings: work lists out and back; the audit reads it and runs the 60-day clock.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Warehouse = Annotated[Path | None, typer.Option(help="The DuckDB warehouse, beside which the reviews lie. Default: midpoint.duckdb.")]
Reviews = Annotated[Path | None, typer.Option(help="The reviews' own database. Default: <warehouse>.reviews.sqlite.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
LISTED = 20  # conflicts and differences told one by one; --json has all


class Take(StrEnum):
    """Which side of a conflict stands."""

    file = "file"
    stored = "stored"


@review_app.command("export")
def export_list(
    paths: Annotated[
        list[Path], typer.Argument(metavar="[RELEASE] FILE", help="A release's folder (default: the current one); .xlsx or .csv.")
    ],
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE[,…]",
            help="Only these: status, check, direction, proof, payer, clinician, code, months=YYYY-MM..YYYY-MM. Repeatable.",
        ),
    ] = None,
    warehouse: Warehouse = None,
    reviews: Reviews = None,
    json: Json = False,
) -> None:
    """Write a work list of findings with their present status, to fill in and bring back."""
    if len(paths) > 2:
        raise typer.BadParameter("give one release and one file", param_hint="[RELEASE] FILE")
    settings = load_settings({"warehouse": warehouse, "reviews": reviews})
    from pipelines.review.lists import export

    release = paths[0] if len(paths) == 2 else settings.out / "current"
    count = export(release, settings.review_store, where or (), paths[-1])
    if json:
        terminal.print_json({"file": str(paths[-1]), "findings": count})
    else:
        typer.echo(f"{paths[-1]}: {count:,} findings")


@review_app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The list filled in, XLSX or CSV.")],
    take: Annotated[
        Take | None, typer.Option(help="What stands where somebody else has decided since. Default: show it, apply nothing.")
    ] = None,
    partial: Annotated[bool, typer.Option("--partial", help="Apply the rows that can be read, though others cannot.")] = False,
    warehouse: Warehouse = None,
    reviews: Reviews = None,
    json: Json = False,
) -> None:
    """Bring a filled-in list back; exit 3 where conflicts are left, or rows that could not be read. The next audit shows it."""
    store = load_settings({"warehouse": warehouse, "reviews": reviews}).review_store
    if not store.is_file():
        raise MidpointError(f"reviews {store}: not there yet; midpoint audit makes it, or name another with --reviews or --warehouse")
    from pipelines.review.lists import bring_back

    made = bring_back(file, store, take, partial)
    left = [conflict for conflict in made.conflicts if conflict["taken"] is None]
    if json:
        terminal.print_json(
            {"applied": made.applied, "unchanged_count": made.unchanged, "conflicts": made.conflicts, "unreadable": made.unreadable}
        )
    else:
        counts = {
            "applied": len(made.applied),
            "unchanged": made.unchanged,
            "conflicts": len(made.conflicts),
            "unreadable": len(made.unreadable),
        }
        typer.echo(", ".join(f"{number:,} {what}" for what, number in counts.items()))
        for text in made.unreadable[:LISTED]:
            typer.echo(f"  {text}")
        for conflict in made.conflicts[:LISTED]:
            sides = "; ".join(f"{side}: {_decision(conflict[side])}" for side in ("stored", "file"))
            typer.echo(f"  row {conflict['row']}, {conflict['finding_key']}: {sides}")
        if left:
            typer.echo("  nothing was applied of these: import again with --take file or --take stored")
    if left or made.unreadable:
        raise typer.Exit(3)


def _decision(said: dict[str, Any]) -> str:
    text = f"{said['status']} by {said['reviewer']} on {said['reviewed_date']}"
    return text + (f" ({said['reason']})" if said["reason"] else "")


def compare_releases(
    first: Annotated[Path, typer.Argument(metavar="RUN", help="A run id, or a release's folder.")],
    second: Annotated[Path, typer.Argument(metavar="RUN", help="The later one.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the releases. Default: releases.")] = None,
    json: Json = False,
) -> None:
    """Why two releases differ in their findings: each difference with its cause (data, rule, reference, parameter, program, review)."""
    releases = load_settings({"out": out}).out
    from pipelines.review.compare import CAUSES, compare

    made = compare(*(path if path.is_dir() else releases / path for path in (first, second)))
    if json:
        terminal.print_json(made)
        return
    typer.echo(f"{made['first']} → {made['second']}: {made['difference_count']:,} differences, {made['unexplained_count']:,} unexplained")
    changed = made["changed"]
    for name in ("files_added", "files_removed", "checks", "models", "references"):
        if changed[name]:
            more = f" and {len(changed[name]) - 5} more" if len(changed[name]) > 5 else ""
            typer.echo(f"  {name.replace('_', ' ')}: {', '.join(changed[name][:5])}{more}")
    for name, (before, after) in changed["parameters"].items():
        typer.echo(f"  {name}: {before} → {after}")
    for kind, causes in made["counts"].items():
        for cause, number in sorted(causes.items(), key=lambda item: -item[1]):
            typer.echo(f"{kind:<10}{number:>8,}  {cause}: {CAUSES[cause]}")
    for row in made["differences"][:LISTED]:
        subject = " ".join(str(row[name]) for name in ("check_id", "patient_control_number", "service_date") if row[name] is not None)
        columns = f" ({', '.join(row['columns'])})" if row["columns"] else ""
        typer.echo(f"  {row['kind']} {subject}{columns}: {row['cause']}, {row['why']}")
    if made["difference_count"] > LISTED:
        typer.echo(f"  … {made['difference_count'] - LISTED:,} more with --json")
