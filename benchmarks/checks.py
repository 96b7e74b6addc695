"""Speed and memory of the check catalogue over a warehouse of a million claims and three million lines, made here.

    python benchmarks/checks.py [--claims 1000000] [--maker sql] [--threads 2] [--memory 4GB] [--only DEN-03 …] [--stages raw core checks]
        [--json] [--folder FOLDER]

Three stages, each in a process of its own so that each has its own peak memory: the raw tables, the core models, the checks. The
warehouse stays in the folder, so `--stages checks` times the checks again over the same one.
Processor time and the ratio to a plain grouping of all claim lines stand beside the seconds: on a busy machine they are the steadier ones.
What does not belong here: how the rows look (raw_tables.py).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import duckdb
from measures import peak_bytes
from raw_tables import MAKERS

from pipelines.checks.catalogue import Check, load_catalogue
from pipelines.checks.runner import run_checks
from pipelines.settings import Settings
from pipelines.warehouse import connect, load_reference, models, run_model, set_parameters

CLAIMS = 1_000_000
SECONDS_ASKED = 60
AS_OF = Settings(as_of=date(2026, 6, 30))

# What every check is compared with: one pass over all claim lines that groups them by patient, day and clinician.
PLAIN = "select count(*) from (select patient_key, service_date, clinician_npi from core.claim_line group by all)"

Result = dict[str, Any]
T = TypeVar("T")


def _timed(work: Callable[[], T]) -> tuple[T, Result]:
    """What the work gives, and its seconds: by the clock, and of processor time of all threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    return made, {"seconds": round(time.perf_counter() - wall, 2), "cpu_seconds": round(time.process_time() - cpu, 2)}


def make_raw(con: duckdb.DuckDBPyConnection, arguments: argparse.Namespace) -> Result:
    """Stage 1: the raw tables."""
    _, times = _timed(lambda: MAKERS[arguments.maker](con, arguments.warehouse, arguments.claims))
    return times


def build_core(con: duckdb.DuckDBPyConnection, _: argparse.Namespace) -> Result:
    """Stage 2: reference data and core, model by model."""
    load_reference(con)
    set_parameters(con, AS_OF)
    steps = []
    for model in models("core"):
        rows, times = _timed(lambda model=model: run_model(con, model))
        steps.append({"name": model.table, "rows": rows, **times})
    return {"steps": steps, **_summed(steps)}


def run_catalogue(con: duckdb.DuckDBPyConnection, arguments: argparse.Namespace) -> Result:
    """Stage 3: all checks in one run, as an audit does, then each alone (with its findings written), then the slowest one's plan."""
    load_reference(con)
    set_parameters(con, AS_OF)
    checks = [check for check in load_catalogue() if not arguments.only or check.id in arguments.only]
    if not checks:
        sys.exit(f"no such check: {', '.join(arguments.only)}")
    con.execute(PLAIN).fetchall()
    _, plain = _timed(lambda: con.execute(PLAIN).fetchall())
    _, whole = _timed(lambda: run_checks(con, AS_OF, checks))
    steps = []
    for check in checks:
        (result,), times = _timed(lambda check=check: run_checks(con, AS_OF, [check]))
        steps.append({"name": check.id, "rows": result.eligible_count, "flagged": result.flagged_count, "status": result.status, **times})
    slowest = max(steps, key=lambda step: step["cpu_seconds"])["name"]
    return {
        "steps": steps,
        "plain": plain,
        "slowest": slowest,
        "plan": _plan(con, next(check for check in checks if check.id == slowest)),
        **whole,
    }


def _plan(con: duckdb.DuckDBPyConnection, check: Check) -> list[str]:
    """What the check's query does, measured: one line an operator, indented as the plan's tree, with seconds and rows."""
    text = con.execute(f"explain (analyze, format json) select * from ({check.sql}) as query").fetchall()[0][1]

    def lines(node: Result, depth: int) -> list[str]:
        extra = node.get("extra_info", {})
        told = " ".join(str(extra[key]) for key in ("Table", "Join Type", "Conditions") if key in extra)
        figures = f"{node['operator_timing']:8.2f} s {node['operator_cardinality']:>12,} rows"
        return [
            f"{figures}  {'  ' * depth}{node['operator_name'].strip()} {told}".rstrip(),
            *(line for child in node["children"] for line in lines(child, depth + 1)),
        ]

    return [line for child in json.loads(text)["children"][0]["children"] for line in lines(child, 0)]


