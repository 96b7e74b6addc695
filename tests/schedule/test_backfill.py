"""A backfill gives what single audits of the same days give, byte for byte; and `current` never goes back by itself."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from expectations import gate
from pipelines.assets.run import run_job
from pipelines.errors import MidpointError
from pipelines.schedule.due import Record
from pipelines.schedule.run import backfill
from pipelines.settings import load_settings

SAMPLES = Path(__file__).parents[2] / "data_samples" / "inbox"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expectations pass unseen: they have tests of their own."""

    def validate(_: object, suite: gate.Suite) -> list[gate.Result]:
        return [gate.Result(suite.table, e, "passed", 0, "") for e in suite.expectations]

    monkeypatch.setattr(gate, "validate", validate)


def site(folder: Path) -> dict[str, object]:
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    for name in ("837p_medicare_2025-04.edi", "acp_documentation.csv"):
        shutil.copy(SAMPLES / name, inbox / name)
    return {"inbox": (inbox,), "warehouse": folder / "m.duckdb", "out": folder / "releases"}


def test_a_backfill_is_its_single_audits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "midpoint.toml").write_text("[schedule]\naudit_day = 31\nstable_seconds = 0\n")
    ours, theirs = site(tmp_path / "backfill"), site(tmp_path / "single")
    later = tmp_path / "backfill" / "releases" / "2026-06-30-0123456789ab"
    later.mkdir(parents=True)
    (later.parent / "current").symlink_to(later.name)
    made = list(backfill(ours, date(2026, 2, 1), date(2026, 3, 1)))
    assert [(run.tick, run.outcome, run.started_by) for run in made] == [
        (date(2026, 2, 28), "done", "backfill"),
        (date(2026, 3, 31), "done", "backfill"),
    ]
    assert (later.parent / "current").resolve() == later
    for run in made:
        single = run_job("audit", {**theirs, "as_of": run.tick, "lookback_years": 6})
        folder = Path(single["release"]["folder"])
        assert folder.name == run.release
        assert (folder.parent / "current").resolve() == folder
        same = later.parent / folder.name
        assert (same / "finding.csv").read_bytes() == (folder / "finding.csv").read_bytes()
        assert (same / "finding.csv").read_text().count("\n") > 1
    assert Record(load_settings(ours)).done("audit") == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [(date(2026, 3, 1), date(2026, 2, 1), "there is no month in it"), (date(2026, 3, 1), date(2999, 1, 1), "2999-01-05 has not come yet")],
)
def test_months_that_cannot_be_audited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: date, last: date, why: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MidpointError, match=why):
        list(backfill(site(tmp_path), first, last))
    assert not (tmp_path / "m.duckdb").exists()
