"""Where chromium is and how it is started, for the browser tests and the screenshots. The dashboards themselves need neither.

What does not belong here: installing it (Makefile).
"""

from __future__ import annotations

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Quiet, without sandbox (which root in a container has none of), and without a request of its own.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The path of the first chromium on the PATH; None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
