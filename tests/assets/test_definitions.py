"""The Dagster definitions: lineage, checks, errors, and that Dagster's own commands give what the command gives."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from expectations import gate
from pipelines.assets.expectations import check_result
from pipelines.assets.run import run_job
from pipelines.assets.warehouse import asset_key
from pipelines.definitions import build_definitions
from pipelines.errors import MidpointError
from pipelines.warehouse import connect, models

ROOT = Path(__file__).parents[2]
INBOX = ROOT / "data_samples" / "inbox"


@pytest.fixture(scope="module")
def graph() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return build_definitions().resolve_asset_graph()


def parents(graph: Any, table: str) -> set[str]:
    return {".".join(key.path) for key in graph.get(asset_key(table)).parent_keys}


def test_lineage_is_that_of_the_sql(graph: Any) -> None:
    for room in ("core", "mart"):
        for model in models(room):
            assert parents(graph, model.table) == set(model.depends_on), model.table


def test_every_table_that_sql_reads_is_an_asset(graph: Any) -> None:
    for key in graph.get_all_asset_keys():
        assert graph.get(key).is_materializable, f"{key.to_user_string()} is read but nothing makes it"


def test_everything_is_described(graph: Any) -> None:
    assert [key for key in graph.get_all_asset_keys() if not graph.get(key).description] == []


def test_the_release_waits_for_everything(graph: Any) -> None:
    assert graph.get(dg.AssetKey("release")).parent_keys == graph.get_all_asset_keys() - {dg.AssetKey("release")}


def test_each_expectation_is_a_check(graph: Any) -> None:
    specs = {(".".join(key.asset_key.path), key.name): graph.get_check_spec(key).blocking for key in graph.asset_check_keys}
    assert specs == {(suite.table, e.name): e.is_critical for suite in gate.suites() for e in suite.expectations}


@pytest.mark.parametrize(
    ("critical", "status", "passed", "severity"),
    [
        (True, "passed", True, dg.AssetCheckSeverity.ERROR),
        (True, "failed", False, dg.AssetCheckSeverity.ERROR),
        (False, "failed", False, dg.AssetCheckSeverity.WARN),
    ],
)
def test_results_as_dagster_shows_them(critical: bool, status: str, passed: bool, severity: dg.AssetCheckSeverity) -> None:
    result = check_result(gate.Result("raw.claim", gate.Expectation(1, "x", "x", critical, {}), status, None, None))
    assert (result.passed, result.severity, result.asset_key) == (passed, severity, asset_key("raw.claim"))


def overrides(folder: Path) -> dict[str, object]:
    folder.mkdir(exist_ok=True)
    return {"inbox": (str(INBOX),), "warehouse": folder / "w.duckdb", "out": folder / "releases", "as_of": "2026-06-30"}


def gate_says(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate, without Great Expectations: every expectation of raw.claim ends so, all others pass."""

    def validate(_: object, suite: gate.Suite) -> list[gate.Result]:
        return [gate.Result(suite.table, e, status if suite.table == "raw.claim" else "passed", 0, "why") for e in suite.expectations]

    monkeypatch.setattr(gate, "validate", validate)


def test_a_critical_failure_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate_says("failed", monkeypatch)
    with pytest.raises(MidpointError, match=r"critical expectations not met.*raw/claim: .*key_is_unique.*nothing was published"):
        run_job("audit", overrides(tmp_path))
    assert not (tmp_path / "releases").exists()


def test_an_expectation_that_cannot_be_evaluated_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate_says("error", monkeypatch)
    with pytest.raises(MidpointError, match=r"raw\.claim: expectation key_is_unique could not be evaluated: why"):
        run_job("audit", overrides(tmp_path))


def test_steps_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate_says("passed", monkeypatch)
    told: list[tuple[str, int, int]] = []
    made = run_job("ingest", overrides(tmp_path), lambda *step: told.append(step))
    assert made["raw.claim"]["dagster/row_count"] > 0
    assert told[0][0] == "landing"
    assert told[-1][1] == told[-1][2] > 1  # all done


@pytest.mark.parametrize(("inbox", "why"), [((), "no inbox"), (("nosuch",), "nosuch: no such file"), ((".",), "there is no file in it")])
def test_an_inbox_without_files_is_told_and_leaves_nothing_behind(tmp_path: Path, inbox: tuple[str, ...], why: str) -> None:
    given = {**overrides(tmp_path), "inbox": tuple(tmp_path / name for name in inbox)}
    with pytest.raises(MidpointError, match=why):
        run_job("ingest", given)
    assert list(tmp_path.iterdir()) == []


def test_an_asset_that_fails_says_so_in_its_own_words(tmp_path: Path) -> None:
    connect(tmp_path / "w.duckdb").close()
    with pytest.raises(MidpointError, match="no inbox"):
        run_job("ingest", {**overrides(tmp_path), "inbox": ()})


def test_materialise_all_gives_what_the_command_gives(tmp_path: Path) -> None:
    """Dagster's own command, its own instance; and the job as the command runs it: the same release, byte for byte.

    With one key, for the keys of patients and days in a release are made with it.
    """
    key = {"key_file": tmp_path / "one.key"}
    made = run_job("audit", overrides(tmp_path / "command") | key)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    values = {f"MIDPOINT_{name.upper()}": str(value) for name, value in (overrides(tmp_path / "page") | key).items() if name != "inbox"}
    environment = os.environ | values | {"MIDPOINT_INBOX": str(INBOX), "DAGSTER_HOME": str(tmp_path / "home")}
    command = [str(Path(sys.executable).with_name("dagster")), "asset", "materialize", "--select", "*", "-m", "pipelines.definitions"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert not [line for line in done.stderr.splitlines() if "Warning" in line and "site-packages" not in line]
    ours, theirs = Path(made["release"]["folder"]), (tmp_path / "page" / "releases" / "current").resolve()
    assert ours.name == theirs.name
    for path in ours.iterdir():
        if path.name != "manifest.json":  # which tells when it was made
            assert path.read_bytes() == (theirs / path.name).read_bytes(), path.name
