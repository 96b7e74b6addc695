"""Warehouses with the denial marts, and none but them: a story in which everything happens, the sample inbox, a generated one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from pipelines.checks.scenario import build_scenario
from pipelines.denials.definitions import build_units
from pipelines.denials.rates import TABLES, Release
from pipelines.landing.land import land
from pipelines.landing.schema import create_raw_tables
from pipelines.settings import Settings
from pipelines.synthetic.generate import generate_folder
from pipelines.warehouse import build_room, connect, load_reference, models, run_model, set_parameters
from tests.core.conftest import build  # noqa: F401  # a fixture
from tests.denials.story import STORY

ROOT = Path(__file__).parents[2]
AS_OF = date(2026, 6, 30)


def build_marts(con: duckdb.DuckDBPyConnection) -> None:
    """The definitions' units and the denial marts, over core."""
    build_units(con)
    for model in models("mart"):
        if model.name in ("denial_month", "denial_reason", "denial_cohort", "denial_bridge", "first_pass"):
            run_model(con, model)


def build_inbox(folder: Path, inbox: Path, reference: Path | None) -> duckdb.DuckDBPyConnection:
    con = connect(folder / "w.duckdb")
    create_raw_tables(con)
    land(con, Settings(warehouse=folder / "w.duckdb"), [inbox])
    load_reference(con, reference)
    set_parameters(con, Settings(as_of=AS_OF))
    build_room(con, "core")
    build_marts(con)
    return con


@pytest.fixture(scope="session")
def story() -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect(":memory:", threads=1)
    build_scenario(con, yaml.safe_load(STORY))
    build_marts(con)
    yield con
    con.close()


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    con = build_inbox(tmp_path_factory.mktemp("samples"), ROOT / "data_samples" / "inbox", None)
    yield con
    con.close()


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("generated")
    generate_folder(folder / "g", 3000, 7, 0.1, AS_OF)
    con = build_inbox(folder, folder / "g" / "inbox", folder / "g" / "reference")
    yield con
    con.close()


def release_of(con: duckdb.DuckDBPyConnection, folder: Path) -> Release:
    """The denial tables as a release holds them."""
    for name in TABLES:
        schema = "audit" if name == "denial_definition" else "mart"
        con.execute(f"copy {schema}.{name} to '{folder / name}.parquet' (format parquet)")
    (folder / "manifest.json").write_text(json.dumps({"run_id": "run", "as_of_date": AS_OF.isoformat()}))
    return Release(folder)


@pytest.fixture(scope="session")
def release(generated: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return release_of(generated, tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="session", params=["story", "samples", "generated"])
def warehouse(request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    return request.getfixturevalue(request.param)
