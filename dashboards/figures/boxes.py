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
    """Boxes across, the first on top, with the median as a number above it."""
    colours = theme.PALETTES[scheme]
    traces: list[dict[str, Any]] = []
    for place, box in enumerate(given):
        shade = colours["quiet"] if box.is_faint else colours[colour]
        traces.append(
            {
                "type": "box",
                "orientation": "h",
                "y": [place],
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
            "mode": "markers",
            "x": [box.quartiles[1] for box in given],
            "y": list(range(len(given))),
            "cliponaxis": False,
            "marker": {"symbol": "diamond", "size": 9, "color": [colours["quiet"] if box.is_faint else colours[colour] for box in given]},
            "customdata": [[box.href, f"<b>{box.name}</b><br>{box.hover}"] for box in given],
            "hovertemplate": "%{customdata[1]}<extra></extra>",
        }
    )
    layout = theme.layout(
        scheme,
        80 + 46 * max(len(given), 2),
        annotations=[
            {
                "x": box.quartiles[1],
                "y": place,
                "text": f"{box.quartiles[1]:g}",
                "showarrow": False,
                "yshift": 22,
                "font": {"size": 11.5, "color": colours["text"]},
            }
            for place, box in enumerate(given)
        ],
        xaxis={"title": {"text": unit}, "zeroline": True},
        yaxis={
            "tickvals": list(range(len(given))),
            "ticktext": [box.name for box in given],
            "range": [len(given) - 0.5, -0.7],
            "showgrid": False,
            "zeroline": False,
            "tickfont": {"color": colours["text"], "size": 12},
        },
    )
    return {"data": traces, "layout": layout}
