"""The dashboards on paper: one offline HTML file with every page's tiles, charts and tables, and a PDF of it.

The pages are rendered as for the browser, and their components written out as plain HTML. Charts are static SVG (picture.py), not plotly's
script: the file is small, needs no script (its policy forbids any), prints sharp and is equal byte by byte for an equal release and equal
filters. What does not belong here: any number, and what a page shows (pages).
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from dashboards import theme
from dashboards.browser import FLAGS, chromium
from dashboards.components import layout as parts
from dashboards.components.cells import cell, is_number
from dashboards.components.grid import read_block
from dashboards.export import HIDDEN, SMALL, suppressed
from dashboards.filters import Filters, flaw, read
from dashboards.page import Page, View, load_pages
from dashboards.picture import UnknownFigureError, draw
from dashboards.queries import Column, Release, ReleaseError, Releases, Table

HERE = Path(__file__).parent
ROWS = 40  # of a table or row list; the dashboards and the exports hold all
SHEETS = ("letter", "a4")
PDF_SECONDS = 300
WIDE, HALF = 1150, 600  # of a picture, in its own units
BESIDE = (6, 22)  # columns and rows that a table may have to stand beside its chart
MANY, CROWD = 9, 17  # columns from which a table is set smaller, and smaller still
LONG = 16  # letters of a word in a table up to which it is not broken
SHORT = 14  # rows up to which a chart and its table stay on one sheet
LITTLE = "<11*"  # stands for a number that is left out of what is shared

# What is of use on a screen only: buttons, inputs, and what only frames them.
CONTROLS = {"Button", "Input", "Textarea", "Select", "Label", "Form", "Summary"}
CONTROL_CLASSES = {"tools", "actions", "trail", "find", "columns", "button", "skip", "in-view", "choices"}
HEADINGS = {"H1": "h2", "H2": "h3", "H3": "h4", "H4": "h5", "H5": "h6"}
CLICK = re.compile(r"(^|(?<=[.;:] ))(Click|A click|Choose|A second click)\b[^.]*\.\s*")
# Counts in the words of a tile or a sentence: not dollars, rates, dates, codes with a letter, or ages in months.
COUNT = re.compile(r"(?<![\w.,$−/-])(\d{1,3}(?:,\d{3})+|\d+)(?![\w/-]|[.,]\d)(?!\s*(?:%|points|months|minutes|:))")
OF = re.compile(r"([\d,]+) of ([\d,]+)")
COUNTED = (
    r"(\d+) (?=(?:remittance |claim |documentation |final |ACP |patient[- ])*"
    r"(?:claims?|findings?|lines?|days?|patients?|rows?|units?|clinicians?|denials?)\b)"
)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

WORDS = (
    ("Finding", "A place to look, not a verdict: potential until a person has reviewed the record."),
    (
        "Dollars",
        "Overpayment risk, missed revenue (its tiers A, B and C) and denial risk are never added together. Each dollar counts once: where"
        " several findings of a direction meet on a line, one carries it.",
    ),
    ("Rate", "With its numerator and denominator, always. An em dash stands where there is nothing to divide by."),
    ("Not evaluable", "A check or figure that lacks an input, such as the documentation extract. It is neither passed nor zero."),
    ("Mature", "Months that ended 90 days or more before the as-of date; claims of later months are still being answered."),
    ("As of", "The day that the audit speaks of. The release’s name is made of it and of all inputs and rules: same inputs, same name."),
    ("Small figures", "A raised number leads to the note under the page that says how a figure is made."),
)


class PaperError(Exception):
    """One plain sentence: why there is no paper."""


@dataclass(frozen=True)
class Order:
    """What is wanted on paper. pages: their names as in ``names`` (none: all); rows: of a table at most."""

    filters: Filters = field(default_factory=Filters)
    pages: Sequence[str] = ()
    is_shared: bool = False
    sheet: str = "letter"
    rows: int = ROWS


def ask(folder: Path, given: Mapping[str, str | None]) -> Filters:
    """Filters by their names in the address. Raises PaperError where a value fits none, or the release knows no such payer or provider."""
    wanted = {name: text for name, text in given.items() if text}
    for name, text in wanted.items():
        if wrong := flaw(name, text):
            raise PaperError(f"--{name} {text}: {wrong}")
    if "from" in wanted and "to" in wanted and wanted["from"] > wanted["to"]:
        raise PaperError(f"--from {wanted['from']} lies after --to {wanted['to']}")
    filters = read(f"?{urlencode(wanted)}")
    if filters.payer or filters.provider:
        release = Release(folder)
        if filters.payer and filters.payer not in release.payers:
            raise PaperError(f"--payer {filters.payer}: not in this release; it knows {', '.join(release.payers) or 'none'}")
        if filters.provider and not any(filters.provider in npis for npis in release.providers.values()):
            raise PaperError(f"--provider {filters.provider}: no claim or finding of this release names it")
    return filters


def names() -> dict[str, Page]:
    """The pages by the names that they have on the command line: overview, acp-audit …, in the order of the navigation."""
    return {path.strip("/") or "overview": page for path, page in load_pages().items()}


def write_html(folder: Path, target: Path, order: Order) -> None:
    """Write the release in ``folder`` as one HTML file. Raises PaperError or ReleaseError in a plain sentence."""
    target.write_text(document(folder, order), encoding="utf-8")


def write_pdf(folder: Path, target: Path, order: Order) -> None:
    """The same as a PDF, by chromium. Raises PaperError where there is none, or it fails."""
    browser = chromium()
    if browser is None:
        raise PaperError(
            "a PDF needs chromium, and none is on the path: install Debian's package chromium, or print the HTML from a browser"
        )
    target.parent.resolve(strict=True)
    with tempfile.TemporaryDirectory(prefix="midpoint-") as work:  # readable by its owner only: the page holds patient data
        page, made = Path(work) / "paper.html", Path(work) / "paper.pdf"
        write_html(folder, page, order)
        options = ("--headless", *FLAGS, f"--user-data-dir={work}/profile", "--no-pdf-header-footer", "--generate-pdf-document-outline")
        try:
            subprocess.run(
                [browser, *options, f"--print-to-pdf={made}", page.as_uri()], check=True, capture_output=True, timeout=PDF_SECONDS
            )
            target.write_bytes(made.read_bytes())
        except (subprocess.SubprocessError, FileNotFoundError) as error:
            raise PaperError(f"{browser} could not make the PDF; the HTML can be printed from any browser") from error


def document(folder: Path, order: Order) -> str:
    """The whole HTML of the release in ``folder``. Equal releases beside it, equal filters: equal text."""
    known = names()
    if unknown := [name for name in order.pages if name not in known]:
        raise PaperError(f"--pages {','.join(unknown)}: there is no such page; there are {', '.join(known)}")
    chosen = {name: page for name, page in known.items() if not order.pages or name in order.pages}
    folder = folder.resolve()
    releases = Releases(folder.parent)
    try:
        releases.current  # noqa: B018  # a release by itself, without the folder's link to the current one, is shown as the current one
    except ReleaseError:
        releases = Releases(folder.parent, folder.name)
    release = releases.get(folder.name)
    sections = [(name, page, _Writer(release, releases, order, name, page, chosen).section()) for name, page in chosen.items()]
    title = f"Midpoint, as of {release.as_of}" + (" (shared)" if order.is_shared else "")
    foot = (
        f"Counts under {SMALL}, and what would tell them, are left out; so are identifiers and lists of single claims."
        if order.is_shared
        else "This file holds patient control numbers: treat it as patient data."
    )
    running = f"Midpoint · release {release.run_id} · as of {release.as_of}" + (" · shared" if order.is_shared else "")
    contents = "".join(f'<li><a href="#{name}">{escape(page.title)}</a></li>' for name, page, _ in sections)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="color-scheme" content="light dark"><title>{escape(title)}</title>
<style>:root {{ --font: {theme.FONT}; {theme.css_variables(theme.LIGHT)} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {theme.css_variables(theme.DARK)} }} }}
{(HERE / "assets" / "midpoint.css").read_text(encoding="utf-8")}
{(HERE / "paper.css").read_text(encoding="utf-8")}
@media print {{ @page {{ size: {order.sheet} landscape; margin: 11mm 11mm 15mm;
  @bottom-left {{ content: "{running}"; font: 7.5pt {theme.FONT}; color: #555; }}
  @bottom-right {{ content: counter(page) " / " counter(pages); font: 7.5pt {theme.FONT}; color: #555; }} }} }}
</style></head><body><a class="skip" href="#contents">Skip to the contents</a><div class="paper">
{_cover(release, order, chosen)}
<nav class="contents" id="contents" aria-label="Contents"><h3>Contents</h3><ol>{contents}</ol></nav></header>
<main>{"".join(text for _, _, text in sections)}</main>
<footer class="paper-foot">{escape(foot)}</footer></div></body></html>
"""


