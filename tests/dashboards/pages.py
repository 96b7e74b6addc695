"""Helpers of the pages' tests: a page rendered without a browser, and what stands in its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboards.filters import read
from dashboards.page import View, load_pages
from dashboards.queries import Release, Table


def view_of(release: Release, path: str, query: str = "") -> View:
    return View(release, read(query), "light", path)


def rendered(view: View) -> list[Any]:
    return [part for part in load_pages()[view.path].render(view) if part is not None]


def parts_of(content: Any) -> Iterator[Any]:
    """The component and everything in it."""
    if isinstance(content, list | tuple):
        for one in content:
            yield from parts_of(one)
    elif content is not None:
        yield content
        yield from parts_of(getattr(content, "children", None))


def text_of(content: Any) -> str:
    return " ".join(str(part) for part in parts_of(content) if isinstance(part, str | int))


def tile_of(content: Any, name: str) -> str:
    """The words of a tile."""
    found = [part for part in parts_of(content) if getattr(part, "data-tile", None) == name]
    assert len(found) == 1, name
    return text_of(found[0]).replace("\u00a0", " ")


def charts_of(content: Any) -> dict[str, dict[str, Any]]:
    """Figures by the name of their table."""
    return {
        part.id["chart"]: part.figure for part in parts_of(content) if isinstance(getattr(part, "id", None), dict) and "chart" in part.id
    }


def links_of(figure: dict[str, Any], trace: int = 0) -> list[str]:
    """Where the marks of a trace lead."""
    return [data[0] for data in figure["data"][trace]["customdata"]]


def rows_of(view: View, table: Table) -> list[dict[str, Any]]:
    return table.rows(view.release, view.filters)
