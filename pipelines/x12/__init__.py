"""X12 bytes to tables (837P, 837I, 835). Knows no DuckDB and no billing rule.

Compiled kernels are cached in a folder named after the hash of this package's sources: a kernel takes constants and helpers
from its neighbours, and Numba's own cache looks at one file alone, so an update could otherwise run yesterday's machine code.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from numba.core import config


def _cache_folder() -> str:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    tag = digest.hexdigest()[:16]
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for base in (home, Path(tempfile.gettempdir()) / f"midpoint-{os.getuid() if hasattr(os, 'getuid') else 'user'}"):
        folder = base / "midpoint" / f"x12-{tag}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return str(folder)
    return ""


config.CACHE_DIR = os.environ.get("NUMBA_CACHE_DIR") or _cache_folder()  # pyright: ignore[reportAttributeAccessIssue]  # set at run time
