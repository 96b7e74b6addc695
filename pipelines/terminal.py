"""How the command shows things: progress, the closing tables, and errors. rich is imported when a bar is drawn.

What does not belong here: what is shown (summary) and what is run (assets).
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
import textwrap
from collections.abc import Callable, Generator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, cast

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
    if summary["service_from_date"]:
        mature = f"; those after {summary['mature_date']} are still being answered" if summary["mature_date"] else ""
        rows.append(("Services checked", f"{summary['service_from_date']} to {summary['as_of_date']}{mature}"))
    rows += [
        (f"Findings, {f['family']}", f"{f['findings']:,} {DIRECTIONS[f['direction']]}{_money(f['amount'])}") for f in summary["findings"]
    ] or [("Findings", "none")]
    rows.append(("Checks", ", ".join(f"{number:,} {status.replace('_', ' ')}" for status, number in summary["checks"].items())))
    rows += _not_evaluable_rows(summary["not_evaluable"])
    rows.append(("Expectations", ", ".join(f"{number:,} {status}" for status, number in summary["expectations"].items()) or "none run"))
    rows += [(f"  {e['table_name']}", _expectation_words(e)) for e in summary["expectations_not_met"]]
    rows.append(("Reconciliation", reconciliation_words(summary["reconciliation"])))
    rows += [(f"  {i['identity']}", _untied_words(i)) for i in summary["reconciliation"]["not_tied"]]
    if summary["reference_replaced"]:
        rows.append(("Reference data", f"your own {', '.join(summary['reference_replaced'])} in place of what is shipped"))
    print_pairs([*rows, ("Release", summary["release"]), ("Report", summary["report"])])


def print_schedule(shown: dict[str, Any]) -> None:
    """What is due, what comes next, and the last runs."""
    rows: list[tuple[str, str]] = []
    for job in shown["jobs"]:
        coming = f"next {job['next']:%Y-%m-%d %H:%M %Z}" if job["next"] else "has no time, so it never runs"
        last = f"; last done {job['last_done']}" if job["last_done"] else ""
        is_due = f"due since {job['due']}; " if job["due"] else ""
        rows.append((job["job"].capitalize(), f"{is_due}{coming}{last}"))
    years = shown["lookback_years"]
    rows += [
        ("Time zone", shown["time_zone"]),
        ("Audits check", f"services of {plural(years, 'year')} up to the as-of date" if years else "all services"),
        ("Still answered", f"services of the last {plural(shown['mature_days'], 'day')} before it"),
    ]
    print_pairs(rows)
    if shown["runs"]:
        sys.stdout.write("\nLast runs\n")
        print_runs(shown["runs"])


def print_runs(runs: list[dict[str, Any]]) -> None:
    """Runs of the schedule, a line each."""
    for run in runs:
        took = f"{run['ended_at'] - run['started_at']}".split(".")[0]
        release = f", release {run['release']}" if run["release"] else ""
        label = f"{run['job']} of {run['tick']}"
        sys.stdout.write(f"  {label:<24}{run['outcome']}{release}; {run['ended_at']:%Y-%m-%d %H:%M %Z}, {took}, by {run['started_by']}\n")


def print_warehouse(summary: dict[str, Any], new_files: int | None = None) -> None:
    """What the warehouse holds."""
    rows = _file_rows(summary, new_files)
    rows += [(f"raw.{name}", plural(number, "row")) for name, number in summary["rows"].items()]
    rows.append(("Out of balance", _balance_words(summary["totals"])))
    if "current" in summary:
        rows.append(("Current release", summary["current"] or "none yet"))
    print_pairs(rows)


def print_quarantine(pieces: list[dict[str, Any]]) -> None:
    """Every piece set aside, with its reason."""
    if not pieces:
        sys.stdout.write("Nothing is set aside.\n")
    for piece in pieces:
        sys.stdout.write(f"{_piece_words(piece)}\n  {piece['message']} ({piece['reason_code']})\n")


def print_note(reading: dict[str, Any]) -> None:
    """What was read from a note: a line a field, below it the words that gave the value, and why a value is missing or was passed over."""
    rows: list[tuple[str, str]] = []
    for name, value in reading.items():
        if name in ("spans", "reasons"):
            continue
        rows.append((name, _value_words(value)))
        rows += [("", f"{span.get('value', '')} from “{_printable(span['text'])}”".strip()) for span in reading["spans"].get(name, [])]
        rows += [("", f"but {_printable(why)}" if value not in (None, []) else _printable(why)) for why in reading["reasons"].get(name, [])]
    print_pairs(rows)


def _value_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(v) for v in cast("list[object]", value)) or "–"
    return "–" if value is None else _printable(str(value))


def _printable(text: str) -> str:
    """One line, without signs that would steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def print_checks(checks: list[dict[str, Any]]) -> None:
    """One line a check."""
    for check in checks:
        words = (check["id"], f"{check['family']:<10}", f"{check['direction']:<6}", f"{check['proof']:<8}", check["title"])
        sys.stdout.write("  ".join(words) + "\n")


