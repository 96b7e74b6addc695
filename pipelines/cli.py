"""The `midpoint` command: options to settings, settings to a job, and what came of it. No logic of its own.

Whatever is heavy (Dagster, Great Expectations, DuckDB) is imported by the command that needs it, so that help is quick.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines import terminal
from pipelines.education.command import education_app
from pipelines.errors import MidpointError
from pipelines.places import check_out, check_warehouse
from pipelines.review.command import compare_releases, review_app
from pipelines.sampling.command import sample_app
from pipelines.schedule.command import schedule_app
from pipelines.settings import Settings, load_settings

app = typer.Typer(
    help="Audits palliative-care and advance-care-planning billing: X12 837 claims, 835 remittances and the ACP documentation extract.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
checks_app = typer.Typer(
    help="The billing checks: what they find, on what authority, and their SQL.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(checks_app, name="checks")
policy_app = typer.Typer(
    help="Payer policies: what a payer covers, where and until when, by day of service.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(policy_app, name="policy")
reference_app = typer.Typer(help="Reference data: code pairs, fees and taxonomies by date.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(reference_app, name="reference")
app.add_typer(education_app, name="education")
app.add_typer(review_app, name="review")
app.add_typer(sample_app, name="sample")
app.add_typer(schedule_app, name="schedule")

Inbox = Annotated[list[Path] | None, typer.Argument(help="Folders or files; .gz and .zip are read. Default: inbox of midpoint.toml.")]
Warehouse = Annotated[Path | None, typer.Option(help="The DuckDB warehouse. Default: midpoint.duckdb.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the releases. Default: releases.")]
AsOf = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day that the audit speaks of. Default: today.")
]
Policy = Annotated[str | None, typer.Option(help="Payer policy: medicare, conservative, or your own. Default: medicare.")]
Reference = Annotated[Path | None, typer.Option(help="Folder of your own reference CSVs. Default: reference/ beside the warehouse.")]
Strict = Annotated[bool | None, typer.Option("--strict", help="Exit 3 when anything was set aside or does not balance.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


LISTED_FOR_MACHINES = 1000  # differing groups in the JSON of verify; the counts hold all


@app.command()
def audit(
    inbox: Inbox = None,
    out: Out = None,
    warehouse: Warehouse = None,
    as_of: AsOf = None,
    policy: Policy = None,
    lookback_years: Annotated[
        int | None, typer.Option(min=0, max=100, metavar="N", help="Check services of the N years up to the as-of date. Default: all.")
    ] = None,
    strict: Strict = None,
    json: Json = False,
) -> None:
    """From an inbox to a release: land what is new, run every check, publish findings and report."""
    day = as_of.date() if as_of else None
    given: dict[str, object] = {
        "inbox": inbox or None,
        "out": out,
        "warehouse": warehouse,
        "as_of": day,
        "policy": policy,
        "lookback_years": lookback_years,
        "strict": strict,
    }
    settings = load_settings(given)
    from pipelines.summary import is_clean, release_summary

    made = _run("audit", given, settings, json)
    summary = release_summary(Path(made["release"]["folder"]))
    new_files = made["raw.file"]["new_files"]
    if json:
        terminal.print_json({"new_files": new_files, **summary})
    else:
        terminal.print_release(summary, new_files)
    _leave(settings, is_clean(summary))


@app.command()
def ingest(inbox: Inbox = None, warehouse: Warehouse = None, strict: Strict = None, json: Json = False) -> None:
    """Land an inbox in the warehouse, each file once, and stop there."""
    given: dict[str, object] = {"inbox": inbox or None, "warehouse": warehouse, "strict": strict}
    settings = load_settings(given)
    from pipelines.summary import is_clean, warehouse_summary
    from pipelines.warehouse import connect

    made = _run("ingest", given, settings, json)
    new_files = made["raw.file"]["new_files"]
    with connect(settings.warehouse, read_only=True) as con:
        summary = warehouse_summary(con)
    if json:
        terminal.print_json({"new_files": new_files, **summary})
    else:
        terminal.print_warehouse(summary, new_files)
    _leave(settings, is_clean(summary))


@app.command()
def status(warehouse: Warehouse = None, out: Out = None, json: Json = False) -> None:
    """What the warehouse holds and which release is current."""
    settings = load_settings({"warehouse": warehouse, "out": out})
    from pipelines.summary import warehouse_summary

    with _warehouse(settings) as con:
        summary = warehouse_summary(con)
    current = settings.out / "current"
    summary["current"] = str(current.resolve()) if current.exists() else None
    if json:
        terminal.print_json(summary)
    else:
        terminal.print_warehouse(summary)


@app.command()
def verify(
    release: Annotated[Path | None, typer.Argument(help="A release's folder. Default: the current release.")] = None,
    warehouse: Warehouse = None,
    out: Out = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="The table of identities as CSV.")] = False,
) -> None:
    """Hold every dollar of the files against the tables and the release, to the cent; exit 3 on any difference."""
    if json and csv:
        raise typer.BadParameter("choose one", param_hint="--json, --csv")
    settings = load_settings({"warehouse": warehouse, "out": out})
    from pipelines.reconciliation.verify import verify as run

    current = settings.out / "current"
    with _warehouse(settings) as con:
        found = run(con, release or (current if current.exists() else None), LISTED_FOR_MACHINES if json else terminal.LISTED)
    if json:
        terminal.print_json(found)
    elif csv:
        terminal.print_identities_csv(found)
    else:
        terminal.print_identities(found)
    if found["difference_count"]:
        raise typer.Exit(3)


@app.command()
def report(
    release: Annotated[Path | None, typer.Argument(help="A release's folder. Default: the current release.")] = None,
    out: Out = None,
    save: Annotated[Path | None, typer.Option(help="Write the report anew, with this version's layout, to this file.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every page of the dashboards as one offline HTML file.")] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the same as a PDF (needs chromium).")] = None,
    pages: Annotated[str | None, typer.Option(metavar="NAMES", help="Only these, as overview,denials. Default: all.")] = None,
    shared: Annotated[
        bool, typer.Option("--shared", help="To give away: counts under 11, identifiers and lists of single claims left out.")
    ] = False,
    paper: Annotated[str, typer.Option(metavar="SIZE", help="letter or a4, both landscape.")] = "letter",
    basis: Annotated[str | None, typer.Option(metavar="DATE", help="Filters, as in the dashboards: service, submission or remit.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="First month. Default: the release's first.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="Last month. Default: the release's last.")] = None,
    payer: Annotated[str | None, typer.Option(metavar="ID", help="Payer id, as in the claims.")] = None,
    provider: Annotated[str | None, typer.Option(metavar="NPI", help="Billing provider or clinician.")] = None,
    setting: Annotated[str | None, typer.Option(metavar="SETTING", help="facility or non-facility.")] = None,
    code: Annotated[str | None, typer.Option(metavar="FAMILY", help="acp, critical_care, em, awv, hospice or other.")] = None,
    definition: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of denial: default, hfma_volume, hfma_dollars, primary_zero_pay or line_any.")
    ] = None,
    mature: Annotated[bool, typer.Option("--mature", help="Only months that ended 90 days or more before the as-of date.")] = False,
) -> None:
    """Where a release's report lies; --save makes it again; --html and --pdf put the dashboards' pages on paper, with the filters given."""
    from pipelines.summary import read_manifest

    folder = release or load_settings({"out": out}).out / "current"
    read_manifest(folder)  # or say what is wrong with the folder
    given = {"basis": basis, "from": first, "to": last, "payer": payer, "provider": provider, "setting": setting, "code": code}
    given |= {"definition": definition, "mature": "1" if mature else None}
    if html or pdf:
        _paper(folder, html, pdf, given, pages, shared, paper)
    elif shared or pages or any(given.values()):
        raise typer.BadParameter("filters, --pages and --shared go with --html or --pdf", param_hint="--html, --pdf")
    if save or not (html or pdf):
        from pipelines.release.report import write_report

        typer.echo(write_report(folder, save) if save else folder / "report.html")


def _paper(
    folder: Path, html: Path | None, pdf: Path | None, given: dict[str, str | None], pages: str | None, shared: bool, sheet: str
) -> None:
    from dashboards import paper
    from dashboards.queries import ReleaseError

    if sheet not in paper.SHEETS:
        raise typer.BadParameter(f"one of {', '.join(paper.SHEETS)}", param_hint="--paper")
    names = [name.strip() for name in (pages or "").split(",") if name.strip()]
    try:
        order = paper.Order(paper.ask(folder, given), names, shared, sheet)
        for target, write in ((html, paper.write_html), (pdf, paper.write_pdf)):
            if target:
                write(folder, target, order)
                typer.echo(target)
    except (paper.PaperError, ReleaseError) as error:
        raise MidpointError(str(error)) from error


@app.command()
def denials(
    release: Annotated[Path | None, typer.Argument(help="A release's folder. Default: the current release.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="CUT", help="payer, provider, clinician, month, code, carc, rarc or setting. Default: payer.")
    ] = None,
    definition: Annotated[
        str, typer.Option(metavar="NAME", help="default, hfma_volume, hfma_dollars, primary_zero_pay or line_any.")
    ] = "default",
    basis: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Which date places a unit in a month: service, submission or remit. Default: the definition's."),
    ] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="First month. Default: the release's first.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="Last month. Default: the release's last.")] = None,
    mature: Annotated[
        int | None, typer.Option(min=0, metavar="DAYS", help="Leave out months that ended less than DAYS before the as-of date.")
    ] = None,
    bridge: Annotated[
        str | None, typer.Option(metavar="A..B", help="Walk from definition A (or --definition) to B, with the reasons.")
    ] = None,
    out: Out = None,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="The rows as CSV (RFC 4180).")] = False,
) -> None:
    """Denial rates of a release by a stated definition, or the bridge between two: numerator, denominator, as-of date."""
    if json and csv:
        raise MidpointError("--json and --csv: choose one of them")
    if bridge is not None and by is not None:
        raise MidpointError("--by and --bridge: a bridge is of the whole; leave --by out")
    from pipelines.denials.rates import Release, bridge_table, rate_table, read_period

    period = read_period(first, last, mature)
    read = Release(release or load_settings({"out": out}).out / "current")
    if bridge is None:
        made = rate_table(read, definition, by or "payer", basis, period)
        show = terminal.csv_rates if csv else terminal.print_rates
    else:
        start, _, end = bridge.rpartition("..")
        made = bridge_table(read, start or definition, end, basis, period)
        show = terminal.csv_bridge if csv else terminal.print_bridge
    if json:
        terminal.print_json(made)
    else:
        show(made)


@app.command()
def dashboard(
    releases: Annotated[Path | None, typer.Option(help="Folder of the releases. Default: releases.")] = None,
    release: Annotated[
        str | None, typer.Option(metavar="RUN_ID", help="Open this release. Default: the current one, as it changes.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8050,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    warehouse: Annotated[
        Path | None, typer.Option(help="The warehouse beside which reviewers' decisions are kept. Default: midpoint.duckdb.")
    ] = None,
) -> None:
    """Serve the dashboards of the releases on 127.0.0.1, until stopped."""
    settings = load_settings({"out": releases, "warehouse": warehouse})
    folder = settings.out
    from dashboards.queries import ReleaseError
    from dashboards.server import serve

    try:
        serve(folder, release, port, not no_open, settings.review_store)
    except ReleaseError as error:
        raise MidpointError(str(error)) from error


@app.command()
def quarantine(
    warehouse: Warehouse = None,
    save: Annotated[Path | None, typer.Option(help="Write the bytes that were set aside into this folder. They hold patient data.")] = None,
    json: Json = False,
) -> None:
    """List what was set aside and why."""
    settings = load_settings({"warehouse": warehouse})
    from pipelines.summary import quarantined

    with _warehouse(settings, read_only=save is None) as con:
        pieces = quarantined(con)
        if save:
            from pipelines.landing.privacy import save_quarantine

            for path in save_quarantine(con, settings, save):
                typer.echo(path, err=json)
    if json:
        terminal.print_json(pieces)
    elif not save:
        terminal.print_quarantine(pieces)


Claims = Annotated[int, typer.Option(min=1, help="How many claims.")]
ErrorRate = Annotated[float, typer.Option(min=0, max=1, help="Share of the audited episodes that carry a planted error.")]
SyntheticAsOf = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day that the audit will speak of. Default: 2026-06-30.")
]


@app.command()
def generate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    claims: Claims,
    seed: Annotated[int, typer.Option(help="The same seed and options give the same bytes.")] = 1,
    error_rate: ErrorRate = 0.1,
    as_of: SyntheticAsOf = None,
    json: Json = False,
) -> None:
    """Write a synthetic inbox with planted, known errors: DIR/inbox, DIR/truth*.csv, DIR/midpoint.toml."""
    from pipelines.synthetic.generate import AS_OF, generate_folder

    with terminal.progress(json) as progress:
        made = generate_folder(folder, claims, seed, error_rate, as_of.date() if as_of else AS_OF, progress)
    if json:
        terminal.print_json(made)
    else:
        terminal.print_generated(made)


@app.command()
def verify_truth(
    folders: Annotated[list[Path] | None, typer.Argument(metavar="[DIR]...", help="Folders that midpoint generate has made.")] = None,
    seeds: Annotated[str | None, typer.Option(metavar="1,2,3", help="Instead of folders: generate one for each of these seeds.")] = None,
    claims: Claims = 100_000,
    error_rate: ErrorRate = 0.1,
    as_of: SyntheticAsOf = None,
    warehouse: Annotated[Path | None, typer.Option(help="Audit DIR in this new file, and keep it. Default: a temporary one.")] = None,
    json: Json = False,
) -> None:
    """Audit synthetic folders and print precision and recall of every check, how remitted lines were linked, and the denials, overturns and
    short payments recovered; exit 1 when any of it is not exact."""
    numbers = _seeds(seeds)
    if bool(folders) == bool(numbers) or (warehouse is not None and len(folders or ()) != 1):
        raise typer.BadParameter("name folders, or seeds to generate from; a warehouse goes with one folder", param_hint="DIR")
    from pipelines.synthetic.generate import AS_OF, generate_folder
    from pipelines.synthetic.verify import verify

    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="midpoint-") as work:
        for source in [*(folders or ()), *numbers]:
            with terminal.progress(json) as progress:
                folder = source if isinstance(source, Path) else Path(work) / f"seed-{source}"
                if not isinstance(source, Path):
                    generate_folder(folder, claims, source, error_rate, as_of.date() if as_of else AS_OF, progress)
                results.append(verify(folder, warehouse, progress))
            if not json:
                terminal.print_scores(results[-1])
    if json:
        terminal.print_json(results)
    if not all(part["is_exact"] for result in results for part in (*result["checks"], result["links"], *result["outcomes"])):
        raise typer.Exit(1)


def _seeds(text: str | None) -> list[int]:
    try:
        return [int(part) for part in (text or "").split(",") if part]
    except ValueError:
        raise typer.BadParameter("give whole numbers with commas between them, as 1,2,3", param_hint="--seeds") from None


@app.command()
def note(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="The text of one note; - reads standard input.")], json: Json = False
) -> None:
    """What the note reader makes of one note: each value with the words that gave it, and why a value is missing."""
    from pipelines.documentation.notes import load_note, read_note

    reading = read_note(load_note(file)).as_json()
    if json:
        terminal.print_json(reading)
    else:
        terminal.print_note(reading)


@checks_app.command("list")
def list_checks(json: Json = False) -> None:
    """Every check: id, family, direction, proof, what it needs, title."""
    from pipelines.checks.catalogue import load_catalogue

    checks = [_check(check) for check in load_catalogue()]
    if json:
        terminal.print_json(checks)
    else:
        terminal.print_checks(checks)


@checks_app.command("show")
def show_check(
    check_id: Annotated[str, typer.Argument(metavar="ID", help="As ACP-20.")],
    out: Out = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """One check: its header, its SQL, and its last result, in the newest release, else in the warehouse."""
    from pipelines.checks.catalogue import load_catalogue
    from pipelines.summary import last_result

    found = _known({check.id: check for check in load_catalogue()}, check_id)
    settings = load_settings({"out": out, "warehouse": warehouse})
    result, why_none = None, f"none in {settings.out} nor in {settings.warehouse}; midpoint audit runs the checks"
    try:
        result = last_result(settings, found.id)
    except MidpointError as error:  # the rule is shown all the same
        why_none = str(error)
    if result is not None:
        result["is_of_this_version"] = result["query_hash"] == found.query_hash
    if json:
        terminal.print_json(_check(found) | {"last_result": result})
    else:
        terminal.print_check(_check(found), found.query, result, why_none)


@checks_app.command("test")
def run_scenarios(
    check_ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Default: all.")] = None, json: Json = False
) -> None:
    """Run the scenarios of checks (fires, clean, edge); exit 1 when one differs."""
    from dataclasses import asdict

    from pipelines.checks.catalogue import load_catalogue
    from pipelines.checks.scenario import check_scenarios

    found = {check.id: check for check in load_catalogue()}
    wanted = [_known(found, check_id) for check_id in check_ids or found]
    results = [asdict(result) for check in wanted for result in check_scenarios(check)]
    if json:
        terminal.print_json(results)
    else:
        terminal.print_scenarios(results)
    if any(result["differences"] for result in results):
        raise typer.Exit(1)


@checks_app.command("docs")
def write_docs(
    save: Annotated[Path | None, typer.Option(help="Write the page to this file, as docs/checks.md.")] = None,
) -> None:
    """The reference of all checks, made from their headers, as Markdown."""
    from pipelines.checks.catalogue import load_catalogue
    from pipelines.checks.page import catalogue_page

    page = catalogue_page(load_catalogue())
    if save:
        save.write_text(page, encoding="utf-8")
    typer.echo(save or page, nl=save is not None)


@policy_app.command("show")
def show_policy(
    payer: Annotated[str | None, typer.Argument(help="Payer id, as in the claims. Default: any without a row of its own.")] = None,
    date: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Day of service. Default: today.")] = None,
    line_of_business: Annotated[str | None, typer.Option(help="Claim filing indicator (SBR09), as MB, MC, CI, 16.")] = None,
    policy: Policy = None,
    reference: Reference = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Which rule of the policy applies to a payer on a day, why, and what it says."""
    settings = load_settings({"policy": policy, "reference": reference, "warehouse": warehouse})
    from pipelines.reference.policy import explain, explained

    shown = explained(explain(settings, payer, line_of_business, (date or datetime.now()).date()))
    if json:
        terminal.print_json(shown)
    else:
        terminal.print_policy(shown)


