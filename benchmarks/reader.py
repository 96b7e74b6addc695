"""Speed and memory of the X12 reader and the landing, beside other readers and floors, on files made here.

    python benchmarks/reader.py [--megabytes 270] [--rounds 3] [--quick] [--json] [--folder FOLDER]

Every measure runs in a process of its own (measures.py); rounds are alternated and the median is shown, with the largest peak memory.
What does not belong here: what is timed (measures.py) and how files look (files.py).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from files import MEGABYTE, SMALL_FILE, Truth, ensure

HERE = Path(__file__).resolve().parent
# measure and input: least MB/s asked for, and the goal
ASKED = {
    ("midpoint tables", "837P"): (40, 80),
    ("midpoint tables", "835"): (40, 80),
    ("midpoint duckdb", "837P"): (20, 20),
    ("midpoint duckdb", "835"): (20, 20),
    ("midpoint duckdb", "small"): (10, 10),
}
PEAK_ASKED = 1_000 * MEGABYTE
VERSIONS = ("duckdb", "pyarrow", "numba", "numpy", "pyx12", "oxedi")


@dataclass
class Row:
    """One measure on one input, with what its runs gave."""

    measure: str
    label: str
    path: Path
    truth: Truth
    rounds: int
    runs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def missing(self) -> str:
        return next((run["missing"] for run in self.runs if "missing" in run), "")

    @property
    def seconds(self) -> float:
        return statistics.median(run["seconds"] for run in self.runs)

    @property
    def cpu(self) -> float:
        return statistics.median(run["cpu_seconds"] for run in self.runs)

    @property
    def speed(self) -> float:
        """MB/s"""
        return self.truth.bytes / MEGABYTE / self.seconds

    @property
    def peak(self) -> int:
        return max(run["peak_bytes"] for run in self.runs)

    @property
    def agreement(self) -> str:
        """What the reader counted against what the file holds."""
        if self.missing or "claims" not in self.runs[0]:
            return ""
        names = [name for name in ("claims", "lines", "adjustments", "charge_cents") if name in self.runs[0]]
        wrong = [
            f"{name} {run[name]:,}, not {getattr(self.truth, name):,}"
            for run in self.runs
            for name in names
            if run[name] != getattr(self.truth, name)
        ]
        return "; ".join(dict.fromkeys(wrong)) or f"{', '.join(names)} right".replace("charge_cents", "charges")


def plan(folder: Path, megabytes: int, rounds: int, quick: bool) -> list[Row]:
    """Make the files and list the measures."""
    size = megabytes * MEGABYTE

    def made(name: str, kind: str, bytes_: int, layout: str = "many") -> tuple[Path, Truth]:
        print(f"making {folder / name} …", file=sys.stderr, flush=True)
        return folder / name, ensure(folder / name, kind, bytes_, layout)

    claims, remits = made(f"837p_{megabytes}.edi", "837p", size), made(f"835_{megabytes}.edi", "835", size)
    claims_first, remits_first = made("837p_first_set.edi", "837p", size, "first"), made("835_first_set.edi", "835", size, "first")
    one_set = made(f"837p_one_set_{megabytes}.edi", "837p", size, "one")
    small = made("small", "small", (200 if quick else 5_000) * SMALL_FILE)
    rows = [
        Row("read", "837P", *claims, rounds),
        Row("count segments", "837P", *claims, rounds),
        Row("midpoint tables", "837P", *claims, rounds),
        Row("midpoint tables", "835", *remits, rounds),
        Row("midpoint tables", "837P in one ST", *one_set, rounds),
        Row("midpoint duckdb", "837P", *claims, rounds),
        Row("midpoint duckdb", "835", *remits, rounds),
        Row("midpoint duckdb", "small", *small, rounds),
        Row("oxedi", "835", *remits, rounds),
        Row("pyx12", "837P, first ST", *claims_first, rounds),
        Row("pyx12", "835, first ST", *remits_first, rounds),
    ]
    for other in () if quick else (20, 1_000):
        for kind in ("837p", "835"):
            file = made(f"{kind}_{other}.edi", kind, other * MEGABYTE)
            rows.append(Row("midpoint tables", f"{kind.upper()}, {other:,} MB", *file, 1))
            rows.append(Row("midpoint duckdb", f"{kind.upper()}, {other:,} MB", *file, 1))
    return rows


def run(row: Row, folder: Path, cache: Path | None = None) -> dict[str, Any]:
    """One run in a fresh process; ``cache``: folder of compiled kernels other than the usual one."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE.parent),
        "WARM_837P": str(folder / "837p_first_set.edi"),
        "WARM_835": str(folder / "835_first_set.edi"),
        **({"NUMBA_CACHE_DIR": str(cache)} if cache else {}),
    }
    with tempfile.TemporaryDirectory(dir=folder) as work:
        command = [sys.executable, str(HERE / "measures.py"), row.measure, str(row.path), work]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"missing": f"failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}"}
    return json.loads(done.stdout.splitlines()[-1])


