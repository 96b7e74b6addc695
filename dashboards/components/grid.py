"""The grid: a table of any length, read a page at a time, sorted and filtered by bound SQL where the rows are.

What does not belong here: which rows (the Table's SQL) and how a value is written (components.cells).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import dash_ag_grid as dag
from dash import html

from dashboards.components.cards import exports
from dashboards.components.cells import cell, is_number
from dashboards.components.layout import empty, info
from dashboards.filters import Filters
from dashboards.page import View
from dashboards.queries import PARAMETER, Column, Release, Table

BLOCK = 100  # rows a request
WIDTHS = {"text": 150, "date": 150, "month": 100, "count": 100, "amount": 120, "rate": 100, "decimal": 100, "flag": 90}
FILTERS = {"date": "agDateColumnFilter"} | dict.fromkeys(("count", "amount", "decimal"), "agNumberColumnFilter")
# What the reader may ask of a column → SQL, with the value bound as $x and, of a range, $y.
COMPARISONS = {
    "equals": "{c} = $x",
    "notEqual": "{c} is distinct from $x",
    "contains": "contains(lower({c}), lower($x))",
    "notContains": "not coalesce(contains(lower({c}), lower($x)), false)",
    "startsWith": "starts_with(lower({c}), lower($x))",
    "endsWith": "ends_with(lower({c}), lower($x))",
    "greaterThan": "{c} > $x",
    "greaterThanOrEqual": "{c} >= $x",
    "lessThan": "{c} < $x",
    "lessThanOrEqual": "{c} <= $x",
    "inRange": "{c} between $x and $y",
    "blank": "{c} is null",
    "notBlank": "{c} is not null",
}


def grid(view: View, table: Table, height: int = 420, why_empty: str = "") -> html.Div:
    """The table with its definition, column choice, exports and number of rows; ``table`` must be among the page's tables."""
    total = count(table, view.release, view.filters, {})
    title = html.Div(
        [
            html.H3(table.title),
            info(table.definition),
            html.Span(f"{total:,} {'row' if total == 1 else 'rows'}", className="quiet"),
            html.Div([_chooser(table), *exports(view, table)], className="tools"),
        ],
        className="card-title",
    )
    if not total:
        return html.Div([title, empty("No rows", why_empty or "Nothing matches these filters.")], className="card wide")
    return html.Div(
        [
            title,
            html.P(
                "Printed is what is in view; the exports hold all rows and columns, midpoint report all columns.",
                className="print-only in-view",
            ),
            dag.AgGrid(
                id={"grid": table.name, "view": view.filters.query},
                columnDefs=_definitions(table),
                defaultColDef={"resizable": True, "sortable": True, "suppressHeaderMenuButton": True, "floatingFilter": True},
                rowModelType="infinite",
                dashGridOptions={
                    "theme": {"function": "midpointTheme(themeQuartz)"},
                    "cacheBlockSize": BLOCK,
                    "maxBlocksInCache": 10,
                    "infiniteInitialRowCount": min(total, BLOCK),
                    "ensureDomOrder": True,
                    "enableCellTextSelection": True,
                    "rowHeight": 34,
                    "headerHeight": 36,
                    "floatingFiltersHeight": 34,
                    "tooltipShowDelay": 300,
                },
                style={"height": f"{min(height, 118 + 34 * max(total, 3))}px", "width": "100%"},
            ),
        ],
        className="card wide grid",
    )


def read_block(table: Table, release: Release, filters: Filters, request: dict[str, Any]) -> dict[str, Any]:
    """What the grid asked for: rows startRow to endRow in its order and with its filters, as text, and how many there are in all."""
    known = {column.name: column for column in table.columns}
    where, values = _where(known, request.get("filterModel") or {})
    order = [
        f"{_sorted(known[sort['colId']])} {'desc' if sort['sort'] == 'desc' else 'asc'} nulls last"
        for sort in request.get("sortModel") or []
        if sort.get("colId") in known
    ]
    if table.order:
        order.append(table.order)
    first = max(int(request.get("startRow") or 0), 0)
    size = min(max(int(request.get("endRow") or BLOCK) - first, 0), 1_000)
    sql = f"select * from ({table.text(filters)}) as answer where {where}"
    sql += f" order by {', '.join(order)}" if order else ""
    rows = release.rows(f"{sql} limit {size} offset {first}", filters, **values)
    addresses = {column.href for column in table.columns if column.href}
    return {
        "rowData": [
            {column.name: cell(column, row) for column in table.columns} | {name: row.get(name) for name in addresses} for row in rows
        ],
        "rowCount": count(table, release, filters, request.get("filterModel") or {}),
    }


