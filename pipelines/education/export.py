"""Education lists as files: CSV, Parquet, a workbook with a sheet a topic, and the letters, in a folder that appears whole.

What does not belong here: what the list says (lists) and the letter's words (letters). De-identified output (RULES.md section 10, safe
harbor): no account, no claim, no key, no day of a service; counts of 1 to 10 are left out with what would tell them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from pipelines.education.letters import SMALL, Printer, example, html, letter
from pipelines.education.lists import COLUMNS, Lists, Row
from pipelines.errors import MidpointError
from pipelines.settings import Education

DOLLARS = pl.Decimal(18, 2)
EXAMPLE_COLUMNS: dict[str, pl.DataType] = {
    **dict.fromkeys(("level", "npi", "check_id"), pl.String()),
    "example_number": pl.Int32(),
    **dict.fromkeys(("finding_key", "patient_control_number", "claim_key"), pl.String()),
    "line_number": pl.Int32(),
    "documentation_id": pl.String(),
    "service_date": pl.Date(),
    "service_year": pl.Int32(),
    **dict.fromkeys(("procedure_code", "modifiers"), pl.String()),
    "units": pl.Decimal(18, 4),
    "minutes": pl.Int32(),
    "amount": DOLLARS,
    "source_file": pl.String(),
    **dict.fromkeys(("transaction_set", "segment_number"), pl.Int32()),
}
# Of an example, what names a patient or leads to one: left out of what is de-identified.
IDENTIFYING = ("finding_key", "patient_control_number", "claim_key", "line_number", "documentation_id", "service_date", "source_file",
               "transaction_set", "segment_number")  # fmt: skip
# Peers' counts: with the peers of another row they would tell what is left out.
TELLING = ("peer_billed_count", "peer_flagged_count")
NUMBERS = ("billed_count", "flagged_count", "rate", "percentile", "p_value", "adjusted_p_value", "at_risk_amount", "recoverable_amount",
           "denial_risk_amount", "prior_billed_count", "prior_flagged_count", "prior_rate")  # fmt: skip
SUPPRESSED = {"suppressed": f"Why numbers are left out: a count under {SMALL}, or beside one"}
_WIDTHS = {"rule": 46, "authority": 40, "examples": 60, "priority_reason": 46, "trend": 30, "specialty": 24, "effect": 46, "topic": 24,
           "period": 20, "prior_period": 20, "test": 16}  # fmt: skip
_LINE, _MOST_LINES = 15, 8  # points of a row's line, and lines that are shown at once
_FORMATS = {"rate": "0.0%", "amount": "$#,##0.00", "count": "#,##0", "date": "yyyy-mm-dd", "value": "0.0000", "percentile": "0.0"}


def write_education(
    lists: Lists,
    education: Education,
    folder: Path,
    npis: Sequence[str] = (),
    is_deidentified: bool = False,
    with_letters: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Row:
    """Write the lists and letters into ``folder``, which an earlier writing of the same lists gives way to; returns its manifest.

    npis: clinicians and groups to keep; all where none is named. progress: told letters made and wanted.
    Raises MidpointError when an NPI is not in the lists, and leaves no half-made folder behind.
    """
    unknown = sorted(set(npis) - {row["npi"] for row in lists.rows})
    if unknown:
        raise MidpointError(
            f"--npi {unknown[0]}: nothing of it is flagged in {lists.period.words} of release {lists.release.run_id};"
            " name a clinician or group of the list, or other months with --months or --to"
        )
    wanted = [row for row in lists.rows if not npis or row["npi"] in npis]
    rows = deidentified(wanted) if is_deidentified else wanted
    columns = {**COLUMNS, **SUPPRESSED} if is_deidentified else COLUMNS
    columns = {name: words for name, words in columns.items() if not (is_deidentified and name in TELLING)}
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    (unfinished / "letters").mkdir(parents=True)
    try:
        texts = [row | {"examples": "\n".join(example(one, is_deidentified) for one in row["examples"])} for row in rows]
        _tables(unfinished, "education", {name: _type(name) for name in columns}, texts)
        _tables(unfinished, "education_example", _example_columns(is_deidentified), _example_rows(rows))
        _workbook(unfinished / "education.xlsx", lists, columns, texts, is_deidentified)
        letters = 0
        if with_letters:
            letters = _letters(unfinished / "letters", lists, education, [r["npi"] for r in wanted], is_deidentified, progress)
        made = {
            "run_id": lists.release.run_id,
            "as_of_date": lists.release.as_of,
            "period": lists.period.words,
            "is_deidentified": is_deidentified,
            "rows": len(rows),
            "letters": letters,
            "files": {
                str(path.relative_to(unfinished)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(unfinished.rglob("*"))
                if path.is_file()
            },
        }
        (unfinished / "manifest.json").write_text(json.dumps(made, indent=2, default=str) + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return made


def deidentified(rows: Sequence[Row]) -> list[Row]:
    """The rows with small counts hidden, and of each rule of a level at least two rows where one is: so that no total tells it."""
    made = [row | {"suppressed": f"a count under {SMALL}" if _is_small(row) else ""} for row in rows]
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in made:
        groups.setdefault((row["level"], row["check_id"]), []).append(row)
    for group in groups.values():
        open_rows = sorted((row for row in group if not row["suppressed"]), key=lambda r: (r["flagged_count"], r["npi"]))
        if sum(1 for row in group if row["suppressed"]) == 1 and open_rows:
            open_rows[0]["suppressed"] = f"beside a count under {SMALL}"
    hidden = dict.fromkeys(NUMBERS) | {"trend": None, "priority_reason": None, "effect": None}
    return [row | hidden if row["suppressed"] else row for row in made]


def _is_small(row: Row) -> bool:
    now = (row["flagged_count"], row["billed_count"] - row["flagged_count"])
    before = (row["prior_flagged_count"], row["prior_billed_count"] - row["prior_flagged_count"])
    return any(0 < number < SMALL for number in (*now, *before))


def _type(name: str) -> pl.DataType:
    if name.endswith("_count"):
        return pl.Int64()
    if name.endswith("_amount"):
        return DOLLARS
    if name.endswith(("rate", "p_value", "percentile")):
        return pl.Float64()
    return pl.Date() if name.endswith("_date") else pl.String()


def _example_columns(is_deidentified: bool) -> dict[str, pl.DataType]:
    dropped = IDENTIFYING if is_deidentified else ("service_year",)
    return {name: kind for name, kind in EXAMPLE_COLUMNS.items() if name not in dropped}


def _example_rows(rows: Sequence[Row]) -> list[Row]:
    return [
        found
        | {"level": row["level"], "npi": row["npi"], "example_number": number}
        | {"service_year": found["service_date"].year if found["service_date"] else None}
        for row in rows
        for number, found in enumerate(row["examples"], 1)
    ]


def _tables(folder: Path, name: str, columns: dict[str, pl.DataType], rows: Sequence[Row]) -> None:
    """<name>.parquet and <name>.csv, typed as told, rows in their order."""
    made = pl.DataFrame({column: [row[column] for row in rows] for column in columns}, schema=columns)
    made.write_parquet(folder / f"{name}.parquet")
    made.write_csv(folder / f"{name}.csv")


def _workbook(path: Path, lists: Lists, columns: dict[str, str], rows: Sequence[Row], is_deidentified: bool) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "Midpoint provider education", "created": datetime(2000, 1, 1)})
        formats = {name: book.add_format({"num_format": form, "valign": "top"}) for name, form in _FORMATS.items()}
        formats["head"] = book.add_format({"bold": True, "bg_color": "#E8EDF2", "bottom": 1, "text_wrap": True, "valign": "top"})
        formats["wrap"] = book.add_format({"text_wrap": True, "valign": "top"})
        formats["bold"] = book.add_format({"bold": True, "valign": "top"})
        about = book.add_worksheet("About")
        about.set_column(0, 0, 24, formats["bold"])
        about.set_column(1, 1, 110, formats["wrap"])
        told = [
            ("Provider education", "For information: a flag is a question until somebody has read the record; no wrongdoing is implied."),
            ("Release", lists.release.run_id),
            ("As-of date", str(lists.release.as_of)),
            ("Months of service", lists.period.words),
            ("Rows", f"{len(rows):,}: a clinician or group and a rule, by priority; then a sheet a topic"),
            (
                "Patient data",
                f"None: no accounts, claims or days; counts of 1 to {SMALL - 1} are left out, with what would tell them."
                if is_deidentified
                else "Examples name dates of service: treat it as patient data. midpoint education --deidentify makes one to share.",
            ),
            ("Columns", ""),
            *columns.items(),
        ]
        for number, (name, text) in enumerate(told):
            about.write_string(number, 0, name)
            about.write_string(number, 1, text)
        _sheet(book, "All", columns, rows, formats)
        for topic in dict.fromkeys(row["topic"] for row in sorted(rows, key=lambda r: r["topic"])):
            _sheet(book, topic[:31], columns, [row for row in rows if row["topic"] == topic], formats)


def _sheet(book: Any, title: str, columns: dict[str, str], rows: Sequence[Row], formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(title)
    for number, name in enumerate(columns):
        sheet.set_column(number, number, _WIDTHS.get(name, max(11, min(len(name), 18) + 2)))
        sheet.write_string(0, number, name, formats["head"])
    sheet.freeze_panes(1, 2)
    for line, row in enumerate(rows, 1):
        sheet.set_row(line, _LINE * _lines(row, columns))  # wrapped text does not lift its row in every program
        for number, name in enumerate(columns):
            value = row[name]
            if isinstance(value, date):
                sheet.write_datetime(line, number, value, formats["date"])
            elif isinstance(value, int | float | Decimal):
                sheet.write_number(line, number, float(value), formats.get(name.rsplit("_", 1)[-1]))  # Excel holds numbers as floats only
            elif value:
                sheet.write_string(line, number, str(value), formats["wrap"])
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)


def _lines(row: Row, columns: dict[str, str]) -> int:
    """How many lines the row's longest text takes in its column."""
    texts = ((row[name], _WIDTHS.get(name, 11)) for name in columns if isinstance(row[name], str))
    needed = (sum(-(-max(len(part), 1) // width) for part in text.split("\n")) for text, width in texts)
    return min(max(needed, default=1), _MOST_LINES)


def _letters(
    folder: Path,
    lists: Lists,
    education: Education,
    npis: Sequence[str],
    is_deidentified: bool,
    progress: Callable[[int, int], None] | None,
) -> int:
    printer = Printer()
    wanted, made = sorted(set(npis)), 0
    for number, npi in enumerate(wanted, 1):
        one = letter(lists, npi, education, is_deidentified)
        if one is not None:
            (folder / f"{npi}.html").write_text(html(one), encoding="utf-8")
            (folder / f"{npi}.pdf").write_bytes(printer.pdf(one))
            made += 1
        if progress:
            progress(number, len(wanted))
    return made
