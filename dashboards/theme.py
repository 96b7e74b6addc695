"""Colours, fonts and number formats of everything that is shown: report and dashboard alike.

What does not belong here: a figure (figures/) and any page.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import plotly.graph_objects as go

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

# One hue a direction, told apart in any common colour blindness and legible (4.5 to 1) as text on both grounds.
LIGHT = {
    "ground": "#ffffff",
    "panel": "#f5f7f9",
    "line": "#d5dce3",
    "text": "#17222d",
    "quiet": "#52616f",
    "over": "#b03a0e",
    "under": "#0f5ea8",
    "denial": "#7a3fa0",
    "info": "#52616f",
    "good": "#1f6f43",
    "warn": "#8a5a00",
    "bad": "#a31621",
}
DARK = {
    "ground": "#12181e",
    "panel": "#1b242d",
    "line": "#34424f",
    "text": "#e8eef3",
    "quiet": "#a3b2bf",
    "over": "#ff9166",
    "under": "#74b5f5",
    "denial": "#cf9bef",
    "info": "#a3b2bf",
    "good": "#6fcf97",
    "warn": "#e9b44c",
    "bad": "#ff8a8f",
}

DIRECTIONS = {"over": "Overpayment risk", "under": "Missed revenue", "denial": "Denial risk", "info": "For information"}


def css_variables(colours: dict[str, str]) -> str:
    """The colours as CSS custom properties."""
    return " ".join(f"--{name}: {value};" for name, value in colours.items())


def apply(figure: go.Figure, height: int) -> go.Figure:
    """The house's look on a figure: no frame, no toolbar clutter, transparent ground so that it sits on either ground."""
    quiet = {"gridcolor": LIGHT["line"], "zerolinecolor": LIGHT["line"], "fixedrange": True}
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 13, "color": LIGHT["text"]},
        showlegend=False,
        bargap=0.35,
        hoverlabel={"font": {"family": FONT, "size": 13}},
    )
    figure.update_xaxes(automargin=True, **quiet)
    figure.update_yaxes(automargin=True, **quiet)
    return figure


def dollars(amount: Decimal | float | int | None, cents: bool = False) -> str:
    """$1,234 or $1,234.50, −$20 below nothing; an em dash where there is none."""
    if amount is None:
        return "—"
    text = f"{_rounded(abs(amount), 2):,.2f}" if cents else f"{_rounded(abs(amount), 0):,.0f}"
    return f"{'−' if amount < 0 else ''}${text}"


def count(number: Decimal | int | None) -> str:
    """1,234; 1,234.5 of a mean that is not whole; an em dash where there is none."""
    if number is None:
        return "—"
    tenths = _rounded(number, 1)
    return f"{int(tenths):,}" if tenths == int(tenths) else f"{tenths:,.1f}"


def percent(part: Decimal | float, whole: Decimal | float) -> str:
    """12.3 %; an em dash where there is nothing to divide by."""
    return f"{_rounded(100 * Decimal(part) / Decimal(whole), 1):.1f} %" if whole else "—"


def _rounded(number: Decimal | float, places: int) -> Decimal | float:
    """Half up, as one rounds by hand and as `midpoint denials` does; a float is left to its formatting."""
    return number if isinstance(number, float) else Decimal(number).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


# --- dashboard figures: plain dicts, so that nothing is validated while somebody waits -------------

PALETTES = {"light": LIGHT, "dark": DARK}
# For series that are no direction: told apart in colour blindness, and always with another dash, symbol or pattern beside the colour.
SERIES = {
    "light": ("#0f5ea8", "#b03a0e", "#1f6f43", "#7a3fa0", "#8a5a00", "#52616f"),
    "dark": ("#74b5f5", "#ff9166", "#6fcf97", "#cf9bef", "#e9b44c", "#a3b2bf"),
}
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
PATTERNS = ("", "/", ".", "x", "-", "+")


def mixed(ground: str, colour: str, share: float) -> str:
    """``share`` of the colour on the ground, as #rrggbb."""
    parts = [(int(ground[at : at + 2], 16), int(colour[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(low + share * (high - low)):02x}" for low, high in parts)


def layout(theme: str, height: int = 260, **more: Any) -> dict[str, Any]:
    """A figure's layout in the house's look; ``more`` is laid over, axes key by key."""
    colours = PALETTES[theme]
    axis = {
        "gridcolor": colours["line"],
        "zerolinecolor": colours["line"],
        "linecolor": colours["line"],
        "fixedrange": True,
        "automargin": True,
        "tickfont": {"color": colours["quiet"], "size": 12},
        "title": {"font": {"color": colours["quiet"], "size": 12}, "standoff": 8},
    }
    made: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": colours["text"]},
        "showlegend": False,
        "legend": {
            "orientation": "h",
            "traceorder": "normal",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 12, "color": colours["text"]},
        },
        "hoverlabel": {
            "bgcolor": colours["ground"],
            "bordercolor": colours["quiet"],
            "font": {"family": FONT, "size": 13, "color": colours["text"]},
        },
        "bargap": 0.35,
        "hovermode": "closest",
        "xaxis": axis,
        "yaxis": axis,
    }
    return _laid_over(made, more)


def not_mature(theme: str, months: Sequence[str], first: str) -> dict[str, Any]:
    """Layout parts that shade the months from ``first`` on and say why; empty where there are none."""
    late = [place for place, month in enumerate(months) if first and month >= first]
    if not late:
        return {}
    colours = PALETTES[theme]
    ends = {"x0": late[0] - 0.5, "x1": len(months) - 0.5, "y0": 0, "y1": 1}
    look = {"fillcolor": colours["line"], "opacity": 0.4, "line": {"width": 0}, "layer": "below"}
    words = {"text": "not mature", "x": len(months) - 0.5, "y": 1, "xanchor": "right", "yanchor": "bottom", "showarrow": False}
    return {
        "shapes": [{"type": "rect", "xref": "x", "yref": "paper", **ends, **look}],
        "annotations": [{"xref": "x", "yref": "paper", "font": {"size": 11, "color": colours["quiet"]}, **words}],
        "margin": {"t": 22},
    }


def _laid_over(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """base with more laid over it, dict by dict."""
    made = dict(base)
    for key, value in more.items():
        made[key] = _laid_over(made[key], value) if isinstance(made.get(key), dict) and isinstance(value, dict) else value
    return made


def change(now: Decimal | float, before: Decimal | float) -> str:
    """▲ 12.3 %, ▼ 4.0 %, = 0.0 %; "new" from nothing: the sign says it, not the colour."""
    if not before:
        return "new" if now else "= 0.0 %"
    share = 100 * (float(now) - float(before)) / abs(float(before))
    sign = "▲" if share >= 0.05 else "▼" if share <= -0.05 else "="
    return f"{sign} {abs(share):,.1f} %"
