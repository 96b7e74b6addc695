"""A control chart as a plain dict: rates by month with their centre and limits, the month of the letter, signals, and the peers' rate.

What does not belong here: what is a signal (the release says so).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards import theme


def chart(rows: Sequence[dict[str, Any]], scheme: str, height: int = 340) -> dict[str, Any]:
    """rows: of letter_effect, by month (month as YYYY-MM, share and peer_share in percent or None, low, centre, high, phase, signal)."""
    colours, series = theme.PALETTES[scheme], theme.SERIES[scheme]
    months = [row["month"] for row in rows]

    def line(name: str, key: str, colour: str, dash: str, shape: str = "hvh", width: float = 1.5) -> dict[str, Any]:
        return {
            "type": "scatter", "mode": "lines", "name": name, "x": months, "y": [row[key] for row in rows], "hoverinfo": "skip",
            "line": {"color": colour, "width": width, "dash": dash, "shape": shape},
        }  # fmt: skip

    own = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Flagged",
        "x": months,
        "y": [row["share"] for row in rows],
        "line": {"color": series[0], "width": 2},
        "marker": {
            "color": [colours["ground"] if row["phase"] == "before" else series[0] for row in rows],
            "size": 9,
            "symbol": ["circle" if row["phase"] != "letter" else "square" for row in rows],
            "line": {"color": series[0], "width": 2},
        },
        "customdata": [["", f"{row['flagged_count']:,} of {row['eligible_count']:,}, {row['phase']}"] for row in rows],
        "hovertemplate": "<b>%{x}</b><br>%{y:.1f} %<br>%{customdata[1]}<extra></extra>",
    }
    peers = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "Peers without a letter",
        "x": months,
        "y": [row["peer_share"] for row in rows],
        "line": {"color": colours["quiet"], "width": 1.5, "dash": "dot"},
        "marker": {"color": colours["quiet"], "size": 5, "symbol": "x"},
        "customdata": [["", f"{row['peer_flagged_count']:,} of {row['peer_eligible_count']:,}, {row['peer_count']} peers"] for row in rows],
        "hovertemplate": "<b>%{x}</b> peers<br>%{y:.1f} %<br>%{customdata[1]}<extra></extra>",
    }
    signals = [row for row in rows if row["signal"]]
    marked = {
        "type": "scatter",
        "mode": "markers+text",
        "name": "Signal",
        "x": [row["month"] for row in signals],
        "y": [row["share"] for row in signals],
        "text": [f"{'▼' if 'below' in row['signal'] else '▲'} {row['signal']}" for row in signals],
        "textposition": "top center",
        "textfont": {"color": colours["text"], "size": 11},
        "marker": {"size": 17, "symbol": "circle-open", "color": colours["text"], "line": {"width": 1.5}},
        "hoverinfo": "skip",
    }
    letter = [row["month"] for row in rows if row["phase"] == "letter"] or [
        row["month"] for row in rows if row["phase"] == "after"
    ][:1]  # fmt: skip
    data = [
        line("Limits", "high", colours["quiet"], "dash"),
        line("", "low", colours["quiet"], "dash") | {"showlegend": False},
        line("Centre", "centre", colours["quiet"], "solid"),
        peers,
        own,
        *([marked] if signals else []),
    ]
    layout = theme.layout(
        scheme,
        height,
        showlegend=True,
        xaxis={"type": "category", "nticks": 14, "showgrid": False},
        yaxis={"rangemode": "tozero", "ticksuffix": " %"},
        shapes=[
            {"type": "line", "xref": "x", "yref": "paper", "x0": letter[0], "x1": letter[0], "y0": 0, "y1": 1,
             "line": {"color": colours["text"], "width": 1, "dash": "dashdot"}}
        ] if letter else [],
        annotations=[
            {"xref": "x", "yref": "paper", "x": letter[0], "y": 1, "text": "letter", "showarrow": False,
             "xanchor": "left", "yanchor": "top",
             "font": {"size": 12, "color": colours["text"]}}
        ] if letter else [],
    )  # fmt: skip
    return {"data": data, "layout": layout}