def _cover(release: Release, order: Order, chosen: Mapping[str, Page]) -> str:
    totals = release.manifest["control_totals"]
    period = f"{totals['first_service_date']} to {totals['last_service_date']}" if totals["first_service_date"] else "none"
    told = [
        ("Release", release.run_id),
        ("As of", str(release.as_of)),
        ("Services", period),
        ("Payer policy", str(release.manifest.get("policy", ""))),
        *order.filters.words(),
        *(("Denial definition, in words", text) for text in _definition(release, order.filters)),
    ]
    if order.filters.query and any(not page.filters for page in chosen.values()):
        whole = ", ".join(page.title for page in chosen.values() if not page.filters)
        told.append(("Not filtered", f"{whole}: these speak of the whole release."))
    words = [*WORDS]
    if order.is_shared:
        words.append(
            ("Left out", f"“{LITTLE}” stands for a count from 1 to {SMALL - 1}, or for a number that would tell one. Charts of such tables,"
             " lists of single claims and identifiers are left out.")
        )  # fmt: skip
    else:
        words.append(("Cut", f"Tables are cut to {order.rows} rows, and say so. The dashboards and their exports hold all."))

    def listed(pairs: Sequence[tuple[str, str]]) -> str:
        return '<dl class="words">' + "".join(f"<div><dt>{escape(a)}</dt><dd>{escape(b)}</dd></div>" for a, b in pairs) + "</dl>"

    return (
        '<header class="cover"><h1>Palliative-care and advance-care-planning billing audit</h1>'
        f'<p class="lead">The dashboards of one release, on paper. {"For sharing." if order.is_shared else "Patient data."}</p>'
        f'<div class="card"><h3>What is shown</h3>{listed(told)}</div><div class="card"><h3>How to read it</h3>{listed(words)}</div>'
    )


