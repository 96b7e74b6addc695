"""Runs identities: query → one row an identity, and one a group that differs.

What does not belong here: what an identity compares (sql/reconciliation), its texts (identities), a release's files (release).

An identity's query gives every group once, with GROUP_COLUMNS. Further columns are parts of the sums: those that end in _amount are
summed and shown beneath them, unreadable_count counts amounts that nobody could read. Two sides differ where one is not the other, null
(no row) against 0.00 too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import duckdb

from pipelines.errors import MidpointError
from pipelines.reconciliation.identities import RELEASE, Identity, load_identities
from pipelines.warehouse import transaction

GROUP_COLUMNS = ("source_file", "transaction_set", "segment_number", "subject", "left_amount", "right_amount")

# Columns of audit.reconciliation and audit.reconciliation_difference, which are published.
SUMMARY = {
    "identity": "VARCHAR",
    "identity_number": "INTEGER",  # in the order of the money's way
    "stage": "VARCHAR",
    "title": "VARCHAR",
    "side": "VARCHAR",  # ours or sender
    "unit": "VARCHAR",  # dollars, rows or files
    "left_name": "VARCHAR",
    "right_name": "VARCHAR",
    "left_amount": "DECIMAL(38,2)",
    "right_amount": "DECIMAL(38,2)",
    "difference_amount": "DECIMAL(38,2)",
    "group_name": "VARCHAR",
    "group_count": "BIGINT",
    "differing_count": "BIGINT",  # differences may cancel each other out: this one does not
    "unreadable_count": "BIGINT",  # amounts that could not be read, and so are on neither side
    "parts": "VARCHAR",  # JSON: what the right side is made of
}
DIFFERENCE = {
    "identity": "VARCHAR",
    "identity_number": "INTEGER",
    "side": "VARCHAR",
    "source_file": "VARCHAR",
    "transaction_set": "INTEGER",
    "segment_number": "INTEGER",
    "subject": "VARCHAR",
    "left_amount": "DECIMAL(38,2)",
    "right_amount": "DECIMAL(38,2)",
    "difference_amount": "DECIMAL(38,2)",
}


def reconcile(con: duckdb.DuckDBPyConnection, identities: Iterable[Identity]) -> list[dict[str, Any]]:
    """Run identities on con, which may be read-only; gives a mapping by SUMMARY for each.

    The groups that differ stand in the temporary table ``difference`` (columns of DIFFERENCE) afterwards.
    Raises MidpointError when an identity cannot be run.
    """
    con.execute(f"create or replace temp table difference ({', '.join(f'{column} {kind}' for column, kind in DIFFERENCE.items())})")
    numbers = {identity.name: number for number, identity in enumerate(load_identities(), 1)}
    made: list[dict[str, Any]] = []
    for identity in identities:
        try:
            summary = _summary(con, identity) | {"identity_number": numbers[identity.name]}
            if summary["differing_count"]:
                groups = f"select {', '.join(GROUP_COLUMNS)} from ({identity.query}) as query"
                con.execute(
                    f"""
                    insert into difference
                    select ?, ?, ?, *, coalesce(left_amount, 0) - coalesce(right_amount, 0)
                    from ({groups}) as groups where left_amount is distinct from right_amount
                    """,
                    [identity.name, summary["identity_number"], identity.side],
                )
        except duckdb.Error as error:
            raise MidpointError(f"reconciliation {identity.name}: {str(error).splitlines()[0]}") from error
        made.append({name: summary[name] for name in SUMMARY})
    return made


def differences(con: duckdb.DuckDBPyConnection, limit: int) -> list[dict[str, Any]]:
    """The first groups that differed in the last ``reconcile``, as the money goes; of no identity all before the others have any."""
    rows = con.execute(
        """
        select * exclude (place)
        from (
          select
            *,
            row_number() over (partition by identity order by source_file, transaction_set, segment_number, subject, left_amount) as place
          from difference
          order by place, identity_number
          limit ?
        ) as first_ones
        order by identity_number, place
        """,
        [limit],
    )
    return [dict(zip(DIFFERENCE, row, strict=True)) for row in rows.fetchall()]


def reconcile_warehouse(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Run the warehouse's identities into audit.reconciliation and audit.reconciliation_difference; gives what ``reconcile`` gives."""
    made = reconcile(con, [identity for identity in load_identities() if identity.stage != RELEASE])
    marks = ", ".join("?" for _ in SUMMARY)
    with transaction(con):
        con.execute(f"create or replace table audit.reconciliation ({', '.join(f'{column} {kind}' for column, kind in SUMMARY.items())})")
        con.executemany(f"insert into audit.reconciliation values ({marks})", [list(row.values()) for row in made])
        con.execute("create or replace table audit.reconciliation_difference as select * from difference")
    return made


def _summary(con: duckdb.DuckDBPyConnection, identity: Identity) -> dict[str, Any]:
    columns = [column[0] for column in con.execute(f"select * from ({identity.query}) as query limit 0").description or ()]
    if tuple(columns[: len(GROUP_COLUMNS)]) != GROUP_COLUMNS:
        raise MidpointError(
            f"reconciliation {identity.name}: the query gives {', '.join(columns)}; first must come {', '.join(GROUP_COLUMNS)}"
        )
    parts = [column for column in columns[len(GROUP_COLUMNS) :] if column.endswith("_amount")]
    sums = "".join(f", coalesce(sum({part}), 0)::decimal(38, 2)" for part in parts)
    unreadable = "coalesce(sum(unreadable_count), 0)::bigint" if "unreadable_count" in columns else "0"
    row = con.execute(
        f"""
        select
          coalesce(sum(left_amount), 0)::decimal(38, 2), coalesce(sum(right_amount), 0)::decimal(38, 2), count(*),
          count(*) filter (where left_amount is distinct from right_amount), {unreadable}{sums}
        from ({identity.query}) as query
        """
    ).fetchall()[0]
    return {
        "identity": identity.name,
        "stage": identity.stage,
        "title": identity.title,
        "side": identity.side,
        "unit": identity.unit,
        "left_name": identity.left,
        "right_name": identity.right,
        "left_amount": row[0],
        "right_amount": row[1],
        "difference_amount": row[0] - row[1],
        "group_name": identity.group,
        "group_count": row[2],
        "differing_count": row[3],
        "unreadable_count": row[4],
        "parts": json.dumps({part.removesuffix("_amount"): str(value) for part, value in zip(parts, row[5:], strict=True)}),
    }
