"""Each check against its three scenarios (fires, clean, edge); `midpoint checks test` runs the same ones."""

from __future__ import annotations

import pytest

from pipelines.checks.catalogue import Check, load_catalogue
from pipelines.checks.scenario import CASES, SCENARIOS, run_scenario

CHECKS = load_catalogue()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.id)
def test_scenario(check: Check, case: str) -> None:
    result = run_scenario(check, SCENARIOS / check.id / f"{case}.yaml")
    assert not result.differences, result.about


def test_scenarios_belong_to_checks() -> None:
    assert {path.name for path in SCENARIOS.iterdir() if path.is_dir() and path.name[0] != "_"} == {check.id for check in CHECKS}
