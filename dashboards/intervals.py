"""95 % intervals as SQL expressions: of a share, of a rate of counted events, of a mean.

What does not belong here: which measure takes which (pages).
"""

from __future__ import annotations

Z = 1.959963984540054  # 97.5th percentile of the normal distribution


def wilson(part: str, whole: str) -> tuple[str, str]:
    """Low and high of a share: Wilson's score interval without correction for continuity (Newcombe 1998, method 3)."""
    middle = f"({part} + {Z * Z / 2})"
    half = f"{Z} * sqrt({part} * greatest({whole} - {part}, 0) / {whole} + {Z * Z / 4})"
    return f"greatest({middle} - {half}, 0) / ({whole} + {Z * Z})", f"least(({middle} + {half}) / ({whole} + {Z * Z}), 1)"


def poisson(events: str, exposure: str) -> tuple[str, str]:
    """Low and high of events per exposure: Byar's approximation to the exact Poisson interval (Breslow and Day 1987, volume II)."""
    low = f"case when {events} > 0 then {events} * pow(1 - 1 / (9 * {events}) - {Z / 3} / sqrt({events}), 3) else 0 end"
    high = f"({events} + 1) * pow(1 - 1 / (9 * ({events} + 1)) + {Z / 3} / sqrt({events} + 1), 3)"
    return f"({low}) / {exposure}", f"{high} / {exposure}"


def mean(total: str, squares: str, count: str) -> tuple[str, str]:
    """Low and high of a mean by Student's t. total, squares: sums of the values and of their squares; null from less than two values."""
    half = f"({_student(f'({count} - 1)')}) * sqrt(greatest({squares} - {total} * {total} / {count}, 0) / nullif({count} - 1, 0) / {count})"
    return f"{total} / {count} - {half}", f"{total} / {count} + {half}"


def _student(freedom: str) -> str:
    """The 97.5th percentile of Student's t by its expansion about the normal (Abramowitz and Stegun 26.7.5): to 0.001 from 5 degrees on."""
    z = Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return f"{z} + " + " + ".join(f"{term} / pow(nullif({freedom}, 0), {power})" for power, term in enumerate(terms, 1))