app.command("compare")(compare_releases)


class ImportKind(StrEnum):
    """What `midpoint reference import` reads."""

    ncci = "ncci"
    pfs = "pfs"
    taxonomy = "taxonomy"
    contract = "contract"


@reference_app.command("import")
def import_files(
    kind: Annotated[
        ImportKind,
        typer.Argument(help="ncci: practitioner PTP edits; pfs: relative value CSV; taxonomy: NUCC CSV; contract: your own rates."),
    ],
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="As published, or its .zip; the parts of one NCCI quarter; a CSV of contract rates."),
    ],
    valid_from: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="First day of a pfs or taxonomy. Default: as its title or name says."),
    ] = None,
    valid_to: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Its last day. Default: until the next one that is there."),
    ] = None,
    reference: Reference = None,
    warehouse: Warehouse = None,
    json: Json = False,
) -> None:
    """Read a file as CMS or NUCC publishes it, or your contract rates, into your own reference folder; a bad file changes nothing."""
    settings = load_settings({"reference": reference, "warehouse": warehouse})
    from dataclasses import asdict

    from pipelines.reference.importing import import_contract, import_ncci, import_pfs, import_taxonomy

    first, last = (day.date() if day else None for day in (valid_from, valid_to))
    if kind in (ImportKind.ncci, ImportKind.contract) and (first or last):
        what = "NCCI pairs" if kind is ImportKind.ncci else "contract rates"
        raise typer.BadParameter(f"{what} carry their own dates", param_hint="--valid-from, --valid-to")
    if kind is ImportKind.ncci:
        changes = import_ncci(files, settings.reference_home)
    elif len(files) > 1:
        raise typer.BadParameter(f"one file at a time for {kind}", param_hint="FILE")
    elif kind is ImportKind.contract:
        changes = import_contract(files[0], settings.reference_home)
    else:
        read = import_pfs if kind is ImportKind.pfs else import_taxonomy
        changes = read(files[0], settings.reference_home, first, last)
    if json:
        terminal.print_json([asdict(change) for change in changes])
    else:
        terminal.print_import([asdict(change) for change in changes])


