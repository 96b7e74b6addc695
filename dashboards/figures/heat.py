"""A heat map as a plain dict: the numbers stand in its cells, the colour only helps the eye.

What does not belong here: reading a release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import theme


@dataclass(frozen=True)
class Cell:
    """One cell: what colours it, what stands in it, the hover text, where a click leads."""

    value: float
    text: str
    hover: str
    href: str = ""


def heat(
    columns: Sequence[str],
    rows: Sequence[str],
    cells: Mapping[tuple[str, str], Cell],
    scheme: str,
    heads: Sequence[str] = (),
    height: int = 320,
    colour: str = "denial",
) -> dict[str, Any]:
    """Cells by (row, column), the first row on top; a place without a cell stays empty. heads: what stands above the columns."""
    colours = theme.PALETTES[scheme]
    grid = [[cells.get((row, column)) for column in columns] for row in rows]
    most = max((cell.value for cell in cells.values()), default=0) or 1
    trace = {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(rows),
        "z": [[cell.value if cell else None for cell in line] for line in grid],
        "zmin": 0,
        "zmax": most,
        # Ends well short of the full colour, so that the text on it keeps its contrast.
        "colorscale": [[0, theme.mixed(colours["panel"], colours[colour], 0)], [1, theme.mixed(colours["panel"], colours[colour], 0.42)]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "text": [[cell.text if cell else "" for cell in line] for line in grid],
        "texttemplate": "%{text}",
        "textfont": {"size": 12, "color": colours["text"]},
        "hoverinfo": "skip",
    }
    # A heat map's marks hand no address on when they are clicked, so points that are not seen stand in the middle of its cells.
    places = [(x, row, cells.get((row, column))) for row in rows for x, column in enumerate(columns)]
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [x for x, _, _ in places],
        "y": [row for _, row, _ in places],
        "marker": {"size": 20, "opacity": 0, "color": colours["text"]},
        "customdata": [[cell.href, cell.hover] if cell else ["", f"<b>{row}, {columns[x]}</b><br>none"] for x, row, cell in places],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }
    layout = theme.layout(
        scheme,
        height,
        hoverdistance=-1,  # the nearest, which is the cell's own
        xaxis={
            "range": [-0.5, len(columns) - 0.5],
            "tickvals": list(range(len(columns))),
            "ticktext": list(heads or columns),
            "side": "top",
            "showgrid": False,
            "zeroline": False,
            "tickangle": 0,
            "tickfont": {"color": colours["text"]},
        },
        yaxis={"type": "category", "range": [len(rows) - 0.5, -0.5], "showgrid": False, "tickfont": {"color": colours["text"]}},
    )
    return {"data": [trace, points], "layout": layout}
