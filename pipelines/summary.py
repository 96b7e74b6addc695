"""What a run came to, as plain values: for the command's closing table and for --json. Read from a release, or from the warehouse.

What does not belong here: how it is shown (terminal) and any computation that the SQL does not already hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import MidpointError
from pipelines.settings import Settings
from pipelines.warehouse import connect

STATUSES = ("accepted", "partial", "quarantined", "duplicate")

# What does not add up, over all that landed; each must be 0 for --strict.
BALANCE = """
select
  (select count(*) from raw.transaction_set where is_landed) as transaction_sets,
  (select count(*) from raw.transaction_set where is_landed and not coalesce(is_balanced, true)) as transaction_sets_unbalanced,
  (
    select count(*) from raw.transaction_set
    where is_landed and not coalesce(declared_segment_count = found_segment_count and control_number = trailer_control_number, false)
  ) as transaction_sets_miscounted,
  (
    select count(*) from raw.functional_group
    where not coalesce(
      declared_transaction_set_count = found_transaction_set_count and control_number = trailer_control_number, false
    )
  ) as functional_groups_miscounted,
  (
    select count(*) from raw.interchange
    where not coalesce(declared_group_count = found_group_count and control_number = trailer_control_number, false)
  ) as interchanges_miscounted,
  (select count(*) from raw.claim where not coalesce(is_balanced, true)) as claims_unbalanced,
  (select count(*) from raw.remit where not coalesce(is_balanced, true)) as remits_unbalanced
"""
MUST_BE_ZERO = (
    "transaction_sets_unbalanced",
    "transaction_sets_miscounted",
    "functional_groups_miscounted",
    "interchanges_miscounted",
    "claims_unbalanced",
    "remits_unbalanced",
)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the release in ``folder``. Raises MidpointError when that is no release."""
    try:
        return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        published = sorted(str(path.parent) for path in folder.parent.glob("*/manifest.json"))
        if folder.name == "current" and not folder.exists() and published:
            remedy = f"the link to the newest release is lost: midpoint audit sets it again, or name one of {', '.join(published)}"
        else:
            remedy = "name a folder that midpoint audit has published"
        raise MidpointError(f"{folder}: not a release (no readable manifest.json); {remedy}") from error


def release_summary(folder: Path) -> dict[str, Any]:
    """The figures of a release: files by status, what was set aside, totals, findings by family, checks not evaluable, expectations.

    Dollars are counted once a line and direction; directions stand apart and are never added. Raises MidpointError when it is no release.
    """
    manifest = read_manifest(folder)
    with duckdb.connect() as con:

        def rows(name: str, columns: str, rest: str = "") -> list[dict[str, Any]]:
            path = str(folder / f"{name}.parquet").replace("'", "''")
            return _rows(con, f"select {columns} from read_parquet('{path}') {rest}")

        return {
            "run_id": manifest["run_id"],
            "release": str(folder),
            "report": str(folder / "report.html"),
            "as_of_date": manifest["as_of_date"],
            "service_from_date": manifest.get("service_from_date"),
            "mature_date": manifest.get("mature_date"),
            "files": _by_status(rows("file", "status, count(*) as n", "group by status")),
            "set_aside": rows("quarantine", "source_file, unit, transaction_set, row_number, reason_code, message", "order by all"),
            "totals": manifest["control_totals"],
            "reference_replaced": manifest["reference_replaced"],
            "findings": rows(
                "check_result", FINDINGS_BY_FAMILY, "where flagged_count > 0 group by family, direction order by family, direction"
            ),
            "checks": {row["status"]: row["n"] for row in rows("check_result", "status, count(*) as n", "group by status order by status")},
            "not_evaluable": rows("check_result", "check_id, reason", "where status = 'not_evaluable' order by check_id"),
            "expectations": {
                row["status"]: row["n"] for row in rows("expectation_result", "status, count(*) as n", "group by status order by status")
            },
            "reconciliation": tally(rows("reconciliation", "side, differing_count"))
            | {
                "not_tied": rows(
                    "reconciliation",
                    "identity, title, side, difference_amount, group_count, differing_count",
                    "where differing_count > 0 order by identity_number",
                )
            },
            "expectations_not_met": rows(
                "expectation_result",
                "table_name, expectation_name, severity, unexpected_count, description",
                "where status <> 'passed' order by all",
            ),
        }


FINDINGS_BY_FAMILY = """
family, direction, cast(sum(flagged_count) as bigint) as findings,
case direction
  when 'under' then sum(counted_recoverable_amount) when 'info' then null else sum(counted_at_risk_amount)
end as amount
"""


def tally(identities: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many identities of a reconciliation there are, and how many of them differ somewhere: ours, and the senders'."""
    counts: dict[str, int] = dict.fromkeys(("ours_count", "ours_differing", "sender_count", "sender_differing"), 0)
    for identity in identities:
        counts[f"{identity['side']}_count"] += 1
        counts[f"{identity['side']}_differing"] += identity["differing_count"] > 0
    return counts


def last_result(settings: Settings, check_id: str) -> dict[str, Any] | None:
    """The row of check_result that the check left last, with its ``source``: the newest release, else the warehouse; None if in neither.

    Raises MidpointError when there is no such release and the warehouse cannot be opened.
    """
    release = (settings.out / "current").resolve()
    published = release / "check_result.parquet"
    if published.is_file():
        with duckdb.connect() as con:
            found = _rows(con, "select * from read_parquet(?) where check_id = ?", [str(published), check_id])
        if found:
            return found[0] | {"source": f"release {settings.out / release.name}"}
    if settings.warehouse.exists():
        with connect(settings.warehouse, read_only=True) as con:
            audited = _rows(con, "select 1 from duckdb_tables() where schema_name = 'audit' and table_name = 'check_result'")
            found = _rows(con, "select * from audit.check_result where check_id = ?", [check_id]) if audited else []
        if found:
            return found[0] | {"source": f"warehouse {settings.warehouse}"}
    return None


def warehouse_summary(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What the warehouse holds: files by status, what was set aside, what does not balance, and rows of the chief raw tables."""
    tables = ("claim", "claim_line", "remit", "remit_line", "acp_documentation")
    counts = ", ".join(f"(select count(*) from raw.{name}) as {name}" for name in tables)
    return {
        "files": _by_status(_rows(con, "select status, count(*) as n from raw.file group by status")),
        "set_aside": quarantined(con),
        "totals": _rows(con, BALANCE)[0],
        "rows": _rows(con, f"select {counts}")[0],
    }


def quarantined(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every piece set aside, in the order of files: key, file, unit, place and reason."""
    return _rows(
        con,
        """
        select q.quarantine_key, f.path as source_file, q.unit, q.transaction_set, q.row_number, q.reason_code, q.message,
          q.segment_number, q.byte_offset
        from raw.quarantine as q inner join raw.file as f on q.file_key = f.file_key
        order by f.path, q.quarantine_key
        """,
    )


def is_clean(summary: dict[str, Any]) -> bool:
    """True when nothing was set aside and everything balances: what --strict asks of a release or a warehouse."""
    balances = not any(summary["totals"][key] for key in MUST_BE_ZERO)
    return balances and not summary["set_aside"] and not summary["files"]["quarantined"]


def _by_status(rows: Iterable[dict[str, Any]]) -> dict[str, int]:
    found = {row["status"]: row["n"] for row in rows}
    return {"total": sum(found.values())} | {status: found.get(status, 0) for status in STATUSES}


def _rows(con: duckdb.DuckDBPyConnection, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
    result = con.execute(query, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
