"""Words that follow numbers, wherever something is told: terminal and report."""

from __future__ import annotations


def plural(number: int, noun: str) -> str:
    """The number with its noun, as "1 claim" and "1,200 claims"; for nouns that take an s."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"
