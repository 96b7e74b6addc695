"""Settings: where values come from, which one wins, and what is refused in one line."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import MidpointError
from pipelines.settings import Thresholds, load_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("MIDPOINT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write(text: str) -> None:
    Path("midpoint.toml").write_text(text, encoding="utf-8")


def test_defaults() -> None:
    settings = load_settings()
    assert (settings.warehouse, settings.out, settings.policy, settings.as_of) == (
        Path("midpoint.duckdb"),
        Path("releases"),
        "medicare",
        date.today(),
    )
    assert settings.key_file == Path("midpoint.duckdb.key")


def test_later_sources_win(monkeypatch: pytest.MonkeyPatch) -> None:
    write('inbox = ["a", "b"]\nas_of = 2024-01-31\nthreads = 1\nmemory_limit = "1GB"\n[thresholds]\nexpected_minimum_count = 5\n')
    monkeypatch.setenv("MIDPOINT_THREADS", "2")
    monkeypatch.setenv("MIDPOINT_STRICT", "true")
    monkeypatch.setenv("MIDPOINT_CORPUS", "elsewhere")  # not a setting: the tests' own
    settings = load_settings({"threads": 3, "memory_limit": None})
    assert settings.inbox == (Path("a"), Path("b"))
    assert (settings.as_of, settings.threads, settings.memory_limit, settings.strict) == (date(2024, 1, 31), 3, "1GB", True)
    assert settings.thresholds == Thresholds(expected_minimum_count=5)


def test_paths_of_the_file_are_taken_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "midpoint.toml").write_text('warehouse = "w.duckdb"\nkey_file = "/keys/k"\n', encoding="utf-8")
    settings = load_settings(folder=tmp_path / "deep")
    assert (settings.warehouse, settings.key_file) == (tmp_path / "deep" / "w.duckdb", Path("/keys/k"))


def test_the_key_follows_the_warehouse_unless_it_is_named() -> None:
    assert load_settings({"warehouse": "x/y.duckdb"}).key_file == Path("x/y.duckdb.key")
    write('warehouse = "own.duckdb"\nkey_file = "own.key"\n')
    assert load_settings({"warehouse": "x/y.duckdb"}).key_file == Path("own.key")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour = 1", "unknown setting 'colour'; known are inbox"),
        ("[thresholds]\nlow = 1", "unknown threshold 'low'"),
        ("[thresholds]\nexpected_minimum_count = -1", "whole number, 0 or more"),
        ("threads = true", "threads cannot be True; give a whole number"),
        ('as_of = "31.1.2024"', "as_of cannot be '31.1.2024'; give a date as YYYY-MM-DD"),
        ("as_of = 2024-01-31T00:00:00", "as_of cannot be"),
        ("inbox = 3", "inbox cannot be 3"),
        ('inbox = [""]', "inbox cannot be"),
        ("=", "cannot be read as TOML"),
        ('[schedule]\ntime_zone = "Mars/Olympus"', "time_zone cannot be 'Mars/Olympus'; give an IANA name"),
        ('[schedule]\naudit_time = "2:30"', "audit_time cannot be '2:30'; give hours and minutes"),
        ("[schedule]\naudit_day = 32", "audit_day cannot be 32; give a day of the month"),
        ('[schedule]\neducation_months = "1,13"', "education_months cannot be '1,13'"),
        ("[schedule]\nsmtp_starttls = 1", "smtp_starttls must be true or false"),
        ('[schedule]\nalert_email_to = "a@b.example"', "alert_email_to needs alert_email_from"),
        ('[schedule]\nsmtp_password = "x"', "unknown schedule setting 'smtp_password'"),
        ("lookback_years = 101", "lookback_years cannot be 101"),
    ],
)
def test_what_is_wrong_is_one_line(text: str, told: str) -> None:
    write(text)
    with pytest.raises(MidpointError) as error:
        load_settings()
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_the_look_back_ends_with_the_as_of_date() -> None:
    assert load_settings().service_from is None
    settings = load_settings({"as_of": date(2024, 2, 29), "lookback_years": 6})
    assert (settings.service_from, settings.mature_date) == (date(2018, 2, 28), date(2023, 12, 1))


def test_telemetry_is_off() -> None:
    assert os.environ["DAGSTER_DISABLE_TELEMETRY"] == "yes"
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