def _summed(steps: list[Result]) -> Result:
    return {key: round(sum(step[key] for step in steps), 2) for key in ("seconds", "cpu_seconds")}


STAGES: dict[str, Callable[[duckdb.DuckDBPyConnection, argparse.Namespace], Result]] = {
    "raw": make_raw,
    "core": build_core,
    "checks": run_catalogue,
}


def run_stage(stage: str, arguments: argparse.Namespace) -> None:
    """One stage in this process, printed as one line of JSON with the process's peak memory."""
    con = connect(arguments.warehouse, memory_limit=arguments.memory, threads=arguments.threads)
    result = STAGES[stage](con, arguments)
    con.close()
    print(json.dumps({**result, "peak_bytes": peak_bytes()}))


def _spawn(stage: str, path: Path) -> Result:
    command = [sys.executable, __file__, *sys.argv[1:], "--stage", stage, "--warehouse", str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"stage {stage} failed")
    return json.loads(done.stdout.splitlines()[-1])


def _print(results: dict[str, Result], arguments: argparse.Namespace) -> None:
    print(f"{arguments.claims:,} claims, {arguments.threads} threads, DuckDB held to {arguments.memory}\n")
    for stage, result in results.items():
        print(f"{stage:7}{_figures(result)}   peak {result['peak_bytes'] / 1e9:.2f} GB")
    if core := results.get("core"):
        print("\nThe models that take longest")
        for step in sorted(core["steps"], key=lambda step: -step["cpu_seconds"])[:6]:
            print(f"{step['name']:28}{step['rows']:>12,} rows {_figures(step)}")
    if checks := results.get("checks"):
        plain = checks["plain"]
        print(f"\nEach check alone; x = processor time of one plain grouping of the claim lines ({plain['cpu_seconds']} s)")
        for step in checks["steps"]:
            counts = f"{step['rows'] or 0:>12,} eligible {step['flagged'] or 0:>10,} flagged"
            ratio = step["cpu_seconds"] / max(plain["cpu_seconds"], 0.01)
            print(f"{step['name']:8}{counts} {_figures(step)} {ratio:6.1f} x  {step['status']}")
        print(f"\nThe slowest one's plan, {checks['slowest']}", *checks["plan"], sep="\n")
        kept = "met" if checks["seconds"] < SECONDS_ASKED else "NOT met"
        print(f"\nThe whole catalogue in one run:{_figures(checks)}; asked {SECONDS_ASKED} s: {kept}")


def _figures(times: Result) -> str:
    return f"{times['seconds']:9.2f} s {times['cpu_seconds']:8.2f} s of processor"


def main() -> None:
    """Run the stages asked for and print what they took."""
    parser = argparse.ArgumentParser(description="Times the check catalogue over a large warehouse.")
    parser.add_argument("--claims", type=int, default=CLAIMS)
    parser.add_argument("--maker", choices=sorted(MAKERS), default="sql", help="what makes the raw tables")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="4GB", help="DuckDB's memory limit")
    parser.add_argument("--only", nargs="+", default=[], metavar="ID", help="these checks only")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "midpoint-benchmark")
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--warehouse", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stage:
        run_stage(arguments.stage, arguments)
        return
    arguments.folder.mkdir(parents=True, exist_ok=True)
    path = arguments.folder / f"checks-{arguments.maker}-{arguments.claims}.duckdb"
    if "raw" in arguments.stages:
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
        path.with_name(path.name + ".key").unlink(missing_ok=True)
    results = {stage: _spawn(stage, path) for stage in STAGES if stage in arguments.stages}
    if arguments.json:
        print(json.dumps(results, indent=1))
    else:
        _print(results, arguments)


if __name__ == "__main__":
    main()
