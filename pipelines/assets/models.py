"""Reference tables and one asset a SQL model (sql/core, sql/mart), with the lineage that sqlglot reads from the SQL.

What does not belong here: the models (sql/) and how they are run (pipelines.warehouse).
"""

# No `from __future__ import annotations` here: Dagster wants the type of `context` itself, not its name.

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg

from pipelines.assets.warehouse import REQUIRED, asset_key, of
from pipelines.reference.policy import check_policy
from pipelines.warehouse import Model, count_rows, load_reference, reference_files, run_model, set_parameters


def reference_assets() -> dg.AssetsDefinition:
    """reference.*: dated code lists and schedules, and the run's parameters."""
    specs = [
        dg.AssetSpec(asset_key(f"reference.{path.stem}"), description=f"Code list {path.name}", group_name="reference", kinds={"csv"})
        for path in reference_files()
    ]
    for table, text in (
        ("reference.parameter", "As-of date, policy and thresholds of the run"),
        ("reference.letter", "Education letters sent by the as-of date"),
    ):
        specs.append(dg.AssetSpec(asset_key(table), description=text, group_name="reference"))

    @dg.multi_asset(name="reference", specs=specs, required_resource_keys=REQUIRED, description="Loads sql/reference and the parameters")
    def reference(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        con, settings = of(context)
        check_policy(settings)
        loaded = load_reference(con, settings.reference)
        set_parameters(con, settings)
        for table, rows in {**loaded, "reference.parameter": 1, "reference.letter": count_rows(con, "reference.letter")}.items():
            yield dg.MaterializeResult(asset_key=asset_key(table), metadata={"dagster/row_count": rows})

    return reference


def model_assets(made: Iterable[Model]) -> list[dg.AssetsDefinition]:
    """One asset a model."""
    return [_model_asset(model) for model in made]


def _model_asset(model: Model) -> dg.AssetsDefinition:
    @dg.asset(
        key=asset_key(model.table),
        deps=[asset_key(table) for table in model.depends_on],
        description=model.description,
        group_name=model.schema,
        kinds={"duckdb", "sql"},
        required_resource_keys=REQUIRED,
    )
    def asset(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        con, _ = of(context)
        return dg.MaterializeResult(metadata={"dagster/row_count": run_model(con, model)})

    return asset
