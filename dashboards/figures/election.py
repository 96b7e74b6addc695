"""Hospice elections as a timeline: a line a patient, a bar a span of hospice days, a mark a professional line in or beside it.

What does not belong here: choosing the patients. A mark's shape tells the modifier, hollow that the line was denied as hospice (B9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import theme

# Modifier → its words, symbol, and place among the colours of series.
MODIFIERS = {
    "GV": ("GV", "circle", 0),
    "GW": ("GW", "square", 1),
    "both": ("GV and GW", "diamond", 2),
    "none": ("neither", "triangle-up", 3),
}


@dataclass(frozen=True)
class Span:
    """Hospice days of a patient: first and last day (YYYY-MM-DD), whether the evidence says that they ended there; where a click leads.

    is_bare: nothing but the denials of lines on these days shows them, so the lines' marks alone are drawn.
    """

    patient: str
    start: str
    end: str
    has_end: bool
    is_bare: bool
    hover: str
    href: str


@dataclass(frozen=True)
class Mark:
    """A professional line: patient, day, modifier (key of MODIFIERS), whether denied B9, hover text, where a click leads."""

    patient: str
    day: str
    modifier: str
    is_denied: bool
    hover: str
    href: str


def timeline(patients: Sequence[str], spans: Sequence[Span], marks: Sequence[Mark], scheme: str) -> dict[str, Any]:
    """The first patient on top. A bar whose end nothing tells ends in an arrow."""
    colours, series = theme.PALETTES[scheme], theme.SERIES[scheme]
    xs: list[str | None] = []
    ys: list[str | None] = []
    for span in spans:
        xs += [span.start, span.end, None]
        ys += [span.patient, span.patient, None]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "hospice days",
            "x": xs,
            "y": ys,
            "line": {"color": colours["line"], "width": 11},
            "hoverinfo": "skip",
        }
    ]
    for name, symbol, mine in (
        ("begin", "line-ns", [span for span in spans if not span.is_bare]),
        ("end known", "line-ns", [span for span in spans if span.has_end]),
        ("no end known", "triangle-right", [span for span in spans if not span.has_end and not span.is_bare]),
    ):
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "showlegend": name == "no end known" and bool(mine),
                "x": [span.start if name == "begin" else span.end for span in mine],
                "y": [span.patient for span in mine],
                "marker": {"symbol": symbol, "size": 10, "color": colours["quiet"], "line": {"width": 2, "color": colours["quiet"]}},
                "customdata": [[span.href, span.hover] for span in mine],
                "hovertemplate": "<b>%{y}</b><br>%{customdata[1]}<extra></extra>",
            }
        )
    for modifier, (words, symbol, number) in MODIFIERS.items():
        for is_denied in (False, True):
            mine = [mark for mark in marks if mark.modifier == modifier and mark.is_denied == is_denied]
            if not mine:
                continue
            colour = colours["bad"] if is_denied else series[number]
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": words + (", denied B9" if is_denied else ""),
                    "x": [mark.day for mark in mine],
                    "y": [mark.patient for mark in mine],
                    "marker": {
                        "symbol": symbol + ("-open" if is_denied else ""),
                        "size": 11 if is_denied else 9,
                        "color": colour,
                        "opacity": 1,
                        "line": {"width": 2.5 if is_denied else 0.5, "color": colour if is_denied else colours["ground"]},
                    },
                    "customdata": [[mark.href, mark.hover] for mark in mine],
                    "hovertemplate": "<b>%{y}</b><br>%{customdata[1]}<extra></extra>",
                }
            )
    layout = theme.layout(
        scheme,
        90 + 24 * max(len(patients), 3),
        showlegend=True,
        xaxis={"type": "date", "side": "bottom"},
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": list(patients),
            "range": [len(patients) - 0.4, -0.6],
            "showgrid": False,
            "tickfont": {"family": "ui-monospace, Consolas, monospace", "color": colours["text"]},
        },
    )
    return {"data": traces, "layout": layout}
