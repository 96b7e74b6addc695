"""Bars as plain dicts: across (names on the left, one or several parts) and by month.

What does not belong here: reading a release. A bar's ``href``, where it has one, is where a click leads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards import theme


@dataclass(frozen=True)
class Part:
    """One series of bars: its name, the colour's name (a direction, or empty for the next of the series), values and addresses by bar."""

    name: str
    values: Sequence[float | None]
    colour: str = ""
    texts: Sequence[str] = ()
    hrefs: Sequence[str] = ()
    hovers: Sequence[str] = field(default_factory=list[str])
    faint: Sequence[bool] = ()  # bars beside the one that is filtered for


def across(
    names: Sequence[str], parts: Sequence[Part], scheme: str, unit: str = "$", row_height: int = 30, least: int = 120
) -> dict[str, Any]:
    """Horizontal bars, the first on top; several parts are stacked, each with a pattern of its own. unit: "$" or a word; least: height."""
    money = unit == "$"
    traces = [_trace(part, number, list(names), scheme, len(parts) > 1, flat=True, money=money) for number, part in enumerate(parts)]
    axis: dict[str, Any] = {"rangemode": "tozero", "tickprefix": "$"} if money else {"rangemode": "tozero", "title": {"text": unit}}
    layout = theme.layout(
        scheme,
        max(least, 60 + row_height * len(names) + (30 if len(parts) > 1 else 0)),
        barmode="stack",
        showlegend=len(parts) > 1,
        xaxis=axis,
        yaxis={
            "type": "category",
            "autorange": "reversed",
            "showgrid": False,
            "tickfont": {"color": theme.PALETTES[scheme]["text"], "size": 12},
        },
    )
    return {"data": traces, "layout": layout}


def by_month(
    months: Sequence[str],
    parts: Sequence[Part],
    scheme: str,
    unit: str = "$",
    height: int = 260,
    mode: str = "stack",
    late_from: str = "",
) -> dict[str, Any]:
    """Vertical bars by month (YYYY-MM); parts stacked or grouped (mode). late_from: the first month that is not mature."""
    money = unit == "$"
    traces = [_trace(part, number, list(months), scheme, len(parts) > 1, flat=False, money=money) for number, part in enumerate(parts)]
    axis: dict[str, Any] = {"rangemode": "tozero", "tickprefix": "$"} if money else {"rangemode": "tozero", "title": {"text": unit}}
    layout = theme.layout(
        scheme,
        height,
        barmode=mode,
        showlegend=len(parts) > 1,
        xaxis={"type": "category", "nticks": 12, "showgrid": False},
        yaxis=axis,
        **theme.not_mature(scheme, months, late_from),
    )
    return {"data": traces, "layout": layout}


def _trace(part: Part, number: int, names: list[str], scheme: str, several: bool, flat: bool, money: bool) -> dict[str, Any]:
    colours = theme.PALETTES[scheme]
    colour = colours.get(part.colour) or theme.SERIES[scheme][number % len(theme.SERIES[scheme])]
    shown = "$%{" + ("x" if flat else "y") + ":,.2f}" if money else "%{" + ("x" if flat else "y") + ":,}"
    marker: dict[str, Any] = {"color": colour, "line": {"width": 0}}
    if several:
        marker["pattern"] = {
            "shape": theme.PATTERNS[number % len(theme.PATTERNS)],
            "fillmode": "overlay",
            "fgcolor": colours["ground"],
            "size": 6,
            "solidity": 0.25,
        }
    if part.faint:
        marker["opacity"] = [0.35 if faint else 1 for faint in part.faint]
    hrefs = part.hrefs or [""] * len(names)
    hovers = part.hovers or [""] * len(names)
    trace: dict[str, Any] = {
        "type": "bar",
        "name": part.name,
        "x" if flat else "y": list(part.values),
        "y" if flat else "x": names,
        "marker": marker,
        "customdata": [[href, hover] for href, hover in zip(hrefs, hovers, strict=True)],
        "hovertemplate": "<b>%{"
        + ("y" if flat else "x")
        + "}</b>"
        + (f" {part.name}" if several else "")
        + f"<br>{shown}<br>%{{customdata[1]}}<extra></extra>",
    }
    if flat:
        trace["orientation"] = "h"
    if part.texts:
        trace |= {
            "text": list(part.texts),
            "textposition": "auto",
            "cliponaxis": False,
            "insidetextanchor": "end",
            "insidetextfont": {"color": colours["ground"]},
        }
    return trace
