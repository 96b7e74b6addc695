"""Documented ACP minutes as a histogram, with the lines at which a unit is earned (RULES.md section 2: 16, 46, 76).

What does not belong here: reading a release.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards import theme

THRESHOLDS = ((16, "16: 99497"), (46, "46: + 99498"), (76, "76: + 99498 ×2"))
STEP = 5  # minutes a bar; bars begin at 1, 6, 11, 16 … so that no bar stands on a line
LAST = 121  # the last bar holds this and more


def histogram(parts: Sequence[tuple[str, dict[int, int]]], scheme: str, height: int = 300) -> dict[str, Any]:
    """Days by minutes. parts: (what was billed, first minute of the bar → days), stacked in this order, each with its pattern."""
    colours, series = theme.PALETTES[scheme], theme.SERIES[scheme]
    bins = list(range(1, LAST + 1, STEP))
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": [first + STEP / 2 for first in bins],
            "y": [days.get(first, 0) for first in bins],
            "width": STEP * 0.92,
            "marker": {
                "color": series[number % len(series)],
                "pattern": {
                    "shape": theme.PATTERNS[number],
                    "fillmode": "overlay",
                    "fgcolor": colours["ground"],
                    "size": 6,
                    "solidity": 0.25,
                },
                "line": {"width": 0},
            },
            "customdata": [["", f"{first} to {first + STEP - 1} minutes" if first < LAST else f"{LAST} minutes or more"] for first in bins],
            "hovertemplate": "<b>%{customdata[1]}</b><br>" + name + ": %{y:,} days<extra></extra>",
        }
        for number, (name, days) in enumerate(parts)
    ]
    most = max((sum(days.get(first, 0) for _, days in parts) for first in bins), default=1) or 1
    layout = theme.layout(
        scheme,
        height,
        barmode="stack",
        showlegend=True,
        legend={"y": 1.06, "traceorder": "normal"},
        xaxis={
            "title": {"text": "documented minutes of the day"},
            "tickvals": [1, 16, 31, 46, 61, 76, 91, 106, 121],
            "range": [0, LAST + 6],
        },
        yaxis={"title": {"text": "days"}, "range": [0, most * 1.18]},
        shapes=[
            {
                "type": "line",
                "x0": at,
                "x1": at,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": colours["text"], "width": 1.5, "dash": "dash"},
            }
            for at, _ in THRESHOLDS
        ],
        annotations=[
            {
                "text": words,
                "x": at,
                "yref": "paper",
                "y": 1,
                "xanchor": "left",
                "yanchor": "top",
                "xshift": 4,
                "showarrow": False,
                "font": {"size": 11, "color": colours["text"]},
            }
            for at, words in THRESHOLDS
        ],
    )
    return {"data": traces, "layout": layout}
