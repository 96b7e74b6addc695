"""audit.check_result and audit.finding: the billing checks, run in one step so that overlaps are settled over all of them; and the
reconciliation of everything with what landed.

What does not belong here: the checks (sql/checks), the identities (sql/reconciliation) and how they are run (pipelines.checks,
pipelines.reconciliation).
"""

# No `from __future__ import annotations` here: Dagster wants the type of `context` itself, not its name.

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg
import sqlglot
from sqlglot import exp

from pipelines.assets.warehouse import REQUIRED, asset_key, of
from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.runner import run_checks
from pipelines.reconciliation.identities import load_identities
from pipelines.reconciliation.runner import reconcile_warehouse
from pipelines.review.store import keep_memory, load_memory
from pipelines.warehouse import Model, count_rows

DESCRIPTIONS = {
    "audit.check_result": "one row a check: status, eligible and flagged counts, dollars, query hash",
    "audit.check_month": "one row a check, month, clinician and group: eligible and flagged counts",
    "audit.finding": "one row a finding: check, subject, dollars, evidence and where it stands in its file",
    "audit.finding_history": "one row a finding ever found: when first and last, and its dollars when last",
    "audit.review": "one row a decision of a reviewer, from the reviews' own database",
}


def audit_assets(core: Iterable[Model]) -> dg.AssetsDefinition:
    """The audit tables, after every core model and whatever else the checks' SQL reads."""
    read = {model.table for model in core} | {"raw.documentation_column"}
    for check in load_catalogue():
        read |= {f"{t.db}.{t.name}" for t in sqlglot.parse_one(check.sql, read="duckdb").find_all(exp.Table) if t.db}
    deps = [asset_key(table) for table in sorted(read)]
    specs = [
        dg.AssetSpec(asset_key(table), deps=deps, description=text, group_name="audit", kinds={"duckdb", "sql"})
        for table, text in DESCRIPTIONS.items()
    ]

    @dg.multi_asset(name="audit_checks", specs=specs, required_resource_keys=REQUIRED, description="Runs sql/checks")
    def audit_checks(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        con, settings = of(context)
        load_memory(con, settings.review_store)
        run_checks(con, settings, load_catalogue())
        keep_memory(con, settings.review_store)
        for table in DESCRIPTIONS:
            yield dg.MaterializeResult(asset_key=asset_key(table), metadata={"dagster/row_count": count_rows(con, table)})

    return audit_checks


RECONCILIATION = {
    "audit.reconciliation": "one row an identity: both sides, their difference, and how many groups differ",
    "audit.reconciliation_difference": "one row a group whose sides differ, with its place",
}


def reconciliation_assets() -> dg.AssetsDefinition:
    """The reconciliation, after every table that it compares."""
    read: set[str] = set()
    for identity in load_identities():
        read |= {f"{t.db}.{t.name}" for t in sqlglot.parse_one(identity.sql, read="duckdb").find_all(exp.Table) if t.db}
    deps = [asset_key(table) for table in sorted(read) if not table.startswith("release.")]
    specs = [
        dg.AssetSpec(asset_key(table), deps=deps, description=text, group_name="audit", kinds={"duckdb", "sql"})
        for table, text in RECONCILIATION.items()
    ]

    @dg.multi_asset(name="reconciliation", specs=specs, required_resource_keys=REQUIRED, description="Runs sql/reconciliation")
    def reconciliation(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        con, _ = of(context)
        reconcile_warehouse(con)
        for table in RECONCILIATION:
            yield dg.MaterializeResult(asset_key=asset_key(table), metadata={"dagster/row_count": count_rows(con, table)})

    return reconciliation
