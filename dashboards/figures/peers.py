"""Clinicians against their peers: a dot each, from low to high, with its interval; the peers' median, 80th and 90th percentile as lines.

What does not belong here: who is whose peer, and any percentile (the page's SQL).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import theme

NAMED = 40  # dots up to which each has its NPI under it


@dataclass(frozen=True)
class Dot:
    """One clinician: value with its interval (None: not told), how it stands (key of KINDS), whether chosen, hover text, address."""

    npi: str
    value: float
    low: float | None
    high: float | None
    kind: str
    is_chosen: bool
    hover: str
    href: str


# What a dot is → its words, symbol and colour's name.
KINDS = {
    "peer": ("among the peers", "circle", "under"),
    "high": ("above the 90th percentile", "triangle-up", "over"),
    "alone": ("too few peers", "diamond", "quiet"),
    "small": ("n too small to compare", "circle-open", "quiet"),
}


def dots(found: Sequence[Dot], lines: Sequence[tuple[str, float]], scheme: str, unit: str, height: int = 420) -> dict[str, Any]:
    """Dots in the order given. lines: (words, value) of the peers; unit: what the values are, on the axis."""
    colours = theme.PALETTES[scheme]
    known = [dot.high if dot.high is not None else dot.value for dot in found if dot.kind != "small"] + [value for _, value in lines]
    top = 1.08 * max(known or [dot.value for dot in found] or [1]) or 1
    places = [dot.npi for dot in found]
    traces: list[dict[str, Any]] = []
    for kind, (words, symbol, colour) in KINDS.items():
        mine = [dot for dot in found if dot.kind == kind]
        if not mine:
            continue
        trace: dict[str, Any] = {
            "type": "scatter",
            "mode": "markers",
            "name": words,
            "x": [dot.npi for dot in mine],
            "y": [min(dot.value, top) for dot in mine],
            "cliponaxis": False,
            "marker": {
                "symbol": symbol,
                "opacity": 1,
                "color": colours[colour],
                "size": [15 if dot.is_chosen else 9 for dot in mine],
                "line": {"color": colours["text"], "width": [2.5 if dot.is_chosen else 1 if kind == "small" else 0 for dot in mine]},
            },
            "customdata": [[dot.href, dot.hover] for dot in mine],
            "hovertemplate": "<b>%{x}</b><br>%{customdata[1]}<extra></extra>",
        }
        if kind != "small":
            trace["error_y"] = {
                "type": "data",
                "symmetric": False,
                "array": [max((dot.high if dot.high is not None else dot.value) - dot.value, 0) for dot in mine],
                "arrayminus": [max(dot.value - (dot.low if dot.low is not None else dot.value), 0) for dot in mine],
                "color": colours["quiet"],
                "thickness": 1.2,
                "width": 0,
            }
        traces.append(trace)
    layout = theme.layout(
        scheme,
        height,
        margin={"r": 120},
        showlegend=True,
        xaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": places,
            "range": [-0.7, len(places) - 0.3],
            "showgrid": False,
            "showticklabels": len(places) <= NAMED,
            "tickangle": -60 if len(places) > 8 else 0,
            "title": {"text": "" if len(places) <= NAMED else "clinicians, from low to high"},
        },
        yaxis={"range": [0, top], "title": {"text": unit}},
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": value,
                "y1": value,
                "layer": "below",
                "line": {"color": colours["text"], "width": 1.3, "dash": dash},
            }
            for (_, value), dash in zip(lines, ("solid", "dash", "dot"), strict=False)
        ],
        annotations=[
            {
                "text": words,
                "xref": "paper",
                "x": 1,
                "xanchor": "left",
                "xshift": 6,
                "y": place,
                "yanchor": "middle",
                "showarrow": False,
                "font": {"size": 11.5, "color": colours["text"]},
            }
            for (words, _), place in zip(lines, _apart([value for _, value in lines], top / 13), strict=True)
        ],
    )
    return {"data": traces, "layout": layout}


def _apart(values: Sequence[float], least: float) -> list[float]:
    """Where words stand beside ascending values: at them, or higher, so that none covers another."""
    placed: list[float] = []
    for value in values:
        placed.append(max(value, placed[-1] + least) if placed else value)
    return placed
