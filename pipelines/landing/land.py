"""The inbox into raw.*: each file once, by its content's hash, in one transaction with its ledger row.

What does not belong here: finding and opening files (inbox), reading them (x12, documentation), hashes and seals (privacy).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import polars as pl
import pyarrow as pa

from pipelines.documentation.dnr import elects_dnr
from pipelines.documentation.extract import read_documentation
from pipelines.errors import MidpointError
from pipelines.landing.inbox import Item, find, items, rested
from pipelines.landing.privacy import REPLACEMENTS, Key, hashed, owner_key
from pipelines.landing.schema import COUNTED, STORED_PRIVATE, SUMMED, create_raw_tables
from pipelines.settings import Settings
from pipelines.warehouse import transaction
from pipelines.x12.tables import TABLES

# One transaction holds files up to this many bytes (a larger file has one of its own), so that an interrupted run loses little.
TRANSACTION_BYTES = 256 << 20
PART_BYTES = 8 << 20  # of bytes set aside
# How DuckDB stores fastest while another thread reads: one thread that appends in order fills whole row groups and writes them as it
# goes; several would each keep part of one in memory, and compress all of it at the commit.
LANDING_SETTINGS = {"threads": 1, "preserve_insertion_order": True, "memory_limit": "192MB"}

# Columns of the documentation that are free text and may name anybody: stored sealed
FREE_TEXT = ("audio_reason", "absence_reason", "decisions")

# What the version of a transaction set is called, of those that Midpoint reads and those it sets aside
_KINDS = {
    "X222": "837P", "X098": "837P", "X223": "837I", "X096": "837I", "X224": "837D", "X097": "837D", "X221": "835", "X091": "835",
}  # fmt: skip


@dataclass
class LandedFile:
    """One new row of raw.file."""

    file_key: int
    item: Item
    kind: str = "unknown"
    version: str | None = None
    status: str = "accepted"
    reason: str | None = None
    duplicate_of: int | None = None
    has_landed_set: bool = False
    interchange_count: int = 0
    transaction_set_count: int = 0
    row_count: int = 0
    warnings: list[str] = field(default_factory=list[str])
    landed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    aside: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    amounts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(SUMMED, Decimal(0)))
    unreadable_count: int = 0
    kinds: set[str] = field(default_factory=set[str])
    versions: set[str] = field(default_factory=set[str])
    complaints: list[str] = field(default_factory=list[str])
    checks: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])  # control totals: how often, first time

    def complain(self, what: str, example: str) -> None:
        count, first = self.checks.get(what, (0, example))
        self.checks[what] = (count + 1, first)


@dataclass(frozen=True)
class Landing:
    """What a landing did: the files that it recorded, and how many it knew already."""

    files: list[LandedFile]
    known_count: int


def land(con: duckdb.DuckDBPyConnection, settings: Settings, sources: list[Path]) -> Landing:
    """Land what is new in the sources (folders or files) into raw.*.

    A file that is known by content and path is passed over; a known content under another path is recorded as duplicate.
    A run that nobody watches (settings.unattended) leaves what is still being written for the next one, and may find nothing.
    Raises MidpointError where a source is missing or empty, a file cannot be opened, or nothing in the sources can be read.
    """
    found = find(sources, settings.made, may_be_empty=settings.unattended)
    create_raw_tables(con)
    if settings.unattended:
        found = rested(found, settings.schedule.stable_seconds)
        if not found:
            return Landing([], 0)
    key = owner_key(con, settings)
    before = {name: con.execute(f"select current_setting('{name}')").fetchall()[0][0] for name in LANDING_SETTINGS}
    try:
        _set(con, LANDING_SETTINGS)
        return _land(con, key, found)
    finally:
        _set(con, before)


def _set(con: duckdb.DuckDBPyConnection, settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        con.execute(f"set {name} = '{value}'")


def _land(con: duckdb.DuckDBPyConnection, key: Key, found: list[tuple[str, Path]]) -> Landing:
    ledger = _Ledger(con)
    recorded: list[LandedFile] = []
    known: list[str] = []
    group: list[LandedFile] = []
    size = 0
    for shown, path in found:
        for item in items(shown, path):
            file = ledger.admit(item)
            if file is None:
                known.append(item.path)
                continue
            if group and size + item.byte_count > TRANSACTION_BYTES:
                _land_group(con, key, ledger, group)
                group, size = [], 0
            group.append(file)
            recorded.append(file)
            size += item.byte_count
    if group:
        _land_group(con, key, ledger, group)
    _refuse_if_nothing(con, [f.item.path for f in recorded] + known)
    return Landing(recorded, len(known))


def _refuse_if_nothing(con: duckdb.DuckDBPyConnection, paths: list[str]) -> None:
    """Raise where every file of the sources is quarantined, or copies one that is."""
    rows = con.execute(
        """
        select f.path, coalesce(o.reason, f.reason) from raw.file as f left join raw.file as o on f.duplicate_of_file_key = o.file_key
        where list_contains(?, f.path) and coalesce(o.status, f.status) = 'quarantined' order by f.file_key
        """,
        [paths],
    ).fetchall()
    refused = dict(rows)
    if len(refused) == len(set(paths)):
        path, reason = next(iter(refused.items()), ("", "there is no file that can be read"))
        several = f" (and {len(refused) - 1} more, none of which can be read)" if len(refused) > 1 else ""
        raise MidpointError(f"{path}: {reason}{several}")


class _Ledger:
    """Which contents and paths raw.file knows, and the next keys."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.seen: set[tuple[str, str]] = set()
        self.paths: set[str] = set()
        self.first: dict[str, int] = {}
        self.next_file = 1
        for file_key, path, sha256, status in con.execute(
            "select file_key, path, sha256, status from raw.file order by file_key"
        ).fetchall():
            self.seen.add((path, sha256))
            self.paths.add(path)
            if status != "duplicate":
                self.first.setdefault(sha256, file_key)
            self.next_file = file_key + 1
        (self.next_quarantine,) = con.execute("select coalesce(max(quarantine_key), 0) + 1 from raw.quarantine").fetchall()[0]

    def admit(self, item: Item) -> LandedFile | None:
        """A new file, a duplicate, or None where it is known."""
        if (item.path, item.sha256) in self.seen:
            return None
        file = LandedFile(self.next_file, item)
        if item.path in self.paths:
            file.warnings.append("other content was landed under this name before, and both count; see README on replaced files")
        self.seen.add((item.path, item.sha256))
        self.paths.add(item.path)
        self.next_file += 1
        original = self.first.setdefault(item.sha256, file.file_key)
        if original != file.file_key:
            file.status, file.duplicate_of, file.reason = "duplicate", original, "the same content was landed before under another name"
        return file


