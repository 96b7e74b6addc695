"""docs/release.md names each column of the tables that it tells of."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.release.publish import TABLES
from tests.mart.conftest import Mart

PAGE = Path(__file__).parents[2] / "docs" / "release.md"
SECTIONS = {part.split("\n", 1)[0]: part for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]}


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_every_column_is_documented(name: str, mart: Callable[[str], Mart]) -> None:
    built = mart("claims: [{id: A, date: 2024-05-06, lines: [99213]}]")
    columns = {row[0] for row in built.con.execute(f"describe select * from {TABLES[name]}").fetchall()}
    named = set(re.findall(r"`([a-z0-9_]+)`", SECTIONS[name])) | set(re.findall(r"\*\*([a-z_]+)\*\*", SECTIONS[name]))
    assert not columns - named