def _definition(release: Release, filters: Filters) -> list[str]:
    """The wording of the denial definition chosen, as the release tells it."""
    if not release.has("denial_definition"):
        return []
    try:
        found = release.rows("select * from denial_definition where name = $definition", filters)
    except ReleaseError:
        return []
    return [str(row["wording"]) for row in found if row.get("wording")]


class _Writer:
    """One page as HTML. The dark pictures are those of the same page rendered dark; CSS shows the one or the other."""

    def __init__(self, release: Release, releases: Releases, order: Order, name: str, page: Page, chosen: Mapping[str, Page]) -> None:
        self.order, self.name, self.page = order, name, page
        self.anchors = {one.path: key for key, one in chosen.items()}
        self.view = View(release, order.filters, "light", page.path, releases)
        self.notes: dict[str, int] = {}
        self.width = WIDE
        self.is_tile = False
        tree = self._content("light")
        self.content = tree
        self.dark_figures = _found(self._content("dark"), "Graph", "figure")
        self.dark_images = _found(self._content("dark"), "Img", "src")
        self.figures = self.images = 0

    def _content(self, scheme: str) -> list[Any]:
        view = replace(self.view, theme=scheme)
        try:
            return list(self.page.render(view))
        except ReleaseError as error:
            return [parts.heading(view, self.page.title), parts.notice(str(error), "bad")]

    def section(self) -> str:
        body = self._all(self.content)
        notes = "".join(f'<li id="{self.name}-note-{number}">{escape(text)}</li>' for text, number in self.notes.items())
        return (
            f'<section class="page" id="{self.name}" aria-label="{escape(self.page.title)}">{body}'
            f"{f'<ol class=notes>{notes}</ol>' if notes else ''}</section>"
        )

    # --- components ----------------------------------------------------------------------------------

    def _all(self, children: Any) -> str:
        if children is None or isinstance(children, bool):
            return ""
        if isinstance(children, list | tuple):
            return "".join(self._all(child) for child in children)
        if not hasattr(children, "_type"):
            return escape(self._words(str(children)))
        return self._one(children)

    def _one(self, component: Any) -> str:
        kind, children = component._type, getattr(component, "children", None)
        classes = set(str(getattr(component, "className", "") or "").split())
        if kind == "Graph":
            return self._graph(component)
        if kind == "AgGrid":
            return self._grid(component)
        if kind == "Tooltip":
            return self._all(children) + self._note(str(component.label))
        if kind in CONTROLS or classes & CONTROL_CLASSES:
            return ""
        if kind == "A":
            return self._link(component)
        if kind == "Img":
            return "" if self.order.is_shared else self._image(component)
        if "change" in classes and self.order.is_shared:  # of two periods, whose counts are not told
            return ""
        if component._namespace != "dash_html_components":
            return self._all(children)
        if hasattr(component, "made_of"):
            return self._small_table(component)
        if kind == "Table" and self.order.is_shared:
            return self._left_out("This table")
        if kind == "Div" and "tiles" in classes:
            return self._tiles(component)
        if kind == "Div" and {"card", "chart"} <= classes:
            return self._chart_card(component)
        if kind == "Div" and "card" in classes and self.order.is_shared and (grid := _first_grid(component)) and self._table(grid).is_rows:
            return self._left_out(f"{self._table(grid).title}: a list of single claims")
        if kind == "P" and "quiet" in classes and isinstance(children, str):
            children = CLICK.sub("", children).strip()
        tag = "div" if kind == "Details" else HEADINGS.get(kind, kind.lower())
        if "card" in classes and all(total <= SHORT for _, _, total in _found(component, "Div", "made_of")) and not _first_grid(component):
            component.className += " short"
        body = self._all(children)
        if not re.sub(r"<(?!svg)[^>]*>", "", body).strip() and tag not in ("br", "hr", "td", "th"):
            return ""
        return self._tag(tag, component, body)

    def _tag(self, tag: str, component: Any, body: str, extra: str = "") -> str:
        written = ""
        for name, value in component.to_plotly_json()["props"].items():
            if value in (None, "", False):
                continue
            if name == "className":
                written += f' class="{escape(str(value))}{extra}"'
            elif name == "style":
                css = ";".join(f"{re.sub('[A-Z]', lambda m: '-' + m[0].lower(), key)}:{text}" for key, text in value.items())
                written += f' style="{escape(css)}"'
            elif name in ("role", "scope", "title", "colSpan", "rowSpan", "data-tile", "lang") or name.startswith("aria-"):
                written += f' {name.lower()}="{escape(self._words(str(value)))}"'
        return f"<{tag}{written}>{body}</{tag}>" if tag not in ("br", "hr") else f"<{tag}{written}>"

    def _link(self, component: Any) -> str:
        """A link into this file where it leads to a page as a whole; else its words: a file has no server to ask."""
        text = self._all(getattr(component, "children", None))
        to = urlsplit(str(getattr(component, "href", "") or ""))
        anchor = self.anchors.get(to.path)
        if anchor and anchor != self.name and not to.scheme and not to.netloc and not read(to.query).drill:
            return f'<a href="#{anchor}">{text}</a>'
        return text

    def _note(self, text: str) -> str:
        """A raised number; what it says stands under the page."""
        if not text:
            return ""
        number = self.notes.setdefault(text, len(self.notes) + 1)
        return (
            f'<sup class="note"><a href="#{self.name}-note-{number}" title="{escape(text)}" aria-label="Note {number}">{number}</a></sup>'
        )

    def _words(self, text: str) -> str:
        """A sentence; in what is shared, without its small counts."""
        if not self.order.is_shared or self.is_tile:
            return text
        return re.sub(COUNTED, lambda found: f"fewer than {SMALL} " if 0 < int(found[1]) < SMALL else found[0], text)

    # --- pictures ------------------------------------------------------------------------------------

    def _graph(self, component: Any) -> str:
        """The figure in light and in dark."""
        other = self.dark_figures[self.figures] if self.figures < len(self.dark_figures) else component.figure
        self.figures += 1
        drawn: list[str] = []
        for scheme, figure in (("light", component.figure), ("dark", other)):
            try:
                drawn.append(f'<div class="picture {scheme}">{draw(figure, self.width)}</div>')
            except UnknownFigureError:
                return '<p class="quiet left-out">This chart is not drawn on paper; its table holds the same numbers.</p>'
        return "".join(drawn)

    def _image(self, component: Any) -> str:
        """A tile's line: SVG in a data address, in light and in dark."""
        other = self.dark_images[self.images] if self.images < len(self.dark_images) else component.src
        self.images += 1
        drawn = ""
        for scheme, source in (("light", str(component.src)), ("dark", str(other))):
            head, _, data = source.partition(",")
            if head == "data:image/svg+xml":
                drawn += (
                    unquote(data)
                    .replace("<svg ", f'<svg class="spark {scheme}" aria-hidden="true" ', 1)
                    .replace(' xmlns="http://www.w3.org/2000/svg"', "")
                )
        return drawn

    def _chart_card(self, component: Any) -> str:
        """Chart and table: beside each other where the table is narrow. A shared one leaves out the chart of a table that hides numbers."""
        boxes = _found(component, "Div", "made_of")
        table, rows, total = boxes[0] if boxes else (None, [], 0)
        children = component.children
        graphs = _found(component, "Graph", "figure")
        if self.order.is_shared and graphs:
            if table is None or table.is_rows:
                self.figures += len(graphs)
                return self._left_out(f"{table.title if table else 'A chart'}: drawn of single claims")
            shown = self._suppressed(table, rows, total)
            if shown is None or any(HIDDEN in row.values() for row in shown):
                self.figures += len(graphs)
                children = [
                    self._gone("The chart is left out, since counts of its table are.") if _found(child, "Graph", "figure") else child
                    for child in (children if isinstance(children, list | tuple) else [children])
                ]
                graphs = []
        is_narrow = table is not None and sum(not column.is_hidden for column in table.columns) <= BESIDE[0]
        is_beside = bool(graphs) and is_narrow and 0 < min(total, self.order.rows) <= BESIDE[1]
        self.width = HALF if is_beside else WIDE
        body = self._all(children)
        self.width = WIDE
        return self._tag("div", component, body, " beside" if is_beside else "")

    # --- tables --------------------------------------------------------------------------------------

    def _small_table(self, component: Any) -> str:
        table, rows, total = component.made_of
        if not self.order.is_shared:
            return self._rows(table, [_written(table, row) for row in rows[: self.order.rows]], total)
        if table.is_rows:
            return self._left_out(f"{table.title}: a list of single claims")
        shown = self._suppressed(table, rows, total)
        if shown is None:
            return self._left_out(f"{table.title}: its dollars come without counts")
        return self._rows(table, [_written(table, row) for row in shown[: self.order.rows]], len(shown))

    def _grid(self, component: Any) -> str:
        table = self._table(component)
        if self.order.is_shared:
            shown = self._suppressed(table, self.view.rows(table), 0)
            if shown is None or table.is_rows:
                return self._left_out(f"{table.title}: a list of single claims")
            return self._rows(table, [_written(table, row) for row in shown[: self.order.rows]], len(shown))
        block = read_block(table, self.view.release, self.view.filters, {"startRow": 0, "endRow": self.order.rows})
        return self._rows(table, block["rowData"], block["rowCount"])

    def _table(self, grid: Any) -> Table:
        return next(table for table in self.page.tables if table.name == grid.id["grid"])

    def _rows(self, table: Table, rows: Sequence[Mapping[str, str]], total: int) -> str:
        """rows: texts by column. A table that is cut says so."""
        columns = [c for c in table.columns if not c.is_hidden and not (self.order.is_shared and c.is_identifier)]
        head = "".join(
            f'<th scope="col"{" class=n" if is_number(c) else ""}>{escape(c.title)}{self._note(c.definition)}</th>' for c in columns
        )
        body = "".join(f"<tr>{''.join(_cell(c, row, place) for place, c in enumerate(columns))}</tr>" for row in rows)
        cut = ""
        if total > len(rows):
            cut = f'<p class="quiet cut">The first {len(rows):,} of {total:,} rows; the dashboards and the exports hold all.</p>'
        if any(LITTLE in row.values() for row in rows):
            cut += f'<p class="quiet">* Counts under {SMALL}, and numbers that would tell them, are left out.</p>'
        size = " crowd" if len(columns) >= CROWD else " many" if len(columns) >= MANY else ""
        return (
            f'{cut}<div class="scroll{size}" tabindex="0" role="region" aria-label="{escape(table.title)}">'
            f'<table data-table="{escape(table.name)}">'
            f"<caption>{escape(table.title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    # --- what is shared ------------------------------------------------------------------------------

    def _suppressed(self, table: Table, rows: Sequence[dict[str, Any]], total: int) -> list[dict[str, Any]] | None:
        """The rows with small counts hidden as in a shared export; None where numbers come without counts, so that nothing can be told."""
        every = list(rows) if total <= len(rows) else self.view.rows(table)
        columns = [column for column in table.columns if not column.is_identifier]
        known = {column.name for column in columns}
        extra = {name for c in columns if c.kind == "rate" for name in (c.numerator, c.denominator) if name and name not in known}
        columns += [Column(name, name, "count") for name in sorted(extra)]
        if any(is_number(column) for column in columns) and not any(column.kind == "count" for column in columns):
            return None
        made = suppressed(table, columns, [tuple(row.get(column.name) for column in columns) for row in every])
        hidden = [{c.name: value for c, value in zip(columns, row, strict=True) if value == HIDDEN} for row in made]
        return [row | gone for row, gone in zip(every, hidden, strict=True)]

    def _tiles(self, component: Any) -> str:
        """Tiles; in what is shared a tile that tells a small count is emptied, and with it others that would tell it by what is left."""
        children = component.children if isinstance(component.children, list | tuple) else [component.children]
        tiles = [child for child in children if child is not None]
        self.is_tile = True
        gone: set[int] = set()
        if self.order.is_shared:
            found = [_counts(_text(tile)) for tile in tiles]
            most = max(map(len, found), default=0)
            columns = [Column("tile", "Tile"), *(Column(f"c{n}", "", "count") for n in range(most))]
            rows = [(number, *counts, *([0] * (most - len(counts)))) for number, counts in enumerate(found)]
            made = suppressed(Table("tiles", "", "", columns, groups=("tile",)), columns, rows)
            gone = {number for number, row in enumerate(made) if HIDDEN in row}
        body = "".join(self._emptied(tile) if number in gone else self._all(tile) for number, tile in enumerate(tiles))
        self.is_tile = False
        return self._tag("div", component, body)

    def _emptied(self, tile: Any) -> str:
        return self._tag(
            "div",
            tile,
            f'{self._all(tile.children[0])}<div class="tile-body"><div class="figure">{escape(LITTLE)}</div></div>'
            f'<p class="quiet">a count under {SMALL}, or one that would tell it</p>',
        )

    def _gone(self, words: str) -> Any:
        return parts.html.P(words, className="quiet left-out")

    def _left_out(self, what: str) -> str:
        return f'<p class="quiet left-out">{escape(what)}, so it is left out of what is shared.</p>'


def _written(table: Table, row: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a row as text."""
    return {column.name: LITTLE if row.get(column.name) == HIDDEN else cell(column, dict(row)) for column in table.columns}


def _cell(column: Column, row: Mapping[str, str], place: int) -> str:
    raw = str(row.get(column.name) or "")
    is_long = any(len(word) > LONG for word in re.split(r"[\s_/-]", raw))
    text = re.sub("([_/])", r"\1<wbr>", escape(raw)) if len(raw) > LONG else escape(raw)
    if place == 0:
        return f'<th scope="row"{" class=long" if is_long else " class=nowrap" if len(raw) <= LONG else ""}>{text}</th>'
    kind = ' class="n"' if is_number(column) else ' class="nowrap"' if column.kind in ("date", "month") else ""
    kind = ' class="long"' if is_long and not kind else kind
    return f"<td{kind}>{text}</td>"


def _found(tree: Any, kind: str, attribute: str) -> list[Any]:
    """That attribute of every component of the kind that has it, in order."""
    if isinstance(tree, list | tuple):
        return [one for child in tree for one in _found(child, kind, attribute)]
    if not hasattr(tree, "_type"):
        return []
    own = [getattr(tree, attribute)] if tree._type == kind and hasattr(tree, attribute) else []
    return own + _found(getattr(tree, "children", None), kind, attribute)


def _first_grid(tree: Any) -> Any:
    if isinstance(tree, list | tuple):
        return next((found for child in tree if (found := _first_grid(child))), None)
    if not hasattr(tree, "_type"):
        return None
    return tree if tree._type == "AgGrid" else _first_grid(getattr(tree, "children", None))


def _text(tree: Any) -> str:
    """The words of a component, without those of its definition."""
    if tree is None or isinstance(tree, bool):
        return ""
    if isinstance(tree, list | tuple):
        return " · ".join(map(_text, tree))
    if not hasattr(tree, "_type"):
        return str(tree)
    return "" if tree._type in ("Tooltip", "H2", "H3") else _text(getattr(tree, "children", None))


def _counts(text: str) -> list[int]:
    """The counts that a tile's words tell, and what is left of "a of b"."""
    text = re.sub(r"\d{4}-\d\d(-\d\d)?", "", text)
    counts = [int(found.replace(",", "")) for found in COUNT.findall(text)]
    rest = [int(b.replace(",", "")) - int(a.replace(",", "")) for a, b in OF.findall(text) if a.strip(",") and b.strip(",")]
    return counts + [number for number in rest if number > 0]
