"""The dashboards on paper: the numbers of the release, every page, nothing from outside, nothing cut, and what is left out when shared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page as Tab
from typer.testing import CliRunner

from dashboards import paper
from dashboards.export import SMALL
from dashboards.filters import read
from dashboards.paper import LITTLE, Order, PaperError, document, names
from dashboards.queries import ReleaseError
from dashboards.theme import count, dollars
from pipelines.cli import app

VARIANTS = ("releases", "empty", "undocumented")
VOID = {"meta", "br", "hr", "wbr", "img"}


class Read(HTMLParser):
    """The document as tags with attributes, tiles and tables by name; raises on a tag that is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.tiles: dict[str, str] = {}
        self.tables: dict[str, list[list[str]]] = {}
        self.text = ""
        self.tile: tuple[str, int] | None = None
        self.table = ""
        self.is_note = self.is_style = False
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag in VOID:
            return
        self.open.append(tag)
        if "data-tile" in given:
            self.tile = given["data-tile"], len(self.open)
            self.tiles[given["data-tile"]] = ""
        if "data-table" in given:
            self.table = given["data-table"]
            self.tables[self.table] = []
        if self.table and tag == "tr":
            self.tables[self.table].append([])
        if self.table and tag in ("td", "th"):
            self.tables[self.table][-1].append("")
        self.is_note = self.is_note or tag == "sup"
        self.is_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open.pop() == tag
        if self.tile and len(self.open) < self.tile[1]:
            self.tile = None
        if tag == "table":
            self.table = ""
        if tag == "sup":
            self.is_note = False
        self.is_style = False

    def handle_data(self, data: str) -> None:
        if self.is_note or self.is_style:
            return
        self.text += data + " "
        if self.tile:
            self.tiles[self.tile[0]] += data + "|"
        if self.table and self.tables[self.table] and self.tables[self.table][-1]:
            self.tables[self.table][-1][-1] += data


@pytest.fixture(scope="module")
def whole(releases: Path) -> str:
    return document(releases / "current", Order())


@pytest.fixture(scope="module")
def con(releases: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        for path in (releases / "current").resolve().glob("*.parquet"):
            made.execute(f"create view {path.stem} as select * from read_parquet('{path}')")
        yield made


OVER = "from finding join finding_context using (finding_key) where direction = 'over'"


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("", "true"),
        ("?payer=99901", "payer_id = '99901'"),
        ("?from=2025-03&to=2025-06&setting=facility", "setting = 'facility' and service_date between '2025-03-01' and '2025-06-30'"),
        ("?basis=remit&mature=1&code=acp", "code_family = 'acp' and first_remit_date < '2026-04-01'"),
    ],
)
def test_numbers_are_those_of_the_release(query: str, condition: str, releases: Path, con: duckdb.DuckDBPyConnection) -> None:
    made = Read(document(releases / "current", Order(read(query), ["overview"])))
    amount, number = con.execute(
        f"select coalesce(sum(at_risk_amount) filter (where at_risk_counted), 0), count(*) {OVER} and {condition}"
    ).fetchone() or (0, 0)
    assert made.tiles["over"].split("|")[1] == dollars(amount)
    assert f"{number:,} finding" in made.tiles["over"]
    rows = made.tables["findings-by-check"][1:]
    assert sum((Decimal(row[-1].replace("$", "").replace(",", "")) for row in rows if row[2] == "over"), Decimal(0)) == amount
    wanted = con.execute(
        "select check_id, count(*), sum(case when direction = 'under' then recoverable_amount else at_risk_amount end)"
        " filter (where at_risk_counted) from finding join finding_context using (finding_key)"
        f" where direction <> 'info' and {condition} group by check_id order by check_id"
    ).fetchall()
    assert wanted
    assert sorted((row[0], row[-2], row[-1]) for row in rows) == [(c, count(n), dollars(a or 0, cents=True)) for c, n, a in wanted]