def print_check(check: dict[str, Any], query: str, result: dict[str, Any] | None, why_none: str) -> None:
    """One check's header, its query, and its last result or why there is none."""
    print_pairs([(k, ", ".join(v) if isinstance(v, list | tuple) else str(v)) for k, v in check.items() if k != "sql" and v is not None])
    sys.stdout.write(f"\n{query}\n")
    print_pairs([("Last result", why_none)] if result is None else _result_rows(result))


def _result_rows(result: dict[str, Any]) -> list[tuple[str, str]]:
    if result["eligible_count"] is None:
        words = f"{result['status'].replace('_', ' ')}: {result['reason']}"
    else:
        kind = "recoverable_amount" if result["direction"] == "under" else "at_risk_amount"
        amount, counted = result[kind], result[f"counted_{kind}"]
        words = f"{result['status']}: {result['flagged_count']:,} of {result['eligible_count']:,} eligible{_money(amount)}"
        if amount != counted:
            words += f" (${counted:,.2f} of it counted here, the rest with other findings of the same lines)"
    rows = [("Last result", words), ("  as of", str(result["as_of_date"])), ("  from", result["source"])]
    if not result["is_of_this_version"]:
        rows.append(("  by", "another version of this check than the one above; run midpoint audit again"))
    return rows


def print_scenarios(results: list[dict[str, Any]]) -> None:
    """One line a scenario; where it failed, how; and how many passed."""
    for result in results:
        outcome = "failed" if result["differences"] else "passed"
        sys.stdout.write(f"{result['check_id']}  {result['case']:<5}  {outcome}  {result['about']}\n")
        for difference in result["differences"]:
            sys.stdout.write(f"    {difference}\n")
    passed = sum(not result["differences"] for result in results)
    sys.stdout.write(f"{passed:,} of {len(results):,} cases passed\n")


def print_policy(shown: dict[str, Any]) -> None:
    """Which rule applies to a payer on a day, why, what it says, and why no other does."""
    payer = f"{shown['payer_id'] or 'any'}, line of business {shown['line_of_business'] or 'not given'}, on {shown['day']}"
    rows = [("Policy", shown["policy"]), ("Payer", payer), ("Rule", shown["rule"] or "none"), ("Why", shown["why"])]
    rows += shown["terms"].items()
    rows += [("Not" if not place else "", f"line {r['line']}: {r['rule']}: {r['why_not']}") for place, r in enumerate(shown["other_rules"])]
    print_pairs([*rows, ("File", shown["file"])])


def print_import(changes: list[dict[str, Any]]) -> None:
    """What an import changed, table by table."""
    rows: list[tuple[str, str]] = []
    for change in changes:
        rows += [
            (change["table"], f"{change['read_count']:,} rows read, {change['taken_count']:,} of them matter here"),
            ("  valid", f"{change['first_date']} to {change['last_date'] or 'the next import'}"),
            ("  before", f"{change['replaced_count']:,} rows replaced on those days, {change['kept_count']:,} left as they were"),
            *(("  note", note) for note in change["notes"]),
            ("  written", str(change["path"])),
        ]
    print_pairs([*rows, ("Next", "midpoint audit judges by these rows; read them, and their dates, before you rely on them")])


def print_rates(table: dict[str, Any]) -> None:
    """Denial rates: definition and months, one row a group, the total, and what the denominators are."""
    definition, by = table["definition"], table["by"]
    print_pairs(_rate_head(table))
    rows = [[_group(row[by]), *_measure_cells(row), *_rate_cells(row)] for row in table["rows"]]
    unit, star = f"{definition['unit']}s", "*" if definition["denominator_months"] else ""
    heads = [by, f"denied {unit}", f"{unit}{star}", "denied $", f"charged ${star}", "rate", "n"]
    _print_table(heads, rows, [["total", *_measure_cells(table["total"]), *_rate_cells(table["total"])]])
    if star:
        sys.stdout.write("* for each month the mean of the three months before it\n")
    if by in ("carc", "rarc"):
        sys.stdout.write("Each unit counts under the chief reason of its denial; below every reason stand all units.\n")


