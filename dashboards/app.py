"""The Dash application: one layout, one callback from the address to the page, one for grid rows, and the export routes.

What does not belong here: what a page shows (pages) and what starts a server (server).
"""

from __future__ import annotations

import logging
import re
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from flask import Response, request, send_file

from dashboards import export, review, theme
from dashboards.components import layout as parts
from dashboards.components.filter_bar import filter_bar
from dashboards.components.grid import read_block
from dashboards.filters import Filters, read
from dashboards.page import GROUPS, Page, View, load_pages
from dashboards.queries import Cache, ReleaseError, Releases, Table

HERE = Path(__file__).parent
LOG = logging.getLogger(__name__)

# Everything comes from this server and goes nowhere else; nothing is kept by the browser's cache but the program itself.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; form-action 'none'; base-uri 'self'"
)

FAILED = (
    "This view could not be made, which is a fault of Midpoint. The place is in the terminal where the server runs; it names no patient."
)

ICON = (
    "<link rel='icon' href='data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 32 32%22%3E"
    "%3Crect width=%2232%22 height=%2232%22 rx=%227%22 fill=%22%230f5ea8%22/%3E"
    "%3Cpath d=%22M7 22V10l9 9 9-9v12%22 fill=%22none%22 stroke=%22%23fff%22 stroke-width=%223%22/%3E%3C/svg%3E'>"
)

INDEX = """<!doctype html>
<html lang="en"><head>{%metas%}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Midpoint</title>
ICON
<style>:root {--font: FONT; LIGHT} :root[data-mantine-color-scheme="dark"] {DARK}</style>{%css%}
<script>document.documentElement.setAttribute("data-mantine-color-scheme", JSON.parse(localStorage.getItem("theme") || "null")
  || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));</script>
</head><body><a class="skip" href="#heading" data-native="skip">Skip to the content</a>{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer></body></html>"""


def make_app(folder: Path, pinned: str | None = None, reviews: Path | None = None) -> Dash:
    """The application over a folder of releases; ``pinned`` names the release shown where the address names none (default: the current).

    reviews: the reviewers' database; without one, nothing can be decided here.

    Raises ReleaseError where there is no release to show.
    """
    releases = Releases(folder, pinned, reviews)
    releases.get()
    pages = load_pages()
    tables = {table.name: table for page in pages.values() for table in page.tables}
    app = Dash(
        __name__,
        assets_folder=str(HERE / "assets"),
        serve_locally=True,
        suppress_callback_exceptions=True,
        update_title="",
        title="Midpoint",
    )
    app.index_string = (
        INDEX.replace("ICON", ICON)
        .replace("FONT", theme.FONT)
        .replace("LIGHT", theme.css_variables(theme.LIGHT))
        .replace("DARK", theme.css_variables(theme.DARK))
    )
    app.layout = _layout
    _callbacks(app, releases, pages, tables)
    threading.Thread(target=_warm, args=(releases, pages), daemon=True).start()
    _routes(app, releases, tables)
    return app


def _warm(releases: Releases, pages: dict[str, Page]) -> None:
    """Ask every page's unfiltered questions once, so that the first reader of each does not wait for them."""
    for path in pages:
        with suppress(Exception):  # whoever opens the page is told
            _shown(releases, pages, path, read(""), "light", "")


def _layout() -> Any:
    return dmc.MantineProvider(
        [
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="theme", storage_type="local"),  # light or dark, where the reader chose; nothing of a patient is ever kept
            dcc.Store(id="scheme"),
            dcc.Store(id="shown"),
            html.Div(id="busy", className="busy", role="progressbar", **{"aria-label": "Loading", "aria-hidden": "true"}),
            html.Div(html.P("Opening the release …", className="opening"), id="shell"),
        ],
        id="mantine",
        theme={"fontFamily": theme.FONT, "primaryColor": "blue", "defaultRadius": "sm"},
    )


