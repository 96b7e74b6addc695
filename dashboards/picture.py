"""A figure's plain dict as static SVG: what plotly.js draws in the browser, for paper, without a script.

Draws what the dashboards' figures use: bars, lines and points, heat maps, boxes, waterfalls and funnels, with their axes, legend, shapes
and annotations. What does not belong here: colours (they are the figure's own) and the words around a picture.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape, unescape
from itertools import pairwise
from typing import Any

LETTER = 0.62  # width of a letter in its font size, as wide fonts have it: nobody knows which font a reader has
DASHES = {"dash": "8 5", "dot": "2 4", "dashdot": "8 4 2 4", "longdash": "13 6", "longdashdot": "13 5 2 5"}
STEPS_OF_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)
COLOURS_OF_NONE = "#888888"

Trace = dict[str, Any]
Point = tuple[float, float]


class UnknownFigureError(Exception):
    """A kind of trace or axis that is not drawn here; the figure's table stands in its place."""


@dataclass
class Axis:
    """One axis: how a value becomes a place along it. ``low`` and ``high`` are what stands at its two ends, turned round where reversed."""

    look: dict[str, Any]
    is_flat: bool  # an x axis
    kind: str = "linear"
    names: list[str] = field(default_factory=list[str])
    is_whole: bool = False  # only whole numbers stand on it
    low: float = 0
    high: float = 1
    start: float = 0  # pixels
    end: float = 1

    def number(self, value: Any) -> float | None:
        """The value as a number along the axis; None where there is none."""
        if value is None:
            return None
        if self.kind == "category" and not isinstance(value, int | float):
            return float(self.names.index(str(value))) if str(value) in self.names else None
        if self.kind == "date":
            return _day(value)
        if self.kind == "log":
            return math.log10(float(value)) if float(value) > 0 else None
        return float(value)

    def at(self, value: Any) -> float | None:
        """The value's place in pixels."""
        number = self.number(value)
        return None if number is None else self.pixel(number)

    def pixel(self, number: float) -> float:
        return self.start + (number - self.low) / ((self.high - self.low) or 1) * (self.end - self.start)


def draw(figure: dict[str, Any], width: int) -> str:
    """The figure as an SVG element of ``width`` units, scaled by the page.

    Raises UnknownFigureError where the figure holds what is not drawn here.
    """
    try:
        return _Picture(figure, width).svg()
    except (KeyError, IndexError, TypeError, ValueError) as error:  # a form of figure that nobody foresaw must not cost the report
        raise UnknownFigureError(f"{type(error).__name__}: {error}") from error