def print_bridge(table: dict[str, Any]) -> None:
    """The walk from one definition to another: start, steps, end, and their sum."""
    start, end = table["start"], table["end"]
    months = ("Months", f"{table['from']} to {table['to']}, by {table['basis']} date; as of {table['as_of_date']}")
    print_pairs([("From", _definition_words(start)), ("To", _definition_words(end)), months, ("Release", table["release"])])
    rows = [[step["reason"], *(_signed(cell) for cell in _measure_cells(step))] for step in table["steps"]]
    stands = [[f"{s['definition']}, {s['unit']}s: {_percent(s['rate_percent'])}", *_measure_cells(s)] for s in (start, end)]
    _print_table(["", "denied", "units", "denied $", "charged $"], rows, [stands[1]], stands[0])


def csv_rates(table: dict[str, Any]) -> None:
    """The rows and the total (row_kind) as CSV, each with definition, months and as-of date."""
    by = table["by"]
    head = {
        "definition": table["definition"]["definition"],
        "date_basis": table["basis"],
        "from_month": table["from"],
        "to_month": table["to"],
        "as_of_date": table["as_of_date"],
    }
    total = {"row_kind": "total", by: None} | table["total"]
    _write_csv([head | row for row in [*({"row_kind": "group"} | row for row in table["rows"]), total]])


def csv_bridge(table: dict[str, Any]) -> None:
    """Start, steps and end (row_kind) as CSV."""
    head = {
        "from_definition": table["start"]["definition"],
        "to_definition": table["end"]["definition"],
        "date_basis": table["basis"],
        "from_month": table["from"],
        "to_month": table["to"],
        "as_of_date": table["as_of_date"],
    }
    measures = ("denied_count", "unit_count", "denied_amount", "unit_amount")

    def row(kind: str, reason: str, values: dict[str, Any]) -> dict[str, Any]:
        return head | {"row_kind": kind, "reason": reason} | {key: values[key] for key in measures}

    start, end = table["start"], table["end"]
    steps = [row("step", step["reason"], step) for step in table["steps"]]
    _write_csv(
        [row("start", f"{start['definition']}: {start['unit']}s", start), *steps, row("end", f"{end['definition']}: {end['unit']}s", end)]
    )


def _write_csv(rows: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, list(rows[0]))  # RFC 4180: commas, CR LF, quotes doubled
    writer.writeheader()
    writer.writerows(rows)


def _rate_head(table: dict[str, Any]) -> list[tuple[str, str]]:
    definition = table["definition"]
    rows = [
        ("Definition", _definition_words(definition)),
        ("Numerator", definition["numerator"]),
        ("Denominator", definition["denominator"]),
        ("Left out", definition["left_out"]),
        ("Source", definition["source"]),
        ("Months", f"{table['from']} to {table['to']}, by {table['basis']} date: {table['dated_by']}"),
    ]
    if table["months_without_denominator"]:
        rows.append(("  left out", f"{', '.join(table['months_without_denominator'])}: no month before it in the release"))
    if table["months_not_mature"]:
        rows.append(("  left out", f"{', '.join(table['months_not_mature'])}: not old enough (--mature)"))
    return [*rows, ("As of", str(table["as_of_date"])), ("Release", table["release"])]


def _definition_words(definition: dict[str, Any]) -> str:
    return f"{definition['definition']}: {definition['title']}. {definition['wording']}"


def _group(value: Any) -> str:
    return "(none)" if value is None else _printable(str(value))


def _measure_cells(values: dict[str, Any]) -> list[str]:
    counts = [f"{values[key]:,}" for key in ("denied_count", "unit_count")]
    return counts + [f"{values[key]:,.2f}" for key in ("denied_amount", "unit_amount")]


def _rate_cells(values: dict[str, Any]) -> list[str]:
    return [_percent(values["rate_percent"]), f"{values['n']:,}"]


def _percent(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:.1f} %"


def _signed(cell: str) -> str:
    return "" if not any(digit in cell for digit in "123456789") else cell if cell.startswith("-") else f"+{cell}"


