"""Dated rows of reference CSVs: reading them with their lines, refusing overlaps, replacing those of some dates, writing whole files.

What does not belong here: what a table's own columns mean (policy, importing) and loading (pipelines.warehouse).
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from pipelines.errors import MidpointError
from pipelines.warehouse import reference_files

DATED = ("valid_from", "valid_to", "source")

# Of rows with the same values here, one at most may be valid on a day: models join them by day, and two would double the claim's line.
KEYS = {
    "acp_denial_cause": ("cause", "code_system", "code"),
    "acp_eligible_taxonomy": ("taxonomy_prefix",),
    "adjustment_reason": ("reason_code",),
    "clinician_credential": ("credential",),
    "contract_rate": ("payer_id", "procedure_code", "modifier"),
    "critical_care": ("procedure_code",),
    "em_family": ("procedure_code_from", "procedure_code_to", "em_family", "place_of_service_code"),
    "fee_schedule": ("procedure_code",),
    "hospice_code": ("code_kind", "code"),
    "mue": ("procedure_code", "setting"),
    "ncci_pair": ("column_1_code", "column_2_code"),
    "palliative_taxonomy": ("taxonomy_code",),
    "payer_policy": ("policy", "payer_id", "filing_indicator_code"),
    "place_of_service": ("place_of_service_code",),
    "specialty": ("taxonomy_prefix",),
}


@dataclass(frozen=True)
class Row:
    """One row of a reference CSV. ``values`` are as text, trimmed, without valid_from, valid_to and source."""

    line: int  # in its file, the header being 1; 0 where it was made
    values: dict[str, str]
    valid_from: date | None  # first day; None: always
    valid_to: date | None  # last day; None: still
    source: str

    def holds_on(self, day: date) -> bool:
        """Whether the row is valid on the day."""
        return self.overlaps(day, day)

    def overlaps(self, first: date | None, last: date | None) -> bool:
        """Whether the row is valid on any day from first to last (None: without end)."""
        return (self.valid_from or date.min) <= (last or date.max) and (first or date.min) <= (self.valid_to or date.max)


def read_rows(path: Path) -> tuple[list[str], list[Row]]:
    """Columns and rows of a reference CSV. Raises MidpointError that names the line: no source, a date that is none, or cells too few."""
    try:
        reader = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
        records = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cells)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MidpointError(f"{path}: cannot be read as UTF-8 CSV ({error})") from error
    columns = records[0][1] if records else []
    missing = [column for column in DATED if column not in columns]
    if missing:
        raise MidpointError(f"{path}: column {', '.join(missing)} is missing; found {', '.join(columns) or 'none'}")
    return columns, [_row(path, line, columns, cells) for line, cells in records[1:]]


def _row(path: Path, line: int, columns: list[str], cells: list[str]) -> Row:
    if len(cells) != len(columns):
        raise MidpointError(f"{path}, line {line}: {len(cells)} cells under {len(columns)} columns; quote cells that hold a comma")
    values = dict(zip(columns, cells, strict=True))
    days = [_day(path, line, column, values.pop(column)) for column in ("valid_from", "valid_to")]
    if days[0] and days[1] and days[1] < days[0]:
        raise MidpointError(f"{path}, line {line}: valid_to {days[1]} is before valid_from {days[0]}")
    source = values.pop("source")
    if not source:
        raise MidpointError(f"{path}, line {line}: no source; say where the row comes from")
    return Row(line, values, days[0], days[1], source)


def _day(path: Path, line: int, column: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise MidpointError(f"{path}, line {line}: {column} {text!r} is no date; write YYYY-MM-DD, or nothing") from error


def check_reference(own: Path | None) -> None:
    """Raises MidpointError where two rows of a reference file speak of one thing on one day (KEYS), naming both lines."""
    for path in reference_files(own):
        if path.stem in KEYS:
            check_overlaps(path, path.stem, read_rows(path)[1])


def check_overlaps(path: Path, table: str, rows: Iterable[Row]) -> None:
    """Raises MidpointError naming the first two of the rows that are valid for one thing on one day."""
    key = KEYS[table]
    before: dict[tuple[str, ...], Row] = {}
    for row in sorted(rows, key=lambda r: (_thing(table, r), r.valid_from or date.min, r.line)):
        thing = _thing(table, row)
        earlier = before.get(thing)
        if earlier and earlier.overlaps(row.valid_from, row.valid_to):
            named = ", ".join(f"{column} {value or 'any'}" for column, value in zip(key, thing, strict=True))
            first, second = sorted((earlier.line, row.line))
            raise MidpointError(
                f"{path}, lines {first} and {second}: both are valid for {named} on {row.valid_from}; end one of them before"
            )
        before[thing] = row


def without(rows: Iterable[Row], first: date, last: date | None, is_meant: Callable[[Row], bool]) -> list[Row]:
    """The rows, but those that are meant only with their days outside first to last: cut, in two where they reach over both ends."""
    left: list[Row] = []
    for row in rows:
        if not is_meant(row) or not row.overlaps(first, last):
            left.append(row)
            continue
        if (row.valid_from or date.min) < first:
            left.append(replace(row, valid_to=first - timedelta(1)))
        if last and (row.valid_to or date.max) > last:
            left.append(replace(row, valid_from=last + timedelta(1)))
    return left


def without_same(table: str, rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """The rows, each without the days on which one of the others speaks of the same thing (KEYS of the table)."""
    spoken: dict[tuple[str, ...], list[Row]] = {}
    for other in others:
        spoken.setdefault(_thing(table, other), []).append(other)
    left: list[Row] = []
    for row in rows:
        pieces = [row]
        for other in spoken.get(_thing(table, row), ()):
            pieces = without(pieces, other.valid_from or date.min, other.valid_to, lambda _: True)
        left += pieces
    return left


def _thing(table: str, row: Row) -> tuple[str, ...]:
    return tuple(row.values.get(column, "") for column in KEYS[table])


def as_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """The rows as CSV text, in their order."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        dated = {"valid_from": row.valid_from or "", "valid_to": row.valid_to or "", "source": row.source}
        writer.writerow([(row.values | dated)[column] for column in columns])
    return text.getvalue()


def write_files(texts: dict[Path, str]) -> None:
    """Write the files, all or none but for a crash between two renames: each is synced under another name first, then renamed."""
    unfinished = {path: path.with_name(f".{path.name}.unfinished") for path in texts}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished[path].open("w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for path, made in unfinished.items():
            made.replace(path)
    finally:
        for made in unfinished.values():
            made.unlink(missing_ok=True)
