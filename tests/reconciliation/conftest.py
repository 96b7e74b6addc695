"""The samples, landed, audited and published once; a test that tampers works on copies of the warehouse file and the release."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from expectations import gate
from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.runner import run_checks
from pipelines.denials.definitions import build_units
from pipelines.landing.land import land
from pipelines.reconciliation.runner import reconcile_warehouse
from pipelines.reconciliation.verify import verify
from pipelines.release.publish import publish
from pipelines.settings import Settings
from pipelines.warehouse import build_room, connect, load_reference, set_parameters

INBOX = Path(__file__).parents[2] / "data_samples" / "inbox"


class Audited(NamedTuple):
    """A warehouse file and a release of it."""

    warehouse: Path
    release: Path

    def change(self, sql: str) -> None:
        with connect(self.warehouse) as con:
            con.execute(sql)

    def verify(self) -> dict[str, Any]:
        with connect(self.warehouse, read_only=True) as con:
            return verify(con, self.release, 1000)

    def differing(self) -> dict[str, dict[str, Any]]:
        """The identities that differ, by name."""
        return {i["identity"]: i for i in self.verify()["identities"] if i["differing_count"]}


def audit(folder: Path, inbox: Path) -> Audited:
    """What the audit job does, without Dagster and Great Expectations."""
    settings = Settings(warehouse=folder / "w.duckdb", out=folder / "releases", as_of=date(2026, 6, 30))
    with connect(settings.warehouse) as con:
        land(con, settings, [inbox])
        load_reference(con)
        set_parameters(con, settings)
        build_room(con, "core")
        run_checks(con, settings, load_catalogue())
        build_units(con)
        build_room(con, "mart")
        reconcile_warehouse(con)
        gate.store(con, [gate.Result("raw.claim", gate.Expectation(1, "x", "x", True, {}), "passed", 0, None)])
        return Audited(settings.warehouse, publish(con, settings))


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """Never changed."""
    return audit(tmp_path_factory.mktemp("samples"), INBOX)


@pytest.fixture
def copy(samples: Audited, tmp_path: Path) -> Audited:
    """To be tampered with."""
    made = Audited(tmp_path / "w.duckdb", tmp_path / "releases" / "current")
    shutil.copy(samples.warehouse, made.warehouse)
    shutil.copytree(samples.release, made.release)
    return made


@pytest.fixture
def audited(tmp_path: Path) -> Callable[..., Audited]:
    """Audits files given by name and content."""

    def made(**contents: bytes) -> Audited:
        inbox = tmp_path / "inbox"
        inbox.mkdir()
        for name, content in contents.items():
            (inbox / f"{name}.edi").write_bytes(content)
        return audit(tmp_path, inbox)

    return made
