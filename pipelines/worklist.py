"""Work lists: rows that people fill in, written as XLSX and CSV, and read back with the number of each row.

What does not belong here: which rows and columns a list has, and what its answers mean (pipelines.sampling, pipelines.review).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pipelines.errors import MidpointError

ROW_LIMIT = 100_000  # as of the release's workbook; the CSV has no limit
LARGEST_SHEET = 400_000_000  # bytes of unpacked XML that are read
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Column:
    """One column of a list. ``choices``: what a drop-down offers; ``is_amount``: dollars to fill in; ``is_open``: any text."""

    name: str
    width: int = 14
    choices: tuple[str, ...] = ()
    is_amount: bool = False
    is_open: bool = False

    @property
    def to_fill_in(self) -> bool:
        return bool(self.choices) or self.is_amount or self.is_open


def write_list(path: Path, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], title: str, instructions: Iterable[str]) -> None:
    """Write ``rows`` as XLSX (with the instructions as a second sheet) or as CSV, by the ending of ``path``.

    Raises MidpointError on another ending, or more than ROW_LIMIT rows for an XLSX.
    """
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow([column.name for column in columns])
            writer.writerows([_text(row.get(column.name)) for column in columns] for row in rows)
    elif path.suffix.lower() == ".xlsx":
        if len(rows) > ROW_LIMIT:
            raise MidpointError(f"{path}: {len(rows):,} rows are too many for a sheet ({ROW_LIMIT:,}); narrow them, or name a .csv")
        _write_xlsx(path, columns, rows, title, instructions)
    else:
        raise MidpointError(f"{path}: a work list is an .xlsx or a .csv; name the file so")


def _write_xlsx(path: Path, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], title: str, instructions: Iterable[str]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        book.set_properties({"title": title, "created": datetime(2000, 1, 1)})  # a fixed date: equal content, equal bytes
        header = book.add_format({"bold": True, "bg_color": "#E8EDF2", "bottom": 1})
        asked = book.add_format({"bold": True, "bg_color": "#FFF2CC", "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        amount = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("Work list")
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, max(column.width, len(column.name) + 2), amount if column.is_amount else None)
            sheet.write_string(0, place, column.name, asked if column.to_fill_in else header)
            if rows and column.choices:
                sheet.data_validation(
                    1, place, len(rows), place, {"validate": "list", "source": list(column.choices), "error_title": column.name}
                )
            if rows and column.is_amount:
                sheet.data_validation(
                    1,
                    place,
                    len(rows),
                    place,
                    {"validate": "decimal", "criteria": "between", "minimum": -1e9, "maximum": 1e9, "error_title": "An amount in dollars"},
                )
        for number, row in enumerate(rows, 1):
            for place, column in enumerate(columns):
                value = row.get(column.name)
                if value is None:
                    continue
                if isinstance(value, bool | str):
                    sheet.write_string(number, place, _text(value)[:32_767])
                elif isinstance(value, Decimal):
                    sheet.write_number(number, place, float(value), amount)
                elif isinstance(value, date):
                    sheet.write_datetime(number, place, datetime(value.year, value.month, value.day), day)
                else:
                    sheet.write_number(number, place, value)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        told = book.add_worksheet("Instructions")
        told.set_column(0, 0, 120, book.add_format({"text_wrap": True, "valign": "top"}))
        for number, line in enumerate((title, "", *instructions)):
            told.write_string(number, 0, line)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def read_list(path: Path, needed: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
    """(row number as the sheet shows it, value by column name) of each row that is not empty; values are trimmed text, missing ones "".

    An XLSX gives its first sheet. A CSV may be UTF-8 or, as older Excel saves it, Windows-1252, with commas, semicolons or tabs.
    Raises MidpointError when the file cannot be read or a column of ``needed`` is not there.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MidpointError(f"{path}: cannot be read ({error.strerror or error})") from error
    lines = _xlsx_lines(path, content) if content.startswith(b"PK") else _csv_lines(path, content)
    names = [name.strip() for name in lines[0][1]] if lines else []
    missing = [name for name in needed if name not in names]
    if missing:
        raise MidpointError(
            f"{path}: column {', '.join(missing)} is missing; bring back the list with the columns that it was written with"
        )
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise MidpointError(f"{path}: column {', '.join(doubled)} is there twice")
    rows: list[tuple[int, dict[str, str]]] = []
    for number, values in lines[1:]:
        trimmed = [value.strip() for value in values]
        if any(trimmed):
            rows.append((number, {name: trimmed[place] if place < len(trimmed) else "" for place, name in enumerate(names) if name}))
    return rows


