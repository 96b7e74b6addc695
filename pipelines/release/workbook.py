"""findings.xlsx: the findings and the checks as a workbook with real dates and numbers, for those who work in Excel.

What does not belong here: choosing or computing anything; the sheets are the release's own tables.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

ROW_LIMIT = 100_000  # rows of a sheet: more take minutes to write and to open; Excel's own limit is 1,048,576
WIDTHS = {"evidence": 60, "source_file": 40, "amount_method": 32, "authority": 40, "reason": 50} | dict.fromkeys(
    ("title", "counts", "amount_definition", "false_positives", "fix", "teach"), 60
)
LARGEST = "greatest(coalesce(at_risk_amount, 0), coalesce(recoverable_amount, 0)) desc, finding_key"


def write_workbook(folder: Path, run_id: str) -> Path:
    """Write <folder>/findings.xlsx from its finding and check_result tables; returns its path.

    Of more than ROW_LIMIT findings the sheet takes the largest by dollars and its name says so; finding.csv and finding.parquet hold all.
    Text is written as text, so that nothing in it is taken for a formula.
    """
    path = folder / "findings.xlsx"
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book, duckdb.connect() as con:
        con.execute("set preserve_insertion_order = true")
        # A fixed date, so that equal content is equal bytes.
        book.set_properties({"title": f"Midpoint findings {run_id}", "created": datetime(2000, 1, 1)})
        formats = {
            "header": book.add_format({"bold": True, "bg_color": "#E8EDF2", "bottom": 1}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "amount": book.add_format({"num_format": "#,##0.00"}),
        }
        source = "read_parquet('" + str(folder / "finding.parquet").replace("'", "''") + "')"
        counted = con.execute(f"select count(*) from {source}").fetchone()
        if counted and counted[0] > ROW_LIMIT:
            _sheet(book, con, f"select * from {source} order by {LARGEST} limit {ROW_LIMIT}", f"Findings ({ROW_LIMIT:,} largest)", formats)
        else:
            _sheet(book, con, f"select * from {source}", "Findings", formats)
        _sheet(book, con, f"select * from {source.replace('finding.parquet', 'check_result.parquet')}", "Checks", formats)
    return path


def _sheet(book: Any, con: duckdb.DuckDBPyConnection, query: str, title: str, formats: dict[str, Any]) -> None:
    result = con.execute(query)
    names = [column[0] for column in result.description or ()]
    sheet = book.add_worksheet(title)
    for column, name in enumerate(names):
        sheet.set_column(column, column, WIDTHS.get(name, max(12, len(name) + 2)))
        sheet.write_string(0, column, name, formats["header"])
    sheet.freeze_panes(1, 1)
    row = 0
    while rows := result.fetchmany(10_000):
        for values in rows:
            row += 1
            for column, value in enumerate(values):
                _cell(sheet, row, column, value, formats)
    sheet.autofilter(0, 0, row, len(names) - 1)


def _cell(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value[:32_767])  # what a cell holds at most
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, float(value), formats["amount"])  # Excel holds numbers as floats only
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["date"])
    else:
        sheet.write_number(row, column, value)
