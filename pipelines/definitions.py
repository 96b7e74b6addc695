"""Dagster definitions: assembly only. `dagster dev -m pipelines.definitions` shows them; the command runs the same jobs in process.

What does not belong here: anything an asset does.
"""

from __future__ import annotations

from collections.abc import Mapping

import pipelines.settings  # noqa: F401  # pyright: ignore[reportUnusedImport]  # isort: skip  # telemetry off before Dagster

import dagster as dg

from pipelines.assets.audit import audit_assets, reconciliation_assets
from pipelines.assets.denials import denial_assets
from pipelines.assets.expectations import expectation_checks
from pipelines.assets.landing import landing_assets
from pipelines.assets.models import model_assets, reference_assets
from pipelines.assets.release import release_asset
from pipelines.assets.warehouse import warehouse_resource
from pipelines.schedule.ticks import education_job, schedules, sensors
from pipelines.warehouse import models


def build_definitions(overrides: Mapping[str, object] | None = None, logger: dg.LoggerDefinition | None = None) -> dg.Definitions:
    """All assets, checks and jobs.

    overrides: settings by field name, over midpoint.toml and the environment (see load_settings).
    logger: a logger that runs may choose as "midpoint" instead of Dagster's own.
    """
    core = models("core")
    tables = [landing_assets(), reference_assets(), *model_assets(core), audit_assets(core), denial_assets(), *model_assets(models("mart"))]
    tables.append(reconciliation_assets())
    release = release_asset(key for asset in tables for key in asset.keys)
    landing = dg.AssetSelection.groups("raw")
    return dg.Definitions(
        assets=[*tables, release],
        asset_checks=expectation_checks(),
        jobs=[
            dg.define_asset_job("audit", selection=dg.AssetSelection.all(), description="From the inbox to a release"),
            dg.define_asset_job("ingest", selection=landing, description="The inbox into raw.*, with its expectations"),
            education_job(overrides),
        ],
        schedules=schedules(overrides),
        sensors=sensors(overrides),
        resources={"warehouse": warehouse_resource(overrides)},
        loggers={"midpoint": logger} if logger else {},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster's own commands load; nothing is built when the module is merely imported."""
    return build_definitions()
