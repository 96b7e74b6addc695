"""The release as an asset, after every table and every blocking expectation.

What does not belong here: what a release holds (pipelines.release).
"""

# No `from __future__ import annotations` here: Dagster wants the type of `context` itself, not its name.

from collections.abc import Iterable
from typing import Any

import dagster as dg

from pipelines.assets.warehouse import REQUIRED, of
from pipelines.release.publish import publish


def release_asset(tables: Iterable[dg.AssetKey]) -> dg.AssetsDefinition:
    """The published folder; ``tables``: all that must stand before it."""

    @dg.asset(
        key=dg.AssetKey("release"),
        deps=sorted(tables),
        description="Parquet, CSV, XLSX, report and manifest of one run, immutable; `current` points at the newest",
        group_name="release",
        required_resource_keys=REQUIRED,
    )
    def release(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        con, settings = of(context)
        folder = publish(con, settings)
        return dg.MaterializeResult(metadata={"folder": dg.MetadataValue.path(str(folder)), "run_id": folder.name})

    return release
