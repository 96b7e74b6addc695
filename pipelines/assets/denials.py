"""audit.denial_*: the definitions of denial and the units that they count, before the marts that are made of them.

What does not belong here: the definitions (sql/definitions) and how they are read (pipelines.denials).
"""

# No `from __future__ import annotations` here: Dagster wants the type of `context` itself, not its name.

from collections.abc import Iterator
from typing import Any

import dagster as dg
import sqlglot
from sqlglot import exp

from pipelines.assets.warehouse import REQUIRED, asset_key, of
from pipelines.denials.definitions import build_units, load_definitions

DESCRIPTIONS = {
    "audit.denial_unit": "one row a definition of denial and unit of its denominator, denied or not (a view)",
    "audit.denial_definition": "one row a definition of denial: its wording, unit, numerator, denominator, dates and source",
    "audit.denial_step": "one row a step of the bridge between definitions, with its reason",
}


def denial_assets() -> dg.AssetsDefinition:
    """The three tables in one step, after whatever the definitions' SQL reads."""
    read = {f"{t.db}.{t.name}" for d in load_definitions() for t in sqlglot.parse_one(d.sql, read="duckdb").find_all(exp.Table) if t.db}
    deps = [asset_key(table) for table in sorted(read)]
    specs = [
        dg.AssetSpec(asset_key(table), deps=deps, description=text, group_name="audit", kinds={"duckdb", "sql"})
        for table, text in DESCRIPTIONS.items()
    ]

    @dg.multi_asset(name="denial_definitions", specs=specs, required_resource_keys=REQUIRED, description="Reads sql/definitions")
    def denial_definitions(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        con, _ = of(context)
        build_units(con)
        for table in DESCRIPTIONS:
            yield dg.MaterializeResult(asset_key=asset_key(table))

    return denial_definitions