@dataclass
class _Aside:
    """A row of raw.quarantine and the bytes it speaks of."""

    file: LandedFile
    unit: str
    reason_code: str
    message: str
    content: bytes | None = None  # else bytes offset .. offset + size of the file
    transaction_set: int | None = None
    control_number: str | None = None
    version: str | None = None
    segment_number: int | None = None
    row_number: int | None = None
    byte_offset: int | None = None
    offset: int = 0
    size: int = 0
    amounts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(SUMMED, Decimal(0)))
    unreadable_count: int = 0


def _land_group(con: duckdb.DuckDBPyConnection, key: Key, ledger: _Ledger, group: list[LandedFile]) -> None:
    """Land some files in one transaction. What is set aside of them is written last, file by file."""
    by_key = {file.file_key: file for file in group}
    asides: list[_Aside] = []
    next_quarantine = ledger.next_quarantine
    with transaction(con):
        for file in group:
            if file.status == "duplicate":
                continue
            if file.item.kind == "refused":
                # Nobody knows what is in it, unless it holds nothing.
                file.unreadable_count = int(file.item.reason_code != "empty_archive")
                asides.append(
                    _Aside(
                        file,
                        "file",
                        file.item.reason_code,
                        file.item.message,
                        size=file.item.byte_count,
                        unreadable_count=file.unreadable_count,
                    )
                )
                file.complaints.append(file.item.message)
            elif file.item.kind == "documentation":
                asides.extend(_land_documentation(con, key, file))
        asides.extend(_land_x12(con, key, by_key))
        _write_quarantine(con, key, next_quarantine, asides)
        _write_files(con, group)
    ledger.next_quarantine = next_quarantine + len(asides)


# --- X12 ---------------------------------------------------------------------------------------------


def _ahead(batches: Iterator[Any]) -> Iterator[Any]:
    """The same batches, read in a thread of its own while DuckDB stores the last ones."""
    line: queue.Queue[tuple[str, Any]] = queue.Queue(maxsize=1)
    stop = threading.Event()

    def work() -> None:
        try:
            for batch in batches:
                line.put(("batch", batch))
                if stop.is_set():
                    return
            line.put(("end", None))
        except BaseException as error:
            line.put(("error", error))

    worker = threading.Thread(target=work, name="x12-read", daemon=True)
    worker.start()
    try:
        while True:
            what, value = line.get()
            if what == "error":
                raise value
            if what == "end":
                return
            yield value
    finally:
        stop.set()
        while worker.is_alive():
            try:
                line.get(timeout=0.05)
            except queue.Empty:
                continue


