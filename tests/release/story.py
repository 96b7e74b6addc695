"""A small audited warehouse, built from a scenario story."""

from __future__ import annotations

from datetime import date

import duckdb
import yaml

from expectations import gate
from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.runner import run_checks
from pipelines.checks.scenario import build_scenario
from pipelines.denials.definitions import build_units
from pipelines.reconciliation.runner import reconcile_warehouse
from pipelines.settings import Settings
from pipelines.warehouse import build_room, connect

# A patient control number that would run as script, and as a formula, where it is not treated as text.
HOSTILE = "<script>alert(1)</script>"
FORMULA = "=1+1"

STORY = f"""
about: critical care beside ACP, 15 minutes, a denial that is paid later, minutes that were not billed
claims:
  - {{id: ICU, date: 2024-05-06, rendering: 1000000001, lines: [99291, 99497]}}
  - {{id: SHORT, pcn: "{HOSTILE}", date: 2024-05-07, rendering: 1000000001, lines: [99497]}}
  - {{id: LONG, pcn: "{FORMULA}", date: 2024-06-08, rendering: 1000000001, lines: [99497]}}
  - {{id: ALONE, date: 2024-07-08, rendering: 1000000001, lines: [99498]}}
  - {{id: VISIT, date: 2024-05-10, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}}
remits:
  - {{pcn: ICU, date: 2024-06-01, lines: [{{code: 99291, cas: [CO-45 10.00]}}, {{code: 99497, paid: 0, cas: [CO-97 100.00]}}]}}
  - {{pcn: ICU, date: 2024-07-01, lines: [{{code: 99497, cas: [CO-45 18.11]}}]}}
  - {{pcn: ALONE, date: 2024-08-01, lines: [{{code: 99498, paid: 0, cas: [CO-107 100.00]}}]}}
documentation:
  - {{id: D1, pcn: ICU, date: 2024-05-06, npi: 1000000001, minutes: 40}}
  - {{id: D2, pcn: "{HOSTILE}", date: 2024-05-07, npi: 1000000001, minutes: 15}}
  - {{id: D3, pcn: "{FORMULA}", date: 2024-06-08, npi: 1000000001, minutes: 80}}
  - {{id: D4, pcn: VISIT, date: 2024-05-10, npi: 1000000001, minutes: 20}}
"""


def build(threads: int, as_of: date) -> duckdb.DuckDBPyConnection:
    """The story's warehouse in memory, audited."""
    con = connect(":memory:", threads=threads)
    build_scenario(con, yaml.safe_load(STORY))
    audited(con, as_of)
    return con


def audited(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Checks, marts, reconciliation and expectations (as if Great Expectations had given these results) over core."""
    run_checks(con, Settings(as_of=as_of), load_catalogue())
    build_units(con)
    build_room(con, "mart")
    reconcile_warehouse(con)
    first, second = gate.suites()[0].expectations[:2]
    table = gate.suites()[0].table
    gate.store(con, [gate.Result(table, first, "passed", 0, None), gate.Result(table, second, "failed", 7, None)])
