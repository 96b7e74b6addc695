"""A quarter with Dagster's own daemon, its queue and its processes, by a clock that jumps: the history is right at the end of it.

Files arrive, audits run on their days, one fails and is tried again, the machine is off on one day and catches up once, education ends it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
import pytest

from pipelines.schedule.daemon import end_lost_runs, make_home
from pipelines.schedule.due import Record, Run
from pipelines.settings import Settings, load_settings
from pipelines.summary import read_manifest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "quarter"
SAMPLES = ROOT / "data_samples" / "inbox"
SETTINGS = """\
inbox = ["inbox"]
warehouse = "midpoint.duckdb"
out = "releases"
threads = 1
[schedule]
landing_time = ""
retries = 1
retry_delay_seconds = 4
stable_seconds = 2
look_seconds = 2
education_months = "9"
education_period_months = 12
alert_file = "alerts.log"
"""
PATIENCE = 300  # seconds; a few where nothing else runs on the machine


class Site:
    """A folder with settings, an inbox and Dagster's home; its daemon's clock; what is known of its runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shift, self.said = folder, folder / "shift", folder / "daemon.log"
        (folder / "inbox").mkdir()
        (folder / "midpoint.toml").write_text(SETTINGS)
        self.settings: Settings = load_settings(folder=folder)
        self.home = make_home(self.settings)
        self.record = Record(self.settings)
        self.instance = dg.DagsterInstance.from_config(str(self.home))

    def set_clock(self, text: str) -> None:
        moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"))
        fresh = self.shift.with_suffix(".new")
        fresh.write_text(str(moment.timestamp() - time.time()))
        fresh.replace(self.shift)

    @contextmanager
    def daemon(self) -> Iterator[None]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MIDPOINT_")}
        environment |= {"DAGSTER_HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(HERE / "daemon.py"), str(self.shift), "run", "-f", str(HERE / "definitions.py")]
        with self.said.open("a") as said:
            process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=said, stderr=said, start_new_session=True)
        try:
            self.wait(lambda: process.poll() is not None or self.is_looking(), "the daemon to look at schedules")
            yield
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            finally:
                with suppress_lookup():
                    os.killpg(process.pid, signal.SIGKILL)

    def is_looking(self) -> bool:
        seen = {state.instigator_name for state in self.instance.all_instigator_state()}
        return {"monthly_audit", "quarterly_education", "inbox", "record_done", "record_failed"} <= seen

    def wait(self, came: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + PATIENCE
        while not came():
            if time.monotonic() > until:
                pytest.fail(f"waited in vain for {what}; the daemon said:\n{self.said.read_text()[-6000:]}")
            time.sleep(0.5)

    def history(self) -> list[tuple[str, str, str]]:
        return [(run.job, run.tick.isoformat(), run.outcome) for run in self.record.runs()]

    def statuses(self, job: str) -> list[str]:
        return [run.status.value for run in reversed(self.instance.get_runs(dg.RunsFilter(job_name=job)))]


@contextmanager
def suppress_lookup() -> Iterator[None]:
    with suppress(ProcessLookupError):
        yield


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """In memory where there is such a place: Dagster's SQLite syncs each of some thousand events to disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        yield Site(Path(folder))


def copy(site: Site, *patterns: str) -> None:
    for pattern in patterns:
        for path in SAMPLES.glob(pattern):
            shutil.copy(path, site.folder / "inbox" / path.name)


def test_a_quarter(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.folder)
    started = time.monotonic()

    def passed(what: str) -> None:
        print(f"{time.monotonic() - started:5.0f} s  {what}")

    first = sorted(SAMPLES.glob("837p*.edi"))[0]
    whole = first.read_bytes()
    site.set_clock("2026-07-04T12:00:00")
    before = datetime(2025, 9, 10, 12, tzinfo=UTC)
    site.record.add(Run("education", before.date(), "done", before, before, "command"))
    with site.daemon():
        passed("daemon up")
        # A file that grows for some seconds is landed once, whole.
        with (site.folder / "inbox" / "claims.edi").open("wb") as file:
            for start in range(0, len(whole), len(whole) // 8 + 1):
                file.write(whole[start : start + len(whole) // 8 + 1])
                file.flush()
                time.sleep(0.5)
        site.wait(lambda: site.statuses("ingest") == ["SUCCESS"], "the landing of the first file")
        passed("landed")
        with duckdb.connect(str(site.settings.warehouse), read_only=True) as con:
            assert con.execute("select path, bytes from raw.file").fetchall() == [("claims.edi", len(whole))]
        # On its day, at its time.
        site.set_clock("2026-07-05T02:29:57")
        site.wait(lambda: ("audit", "2026-07-05", "done") in site.history(), "the audit of July")
        passed("July")
        # One fails and is tried again: somebody put a wrong file into the reference folder, and takes it away.
        wrong = site.folder / "reference" / "nonsense.csv"
        wrong.parent.mkdir()
        wrong.write_text("a,b\n")
        site.set_clock("2026-08-05T02:30:01")
        site.wait(lambda: "FAILURE" in site.statuses("audit"), "the audit of August to fail")
        shutil.rmtree(wrong.parent)
        passed("August failed")
        site.wait(lambda: ("audit", "2026-08-05", "done") in site.history(), "the audit of August to be tried again")
        passed("August")
    # Off from August to after the day of September; files have come meanwhile. On again: once, as of the day that was missed.
    copy(site, "835*.edi")
    site.set_clock("2026-09-08T10:15:00")
    end_lost_runs(site.home)
    with site.daemon():
        site.wait(lambda: ("audit", "2026-09-05", "done") in site.history(), "the audit of September to be caught up")
        passed("September")
        site.wait(lambda: site.statuses("ingest") == ["SUCCESS", "SUCCESS"], "the files that came while it was off")
        site.set_clock("2026-09-10T04:30:01")
        site.wait(lambda: ("education", "2026-09-10", "done") in site.history(), "education")
        passed("education")
    # The history, as the schedule remembers it and as Dagster does.
    assert site.history() == [
        ("education", "2025-09-10", "done"),
        ("audit", "2026-07-05", "done"),
        ("audit", "2026-08-05", "failed"),
        ("audit", "2026-08-05", "done"),
        ("audit", "2026-09-05", "done"),
        ("education", "2026-09-10", "done"),
    ]
    assert site.statuses("audit") == ["SUCCESS", "FAILURE", "SUCCESS", "SUCCESS"]
    failed, again = sorted(
        (run for run in site.instance.get_runs() if run.tags.get("midpoint/tick") == "2026-08-05"), key=lambda run: run.status.value
    )
    assert (again.parent_run_id, failed.tags["dagster/will_retry"]) == (failed.run_id, "true")
    # One at a time.
    spans = sorted(
        (stats.start_time, stats.end_time) for stats in (site.instance.get_run_stats(run.run_id) for run in site.instance.get_runs())
    )
    assert all(end <= start for (_, end), (start, _) in pairwise(spans)), spans
    # A release a month, of its scheduled day and its look-back; the record names it; education lies in the newest.
    published = {path.parent.name: read_manifest(path.parent) for path in site.settings.out.glob("2*/manifest.json")}
    assert sorted((m["as_of_date"], m["service_from_date"]) for m in published.values()) == [
        ("2026-07-05", "2020-07-05"),
        ("2026-08-05", "2020-08-05"),
        ("2026-09-05", "2020-09-05"),
    ]
    assert {run.release for run in site.record.runs() if run.job == "audit" and run.outcome == "done"} == published.keys()
    newest = (site.settings.out / "current").resolve()
    assert newest.name.startswith("2026-09-05")
    assert (newest / "education" / "education.csv").is_file()
    # One alert, with nothing of the files in it.
    (alert,) = (site.folder / "alerts.log").read_text().splitlines()
    assert "the audit of 2026-08-05 failed (attempt 1 of 2). It is tried again by itself." in alert
    assert "nonsense" not in alert
    # What Dagster keeps of its looks at the inbox names no file.
    looks = [tick for state in site.instance.all_instigator_state() if state.instigator_name == "inbox"
             for tick in site.instance.get_ticks(state.instigator_origin_id, state.selector_id)]  # fmt: skip
    told = " ".join(f"{tick.cursor} {tick.run_keys} {tick.skip_reason}" for tick in looks)
    assert looks
    assert "claims" not in told
    assert ".edi" not in told
