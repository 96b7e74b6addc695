"""A figure as static SVG: bars as long as their values, lines where their points are, and nothing drawn that is not understood."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from dashboards import theme
from dashboards.figures import bars, lines
from dashboards.picture import UnknownFigureError, draw


def boxes(svg: str, colour: str) -> list[tuple[float, float, float, float]]:
    """x, y, width and height of the rectangles of a colour, in order."""
    found = re.findall(rf'<rect x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)" fill="{colour}"', svg)
    return [(float(x), float(y), float(w), float(h)) for x, y, w, h in found]


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def of(*traces: dict[str, Any], **layout: Any) -> dict[str, Any]:
    return {"data": list(traces), "layout": theme.layout("light", **layout)}


def test_bars_are_as_long_as_their_values() -> None:
    part = bars.Part("Dollars", [400, 100, 0], "over", texts=["$400", "$100", "$0"])
    made = draw(bars.across(["A", "B", "C"], [part], "light"), 600)
    (_, first, long, _), (_, second, short, _), (_, third, none, _) = boxes(made, theme.LIGHT["over"])
    assert long == pytest.approx(4 * short, abs=0.3)
    assert none == 0
    assert first < second < third, "the first on top"
    assert {"A", "B", "C", "$400", "$100"} <= set(texts(made))


def test_stacked_bars_stand_on_each_other_and_grouped_ones_beside() -> None:
    parts = [bars.Part("one", [10, 20]), bars.Part("two", [30, None])]
    colours = theme.SERIES["light"]
    stacked = draw(bars.by_month(["2025-01", "2025-02"], parts, "light", unit="findings"), 600)
    low, high = boxes(stacked, colours[0]), boxes(stacked, colours[1])
    plot = [box for box in low if box[2] != 18]  # the legend's box is 18 wide
    top = next(box for box in high if box[2] != 18)
    assert top[3] == pytest.approx(3 * plot[0][3], abs=0.3)
    assert top[1] + top[3] == pytest.approx(plot[0][1], abs=0.2)
    grouped = draw(bars.by_month(["2025-01", "2025-02"], parts, "light", unit="findings", mode="group"), 600)
    one, two = (next(box for box in boxes(grouped, colour) if box[2] != 18) for colour in colours[:2])
    assert two[0] == pytest.approx(one[0] + one[2], abs=0.2)
    assert "one" in texts(grouped)
    assert 'stroke="#ffffff"' in stacked, "the second part has a pattern beside its colour"


def test_a_line_breaks_where_a_month_is_missing() -> None:
    made = draw(lines.by_month(["2025-01", "2025-02", "2025-03", "2025-04"], [lines.Line("x", [1, 2, None, 4])], "light"), 600)
    runs = re.findall(rf'<polyline points="([^"]+)" fill="none" stroke="{theme.SERIES["light"][0]}"', made)
    assert [len(run.split()) for run in runs] == [2, 1]
    assert made.count("<circle") == 3
    assert "2025-01" in texts(made)


def test_a_heat_map_shows_each_cell_with_its_words() -> None:
    cells = {"type": "heatmap", "x": ["p", "q"], "y": ["CO-45", "CO-97"], "z": [[0, 10], [None, 5]], "text": [["0 %", "10 %"], ["", "5 %"]]}
    made = draw(of(cells | {"colorscale": [[0, "#ffffff"], [1, "#000000"]], "zmin": 0, "zmax": 10}), 600)
    assert len(boxes(made, "#ffffff")) == len(boxes(made, "#000000")) == len(boxes(made, "#808080")) == 1
    assert {"p", "q", "CO-45", "CO-97", "0 %", "10 %", "5 %"} <= set(texts(made))


def test_a_box_a_waterfall_and_a_funnel() -> None:
    box = {"type": "box", "orientation": "h", "y": ["99901"], "q1": [10], "median": [20], "q3": [40], "lowerfence": [5], "upperfence": [60]}
    made = draw(of(box | {"line": {"color": "#0f5ea8"}}), 600)
    assert made.count('stroke="#0f5ea8"') == 6, "a box, its median, two whiskers with their ends"
    fall = {
        "type": "waterfall",
        "x": ["from", "less", "to"],
        "y": [100, -25, None],
        "measure": ["absolute", "relative", "total"],
        "totals": {"marker": {"color": "#111111"}},
        "decreasing": {"marker": {"color": "#222222"}},
    }
    (whole, rest), (step,) = (boxes(draw(of(fall), 600), colour) for colour in ("#111111", "#222222"))
    assert rest[3] == pytest.approx(0.75 * whole[3], abs=0.3)
    assert step[1] == pytest.approx(whole[1], abs=0.2)
    funnel = {"type": "funnel", "y": ["found", "paid"], "x": [40, 10], "marker": {"color": "#333333"}}
    wide, narrow = boxes(draw(of(funnel, yaxis={"autorange": "reversed"}), 600), "#333333")
    assert wide[2] == pytest.approx(4 * narrow[2], abs=0.3)
    assert wide[0] + wide[2] / 2 == pytest.approx(narrow[0] + narrow[2] / 2, abs=0.2)


def test_what_is_written_is_never_markup() -> None:
    made = draw(of({"type": "bar", "x": ["<script>&"], "y": [Decimal("1")]}), 600)
    assert "<script" not in made
    assert "&amp;" in made


@pytest.mark.parametrize("trace", [{"type": "pie", "values": [1]}, {"type": "box", "y": [1, 2, 3]}])
def test_what_is_not_known_is_not_drawn(trace: dict[str, Any]) -> None:
    with pytest.raises(UnknownFigureError):
        draw(of(trace), 600)
