"""What an analyst does with a view, in a real browser: every control, every export, links in another browser, keyboard, older and new
releases, and print.

What does not belong here: that pages render and lead to each other (test_browser), and what needs no browser (test_export, test_paper).
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from playwright.sync_api import Browser, Page, expect

from dashboards.filters import DEFINITIONS
from dashboards.page import load_pages
from dashboards.queries import Column, Table
from dashboards.theme import dollars
from pipelines.denials.rates import Release, rate_table, read_period
from tests.dashboards.conftest import Served
from tests.dashboards.test_browser import ROWS_OF_OVER, followed, opened, settled, tile
from tests.dashboards.test_theme import contrast

PAGES = list(load_pages().values())
TABLES = {table.name: table for page in PAGES for table in page.tables}

# Controls, what is chosen in each, the address that it writes, and the same in SQL; one after the other, each beside those before.
CONTROLS = (
    ("Payer", "99901", "payer=99901", "payer_id = '99901'"),
    ("From", "2025-02", "from=2025-02", "service_date >= '2025-02-01'"),
    ("To", "2025-06", "to=2025-06", "service_date < '2025-07-01'"),
    ("Provider", "1999900131", "provider=1999900131", "(billing_npi = '1999900131' or clinician_npi = '1999900131')"),
    ("Codes", "ACP", "code=acp", "code_family = 'acp'"),
    ("Setting", "Facility", "setting=facility", "setting = 'facility'"),
)
GRIDS_FILLED = (
    "[...document.querySelectorAll('.card.grid')].every(grid => (grid.querySelector('[row-index=\"0\"] .ag-cell') || {}).textContent)"
)
CHARTS_DRAWN = "[...document.querySelectorAll('.dash-graph')].every(graph => graph.querySelector('.main-svg'))"


def shown(page: Page, address: str) -> None:
    """The address as a link inside the page leads there, until its charts and grids are drawn."""
    page.evaluate("a => { history.pushState({}, '', a); dispatchEvent(new CustomEvent('_dashprivate_pushstate')); }", address)
    drawn(page)


def drawn(page: Page) -> None:
    page.wait_for_function("document.documentElement.dataset.shown === location.pathname + location.search")
    page.wait_for_function(f"{CHARTS_DRAWN} && {GRIDS_FILLED}")


def choose(page: Page, control: str, option: str, query: str) -> None:
    page.get_by_role("textbox", name=control, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    page.wait_for_url(f"**{query}*")
    drawn(page)


def test_each_control_changes_the_numbers_to_what_sql_gives(served: Served, page: Page) -> None:
    opened(page, served.address)
    conditions: list[str] = ["direction = 'over'"]

    def is_sql() -> None:
        amount, number = served.rows(f"{ROWS_OF_OVER.replace('select ', 'select count(*), ')} where {' and '.join(conditions)}")[0][::-1]
        assert number > 0
        assert tile(page, "over") == dollars(amount), conditions
        assert f"{number:,} finding" in page.locator('[data-tile="over"]').inner_text()

    is_sql()
    for control, option, query, condition in CONTROLS:
        choose(page, control, option, query)
        conditions.append(condition)
        is_sql()
    choose(page, "Date basis", "Remittance", "basis=remit")
    conditions = [c.replace("service_date", "first_remit_date") for c in conditions]
    is_sql()
    page.get_by_role("switch", name="Mature only").click()
    page.wait_for_url("**mature=1*")
    drawn(page)
    conditions.append("first_remit_date < '2026-04-01'")
    is_sql()


def test_each_definition_of_denial_gives_its_own_rate(served: Served, page: Page) -> None:
    opened(page, served.address)
    rates: dict[str, str] = {}
    for name, words in DEFINITIONS.items():
        if name != "default":
            choose(page, "Denial definition", words, f"definition={name}")
        rows = {
            month: amounts
            for month, *amounts in served.rows(
                "select month, sum(denied_count), sum(unit_count), sum(denied_amount), sum(unit_amount) from denial_month"
                " where definition = ? and date_basis = 'service' group by month",
                [name],
            )
        }
        if name == "hfma_dollars":  # over the mean of the three months before each, where the release knows them: as the command
            made = rate_table(Release(served.release), name, "payer", "service", read_period(None, None, None))["total"]
            wanted, n = made["rate_percent"], dollars(made["numerator"])
        else:
            part, whole = (sum(amounts[at] for amounts in rows.values()) for at in (0, 1))
            wanted, n = tenths(100 * Decimal(part) / Decimal(whole)), f"{part:,}"
        rates[name] = tile(page, "denial_rate")
        assert rates[name] == f"{wanted} %", name
        assert f"{n} of " in page.locator('[data-tile="denial_rate"]').inner_text()
    assert len(set(rates.values())) > 2, "the sample tells the definitions apart"


def tenths(number: Decimal) -> Decimal:
    """Half up, as one rounds by hand."""
    return number.quantize(Decimal("0.1"), ROUND_HALF_UP)


# --- exports -----------------------------------------------------------------------------------------


def written(column: Column, value: str) -> str:
    """A value of a CSV as the page writes it."""
    if value == "":  # a CSV does not tell no text from none
        return ""
    match column.kind:
        case "amount":
            return f"{'−' if Decimal(value) < 0 else ''}${abs(Decimal(value)):,.2f}"
        case "count":
            return f"{int(Decimal(value)):,}"
        case "decimal":
            return f"{float(value):,.1f}"
        case "rate":
            return f"{tenths(100 * Decimal(value))} %"
        case "flag":
            return {"True": "yes", "False": "no"}[value]
    return value.removeprefix("'") if value[:2] in ("'=", "'+", "'-", "'@") else value


def workbook(data: bytes) -> list[list[Any]]:
    """The rows of the second sheet, header first: numbers, booleans and texts as they are, None for empty cells."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert book.testzip() is None
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet2.xml"))
        # Sheets of a workbook that is written row by row hold their texts themselves.
        assert "xl/sharedStrings.xml" not in book.namelist() or not ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    rows: list[list[Any]] = []
    for row in sheet.iter(f"{space}row"):
        cells: dict[int, Any] = {}
        for cell in row:
            letters = re.match("[A-Z]+", cell.attrib["r"])
            assert letters
            place = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters[0]))) - 1
            text = "".join(cell.itertext())
            kind = cell.attrib.get("t", "n")
            cells[place] = text if kind == "inlineStr" else bool(int(text)) if kind == "b" else float(text) if text else None
        rows.append([cells.get(place) for place in range(max(cells, default=-1) + 1)])
    return rows


