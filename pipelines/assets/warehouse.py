"""The warehouse as a Dagster resource (one connection a run), and the names of tables as asset keys.

What does not belong here: SQL, and what a setting means.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping

import dagster as dg
import duckdb

from pipelines.errors import MidpointError
from pipelines.landing.inbox import find
from pipelines.settings import Settings, load_settings
from pipelines.warehouse import connect_in_turn

REQUIRED = {"warehouse"}


# What a scheduled run says of its settings, over all others; none of it is needed.
RUN_CONFIG = {
    "as_of": dg.Field(str, is_required=False, description="The day that the audit speaks of, YYYY-MM-DD"),
    "lookback_years": dg.Field(int, is_required=False, description="Check services of these years up to it; 0: all"),
    "unattended": dg.Field(bool, is_required=False, description="Wait for the warehouse; leave alone what is still being written"),
}
RETRY_NUMBER = "dagster/retry_number"


def pause_before_retry(run: dg.DagsterRun | None, settings: Settings) -> None:
    """Where Dagster tries a failed run again, let some time pass first; nothing is held open meanwhile."""
    if run is not None and RETRY_NUMBER in run.tags:
        time.sleep(settings.schedule.retry_delay_seconds)


def warehouse_resource(overrides: Mapping[str, object] | None) -> dg.ResourceDefinition:
    """(connection, settings) for one run; settings are read when the run starts, so that a page left open keeps no stale as-of date."""

    @dg.resource(
        description="DuckDB warehouse, one writer: the run holds it from its first step to its last", config_schema=dg.Shape(RUN_CONFIG)
    )
    def warehouse(context: dg.InitResourceContext) -> Generator[tuple[duckdb.DuckDBPyConnection, Settings]]:
        settings = load_settings({**(overrides or {}), **context.resource_config})
        pause_before_retry(context.run, settings)
        if not settings.warehouse.exists():
            check_inbox(settings)  # a warehouse is not made for nothing
        con = connect_in_turn(settings, 60 * settings.schedule.wait_minutes if settings.unattended else 0)
        try:
            yield con, settings
        finally:
            con.close()

    return warehouse


def check_inbox(settings: Settings) -> None:
    """Raises MidpointError where there is nothing to land: no inbox is named, one does not exist, or there is no file in any."""
    if not settings.inbox:
        raise MidpointError("no inbox: name a folder or files, or set inbox in midpoint.toml")
    find(list(settings.inbox), settings.made, may_be_empty=settings.unattended and settings.warehouse.exists())


def of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> tuple[duckdb.DuckDBPyConnection, Settings]:
    """The run's connection and settings."""
    return context.resources.warehouse


def asset_key(table: str) -> dg.AssetKey:
    """schema.table as an asset key: path of the SQL file = table = key."""
    return dg.AssetKey(table.split("."))
