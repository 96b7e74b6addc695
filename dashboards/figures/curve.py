"""Curves over an age in days as plain dicts; a curve ends where nothing is observed.

What does not belong here: reading a release.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards import theme
from dashboards.figures.lines import Line


def by_age(ages: Sequence[int], curves: Sequence[Line], scheme: str, axis: str, height: int = 320) -> dict[str, Any]:
    """Shares in percent by age; the first curve is the thick one. axis: what the ages count from."""
    traces: list[dict[str, Any]] = []
    for number, curve in enumerate(curves):
        colour = theme.PALETTES[scheme]["text"] if not number else theme.SERIES[scheme][(number - 1) % len(theme.SERIES[scheme])]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": curve.name,
                "x": list(ages),
                "y": list(curve.values),
                "line": {"color": colour, "width": 3 if not number else 1.8, "dash": theme.DASHES[number % len(theme.DASHES)]},
                "marker": {"color": colour, "size": 7 if not number else 6, "symbol": theme.SYMBOLS[number % len(theme.SYMBOLS)]},
                "customdata": [["", hover] for hover in curve.hovers],
                "hovertemplate": f"<b>{curve.name}</b>, %{{x}} days<br>%{{y:.1f}} %<br>%{{customdata[1]}}<extra></extra>",
            }
        )
    layout = theme.layout(
        scheme,
        height,
        showlegend=True,
        xaxis={"title": {"text": axis}, "tickvals": [age for age in ages if age % 60 == 0], "showgrid": False, "zeroline": False},
        yaxis={"range": [0, 104], "tickvals": [0, 25, 50, 75, 100], "ticktext": ["0 %", "25 %", "50 %", "75 %", "100 %"]},
    )
    return {"data": traces, "layout": layout}
