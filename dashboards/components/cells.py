"""How a value of a table is written: dollars to the cent, rates with one decimal, months and dates as they are.

What does not belong here: tiles' own short forms (theme).
"""

from __future__ import annotations

from typing import Any

from dashboards import theme
from dashboards.queries import Column

NUMBERS = frozenset({"count", "amount", "rate", "decimal"})


def is_number(column: Column) -> bool:
    """Whether the column stands right-aligned, and is hidden where a shared export hides a row."""
    return column.kind in NUMBERS


def cell(column: Column, row: dict[str, Any]) -> str:
    """The value of one cell as text; an em dash where there is none."""
    value = row.get(column.name)
    if column.kind == "rate":
        part, whole = row.get(column.numerator), row.get(column.denominator)
        return theme.percent(part, whole) if part is not None and whole is not None else "—"
    if value is None:
        return "—"
    if column.kind == "amount":
        return theme.dollars(value, cents=True)
    if column.kind == "count":
        return theme.count(value)
    if column.kind == "decimal":
        return f"{float(value):,.1f}"
    if column.kind == "flag":
        return "yes" if value else "no"
    return str(value)
