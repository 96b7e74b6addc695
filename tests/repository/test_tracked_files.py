"""What may not stand in a tracked file: paths of somebody's machine, and files that hold or open patient data."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MACHINE_PATH = re.compile(r"(?:^|[^A-Za-z0-9._-])/(?:root|home|Users|work|farm)/\w", re.MULTILINE)
UNTRACKED_FOLDERS = {"releases", "__pycache__"}


def tracked_files() -> list[Path]:
    """The files that git has or would add; in a copy without git, all but hidden and made ones."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    found: list[Path] = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in UNTRACKED_FOLDERS and (f == ".ci" or not f.startswith("."))]
        found.extend(Path(folder, name) for name in names if not name.endswith((".duckdb", ".wal", ".key")))
    return found


def test_no_path_of_a_machine() -> None:
    files = tracked_files()
    assert ROOT / "Makefile" in files
    hits = {
        path.relative_to(ROOT).as_posix(): match.group()
        for path in files
        if (match := MACHINE_PATH.search(path.read_bytes().decode("utf-8", errors="replace")))
    }
    assert hits == {}


def test_no_warehouse_or_key() -> None:
    assert [path.name for path in tracked_files() if path.name.endswith((".duckdb", ".duckdb.wal", ".key"))] == []
