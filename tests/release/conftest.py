"""The story's warehouse, its settings and its release, made once; a test that changes any of them builds its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.release.publish import publish
from pipelines.settings import Settings
from tests.release.story import build


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(out=tmp_path_factory.mktemp("published") / "releases", as_of=date(2024, 12, 31))


@pytest.fixture(scope="session")
def warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    con = build(1, settings.as_of)
    yield con
    con.close()


@pytest.fixture(scope="session")
def release(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> Path:
    return publish(warehouse, settings)