def starts(folder: Path, row: Row) -> dict[str, dict[str, Any]]:
    """Import and read one small file of each kind: with kernels compiled anew, then with kernels from the cache."""
    start = Row("midpoint start", "", row.path, row.truth, 1)
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        return {name: run(start, folder, Path(cache)) for name in ("compiled", "cached")}


def start_line(how: str, found: dict[str, Any]) -> str:
    """One line of text for one of ``starts``."""
    if "missing" in found:
        return f"Start, kernels {how}: {found['missing']}"
    figures = f"{found['seconds']:.1f} s ({found['cpu_seconds']:.1f} of processor), peak {found['peak_bytes'] / MEGABYTE:,.0f} MB"
    return f"Start (import and two small files), kernels {how}: {figures}"


def machine() -> str:
    """Cores, Python and the versions of what is compared."""
    found: list[str] = []
    for name in VERSIONS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} missing")
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {', '.join(found)}"


def verdict(row: Row) -> str:
    """Whether the issue's figures are met, where it names any."""
    asked = ASKED.get((row.measure, row.label))
    words = (
        []
        if asked is None
        else ["goal met" if row.speed >= asked[1] else "least met" if row.speed >= asked[0] else f"BELOW {asked[0]} MB/s"]
    )
    if row.measure.startswith("midpoint") and row.peak > PEAK_ASKED:
        words.append("OVER 1 GB")
    return ", ".join(words)


def table(rows: list[Row]) -> list[str]:
    """The measures as a Markdown table."""
    lines = ["| measure | input | MB | s | CPU s | MB/s | peak MB | asked | counts |", "|---|---|---:|---:|---:|---:|---:|---|---|"]
    for row in rows:
        size = f"{row.truth.bytes / MEGABYTE:,.1f}"
        if row.missing:
            lines.append(f"| {row.measure} | {row.label} | {size} | – | – | – | – | | {row.missing} |")
            continue
        speed = f"{row.speed:,.0f}" if row.speed >= 100 else f"{row.speed:.3g}"
        figures = f"{size} | {row.seconds:.2f} | {row.cpu:.2f} | {speed} | {row.peak / MEGABYTE:,.0f}"
        lines.append(f"| {row.measure} | {row.label} | {figures} | {verdict(row)} | {row.agreement} |")
    return lines


def ratios(rows: list[Row]) -> list[str]:
    """Midpoint's tables against each other reader of the same kind, and both steps against counting segments."""
    done = {(row.measure, row.label): row for row in rows if not row.missing}
    pairs = [
        (("midpoint tables", "837P"), ("pyx12", "837P, first ST")),
        (("midpoint tables", "835"), ("pyx12", "835, first ST")),
        (("midpoint tables", "835"), ("oxedi", "835")),
        (("midpoint tables", "837P"), ("count segments", "837P")),
        (("midpoint duckdb", "837P"), ("midpoint tables", "837P")),
        (("midpoint duckdb", "835"), ("midpoint tables", "835")),
    ]
    made: list[str] = []
    for ours, theirs in pairs:
        if ours in done and theirs in done:
            ratio = done[ours].speed / done[theirs].speed
            made.append(f"- {ours[0]} {ours[1]}: {f'{ratio:,.0f}' if ratio >= 10 else f'{ratio:.2g}'} × {theirs[0]} ({theirs[1]})")
    return made


def main() -> None:
    """Make the files, run the rounds, print."""
    parser = argparse.ArgumentParser(description="Speed and memory of the X12 reader beside other readers and floors.")
    parser.add_argument("--megabytes", type=int, default=270, help="size of the main files (default 270)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each measure; the median is shown (default 3)")
    parser.add_argument("--quick", action="store_true", help="20 MB, one round, 200 small files, no 1 GB files")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "midpoint-benchmark",
        help="for the files (3 GB), kept for the next run",
    )
    arguments = parser.parse_args()
    folder, megabytes, rounds = arguments.folder.resolve(), arguments.megabytes, arguments.rounds
    if arguments.quick:
        megabytes, rounds = 20, 1
    rows = plan(folder, megabytes, rounds, arguments.quick)
    first = starts(folder, rows[0])
    for number in range(rounds):
        for row in rows:
            if number < row.rounds and not row.missing:
                print(f"round {number + 1}: {row.measure}, {row.label} …", file=sys.stderr, flush=True)
                row.runs.append(run(row, folder))
    if arguments.json:
        measured = [{"measure": r.measure, "input": r.label, "bytes": r.truth.bytes, "runs": r.runs, "counts": r.agreement} for r in rows]
        print(json.dumps({"machine": machine(), "start": first, "measures": measured}, indent=1))
    else:
        print(f"{machine()}; median of {rounds}, peak = largest resident memory of the process", *table(rows), sep="\n")
        print("", *(start_line(how, found) for how, found in first.items()), sep="\n")
        print("pyx12 reads the first transaction set of the same file, since the whole would take an hour; oxedi reads 835 only.\n")
        print(*ratios(rows), sep="\n")
    if any(row.missing.startswith("failed") or " not " in row.agreement for row in rows if row.measure.startswith("midpoint")):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