def test_every_page_stands_in_it_whole(whole: str) -> None:
    made = Read(whole)
    sections = [given for tag, given in made.tags if tag == "section" and given.get("class") == "page"]
    assert [(given["id"], given["aria-label"]) for given in sections] == [(name, page.title) for name, page in names().items()]
    assert "not drawn on paper" not in whole, "a figure has a kind of trace that picture.py does not know: add it there"
    assert "lacks what this view needs" not in whole
    for name, table in ((table.name, table) for page in names().values() for table in page.tables):
        if name in made.tables:
            assert made.tables[name][0] == [column.title for column in table.columns if not column.is_hidden]
    assert {"findings-by-month", "overview-findings", "acp-minutes", "claim-lines", "checks", "files"} <= set(made.tables)


def test_it_asks_for_nothing_and_runs_nothing(whole: str) -> None:
    tags = Read(whole).tags
    assert {tag for tag, _ in tags}.isdisjoint({"script", "link", "iframe", "object", "embed", "base", "form", "input", "button", "img"})
    ids = [given["id"] for _, given in tags if "id" in given]
    assert len(ids) == len(set(ids))
    for tag, given in tags:
        assert not any(name.startswith("on") or name == "src" for name in given), tag
        if "href" in given:
            assert given["href"].startswith("#")
            assert given["href"][1:] in ids
    assert "http" not in re.sub(r'http-equiv="Content-Security-Policy"', "", whole)
    assert "url(" not in whole
    assert "@import" not in whole
    assert "default-src 'none'" in whole
    assert len(whole) < 1_000_000


def test_equal_release_and_filters_give_equal_bytes(releases: Path, whole: str, tmp_path: Path) -> None:
    paper.write_html(releases / "current", tmp_path / "again.html", Order())
    assert (tmp_path / "again.html").read_bytes() == whole.encode()
    assert document(releases / "current", Order(read("?payer=99901"))) != whole


def test_what_is_filtered_and_what_it_means_stand_on_the_cover(releases: Path) -> None:
    cover = document(releases / "current", Order(read("?payer=99901&definition=hfma_dollars&mature=1"))).split("<main>")[0]
    assert all(
        words in cover for words in ("99901", "HFMA, by dollars", "Mature months only", "As of", (releases / "current").resolve().name)
    )


def test_long_tables_are_cut_and_say_so(releases: Path, con: duckdb.DuckDBPyConnection) -> None:
    made = Read(document(releases / "current", Order(pages=["claim-360"], rows=10)))
    (number,) = con.execute("select count(*) from claim_line").fetchone() or (0,)
    assert len(made.tables["claim-lines"]) == 11
    assert f"The first 10 of {number:,} rows" in made.text


@pytest.mark.parametrize("variant", VARIANTS[1:])
def test_what_is_missing_is_said(variant: str, request: pytest.FixtureRequest) -> None:
    html = document(request.getfixturevalue(variant) / "current", Order())
    made = Read(html)
    assert "not drawn on paper" not in html
    assert ("No claims in this release" if variant == "empty" else "Needs documentation file") in made.text
    if variant == "undocumented":
        assert made.tiles["C"].split("|")[1] == "not evaluable"


def test_what_is_shared_tells_no_small_count_and_no_person(releases: Path, whole: str, con: duckdb.DuckDBPyConnection) -> None:
    html = document(releases / "current", Order(is_shared=True))
    made = Read(html)
    for column in ("patient_control_number", "claim_key", "documentation_id", "finding_key"):
        values = [value for (value,) in con.execute(f"select distinct {column} from finding where {column} is not null").fetchall()]
        assert not [value for value in values if len(value) > 5 and value in html], column
    tables = {table.name: table for page in names().values() for table in page.tables}
    assert not [name for name in made.tables if name in tables and tables[name].is_rows]
    seen = 0
    for name, (head, *rows) in made.tables.items():
        if name not in tables:
            continue
        shown = [column for column in tables[name].columns if not column.is_hidden and not column.is_identifier]
        assert head == [column.title for column in shown]
        for row in rows:
            for column, text in zip(shown, row, strict=True):
                if column.kind == "count" and text not in (LITTLE, "—"):
                    assert not 0 < int(text.replace(",", "")) < SMALL, (name, row)
                    seen += 1
    assert seen
    assert LITTLE in made.tiles["B"] or "0 findings" in made.tiles["B"]
    assert LITTLE in made.tiles["A"], "seven findings"
    for name, text in made.tiles.items():
        assert not [n for n in re.findall(r"\b(\d+) (?:findings?|claims?|days?|lines?)\b", text) if 0 < int(n) < SMALL], name
    assert "data-table" in whole
    assert not re.search(r"\b([1-9]|10) findings?\b", made.text)