class _Picture:
    def __init__(self, figure: dict[str, Any], width: int) -> None:
        self.layout: dict[str, Any] = figure.get("layout", {})
        self.traces: list[Trace] = [trace for trace in figure.get("data", []) if trace.get("visible", True) is True]
        self.width, self.height = float(width), float(self.layout.get("height") or 260)
        self.font: dict[str, Any] = {"size": 12, "color": "#000"} | self.layout.get("font", {})
        self.parts: list[str] = []
        self.bars = _placed_bars(self.traces, self.layout)
        self.axes: dict[str, Axis] = {}
        for trace in self.traces:
            if trace["type"] not in _DRAWN:
                raise UnknownFigureError(trace["type"])
            for letter in "xy":
                self._axis(trace.get(f"{letter}axis", letter))
        for letter in "xy":
            self._axis(letter)
        for key, axis in self.axes.items():
            _scale(axis, key, self)
        self._frame()

    def _axis(self, key: str) -> None:
        if key not in self.axes:
            look = self.layout.get(f"{key[0]}axis{key[1:]}", {})
            self.axes[key] = Axis(look, key[0] == "x", str(look.get("type") or ""))

    # --- the frame: room for labels, titles and the legend ------------------------------------------

    def _frame(self) -> None:
        """Where the axes lie: inside the margins, what their labels need, and the legend."""
        margin = {"l": 8, "r": 12, "t": 8, "b": 8} | self.layout.get("margin", {})
        room = {side: float(margin[side]) for side in "lrtb"}
        self.entries = self._legend()
        rows = self._legend_rows()
        self.top = room["t"]
        if rows:
            room["t"] += 20 * len(rows) + 4
        for key, axis in self.axes.items():
            if not axis.is_flat and _shown(axis):
                size = _size(axis)
                texts = [text for _, text in self._ticks(axis, 300)]
                wide = max((_wide(text, size) for text in texts), default=0) + 8
                wide += 18 if _title(axis) else 0
                room["r" if self._side(key, axis) == "right" else "l"] += min(wide, self.width * 0.45)
        for key, axis in self.axes.items():
            if axis.is_flat:
                first, last = axis.look.get("domain", (0, 1))
                inner = self.width - room["l"] - room["r"]
                axis.start, axis.end = room["l"] + first * inner, room["l"] + last * inner
                if _shown(axis):
                    deep = self._label_depth(axis) + (18 if _title(axis) else 0)
                    room["t" if self._side(key, axis) == "top" else "b"] += deep if key in ("x", "x2") else 0
        # A label at the end of the axis must not leave the picture.
        flat = [axis for axis in self.axes.values() if axis.is_flat and _shown(axis) and axis.kind != "category"]
        over = (
            max((axis.at(place) or 0) + _wide(text, _size(axis)) / 2 - self.width for axis in flat for place, text in self._ticks(axis, 0))
            if any(self._ticks(axis, 0) for axis in flat)
            else 0
        )
        if over > 0:
            for axis in self.axes.values():
                if axis.is_flat:
                    axis.end -= over
        for axis in self.axes.values():
            if not axis.is_flat:
                first, last = axis.look.get("domain", (0, 1))
                inner = self.height - room["t"] - room["b"]
                axis.start, axis.end = room["t"] + (1 - first) * inner, room["t"] + (1 - last) * inner
        flat = [axis for axis in self.axes.values() if axis.is_flat]
        self.left, self.right = min(axis.start for axis in flat), max(axis.end for axis in flat)
        self.roof, self.floor = room["t"], self.height - room["b"]

    def _side(self, key: str, axis: Axis) -> str:
        return axis.look.get("side") or ("bottom" if axis.is_flat else "right" if axis.look.get("overlaying") else "left")

    def _label_depth(self, axis: Axis) -> float:
        size = _size(axis)
        if self._angle(axis):
            return min(max((_wide(text, size) for _, text in self._ticks(axis, 0)), default=0), 150) * 0.6 + size + 8
        return size * 1.2 * max((1 + text.count("\n") for _, text in self._ticks(axis, 0)), default=1) + 8

    def _angle(self, axis: Axis) -> bool:
        """Whether the labels of a flat axis stand aslant, since side by side they would meet."""
        ticks = self._ticks(axis, 0)
        if axis.kind != "category" or len(ticks) < 2:
            return False
        step = abs(axis.pixel(ticks[1][0]) - axis.pixel(ticks[0][0])) if axis.end != 1 else 0
        return step < max(_wide(text, _size(axis)) for _, text in ticks) + 6

    def _ticks(self, axis: Axis, length: float) -> list[tuple[float, str]]:
        """Place and text of each tick; length: pixels, where the axis does not know its own yet."""
        look = axis.look
        if look.get("showticklabels") is False and look.get("showgrid") is False:
            return []
        if look.get("tickvals") is not None:
            texts = look.get("ticktext") or [_number(value, look) for value in look["tickvals"]]
            pairs = ((axis.number(value), _plain(str(text))) for value, text in zip(look["tickvals"], texts, strict=False))
            return [(place, text) for place, text in pairs if place is not None]
        long = abs(axis.end - axis.start) if axis.end != 1 else length or self.width
        if axis.kind == "category":
            most = min(int(look.get("nticks") or len(axis.names)), len(axis.names)) or 1
            if axis.is_flat and look.get("nticks"):
                widest = max((_wide(name, _size(axis)) for name in axis.names), default=1) + 10
                most = max(1, min(most, int(long / widest)))
            step = math.ceil(len(axis.names) / most) if most else 1
            return [(float(place), _plain(name)) for place, name in enumerate(axis.names) if place % step == 0]
        low, high = sorted((axis.low, axis.high))
        if axis.kind == "date":
            return _month_ticks(low, high, max(2, int(long / 75)))
        if axis.kind == "log":
            return [(float(power), _number(10.0**power, look)) for power in range(math.ceil(low), math.floor(high) + 1)]
        step = float(look.get("dtick") or 0) or _nice((high - low) / max(2, long / (80 if axis.is_flat else 45)))
        step = max(step, 1) if axis.is_whole and not look.get("dtick") else step
        first = float(look.get("tick0") or 0)
        first += math.ceil((low - first) / step - 1e-9) * step
        return [(value, _number(value, look, step)) for value in _steps(first, high, step)]

    # --- legend -----------------------------------------------------------------------------------------

    def _legend(self) -> list[Trace]:
        if not self.layout.get("showlegend"):
            return []
        seen: set[str] = set()
        made: list[Trace] = []
        for trace in self.traces:
            name = str(trace.get("name") or "")
            if name and trace.get("showlegend", True) and trace["type"] != "heatmap" and (trace.get("legendgroup") or name) not in seen:
                seen.add(trace.get("legendgroup") or name)
                made.append(trace)
        return made

    def _legend_rows(self) -> list[list[Trace]]:
        rows: list[list[Trace]] = []
        used = self.width
        for trace in self.entries:
            wide = _wide(_plain(trace["name"]), 12) + 46
            if used + wide > self.width - 16:
                rows.append([])
                used = 0
            rows[-1].append(trace)
            used += wide
        return rows

    def _draw_legend(self) -> None:
        size = float(self.layout.get("legend", {}).get("font", {}).get("size") or 12)
        y = self.top + 8
        for row in self._legend_rows():
            x = 8.0
            for trace in row:
                marker = trace.get("marker", {})
                if trace["type"] == "scatter":
                    line = trace.get("line", {})
                    if "lines" in trace.get("mode", "lines"):
                        self._line(
                            [(x, y), (x + 26, y)], line.get("color") or _first(marker.get("color")), line.get("width", 2), line.get("dash")
                        )
                    if "markers" in trace.get("mode", ""):
                        self._symbol(x + 13, y, 8, str(_first(marker.get("symbol")) or "circle"), marker, 0)
                else:
                    self._bar(x + 4, y - 6, 18, 12, trace, 0)
                text = _plain(trace["name"])
                self._text(x + 31, y, text, size, self.layout.get("legend", {}).get("font", {}).get("color"), "start", "middle")
                x += _wide(text, 12) + 46
            y += 20

    # --- the whole --------------------------------------------------------------------------------------

    def svg(self) -> str:
        for shape in self.layout.get("shapes", []):
            if shape.get("layer") == "below":
                self._shape(shape)
        self._draw_axes()
        for number, trace in enumerate(self.traces):
            _DRAWN[trace["type"]](self, trace, number)
        for shape in self.layout.get("shapes", []):
            if shape.get("layer") != "below":
                self._shape(shape)
        for note in self.layout.get("annotations", []):
            self._annotation(note)
        self._draw_legend()
        return (
            f'<svg viewBox="0 0 {_n(self.width)} {_n(self.height)}" width="{_n(self.width)}" height="{_n(self.height)}" aria-hidden="true"'
            ' preserveAspectRatio="xMinYMin">'
            f"{''.join(self.parts)}</svg>"
        )

    def _draw_axes(self) -> None:
        drawn: set[tuple[float, float, float]] = set()
        for key, axis in self.axes.items():
            if axis.look.get("visible") is False:
                continue
            side, size = self._side(key, axis), _size(axis)
            across = (
                self.axes.get(axis.look.get("anchor") or ("y" if axis.is_flat else "x") + key[1:])
                or self.axes["y" if axis.is_flat else "x"]
            )
            ends = sorted((across.start, across.end))
            edge = {"left": ends[0], "right": ends[1], "top": ends[0], "bottom": ends[1]}[side]
            slant = axis.is_flat and self._angle(axis)
            colour = axis.look.get("tickfont", {}).get("color") or self.font["color"]
            if not axis.is_flat and axis.look.get("overlaying"):
                edge = self.right
            for place, text in self._ticks(axis, 0):
                at = axis.pixel(place)
                if axis.look.get("showgrid", True) is not False and (at, *ends) not in drawn:
                    drawn.add((at, *ends))
                    self._line(
                        [(at, ends[0]), (at, ends[1])] if axis.is_flat else [(ends[0], at), (ends[1], at)], axis.look.get("gridcolor"), 0.8
                    )
                if axis.look.get("showticklabels") is False:
                    continue
                if slant:
                    self._text(at, edge + size, text, size, colour, "end", "middle", -35)
                elif axis.is_flat:
                    down = -6 - text.count("\n") * size * 1.2 if side == "top" else size + 3
                    self._text(at, edge + down, text, size, colour, "middle", "auto")
                else:
                    self._text(
                        edge + (6 if side == "right" else -6),
                        at,
                        _cut(text, self.width * 0.45, size),
                        size,
                        colour,
                        "start" if side == "right" else "end",
                        "middle",
                    )
            zero = axis.pixel(0)
            if axis.kind == "linear" and axis.look.get("zeroline", True) and min(axis.low, axis.high) <= 0 <= max(axis.low, axis.high):
                line = [(zero, ends[0]), (zero, ends[1])] if axis.is_flat else [(ends[0], zero), (ends[1], zero)]
                self._line(line, axis.look.get("zerolinecolor"), 1.2)
            title = _title(axis)
            if title:
                font = {"size": 12, "color": colour} | (
                    axis.look.get("title", {}).get("font", {}) if isinstance(axis.look.get("title"), dict) else {}
                )
                middle = (axis.start + axis.end) / 2
                if axis.is_flat:
                    self._text(middle, self.height - 6 if side == "bottom" else 12, title, font["size"], font["color"], "middle", "auto")
                else:
                    self._text(self.width - 8 if side == "right" else 11, middle, title, font["size"], font["color"], "middle", "auto", -90)

    # --- traces -----------------------------------------------------------------------------------------

    def _draw_bars(self, trace: Trace, number: int) -> None:
        flat = trace.get("orientation") == "h" or trace["type"] == "funnel"
        x, y = self._of(trace)
        along, across = (x, y) if flat else (y, x)
        texts = trace.get("text") or []
        for place, bar in enumerate(self.bars[number]):
            if bar is None:
                continue
            position, base, value, thick = bar
            middle = across.number(position)
            if middle is None:
                continue
            sides = sorted((across.pixel(middle + thick[0]), across.pixel(middle + thick[1])))
            ends = along.pixel(base), along.pixel(base + value)
            left, top = (min(ends), sides[0]) if flat else (sides[0], min(ends))
            wide, high = (abs(ends[1] - ends[0]), sides[1] - sides[0]) if flat else (sides[1] - sides[0], abs(ends[1] - ends[0]))
            if not wide or not high:
                wide, high = max(wide, 0), max(high, 0)
            opacity = trace.get("marker", {}).get("opacity")
            opacity = (
                opacity[place] if isinstance(opacity, list) and place < len(opacity) else opacity if isinstance(opacity, int | float) else 1
            )
            self._bar(left, top, wide, high, trace, place, opacity)
            text = str(texts if isinstance(texts, str) else texts[place] if place < len(texts) else "")
            if text and trace.get("textposition", "auto") != "none":
                self._bar_text(trace, _plain(text), flat, ends, (left, top, wide, high))

    def _bar_text(self, trace: Trace, text: str, flat: bool, ends: Point, box: tuple[float, float, float, float]) -> None:
        left, top, wide, high = box
        size = float(trace.get("textfont", {}).get("size") or 12)
        where = trace.get("textposition", "auto")
        fits = _wide(text, size) + 8 < wide if flat else _wide(text, size) < wide + 2 and size + 4 < high
        outer = trace.get("outsidetextfont", trace.get("textfont", {})).get("color") or self.font["color"]
        if where == "inside" or (where == "auto" and fits):
            if not fits:
                return
            colour = trace.get("insidetextfont", trace.get("textfont", {})).get("color") or "#ffffff"
            if flat:
                # On its own ground, so that a pattern does not run through it.
                last = ends[1] - 6 if ends[1] >= ends[0] else ends[1] + 6
                self._text(last, top + high / 2, text, size, colour, "end" if ends[1] >= ends[0] else "start", "middle")
            else:
                self._text(left + wide / 2, top + size + 2, text, size, colour, "middle", "auto")
        elif flat:
            right = ends[1] >= ends[0]
            self._text(ends[1] + (5 if right else -5), top + high / 2, text, size, outer, "start" if right else "end", "middle")
        else:
            up = ends[1] <= ends[0]
            self._text(left + wide / 2, ends[1] - 4 if up else ends[1] + size + 2, text, size, outer, "middle", "auto")

    def _draw_points(self, trace: Trace, number: int) -> None:
        x, y = self._of(trace)
        xs, ys = trace.get("x") or list(range(len(trace.get("y", [])))), trace.get("y") or []
        places = [(x.at(one), y.at(two)) for one, two in zip(xs, ys, strict=False)]
        mode, marker, line = trace.get("mode", "lines"), trace.get("marker", {}), trace.get("line", {})
        colour = line.get("color") or _first(marker.get("color")) or COLOURS_OF_NONE
        fill = trace.get("fill")
        if fill and fill != "none":
            known = [(a, b) for a, b in places if a is not None and b is not None]
            if fill == "tozeroy" and known:
                known = [(known[0][0], y.pixel(0)), *known, (known[-1][0], y.pixel(0))]
            elif fill != "toself":
                raise UnknownFigureError(f"fill {fill}")
            path = " ".join(f"{_n(a)},{_n(b)}" for a, b in known)
            self.parts.append(f'<polygon points="{path}" fill="{escape(trace.get("fillcolor") or colour)}" opacity=".25"/>')
        if "lines" in mode:
            run: list[Point] = []
            for a, b in [*places, (None, None)]:
                if a is not None and b is not None:
                    if line.get("shape") == "hv" and run:
                        run.append((a, run[-1][1]))
                    run.append((a, b))
                elif run and not trace.get("connectgaps"):
                    self._line(run, colour, line.get("width", 2), line.get("dash"))
                    run = []
            if run:
                self._line(run, colour, line.get("width", 2), line.get("dash"))
        for key, axis in (("error_x", x), ("error_y", y)):
            self._whiskers(trace, key, axis, places, (xs, ys))
        texts = trace.get("text") or []
        for place, (a, b) in enumerate(places):
            if a is None or b is None:
                continue
            if "markers" in mode:
                self._symbol(
                    a, b, float(_at(marker.get("size"), place) or 6), str(_at(marker.get("symbol"), place) or "circle"), marker, place
                )
            if "text" in mode:
                text = _plain(str(texts if isinstance(texts, str) else texts[place] if place < len(texts) else "")).strip()
                self._point_text(trace, text, a, b, str(_at(trace.get("textposition"), place) or "middle center"), place)

    def _point_text(self, trace: Trace, text: str, a: float, b: float, where: str, place: int) -> None:
        font = self.font | trace.get("textfont", {})
        away = float(_at(trace.get("marker", {}).get("size"), place) or 0) / 2 + 4
        x = a + (away if "right" in where else -away if "left" in where else 0)
        y = b - away if "top" in where else b + away + float(font["size"]) * 0.7 if "bottom" in where else b
        self._text(
            x,
            y,
            text,
            float(font["size"]),
            _at(font.get("color"), place),
            "start" if "right" in where else "end" if "left" in where else "middle",
            "middle" if "middle" in where else "auto",
        )

    def _whiskers(
        self, trace: Trace, key: str, axis: Axis, places: Sequence[tuple[float | None, float | None]], values: tuple[Any, Any]
    ) -> None:
        error = trace.get(key) or {}
        up = error.get("array")
        if not up or error.get("visible") is False:
            return
        down = error.get("arrayminus") or up
        own = values[0] if key == "error_x" else values[1]
        for place, (a, b) in enumerate(places):
            middle = axis.number(own[place])
            if a is None or b is None or middle is None or up[place] is None or down[place] is None:
                continue
            first, last = axis.pixel(middle - float(down[place])), axis.pixel(middle + float(up[place]))
            run = [(first, b), (last, b)] if key == "error_x" else [(a, first), (a, last)]
            self._line(run, error.get("color") or _at(trace.get("marker", {}).get("color"), place), error.get("thickness", 1.5))

    def _draw_heatmap(self, trace: Trace, number: int) -> None:
        x, y = self._of(trace)
        cells = [value for row in trace["z"] for value in row if value is not None]
        low = trace.get("zmin") if trace.get("zmin") is not None else min(cells, default=0)
        high = trace.get("zmax") if trace.get("zmax") is not None else max(cells, default=1)
        gaps = float(trace.get("xgap") or 0) / 2, float(trace.get("ygap") or 0) / 2
        texts = trace.get("text")
        font = {"size": 11} | trace.get("textfont", {})
        for i, (name, row) in enumerate(zip(trace["y"], trace["z"], strict=True)):
            for j, (other, value) in enumerate(zip(trace["x"], row, strict=True)):
                middle = x.number(other), y.number(name)
                if value is None or middle[0] is None or middle[1] is None:
                    continue
                a = sorted((x.pixel(middle[0] - 0.5), x.pixel(middle[0] + 0.5)))
                b = sorted((y.pixel(middle[1] - 0.5), y.pixel(middle[1] + 0.5)))
                share = (float(value) - float(low)) / ((float(high) - float(low)) or 1)
                colour = _between(trace.get("colorscale"), min(max(share, 0), 1), bool(trace.get("reversescale")))
                self._box(a[0] + gaps[0], b[0] + gaps[1], a[1] - a[0] - 2 * gaps[0], b[1] - b[0] - 2 * gaps[1], colour)
                text = _plain(str(texts[i][j])) if texts else ""
                if text:
                    shade = font.get("color") or ("#ffffff" if _luminance(colour) < 0.36 else "#17222d")
                    self._text((a[0] + a[1]) / 2, (b[0] + b[1]) / 2, text, float(font["size"]), _at(shade, j), "middle", "middle")

    def _draw_box(self, trace: Trace, number: int) -> None:
        """A box of quartiles that were reckoned beforehand; plotly's own reckoning from raw values is not done here."""
        if trace.get("q1") is None:
            raise UnknownFigureError("box of raw values")
        flat = trace.get("orientation") == "h" or (trace.get("y") is not None and trace.get("x") is None)
        x, y = self._of(trace)
        along, across = (x, y) if flat else (y, x)
        names = _box_names(trace, flat)
        marker, line = trace.get("marker", {}), trace.get("line", {})
        colour = line.get("color") or _first(marker.get("color")) or COLOURS_OF_NONE
        for place, name in enumerate(names):
            middle = across.number(name)
            if middle is None or trace["q1"][place] is None:
                continue
            half = 0.3
            sides = sorted((across.pixel(middle - half), across.pixel(middle + half)))
            at = across.pixel(middle)
            q1, q2, q3 = (along.at(trace[key][place]) or 0 for key in ("q1", "median", "q3"))
            low, high = (
                along.at((trace.get(key) or trace[other])[place]) or 0 for key, other in (("lowerfence", "q1"), ("upperfence", "q3"))
            )
            for first, last in ((low, q1), (q3, high)):
                self._line([(first, at), (last, at)] if flat else [(at, first), (at, last)], colour, 1.2)
            for end in (low, high):
                quarter = (sides[1] - sides[0]) / 4
                ends = sides[0] + quarter, sides[1] - quarter
                self._line([(end, ends[0]), (end, ends[1])] if flat else [(ends[0], end), (ends[1], end)], colour, 1.2)
            box = (
                (min(q1, q3), sides[0], abs(q3 - q1), sides[1] - sides[0])
                if flat
                else (sides[0], min(q1, q3), sides[1] - sides[0], abs(q3 - q1))
            )
            fill = str(trace.get("fillcolor") or colour)
            self.parts.append(
                f'<rect x="{_n(box[0])}" y="{_n(box[1])}" width="{_n(box[2])}" height="{_n(box[3])}"'
                f' fill="{escape(fill)}" fill-opacity=".3"'
                f' stroke="{escape(str(colour))}" stroke-width="1.2"/>'
            )
            self._line([(q2, sides[0]), (q2, sides[1])] if flat else [(sides[0], q2), (sides[1], q2)], colour, 2.6)

    # --- pieces -----------------------------------------------------------------------------------------

    def _of(self, trace: Trace) -> tuple[Axis, Axis]:
        return self.axes[trace.get("xaxis", "x")], self.axes[trace.get("yaxis", "y")]

    def _bar(self, x: float, y: float, wide: float, high: float, trace: Trace, place: int, opacity: float = 1) -> None:
        """A bar in its colour, with the lines of its pattern: a pattern of SVG's own would be printed as a coarse picture."""
        pattern = trace.get("marker", {}).get("pattern") or {}
        self._box(x, y, wide, high, str(_bar_colour(trace, place) or COLOURS_OF_NONE), opacity)
        path = _hatch(str(_at(pattern.get("shape"), place) or ""), x, y, wide, high)
        if path:
            front = escape(str(_at(pattern.get("fgcolor"), place) or "#ffffff"))
            cap = ' stroke-linecap="round" stroke-width="1.8"' if pattern.get("shape") == "." else ' stroke-width="1"'
            self.parts.append(f'<path d="{path}" stroke="{front}"{cap} fill="none"/>')

    def _box(self, x: float, y: float, wide: float, high: float, fill: str, opacity: float = 1) -> None:
        faint = f' opacity="{opacity}"' if opacity != 1 else ""
        self.parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(wide, 0))}" height="{_n(max(high, 0))}" fill="{escape(fill)}"{faint}/>'
        )

    def _line(self, points: Sequence[Point], colour: Any, width: Any, dash: Any = None) -> None:
        dashed = f' stroke-dasharray="{DASHES[dash]}"' if dash in DASHES else ""
        path = " ".join(f"{_n(a)},{_n(b)}" for a, b in points)
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{escape(str(colour or COLOURS_OF_NONE))}" stroke-width="{width}"{dashed}/>'
        )

    def _text(self, x: float, y: float, text: str, size: float, colour: Any, anchor: str, base: str, angle: float = 0) -> None:
        if not text:
            return
        lines = text.split("\n")
        y += size * 0.35 - (len(lines) - 1) * size * 0.6 if base == "middle" else 0
        turned = f' transform="rotate({_n(angle)} {_n(x)} {_n(y)})"' if angle else ""
        body = (
            escape(lines[0])
            if len(lines) == 1
            else "".join(
                f'<tspan x="{_n(x)}" dy="{_n(size * 1.2) if number else 0}">{escape(line)}</tspan>' for number, line in enumerate(lines)
            )
        )
        self.parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{escape(str(colour or self.font["color"]))}"'
            f' text-anchor="{anchor}"{turned}>{body}</text>'
        )

    def _symbol(self, x: float, y: float, size: float, symbol: str, marker: dict[str, Any], place: int) -> None:
        colour = escape(str(_at(marker.get("color"), place) or COLOURS_OF_NONE))
        opacity = _at(marker.get("opacity"), place)
        faint = f' opacity="{opacity}"' if isinstance(opacity, int | float) and opacity != 1 else ""
        rim = marker.get("line") or {}
        edge = f'stroke="{escape(str(_at(rim.get("color"), place) or colour))}" stroke-width="{_at(rim.get("width"), place) or 0}"'
        is_open = symbol.endswith("-open")
        look = f'fill="none" stroke="{colour}" stroke-width="1.6"{faint}' if is_open else f'fill="{colour}" {edge}{faint}'
        kind, r = symbol.removesuffix("-open"), size / 2
        if kind in ("circle", "circle-dot"):
            self.parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}" {look}/>')
            return
        if kind in ("line-ns", "line-ew"):
            run = [(x, y - r), (x, y + r)] if kind == "line-ns" else [(x - r, y), (x + r, y)]
            self._line(run, colour, rim.get("width") or 2)
            return
        corners = _SYMBOLS.get(kind)
        if corners is None:
            raise UnknownFigureError(f"symbol {symbol}")
        path = " ".join(f"{_n(x + a * r)},{_n(y + b * r)}" for a, b in corners)
        self.parts.append(f'<polygon points="{path}" {look}/>')

    def _where(self, value: Any, ref: str, letter: str) -> float:
        """A place in pixels, of an axis or of the paper."""
        key = ref.removesuffix(" domain")
        if ref == "paper" or ref.endswith(" domain"):
            if ref == "paper":
                ends = (self.left, self.right) if letter == "x" else (self.floor, self.roof)
            else:
                ends = self.axes[key].start, self.axes[key].end
            return ends[0] + float(value) * (ends[1] - ends[0])
        found = self.axes[key].at(value) if key in self.axes else None
        if found is None:
            raise UnknownFigureError(f"place {value} of {ref}")
        return found

    def _shape(self, shape: dict[str, Any]) -> None:
        x0, x1 = (self._where(shape[key], shape.get("xref", "x"), "x") for key in ("x0", "x1"))
        y0, y1 = (self._where(shape[key], shape.get("yref", "y"), "y") for key in ("y0", "y1"))
        line = shape.get("line", {})
        if shape.get("type", "rect") == "line":
            self._line([(x0, y0), (x1, y1)], line.get("color"), line.get("width", 2), line.get("dash"))
        elif shape.get("type", "rect") == "rect":
            fill, opacity = shape.get("fillcolor") or "none", float(shape.get("opacity", 1))
            edge = (
                f' stroke="{escape(str(line.get("color") or "none"))}" stroke-width="{line.get("width", 0)}"' if line.get("width") else ""
            )
            self.parts.append(
                f'<rect x="{_n(min(x0, x1))}" y="{_n(min(y0, y1))}" width="{_n(abs(x1 - x0))}" height="{_n(abs(y1 - y0))}"'
                f' fill="{escape(str(fill))}" opacity="{opacity}"{edge}/>'
            )
        else:
            raise UnknownFigureError(f"shape {shape.get('type')}")

    def _annotation(self, note: dict[str, Any]) -> None:
        font = self.font | note.get("font", {})
        size, text = float(font["size"]), _plain(str(note.get("text", "")))
        x = self._where(note["x"], note.get("xref", "x"), "x") + float(note.get("xshift") or 0)
        y = self._where(note["y"], note.get("yref", "y"), "y") - float(note.get("yshift") or 0)
        if note.get("showarrow"):
            x, y = x + float(note.get("ax") or 0), y + float(note.get("ay") or -20)
        anchor = {"left": "start", "right": "end"}.get(note.get("xanchor", "auto"), "middle")
        lines = text.count("\n") + 1
        down = {"top": size, "bottom": -4 - (lines - 1) * size * 1.2}.get(note.get("yanchor", "auto"))
        self._text(
            x, y + (down or 0), text, size, font["color"], anchor, "middle" if down is None else "auto", float(note.get("textangle") or 0)
        )


