"""A release's files beside the warehouse: what its identities read, as the tables of an attached database named release.

What does not belong here: what is compared (sql/reconciliation) and how a release is made (pipelines.release).
"""

from __future__ import annotations

import hashlib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb

from pipelines.release.publish import CONTROL_TOTALS, TABLES
from pipelines.summary import read_manifest

# Of the release's tables, those whose rows its identities read; of all others, rows are counted.
READ = ("transaction_set", "claim_line")


def attach_release(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Any]:
    """Attach the release in ``folder`` as tables of an in-memory database ``release``; returns its manifest.

    published_file (name, recorded_sha256, found_sha256); published_table (name, manifest_count, parquet_count, warehouse_count);
    control_total (name, manifest_amount, warehouse_amount); and the tables named in READ, as their Parquet files hold them.
    Raises MidpointError when it is no release; a file that is missing or unreadable is a difference and no error.
    """
    manifest = read_manifest(folder)
    con.execute("detach database if exists release")
    con.execute("attach ':memory:' as release (read_write)")
    con.execute("create table release.published_file (name VARCHAR, recorded_sha256 VARCHAR, found_sha256 VARCHAR)")
    con.execute("create table release.published_table (name VARCHAR, manifest_count BIGINT, parquet_count BIGINT, warehouse_count BIGINT)")
    con.execute("create table release.control_total (name VARCHAR, manifest_amount DECIMAL(38,2), warehouse_amount DECIMAL(38,2))")
    con.executemany("insert into release.published_file values (?, ?, ?)", _files(folder, manifest))
    con.executemany("insert into release.published_table values (?, ?, ?, ?)", _tables(con, folder, manifest))
    con.executemany("insert into release.control_total values (?, ?, ?)", _totals(con, manifest))
    for name in READ:
        # The warehouse's table gives the columns where the file cannot.
        path = folder / f"{name}.parquet"
        source = f"read_parquet({_quoted(path)})" if _count(con, path) is not None else f"(select * from {TABLES[name]} limit 0)"
        con.execute(f"create table release.{name} as select * from {source}")
    return manifest


def _files(folder: Path, manifest: dict[str, Any]) -> list[list[str | None]]:
    recorded: dict[str, str] = manifest.get("files", {})
    found = {str(path.relative_to(folder)): _sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    found.pop("manifest.json", None)
    return [[name, recorded.get(name), found.get(name)] for name in sorted(recorded.keys() | found.keys())]


def _tables(con: duckdb.DuckDBPyConnection, folder: Path, manifest: dict[str, Any]) -> list[list[Any]]:
    tables: dict[str, dict[str, Any]] = manifest["tables"]
    return [
        [name, told["rows"], _count(con, folder / f"{name}.parquet"), _number(con, f"from {TABLES[name]}") if name in TABLES else None]
        for name, told in tables.items()
    ]


def _totals(con: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> list[list[Any]]:
    result = con.execute(CONTROL_TOTALS)
    now = dict(zip((column[0] for column in result.description or ()), result.fetchall()[0], strict=True))
    return [[name, _decimal(value), _decimal(now.get(name))] for name, value in manifest["control_totals"].items()]


def _count(con: duckdb.DuckDBPyConnection, parquet: Path) -> int | None:
    """Rows of a Parquet file; None where it cannot be read."""
    try:
        return _number(con, f"from read_parquet({_quoted(parquet)})")
    except duckdb.Error:
        return None


def _number(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(con.execute(f"select count(*) {relation}").fetchall()[0][0])


def _decimal(value: object) -> Decimal | None:
    """A number of the manifest, where decimals are text; None for dates and what is absent."""
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
