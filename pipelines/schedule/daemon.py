"""Dagster's daemon and page for the schedule: its home beside the warehouse, with a queue of one run at a time, and its processes.

What does not belong here: schedules and sensors themselves (ticks).
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import MidpointError
from pipelines.settings import Settings

MODULE = "pipelines.definitions"
STOP_SECONDS = 30
# What a run does is Dagster's own business until it ends; a run that is left over from a machine that went down never would.
LOST = "the machine or the daemon stopped in mid-run"

YAML = """\
# Written by midpoint schedule daemon, once; change it as you like.
telemetry:
  enabled: false
nux:
  enabled: false
# One run at a time: a second one waits in the queue, for the warehouse has one writer.
concurrency:
  runs:
    max_concurrent_runs: 1
# How often a failed run is tried again is said by each run (retries in midpoint.toml).
run_retries:
  enabled: true
  max_retries: 0
# Nothing is sent anywhere: the instance is SQLite files in this folder. Days that looks of sensors and schedules are kept:
retention:
  schedule:
    purge_after_days: {skipped: 30, success: 1095, failure: 1095, started: 1095}
  sensor:
    purge_after_days: {skipped: 2, success: 365, failure: 365, started: 365}
"""


def make_home(settings: Settings, home: Path | None = None) -> Path:
    """Dagster's home (default: <warehouse>.dagster), readable by its owner alone, with a dagster.yaml where there is none yet."""
    folder = (home or settings.warehouse.with_name(settings.warehouse.name + ".dagster")).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / "dagster.yaml").exists():
            (folder / "dagster.yaml").write_text(YAML, encoding="utf-8")
    except OSError as error:
        raise MidpointError(f"{folder}: cannot be written ({error.strerror}); name another folder with --home") from error
    return folder


def serve(home: Path, port: int | None) -> None:
    """Run the daemon, and the page on 127.0.0.1:port, until stopped or until one of them ends. port None: no page.

    Raises MidpointError when the home is in use, or a process ended by itself.
    """
    programs = [["dagster-daemon", "run", "-m", MODULE]]
    if port is not None:
        programs.append(["dagster-webserver", "-m", MODULE, "-h", "127.0.0.1", "-p", str(port)])
    folder = Path(sys.executable).parent
    environment = os.environ | {"DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "yes"}
    with _alone(home):
        end_lost_runs(home)
        running = [subprocess.Popen([str(folder / name), *options], env=environment) for name, *options in programs]
        try:
            while all(process.poll() is None for process in running):
                time.sleep(1)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
    ended = next(program[0] for program, process in zip(programs, running, strict=True) if process.returncode is not None)
    raise MidpointError(f"{ended} ended by itself; what it said stands above")


def end_lost_runs(home: Path) -> int:
    """Runs that were under way when the machine went down are failed, so that they free the queue and are tried again; returns how many."""
    import dagster as dg

    with dg.DagsterInstance.from_config(str(home)) as instance:
        under_way = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
        lost = instance.get_runs(dg.RunsFilter(statuses=under_way))
        for run in lost:
            instance.report_run_failed(run, LOST)
    return len(lost)


@contextmanager
def _alone(home: Path) -> Generator[None]:
    handle = os.open(home / "daemon.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise MidpointError(f"{home}: a daemon runs there already; stop it first, or name another folder with --home") from error
    finally:
        os.close(handle)
