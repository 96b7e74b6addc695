"""Whether the warehouse and the releases can be written where the settings say: asked before minutes of work, not after.

What does not belong here: making either of them (warehouse, release.publish). Nothing is left behind by asking.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipelines.errors import MidpointError


def check_warehouse(path: Path) -> None:
    """Raises MidpointError where ``path`` cannot be a warehouse: a folder, a device, or in a folder that is missing or read-only."""
    if path.is_dir():
        raise MidpointError(f"warehouse {path}: is a folder; name a file, as {path / 'midpoint.duckdb'}, with --warehouse")
    if path.exists() and not path.is_file():
        raise MidpointError(f"warehouse {path}: is not an ordinary file; name one, as midpoint.duckdb, with --warehouse")
    if not path.parent.is_dir():
        raise MidpointError(
            f"warehouse {path}: cannot be written, for there is no folder {path.parent}; make it, or name another with --warehouse"
        )
    if reason := _why_not_written(path.parent):
        raise MidpointError(f"warehouse {path}: cannot be written ({reason}); name a file in a writable folder with --warehouse")


def check_out(out: Path) -> None:
    """Raises MidpointError where ``out`` cannot become, or is not, a folder to publish in."""
    there = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not there.is_dir():
        raise MidpointError(f"releases {out}: {there} is not a folder; name another folder with --out")
    if reason := _why_not_written(there):
        raise MidpointError(f"releases {out}: cannot be written ({reason}); name another folder with --out")
    current = out / "current"
    if current.exists() and not current.is_symlink():
        raise MidpointError(
            f"releases {out}: {current} is in the way, for the link to the newest release has that name; move it, or name another"
            " folder with --out"
        )


def _why_not_written(folder: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"midpoint")
    except OSError as error:
        return error.strerror or str(error)
    return None