_DRAWN: dict[str, Callable[[_Picture, Trace, int], None]] = {
    "bar": _Picture._draw_bars,
    "waterfall": _Picture._draw_bars,
    "funnel": _Picture._draw_bars,
    "scatter": _Picture._draw_points,
    "heatmap": _Picture._draw_heatmap,
    "box": _Picture._draw_box,
}
_SYMBOLS: dict[str, Sequence[Point]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    "triangle-up": ((0, -1.1), (1.1, 0.9), (-1.1, 0.9)),
    "triangle-down": ((0, 1.1), (1.1, -0.9), (-1.1, -0.9)),
    "triangle-left": ((-1.1, 0), (0.9, 1.1), (0.9, -1.1)),
    "triangle-right": ((1.1, 0), (-0.9, 1.1), (-0.9, -1.1)),
    "cross": ((-0.4, -1.1), (0.4, -1.1), (0.4, -0.4), (1.1, -0.4), (1.1, 0.4), (0.4, 0.4), (0.4, 1.1), (-0.4, 1.1), (-0.4, 0.4),
              (-1.1, 0.4), (-1.1, -0.4), (-0.4, -0.4)),
    "x": tuple(
        (math.cos(math.pi / 4) * a - math.sin(math.pi / 4) * b, math.sin(math.pi / 4) * a + math.cos(math.pi / 4) * b)
        for a, b in ((-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4),
                     (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4))
    ),
    "star": tuple(
        ((1.4 if step % 2 == 0 else 0.6) * math.sin(step * math.pi / 5), -(1.4 if step % 2 == 0 else 0.6) * math.cos(step * math.pi / 5))
        for step in range(10)
    ),
}  # fmt: skip