def _print_table(heads: list[str], rows: list[list[str]], foot: list[list[str]], first: list[str] | None = None) -> None:
    """A table with its first column to the left and the others to the right; a rule before the foot and after what stands first."""
    top = [first] if first else []
    widths = [max(len(row[i]) for row in [heads, *top, *rows, *foot]) for i in range(len(heads))]

    def line(row: list[str]) -> str:
        cells = [f"{row[0]:<{widths[0]}}", *(f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))]
        return "  ".join(cells).rstrip() + "\n"

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1)) + "\n"
    body = "".join(map(line, top)) + (rule if top else "") + "".join(map(line, rows)) + rule + "".join(map(line, foot))
    sys.stdout.write(f"\n{line(heads)}{rule}{body}")


def print_generated(made: dict[str, Any]) -> None:
    """What a synthetic folder holds, and how to audit it."""
    print_pairs(
        [
            ("Claims", f"{made['claims']:,}"),
            ("Documentation rows", f"{made['documentation_rows']:,}"),
            ("Planted errors", f"{made['planted']:,} in {made['folder']}/truth.csv"),
            ("Seconds", f"{made['seconds']:,.1f}"),
            ("Audit it", f"cd {made['folder']} && midpoint audit"),
            ("Links and outcomes", f"{made['folder']}/truth_links.csv, truth_outcomes.csv"),
            ("Compare", f"midpoint verify-truth {made['folder']}"),
        ]
    )


def print_scores(result: dict[str, Any]) -> None:
    """One line a check: planted, found, both, precision and recall; beneath it, what was missed and what was wrong."""
    sys.stdout.write(f"{result['folder']}: {result['claims']:,} claims, as of {result['as_of']}\n")
    sys.stdout.write(f"{'check':<8}{'planted':>9}{'found':>9}{'true':>9}{'precision':>11}{'recall':>9}\n")
    for check in result["checks"]:
        figures = "".join(f"{check[key]:>9,}" for key in ("planted", "found", "true_positives"))
        status = f"  {check['status'].replace('_', ' ')}" if check["status"] not in ("passed", "flagged") else ""
        sys.stdout.write(f"{check['check_id']:<8}{figures}{_share(check['precision']):>11}{_share(check['recall']):>9}{status}\n")
        for word in ("missed", "wrong"):
            if check[word]:
                sys.stdout.write(f"    {word}: {', '.join(check[word])}\n")
    exact = sum(check["is_exact"] for check in result["checks"])
    sys.stdout.write(f"{exact} of {len(result['checks'])} checks are exact\n")
    if result["not_in_catalogue"]:
        sys.stdout.write(f"planted, but not in this catalogue: {', '.join(result['not_in_catalogue'])}\n")
    _print_links(result["links"])
    _print_outcomes(result["outcomes"])


def _print_links(links: dict[str, Any]) -> None:
    """The rate, one line a method, and what is wrong or missed."""
    rate = _share(links["linked"] / links["remit_lines"] if links["remit_lines"] else None)
    sys.stdout.write(f"\nRemitted lines linked: {links['linked']:,} of {links['remit_lines']:,} ({rate})\n")
    sys.stdout.write(f"{'method':<46}{'links':>11}{'wrong':>9}\n")
    for row in links["methods"]:
        sys.stdout.write(f"{row['method']:<46}{row['links']:>11,}{row['wrong']:>9,}\n")
    sys.stdout.write(f"wrong links: {links['wrong']:,}; missed links: {links['missed']:,}\n")
    _print_examples(links["examples"])


def _print_outcomes(outcomes: list[dict[str, Any]]) -> None:
    """One line a kind: planted, found and both, in lines and in dollars."""
    sys.stdout.write(f"\n{'outcome':<18}{'planted':>9}{'found':>9}{'true':>9}{'planted $':>16}{'found $':>16}\n")
    for row in outcomes:
        figures = "".join(f"{row[key]:>9,}" for key in ("planted", "found", "true_positives"))
        dollars = "".join(f"{'' if row[key] is None else f'{row[key]:,.2f}':>16}" for key in ("planted_amount", "found_amount"))
        sys.stdout.write(f"{row['kind']:<18}{figures}{dollars}\n")
        _print_examples(row)
    exact = sum(row["is_exact"] for row in outcomes)
    sys.stdout.write(f"{exact} of {len(outcomes)} outcomes are exact\n")


def _print_examples(part: dict[str, Any]) -> None:
    for word in ("missed", "wrong"):
        for example in part[word]:
            sys.stdout.write(f"    {word}: {example}\n")


