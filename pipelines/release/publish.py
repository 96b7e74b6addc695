"""Publishing: the published tables as Parquet and CSV, workbook, report and manifest, in a folder that appears whole or not at all.

What does not belong here: what a published table holds (sql/mart, sql/checks), the look of the report (report) and
of the workbook (workbook).
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.runner import FINDING_ORDER
from pipelines.errors import MidpointError
from pipelines.places import check_out
from pipelines.release.report import write_report
from pipelines.release.workbook import write_workbook
from pipelines.settings import Settings, Thresholds
from pipelines.summary import BALANCE
from pipelines.warehouse import SQL, models, reference_files

# Published name → what of the warehouse. How long a check took is not published, for it differs from run to run. Rows are sorted, by all
# columns where ORDER names none, so equal content is equal bytes.
TABLES = {
    "finding": "audit.finding",
    "finding_context": "mart.finding_context",
    "finding_month": "mart.finding_month",
    "finding_status": "mart.finding_status",
    "check_result": "(select * exclude (seconds) from audit.check_result)",
    "check_month": "audit.check_month",
    "clinician": "core.clinician",
    "clinician_metric": "core.clinician_metric",
    "claim_line": "mart.claim_line",
    "acp_day": "mart.acp_day",
    "acp_day_line": "mart.acp_day_line",
    "remit_line": "mart.remit_line",
    "adjudication": "mart.adjudication",
    "denial": "mart.denial",
    "denial_month": "mart.denial_month",
    "denial_reason": "mart.denial_reason",
    "denial_cohort": "mart.denial_cohort",
    "denial_bridge": "mart.denial_bridge",
    "denial_definition": "audit.denial_definition",
    "first_pass": "mart.first_pass",
    "missed_revenue": "mart.missed_revenue",
    "provider_adjustment": "mart.provider_adjustment",
    "exposure": "mart.exposure",
    "underpayment": "mart.underpayment",
    "payer_timing": "mart.payer_timing",
    "timely_filing": "mart.timely_filing",
    "acp_use": "mart.acp_use",
    "hospice_conflict": "mart.hospice_conflict",
    "hospice_span": "mart.hospice_span",
    "hospice_line": "mart.hospice_line",
    "kpi_ledger": "mart.kpi_ledger",
    "provider_education": "mart.provider_education",
    "letter": "reference.letter",
    "letter_effect": "mart.letter_effect",
    "letter_result": "mart.letter_result",
    "file": "mart.file",
    "quarantine": "mart.quarantine",
    "transaction_set": "mart.transaction_set",
    "expectation_result": "audit.expectation_result",
    "reconciliation": "audit.reconciliation",
    "reconciliation_difference": "audit.reconciliation_difference",
}
# Lines stand by claim, so that a claim's are read from one place of the file.
ORDER = {
    "finding": f"{FINDING_ORDER}, finding_key",
    "remit_line": "claim_key, claim_line_number, remit_date, remit_key, line_number",
}
PROGRAM = SQL.parent
VERSIONED = ("midpoint", "duckdb", "polars", "dagster", "great-expectations")


def publish(con: duckdb.DuckDBPyConnection, settings: Settings) -> Path:
    """Publish the warehouse's present state; returns the release's folder, ``<out>/<run_id>``.

    The run id is made of the as-of date and a hash of all that the release depends on (files, program, rules, reference data,
    settings): the same run again finds its release published and leaves it alone. Either way ``<out>/current`` points at it, unless nobody
    watches the run (a backfill, a day that is caught up) and it points at a later as-of date already.
    Raises MidpointError when the folder cannot be written.
    """
    check_out(settings.out)
    run_id = make_run_id(con, settings)
    folder = settings.out / run_id
    try:
        settings.out.mkdir(parents=True, exist_ok=True)
        if not folder.exists():
            _write(con, settings, folder)
        if not (settings.unattended and _current_is_later(settings)):
            _point_current(settings.out, run_id)
    except (OSError, duckdb.IOException) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise MidpointError(f"release {folder}: cannot be written ({reason}); name another folder with --out") from error
    return folder


def make_run_id(con: duckdb.DuckDBPyConnection, settings: Settings) -> str:
    """<as-of date>-<12 hex digits of the hash of everything that the release depends on>."""
    digest = hashlib.sha256()
    facts = (
        {
            "as_of": settings.as_of,
            "service_from": settings.service_from,
            "mature": settings.mature_date,
            "policy": settings.policy,
            "thresholds": asdict(settings.thresholds),
        },
        _rows(con, "select path, sha256, status from raw.file order by all"),
        # findings remember when they were first seen, which an older warehouse may know better than a new one
        _rows(con, "select finding_key, first_seen_date from audit.finding order by all"),
        # so does what reviewers have decided, and what was found once
        _rows(con, "select * from mart.finding_status where review_count > 0 or not is_found order by all"),
        # so does what has been found once and is none any more
        _rows(con, "select finding_key, first_seen_date, recoverable_amount from mart.missed_revenue where not is_finding order by all"),
        program_sha256(),
        rule_set_sha256(),
        reference_sha256(settings),
    )
    for fact in facts:
        digest.update(json.dumps(fact, default=str, sort_keys=True).encode())
    return f"{settings.as_of.isoformat()}-{digest.hexdigest()[:12]}"


def rule_set_sha256() -> str:
    """One hash over the SQL of the core models, the checks, the definitions of denial, the marts and the reconciliation."""
    return _hash_files(path for room in ("core", "checks", "definitions", "mart", "reconciliation") for path in (SQL / room).rglob("*.sql"))


@cache
def sql_lineage() -> dict[str, dict[str, Any]]:
    """By core table and check id: hash of its SQL, and the core and reference tables (parameters by their columns) that it reads itself.

    What midpoint compare tells a changed rule by, when the SQL itself has moved on.
    """
    texts = {model.table: (model.sql, set(model.depends_on)) for model in models("core")}
    for check in load_catalogue():
        tables = {f"{t.db}.{t.name}" for t in sqlglot.parse_one(check.sql, read="duckdb").find_all(exp.Table) if t.db}
        texts[check.id] = (check.sql, tables)
    parameters = ("as_of_date", "policy_name", *(f.name for f in fields(Thresholds)))
    made: dict[str, dict[str, Any]] = {}
    for name, (sql, tables) in sorted(texts.items()):
        used = [f"reference.parameter.{p}" for p in parameters if "reference.parameter" in tables and re.search(rf"\b{p}\b", sql)]
        read = [table for table in tables if table.startswith(("core.", "reference.")) and table != "reference.parameter"]
        made[name] = {"sha256": hashlib.sha256(sql.encode()).hexdigest(), "reads": sorted([*read, *used])}
    return made


@cache
def program_sha256() -> str:
    """One hash over the Python and the expectation suites that make a release, as this process first saw them."""
    folders = ("pipelines", "expectations", "dashboards")
    return _hash_files(path for folder in folders for kind in ("*.py", "*.json") for path in (PROGRAM / folder).rglob(kind))


def reference_sha256(settings: Settings) -> dict[str, str]:
    """Hash of each reference file that applies, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in reference_files(settings.reference)}


