"""`midpoint verify-truth`: audits a generated folder in a fresh warehouse and compares the findings with what was planted.

What does not belong here: how they are compared (truth) and shown (terminal).
"""

from __future__ import annotations

import tempfile
import tomllib
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.assets.run import Progress, run_job
from pipelines.errors import MidpointError
from pipelines.settings import FILE_NAME, Settings
from pipelines.summary import read_manifest
from pipelines.synthetic.answer_verify import verify_answers
from pipelines.synthetic.truth import read_truth, score


def verify(folder: Path, warehouse: Path | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Audit ``folder``/inbox as its midpoint.toml says, score every check of the catalogue against truth.csv, and compare the links and
    outcomes of remitted lines with theirs.

    Returns folder, as_of, claims, checks (a Score each, as a mapping), not_in_catalogue (checks that have errors planted, and no SQL), and
    links and outcomes as `verify_answers` gives them.

    warehouse: a new file to audit in, that stays; by default a temporary one below the folder.
    Raises MidpointError when the folder was not generated, or the warehouse is there already.
    """
    if not (folder / FILE_NAME).is_file() or not (folder / "truth.csv").is_file():
        raise MidpointError(f"{folder}: holds no truth.csv and midpoint.toml; name a folder that midpoint generate has made")
    if warehouse is not None and warehouse.exists():
        raise MidpointError(f"warehouse {warehouse}: is there already; name a new file, for the truth is of this folder alone")
    truth = read_truth(folder / "truth.csv")
    with tempfile.TemporaryDirectory(dir=folder, prefix="verification-") as work:
        made = {"warehouse": warehouse or Path(work) / "midpoint.duckdb", "out": Path(work) / "releases"}
        release = Path(run_job("audit", _settings(folder) | made, progress)["release"]["folder"])
        answers = verify_answers(folder, made["warehouse"])
        statuses = _statuses(release)
        manifest = read_manifest(release)
        return {
            "folder": str(folder),
            "as_of": manifest["as_of_date"],
            "claims": manifest["control_totals"]["claims"],
            "checks": [s.as_mapping() for s in score(truth, _found(release), statuses)],
            "not_in_catalogue": sorted(truth.keys() - statuses.keys()),
            **answers,
        }


def _settings(folder: Path) -> dict[str, object]:
    """The folder's own midpoint.toml, its paths from there; nothing of the environment, which the truth does not know."""
    values = tomllib.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    settings: dict[str, object] = {
        "inbox": tuple(folder / part for part in values["inbox"]),
        "as_of": date.fromisoformat(values["as_of"]),
        "policy": Settings().policy,
    }
    if "reference" in values:
        settings["reference"] = folder / values["reference"]
    return settings


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
