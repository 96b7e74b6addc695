"""Letters that were sent and acknowledged: a table of the SQLite file of reviews, which outlives warehouses and releases.

What does not belong here: the letter (letters), and reviews (pipelines.review.store; it reads the warehouse,
which reads this). Nothing is overwritten: a letter that is sent again is a new row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import duckdb

from pipelines.errors import MidpointError

_SCHEMA = """
create table if not exists letter (
  npi text not null,
  check_id text not null,
  sent_date text not null,
  run_id text not null,
  acknowledged_date text,
  acknowledged_by text,
  primary key (npi, check_id, sent_date)
)
"""


@contextmanager
def _open(path: Path) -> Generator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=30)) as con, con:
            con.execute(_SCHEMA)
            yield con
    except sqlite3.DatabaseError as error:
        raise MidpointError(f"{path}: cannot be used as the memory of letters ({error}); name another file, or restore this one") from error


def record_sent(path: Path, topics: Sequence[tuple[str, str]], run_id: str, day: date) -> int:
    """Record that letters on these (npi, check_id) went out on ``day``; returns how many are new. Raises MidpointError on a bad file."""
    with _open(path) as con:
        before = con.total_changes
        con.executemany(
            "insert or ignore into letter (npi, check_id, sent_date, run_id) values (?, ?, ?, ?)",
            [(npi, check_id, day.isoformat(), run_id) for npi, check_id in topics],
        )
        return con.total_changes - before


def record_acknowledged(path: Path, npi: str, day: date, by: str, check_id: str | None = None) -> int:
    """Record that the clinician or group acknowledged what was sent by ``day`` and is not acknowledged yet; returns how many topics.

    Raises MidpointError when there is nothing of the kind.
    """
    with _open(path) as con:
        done = con.execute(
            "update letter set acknowledged_date = ?, acknowledged_by = ? where npi = ? and acknowledged_date is null and sent_date <= ?"
            " and (? is null or check_id = ?)",
            (day.isoformat(), by, npi, day.isoformat(), check_id, check_id),
        ).rowcount
    if not done:
        about = f" on {check_id}" if check_id else ""
        raise MidpointError(
            f"no letter to {npi}{about} was sent by {day} that is not acknowledged yet; midpoint education sent records one"
        )
    return done


def load_letters(con: duckdb.DuckDBPyConnection, path: Path, as_of: date) -> int:
    """reference.letter: npi, check_id, sent_date, run_id, acknowledged_date of what was sent by ``as_of``; empty where there is no file."""
    con.execute(
        "create or replace table reference.letter"
        " (npi VARCHAR, check_id VARCHAR, sent_date DATE, run_id VARCHAR, acknowledged_date DATE, acknowledged_by VARCHAR)"
    )
    if not path.is_file():
        return 0
    with _open(path) as memory:
        rows = memory.execute("select npi, check_id, sent_date, run_id, acknowledged_date, acknowledged_by from letter").fetchall()
    rows = [row for row in rows if date.fromisoformat(row[2]) <= as_of]
    if rows:
        con.executemany("insert into reference.letter values (?, ?, ?, ?, ?, ?)", rows)
    return len(rows)
