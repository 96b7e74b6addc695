"""What all tests share: the command, and that Hypothesis draws the same examples in every run and a slow machine is no failure."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.command import Command, Done

settings.register_profile("midpoint", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("midpoint")

# The public files lie outside the project; without them there is nothing to collect.
collect_ignore = [] if os.environ.get("MIDPOINT_CORPUS") else ["test_corpus.py"]


@pytest.fixture
def midpoint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """The command, called in this process from an empty working folder."""
    from pipelines.cli import main

    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MIDPOINT_")]:
        monkeypatch.delenv(name)

    def call(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["midpoint", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return call
