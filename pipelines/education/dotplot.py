"""The letter's dot plot as an SVG: one dot a peer, the reader's own with its interval, the peers' median, 80th and 90th percentile.

What does not belong here: who the peers are, and any number but positions (lists). The same picture stands in HTML and PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import sqrt

WIDTH, HEIGHT, LEFT, RIGHT, FLOOR = 660, 128, 12, 12, 92
DOT, STACK = 3.1, 9  # radius, and how many dots stand on each other at most: more are drawn closer together
FONT = "'Libertinus Serif', Georgia, serif"
OWN, PEER, LINE, TEXT = "#b03a0e", "#8a97a3", "#52616f", "#17222d"
Z95 = 1.959963984540054


def wilson(part: int, whole: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson's score interval), as shares."""
    share, z2 = part / whole, Z95 * Z95
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z95 / (1 + z2 / whole) * sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def quantile(values: Sequence[float], share: float) -> float:
    """Linear between the order statistics, as spreadsheets do."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def dot_plot(peers: Sequence[float], own: float, interval: tuple[float, float], words: str) -> str:
    """peers and own: shares (0 to 1). words: what a reader who does not see the picture is told."""
    top = min(1.0, max(0.05, *peers, own, interval[1]) * 1.05)

    def x(share: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(share, top) / top

    parts = [f'<line x1="{LEFT}" y1="{FLOOR}" x2="{WIDTH - RIGHT}" y2="{FLOOR}" stroke="{LINE}" stroke-width="0.8"/>']
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if top / s <= 6)
    for number in range(int(top / step + 1e-9) + 1):
        at = x(number * step)
        parts.append(f'<line x1="{at:.1f}" y1="{FLOOR}" x2="{at:.1f}" y2="{FLOOR + 4}" stroke="{LINE}" stroke-width="0.8"/>')
        parts.append(_text(at, FLOOR + 16, f"{100 * number * step:.0f} %", _anchor(at)))
    columns: dict[int, int] = {}
    for share in sorted(peers):
        column = round((x(share) - LEFT) / (2 * DOT + 0.6))
        columns[column] = columns.get(column, 0) + 1
    room = FLOOR - 46  # above the dots stand the names of the lines
    for column, many in columns.items():
        gap = min(2 * DOT + 0.4, (room - DOT) / max(many, 1))
        cx = LEFT + column * (2 * DOT + 0.6)
        parts += [
            f'<circle cx="{cx:.1f}" cy="{FLOOR - DOT - 1 - number * gap:.1f}" r="{DOT}" fill="{PEER}" fill-opacity="0.75"/>'
            for number in range(min(many, STACK * 20))
        ]
    marks = [("median", 0.5, "none"), ("80th", 0.8, "5 3"), ("90th", 0.9, "2 2")]
    taken = -100.0
    for name, share, dash in marks:
        at = x(quantile(peers, share))
        parts.append(f'<line x1="{at:.1f}" y1="34" x2="{at:.1f}" y2="{FLOOR}" stroke="{LINE}" stroke-width="1" stroke-dasharray="{dash}"/>')
        label = at if at - taken > 40 else taken + 40  # names that would lie on each other stand side by side
        parts.append(_text(label, 30, name, _anchor(label)))
        taken = label
    low, high, at = x(interval[0]), x(interval[1]), x(own)
    parts.append(f'<line x1="{low:.1f}" y1="{FLOOR - 5}" x2="{high:.1f}" y2="{FLOOR - 5}" stroke="{OWN}" stroke-width="2"/>')
    parts.append(f'<path d="M{at:.1f} {FLOOR - 12} l7 7 -7 7 -7 -7z" fill="{OWN}" stroke="#fff" stroke-width="1"/>')
    parts.append(_text(at, 14, f"You: {100 * own:.1f} %", _anchor(at), OWN, True))
    parts.append(f'<line x1="{at:.1f}" y1="18" x2="{at:.1f}" y2="{FLOOR - 12}" stroke="{OWN}" stroke-width="1"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT - 14}" width="{WIDTH}" height="{HEIGHT - 14}" role="img"'
        f' aria-label="{escape(words)}" font-family="{FONT}" font-size="12"><title>{escape(words)}</title>{"".join(parts)}</svg>'
    )


def _anchor(at: float) -> str:
    return "start" if at < 60 else "end" if at > WIDTH - 60 else "middle"


def _text(at: float, y: float, words: str, anchor: str, colour: str = TEXT, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{at:.1f}" y="{y}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(words)}</text>'
