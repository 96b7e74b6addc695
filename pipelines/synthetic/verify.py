"""`midpoint verify-truth`: audits a generated folder in a fresh warehouse and compares the findings with what was planted.

What does not belong here: how they are compared (truth) and shown (terminal).
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

from pipelines.assets.run import Progress, run_job
from pipelines.errors import MidpointError
from pipelines.settings import load_settings
from pipelines.synthetic.truth import Score, read_truth, score


def verify(folder: Path, warehouse: Path | None = None, progress: Progress | None = None) -> list[Score]:
    """Audit ``folder``/inbox as its midpoint.toml says and score every check of the catalogue against truth.csv.

    warehouse: a new file to audit in, that stays; by default a temporary one below the folder.
    Raises MidpointError when the folder was not generated, or the warehouse is there already.
    """
    if not (folder / "midpoint.toml").is_file() or not (folder / "truth.csv").is_file():
        raise MidpointError(f"{folder}: holds no truth.csv and midpoint.toml; name a folder that midpoint generate has made")
    if warehouse is not None and warehouse.exists():
        raise MidpointError(f"warehouse {warehouse}: is there already; name a new file, for the truth is of this folder alone")
    settings = load_settings(folder=folder)
    truth = read_truth(folder / "truth.csv")
    with tempfile.TemporaryDirectory(dir=folder, prefix="verification-") as work:
        at = {
            "inbox": settings.inbox,
            "as_of": settings.as_of,
            "policy": settings.policy,
            "reference": settings.reference,
            "warehouse": warehouse or Path(work) / "midpoint.duckdb",
            "out": Path(work) / "releases",
        }
        release = Path(run_job("audit", at, progress)["release"]["folder"])
        return score(truth, _found(release), _statuses(release))


def _statuses(release: Path) -> dict[str, str]:
    return dict(_rows(release / "check_result.parquet", "check_id, status"))


def _found(release: Path) -> dict[str, list[str]]:
    """check id → keys of its findings, as truth.csv names them."""
    found: dict[str, list[str]] = defaultdict(list)
    columns = "check_id, claim_key, patient_control_number, line_number, documentation_id, clinician_npi"
    for check_id, claim, account, line, note, npi in _rows(release / "finding.parquet", columns):
        if claim is not None:
            key = str(account) if line is None else f"{account}/{line}"
        else:
            key = f"npi:{npi}" if note is None else f"doc:{note}"
        found[check_id].append(key)
    return found


def _rows(path: Path, columns: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        return con.execute(f"select {columns} from read_parquet(?)", [str(path)]).fetchall()