# --- bars: where each begins and ends ----------------------------------------------------------------

Bar = tuple[Any, float, float, tuple[float, float]]  # position, base, value, from and to across it


def _placed_bars(traces: Sequence[Trace], layout: dict[str, Any]) -> dict[int, list[Bar | None]]:
    """For each trace of bars, waterfall or funnel: its bars, stacked or side by side as the layout says."""
    made: dict[int, list[Bar | None]] = {}
    bars = [number for number, trace in enumerate(traces) if trace["type"] == "bar"]
    mode, gap = layout.get("barmode", "group"), float(layout.get("bargap", 0.2))
    tops: dict[tuple[str, str, Any, bool], float] = {}
    for order, number in enumerate(bars):
        trace = traces[number]
        positions, values = (trace.get("y"), trace.get("x")) if trace.get("orientation") == "h" else (trace.get("x"), trace.get("y"))
        bases = trace.get("base")
        made[number] = []
        step = (1 - gap) / len(bars) if mode == "group" else 1 - gap
        first = -(1 - gap) / 2 + (step * order if mode == "group" else 0)
        for place, (position, raw) in enumerate(zip(positions or [], values or [], strict=True)):
            if raw is None:
                made[number].append(None)
                continue
            value, base = float(raw), float(_at(bases, place) or 0)
            if mode in ("stack", "relative") and bases is None:
                key = (trace.get("xaxis", "x"), trace.get("yaxis", "y"), position, value < 0)
                base = tops.get(key, 0)
                tops[key] = base + value
            wide = _at(trace.get("width"), place)
            across = (-float(wide) / 2, float(wide) / 2) if wide else (first, first + step)
            made[number].append((position, base, value, across))
    for number, trace in enumerate(traces):
        half = (1 - gap) / 2
        if trace["type"] == "funnel":
            made[number] = [
                None if value is None else (name, -float(value) / 2, float(value), (-half, half))
                for name, value in zip(trace["y"], trace["x"], strict=True)
            ]
        if trace["type"] == "waterfall":
            made[number] = list(_waterfall(trace, half))
    return made


