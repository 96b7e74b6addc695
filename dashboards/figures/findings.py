"""Figures of findings: dollars by check and by month of service, one direction a figure, since directions are never added together.

What does not belong here: reading a release and the words around a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import plotly.graph_objects as go

from dashboards import theme


def by_check(rows: Sequence[tuple[str, str, int, Decimal]], direction: str) -> go.Figure:
    """Horizontal bars, largest on top. rows: (check id, title, findings, dollars) in any order; direction: over, under or denial."""
    ordered = sorted(rows, key=lambda r: r[3])
    figure = go.Figure(
        go.Bar(
            x=[float(r[3]) for r in ordered],
            y=[r[0] for r in ordered],
            orientation="h",
            marker={"color": theme.LIGHT[direction]},
            meta=direction,
            text=[theme.dollars(r[3]) for r in ordered],
            textposition="auto",
            customdata=[[r[1], r[2]] for r in ordered],
            hovertemplate="<b>%{y}</b> %{customdata[0]}<br>%{customdata[1]:,} findings, $%{x:,.2f}<extra></extra>",
        )
    )
    figure.update_xaxes(tickprefix="$", rangemode="tozero")
    return theme.apply(figure, height=90 + 34 * max(len(ordered), 2))


def by_month(rows: Sequence[tuple[str, int, Decimal]], direction: str) -> go.Figure:
    """Bars by month of service. rows: (month as YYYY-MM, findings, dollars), one a month; months between without a row are drawn empty."""
    known = {month: (month, number, amount) for month, number, amount in rows}
    ordered = [known.get(month, (month, 0, Decimal(0))) for month in _months(min(known), max(known))]
    figure = go.Figure(
        go.Bar(
            x=[r[0] for r in ordered],
            y=[float(r[2]) for r in ordered],
            marker={"color": theme.LIGHT[direction]},
            meta=direction,
            customdata=[r[1] for r in ordered],
            hovertemplate="<b>%{x}</b><br>%{customdata:,} findings, $%{y:,.2f}<extra></extra>",
        )
    )
    figure.update_xaxes(type="category", nticks=12)
    figure.update_yaxes(tickprefix="$", rangemode="tozero")
    return theme.apply(figure, height=260)


def _months(first: str, last: str) -> list[str]:
    """Every month from first to last, as YYYY-MM."""
    low, high = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(low, high + 1)]
