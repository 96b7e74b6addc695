"""What all tests share: Hypothesis draws the same examples in every run, and a slow machine is no failure."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("midpoint", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("midpoint")

# The public files lie outside the project; without them there is nothing to collect.
collect_ignore = [] if os.environ.get("MIDPOINT_CORPUS") else ["test_corpus.py"]
