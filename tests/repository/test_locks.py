"""The locks: each list of requirements has one, in step with it, with hashes, and no lock names a host."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTS = sorted(ROOT.glob("requirements*.in")) + sorted(ROOT.glob("*/requirements*.in"))


def pins(path: Path) -> dict[str, str]:
    """Package → version, for every `name[extra]==version` line."""
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\\n]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {name.lower().replace("_", "-"): version for name, version in found}


def test_the_makefile_locks_every_list() -> None:
    locked = re.search(r"^LOCKS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert locked is not None
    assert {ROOT / lock for lock in locked[1].split()} == {path.with_suffix(".txt") for path in LISTS}


@pytest.mark.parametrize("path", LISTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_lock_holds_its_list_with_hashes_and_no_host(path: Path) -> None:
    wanted = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith(("#", "-"))]
    assert len(pins(path)) == len(wanted), "every line of the list is pinned with =="
    lock = path.with_suffix(".txt")
    locked = pins(lock)
    assert pins(path).items() <= locked.items()
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_locks_agree_where_they_meet() -> None:
    run = pins(ROOT / "requirements.txt")
    for path in LISTS:
        other = pins(path.with_suffix(".txt"))
        assert {name: version for name, version in other.items() if run.get(name, version) != version} == {}


def test_the_build_needs_nothing_that_is_not_locked() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    assert set(build) <= pins(ROOT / "requirements.txt").keys()