def _waterfall(trace: Trace, half: float) -> Iterator[Bar | None]:
    flat = trace.get("orientation") == "h"
    positions, values = (trace["y"], trace["x"]) if flat else (trace["x"], trace["y"])
    level = float(trace.get("base") or 0)
    for place, (name, value) in enumerate(zip(positions, values, strict=True)):
        measure = str(_at(trace.get("measure"), place) or "relative")
        if measure == "absolute":
            level = float(value or 0)
            yield name, 0.0, level, (-half, half)
        elif measure == "total":
            yield name, 0.0, level, (-half, half)
        else:
            yield name, level, float(value or 0), (-half, half)
            level += float(value or 0)


def _bar_colour(trace: Trace, place: int) -> Any:
    if trace["type"] == "waterfall":
        measure = str(_at(trace.get("measure"), place) or "relative")
        values = trace["x"] if trace.get("orientation") == "h" else trace["y"]
        part = "totals" if measure != "relative" else "increasing" if float(values[place] or 0) >= 0 else "decreasing"
        return trace.get(part, {}).get("marker", {}).get("color")
    return _at(trace.get("marker", {}).get("color"), place)


def _box_names(trace: Trace, flat: bool) -> list[Any]:
    names = trace.get("y") if flat else trace.get("x")
    return list(names) if isinstance(names, list | tuple) else [trace.get("name", "")] * len(trace["q1"])


