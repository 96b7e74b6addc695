"""How the command shows things: progress, the closing tables, and errors. rich is imported when a bar is drawn.

What does not belong here: what is shown (summary) and what is run (assets).
"""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Generator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from pipelines.words import plural

LISTED = 20  # set-aside pieces named one by one; the rest is counted
DIRECTIONS = {"over": "overpayment risk", "under": "missed revenue", "denial": "denial risk", "info": "information"}


def print_json(value: object) -> None:
    """value as JSON on standard output; dates and decimals as text."""
    sys.stdout.write(json.dumps(value, indent=2, default=str, ensure_ascii=False) + "\n")


def print_error(message: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"midpoint: {' '.join(message.split())}\n")


@contextmanager
def progress(quiet: bool) -> Generator[Callable[[str, int, int], None] | None]:
    """A bar on standard error for the time of the block, where that is a terminal; gives what run_job calls, or None."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description:<44}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def step(name: str, done: int, total: int) -> None:
            bar.update(task, description=_step_words(name), completed=done, total=total)

        yield step


def _step_words(step: str) -> str:
    words = {
        "landing": "reading the inbox",
        "reference": "loading reference data",
        "audit_checks": "running the checks",
        "release": "publishing",
    }
    if step.startswith("expectations__"):
        return "expectations of " + step.removeprefix("expectations__").replace("__", ".")
    return words.get(step, "building " + step.replace("__", "."))


def print_release(summary: dict[str, Any], new_files: int) -> None:
    """The closing table of an audit."""
    totals, rows = summary["totals"], _file_rows(summary, new_files)
    matched = f", {100 * totals['remits_matched'] / totals['remits']:.1f} % matched" if totals["remits"] else ""
    rows += [
        ("Claims", f"{totals['claims']:,} with {plural(totals['claim_lines'], 'line')}; {totals['final_claims']:,} final"),
        ("Remittance claims", f"{totals['remits']:,} with {plural(totals['remit_lines'], 'line')}{matched}"),
        ("Documentation rows", f"{totals['documentation_rows']:,}"),
        ("Out of balance", _balance_words(totals)),
    ]
    rows += [
        (f"Findings, {f['family']}", f"{f['findings']:,} {DIRECTIONS[f['direction']]}{_money(f['amount'])}") for f in summary["findings"]
    ] or [("Findings", "none")]
    rows.append(("Checks", ", ".join(f"{number:,} {status.replace('_', ' ')}" for status, number in summary["checks"].items())))
    rows += _not_evaluable_rows(summary["not_evaluable"])
    rows.append(("Expectations", ", ".join(f"{number:,} {status}" for status, number in summary["expectations"].items()) or "none run"))
    rows += [(f"  {e['table_name']}", _expectation_words(e)) for e in summary["expectations_not_met"]]
    if summary["reference_replaced"]:
        rows.append(("Reference data", f"your own {', '.join(summary['reference_replaced'])} in place of what is shipped"))
    _print([*rows, ("Release", summary["release"]), ("Report", summary["report"])])


def print_warehouse(summary: dict[str, Any], new_files: int | None = None) -> None:
    """What the warehouse holds."""
    rows = _file_rows(summary, new_files)
    rows += [(f"raw.{name}", plural(number, "row")) for name, number in summary["rows"].items()]
    rows.append(("Out of balance", _balance_words(summary["totals"])))
    if "current" in summary:
        rows.append(("Current release", summary["current"] or "none yet"))
    _print(rows)


def print_quarantine(pieces: list[dict[str, Any]]) -> None:
    """Every piece set aside, with its reason."""
    if not pieces:
        sys.stdout.write("Nothing is set aside.\n")
    for piece in pieces:
        sys.stdout.write(f"{_piece_words(piece)}\n  {piece['message']} ({piece['reason_code']})\n")


def print_checks(checks: list[dict[str, Any]]) -> None:
    """One line a check."""
    for check in checks:
        words = (check["id"], f"{check['family']:<10}", f"{check['direction']:<6}", f"{check['proof']:<8}", check["title"])
        sys.stdout.write("  ".join(words) + "\n")


def print_check(check: dict[str, Any]) -> None:
    """One check's header and its query."""
    _print([(k, ", ".join(v) if isinstance(v, list | tuple) else str(v)) for k, v in check.items() if k != "sql" and v is not None])
    sys.stdout.write(f"\n{check['sql']}")


def print_scenarios(results: list[dict[str, Any]]) -> None:
    """One line a scenario; where it differs, how."""
    for result in results:
        outcome = "differs" if result["differences"] else "as expected"
        sys.stdout.write(f"{result['check_id']} {result['case']:<6} {outcome}  {result['about']}\n")
        for difference in result["differences"]:
            sys.stdout.write(f"    {difference}\n")


def _file_rows(summary: dict[str, Any], new_files: int | None) -> list[tuple[str, str]]:
    files, pieces = summary["files"], summary["set_aside"]
    statuses = ", ".join(f"{files[status]:,} {status}" for status in ("accepted", "partial", "quarantined", "duplicate"))
    news = "" if new_files is None else f"; {new_files:,} new" if new_files else "; nothing new"
    rows = [("Files", f"{files['total']:,} in: {statuses}{news}")]
    rows += [("  set aside", f"{_piece_words(piece)}: {piece['message']}") for piece in pieces[:LISTED]]
    if len(pieces) > LISTED:
        rows.append(("", f"and {len(pieces) - LISTED:,} more: midpoint quarantine lists all"))
    return rows


def _piece_words(piece: dict[str, Any]) -> str:
    if piece["unit"] == "transaction_set":
        return f"{piece['source_file']}, transaction set {piece['transaction_set']}"
    return f"{piece['source_file']}, row {piece['row_number']}" if piece["unit"] == "row" else f"{piece['source_file']}, whole"


def _balance_words(totals: dict[str, Any]) -> str:
    return (
        f"{totals['transaction_sets_unbalanced']:,} of {plural(totals['transaction_sets'], 'transaction set')},"
        f" {plural(totals['claims_unbalanced'], 'claim')}, {plural(totals['remits_unbalanced'], 'remittance claim')};"
        f" wrong trailers of {plural(totals['transaction_sets_miscounted'], 'transaction set')},"
        f" {plural(totals['functional_groups_miscounted'], 'functional group')}, {plural(totals['interchanges_miscounted'], 'interchange')}"
    )


def _not_evaluable_rows(checks: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """One row a reason, with the checks that it stops."""
    by_reason: dict[str, list[str]] = {}
    for check in checks:
        by_reason.setdefault(check["reason"], []).append(check["check_id"])
    return [("  not evaluable", f"{', '.join(ids)}: {reason}") for reason, ids in by_reason.items()]


def _expectation_words(expectation: dict[str, Any]) -> str:
    number = expectation["unexpected_count"]
    return (
        f"{expectation['description']}: not met ({expectation['severity']}{'' if number is None else ', ' + plural(number, 'exception')})"
    )


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f", ${amount:,.2f}"


def _print(rows: list[tuple[str, str]]) -> None:
    """Two columns; on a terminal the second is wrapped to its width, elsewhere each row stays one line."""
    left = max(len(label) for label, _ in rows) + 2
    width = max(shutil.get_terminal_size().columns - left, 40) if sys.stdout.isatty() else sys.maxsize
    for label, text in rows:
        first, *rest = textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False) or [""]
        sys.stdout.write(f"{label:<{left}}{first}\n" + "".join(f"{'':<{left}}{line}\n" for line in rest))