def _land_x12(con: duckdb.DuckDBPyConnection, key: Key, files: dict[int, LandedFile]) -> list[_Aside]:
    from pipelines.x12.reader import Source, read  # imports compiled code, which documentation alone does not need

    sources = [Source(f.file_key, f.item.open) for f in files.values() if f.item.kind == "x12" and f.status != "duplicate"]
    if not sources:
        return []
    asides: list[_Aside] = []
    for batch in _ahead(read(sources)):
        _insert(con, key, batch.tables)
        _check_totals(batch.tables, files)
        for aside in batch.asides:
            for table in TABLES if aside.was_split else ():
                if ("transaction_set", "count") in table.columns and table.name != "transaction_set":
                    con.execute(
                        f"delete from raw.{table.name} where file_key = ? and transaction_set = ?", [aside.file_key, aside.transaction_set]
                    )
        for aside in batch.asides:
            file = files[aside.file_key]
            where = f"transaction set {aside.transaction_set}: " if aside.transaction_set else ""
            file.complaints.append(where + aside.message)
            asides.append(
                _Aside(
                    file,
                    aside.unit,
                    aside.reason_code,
                    aside.message,
                    transaction_set=aside.transaction_set,
                    control_number=aside.control_number,
                    version=aside.version_code,
                    segment_number=aside.segment_number,
                    byte_offset=aside.byte_offset,
                    offset=aside.set_offset,
                    size=aside.set_bytes,
                    amounts=aside.amounts,
                    unreadable_count=aside.unreadable_count,
                )
            )
        for end in batch.files:
            file = files[end.file_key]
            file.interchange_count, file.transaction_set_count = end.interchange_count, end.transaction_set_count
            file.landed, file.aside = end.landed, end.aside
            file.amounts, file.unreadable_count = end.amounts, end.unreadable_count
            file.warnings.extend(end.warnings)
            if end.transaction_set_count == 0 and not file.complaints:
                message = "no transaction set in it; have the sender resend the file"
                file.complaints.append(message)
                asides.append(_Aside(file, "file", "no_transaction_set", message, size=file.item.byte_count))
    return asides


def _insert(con: duckdb.DuckDBPyConnection, key: Key, tables: dict[str, pa.Table]) -> None:
    """Store the reader's tables; private columns are replaced on the way. Columns without a value are left to their default, null."""
    for table in TABLES:
        if table.name not in tables:
            continue
        rows = tables[table.name]
        if table.name == "claim_note":
            notes = rows.column("note_text").to_pylist()
            rows = rows.append_column("sealed_note", pa.array([key.seal(n.encode()) if n else None for n in notes], pa.binary()))
        filled = {c for c in rows.column_names if rows.column(c).null_count < rows.num_rows}
        columns = [c for c, kind in table.columns if kind != "private" and c in filled]
        values = list(columns)
        for column, _ in STORED_PRIVATE.get(table.name, ()):
            columns.append(column)
            values.append(REPLACEMENTS.get((table.name, column), column))
        sql = f"insert into raw.{table.name} ({', '.join(columns)}) select {', '.join(values)} from landing_rows"
        _store(con, sql, rows, {"hash_key": key.hash_key} if "$hash_key" in sql else {})


def _store(con: duckdb.DuckDBPyConnection, sql: str, landing_rows: pa.Table, parameters: dict[str, Any] | None = None) -> None:
    """Run an insert that reads ``landing_rows``.

    DuckDB finds the argument by its name: a registered view would keep every batch in memory until the transaction ends.
    """
    con.execute(sql, parameters or {})


