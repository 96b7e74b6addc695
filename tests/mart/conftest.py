"""A warehouse in memory from a story (the scenario form), audited, with its marts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.runner import run_checks
from pipelines.checks.scenario import build_scenario
from pipelines.denials.definitions import build_units
from pipelines.settings import Settings
from pipelines.warehouse import build_room, connect


class Mart:
    """The marts of a story: query them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, text: str) -> None:
        self.con = con
        story = yaml.safe_load(text)
        build_scenario(con, story)
        run_checks(con, Settings(as_of=story.get("as_of", date(2024, 12, 31))), load_catalogue())
        build_units(con)
        build_room(con, "mart")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows as tuples; amounts and dates as text, which reads better in an expected table."""
        return [tuple(_plain(value) for value in row) for row in self.con.execute(query).fetchall()]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | float) else str(value)


@pytest.fixture
def mart() -> Iterator[Callable[[str], Mart]]:
    con = connect(":memory:", threads=1)
    yield lambda text: Mart(con, text)
    con.close()