def _hash_files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(PROGRAM)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _write(con: duckdb.DuckDBPyConnection, settings: Settings, folder: Path) -> None:
    """Everything into a hidden folder beside ``folder``, synced, then renamed to it."""
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        for name, table in TABLES.items():
            _copy(con, f"select * from {table} order by {ORDER.get(name, 'all')}", unfinished / name)
        manifest = make_manifest(con, settings, folder.name, unfinished)
        _write_manifest(unfinished, manifest)
        write_workbook(unfinished, folder.name)
        write_report(unfinished)  # which reads the manifest
        made = sorted(path for path in unfinished.rglob("*") if path.is_file() and path.name != "manifest.json")
        _write_manifest(unfinished, manifest | {"files": {str(path.relative_to(unfinished)): _file_sha256(path) for path in made}})
        for path in [*sorted(unfinished.iterdir()), unfinished]:
            _sync(path)
        unfinished.rename(folder)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2, default=str) + "\n", encoding="utf-8")


def _copy(con: duckdb.DuckDBPyConnection, query: str, stem: Path) -> None:
    """The rows in their order, as <stem>.parquet and from there as <stem>.csv."""
    parquet, csv = (_quoted(stem.with_suffix(suffix)) for suffix in (".parquet", ".csv"))
    con.execute(f"copy ({query}) to {parquet} (format parquet, compression zstd)")
    con.execute("set preserve_insertion_order = true")
    con.execute(f"copy (from read_parquet({parquet})) to {csv} (format csv, header)")
    con.execute("set preserve_insertion_order = false")