def _check_totals(tables: dict[str, pa.Table], files: dict[int, LandedFile]) -> None:
    """Control numbers and counts that do not agree become warnings of their file; versions and kinds are collected on the way."""
    if "transaction_set" in tables:
        sets = _frame(tables["transaction_set"])
        for row in sets.select("file_key", "kind", "version_code", "transaction_code").unique(maintain_order=True).iter_rows(named=True):
            file, version = files[row["file_key"]], row["version_code"] or ""
            file.kinds.add(_KINDS.get(version[6:10], row["transaction_code"] or "unknown") if row["kind"] == "unsupported" else row["kind"])
            file.versions.update({version} - {""})
        _compare(sets, files, "transaction set", "declared_segment_count", "found_segment_count", "SE01 differs from the segments found")
        _compare(sets, files, "transaction set", "trailer_control_number", "control_number", "SE02 differs from ST02")
        for (file_key,) in sets.filter("is_landed").select("file_key").unique().iter_rows():
            files[file_key].has_landed_set = True
        for row in sets.filter(pl.col("is_landed") & pl.col("is_balanced").not_()).iter_rows(named=True):
            files[row["file_key"]].complain(*_imbalance(row))
    if "functional_group" in tables:
        groups = _frame(tables["functional_group"])
        found = "found_transaction_set_count"
        _compare(groups, files, "functional group", "declared_transaction_set_count", found, "GE01 differs from the transaction sets found")
        _compare(groups, files, "functional group", "trailer_control_number", "control_number", "GE02 differs from GS06")
        _unclosed(groups, files, "functional group", "no GE closes the group")
    if "interchange" in tables:
        interchanges = _frame(tables["interchange"])
        _compare(interchanges, files, "interchange", "declared_group_count", "found_group_count", "IEA01 differs from the groups found")
        _compare(interchanges, files, "interchange", "trailer_control_number", "control_number", "IEA02 differs from ISA13")
        _unclosed(interchanges, files, "interchange", "no IEA closes the interchange")


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _compare(frame: pl.DataFrame, files: dict[int, LandedFile], unit: str, said: str, found: str, what: str) -> None:
    ordinal = unit.replace(" ", "_")
    for row in frame.filter(pl.col(said) != pl.col(found)).iter_rows(named=True):
        files[row["file_key"]].complain(what, f"{unit} {row[ordinal]} says {row[said]}, found {row[found]}")


def _unclosed(frame: pl.DataFrame, files: dict[int, LandedFile], unit: str, what: str) -> None:
    ordinal = unit.replace(" ", "_")
    for row in frame.filter(pl.col("trailer_control_number").is_null()).iter_rows(named=True):
        files[row["file_key"]].complain(what, f"{unit} {row[ordinal]}")


def _imbalance(row: dict[str, Any]) -> tuple[str, str]:
    """What does not add up in a transaction set, and by how much."""
    where = f"transaction set {row['transaction_set']}"
    claims = f"{row['unbalanced_claim_count']} of {row['claim_count']} claims"
    if row["kind"] != "835":
        return "CLM02 differs from the sum of the lines", f"{where}: {claims}"
    if row["unbalanced_claim_count"] or row["unbalanced_line_count"]:
        lines = f"{row['unbalanced_line_count']} of {row['line_count']} lines"
        return "charge less adjustments differs from payment", f"{where}: {claims}, {lines}"
    total = row["claim_paid_total_amount"] - row["provider_adjustment_total_amount"]
    return "BPR02 differs from payments less provider adjustments", f"{where} says {row['payment_amount']}, found {total}"


# --- documentation -----------------------------------------------------------------------------------


def _land_documentation(con: duckdb.DuckDBPyConnection, key: Key, file: LandedFile) -> list[_Aside]:
    file.kind = "documentation"
    with file.item.open() as stream:
        content = stream.read()
    try:
        read = read_documentation(content, file.item.path)
    except MidpointError as error:
        message = str(error).removeprefix(f"{file.item.path}: ")
        file.complaints.append(message)
        return [_Aside(file, "file", "bad_documentation", message, size=file.item.byte_count)]
    sealed = [
        pl.Series(f"sealed_{name}", [key.seal(text.encode()) if text else None for text in read.rows[name]], pl.Binary)
        for name in FREE_TEXT
    ]
    elected = pl.Series("is_dnr_elected", [elects_dnr(text) for text in read.rows["decisions"]], pl.Boolean)
    rows = read.rows.drop(*FREE_TEXT).with_columns(*sealed, elected, pl.lit(file.file_key, pl.Int32).alias("file_key"))
    names = [column[0] for column in con.execute("describe raw.acp_documentation").fetchall()]
    values = ", ".join(hashed("mrn", "mrn") if name == "mrn_key" else name for name in names)
    _store(con, f"insert into raw.acp_documentation select {values} from landing_rows", rows.to_arrow(), {"hash_key": key.hash_key})
    present = [{"file_key": file.file_key, "column_name": name} for name in read.columns]
    _insert_rows(con, "documentation_column", present)
    file.row_count = rows.height
    file.warnings.extend(read.warnings)
    file.complaints.extend(f"row {r.row_number}: {r.message}" for r in read.rejected)
    return [_Aside(file, "row", r.reason_code, r.message, content=r.raw, row_number=r.row_number) for r in read.rejected]


