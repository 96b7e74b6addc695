"""What all tests share: Hypothesis draws the same examples in every run, and a slow machine is no failure."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("midpoint", derandomize=True, deadline=None, database=None)
settings.load_profile("midpoint")
