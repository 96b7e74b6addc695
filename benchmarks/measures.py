"""What is timed: one function a reader, each run by reader.py in a fresh process.

What does not belong here: making files (files.py), repeating, comparing and printing (reader.py).

A measure takes the path of its input and an empty folder for its own files, and returns seconds with what it counted. Imports and the
first read of a small file (compiled kernels are loaded then) come before the clock; ``start`` measures just those.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

CHUNK = 16_000_000

Result = dict[str, Any]  # seconds, cpu_seconds, and of claims, lines, adjustments, charge_cents those that the reader gives


def _clock() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(start: tuple[float, float]) -> dict[str, float]:
    """Seconds by the clock, and of processor time of all threads: on a busy machine the second is the steadier one."""
    return {"seconds": time.perf_counter() - start[0], "cpu_seconds": time.process_time() - start[1]}


def read_bytes(path: Path, _work: Path) -> Result:
    """Floor: the bytes of the file through one buffer."""
    buffer = bytearray(CHUNK)
    start = _clock()
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass
    return {**_since(start)}


def count_terminators(path: Path, _work: Path) -> Result:
    """Floor: read, and count the segments."""
    start = _clock()
    segments = 0
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            segments += chunk.count(b"~")
    return {**_since(start), "segments": segments}


def pyx12_trees(path: Path, _work: Path) -> Result:
    """pyx12: one loop tree a claim, as its context reader gives them; the claim's charge is read from each."""
    import pyx12.error_handler
    import pyx12.params
    import pyx12.x12context

    is_claims = b"*HC*" in path.read_bytes()[:200]
    loop, line_loop, charge_path = ("2300", "2400", "CLM02") if is_claims else ("2100", "2110", "CLP03")
    claims = lines = 0
    charge = Decimal(0)
    start = _clock()
    with pyx12.x12context.X12ContextReader(pyx12.params.params(), pyx12.error_handler.errh_null(), str(path)) as reader:
        for tree in reader.iter_segments(loop):
            if tree.id == loop:
                claims += 1
                lines += tree.count(line_loop)
                charge += Decimal(tree.get_value(charge_path) or 0)
    return {**_since(start), "claims": claims, "lines": lines, "charge_cents": int(charge * 100)}


def oxedi_tables(path: Path, _work: Path) -> Result:
    """oxedi (835 only): its typed tables, streamed by transaction set and handed over to Arrow."""
    import oxedi
    import pyarrow as pa
    import pyarrow.compute as pc

    rows: dict[str, int] = {}
    charge = Decimal(0)
    start = _clock()
    for batch in oxedi.stream(path.read_bytes()):
        for name in batch.tables:
            table = pa.table(batch.tables[name])
            rows[name] = rows.get(name, 0) + table.num_rows
            if name == "claims":
                charge += pc.sum(table["charge_amount"]).as_py() or 0
    return {
        **_since(start),
        "claims": rows["claims"],
        "lines": rows["services"],
        "adjustments": rows["adjustments"],
        "charge_cents": int(charge * 100),
    }


def _warm_up() -> None:
    """Load the compiled kernels by reading one small file of each kind."""
    from pipelines.x12.reader import Source, read

    for name in ("WARM_837P", "WARM_835"):
        for _batch in read([Source.from_path(os.environ[name])]):
            pass


def midpoint_start(_path: Path, _work: Path) -> Result:
    """Midpoint: import and read one small file; reader.py runs it with an empty cache of compiled kernels, and again."""
    start = _clock()
    _warm_up()
    return {**_since(start)}


def midpoint_tables(path: Path, _work: Path) -> Result:
    """Midpoint: complete Arrow tables, batch by batch."""
    import pyarrow.compute as pc

    from pipelines.x12.reader import Source, read

    _warm_up()
    rows: dict[str, int] = {}
    charge = Decimal(0)
    start = _clock()
    for batch in read([Source.from_path(path)]):
        for name, table in batch.tables.items():
            # an SVD's row in claim_adjudication is a payment, without a group code
            counted = table.num_rows - (table["group_code"].null_count if name == "claim_adjudication" else 0)
            rows[name] = rows.get(name, 0) + counted
            if name in ("claim", "remit"):
                charge += pc.sum(table["charge_amount"]).as_py() or 0
    return {**_since(start), **_counts(rows), "charge_cents": int(charge * 100)}


def midpoint_duckdb(path: Path, work: Path) -> Result:
    """Midpoint: a file, or a folder of files, committed in a new DuckDB warehouse."""
    from pipelines.landing.land import land
    from pipelines.settings import Settings
    from pipelines.warehouse import connect

    _warm_up()
    settings = Settings(inbox=(path,), warehouse=work / "benchmark.duckdb")
    con = connect(settings.warehouse)
    sources = sorted(path.iterdir()) if path.is_dir() else [path]
    start = _clock()
    land(con, settings, sources)
    times = _since(start)
    rows = {
        name: _number(con, f"select count(*) from raw.{name}")
        for name in ("claim", "claim_line", "remit", "remit_line", "remit_adjustment")
    }
    rows["claim_adjudication"] = _number(con, "select count(group_code) from raw.claim_adjudication")
    cents = sum(_number(con, f"select coalesce(sum(charge_amount), 0) * 100 from raw.{name}") for name in ("claim", "remit"))
    con.close()
    return {**times, **_counts(rows), "charge_cents": cents, "warehouse_bytes": settings.warehouse.stat().st_size}


def _number(con: Any, query: str) -> int:
    return int(con.execute(query).fetchone()[0])


def _counts(rows: dict[str, int]) -> dict[str, int]:
    return {
        "claims": rows.get("claim", 0) + rows.get("remit", 0),
        "lines": rows.get("claim_line", 0) + rows.get("remit_line", 0),
        "adjustments": rows.get("remit_adjustment", 0) + rows.get("claim_adjudication", 0),
    }


MEASURES: dict[str, Callable[[Path, Path], Result]] = {
    "read": read_bytes,
    "count segments": count_terminators,
    "pyx12": pyx12_trees,
    "oxedi": oxedi_tables,
    "midpoint start": midpoint_start,
    "midpoint tables": midpoint_tables,
    "midpoint duckdb": midpoint_duckdb,
}


def peak_bytes(process: int | None = None) -> int:
    """Largest resident memory of this process, or of the running one with that id.

    Linux's ru_maxrss counts the parent's memory at the fork too, so VmHWM comes first.
    """
    status = Path(f"/proc/{process or 'self'}/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> None:
    """``measures.py NAME INPUT WORK``: one measure, printed as one line of JSON with this process's peak memory."""
    name, path, work = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if name in ("pyx12", "oxedi") and importlib.util.find_spec(name) is None:
        print(json.dumps({"missing": f"{name} is not installed: pip install -r benchmarks/requirements.txt"}))
        return
    result = MEASURES[name](path, work)
    result["peak_bytes"] = peak_bytes()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