def count(table: Table, release: Release, filters: Filters, model: dict[str, Any]) -> int:
    """Rows of the table under the filters of the address and of the grid."""
    where, values = _where({column.name: column for column in table.columns}, model)
    sql = f"select count(*) as n from ({table.text(filters)}) as answer where {where}"
    key = ("count", table.name, filters.query, where, tuple(sorted((k, str(v)) for k, v in values.items())))
    return release.cached(key, lambda: int(release.row(sql, filters, **values)["n"]))


def _where(known: dict[str, Column], model: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The grid's filter model as a condition over known columns, and the values that it binds. What is not understood asks nothing."""
    conditions: list[str] = []
    values: dict[str, Any] = {}

    def one(column: Column, asked: dict[str, Any]) -> str:
        comparison = COMPARISONS.get(str(asked.get("type")))
        if comparison is None:
            return "true"
        try:
            low, high = (_value(column, asked, names) for names in (("filter", "dateFrom"), ("filterTo", "dateTo")))
        except ValueError:
            return "true"
        if ("$x" in comparison and low is None) or ("$y" in comparison and high is None):
            return "true"
        text = column.kind not in FILTERS
        sql = comparison.replace("{c}", f'cast("{column.name}" as varchar)' if text else f'"{column.name}"')
        for mark, value in (("x", low), ("y", high)):
            if f"${mark}" in sql:
                name = "grid_" + "".join(chr(97 + int(digit)) for digit in str(len(values)))
                sql = sql.replace(f"${mark}", f"${name}")
                values[name] = value
        return sql

    for name, asked in model.items():
        if name not in known or not isinstance(asked, dict):
            continue
        parts = [one(known[name], part) for part in asked.get("conditions") or [asked]]
        conditions.append("(" + (" or " if asked.get("operator") == "OR" else " and ").join(parts) + ")")
    assert all(PARAMETER.fullmatch(f"${name}") for name in values)
    return " and ".join(conditions) or "true", values


def _sorted(column: Column) -> str:
    """What a column is sorted by; a rate by the share that it is."""
    if column.kind == "rate":
        return f"{column.numerator} / nullif({column.denominator}, 0)"
    return f'"{column.name}"'


def _value(column: Column, asked: dict[str, Any], names: tuple[str, str]) -> Any:
    text = asked.get(names[1] if column.kind == "date" else names[0])
    if text is None:
        return None
    if column.kind == "date":
        return date.fromisoformat(str(text)[:10])
    return float(text) if column.kind in FILTERS else str(text)


def _definitions(table: Table) -> list[dict[str, Any]]:
    """The columns; where there is room to spare, the widest takes it."""
    made = [_definition(column) for column in table.columns]
    widest = max((one for one in made if not one["hide"]), key=lambda one: one["width"])
    widest |= {"flex": 1, "minWidth": widest["width"]}
    return made


def _definition(column: Column) -> dict[str, Any]:
    made: dict[str, Any] = {
        "field": column.name,
        "headerName": column.title,
        "hide": column.is_hidden,
        "width": column.width or max(WIDTHS.get(column.kind, 150), 30 + 8 * len(column.title)),
        "filter": FILTERS.get(column.kind, "agTextColumnFilter"),
        "headerTooltip": column.definition or column.title,
        "tooltipField": column.name,
    }
    if made["filter"] == "agTextColumnFilter":
        made |= {"suppressFloatingFilterButton": True, "suppressHeaderFilterButton": True}
    if is_number(column):
        made |= {"cellClass": "n", "headerClass": "ag-right-aligned-header"}
    if column.kind == "rate":
        made["filter"] = False
    if column.href:
        made |= {"cellRenderer": "MidpointLink", "cellRendererParams": {"address": column.href}}
    return made


def _chooser(table: Table) -> html.Details:
    """Which columns are shown; the choice lasts while the page is open."""
    return html.Details(
        [
            html.Summary("Columns", className="tool"),
            html.Div(
                [
                    html.Label(
                        [
                            html.Button(
                                "✓" if not column.is_hidden else "",
                                className="check",
                                role="checkbox",
                                **{
                                    "aria-checked": str(not column.is_hidden).lower(),
                                    "aria-label": column.title,
                                    "data-column": column.name,
                                },
                            ),
                            column.title,
                        ]
                    )
                    for column in table.columns
                ],
                className="chooser",
            ),
        ],
        className="columns",
    )
