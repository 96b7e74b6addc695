"""Tiles and cards: one number with what it is made of; one chart with its definition, its table and its downloads; a small table.

What does not belong here: figures (dashboards.figures) and how a value is written (components.cells).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from dash import dcc, html

from dashboards import theme
from dashboards.components.cells import cell, is_number
from dashboards.components.layout import empty, info
from dashboards.page import View
from dashboards.queries import Column, Table

SHOWN_ROWS = 200  # of a table as a card; its export holds all
BESIDE_ROWS = 50  # of a table that stands folded below its chart


def tile(
    title: str,
    value: str,
    view: View,
    detail: str = "",
    definition: str = "",
    kind: str = "",
    change: str = "",
    spark: Sequence[float | None] = (),
    href: str = "",
    lines: Sequence[tuple[str, str]] = (),
    name: str = "",
) -> html.Div:
    """One number: title with its definition, value, what it is of (n), how it moved, a sparkline. kind: a direction (its colour).

    lines: (words, value) in place of one value, for numbers that must not be added. href: where a click leads. name: for tests and links.
    """
    picture = html.Img(src=sparkline(spark, kind, view.theme), className="spark", alt="") if len(spark) > 1 else None
    figure: Any = html.Div(html.A(value, href=href) if href else value, className="figure")
    if lines:
        figure = html.Dl([html.Div([html.Dt(words), html.Dd(number)]) for words, number in lines])
    return html.Div(
        [
            html.Div([html.H2(title), info(definition)], className="tile-title"),
            html.Div([figure, picture], className="tile-body"),
            html.P(change, className="change") if change else None,
            html.P(detail, className="quiet") if detail else None,
        ],
        className=f"card tile {kind}",
        **{"data-tile": name or title},
    )


def chart_card(
    view: View,
    table: Table,
    figure: dict[str, Any] | None,
    title: str = "",
    why_empty: str = "",
    wide: bool = False,
    note: str = "",
    rows: list[dict[str, Any]] | None = None,
    most: int = BESIDE_ROWS,
) -> html.Div:
    """A chart with its definition on hover, its table one click away, and PNG, SVG, CSV and XLSX downloads.

    figure: a plain plotly figure; a point whose customdata begins with an address leads there when it is clicked. None: ``why_empty`` is
    shown instead. The table's rows are those of ``table``, which must be among the page's tables for its export to be there. rows: where
    the page has them already. most: how many of them are sent along.
    """
    title = title or table.title
    shown = (view.rows(table) if rows is None else rows) if figure else []
    if not shown:
        return html.Div(
            [html.Div([html.H3(title), info(table.definition)], className="card-title"), empty("Nothing to show", why_empty or NOTHING)],
            className="card chart" + (" wide" if wide else ""),
        )
    graph = dcc.Graph(
        id={"chart": table.name},
        figure=figure,
        config={"displayModeBar": False, "responsive": True},
        style={"height": f"{figure['layout']['height']}px"} if figure else {},
    )
    return html.Div(
        [
            html.Div(
                [html.H3(title), info(table.definition), html.Div([*_pictures(title), *exports(view, table)], className="tools")],
                className="card-title",
            ),
            html.Div(graph, role="img", **{"aria-label": f"{title}. The table below holds the same numbers."}),
            html.P(note, className="quiet") if note else None,
            html.Details([html.Summary("Table"), small_table(table, shown[:most], len(shown))], className="data"),
        ],
        className="card chart" + (" wide" if wide else ""),
    )


def table_card(view: View, table: Table, why_empty: str = "", rows: list[dict[str, Any]] | None = None, wide: bool = False) -> html.Div:
    """A small table as a card of its own, with its exports."""
    shown = view.rows(table) if rows is None else rows
    body = small_table(table, shown[:SHOWN_ROWS], len(shown)) if shown else empty("Nothing to show", why_empty or NOTHING)
    tools = html.Div(exports(view, table), className="tools") if shown else None
    return html.Div(
        [html.Div([html.H3(table.title), info(table.definition), tools], className="card-title"), body],
        className="card" + (" wide" if wide else ""),
    )


def small_table(table: Table, rows: Sequence[dict[str, Any]], total: int = 0) -> html.Div:
    """Rows as an HTML table; cells lead to the address in their column's href column."""
    columns = [column for column in table.columns if not column.is_hidden]
    head = html.Thead(
        html.Tr([html.Th([c.title, info(c.definition)], scope="col", className="n" if is_number(c) else "") for c in columns])
    )
    body = html.Tbody([html.Tr([_cell(column, row, place) for place, column in enumerate(columns)]) for row in rows])
    more = html.P(f"The first {len(rows):,} of {total:,} rows; the export holds all.", className="quiet") if total > len(rows) else None
    box = html.Div(
        [html.Table([html.Caption(table.title), head, body]), more],
        className="scroll",
        tabIndex=0,
        role="region",
        **{"aria-label": table.title},
    )
    box.made_of = (table, rows, max(total, len(rows)))  # for paper; the browser is not sent it
    return box


def exports(view: View, table: Table) -> list[Any]:
    """Links to the table's exports with the same filters; a shared one has small counts suppressed."""
    query = view.filters.query
    shared = f"{query}&shared=1" if query else "?shared=1"
    path = f"/export/{quote(table.name)}"
    links = [
        html.A("CSV", href=f"{path}.csv{query}", className="tool", download="", title="All rows, as CSV"),
        html.A("XLSX", href=f"{path}.xlsx{query}", className="tool", download="", title="All rows, as a workbook with its definitions"),
    ]
    if not table.is_rows:
        links.append(
            html.A(
                "Share",
                href=f"{path}.xlsx{shared}",
                className="tool",
                download="",
                title="As a workbook to give away: counts under 11 and what would tell them are left out",
            )
        )
    return links


def sparkline(values: Sequence[float | None], kind: str, name: str) -> str:
    """A line of the values as an SVG image in a data address; gaps where there is none. The tile's words carry the meaning."""
    known = [value for value in values if value is not None]
    low, high = min([*known, 0]), max([*known, 0])
    width, height, room = 120, 34, 3
    colours = theme.PALETTES[name]
    colour = colours.get(kind.split(" ")[0], colours["quiet"])

    def point(place: int, value: float) -> str:
        x = room + place * (width - 2 * room) / max(len(values) - 1, 1)
        y = height - room - (value - low) / ((high - low) or 1) * (height - 2 * room)
        return f"{x:.1f},{y:.1f}"

    points = [point(place, value) for place, value in enumerate(values) if value is not None]
    last = points[-1].split(",") if points else ["0", "0"]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="1.8" stroke-linejoin="round"/>'
        f'<circle cx="{last[0]}" cy="{last[1]}" r="2.6" fill="{colour}"/></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"


NOTHING = "No rows match these filters. Widen the months, or clear a filter."


def _pictures(title: str) -> list[Any]:
    return [
        html.Button(
            kind.upper(), className="tool", title=f"Download the chart as {kind.upper()}", **{"data-image": kind, "data-title": title}
        )
        for kind in ("png", "svg")
    ]


def _cell(column: Column, row: dict[str, Any], place: int) -> Any:
    text = cell(column, row)
    address = row.get(column.href) if column.href else None
    content: Any = html.A(text, href=address) if address else text
    if place == 0:
        return html.Th(content, scope="row")
    style = {"minWidth": f"{column.width}px"} if column.width else {}
    return html.Td(content, style=style, className="n" if is_number(column) else "nowrap" if column.kind in ("date", "month") else "")