# --- scales ------------------------------------------------------------------------------------------


def _scale(axis: Axis, key: str, picture: _Picture) -> None:
    """Kind, names and range of an axis, from its layout and from what stands on it."""
    values: list[Any] = []
    spans: list[float] = []
    cells: list[float] = []
    tight = True  # bars fill their axis; points want a little room
    for number, trace in enumerate(picture.traces):
        if trace.get(f"{key[0]}axis", key[0]) != key:
            continue
        flat = trace.get("orientation") == "h"
        if trace["type"] in ("bar", "waterfall", "funnel"):
            is_along = axis.is_flat if trace["type"] == "funnel" else flat == axis.is_flat
            for bar in picture.bars[number]:
                if bar is not None:
                    if is_along:
                        spans += [bar[1], bar[1] + bar[2]]
                    else:
                        values.append(bar[0])
            if not is_along:
                values += [
                    name for name in (trace.get("y") if flat or trace["type"] == "funnel" else trace.get("x")) or [] if name is not None
                ]
                if any(isinstance(value, int | float) for value in values):
                    spans += [bar[0] + side for bar in picture.bars[number] if bar and not isinstance(bar[0], str) for side in bar[3]]
        elif trace["type"] == "box":
            is_flat = flat or (trace.get("y") is not None and trace.get("x") is None)
            if is_flat == axis.is_flat:
                spans += [float(v) for name in ("q1", "q3", "lowerfence", "upperfence") for v in trace.get(name) or [] if v is not None]
                tight = False
            else:
                values += _box_names(trace, is_flat)
        else:
            own = trace.get(key[0])
            values += [value for value in (own if own is not None else range(len(trace.get("y", [])))) if value is not None]
            error = trace.get(f"error_{key[0]}") or {}
            if error.get("array") and own is not None:
                low = error.get("arrayminus") or error["array"]
                spans += [float(v) - float(e) for v, e in zip(own, low, strict=True) if v is not None and e is not None]
                spans += [float(v) + float(e) for v, e in zip(own, error["array"], strict=True) if v is not None and e is not None]
            if trace["type"] == "heatmap":  # a cell reaches half a step to either side
                cells += [float(value) + half for value in own or [] if isinstance(value, int | float) for half in (-0.5, 0.5)]
            else:
                tight = False
    if not axis.kind or axis.kind == "-":
        axis.kind = _kind(values)
    if axis.kind == "category":
        wanted = [str(name) for name in axis.look.get("categoryarray") or []]
        axis.names = list(dict.fromkeys([*wanted, *(str(value) for value in values)]))
        low, high = -0.5, len(axis.names) - 0.5
    else:
        numbers = spans + [number for number in map(axis.number, values) if number is not None]
        low, high = min(numbers, default=0), max(numbers, default=1)
        axis.is_whole = bool(numbers) and all(number == int(number) for number in numbers) and high > 1
        if axis.kind == "linear":
            if (spans and tight) or axis.look.get("rangemode") in ("tozero", "nonnegative"):
                low, high = min(low, 0), max(high, 0)
            room = (high - low) * 0.06 or 1
            low, high = low - room if low < 0 or (low and not axis.look.get("rangemode")) else low, high + room if high > 0 else high
            if cells:
                low, high = min(cells), max(cells)
        elif low == high:
            low, high = low - 1, high + 1
    if axis.look.get("range"):
        first, last = axis.look["range"]
        if axis.kind == "date":
            first, last = _day(first), _day(last)
        low, high = float(low if first is None else first), float(high if last is None else last)
    if axis.look.get("autorange") == "reversed":
        low, high = high, low
    axis.low, axis.high = low, high


