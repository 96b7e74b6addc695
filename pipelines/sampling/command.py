"""`midpoint sample`: options to a frame, a size or an estimate, and how these are shown. No statistics of its own.

What is heavy (DuckDB) is imported by the command that needs it, so that help is quick.
"""

from __future__ import annotations

import csv
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines import terminal
from pipelines.errors import MidpointError
from pipelines.settings import load_settings

sample_app = typer.Typer(
    help="Random samples of findings or claims: draw, plan the size, estimate the overpayment.", no_args_is_help=True, rich_markup_mode=None
)


class Of(StrEnum):
    """What is drawn."""

    findings = "findings"
    claims = "claims"


class Strata(StrEnum):
    """What the strata are made by."""

    amount = "amount"
    payer = "payer"
    check = "check"
    clinician = "clinician"
    none = "none"


class Allocation(StrEnum):
    """How the units are shared among the strata."""

    proportional = "proportional"
    neyman = "neyman"
    equal = "equal"


class Missing(StrEnum):
    """What a unit without an answer counts as."""

    refuse = "refuse"
    no_error = "no-error"
    overpayment = "overpayment"


Release = Annotated[Path | None, typer.Argument(help="A release's folder. Default: the current release.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE[,…]", help="Only these: check, direction, proof, payer, clinician, code, months=YYYY-MM..YYYY-MM. Repeatable."
    ),
]
OfWhat = Annotated[Of, typer.Option(help="The sampling unit.")]
By = Annotated[Strata, typer.Option(help="What the strata are made by.")]
Count = Annotated[int, typer.Option(min=1, max=20, help="How many strata by amount (Dalenius and Hodges).")]
Cuts = Annotated[
    str | None, typer.Option(metavar="50,100", help="Strata by amount at these bounds instead; each belongs to the lower one.")
]
TakeAll = Annotated[float | None, typer.Option(metavar="DOLLARS", help="Take every unit of that many dollars or more.")]
Allocate = Annotated[
    Allocation, typer.Option(help="By units, by units × standard deviation of the amounts, or the same from each stratum.")
]
Confidence = Annotated[float, typer.Option(min=50, max=99.9, metavar="PERCENT", help="Of the two-sided interval.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Csv = Annotated[bool, typer.Option("--csv", help="The rows as CSV (RFC 4180).")]


@sample_app.command("draw")
def draw_sample(
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new or empty folder for frame, sample, work list and manifest.")],
    seed: Annotated[int, typer.Option(help="The same seed draws the same units, on any machine.")],
    release: Release = None,
    of: OfWhat = Of.findings,
    where: Where = None,
    strata: By = Strata.none,
    strata_count: Count = 3,
    cuts: Cuts = None,
    take_all_from: TakeAll = None,
    size: Annotated[int | None, typer.Option(min=1, help="Units to draw, those taken whole included.")] = None,
    precision: Annotated[
        float | None, typer.Option(min=0.01, metavar="PERCENT", help="Instead of --size: to know the frame's dollars to ± PERCENT.")
    ] = None,
    confidence: Confidence = 90,
    allocation: Allocate = Allocation.proportional,
    json: Json = False,
) -> None:
    """Draw a stratified random sample without replacement, and write the work list that reviewers fill in."""
    if (size is None) == (precision is None):
        raise typer.BadParameter("give one of them", param_hint="--size, --precision")
    from pipelines.sampling.draw import deviations, draw, read_frame, stratify
    from pipelines.sampling.statistics import size_for_total

    frame = read_frame(_release(release), of, where or ())
    named = stratify(frame, strata, strata_count, _cuts(cuts), take_all_from)
    if size is None:
        spread = deviations(frame, named)
        whole = sum(n for name, (n, _) in spread.items() if name.startswith("all from "))
        rest = [values for name, values in spread.items() if not name.startswith("all from ")]
        dollars = float(sum(unit["amount"] for unit in frame.units))
        planned = size_for_total(rest, abs(dollars) * (precision or 0) / 100, confidence / 100, allocation) if rest else 0
        size = whole + max(planned, sum(min(2, n) for n, _ in rest))
    manifest = draw(frame, named, size, allocation, seed, out)
    if json:
        terminal.print_json({"folder": str(out), **manifest})
        return
    print_rows(
        [
            (
                "Frame",
                f"{manifest['frame']['count']:,} {of}, ${float(manifest['frame']['amount']):,.2f}; SHA-256 {manifest['frame']['sha256']}",
            ),
            *(("  left out", f"{number:,} {why}") for why, number in manifest["left_out"].items()),
            *(
                (f"  stratum {s['name']}", f"{s['sample_count']:,} of {s['frame_count']:,}, ${float(s['frame_amount']):,.2f}")
                for s in manifest["strata"]
            ),
            ("Sample", f"{manifest['size']:,} units, seed {seed}, {allocation} allocation"),
            ("Work list", f"{out / 'worklist.xlsx'}, {out / 'worklist.csv'}"),
        ]
    )


@sample_app.command("plan")
def plan_size(
    release: Release = None,
    of: OfWhat = Of.findings,
    where: Where = None,
    strata: By = Strata.none,
    strata_count: Count = 3,
    cuts: Cuts = None,
    allocation: Allocate = Allocation.proportional,
    pilot: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Instead of a release: a reviewed sample; its frame, strata and overpayments.")
    ] = None,
    pilot_list: Annotated[Path | None, typer.Option(metavar="WORKLIST", help="Its list filled in. Default: worklist.xlsx in DIR.")] = None,
    units: Annotated[int | None, typer.Option(min=1, help="Instead of a release: how many units the frame has.")] = None,
    mean: Annotated[float | None, typer.Option(help="With --units: dollars of a unit, which a precision in percent is a share of.")] = None,
    sd: Annotated[
        float | None, typer.Option(min=0, help="Standard deviation in dollars, as of a pilot's overpayments. Default: the frame's own.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=0, max=1, help="An attribute appraisal instead: the share in error that is expected.")
    ] = None,
    precision: Annotated[
        list[float] | None,
        typer.Option(min=0.01, metavar="PERCENT", help="± PERCENT of the dollars (of a pilot: overpaid); with --rate points. Repeatable."),
    ] = None,
    confidence: Confidence = 90,
    json: Json = False,
) -> None:
    """How many units to draw for a wanted precision: of dollars, or with --rate of the share in error."""
    from pipelines.sampling.statistics import allocate, size_for_rate, size_for_total

    if pilot is not None:
        from pipelines.sampling.estimate import estimate

        found = estimate(pilot, pilot_list or pilot / "worklist.xlsx")
        spread = {s["stratum"]: (s["frame_count"], s["standard_deviation"]) for s in found["strata"]}
        dollars = abs(found["estimates"][0]["point"])  # by the difference estimator
    elif units is None:
        from pipelines.sampling.draw import deviations, read_frame, stratify

        frame = read_frame(_release(release), of, where or ())
        spread = deviations(frame, stratify(frame, strata, strata_count, _cuts(cuts)))
        dollars = abs(float(sum(unit["amount"] for unit in frame.units)))
        if sd is not None:
            spread = {name: (count, sd) for name, (count, _) in spread.items()}
    else:
        if rate is None and (mean is None or sd is None):
            raise typer.BadParameter("with --units, give --rate, or --mean and --sd", param_hint="--units")
        spread, dollars = {"all": (units, sd or 0.0)}, abs(units * (mean or 0.0))
    rows: list[dict[str, Any]] = []
    listed = list(spread.values())
    frame_count = sum(count for count, _ in listed)
    for percent in precision or ([5, 10, 15] if rate is not None else [5, 10, 25]):
        if rate is None:
            number = size_for_total(listed, dollars * percent / 100, confidence / 100, allocation)
        else:
            number = size_for_rate(frame_count, rate, percent / 100, confidence / 100)
        number = max(number, sum(min(2, count) for count, _ in listed))
        shares = dict(zip(spread, allocate(number, listed, allocation), strict=True))
        rows.append(
            {"precision_percent": percent, "confidence_percent": confidence, "frame_count": frame_count, "size": number, "strata": shares}
        )
    if json:
        terminal.print_json(rows)
        return
    kind = "percentage points of the share in error" if rate is not None else "% of the dollars"
    print_rows([("Frame", f"{frame_count:,} units" + (f", ${dollars:,.2f}" if rate is None else ""))])
    for row in rows:
        parts = "; ".join(f"{name}: {number:,}" for name, number in row["strata"].items()) if len(spread) > 1 else ""
        print_rows(
            [
                (
                    f"± {row['precision_percent']:g} {kind}, {confidence:g} % sure",
                    f"{row['size']:,} units{' (' + parts + ')' if parts else ''}",
                )
            ]
        )


@sample_app.command("estimate")
def estimate_sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the sample.")],
    worklist: Annotated[Path, typer.Argument(metavar="WORKLIST", help="The list filled in, XLSX or CSV.")],
    missing: Annotated[Missing, typer.Option(help="What units without an answer count as.")] = Missing.refuse,
    confidence: Confidence = 90,
    json: Json = False,
    as_csv: Csv = False,
) -> None:
    """From the reviewed list: overpayment of the frame with standard error, two-sided interval and its lower limit."""
    if json and as_csv:
        raise typer.BadParameter("choose one", param_hint="--json, --csv")
    from pipelines.sampling.estimate import estimate

    made = estimate(folder, worklist, missing, confidence / 100)
    if json:
        terminal.print_json(made)
    elif as_csv:
        _csv_estimates(made)
    else:
        _print_estimates(made)


def _csv_estimates(made: dict[str, Any]) -> None:
    """A row an estimator, then a row a stratum (by the difference estimator)."""
    columns = ("scope", "estimator", "frame_count", "frame_amount", "sample_count", "in_error_count", "sample_overpayment")
    columns += ("point", "standard_error", "lower", "upper", "degrees_of_freedom", "t", "confidence")
    writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    whole = {
        "scope": "frame",
        "frame_count": made["frame"]["count"],
        "frame_amount": made["frame"]["amount"],
        "sample_count": made["sample_count"],
    }
    whole["confidence"] = made["confidence"]
    for row in (*made["estimates"], made["units_in_error"]):
        writer.writerow(whole | row)
    for row in made["strata"]:
        writer.writerow({"scope": f"stratum {row['stratum']}", "estimator": "difference", "confidence": made["confidence"]} | row)


def _print_estimates(made: dict[str, Any]) -> None:
    percent = f"{100 * made['confidence']:g} %"
    print_rows(
        [
            ("Frame", f"{made['frame']['count']:,} {made['of']}, ${float(made['frame']['amount']):,.2f}, release {made['run_id']}"),
            ("Sample", f"{made['sample_count']:,} units, seed {made['seed']}; {made['answered_count']:,} answered"),
        ]
    )
    if made["missing_count"]:
        numbers = ", ".join(map(str, made["missing_sample_numbers"][:20])) + ("…" if made["missing_count"] > 20 else "")
        print_rows([("  not answered", f"{made['missing_count']:,}, counted as {made['missing_counted_as']}: sample_number {numbers}")])
    typer.echo(f"\nOverpayment, two-sided {percent} interval (Student's t)")
    table: list[tuple[str, ...]] = [("", "point", "std. error", f"lower {percent}", f"upper {percent}", "precision")]
    for row in made["estimates"]:
        name = row["estimator"].replace("_", " ")
        if row["point"] is None:
            table.append((f"{name} (none: {row['why']})", "", "", "", "", ""))
        else:
            share = "" if row["relative_precision"] is None else f"{100 * row['relative_precision']:.1f} %"
            table.append((name, *(f"{row[key]:,.2f}" for key in ("point", "standard_error", "lower", "upper")), share))
    errors = made["units_in_error"]
    table.append(("units in error", *(f"{errors[key]:,.1f}" for key in ("point", "standard_error", "lower", "upper")), ""))
    _print_table(table)
    typer.echo("\nStrata, difference estimator")
    table = [("", "frame", "frame $", "sample", "in error", "overpaid", "point", "std. error", "lower", "upper")]
    for row in made["strata"]:
        money = (row[key] for key in ("sample_overpayment", "point", "standard_error", "lower", "upper"))
        table.append(
            (
                row["stratum"],
                f"{row['frame_count']:,}",
                f"{row['frame_amount']:,.2f}",
                f"{row['sample_count']:,}",
                f"{row['in_error_count']:,}",
                *(f"{value:,.2f}" for value in money),
            )
        )
    _print_table(table)


def print_rows(rows: list[tuple[str, str]]) -> None:
    """Name and value, a line each."""
    width = max(20, *(len(name) + 2 for name, _ in rows))
    for name, value in rows:
        typer.echo(f"{name:<{width}}{value}")


def _print_table(table: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[k]) for row in table) for k in range(len(table[0]))]
    for row in table:
        typer.echo(
            "  ".join([f"{row[0]:<{widths[0]}}", *(f"{text:>{width}}" for text, width in zip(row[1:], widths[1:], strict=True))]).rstrip()
        )


def _release(release: Path | None) -> Path:
    return release or load_settings().out / "current"


def _cuts(text: str | None) -> list[float]:
    try:
        return sorted({float(part) for part in (text or "").split(",") if part.strip()})
    except ValueError:
        raise MidpointError(f"--cuts {text}: give amounts with commas between them, as 50,100") from None
