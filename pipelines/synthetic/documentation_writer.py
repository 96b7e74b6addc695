"""Notes as files of the documentation extract: CSV in the manners of several record systems, and Parquet.

What does not belong here: what a note says (episode).
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.documentation.extract import COLUMNS
from pipelines.synthetic.episode import Note

FILE_ROWS = 5_000
EXTRA = "note_template"  # a column that the extract does not know
_HEADER = (*COLUMNS, EXTRA)


class DocumentationWriter:
    """Writes below ``folder``: a file for each so many rows, addenda apart, since a row is corrected by one in a later file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows = 0
        self._waiting: dict[str, list[tuple[str, ...]]] = {"acp_documentation": [], "acp_documentation_late": []}
        self._files = dict.fromkeys(self._waiting, 0)

    def add(self, notes: list[Note]) -> None:
        """Some notes."""
        for note in notes:
            stem = "acp_documentation_late" if note.is_addendum else "acp_documentation"
            rows = self._waiting[stem]
            get = note.columns.get
            rows.append(tuple(get(column, "") for column in _HEADER))
            if len(rows) >= FILE_ROWS:
                self._write(stem)

    def close(self) -> None:
        """Write the rest; the last rows but some go to Parquet, so that every run has a file of it."""
        rows = self._waiting["acp_documentation"]
        if len(rows) > 1:
            tail = rows[len(rows) * 3 // 4 :]
            del rows[len(rows) * 3 // 4 :]
            self._write("acp_documentation")
            self._waiting["acp_documentation"] = tail
            self._parquet(tail)
        else:
            self._write("acp_documentation")
        self._write("acp_documentation_late")

    def _path(self, stem: str, suffix: str) -> Path:
        self._files[stem] += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{stem}_{self._files[stem]:03d}{suffix}"

    def _write(self, stem: str) -> None:
        rows, self._waiting[stem] = self._waiting[stem], []
        if not rows:
            return
        self.rows += len(rows)
        path = self._path(stem, ".csv")
        is_german = self._files[stem] % 3 == 2  # a second system: semicolons and a byte order mark
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";" if is_german else ",", lineterminator="\r\n" if is_german else "\n")
        writer.writerow(_HEADER)
        writer.writerows(rows)
        path.write_bytes(text.getvalue().encode("utf-8-sig" if is_german else "utf-8"))

    def _parquet(self, rows: list[tuple[str, ...]]) -> None:
        self.rows += len(rows)
        columns = zip(*rows, strict=True)
        table = pa.table({name: pa.array([value or None for value in values]) for name, values in zip(_HEADER, columns, strict=True)})
        pq.write_table(table, self._path("acp_documentation", ".parquet"))