def same(column: Column, value: str, cell: Any) -> bool:
    """Whether a cell of the workbook holds what the CSV says, to the cent, with its real type."""
    if value == "":
        return cell in (None, "")
    if column.kind in ("amount", "count", "decimal", "rate"):
        return isinstance(cell, float) and abs(Decimal(str(cell)) - Decimal(value)) < Decimal("0.000001")
    if column.kind == "flag":
        return cell is (value == "True")
    if column.kind == "date" and isinstance(cell, float):
        return str(date(1899, 12, 30) + timedelta(days=int(cell))) == value[:10]
    return str(cell) == value or (isinstance(cell, float) and cell == float(value)) or f"'{cell}" == value


def exported(page: Page, address: str, table: Table) -> list[dict[str, str]]:
    """The CSV of a link on the page, after its XLSX was found to be the same."""
    answer = page.request.get(address)
    assert answer.ok, address
    head, *lines = csv.reader(io.StringIO(answer.text()))
    assert head == [column.name for column in table.columns]
    book = workbook(page.request.get(address.replace(".csv", ".xlsx")).body())
    assert book[0] == [column.title for column in table.columns]
    assert len(book) == len(lines) + 1
    for line, row in zip(lines, book[1:], strict=True):
        row += [None] * (len(line) - len(row))
        for column, value, cell in zip(table.columns, line, row, strict=True):
            assert same(column, value, cell), (table.name, column.name, value, cell)
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_every_export_is_the_page_to_the_cent(served: Served, page: Page) -> None:
    opened(page, served.address)
    seen: set[str] = set()
    for one in PAGES:
        shown(page, f"{one.path}?payer=99901")
        cards = page.evaluate(
            """() => [...document.querySelectorAll('main .card')].filter(card => card.querySelector('a[href*=".csv"]')).map(card => ({
              href: card.querySelector('a[href*=".csv"]').getAttribute('href'),
              rows: [...card.querySelectorAll('.scroll tbody tr')].map(
                row => [...row.children].map(cell => cell.textContent.replace(/^—$/, ''))),
              said: card.classList.contains('grid') ? card.querySelector('.card-title > .quiet').textContent : '',
              first: Object.fromEntries([...card.querySelectorAll('.ag-row[row-index="0"] .ag-cell')].map(
                cell => [cell.getAttribute('col-id'), cell.textContent.replace(/^—$/, '')])),
            }))"""
        )
        for card in cards:
            table = TABLES[urlsplit(card["href"]).path.removeprefix("/export/").removesuffix(".csv")]
            rows = exported(page, served.address + card["href"], table)
            if card["said"]:
                assert card["said"] == f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}", table.name
                kinds = {column.name: column for column in table.columns}
                assert len(card["first"]) > 4
                assert card["first"] == {name: written(kinds[name], rows[0][name]) for name in card["first"]}, table.name
            else:
                columns = [column for column in table.columns if not column.is_hidden]
                assert card["rows"] == [[written(column, row[column.name]) for column in columns] for row in rows[:200]], table.name
            seen.add(table.name)
    assert {"findings-by-month", "overview-findings", "claim-lines", "checks", "acp-minutes", "biggest-changes"} <= seen


