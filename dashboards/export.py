"""Exports of a table: CSV as a stream, XLSX with real types and a sheet that says what it is; shared ones with small counts suppressed.

What does not belong here: which rows (the Table). Suppression: a row one of whose counts (or the rest of a rate) is 1 to 10 keeps its
name and loses its numbers; then, in each line of the table and in the whole, further rows lose theirs until at least two are hidden and
hide 11 or more together, so that no total tells what was hidden. That is more than the rule asks for, and easy to check.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask import Response, send_file

from dashboards.components.cells import is_number
from dashboards.filters import Filters
from dashboards.queries import Column, Release, Table

SMALL = 11  # counts under this are not shown to others
HIDDEN = "<11 or complementary"
SHEET_ROWS = 1_048_000  # what a sheet holds


class NotSharedError(Exception):
    """The sentence that says why there is no shared export."""


def response(table: Table, release: Release, filters: Filters, kind: str, shared: bool) -> Response:
    """The table under these filters as a download. Raises NotSharedError for a table of single lines, ReleaseError for a missing table."""
    columns = [column for column in table.columns if not (shared and column.is_identifier)]
    if shared and table.is_rows:
        raise NotSharedError("This table has a row for each line or finding, so it is not for sharing. Share a table of counts instead.")
    sql = f"select {', '.join(_selected(column) for column in columns)} from ({table.ordered(filters)}) as answer"
    release.rows(
        f"select * from ({table.text(filters)}) as answer limit 0", filters
    )  # what is wrong with it is told before the stream begins
    rows: Iterable[Sequence[Any]] = (row for batch in release.batches(sql, filters) for row in batch)
    if shared:
        rows = suppressed(table, columns, list(rows))
    stem = f"{table.name}-{release.as_of}" + ("-shared" if shared else "")
    if kind == "csv":
        made = Response(_csv(columns, rows), mimetype="text/csv")
        made.headers["Content-Disposition"] = f'attachment; filename="{stem}.csv"'
        return made
    return send_file(_xlsx(table, columns, rows, release, filters, shared), as_attachment=True, download_name=f"{stem}.xlsx")


def suppressed(table: Table, columns: Sequence[Column], rows: list[Sequence[Any]]) -> list[Sequence[Any]]:
    """The rows with small counts, and enough beside them, hidden. Order and names of the rows stay."""
    place = {column.name: number for number, column in enumerate(columns)}
    counts = [column for column in columns if column.kind == "count"]
    if not counts:
        return rows
    rates = [c for c in columns if c.kind == "rate" and c.numerator in place and c.denominator in place]

    def parts(row: Sequence[Any]) -> list[int]:
        found = [int(row[place[c.name]] or 0) for c in counts]
        return found + [int(row[place[c.denominator]] or 0) - int(row[place[c.numerator]] or 0) for c in rates]

    def weight(row: Sequence[Any]) -> int:
        return min((number for number in parts(row) if number > 0), default=0)

    hidden = {number for number, row in enumerate(rows) if any(0 < part < SMALL for part in parts(row))}
    groups = [place[name] for name in table.groups if name in place] or [0]
    while True:
        more: set[int] = set()
        for fixed in (*({g for g in groups if g != varied} for varied in groups), set[int]()):  # each line, and the table as a whole
            lines: dict[tuple[Any, ...], list[int]] = {}
            for number, row in enumerate(rows):
                lines.setdefault(tuple(row[g] for g in sorted(fixed)), []).append(number)
            for line in lines.values():
                gone = [number for number in line if number in hidden]
                rest = sorted((weight(rows[n]), n) for n in line if n not in hidden and weight(rows[n]))
                while gone and rest and (len(gone) < 2 or sum(weight(rows[n]) for n in gone) < SMALL):
                    gone.append(rest.pop(0)[1])
                    more.add(gone[-1])
        if not more - hidden:
            break
        hidden |= more
    numbers = {place[column.name] for column in columns if is_number(column)} - set(groups)

    def tells(number: int, value: Any) -> bool:  # a share written as text tells what its numbers would
        return number in numbers or (isinstance(value, str) and "%" in value and number not in groups)

    return [
        tuple(HIDDEN if tells(number, value) else value for number, value in enumerate(row)) if place_of in hidden else row
        for place_of, row in enumerate(rows)
    ]


def _selected(column: Column) -> str:
    """A rate is exported as the share that it is; anything else as it stands."""
    if column.kind == "rate":
        return f'round({column.numerator} / nullif({column.denominator}, 0), 6) as "{column.name}"'
    return f'"{column.name}"'


def _csv(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.name for column in columns])
    for number, row in enumerate(rows, 1):
        writer.writerow([_plain(value) for value in row])
        if number % 2_000 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _plain(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is led by an apostrophe."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _xlsx(table: Table, columns: Sequence[Column], rows: Iterable[Sequence[Any]], release: Release, filters: Filters, shared: bool) -> Any:
    file = tempfile.TemporaryFile(prefix="midpoint-", suffix=".xlsx")  # noqa: SIM115  # send_file closes it, and so it is gone
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": f"Midpoint: {table.title}", "created": datetime(2000, 1, 1)})
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#E8EDF2", "bottom": 1}),
            "bold": book.add_format({"bold": True}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "amount": book.add_format({"num_format": "$#,##0.00"}),
            "rate": book.add_format({"num_format": "0.0%"}),
            "count": book.add_format({"num_format": "#,##0"}),
            "decimal": book.add_format({"num_format": "#,##0.0"}),
        }
        about = book.add_worksheet("About")
        about.set_column(0, 0, 26, formats["bold"])
        about.set_column(1, 1, 100, formats["wrap"])
        told = [("Table", table.title), ("What it is", table.definition), ("As-of date", str(release.as_of)), ("Release", release.run_id)]
        told += [("Filters", ""), *filters.words()]
        if shared:
            told.append(("Suppressed", f"Counts under {SMALL}, and what would tell them, are left out: {HIDDEN}."))
        else:
            told.append(("Patient data", "Rows and counts are complete. Treat this workbook as patient data."))
        told += [("Columns", ""), *((column.title, column.definition or column.kind) for column in columns)]
        for number, (name, text) in enumerate(told):
            about.write_string(number, 0, name)
            about.write_string(number, 1, text)
        sheet = book.add_worksheet("".join(c for c in table.title if c not in "[]:*?/\\'")[:31])
        for number, column in enumerate(columns):
            sheet.set_column(number, number, max(12, len(column.title) + 3, column.width // 8))
            sheet.write_string(0, number, column.title, formats["head"])
        sheet.freeze_panes(1, 1)
        row_number = 0
        for row in rows:
            if row_number >= SHEET_ROWS:
                about.write_string(len(told), 0, "Cut")
                break
            row_number += 1
            for number, (column, value) in enumerate(zip(columns, row, strict=True)):
                _write(sheet, row_number, number, value, formats.get(column.kind), formats["date"])
        sheet.autofilter(0, 0, row_number, len(columns) - 1)
        book.get_worksheet_by_name("About").activate()
    file.seek(0)
    return file


def _write(sheet: Any, row: int, column: int, value: Any, style: Any, dated: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, float(value), style)  # Excel holds numbers as floats only
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, dated)
    else:
        sheet.write_string(row, column, str(value)[:32_767])