def print_identities(found: dict[str, Any]) -> None:
    """Both sides of every identity and their difference, to the cent; below them the first groups that differ, and what it comes to."""
    identities = found["identities"]
    width = max(len(identity["title"]) for identity in identities) + 4
    sys.stdout.write(f"{'':<{width}}{'left':>17}{'right':>17}{'difference':>14}{'groups':>11}{'differ':>8}\n")
    stage = None
    for identity in identities:
        if identity["stage_title"] != stage:
            stage = identity["stage_title"]
            sys.stdout.write(f"{stage}\n")
        sides = "".join(
            f"{_figure(identity[key], identity['unit']):>{room}}"
            for key, room in (("left_amount", 17), ("right_amount", 17), ("difference_amount", 14))
        )
        sys.stdout.write(f"  {identity['title']:<{width - 2}}{sides}{identity['group_count']:>11,}{identity['differing_count']:>8,}\n")
        parts = [f"{name.replace('_', ' ')} {Decimal(value):,.2f}" for name, value in json.loads(identity["parts"]).items()]
        if identity["unreadable_count"]:
            parts.append(f"{identity['unreadable_count']:,} amounts or files that cannot be read, on neither side")
        if parts:
            sys.stdout.write(f"      {' · '.join(parts)}\n")
    if found["differences"]:
        sys.stdout.write("\nWhat differs\n")
    for row in found["differences"]:
        unit = next(identity["unit"] for identity in identities if identity["identity"] == row["identity"])
        sys.stdout.write(
            f"  {row['identity']}: {_group_words(row)}\n      {_figure(row['left_amount'], unit)} against"
            f" {_figure(row['right_amount'], unit)}, difference {_figure(row['difference_amount'], unit)}\n"
        )
    if more := found["difference_count"] - len(found["differences"]):
        sys.stdout.write(f"  and {more:,} more; reconciliation_difference.csv of the next release holds all of the warehouse's\n")
    sys.stdout.write("\n")
    rows = [("Reconciliation", reconciliation_words(found["tally"]))]
    if found["set_aside_unreadable_count"]:
        number = found["set_aside_unreadable_count"]
        rows.append(("  set aside", f"{number:,} amounts or files that cannot be read; midpoint quarantine names the pieces"))
    if found["new_file_count"]:
        rows.append(("  not audited", f"{plural(found['new_file_count'], 'file')} landed since the last audit; run midpoint audit"))
    print_pairs([*rows, ("Release", found["release"] or "none yet, so no files of one were verified")])


def print_identities_csv(found: dict[str, Any]) -> None:
    """The identities as CSV on standard output, a header row first."""
    writer = csv.DictWriter(sys.stdout, list(found["identities"][0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(found["identities"])


def reconciliation_words(tallied: dict[str, Any]) -> str:
    """As: 25 of 25 identities at 0.00; of the senders' own figures, 7 of 7 add up."""
    ours, senders = (tallied[f"{side}_count"] for side in ("ours", "sender"))
    return (
        f"{ours - tallied['ours_differing']} of {ours} identities at 0.00; of the senders' own figures,"
        f" {senders - tallied['sender_differing']} of {senders} add up"
    )


def _figure(value: Decimal | None, unit: str) -> str:
    return "none" if value is None else f"{value:,.2f}" if unit == "dollars" else f"{value:,.0f}"


def _untied_words(identity: dict[str, Any]) -> str:
    groups = f"{identity['differing_count']:,} of {identity['group_count']:,}"
    return f"{groups} differ, ${identity['difference_amount']:,.2f} in all; midpoint verify lists them"


def _group_words(row: dict[str, Any]) -> str:
    """Where a group stands: file, transaction set, segment, and what it is."""
    places = ((row["source_file"], ""), (row["transaction_set"], "transaction set "), (row["segment_number"], "segment "))
    words = [f"{word}{value}" for value, word in places if value is not None]
    return ", ".join([*words, row["subject"]] if row["subject"] else words)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{int(value * 1000) / 1000:.3f}"  # cut off, not rounded: 1.000 means all


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


def print_pairs(rows: list[tuple[str, str]]) -> None:
    """Two columns; on a terminal the second is wrapped to its width, elsewhere each row stays one line."""
    left = max(len(label) for label, _ in rows) + 2
    width = max(shutil.get_terminal_size().columns - left, 40) if sys.stdout.isatty() else sys.maxsize
    for label, text in rows:
        first, *rest = textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False) or [""]
        sys.stdout.write(f"{label:<{left}}{first}\n" + "".join(f"{'':<{left}}{line}\n" for line in rest))