def _csv_lines(path: Path, content: bytes) -> list[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise MidpointError(f"{path}: neither XLSX nor CSV; save the list as one of these")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        # The number is that of the row, as a spreadsheet counts, not of the line of text.
        return list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1))
    except csv.Error as error:
        raise MidpointError(f"{path}: cannot be read as CSV ({error})") from error


def _xlsx_lines(path: Path, content: bytes) -> list[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            workbook = _part(book, "xl/workbook.xml")
            sheet = workbook.find(f"{MAIN}sheets/{MAIN}sheet")
            target = {r.get("Id"): r.get("Target", "") for r in _part(book, "xl/_rels/workbook.xml.rels")}
            if sheet is None:
                raise ValueError("no sheet")
            name = target[sheet.get(RELATION)]
            texts: list[str] = []
            if "xl/sharedStrings.xml" in book.namelist():
                for item in _part(book, "xl/sharedStrings.xml"):
                    # <r> are runs of formatted text; <rPh> are phonetic hints and no text of the cell
                    texts.append("".join(t.text or "" for t in [*item.findall(f"{MAIN}t"), *item.findall(f"{MAIN}r/{MAIN}t")]))
            data = _part(book, name.lstrip("/") if name.startswith("/") else f"xl/{name}").find(f"{MAIN}sheetData")
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, ElementTree.ParseError) as error:
        raise MidpointError(f"{path}: cannot be read as XLSX ({error}); save it as .xlsx or .csv") from error
    lines: list[tuple[int, list[str]]] = []
    for number, row in enumerate(data if data is not None else (), 1):
        cells: dict[int, str] = {}
        for place, cell in enumerate(row):
            at = re.match(r"[A-Z]+", cell.get("r", ""))
            cells[_place(at.group()) if at else place] = _cell(cell, texts)
        lines.append((int(row.get("r", number)), [cells.get(place, "") for place in range(max(cells, default=-1) + 1)]))
    return lines


def _part(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if book.getinfo(name).file_size > LARGEST_SHEET:
        raise ValueError(f"{name} is too large")
    content = book.read(name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError(f"{name} declares entities, which a workbook does not")
    return ElementTree.fromstring(content)


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _cell(cell: ElementTree.Element, texts: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{MAIN}t"))
    value = cell.findtext(f"{MAIN}v") or ""
    if kind == "s":
        return texts[int(value)] if value.isdigit() and int(value) < len(texts) else ""
    if kind == "b":
        return "true" if value == "1" else "false"
    if kind == "n" and value:
        number = float(value)  # Excel holds 70.10 as 70.099999999999994
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return value


def read_amount(text: str) -> Decimal:
    """Dollars as people write them (1,234.50; $70; (12.00) or -12 for less than nothing), to the cent. Raises ValueError."""
    bare = text.strip().replace("$", "").replace(" ", "")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        raise ValueError(text) from None
    if not amount.is_finite() or abs(amount) >= 10**12 or amount != amount.quantize(Decimal("0.01")):
        raise ValueError(text)
    return amount.quantize(Decimal("0.01"))


def read_day(text: str) -> date:
    """A day as YYYY-MM-DD, M/D/YYYY, or the number that a sheet holds for a day. Raises ValueError."""
    if re.fullmatch(r"\d{4,5}(\.\d+)?", text):
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    if american := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        return date(int(american[3]), int(american[1]), int(american[2]))
    return date.fromisoformat(text[:10]) if re.fullmatch(r"\d{4}-\d\d-\d\d([T ].*)?", text) else date.fromisoformat(text)
