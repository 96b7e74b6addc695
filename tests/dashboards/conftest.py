"""Releases made of the samples, servers over them, and a browser whose pages fail the test on an outside request or a console error."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import waitress
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from dashboards.app import make_app
from dashboards.browser import FLAGS, chromium
from pipelines.landing.land import land
from pipelines.landing.schema import create_raw_tables
from pipelines.release.publish import publish
from pipelines.settings import Settings
from pipelines.synthetic.generate import generate_folder
from pipelines.warehouse import build_room, connect, load_reference, set_parameters
from tests.release.story import audited

INBOX = Path(__file__).parents[2] / "data_samples" / "inbox"
DOCUMENTATION = INBOX / "acp_documentation.csv"


def make_release(folder: Path, sources: list[Path], as_of: date = date(2026, 6, 30)) -> Path:
    """A folder of releases with one made of the sources, as the audit makes it but without Dagster and Great Expectations."""
    settings = Settings(warehouse=folder / "midpoint.duckdb", out=folder / "releases", as_of=as_of)
    con = connect(settings.warehouse)
    try:
        create_raw_tables(con)
        if sources:
            land(con, settings, sources)
        load_reference(con)
        set_parameters(con, settings)
        build_room(con, "core")
        audited(con, as_of)
        publish(con, settings)
    finally:
        con.close()
    return settings.out


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of releases made of data_samples/inbox; it holds an older one too."""
    folder = tmp_path_factory.mktemp("sample")
    x12 = sorted(path for path in INBOX.iterdir() if path != DOCUMENTATION)
    make_release(folder, x12, date(2026, 5, 31))
    return make_release(folder, [INBOX])


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of no files at all."""
    return make_release(tmp_path_factory.mktemp("empty"), [])


@pytest.fixture(scope="session")
def undocumented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the samples without the documentation extract."""
    return make_release(tmp_path_factory.mktemp("undocumented"), sorted(path for path in INBOX.iterdir() if path != DOCUMENTATION))


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of generated claims: several payers, denials of many reasons, overturned and not, over thirty months."""
    folder = tmp_path_factory.mktemp("busy")
    generate_folder(folder / "made", 700, 5, 0.2)
    return make_release(folder, [folder / "made" / "inbox"])


@dataclass(frozen=True)
class Served:
    """A server of a folder of releases, and what SQL says about its current release."""

    address: str
    releases: Path

    @property
    def release(self) -> Path:
        return (self.releases / "current").resolve()

    def rows(self, query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a query over the release's own Parquet files, by table name, apart from the dashboard's code."""
        with duckdb.connect() as con:
            for path in self.release.glob("*.parquet"):
                con.execute(f"create view {path.stem} as select * from read_parquet('{path}')")
            return con.execute(query, values or []).fetchall()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., Served]]:
    running: dict[Path, tuple[Any, threading.Thread, Served]] = {}

    def start(folder: Path, reviews: Path | None = None) -> Served:
        if folder not in running:
            server = waitress.create_server(make_app(folder, None, reviews).server, host="127.0.0.1", port=0, threads=4)
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()
            running[folder] = (server, thread, Served(f"http://127.0.0.1:{server.effective_port}", folder))
        return running[folder][2]

    yield start
    for server, thread, _ in running.values():
        server.close()
        thread.join(timeout=5)


@pytest.fixture(scope="session")
def served(serve: Callable[[Path], Served], releases: Path) -> Served:
    return serve(releases)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium. `make test` installs it where it may; where there is none, this says what to do."""
    path = chromium()
    assert path, "no chromium on the path: run make chromium (as root), or install Debian's package chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all tests, so that the program is loaded once; it must keep nothing but a theme, which a test asserts."""
    made = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="light", accept_downloads=True)
    made.set_default_timeout(20_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page; at the end no request has left the machine, nothing failed, and the console is without errors."""
    complaints: list[str] = []
    made = context.new_page()
    made.on("console", lambda message: complaints.append(f"console: {message.text}") if message.type == "error" else None)
    made.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    made.on("request", lambda request: complaints.append(f"outside: {request.url}") if _is_outside(request.url) else None)
    made.on("response", lambda response: complaints.append(f"{response.status}: {response.url}") if response.status >= 400 else None)
    yield made
    made.close()
    assert not complaints


def _is_outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:http://127.0.0.1:"))
