"""Box plots of counted quartiles as plain dicts: the browser is sent five numbers a box, not the claims.

What does not belong here: the quartiles (they are counted in SQL).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import theme


@dataclass(frozen=True)
class Box:
    """One box: its name, lower fence, lower quartile, median, upper quartile, upper fence; hover text; where a click leads."""

    name: str
    fences: tuple[float, float]
    quartiles: tuple[float, float, float]
    hover: str
    href: str = ""
    is_faint: bool = False


def boxes(given: Sequence[Box], scheme: str, unit: str = "days", colour: str = "under") -> dict[str, Any]:
    """Boxes across, the first on top, with the median as a number beside its mark."""
    colours = theme.PALETTES[scheme]
    traces: list[dict[str, Any]] = []
    for box in given:
        shade = colours["quiet"] if box.is_faint else colours[colour]
        traces.append(
            {
                "type": "box",
                "orientation": "h",
                "y": [box.name],
                "q1": [box.quartiles[0]],
                "median": [box.quartiles[1]],
                "q3": [box.quartiles[2]],
                "lowerfence": [box.fences[0]],
                "upperfence": [box.fences[1]],
                "boxpoints": False,
                "width": 0.55,
                "opacity": 0.5 if box.is_faint else 1,
                "line": {"color": shade, "width": 1.6},
                "fillcolor": theme.mixed(colours["ground"], shade, 0.22),
                "hoverinfo": "skip",
            }
        )
    # What is hovered over and clicked: the median, with all five numbers in words.
    traces.append(
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": [box.quartiles[1] for box in given],
            "y": [box.name for box in given],
            "text": [f"{box.quartiles[1]:g}" for box in given],
            "textposition": "top center",
            "textfont": {"size": 11.5, "color": colours["text"]},
            "cliponaxis": False,
            "marker": {"symbol": "diamond", "size": 9, "color": [colours["quiet"] if box.is_faint else colours[colour] for box in given]},
            "customdata": [[box.href, box.hover] for box in given],
            "hovertemplate": "<b>%{y}</b><br>%{customdata[1]}<extra></extra>",
        }
    )
    layout = theme.layout(
        scheme,
        80 + 46 * max(len(given), 2),
        xaxis={"title": {"text": unit}, "zeroline": True},
        yaxis={
            "type": "category",
            "autorange": "reversed",
            "categoryarray": [box.name for box in given],
            "showgrid": False,
            "tickfont": {"color": colours["text"], "size": 12},
        },
    )
    return {"data": traces, "layout": layout}
