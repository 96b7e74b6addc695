"""Running the reader in tests: all batches of one or more files as plain rows, with chunks as small as one likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unittest import mock

from pipelines.x12 import reader
from pipelines.x12.reader import Aside, FileEnd, Source
from pipelines.x12.tables import TABLES

Row = dict[str, Any]

# (chunk bytes, bytes read at once to look at a new file): the second is a floor of the first, so it is lowered to what an ISA may take.
WHOLE = (4 << 20, 4096)
SMALL = ((1, 450), (1500, 512))
SIZES = (*SMALL, WHOLE)


@dataclass
class Result:
    """What the reader gave for some files, after rows of sets that turned out broken were taken back."""

    tables: dict[str, list[Row]]
    asides: list[Aside]
    ends: list[FileEnd]
    batch_count: int


def read(contents: bytes | Sequence[bytes], sizes: tuple[int, int] = WHOLE) -> Result:
    """Read contents as files 1, 2, …; rows in the order of file, then as given."""
    contents = [contents] if isinstance(contents, bytes) else contents
    tables: dict[str, list[Row]] = {t.name: [] for t in TABLES}
    asides: list[Aside] = []
    ends: list[FileEnd] = []
    batches = 0
    with mock.patch.object(reader, "HEAD_BYTES", sizes[1]):
        for batch in reader.read([Source.from_bytes(c, k) for k, c in enumerate(contents, 1)], sizes[0]):
            batches += 1
            for name, rows in batch.tables.items():
                tables[name] += rows.to_pylist()
            asides += batch.asides
            ends += batch.files
    split = {(a.file_key, a.transaction_set) for a in asides if a.was_split}
    for table in TABLES:
        rows = tables[table.name]
        if table.name == "interchange":
            rows.sort(key=lambda r: (r["file_key"], r["interchange"]))
        elif table.name == "functional_group":
            rows.sort(key=lambda r: (r["file_key"], r["functional_group"]))
        elif table.name != "transaction_set":
            rows[:] = [r for r in rows if (r["file_key"], r["transaction_set"]) not in split]
    return Result(tables, asides, sorted(ends, key=lambda e: e.file_key), batches)


def differences(expected: dict[str, list[Row]], found: dict[str, list[Row]]) -> list[str]:
    """Where two sets of tables differ, value by value; empty where they agree."""
    out: list[str] = []
    for name, rows in expected.items():
        others = found[name]
        if len(rows) != len(others):
            out.append(f"{name}: {len(rows)} rows expected, {len(others)} found")
        for place, (row, other) in enumerate(zip(rows, others, strict=False)):
            out += [f"{name}[{place}].{c}: {row[c]!r} expected, {other[c]!r} found" for c in row if row[c] != other[c]]
    return out
