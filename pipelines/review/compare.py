"""Why two releases differ in their findings: each difference with one cause, told from the manifests and the published tables.

What does not belong here: how it is shown (command). Nothing but the two folders is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import MidpointError
from pipelines.release.publish import sql_lineage
from pipelines.summary import read_manifest

CAUSES = {
    "data": "files landed, or are gone, between the two",
    "rule": "the check's SQL, or that of a core table it reads, was changed",
    "reference": "a reference file that the check reads was changed",
    "parameter": "as-of date, policy or a threshold that the check reads was changed",
    "program": "another version of the program",
    "review": "a reviewer's decision",
    "unexplained": "none of these",
}
# What is compared of a finding that both have: not when it was first seen, nor where its claim stands, which a file sent again may move.
PASSED_OVER = ("finding_key", "first_seen_date", "source_file", "transaction_set", "segment_number")
IDENTITY = (
    "check_id",
    "direction",
    "patient_control_number",
    "claim_key",
    "line_number",
    "documentation_id",
    "clinician_npi",
    "service_date",
)


class _Release:
    """One side: its manifest, and its tables in ``con`` as <side>_<name>."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, side: str) -> None:
        self.folder, self.side = folder, side
        self.manifest = read_manifest(folder)
        self.files = {row["sha256"]: row["path"] for row in self.manifest["inputs"]}
        # A release of before this was recorded: what the checks of now read is the best guess of what they read then.
        self.lineage: dict[str, dict[str, Any]] = self.manifest.get("sql") or sql_lineage()
        for name in ("finding", "check_result", "claim_line", "remit_line"):
            path = str(folder / f"{name}.parquet").replace("'", "''")
            try:
                con.execute(f"create view {side}_{name} as select * from read_parquet('{path}')")
            except duckdb.Error as error:
                raise MidpointError(f"{folder}: {str(error).splitlines()[0]}") from error
        status = folder / "finding_status.parquet"
        quoted = str(status).replace("'", "''")
        con.execute(
            f"create table {side}_status as select finding_key, review_count, review_status, reason, reviewer, note"
            f" from read_parquet('{quoted}') where review_count > 0"
            if status.is_file()
            else f"create table {side}_status (finding_key VARCHAR, review_count BIGINT, review_status VARCHAR, reason VARCHAR,"
            " reviewer VARCHAR, note VARCHAR)"
        )

    def reads(self, check_id: str) -> set[str]:
        """Everything that the check reads, through the core tables."""
        found: set[str] = set()
        left = [check_id]
        while left:
            for name in self.lineage.get(left.pop(), {}).get("reads", ()):
                if name not in found:
                    found.add(name)
                    left.append(name)
        return found


def compare(first: Path, second: Path) -> dict[str, Any]:
    """Every finding that appeared, went, or changed from the release in ``first`` to that in ``second``, and every review that did.

    Returns what changed between the two (files, checks, models, reference, parameters), counts by kind and cause, and the differences, each
    with ``kind`` (appeared, gone, changed, reviewed), ``cause`` (one of CAUSES) and ``why``. Raises MidpointError when one is no release.
    """
    with duckdb.connect() as con:
        a, b = _Release(con, first, "a"), _Release(con, second, "b")
        changed = _changes(con, a, b)
        touched = _touched_accounts(con, a, b)
        differences = _differences(con)
        for row in differences:
            row["cause"], row["why"] = _cause(row, a, b, changed, touched)
        _by_the_line(differences)
    for row in differences:
        row.pop("is_counting_only", None)
    counts: dict[str, dict[str, int]] = {}
    for row in differences:
        kind = counts.setdefault(row["kind"], {})
        kind[row["cause"]] = kind.get(row["cause"], 0) + 1
    return {
        "first": a.manifest["run_id"],
        "second": b.manifest["run_id"],
        "changed": changed,
        "difference_count": len(differences),
        "unexplained_count": sum(row["cause"] == "unexplained" for row in differences),
        "counts": counts,
        "differences": differences,
    }


def _changes(con: duckdb.DuckDBPyConnection, a: _Release, b: _Release) -> dict[str, Any]:
    hashes = {side.side: dict(con.execute(f"select check_id, query_hash from {side.side}_check_result").fetchall()) for side in (a, b)}
    models = [
        name
        for name in sorted(a.lineage.keys() | b.lineage.keys())
        if name.startswith("core.") and a.lineage.get(name, {}).get("sha256") != b.lineage.get(name, {}).get("sha256")
    ]
    references = a.manifest["reference_sha256"], b.manifest["reference_sha256"]
    parameters = {"as_of_date": (a.manifest["as_of_date"], b.manifest["as_of_date"])}
    parameters["policy_name"] = (a.manifest["policy"], b.manifest["policy"])
    for name in sorted(a.manifest["thresholds"].keys() | b.manifest["thresholds"].keys()):
        parameters[name] = (a.manifest["thresholds"].get(name), b.manifest["thresholds"].get(name))
    return {
        "files_added": sorted(b.files[sha] for sha in b.files.keys() - a.files.keys()),
        "files_removed": sorted(a.files[sha] for sha in a.files.keys() - b.files.keys()),
        "checks": sorted(check for check in hashes["a"].keys() | hashes["b"].keys() if hashes["a"].get(check) != hashes["b"].get(check)),
        "models": models,
        "references": sorted(n for n in references[0].keys() | references[1].keys() if references[0].get(n) != references[1].get(n)),
        "parameters": {name: list(values) for name, values in parameters.items() if values[0] != values[1]},
        "program": a.manifest["program_sha256"] != b.manifest["program_sha256"],
        "rule_set": a.manifest["rule_set_sha256"] != b.manifest["rule_set_sha256"],
    }