def make_manifest(con: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, folder: Path) -> dict[str, Any]:
    """What the release is made of and what it holds: inputs, versions, hashes, row counts and control totals."""
    tables = {
        name: {"rows": _rows(con, f"select count(*) as n from {table}")[0]["n"], "csv_sha256": _file_sha256(folder / f"{name}.csv")}
        for name, table in TABLES.items()
    }
    return {
        "run_id": run_id,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "as_of_date": settings.as_of,
        "service_from_date": settings.service_from,  # of the look-back; null: there is none
        "mature_date": settings.mature_date,  # services after it are still being answered
        "policy": settings.policy,
        "thresholds": asdict(settings.thresholds),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in VERSIONED},
        "program_sha256": program_sha256(),
        "rule_set_sha256": rule_set_sha256(),
        "reference_sha256": reference_sha256(settings),
        "sql": sql_lineage(),
        "reference_replaced": [path.stem for path in reference_files(settings.reference) if path.parent != SQL / "reference"],
        "control_totals": _rows(con, CONTROL_TOTALS)[0],
        "tables": tables,
        "inputs": _rows(con, "select path, sha256, bytes, kind, status from raw.file order by all"),
    }


# One row: what landed, what balanced, and how much of it found its counterpart.
CONTROL_TOTALS = f"""
select
  balance.*,
  (select count(*) from raw.claim) as claims,
  (select count(*) from core.claim_version where is_final) as final_claims,
  (select count(*) from raw.claim_line) as claim_lines,
  (select coalesce(sum(charge_amount), 0) from raw.claim) as claim_charge_amount,
  (select coalesce(sum(charge_amount), 0) from raw.claim_line) as claim_line_charge_amount,
  (select count(*) from raw.remit) as remits,
  (select count(*) from core.remit_claim where claim_key is not null) as remits_matched,
  (select count(*) from raw.remit_line) as remit_lines,
  (
    select count(*) from (select distinct remit_key, remit_line_number from core.remit_link where claim_key is not null)
    where remit_line_number is not null
  ) as remit_lines_matched,
  (select coalesce(sum(paid_amount), 0) from raw.remit) as remit_paid_amount,
  (select coalesce(sum(amount), 0) from raw.provider_adjustment) as provider_adjustment_amount,
  (select coalesce(sum(payment_amount), 0) from raw.transaction_set where is_landed) as payment_amount,
  (select count(*) from raw.acp_documentation) as documentation_rows,
  (select count(*) from raw.transaction_set where not is_landed) as transaction_sets_aside,
  (select min(service_date) from core.claim_line) as first_service_date,
  (select max(service_date) from core.claim_line) as last_service_date
from ({BALANCE}) as balance
"""


def _point_current(out: Path, run_id: str) -> None:
    """Switch the symbolic link ``current`` in one step."""
    fresh = out / ".current.unfinished"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(run_id, target_is_directory=True)
    fresh.replace(out / "current")


def _current_is_later(settings: Settings) -> bool:
    current = settings.out / "current"
    return current.exists() and current.resolve().name[:10] > settings.as_of.isoformat()  # run ids begin with the as-of date


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    result = con.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
