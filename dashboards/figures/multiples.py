"""Small multiples: figures of one kind beside or under each other, each on axes of its own, for numbers that must not be added.

What does not belong here: the single figures (bars, lines) and reading a release.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards import theme

GAP = 0.03  # between panels side by side, as a share of the width


def under(panels: Sequence[tuple[str, dict[str, Any]]], scheme: str, row_height: int = 112, bottom: int = 24) -> dict[str, Any]:
    """Panels (title, figure) under each other over one shared x axis, whose words stand under the last. Heights in pixels."""
    height = row_height * len(panels) + bottom
    room, head = 1 / len(panels), 24 / height
    made = _joined(
        panels,
        scheme,
        height,
        [
            ([0, 1], [1 - room * (place + 1) + (0.02 if place + 1 < len(panels) else 0), 1 - room * place - head])
            for place in range(len(panels))
        ],
    )
    for place in range(len(panels) - 1):
        made["layout"][_axis("x", place)]["showticklabels"] = False
    for place in range(len(panels)):
        made["layout"][_axis("y", place)]["nticks"] = 4
    return made


def beside(panels: Sequence[tuple[str, dict[str, Any]]], scheme: str, shares: Sequence[float] = ()) -> dict[str, Any]:
    """Panels (title, figure) side by side; the first alone tells the names on the left, which all must have in the same order."""
    height = max(figure["layout"]["height"] for _, figure in panels) + 24
    widths = list(shares) or [1 / len(panels)] * len(panels)
    ends = [sum(widths[: place + 1]) for place in range(len(panels))]
    places: list[tuple[list[float], list[float]]] = [
        ([end - width + (GAP / 2 if place else 0), end - (GAP / 2 if place + 1 < len(panels) else 0)], [0, 1 - 24 / height])
        for place, (width, end) in enumerate(zip(widths, ends, strict=True))
    ]
    made = _joined(panels, scheme, height, places)
    for place in range(len(panels)):
        if place:
            made["layout"][_axis("y", place)]["showticklabels"] = False
        made["layout"][_axis("x", place)]["nticks"] = 4
    return made


def _joined(
    panels: Sequence[tuple[str, dict[str, Any]]], scheme: str, height: int, places: Sequence[tuple[list[float], list[float]]]
) -> dict[str, Any]:
    """One figure of several: each keeps its axes, drawn in its place (x and y domain); a series' name stands in the legend once."""
    colours = theme.PALETTES[scheme]
    layout = theme.layout(scheme, height, margin={"t": 6})
    for axis in ("xaxis", "yaxis"):
        del layout[axis]
    data: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    shapes: list[dict[str, Any]] = []
    named: set[str] = set()
    for place, ((title, figure), (x_place, y_place)) in enumerate(zip(panels, places, strict=True)):
        number = "" if place == 0 else str(place + 1)
        own = figure["layout"]
        layout[_axis("x", place)] = own["xaxis"] | {"domain": x_place, "anchor": f"y{number}"}
        layout[_axis("y", place)] = own["yaxis"] | {"domain": y_place, "anchor": f"x{number}"}
        for letter in "xy":
            if layout[_axis(letter, place)].get("tickprefix") == "$":
                layout[_axis(letter, place)]["tickformat"] = ","
        for key in ("barmode", "showlegend", "legend"):
            if key in own:
                layout[key] = own[key]
        for trace in figure["data"]:
            data.append(
                trace
                | {"xaxis": f"x{number}", "yaxis": f"y{number}", "legendgroup": trace["name"], "showlegend": trace["name"] not in named}
            )
            named.add(trace["name"])
        shapes += [_moved(shape, number) for shape in own.get("shapes", [])]
        marks += [_moved(mark, number) for mark in own.get("annotations", [])]
        marks.append(
            {
                "text": f"<b>{title}</b>",
                "x": x_place[0],
                "xref": "paper",
                "xanchor": "left",
                "y": 1,
                "yref": f"y{number} domain",
                "yanchor": "bottom",
                "yshift": 2,
                "showarrow": False,
                "font": {"size": 12.5, "color": colours["text"]},
            }
        )
    if layout["showlegend"]:
        layout["margin"] = layout["margin"] | {"t": 34}
    return {"data": data, "layout": layout | {"annotations": marks, "shapes": shapes}}


def _axis(letter: str, place: int) -> str:
    return f"{letter}axis" + ("" if place == 0 else str(place + 1))


def _moved(part: dict[str, Any], number: str) -> dict[str, Any]:
    """A shape or annotation of a single figure, on the axes of its panel."""
    refs = {"x": f"x{number}", "y": f"y{number}"}
    moved = dict(part)
    for key in ("xref", "yref"):
        letter = key[0]
        moved[key] = f"{refs[letter]} domain" if part.get(key) == "paper" else refs[letter]
    return moved
