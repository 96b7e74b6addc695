"""`midpoint schedule`: what it shows, the units that it writes, and Dagster's side of it: definitions, ticks, home."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml

from pipelines.definitions import build_definitions
from pipelines.schedule.daemon import LOST, end_lost_runs, make_home
from pipelines.schedule.due import Record, Run
from pipelines.schedule.install import units
from pipelines.settings import Schedule, Settings, load_settings
from tests.command import Command

NEW_YORK = ZoneInfo("America/New_York")


def test_show_as_words_and_json(midpoint: Command, tmp_path: Path) -> None:
    Path("midpoint.toml").write_text('[schedule]\ntime_zone = "UTC"\neducation_time = ""\n')
    said = midpoint("schedule", "show")
    assert said.code == 0
    assert "Landing         due since" in said.out
    assert "Education       has no time, so it never runs" in said.out
    assert "services of 6 years up to the as-of date" in said.out
    shown = json.loads(midpoint("schedule", "show", "--json").out)
    assert [job["job"] for job in shown["jobs"]] == ["landing", "audit", "education"]
    assert shown["jobs"][2]["due"] is None
    assert list(tmp_path.iterdir()) == [tmp_path / "midpoint.toml"]


def test_a_wrong_setting_is_one_line(midpoint: Command) -> None:
    Path("midpoint.toml").write_text('[schedule]\ntime_zone = "Mars/Olympus"\n')
    said = midpoint("schedule", "run")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "give an IANA name" in said.err


def test_nothing_is_due(midpoint: Command) -> None:
    Path("midpoint.toml").write_text('inbox = ["inbox"]\n[schedule]\nlanding_time = ""\naudit_time = ""\neducation_time = ""\n')
    assert midpoint("schedule", "run").out == "Nothing is due. Next: nothing, for no job has a time.\n"
    assert midpoint("schedule", "run", "--again").code == 2


def test_units_are_such_that_systemd_and_cron_take_them(midpoint: Command, tmp_path: Path) -> None:
    Path("midpoint.toml").write_text('inbox = ["inbox"]\n[schedule]\ntime_zone = "America/Chicago"\neducation_time = "02:30"\n')
    said = midpoint("schedule", "install", "--dir", "units")
    assert said.code == 0
    assert "sudo systemctl enable --now midpoint-schedule.timer" in said.out
    folder = tmp_path / "units"
    timer = (folder / "midpoint-schedule.timer").read_text()
    assert [line for line in timer.splitlines() if line.startswith("OnCalendar=")] == [
        "OnCalendar=*-*-* 01:30:00 America/Chicago",
        "OnCalendar=*-*-* 02:30:00 America/Chicago",
    ]
    assert "Persistent=true" in timer
    if shutil.which("systemd-analyze"):
        for kind in ("service", "timer"):
            done = subprocess.run(
                ["systemd-analyze", "verify", str(folder / f"midpoint-schedule.{kind}")], capture_output=True, text=True, cwd=folder
            )
            assert (done.returncode, done.stderr) == (0, "")


def test_odd_folders_are_quoted(tmp_path: Path) -> None:
    odd = tmp_path / "100% of $it's"
    odd.mkdir()
    texts = units(Schedule(), odd, is_user=True)
    assert f"WorkingDirectory={tmp_path}/100%% of $it's\n" in texts["midpoint-schedule.service"]
    assert "User=" not in texts["midpoint-schedule.service"]
    (line,) = [line for line in texts["midpoint-schedule.cron"].splitlines() if not line.startswith("#")]
    command = line.split(" ", 5)[5].replace("\\%", "%").split(" && ")[0]  # as cron hands it to the shell
    done = subprocess.run(["sh", "-c", f"{command} && pwd"], capture_output=True, text=True)
    assert done.stdout.strip() == str(odd)


def test_install_wants_an_inbox_and_a_job(midpoint: Command) -> None:
    assert "set inbox in midpoint.toml" in midpoint("schedule", "install").err
    Path("midpoint.toml").write_text('inbox = ["inbox"]\n[schedule]\nlanding_time = ""\naudit_time = ""\neducation_time = ""\n')
    assert "no job has a time" in midpoint("schedule", "install").err


def test_a_tick_of_dagster_asks_what_is_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("midpoint.toml").write_text('[schedule]\naudit_day = 31\nretries = 3\nlanding_time = ""\n')
    definitions = build_definitions()
    dg.Definitions.validate_loadable(definitions)
    schedules = {schedule.name: schedule for schedule in definitions.schedules or ()}
    assert set(schedules) == {"monthly_audit", "quarterly_education"}
    audit = schedules["monthly_audit"]
    assert isinstance(audit, dg.ScheduleDefinition)
    assert (audit.cron_schedule, audit.execution_timezone) == ("30 2 * * *", "America/New_York")
    repository, record = definitions.get_repository_def(), Record(load_settings())

    def tick(day: str) -> list[dg.RunRequest]:
        moment = datetime.fromisoformat(f"{day}T02:30").replace(tzinfo=NEW_YORK)
        return list(
            audit.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=moment, repository_def=repository)).run_requests or ()
        )

    (asked,) = tick("2027-02-28")
    assert asked.run_key == "audit-2027-02-28-0"
    assert asked.run_config["resources"]["warehouse"]["config"] == {"unattended": True, "as_of": "2027-02-28", "lookback_years": 6}
    assert asked.tags.items() >= {"midpoint/tick": "2027-02-28", "dagster/max_retries": "3", "dagster/retry_strategy": "ALL_STEPS"}.items()
    # missed for a week: the same run is asked for, and Dagster starts one run a key
    assert [request.run_key for request in tick("2027-03-06")] == ["audit-2027-02-28-0"]
    moment = datetime(2027, 3, 1, tzinfo=NEW_YORK)
    record.add(Run("audit", moment.date().replace(month=2, day=28), "failed", moment, moment, "dagster", None, "a"))
    assert [request.run_key for request in tick("2027-03-06")] == ["audit-2027-02-28-1"]
    record.add(Run("audit", moment.date().replace(month=2, day=28), "done", moment, moment, "dagster", None, "b"))
    assert tick("2027-03-07") == []


def test_the_home_of_dagster_is_its_owners_and_sends_nothing(tmp_path: Path) -> None:
    home = make_home(Settings(warehouse=tmp_path / "m.duckdb"))
    assert home.stat().st_mode & 0o777 == 0o700
    made = yaml.safe_load((home / "dagster.yaml").read_text())
    assert made["telemetry"] == {"enabled": False}
    assert made["concurrency"]["runs"]["max_concurrent_runs"] == 1
    (home / "dagster.yaml").write_text("telemetry:\n  enabled: false\n# mine\n")
    make_home(Settings(warehouse=tmp_path / "m.duckdb"))
    assert "# mine" in (home / "dagster.yaml").read_text()
    assert os.environ["DAGSTER_DISABLE_TELEMETRY"] == "yes"


def test_a_run_that_the_machine_lost_is_failed_when_it_starts_again(tmp_path: Path) -> None:
    home = make_home(Settings(warehouse=tmp_path / "m.duckdb"))

    @dg.job
    def empty() -> None: ...

    with dg.DagsterInstance.from_config(str(home)) as instance:
        lost = instance.create_run_for_job(empty, status=dg.DagsterRunStatus.STARTED)
        waiting = instance.create_run_for_job(empty, status=dg.DagsterRunStatus.NOT_STARTED)
    assert end_lost_runs(home) == 1
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.get_run_by_id(lost.run_id).status is dg.DagsterRunStatus.FAILURE
        assert instance.get_run_by_id(waiting.run_id).status is dg.DagsterRunStatus.NOT_STARTED
        assert LOST in " ".join(str(entry.message) + entry.user_message for entry in instance.all_logs(lost.run_id))