def _kind(values: Sequence[Any]) -> str:
    if all(isinstance(value, int | float) or hasattr(value, "as_tuple") for value in values):
        return "linear"
    return "date" if all(isinstance(value, date) or re.fullmatch(r"\d{4}-\d\d(-\d\d.*)?", str(value)) for value in values) else "category"


def _day(value: Any) -> float:
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, date):
        return float(value.toordinal())
    text = str(value)
    return float(date.fromisoformat(text[:10] if len(text) >= 10 else f"{text[:7]}-01").toordinal())


def _month_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    first, last = (date.fromordinal(max(int(end), 1)) for end in (low, high))
    if high - low <= 62:
        step = max(1, math.ceil((high - low) / most))
        return [(float(day), str(date.fromordinal(day))) for day in range(math.ceil(low), int(high) + 1, step)]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next((one for one in STEPS_OF_MONTHS if months / one <= most), 120)
    made: list[tuple[float, str]] = []
    day = date(first.year, (first.month - 1) // min(step, 12) * min(step, 12) + 1, 1)
    while day <= last:
        if day >= first:
            made.append((float(day.toordinal()), f"{day.year}" if step >= 12 else f"{day:%Y-%m}"))
        for _ in range(step):
            day = (day + timedelta(days=32)).replace(day=1)
    return made


def _nice(step: float) -> float:
    """The next round step: 1, 2 or 5 with any power of ten."""
    if step <= 0:
        return 1
    power = 10 ** math.floor(math.log10(step))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= step * (1 - 1e-9))


