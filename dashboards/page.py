"""Page: what a module of pages/ says of itself, and the list of them, found by looking. Adding a page is adding a file.

What does not belong here: what any page shows.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.filters import Filters
from dashboards.queries import Release, Releases, Table

GROUPS = ("Audit", "Money", "Evidence")  # of the navigation, in this order

# Which filters have a meaning on a page: those of findings, and the definition of denial besides.
FINDING_FILTERS = frozenset({"date_basis", "months", "payer", "provider", "setting", "code_family", "mature_only"})
ALL_FILTERS = FINDING_FILTERS | {"definition"}


@dataclass(frozen=True)
class View:
    """What a page is given to render: the release, the filters of the address, light or dark, and the folder of releases."""

    release: Release
    filters: Filters
    theme: str = "light"
    path: str = "/"
    releases: Releases | None = None

    def rows(self, table: Table) -> list[dict[str, Any]]:
        return table.rows(self.release, self.filters)

    def to(self, path: str = "", **changes: Any) -> str:
        """An address: of this page ("", drill keys kept) or another, with these filters changed (None drops one)."""
        return self.filters.to(path, **changes) if path else self.path + self.filters.to("", **changes).removesuffix("?")


@dataclass(frozen=True)
class Page:
    """One page. ``render`` gives the children of its main element, heading included (components.layout.heading).

    filters: which filters have a meaning here; the others are shown but switched off.
    tables: every Table that it shows in a grid or offers as an export.
    """

    path: str
    title: str
    render: Callable[[View], Sequence[Any]]
    group: str = "Audit"
    order: int = 50  # in its group of the navigation
    tables: Sequence[Table] = ()
    filters: frozenset[str] = FINDING_FILTERS


def load_pages() -> dict[str, Page]:
    """PAGE of every module of dashboards.pages, by path, in the order of the navigation. Raises ValueError where two share a path."""
    from dashboards import pages

    found = [importlib.import_module(f"dashboards.pages.{module.name}").PAGE for module in pkgutil.iter_modules(pages.__path__)]
    found.sort(key=lambda page: (GROUPS.index(page.group), page.order, page.title))
    known = {page.path: page for page in found}
    names = [table.name for page in found for table in page.tables]
    if len(known) != len(found) or len(set(names)) != len(names):
        raise ValueError("two pages share a path, or two tables a name")
    return known