# --- links, keyboard, releases, print ----------------------------------------------------------------


def test_a_link_gives_another_browser_the_same_view(served: Served, page: Page, browser: Browser) -> None:
    claim = served.rows("select claim_key from finding where check_id = 'ACP-20' order by 1 limit 1")[0][0]
    other = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="light")
    try:
        fresh = other.new_page()
        opened(page, served.address)
        for link in ("/?payer=99901&basis=remit&from=2025-02&check=ACP-20&measure=A", f"/claim-360?claim={claim}&setting=facility"):
            shown(page, link)
            fresh.goto(served.address + link)
            drawn(fresh)
            assert fresh.locator("main").inner_text() == page.locator("main").inner_text(), link
            assert fresh.title() == page.title()
    finally:
        other.close()


def test_the_keyboard_reaches_a_filter_a_page_and_a_row(served: Served, page: Page) -> None:
    opened(page, served.address)

    def tab_to(condition: str, key: str = "Tab") -> None:
        for _ in range(150):
            page.keyboard.press(key)
            if page.evaluate(f"(one => {condition})(document.activeElement)"):
                return
        raise AssertionError(f"Tab never reaches {condition}")

    tab_to("one.matches('nav a') && one.textContent === 'ACP audit'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/acp-audit")
    settled(page)
    tab_to("one.labels && [...one.labels].some(label => label.textContent === 'Payer')", "Shift+Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**payer=*")
    drawn(page)
    tab_to("one.closest('.card.grid') && one.matches('.ag-cell')")
    row = page.evaluate("document.activeElement.closest('[row-index]').getAttribute('row-index')")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('[row-index]').getAttribute('row-index')") == str(int(row) + 1)
    while page.evaluate("document.activeElement.getAttribute('col-id')") != "patient_control_number":
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/claim-360?*claim=*")
    settled(page)
    expect(page.locator("[data-chosen]")).to_be_visible()


