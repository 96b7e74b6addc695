"""Patients' days as strips: what of each code family was billed on the day, one line a day.

What does not belong here: choosing the days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import theme

FAMILIES = {"acp": "ACP", "critical_care": "Critical care", "em": "E/M visit", "awv": "Wellness visit", "hospice": "Hospice"}


@dataclass(frozen=True)
class Mark:
    """One thing on a day: the day's name, its family (key of FAMILIES), what stands in the mark, the hover text, where a click leads."""

    day: str
    family: str
    text: str
    hover: str
    href: str = ""


def days(names: Sequence[str], marks: Sequence[Mark], scheme: str) -> dict[str, Any]:
    """Strips, the first on top; families side by side, each with its colour and its symbol. Marks of one place share it, side by side."""
    colours, series = theme.PALETTES[scheme], theme.SERIES[scheme]
    places: dict[tuple[str, str], list[Mark]] = {}
    for mark in marks:
        places.setdefault((mark.day, mark.family), []).append(mark)
    traces: list[dict[str, Any]] = []
    for number, (family, title) in enumerate(FAMILIES.items()):
        mine = [(mark, place / len(row)) for (_, kind), row in places.items() if kind == family for place, mark in enumerate(row)]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text",
                "name": title,
                "x": [number + 0.98 * shift for _, shift in mine],
                "y": [mark.day for mark, _ in mine],
                "text": [" " + mark.text for mark, _ in mine],
                "textposition": "middle right",
                "textfont": {"size": 11.5, "color": colours["text"]},
                "cliponaxis": False,
                "marker": {"size": 11, "symbol": theme.SYMBOLS[number], "color": series[number]},
                "customdata": [[mark.href, mark.hover] for mark, _ in mine],
                "hovertemplate": "<b>%{y}</b> " + title + "<br>%{customdata[1]}<extra></extra>",
            }
        )
    layout = theme.layout(
        scheme,
        60 + 27 * len(names),
        margin={"t": 30},
        xaxis={
            "tickvals": list(range(len(FAMILIES))),
            "ticktext": list(FAMILIES.values()),
            "side": "top",
            "showgrid": False,
            "zeroline": False,
            "range": [-0.06, len(FAMILIES)],
            "tickfont": {"color": colours["text"]},
        },
        yaxis={"type": "category", "categoryorder": "array", "categoryarray": list(names), "autorange": "reversed"},
    )
    return {"data": traces, "layout": layout}
