"""A warehouse in memory from a story in YAML (the scenario form), for tests of core models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.checks.scenario import build_scenario
from pipelines.warehouse import connect


class Built:
    """Core built from a story: query it, with claims named as in the story."""

    def __init__(self, con: duckdb.DuckDBPyConnection, text: str) -> None:
        self.con = con
        names = build_scenario(con, yaml.safe_load(text))
        con.execute("create temp table named (name VARCHAR, claim_id VARCHAR)")
        con.executemany("insert into named values (?, ?)", list(names.items()))
        con.execute("create temp view claim as select n.name, v.* from core.claim_version v join named n using (claim_id)")
        con.execute("create temp view line as select n.name, l.* from core.claim_line l join named n using (claim_id)")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()

    def final(self) -> dict[str, str]:
        """Claims that are final → why."""
        return dict(self.con.execute("select name, final_reason from claim where is_final order by name").fetchall())

    def set_aside(self) -> dict[str, tuple[str, str | None]]:
        """Claims that are not final → (why, the claim that took their place)."""
        rows = self.con.execute(
            "select c.name, c.final_reason, r.name from claim c left join claim r on c.replaced_by_claim_key = r.claim_key"
            " where not c.is_final"
        ).fetchall()
        return {name: (reason, by) for name, reason, by in rows}


@pytest.fixture
def build() -> Iterator[Callable[[str], Built]]:
    con = connect(":memory:", threads=1)
    yield lambda text: Built(con, text)
    con.close()
