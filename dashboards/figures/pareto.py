"""A Pareto chart as a plain dict: bars from the largest down, and the line of what they make up together.

What does not belong here: reading a release and choosing the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from dashboards import theme
from dashboards.figures.bars import Part


def pareto(names: Sequence[str], part: Part, total: float, scheme: str, unit: str = "$", height: int = 320) -> dict[str, Any]:
    """Bars by name, in the order given, and the cumulative share of ``total`` in percent on the right axis. unit: "$" or a word."""
    colours = theme.PALETTES[scheme]
    money = unit == "$"
    values = [float(value or 0) for value in part.values]
    shares = [100 * value / total if total else None for value in accumulate(values)]
    links = [[href, hover] for href, hover in zip(part.hrefs or [""] * len(names), part.hovers or [""] * len(names), strict=True)]
    marker: dict[str, Any] = {"color": colours[part.colour], "line": {"width": 0}}
    if part.faint:
        marker["opacity"] = [0.35 if faint else 1 for faint in part.faint]
    bars = {
        "type": "bar",
        "name": part.name,
        "x": list(names),
        "y": values,
        "marker": marker,
        "customdata": links,
        "hovertemplate": f"<b>%{{x}}</b><br>{'$' if money else ''}%{{y:,{'.2f' if money else ''}}}<br>%{{customdata[1]}}<extra></extra>",
    }
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "together, share of all",
        "x": list(names),
        "y": shares,
        "yaxis": "y2",
        "line": {"color": colours["text"], "width": 2, "dash": "dot"},
        "marker": {"color": colours["text"], "size": 6, "symbol": "diamond"},
        "customdata": links,
        "hovertemplate": "<b>up to %{x}</b><br>%{y:.1f} % of all<extra></extra>",
    }
    layout = theme.layout(
        scheme,
        height,
        showlegend=True,
        margin={"r": 44},
        xaxis={"type": "category", "showgrid": False, "tickangle": 0, "title": {"text": "reason (CARC)"}},
        yaxis={"rangemode": "tozero", **({"tickprefix": "$"} if money else {"title": {"text": unit}})},
    )
    layout["yaxis2"] = layout["yaxis"] | {
        "overlaying": "y",
        "side": "right",
        "range": [0, 104],
        "tickvals": [0, 25, 50, 75, 100],
        "ticktext": ["0 %", "25 %", "50 %", "75 %", "100 %"],
        "tickprefix": "",
        "showgrid": False,
        "title": {"text": ""},
    }
    return {"data": [bars, line], "layout": layout}