def _steps(first: float, last: float, step: float) -> Iterator[float]:
    number = 0
    while first + number * step <= last + step * 1e-9 and number < 2_000:
        yield first + number * step
        number += 1


# --- words and colours -------------------------------------------------------------------------------


def _number(value: Any, look: dict[str, Any], step: float = 0) -> str:
    if not isinstance(value, int | float):
        return str(value)
    form = str(look.get("tickformat") or "")
    before, after = look.get("tickprefix") or "", look.get("ticksuffix") or ""
    if form:
        try:
            return f"{before}{format(value, form)}{after}"
        except ValueError:
            pass
    value = 0 if abs(value) < 1e-12 else value
    for size, sign in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size or (sign == "k" and abs(value) >= 1e3 and step >= 1e3):
            size = 1e3 if sign == "k" else size
            return f"{'−' if value < 0 else ''}{before}{abs(value) / size:g}{sign}{after}"
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step and step < 1 else 0
    text = f"{abs(value):,.{digits}f}" if step else f"{abs(value):,g}"
    return f"{'−' if value < 0 else ''}{before}{text}{after}"


def _plain(text: str) -> str:
    """plotly's little markup as plain text; a line break stays one."""
    return unescape(re.sub(r"</?[a-z][^<>]*>", "", re.sub(r"<br ?/?>", "\n", text)))


def _wide(text: str, size: float) -> float:
    return max(len(line) for line in text.split("\n")) * size * LETTER


def _cut(text: str, room: float, size: float) -> str:
    most = max(4, int(room / (size * LETTER)))
    return text if len(text) <= most else text[: most - 1] + "…"


def _size(axis: Axis) -> float:
    return float(axis.look.get("tickfont", {}).get("size") or 12)


def _shown(axis: Axis) -> bool:
    return axis.look.get("visible", True) is not False and (axis.look.get("showticklabels", True) is not False or bool(_title(axis)))


def _title(axis: Axis) -> str:
    title = axis.look.get("title")
    return _plain(str((title.get("text") if isinstance(title, dict) else title) or ""))


def _first(value: Any) -> Any:
    return _at(value, 0)


def _at(value: Any, place: int) -> Any:
    """One of a list, or the value that holds for all."""
    if isinstance(value, list | tuple):
        return value[place] if place < len(value) else None
    return value


def _between(scale: Any, share: float, turned: bool) -> str:
    """The colour at ``share`` of a colour scale: a list of (place, #rrggbb)."""
    if not isinstance(scale, list | tuple) or not all(re.fullmatch(r"#[0-9a-fA-F]{6}", str(colour)) for _, colour in scale):
        raise UnknownFigureError("colour scale")
    share = 1 - share if turned else share
    for (first, one), (last, other) in pairwise(scale):
        if share <= last:
            part = (share - first) / ((last - first) or 1)
            mixed = (round(int(one[at : at + 2], 16) * (1 - part) + int(other[at : at + 2], 16) * part) for at in (1, 3, 5))
            return "#" + "".join(f"{value:02x}" for value in mixed)
    return str(scale[-1][1])


def _hatch(shape: str, x: float, y: float, wide: float, high: float, gap: float = 7) -> str:
    """The lines of a pattern within a box, as a path; they stand on one raster, so that boxes beside each other agree."""
    right, foot = x + wide, y + high
    made: list[str] = []

    def line(x0: float, y0: float, x1: float, y1: float) -> None:
        made.append(f"M{_n(x0)},{_n(y0)}L{_n(x1)},{_n(y1)}")

    if shape in ("/", "x"):  # x + y is the same all along
        for total in _steps(math.ceil((x + y) / gap) * gap, right + foot, gap):
            first, last = max(x, total - foot), min(right, total - y)
            if last - first > 0.5:
                line(first, total - first, last, total - last)
    if shape in ("\\", "x"):  # x - y is
        for total in _steps(math.ceil((x - foot) / gap) * gap, right - y, gap):
            first, last = max(x, total + y), min(right, total + foot)
            if last - first > 0.5:
                line(first, first - total, last, last - total)
    if shape in ("-", "+"):
        for at in _steps(math.ceil((y + 1) / gap) * gap, foot - 1, gap):
            line(x, at, right, at)
    if shape in ("|", "+"):
        for at in _steps(math.ceil((x + 1) / gap) * gap, right - 1, gap):
            line(at, y, at, foot)
    if shape == ".":
        for down in _steps(math.ceil((y + 2) / gap) * gap, foot - 2, gap):
            for at in _steps(math.ceil((x + 2) / gap) * gap, right - 2, gap):
                made.append(f"M{_n(at)},{_n(down)}h.01")
    return "".join(made)


def _luminance(colour: str) -> float:
    return sum(weight * (int(colour[at : at + 2], 16) / 255) ** 2.2 for weight, at in ((0.2126, 1), (0.7152, 3), (0.0722, 5)))


def _n(number: float) -> str:
    """A number of the drawing, to a tenth of a unit."""
    return f"{number:.1f}".removesuffix(".0")
