"""The server: the application behind waitress, on 127.0.0.1 and nowhere else.

What does not belong here: anything that is shown.
"""

from __future__ import annotations

import gc
import threading
import webbrowser
from pathlib import Path

import waitress

from dashboards.app import make_app

HOST = "127.0.0.1"
THREADS = 3  # more would only share the same two cores: each view would wait for all the others


def serve(releases: Path, release: str | None = None, port: int = 8050, open_browser: bool = True, reviews: Path | None = None) -> None:
    """Serve until stopped. port 0 takes a free one.

    Raises ReleaseError where there is no release, OSError where the port is taken.
    """
    gc.freeze()  # a view is thousands of small parts that go again: looking through all that stays each time costs a tenth of it
    gc.set_threshold(50_000, 20, 100)
    server = waitress.create_server(make_app(releases, release, reviews).server, host=HOST, port=port, threads=THREADS, ident="midpoint")
    address = f"http://{HOST}:{server.effective_port}/"
    print(f"Midpoint is at {address} (Ctrl-C stops it)", flush=True)
    if open_browser:
        threading.Timer(0.5, webbrowser.open, [address]).start()
    try:
        server.run()
    finally:
        server.close()
