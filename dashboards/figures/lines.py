"""Lines by month as plain dicts; each series has its colour, its dash and its symbol, and its name beside its last point.

What does not belong here: reading a release.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import theme


@dataclass(frozen=True)
class Line:
    """One series: name, the colour's name (a direction, or empty for the next of the series), a value a month (None: a gap), addresses."""

    name: str
    values: Sequence[float | None]
    colour: str = ""
    hrefs: Sequence[str] = ()
    hovers: Sequence[str] = ()


def by_month(
    months: Sequence[str], lines: Sequence[Line], scheme: str, unit: str = "$", height: int = 260, late_from: str = ""
) -> dict[str, Any]:
    """Lines over months (YYYY-MM). unit: "$", "%" or a word. late_from: the first month that is not mature."""
    colours = theme.PALETTES[scheme]
    prefix, suffix = ("$", "") if unit == "$" else ("", " %") if unit == "%" else ("", "")
    traces: list[dict[str, Any]] = []
    for number, line in enumerate(lines):
        colour = colours.get(line.colour) or theme.SERIES[scheme][number % len(theme.SERIES[scheme])]
        form = ":,.2f" if unit == "$" else ":,.1f" if unit == "%" else ":,"
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": line.name,
                "x": list(months),
                "y": list(line.values),
                "line": {"color": colour, "width": 2, "dash": theme.DASHES[number % len(theme.DASHES)]},
                "marker": {"color": colour, "size": 6, "symbol": theme.SYMBOLS[number % len(theme.SYMBOLS)]},
                "customdata": [
                    [href, hover] for href, hover in zip(line.hrefs or [""] * len(months), line.hovers or [""] * len(months), strict=True)
                ],
                "hovertemplate": f"<b>%{{x}}</b> {line.name}<br>{prefix}%{{y{form}}}{suffix}<br>%{{customdata[1]}}<extra></extra>",
            }
        )
    layout = theme.layout(
        scheme,
        height,
        showlegend=len(lines) > 1,
        xaxis={"type": "category", "nticks": 12, "showgrid": False},
        yaxis={
            "rangemode": "tozero",
            "tickprefix": prefix,
            "ticksuffix": suffix,
            **({"title": {"text": unit}} if not prefix + suffix else {}),
        },
        **theme.not_mature(scheme, months, late_from),
    )
    return {"data": traces, "layout": layout}
