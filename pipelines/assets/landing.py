"""The raw tables as one asset group: the inbox is landed in one step, for the files of a batch commit together.

What does not belong here: reading and landing themselves (pipelines.landing).
"""

# No `from __future__ import annotations` here: Dagster wants the type of `context` itself, not its name.

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.assets.warehouse import REQUIRED, asset_key, check_inbox, of
from pipelines.landing.land import land
from pipelines.landing.schema import create_raw_tables
from pipelines.warehouse import count_rows
from pipelines.x12.tables import TABLES

# The landing's own tables; those of the reader describe themselves.
LEDGER = {
    "file": "one row a file of the inbox: what it is, whether it was accepted, and its segment counts",
    "quarantine": "one row a file, transaction set or documentation row set aside, with its reason and place",
    "acp_documentation": "one row a row of an ACP documentation extract (RULES.md section 8)",
    "documentation_column": "which columns each documentation file had: an absent column is not an empty value",
}
DESCRIPTIONS = LEDGER | {table.name: table.grain for table in TABLES}


def landing_assets() -> dg.AssetsDefinition:
    """raw.*: each file of the inbox once, by content."""
    specs = [
        dg.AssetSpec(asset_key(f"raw.{name}"), description=text, group_name="raw", kinds={"duckdb"}) for name, text in DESCRIPTIONS.items()
    ]

    @dg.multi_asset(name="landing", specs=specs, required_resource_keys=REQUIRED, description="Lands the inbox in raw.*")
    def landing(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        con, settings = of(context)
        check_inbox(settings)
        create_raw_tables(con)
        landed = land(con, settings, list(settings.inbox))
        for name in DESCRIPTIONS:
            metadata: dict[str, int | str] = {"dagster/row_count": count_rows(con, f"raw.{name}")}
            if name == "file":
                metadata["new_files"] = len(landed.files)
            yield dg.MaterializeResult(asset_key=asset_key(f"raw.{name}"), metadata=metadata)

    return landing
