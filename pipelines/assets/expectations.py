"""The expectation suites as asset checks: critical ones block what comes after their table, the others warn.

What does not belong here: the suites and how they are evaluated (expectations/).
"""

# No `from __future__ import annotations` here: Dagster wants the type of `context` itself, not its name.

from collections.abc import Iterator

import dagster as dg

from expectations import gate
from pipelines.assets.warehouse import REQUIRED, asset_key, of
from pipelines.errors import MidpointError


def expectation_checks() -> list[dg.AssetChecksDefinition]:
    """One step a suite, one asset check an expectation."""
    return [_suite_checks(suite) for suite in gate.suites()]


def _suite_checks(suite: gate.Suite) -> dg.AssetChecksDefinition:
    key = asset_key(suite.table)
    specs = [dg.AssetCheckSpec(e.name, asset=key, description=e.description, blocking=e.is_critical) for e in suite.expectations]

    @dg.multi_asset_check(name=f"expectations__{suite.table.replace('.', '__')}", specs=specs, required_resource_keys=REQUIRED)
    def checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        con, _ = of(context)
        made = gate.validate(con, suite)
        gate.store(con, made)
        for result in made:
            if result.status == "error":
                raise MidpointError(f"{suite.table}: expectation {result.expectation.name} could not be evaluated: {result.message}")
            yield check_result(result)

    return checks


def check_result(result: gate.Result) -> dg.AssetCheckResult:
    """A gate's result as Dagster shows it."""
    return dg.AssetCheckResult(
        passed=result.status == "passed",
        asset_key=asset_key(result.table),
        check_name=result.expectation.name,
        severity=dg.AssetCheckSeverity.ERROR if result.expectation.is_critical else dg.AssetCheckSeverity.WARN,
        metadata={"unexpected_count": result.unexpected_count if result.unexpected_count is not None else "not counted"},
    )