def _known(found: dict[str, Any], check_id: str) -> Any:
    if check_id.upper() not in found:
        raise MidpointError(f"no check {check_id}; there are {', '.join(found)}")
    return found[check_id.upper()]


def _check(check: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return {key: value for key, value in asdict(check).items() if key != "path"}


def _run(job: str, given: dict[str, object], settings: Settings, quiet: bool) -> dict[str, Any]:
    if not settings.inbox:
        raise typer.BadParameter("name a folder or files, or set inbox in midpoint.toml", param_hint="INBOX")
    from pipelines.landing.inbox import find
    from pipelines.reference.policy import check_policy

    # What stops the run is told at once, before anything heavy is loaded and before a warehouse is made.
    check_policy(settings)
    find(list(settings.inbox), settings.made)
    check_warehouse(settings.warehouse)
    if job == "audit":
        check_out(settings.out)
    with terminal.progress(quiet) as progress:
        from pipelines.assets.run import run_job

        return run_job(job, given, progress)


def _warehouse(settings: Settings, read_only: bool = True) -> Any:
    """The warehouse that is there. Raises MidpointError when there is none yet."""
    from pipelines.warehouse import connect

    if not settings.warehouse.exists():
        raise MidpointError(f"warehouse {settings.warehouse}: not there yet; midpoint audit makes it, or name another with --warehouse")
    return connect(settings.warehouse, read_only=read_only)


def _leave(settings: Settings, clean: bool) -> None:
    if settings.strict and not clean:
        raise typer.Exit(3)


def main() -> None:
    """The console script: exit 0 done, 1 an error in one line, 2 usage, 3 --strict or verify, 130 stopped by Ctrl-C or SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the same for both, also while Dagster, which ties them, is not running
        signal.signal(number, signal.default_int_handler)
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # here, where what goes wrong can still be told
    except SystemExit as left:
        if isinstance(left.__context__, BrokenPipeError):  # met, and made exit 1, by Typer
            _let_go_of_output()
        if left.code == 130:  # what Typer makes of KeyboardInterrupt
            _stopped()
        raise
    except KeyboardInterrupt:
        _stopped()
    except BrokenPipeError:
        _let_go_of_output()
    except MidpointError as error:
        terminal.print_error(str(error))
        sys.exit(1)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        terminal.print_error(f"{where}{error.strerror or error}; check that the path exists and may be read and written")
        sys.exit(1)
    except Exception as error:
        if type(error).__name__ not in ("IOException", "OutOfMemoryException"):  # of DuckDB, which is not imported for this
            raise
        terminal.print_error(f"{str(error).splitlines()[0]}; free disk space or memory, or set memory_limit in midpoint.toml")
        sys.exit(1)


def _stopped() -> None:
    terminal.print_error("stopped; nothing is half-landed, run it again")
    sys.exit(130)


def _let_go_of_output() -> None:
    """Whoever read the output has read enough (… | head): no error, and Python's own flush at the end must not meet it again."""
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # open to the end of the process
    sys.exit(0)