def test_an_older_release_by_its_address_and_a_new_one_by_itself(
    releases: Path, serve: Callable[[Path], Served], tmp_path: Path, page: Page
) -> None:
    folder = tmp_path / "releases"
    shutil.copytree(releases, folder, symlinks=True)
    old, new = (next(path for path in folder.glob(f"{day}-*")) for day in ("2026-05-31", "2026-06-30"))
    link = folder / "current"

    def make_current(release: Path) -> None:
        """As publishing does: another link takes the place of the first in one step."""
        (folder / ".next").symlink_to(release.name)
        (folder / ".next").rename(link)

    make_current(old)
    served = serve(folder)
    opened(page, served.address)
    expect(page.locator(".as-of")).to_have_text("2026-05-31")
    before = tile(page, "over")
    make_current(new)
    page.get_by_role("link", name="ACP audit", exact=True).click()
    page.wait_for_url("**/acp-audit")
    settled(page)
    expect(page.locator(".as-of")).to_have_text("2026-06-30")
    opened(page, f"{served.address}/?release={old.name}")
    expect(page.get_by_text("An older release.")).to_be_visible()
    assert tile(page, "over") == before != ""
    assert parse_qs(urlsplit(page.url).query)["release"] == [old.name]
    followed(page, "/")
    assert tile(page, "over") == dollars(served.rows(f"{ROWS_OF_OVER} where direction = 'over'")[0][0])


def test_print_hides_controls_and_nothing_else(served: Served, page: Page) -> None:
    page.set_viewport_size({"width": 1047, "height": 730})  # what a landscape A4 sheet leaves
    opened(page, served.address)
    for one in PAGES:
        shown(page, one.path)
        page.emulate_media(media="print")
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        gone = page.evaluate(
            """() => [...document.querySelectorAll('main :is(h1, h2, h3, .tile, .notice, .empty, .js-plotly-plot, .ag-row, .lead)')]
              .concat([...document.querySelectorAll('main .card > .scroll table, main details[open] table')])
              .filter(one => !one.getClientRects().length || getComputedStyle(one).visibility === 'hidden')
              .map(one => one.className || one.tagName)"""
        )
        assert gone == [], one.path
        wide = page.evaluate(
            """() => [...document.querySelectorAll('main :is(.tile, .card, .notice, .scroll table, .js-plotly-plot)')]
              .filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.textContent.slice(0, 60))"""
        )
        assert wide == [], f"{one.path}: wider than the sheet"
        for control in (".filters", ".side", ".tools", ".actions", "button.info"):
            assert page.locator(f"{control}:visible").count() == 0, control
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        page.emulate_media(media="screen")


def test_text_of_the_page_stands_out_in_either_theme(served: Served, page: Page) -> None:
    """What the browser shows, not what the palette says: colour of each text against the ground that it stands on."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        opened(page, served.address)
        found = page.evaluate(TEXTS_ON_GROUNDS)
        assert len(found) > 60
        assert [item for item in found if contrast(item[0], item[1]) < 4.5] == [], scheme


TEXTS_ON_GROUNDS = """() => {
  const hex = c => '#' + c.match(/\\d+(\\.\\d+)?/g).slice(0, 3).map(n => Math.round(n).toString(16).padStart(2, '0')).join('');
  const ground = one => /rgba\\(0, 0, 0, 0\\)|transparent/.test(getComputedStyle(one).backgroundColor) && one.parentElement
    ? ground(one.parentElement) : getComputedStyle(one).backgroundColor;
  return [...document.querySelectorAll('main *, nav *, .filters *')]
    .filter(one => !one.children.length && one.textContent.trim() && one.getClientRects().length)
    .filter(one => !one.closest('svg, .ag-root-wrapper, :disabled'))
    .map(one => [hex(getComputedStyle(one).color), hex(ground(one)), one.textContent.slice(0, 30)]);
}"""
