"""The reviews' own database: SQLite beside the warehouse, append-only, which a rebuild of the warehouse does not touch.

It remembers each finding ever found (when first and last) and each decision of a reviewer. What does not belong here: the lists that
reviewers fill in (lists) and what a status or clock means (sql/mart/finding_status.sql).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.checks.runner import HISTORY, REVIEW, prepare_memory
from pipelines.errors import MidpointError

STATUSES = ("open", "reviewed", "confirmed", "dismissed", "corrected")  # what a reviewer may say; new and gone are found out
HISTORY_COLUMNS = tuple(column.split()[0] for column in HISTORY)
WAIT_SECONDS = 30  # for another writer to end

_SCHEMA = f"""
create table if not exists review (
  review_number integer primary key autoincrement,
  finding_key text not null,
  status text not null check (status in ({", ".join(f"'{status}'" for status in STATUSES)})),
  reason text,
  reviewer text not null check (reviewer <> ''),
  note text,
  reviewed_date text not null,
  recorded_at text not null,
  source text not null
);
create index if not exists review_of_finding on review (finding_key, review_number);
create trigger if not exists review_kept before update on review begin select raise(abort, 'a review is never changed'); end;
create trigger if not exists review_not_lost before delete on review begin select raise(abort, 'a review is never deleted'); end;
create table if not exists finding (
  finding_key text primary key,
  first_seen_date text not null,
  last_seen_date text not null,
  {", ".join(f"{name} text" for name in HISTORY_COLUMNS)}
);
"""


@contextmanager
def open_store(path: Path) -> Generator[sqlite3.Connection]:
    """The database, made where it is not there yet; the block is one transaction that no other writer can come between.

    Raises MidpointError where the file is no such database, cannot be written, or is held by somebody else for too long.
    """
    try:
        if not path.exists():
            path.touch(mode=0o600)  # it holds reviewers' notes
        with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as con:
            con.row_factory = sqlite3.Row
            con.executescript(_SCHEMA)
            con.execute("begin immediate")
            try:
                yield con
            except BaseException:
                con.execute("rollback")
                raise
            con.execute("commit")
    except (sqlite3.Error, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise MidpointError(f"reviews {path}: {reason}; check the file, or name another with reviews in midpoint.toml") from error


def load_memory(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Replace audit.review by the reviews, and merge when findings were first and last seen into audit.finding_history.

    The earlier first day and the later last day win; of a finding that the warehouse knows itself, its own dollars stay.
    """
    prepare_memory(con)
    with open_store(path) as store:
        names = [column.split()[0] for column in REVIEW]
        reviews = store.execute(f"select {', '.join(names)} from review order by review_number").fetchall()
        seen = store.execute(f"select finding_key, first_seen_date, last_seen_date, {', '.join(HISTORY_COLUMNS)} from finding").fetchall()
    con.execute(f"create or replace table audit.review ({', '.join(REVIEW)})")
    _insert(con, "insert into audit.review select * from {rows}", names, reviews)
    columns = ["finding_key", "first_seen_date", "last_seen_date", *HISTORY_COLUMNS]
    _insert(
        con,
        f"insert into audit.finding_history ({', '.join(columns)}) select * from {{rows}} on conflict (finding_key) do update set"
        " first_seen_date = least(finding_history.first_seen_date, excluded.first_seen_date),"
        " last_seen_date = greatest(finding_history.last_seen_date, excluded.last_seen_date)",
        columns,
        seen,
    )


def _insert(con: duckdb.DuckDBPyConnection, statement: str, names: list[str], rows: list[Any]) -> None:
    """Rows of SQLite by way of Arrow: row by row, DuckDB takes a few hundred a second."""
    if not rows:
        return
    columns: list[Any] = [pa.array([row[place] for row in rows]) for place in range(len(names))]
    con.register("memory_rows", pa.table(dict(zip(names, columns, strict=True))))
    try:
        types = {
            name: kind for name, _, kind in (c.partition(" ") for c in (*REVIEW, *HISTORY, "first_seen_date DATE", "last_seen_date DATE"))
        }
        typed = ", ".join(f"cast({name} as {types[name]}) as {name}" for name in names)
        con.execute(statement.format(rows=f"(select {typed} from memory_rows)"))
    finally:
        con.unregister("memory_rows")


def keep_memory(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write audit.finding_history to the database: days only grow apart, dollars are those of the last run."""
    columns = ["finding_key", "first_seen_date", "last_seen_date", *HISTORY_COLUMNS]
    known = ", ".join(f"cast({name} as varchar)" for name in columns[3:])
    rows = con.execute(
        "select finding_key, cast(first_seen_date as varchar), cast(coalesce(last_seen_date, first_seen_date) as varchar),"
        f" {known} from audit.finding_history order by finding_key"
    ).fetchall()
    with open_store(path) as store:
        store.executemany(
            f"insert into finding ({', '.join(columns)}) values ({', '.join('?' for _ in columns)}) on conflict (finding_key) do update set"
            " first_seen_date = min(first_seen_date, excluded.first_seen_date),"
            " last_seen_date = max(last_seen_date, excluded.last_seen_date),"
            f" {', '.join(f'{name} = excluded.{name}' for name in HISTORY_COLUMNS)}",
            rows,
        )


def known_keys(store: sqlite3.Connection) -> set[str]:
    """Every finding that an audit with this database has ever found."""
    return {row[0] for row in store.execute("select finding_key from finding")}


def reviews_of(store: sqlite3.Connection) -> dict[str, list[sqlite3.Row]]:
    """The reviews of each finding, oldest first."""
    found: dict[str, list[sqlite3.Row]] = {}
    for row in store.execute("select * from review order by review_number"):
        found.setdefault(row["finding_key"], []).append(row)
    return found


def add_review(store: sqlite3.Connection, decision: Mapping[str, Any], origin: Mapping[str, str]) -> None:
    """Append one decision (finding_key, status, reason, reviewer, note, reviewed_date) with its origin (recorded_at, source)."""
    store.execute(
        "insert into review (finding_key, status, reason, reviewer, note, reviewed_date, recorded_at, source)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(decision[name] for name in ("finding_key", "status", "reason", "reviewer", "note")),
            decision["reviewed_date"].isoformat(),
            origin["recorded_at"],
            origin["source"],
        ),
    )
