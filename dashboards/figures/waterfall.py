"""A waterfall as a plain dict: from one number to another by signed steps, the first on top.

What does not belong here: the steps and their reasons.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards import theme


@dataclass(frozen=True)
class Step:
    """What stands beside it, by how much it changes the number (of an end: the number itself), its text, whether it is an end."""

    name: str
    value: float
    text: str
    is_end: bool = False


def waterfall(steps: Sequence[Step], scheme: str, unit: str = "$", width: int = 46) -> dict[str, Any]:
    """Bars across; ends are whole, steps hang between them. Names are broken after ``width`` letters. unit: "$" or a word."""
    colours = theme.PALETTES[scheme]
    names = ["<br>".join(textwrap.wrap(step.name, width)) for step in steps]
    places = list(range(len(steps)))
    trace = {
        "type": "waterfall",
        "orientation": "h",
        "y": places,
        "x": [step.value for step in steps],
        "measure": ["absolute" if step.is_end else "relative" for step in steps],
        "text": [step.text for step in steps],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"color": colours["text"], "size": 12},
        "connector": {"line": {"color": colours["quiet"], "width": 1, "dash": "dot"}},
        "totals": {"marker": {"color": colours["denial"]}},
        "increasing": {"marker": {"color": colours["over"]}},
        "decreasing": {"marker": {"color": colours["under"]}},
        "customdata": [["", f"<b>{name}</b><br>{step.text}"] for name, step in zip(names, steps, strict=True)],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
    }
    reach, at = [0.0], 0.0
    for step in steps:
        at = step.value if step.is_end else at + step.value
        reach.append(at)
    money = {"tickprefix": "$"} if unit == "$" else {"title": {"text": unit}}
    layout = theme.layout(
        scheme,
        70 + sum(30 if "<br>" not in name else 42 for name in names),
        xaxis={"range": [min(reach) * 1.15, max(reach) * 1.3 or 1], **money},
        yaxis={
            "tickvals": places,
            "ticktext": names,
            "autorange": "reversed",
            "showgrid": False,
            "zeroline": False,
            "tickfont": {"color": colours["text"], "size": 12},
        },
    )
    return {"data": [trace], "layout": layout}
