"""Runs that are due, in this process: order, retries, alerts, waiting; files that grow; backfills; the audit's look-back."""

from __future__ import annotations

import logging
import os
import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import MidpointError, WarehouseBusyError
from pipelines.landing.inbox import find, rested
from pipelines.schedule import run as runs
from pipelines.schedule.alerts import PASSWORD, Alert, send
from pipelines.schedule.due import Record
from pipelines.schedule.run import run_due, turn
from pipelines.settings import Schedule, Settings
from pipelines.warehouse import connect, connect_in_turn

NOW = datetime(2026, 7, 20, 12, tzinfo=UTC)
ALERT = Alert("audit", "2026-07-05", 1, 3, True, "step core__claim_line of Dagster's run 0b1c")


def given(folder: Path, schedule: str = "") -> dict[str, object]:
    """A site in the working folder."""
    (folder / "midpoint.toml").write_text(f'inbox = ["inbox"]\n[schedule]\nretry_delay_seconds = 0\n{schedule}')
    return {"warehouse": folder / "m.duckdb", "out": folder / "releases"}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("MIDPOINT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What run_due would run, instead of running it."""
    made: list[tuple[str, dict[str, Any]]] = []

    def run_one(said: dict[str, Any], job: str, progress: object = None) -> str:
        made.append((job, said))
        return "release"

    monkeypatch.setattr(runs, "run_one", run_one)
    return made


def test_everything_due_runs_once_in_order(site: Path, asked: list[tuple[str, dict[str, Any]]]) -> None:
    said = given(site)
    made = run_due(said, now=lambda: NOW)
    assert [(run.job, run.tick, run.outcome, run.release) for run in made] == [
        ("landing", date(2026, 7, 20), "done", "release"),
        ("audit", date(2026, 7, 5), "done", "release"),
        ("education", date(2026, 7, 10), "done", "release"),
    ]
    assert [{k: v for k, v in overrides.items() if k not in said} for _, overrides in asked] == [
        {"unattended": True},
        {"unattended": True, "as_of": "2026-07-05", "lookback_years": 6},
        {"unattended": True},
    ]
    assert run_due(said, now=lambda: NOW) == []
    assert [run.job for run in run_due(said, ("audit",), again=True, now=lambda: NOW)] == ["audit"]
    assert len(asked) == 4


def test_what_fails_is_tried_again_and_told(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = given(site, 'retries = 1\nalert_file = "alerts.log"\n')
    attempts: list[str] = []

    def run_one(_: object, job: str, progress: object = None) -> None:
        attempts.append(job)
        if job == "audit" or attempts == ["landing"]:
            raise MidpointError("837p_SMITH_JOHN.edi: cannot be read")

    monkeypatch.setattr(runs, "run_one", run_one)
    with pytest.raises(MidpointError, match=r"audit of 2026-07-05: 837p_SMITH_JOHN\.edi: cannot be read"):
        run_due(said, now=lambda: NOW)
    assert attempts == ["landing", "landing", "audit", "audit", "education"]
    record = Record(Settings(warehouse=site / "m.duckdb"))
    assert [(run.job, run.outcome) for run in record.runs()] == [
        ("landing", "failed"), ("landing", "done"), ("audit", "failed"), ("audit", "failed"), ("education", "done"),
    ]  # fmt: skip
    told = (site / "alerts.log").read_text()
    assert [line.split("Midpoint: ")[1].split(". ")[0] for line in told.splitlines()] == [
        "the landing of 2026-07-20 failed (attempt 1 of 2)",
        "the audit of 2026-07-05 failed (attempt 1 of 2)",
        "the audit of 2026-07-05 failed (attempt 2 of 2)",
    ]
    assert "SMITH" not in told
    assert ["tried again by itself" in line for line in told.splitlines()] == [True, True, False]
    # it stays due
    with pytest.raises(MidpointError):
        run_due(said, now=lambda: NOW)
    assert attempts[5:] == ["audit", "audit"]


def test_a_second_call_waits_and_finds_nothing_due(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, begun, may_end, made = given(site), threading.Event(), threading.Event(), []

    def run_one(_: object, job: str, progress: object = None) -> None:
        begun.set()
        assert may_end.wait(30)

    monkeypatch.setattr(runs, "run_one", run_one)
    calls = [threading.Thread(target=lambda: made.append(len(run_due(said, ("audit",), now=lambda: NOW)))) for _ in range(2)]
    calls[0].start()
    assert begun.wait(30)
    calls[1].start()
    time.sleep(0.3)
    assert made == []
    may_end.set()
    for call in calls:
        call.join(30)
    assert sorted(made) == [0, 1]


def test_a_run_that_nobody_watches_waits_for_the_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess
    import sys

    settings = Settings(warehouse=tmp_path / "m.duckdb")
    connect(settings.warehouse).close()
    monkeypatch.setattr("pipelines.warehouse.BUSY_SECONDS", 0.1)
    program = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(settings.warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    with pytest.raises(WarehouseBusyError, match="another process has it open"):
        connect_in_turn(settings, 0)  # as the command does
    threading.Timer(1, holder.stdin.close).start()
    started = time.monotonic()
    connect_in_turn(settings, 30).close()
    assert time.monotonic() - started > 0.5
    holder.wait(30)


def test_turns_are_of_one_warehouse(tmp_path: Path) -> None:
    with turn(Settings(warehouse=tmp_path / "a.duckdb")), turn(Settings(warehouse=tmp_path / "b.duckdb")):
        pass
    with pytest.raises(MidpointError, match="cannot be written"), turn(Settings(warehouse=tmp_path / "none" / "a.duckdb")):
        pass


# --- files that are still being written ------------------------------------------------------------


def test_a_file_is_left_alone_until_it_rests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.landing.inbox.LOOK_SECONDS", 0)
    (tmp_path / "new.edi").write_text("x")
    os.utime(tmp_path / "new.edi", (0, 0))  # a copy that kept its old date is new all the same
    found = find([tmp_path])
    assert rested(found, 60) == []
    assert [name for name, _ in rested(found, 0)] == ["new.edi"]
    time.sleep(1.1)
    assert [name for name, _ in rested(found, 1)] == ["new.edi"]
    later = time.time() + 3600
    os.utime(tmp_path / "new.edi", (later, later))
    time.sleep(1.1)
    assert rested(found, 1) == []
    (tmp_path / "new.edi").unlink()
    assert rested(found, 0) == []


def test_a_file_that_changes_between_two_looks_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("grows.edi", "rests.edi"):
        (tmp_path / name).write_text("x")

    def sleep(_: float) -> None:
        with (tmp_path / "grows.edi").open("a") as file:
            file.write("y")

    monkeypatch.setattr("pipelines.landing.inbox.time.sleep", sleep)
    assert [name for name, _ in rested(find([tmp_path]), 0)] == ["rests.edi"]


# --- alerts ----------------------------------------------------------------------------------------


class Mailbox(socketserver.StreamRequestHandler):
    """An SMTP server of few words."""

    received: list[str]

    def handle(self) -> None:
        def say(text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        say("220 mail")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                say("354 go on")
                lines: list[str] = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(text)
                type(self).received.append("\n".join(lines))
            say("221 bye" if word == "QUIT" else "250 ok")


@pytest.fixture
def mailbox() -> Iterator[tuple[int, list[str]]]:
    Mailbox.received = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], Mailbox.received
        server.shutdown()


def test_an_alert_is_logged_written_and_mailed(tmp_path: Path, mailbox: tuple[int, list[str]], caplog: pytest.LogCaptureFixture) -> None:
    port, received = mailbox
    schedule = Schedule(
        alert_file=str(tmp_path / "alerts.log"), alert_email_to="a@example.org, b@example.org", alert_email_from="midpoint@example.org",
        smtp_host="127.0.0.1", smtp_port=port,
    )  # fmt: skip
    with caplog.at_level(logging.ERROR, "midpoint.schedule"):
        assert send(schedule, ALERT) == []
    words = "the audit of 2026-07-05 failed (attempt 1 of 3)"
    assert words in caplog.text
    assert words in (tmp_path / "alerts.log").read_text()
    (mail,) = received
    assert f"Subject: Midpoint: {words}" in mail.replace("\n ", " ")
    assert "It is tried again by itself." in mail.replace("=\n", "")
    assert "To: a@example.org, b@example.org" in mail


def test_a_mail_that_cannot_be_sent_is_told_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD, raising=False)
    base: dict[str, Any] = {"alert_email_to": "a@example.org", "alert_email_from": "b@example.org", "alert_file": str(tmp_path / "log")}
    (trouble,) = send(Schedule(**base, smtp_host="127.0.0.1", smtp_port=1), ALERT)
    assert "could not be mailed (ConnectionRefusedError" in trouble
    assert trouble in (tmp_path / "log").read_text()
    (trouble,) = send(Schedule(alert_file=str(tmp_path / "none" / "log")), ALERT)
    assert "could not be written to alert_file" in trouble


def test_a_password_comes_from_the_environment_and_is_not_sent_in_the_clear(
    mailbox: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    base: dict[str, Any] = {
        "alert_email_to": "a@example.org",
        "alert_email_from": "b@example.org",
        "smtp_port": mailbox[0],
        "smtp_user": "u",
    }
    monkeypatch.delenv(PASSWORD, raising=False)
    (trouble,) = send(Schedule(**base, smtp_host="127.0.0.1"), ALERT)
    assert f"{PASSWORD} is not in the environment" in trouble
    monkeypatch.setenv(PASSWORD, "secret")
    monkeypatch.setattr("pipelines.schedule.alerts.LOCAL", ())
    (trouble,) = send(Schedule(**base, smtp_host="127.0.0.1"), ALERT)
    assert "not sent in the clear" in trouble
    assert "secret" not in trouble
    assert mailbox[1] == []