def _touched_accounts(con: duckdb.DuckDBPyConnection, a: _Release, b: _Release) -> dict[str, str]:
    """Accounts with claim or remittance lines in a file that only one of the two has → that file."""
    touched: dict[str, str] = {}
    for side, other in ((a, b), (b, a)):
        only = [path for sha, path in side.files.items() if sha not in other.files]
        for table in ("claim_line", "remit_line"):
            rows = con.execute(
                f"select patient_control_number, min(source_file) from {side.side}_{table}"
                " where list_contains(?, source_file) and patient_control_number is not null group by all",
                [only],
            ).fetchall()
            touched |= dict(rows)
    return touched


def _differences(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    both = [row[0] for row in con.execute("describe a_finding").fetchall()]
    both = [name for name in both if name in {row[0] for row in con.execute("describe b_finding").fetchall()} and name not in PASSED_OVER]
    changed = ", ".join(f"case when a.{name} is distinct from b.{name} then '{name}' end" for name in both)
    shown = ", ".join(f"coalesce(b.{name}, a.{name}) as {name}" for name in IDENTITY)
    result = con.execute(f"""
        with paired as (
          select
            coalesce(b.finding_key, a.finding_key) as finding_key, {shown}, coalesce(b.source_file, a.source_file) as source_file,
            case when a.finding_key is null then 'appeared' when b.finding_key is null then 'gone' else 'changed' end as kind,
            case
              when a.finding_key is null or b.finding_key is null then []
              else list_filter([{changed}], x -> x is not null)
            end as columns,
            coalesce(b.at_risk_amount, b.recoverable_amount, 0) - coalesce(a.at_risk_amount, a.recoverable_amount, 0) as amount
          from a_finding as a full join b_finding as b on a.finding_key = b.finding_key
        ),
        reviewed as (
          select coalesce(b.finding_key, a.finding_key) as finding_key, b.review_status as status
          from a_status as a full join b_status as b on a.finding_key = b.finding_key
          where (a.review_count, a.review_status, a.reason, a.reviewer, a.note)
            is distinct from (b.review_count, b.review_status, b.reason, b.reviewer, b.note)
        )
        select *, null as status from paired where kind <> 'changed' or len(columns) > 0
        union all by name
        select
          r.finding_key, 'reviewed' as kind, r.status, [] as columns, 0 as amount, p.source_file,
          {", ".join(f"p.{name}" for name in IDENTITY)}
        from reviewed as r left join paired as p on r.finding_key = p.finding_key
        order by kind, check_id, service_date, finding_key
    """)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _cause(row: dict[str, Any], a: _Release, b: _Release, changed: dict[str, Any], touched: dict[str, str]) -> tuple[str, str]:
    """The first that applies; data that reached the very account comes before everything that reaches all of them."""
    if row["kind"] == "reviewed":
        return "review", f"now {row['status'] or 'without a review'}"
    check, files = row["check_id"], [*changed["files_added"], *changed["files_removed"]]
    row["is_counting_only"] = row["columns"] == ["at_risk_counted"]
    if row["source_file"] in files:
        return "data", row["source_file"]
    if row["patient_control_number"] in touched:
        return "data", touched[row["patient_control_number"]]
    if check in changed["checks"]:
        return "rule", check
    reads = a.reads(check) | b.reads(check)
    if models := [name for name in changed["models"] if name in reads]:
        return "rule", ", ".join(models)
    if references := [name for name in changed["references"] if f"reference.{name.removesuffix('.csv')}" in reads]:
        return "reference", ", ".join(references)
    if parameters := [name for name in changed["parameters"] if f"reference.parameter.{name}" in reads]:
        return "parameter", ", ".join(f"{name} {_step(changed['parameters'][name])}" for name in parameters)
    if files:
        return "data", _few(files)
    if changed["program"] or changed["rule_set"]:
        return "program", "another version of the program"
    return "unexplained", "nothing that the manifests hold has changed"


def _by_the_line(differences: list[dict[str, Any]]) -> None:
    """Which finding carries a line's dollars changes when another finding of the claim comes or goes: that one's cause is the cause."""
    others: dict[tuple[str, str], tuple[str, str]] = {}
    for row in differences:
        if row["kind"] in ("appeared", "gone", "changed") and not row["is_counting_only"] and row["claim_key"]:
            others.setdefault((row["claim_key"], row["direction"]), (row["cause"], row["why"]))
    for row in differences:
        if row.get("is_counting_only") and (found := others.get((row["claim_key"], row["direction"]))):
            row["cause"], row["why"] = found


def _step(values: Iterable[Any]) -> str:
    return " → ".join(str(value) for value in values)


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
