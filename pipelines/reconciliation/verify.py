"""`midpoint verify`: all identities of a warehouse, and of a release of it, as they stand now.

What does not belong here: the identities (sql/reconciliation), how they are run (runner) and shown (pipelines.terminal).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import MidpointError
from pipelines.reconciliation.identities import RELEASE, STAGES, load_identities
from pipelines.reconciliation.release import attach_release
from pipelines.reconciliation.runner import differences, reconcile
from pipelines.summary import tally


def verify(con: duckdb.DuckDBPyConnection, release: Path | None, listed: int) -> dict[str, Any]:
    """Run every identity on con (a warehouse, which may be read-only) and on the release in the folder ``release``, if there is one.

    Returns identities (a mapping by runner.SUMMARY each, with its stage's title), tally (of them), differences (the first ``listed`` groups
    that differ), difference_count, set_aside_unreadable_count (amounts set aside that could not be read), new_file_count (files landed
    since the last audit, which no table holds yet) and release. Raises MidpointError when this version never audited the warehouse.
    """
    if not con.execute("select 1 from duckdb_tables() where schema_name = 'audit' and table_name = 'reconciliation'").fetchall():
        raise MidpointError("this version of Midpoint has not audited the warehouse yet, so there is nothing to verify; run midpoint audit")
    if release is not None:
        attach_release(con, release)
    made = reconcile(con, [i for i in load_identities() if i.stage != RELEASE or release is not None])
    return {
        "release": str(release) if release is not None else None,
        "identities": [identity | {"stage_title": STAGES[identity["stage"]]} for identity in made],
        "tally": tally(made),
        "difference_count": sum(identity["differing_count"] for identity in made),
        "differences": differences(con, listed),
        "set_aside_unreadable_count": _number(con, "select coalesce(sum(unreadable_count), 0) from raw.quarantine"),
        "new_file_count": _number(con, "select count(*) from raw.file where file_key not in (select file_key from core.source_file)"),
    }


def _number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(con.execute(query).fetchall()[0][0])
