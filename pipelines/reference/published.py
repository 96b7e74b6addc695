"""Published files as records: tab- or comma-separated text and the first sheet of an .xlsx, as they are or inside a .zip.

What does not belong here: what the records mean (importing).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from pipelines.errors import MidpointError

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_WORKBOOK = "xl/workbook.xml"


@dataclass(frozen=True)
class Published:
    """A file and its records in their order: (line or row number, cells, trimmed). Blank records are left out."""

    path: Path
    name: str  # of the file itself, or of the one inside the .zip
    records: list[tuple[int, list[str]]]

    def error(self, line: int, what: str) -> MidpointError:
        """A MidpointError that names file and line."""
        return MidpointError(f"{self.path}, line {line}: {what}")


def read_published(path: Path, wanted: re.Pattern[str]) -> Published:
    """Read one file; ``wanted``: names of what is looked for inside a .zip. Raises MidpointError where it is no such file or is damaged."""
    try:
        content = path.read_bytes()
        if not zipfile.is_zipfile(io.BytesIO(content)):
            return Published(path, path.name, _text(path, content))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if _WORKBOOK in names:
                return Published(path, path.name, list(_sheet(path, archive)))
            found = [name for name in names if wanted.fullmatch(name.rsplit("/", 1)[-1])]
            if len(found) != 1:
                inside = ", ".join(found or names) or "nothing"
                raise MidpointError(f"{path}: holds {inside}; unpack it and give the one file that is meant")
            return Published(path, found[0].rsplit("/", 1)[-1], _text(path, archive.read(found[0])))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ElementTree.ParseError, EOFError, NotImplementedError) as error:
        raise MidpointError(f"{path}: is damaged ({error}); download it again") from error


def _text(path: Path, content: bytes) -> list[tuple[int, list[str]]]:
    """Records of delimited text, UTF-8 or Windows-1252, lines ended by CR, LF or both; separated by tabs where its first lines have any."""
    if b"\0" in content:
        raise MidpointError(f"{path}: is no text; give the file as published, as text, CSV or .xlsx")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    lines = io.StringIO(text, newline=None)
    head = [next(lines, "") for _ in range(20)]
    lines.seek(0)
    reader = csv.reader(lines, delimiter="\t" if any("\t" in line for line in head) else ",")
    try:
        return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise MidpointError(f"{path}, line {reader.line_num}: is no CSV ({error}); download it again") from error


def _sheet(path: Path, archive: zipfile.ZipFile) -> Iterator[tuple[int, list[str]]]:
    """Records of the first worksheet; row numbers as in the spreadsheet program."""
    names = archive.namelist()
    sheets = sorted((name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)), key=lambda n: int(re.sub(r"\D", "", n)))
    if not sheets:
        raise MidpointError(f"{path}: is a workbook without a sheet; download it again")
    shared: list[str] = []
    if "xl/sharedStrings.xml" in names:
        with archive.open("xl/sharedStrings.xml") as file:
            shared = ["".join(part.text or "" for part in item.iter(f"{_SHEET}t")) for item in _elements(file, "si")]
    with archive.open(sheets[0]) as file:
        for number, row in enumerate(_elements(file, "row"), 1):
            cells: list[str] = []
            for cell in row.iter(f"{_SHEET}c"):
                place = _column(cell.get("r", ""))
                cells.extend("" for _ in range(place - len(cells)))
                cells.append(_value(cell, shared).strip())
            if any(cells):
                yield int(row.get("r", number)), cells


def _elements(file: IO[bytes], tag: str) -> Iterator[ElementTree.Element]:
    """The elements of a tag, each forgotten after use, so that a large sheet needs little memory."""
    events = ElementTree.iterparse(file, events=("start", "end"))
    _, root = next(events)
    for event, element in events:
        if event == "end" and element.tag == f"{_SHEET}{tag}":
            yield element
            root.clear()


def _column(reference: str) -> int:
    """0 for A1, 27 for AB3; where the cell names no place, far left, so that cells follow one another."""
    place = 0
    for letter in re.sub(r"[^A-Z]", "", reference):
        place = place * 26 + ord(letter) - 64
    return place - 1


def _value(cell: ElementTree.Element, shared: list[str]) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{_SHEET}t"))
    text = cell.findtext(f"{_SHEET}v") or ""
    if kind == "s":
        return shared[int(text)]
    # Codes and dates that were typed as numbers: 99497 and 20160101, never 99497.0.
    return text.removesuffix(".0")