# --- ledger ------------------------------------------------------------------------------------------


def _write_quarantine(con: duckdb.DuckDBPyConnection, key: Key, first_key: int, asides: list[_Aside]) -> None:
    rows: list[dict[str, Any]] = []
    parts: list[tuple[int, int, bytes]] = []
    waiting = 0
    with ExitStack() as opened:
        file: LandedFile | None = None
        stream: BinaryIO | None = None
        for number, aside in enumerate(asides, first_key):
            if aside.content is None and aside.file is not file:
                opened.close()
                file, stream = aside.file, opened.enter_context(aside.file.item.open())
            for part_number, content in enumerate(_contents(aside, stream), 1):
                parts.append((number, part_number, key.seal(content)))
                waiting += len(content)
                if waiting >= PART_BYTES:
                    _insert_parts(con, parts)
                    parts, waiting = [], 0
            rows.append(
                {
                    "quarantine_key": number, "file_key": aside.file.file_key, "unit": aside.unit, "transaction_set": aside.transaction_set,
                    "control_number": aside.control_number, "version_code": aside.version, "reason_code": aside.reason_code,
                    "message": aside.message, "segment_number": aside.segment_number, "row_number": aside.row_number,
                    "byte_offset": aside.byte_offset, "byte_count": aside.size if aside.content is None else len(aside.content),
                    **aside.amounts, "unreadable_count": aside.unreadable_count,
                }
            )  # fmt: skip
    _insert_parts(con, parts)
    _insert_rows(con, "quarantine", rows)


def _contents(aside: _Aside, stream: BinaryIO | None) -> Iterator[bytes]:
    """The bytes set aside, part by part. ``stream``: the file's content, in which sets follow each other."""
    if aside.content is not None or stream is None:
        yield aside.content or b""
        return
    stream.seek(aside.offset)
    left = aside.size
    while left > 0 and (content := stream.read(min(left, PART_BYTES))):
        left -= len(content)
        yield content


def _insert_parts(con: duckdb.DuckDBPyConnection, parts: list[tuple[int, int, bytes]]) -> None:
    numbers, ordinals, contents = zip(*parts, strict=True) if parts else ((), (), ())
    table = pa.table({"k": pa.array(numbers, pa.int32()), "p": pa.array(ordinals, pa.int32()), "b": pa.array(contents, pa.binary())})
    _store(con, "insert into raw.quarantine_bytes select * from landing_rows", table)


def _insert_rows(con: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        _store(con, f"insert into raw.{name} ({', '.join(rows[0])}) select * from landing_rows", pa.Table.from_pylist(rows))


def _write_files(con: duckdb.DuckDBPyConnection, group: list[LandedFile]) -> None:
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    rows: list[dict[str, Any]] = []
    for file in group:
        _settle(file)
        rows.append(
            {
                "file_key": file.file_key, "path": file.item.path, "sha256": file.item.sha256, "bytes": file.item.byte_count,
                "kind": file.kind, "version": file.version, "status": file.status, "reason": file.reason,
                "duplicate_of_file_key": file.duplicate_of, "received_at": now, "interchange_count": file.interchange_count,
                "transaction_set_count": file.transaction_set_count, "row_count": file.row_count,
                "warnings": "; ".join(file.warnings) or None,
                **{f"landed_{s}": file.landed[s] for s in COUNTED}, **{f"aside_{s}": file.aside[s] for s in COUNTED},
                **file.amounts, "unreadable_count": file.unreadable_count,
            }
        )  # fmt: skip
    _insert_rows(con, "file", rows)


def _settle(file: LandedFile) -> None:
    """Kind, status, reason and warnings of a file, once all is known of it."""
    if file.kinds:
        file.kind = "+".join(sorted(file.kinds))
    file.version = "+".join(sorted(file.versions)) or None
    for what, (count, example) in file.checks.items():
        file.warnings.append(f"{what} ({example}{f'; {count} in all' if count > 1 else ''})")
    if file.status == "duplicate":
        file.kind = "duplicate" if file.kind == "unknown" else file.kind
    elif file.complaints:
        more = f" (and {len(file.complaints) - 1} more)" if len(file.complaints) > 1 else ""
        file.reason = file.complaints[0] + more
        file.status = "partial" if file.row_count > 0 or file.has_landed_set else "quarantined"