def test_a_chart_of_hidden_counts_is_not_drawn(releases: Path) -> None:
    order = Order(pages=["acp-audit"], is_shared=True)
    assert "The chart is left out" in document(releases / "current", order)
    assert "<svg" not in document(releases / "current", order)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"from": "soon"}, "--from soon: not a month"),
        ({"from": "2025-06", "to": "2025-01"}, "lies after"),
        ({"payer": "nobody"}, "--payer nobody: not in this release; it knows 99901"),
        ({"provider": "1234567893"}, "--provider 1234567893"),
        ({"code": "surgery"}, "--code surgery: not one of acp"),
    ],
)
def test_a_wrong_filter_is_one_sentence(given: dict[str, str | None], words: str, releases: Path) -> None:
    with pytest.raises(PaperError, match=re.escape(words)):
        paper.ask(releases / "current", given)


def test_the_command(releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*words: str) -> tuple[int, str]:
        made = CliRunner().invoke(app, ["report", str(releases / "current"), *words])
        return made.exit_code, made.output + str(made.exception or "")

    target = tmp_path / "paper.html"
    assert run()[1].strip().endswith("report.html"), "as it was without the new options"
    assert run("--html", str(target), "--payer", "99901", "--pages", "overview") == (0, f"{target}\n")
    assert target.read_text(encoding="utf-8") == document(releases / "current", Order(read("?payer=99901"), ["overview"]))
    assert "there are overview, " in run("--html", str(target), "--pages", "nowhere")[1]
    assert run("--payer", "99901")[0] == 2
    assert run("--html", str(target), "--paper", "a3")[0] == 2
    monkeypatch.setattr(paper, "chromium", lambda: None)
    assert "a PDF needs chromium" in run("--pdf", str(tmp_path / "paper.pdf"))[1]
    assert not (tmp_path / "paper.pdf").exists()


def test_the_pdf_holds_the_pages(releases: Path, tmp_path: Path) -> None:
    target = tmp_path / "paper.pdf"
    paper.write_pdf(releases / "current", target, Order(pages=["overview", "data-trust"], sheet="a4"))
    made = target.read_bytes()
    assert made.startswith(b"%PDF-")
    # Its outline is made of the headings; the text itself is packed in fonts.
    assert all(f"/Title ({title})".encode() in made for title in ("Overview", "Data trust"))
    assert re.search(rb"/MediaBox \[0 0 841\.\d+ 59[45][\d.]*\]", made), "A4, landscape"
    assert b"/Subtype /Image" not in made, "charts are drawn, not photographed"


def test_nothing_is_cut_or_hidden_in_print(releases: Path, tmp_path: Path, page: Tab) -> None:
    paper.write_html(releases / "current", tmp_path / "paper.html", Order())
    page.set_viewport_size({"width": 973, "height": 700})  # what a landscape sheet leaves between its margins
    page.emulate_media(media="print", color_scheme="dark")
    page.set_content((tmp_path / "paper.html").read_text(encoding="utf-8"))
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    hidden = page.evaluate(
        """() => [...document.querySelectorAll('main table, main .tile, main .picture.light svg, main h2, main .notice, main .notes li')]
          .filter(one => !one.getClientRects().length || getComputedStyle(one).visibility === "hidden")
          .map(one => one.outerHTML.slice(0, 80))"""
    )
    assert hidden == []
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.picture.light svg')].flatMap(svg => { const frame = svg.getBoundingClientRect();
          return [...svg.querySelectorAll('text')].filter(text => { const box = text.getBoundingClientRect();
            return box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2; })
            .map(text => text.closest('section').id + ': ' + text.textContent); })"""
    )
    assert outside == []
    assert page.locator(".picture.dark:visible").count() == 0
    page.emulate_media(media="screen", color_scheme="dark")
    assert page.locator(".picture.light:visible").count() == 0
    assert page.locator(".picture.dark:visible").count() > 3


def test_a_folder_that_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="There is no release"):
        document(tmp_path, Order())


def test_pages_by_name_are_those_of_the_navigation() -> None:
    assert next(iter(names())) == "overview"
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names())