def _callbacks(app: Dash, releases: Releases, pages: dict[str, Page], tables: dict[str, Table]) -> None:
    kept = Cache(256)

    @app.callback(
        Output("shell", "children"),
        Output("shown", "data"),
        Input("url", "pathname"),
        Input("url", "search"),
        Input("scheme", "data"),
        running=[(Output("busy", "className"), "busy on", "busy")],
    )
    def show(pathname: str | None, search: str | None, scheme: str | None) -> Any:
        if scheme is None or pathname is None:  # the browser has not told yet
            return no_update, no_update
        name = scheme if scheme in theme.PALETTES else "light"
        path = "/" + (pathname or "/").strip("/")
        filters = read(search)
        try:
            run_id = filters.release or releases.current
            key = (run_id, path, search, name)
            # Neither the list of releases nor letters are part of a release: pages are made anew when either changes.
            return kept.get(
                (*key, tuple(releases.names), releases.changed(run_id)), lambda: _shown(releases, pages, path, filters, name, search or "")
            )
        except ReleaseError as error:
            return html.Main([html.H1("No release"), parts.notice(str(error), "bad")], className="alone"), {"title": "Midpoint"}
        except Exception as error:
            # Where it happened, and never what was in it: that may be a patient's.
            LOG.error("%s: %s\n%s", path, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
            words = [parts.notice(FAILED, "bad"), html.A("Overview", href="/", className="button")]
            return html.Main([html.H1("This view failed", id="heading"), *words], className="alone"), {"title": "Midpoint"}

    @app.callback(
        Output({"grid": MATCH, "view": MATCH}, "getRowsResponse"),
        Input({"grid": MATCH, "view": MATCH}, "getRowsRequest"),
        State({"grid": MATCH, "view": MATCH}, "id"),
    )
    def rows(asked: dict[str, Any] | None, grid: dict[str, str]) -> Any:
        if not asked:
            return no_update
        filters = read(grid["view"])
        return read_block(tables[grid["grid"]], releases.get(filters.release), filters, asked)

    @app.callback(
        Output("find-result", "children"),
        Input("find-button", "n_clicks"),
        Input("find-text", "n_submit"),
        State("find-text", "value"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def find(_clicks: int | None, _submits: int | None, text: str | None, search: str | None) -> Any:
        from dashboards.pages.claim import find_claims

        filters = read(search)
        return find_claims(releases.get(filters.release), filters, text or "")

    @app.callback(
        Output({"review": MATCH, "part": "result"}, "children"),
        Input({"review": MATCH, "part": "record"}, "n_clicks"),
        State({"review": MATCH, "part": "record"}, "id"),
        *(State({"review": MATCH, "part": part}, "value") for part in review.FIELDS),
        prevent_initial_call=True,
    )
    def record(_clicks: int | None, name: dict[str, str], *values: str | None) -> Any:
        if releases.reviews is None or not _clicks:
            return no_update
        return review.record(releases.reviews, name["review"], values)

    app.clientside_callback(ClientsideFunction("midpoint", "scheme"), Output("scheme", "data"), Input("theme", "data"))
    app.clientside_callback(ClientsideFunction("midpoint", "mantine"), Output("mantine", "forceColorScheme"), Input("scheme", "data"))
    app.clientside_callback(ClientsideFunction("midpoint", "shown"), Output("shown", "modified_timestamp"), Input("shown", "data"))
    app.clientside_callback(
        ClientsideFunction("midpoint", "filter"),
        Output("busy", "title"),
        Input({"filter": ALL}, "value"),
        Input({"switch": ALL}, "checked"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("midpoint", "click"), Output("busy", "lang"), Input({"chart": ALL}, "clickData"), prevent_initial_call=True
    )


def _shown(releases: Releases, pages: dict[str, Page], path: str, filters: Filters, scheme: str, search: str) -> Any:
    release = releases.get(filters.release)
    page = pages.get(path)
    view = View(release, filters, scheme, path, releases)
    if page is None:
        content: list[Any] = [html.H1("No such page", id="heading", tabIndex=-1), parts.empty("Nothing is here", path, ("Overview", "/"))]
    else:
        try:
            content = list(page.render(view))
        except ReleaseError as error:
            content = [parts.heading(view, page.title), parts.notice(str(error), "bad")]
    title = page.title if page else "No such page"
    shell = [
        html.Div([_brand(), _navigation(view, pages), _standing(view)], className="side"),
        html.Div([filter_bar(view, page, search) if page else None, html.Main(content, id="main")], className="body"),
    ]
    return html.Div(shell, className="frame"), {"title": f"{title} – Midpoint", "path": path, "search": search}


def _brand() -> html.A:
    return html.A([html.Span("M", className="mark", **{"aria-hidden": "true"}), "Midpoint"], href="/", className="brand")


def _navigation(view: View, pages: dict[str, Page]) -> html.Nav:
    groups: list[Any] = []
    for group in GROUPS:
        links = [
            html.Li(
                html.A(
                    page.title,
                    href=view.filters.to(page.path),
                    className="here" if page.path == view.path else "",
                    **({"aria-current": "page"} if page.path == view.path else {}),
                )
            )
            for page in pages.values()
            if page.group == group
        ]
        if links:
            groups += [html.Div(group, className="group"), html.Ul(links)]
    return html.Nav(groups, **{"aria-label": "Pages"})


def _standing(view: View) -> html.Div:
    """Which release is shown, whether it is the current one, and the theme."""
    release, releases = view.release, view.releases
    is_old = bool(releases and view.filters.release and view.filters.release != releases.current)
    return html.Div(
        [
            html.Div("Release as of", className="group"),
            html.Div(str(release.as_of), className="as-of"),
            html.Code(release.run_id.rsplit("-", 1)[-1], title=release.run_id),
            html.P(["An older release. ", html.A("Show the current one", href=view.to(release=None))], className="old") if is_old else None,
            html.Button("Light or dark", className="button", **{"data-theme": "switch"}),
        ],
        className="standing",
    )


def _routes(app: Dash, releases: Releases, tables: dict[str, Table]) -> None:
    server = app.server

    @server.before_request
    def _only_here() -> Response | None:
        """A page of another site that makes the browser ask by another name gets nothing (DNS rebinding)."""
        if request.host.rsplit(":", 1)[0] not in ("127.0.0.1", "localhost", "[::1]"):
            return Response("This server answers to 127.0.0.1 only.", 403, mimetype="text/plain")
        return None

    @server.after_request
    def _headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if not request.path.startswith(("/assets/", "/_dash-component-suites/")):
            response.headers["Cache-Control"] = "no-store"
        return response

    @server.get("/export/<name>.<kind>")
    def _export(name: str, kind: str) -> Response:
        query = request.query_string.decode()
        shared = request.args.get("shared") == "1"
        filters = read("&".join(part for part in query.split("&") if not part.startswith("shared=")))
        if name not in tables or kind not in ("csv", "xlsx"):
            return Response("There is no such table; tables are exported as .csv or .xlsx.", 404, mimetype="text/plain")
        try:
            return export.response(tables[name], releases.get(filters.release), filters, kind, shared)
        except (ReleaseError, export.NotSharedError) as error:
            return Response(str(error), 400, mimetype="text/plain")

    @server.get("/letter/<npi>.<kind>")
    def _letter(npi: str, kind: str) -> Response:
        """An education letter of the release, as midpoint education wrote it."""
        try:
            folder = releases.get(read(request.query_string.decode()).release).folder
        except ReleaseError as error:
            return Response(str(error), 400, mimetype="text/plain")
        file = folder / "education" / "letters" / f"{npi}.{kind}"
        if not re.fullmatch(r"\d{10}", npi) or kind not in ("html", "pdf") or not file.is_file():
            return Response("This release holds no such letter; midpoint education writes them.", 404, mimetype="text/plain")
        return send_file(file)
