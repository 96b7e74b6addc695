"""The warehouse as a Dagster resource (one connection a run), and the names of tables as asset keys.

What does not belong here: SQL, and what a setting means.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping

import dagster as dg
import duckdb

from pipelines.errors import MidpointError
from pipelines.landing.inbox import find
from pipelines.settings import Settings, load_settings
from pipelines.warehouse import connect

REQUIRED = {"warehouse"}


def warehouse_resource(overrides: Mapping[str, object] | None) -> dg.ResourceDefinition:
    """(connection, settings) for one run; settings are read when the run starts, so that a page left open keeps no stale as-of date."""

    @dg.resource(description="DuckDB warehouse, one writer: the run holds it from its first step to its last")
    def warehouse(_: dg.InitResourceContext) -> Generator[tuple[duckdb.DuckDBPyConnection, Settings]]:
        settings = load_settings(overrides)
        if not settings.warehouse.exists():
            check_inbox(settings)  # a warehouse is not made for nothing
        con = connect(settings.warehouse, memory_limit=settings.memory_limit, threads=settings.threads)
        try:
            yield con, settings
        finally:
            con.close()

    return warehouse


def check_inbox(settings: Settings) -> None:
    """Raises MidpointError where there is nothing to land: no inbox is named, one does not exist, or there is no file in any."""
    if not settings.inbox:
        raise MidpointError("no inbox: name a folder or files, or set inbox in midpoint.toml")
    find(list(settings.inbox), settings.made)


def of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> tuple[duckdb.DuckDBPyConnection, Settings]:
    """The run's connection and settings."""
    return context.resources.warehouse


def asset_key(table: str) -> dg.AssetKey:
    """schema.table as an asset key: path of the SQL file = table = key."""
    return dg.AssetKey(table.split("."))
