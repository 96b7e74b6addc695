"""The dashboards in a real browser: pages, filters, links, drill-down, exports, theme and keyboard, over the samples.

What does not belong here: texts and numbers of one page's figures, and what needs no browser (test_filters, test_export, test_queries).
Every page fixture also asserts that no request left the machine and that the console is without errors.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboards.page import load_pages
from dashboards.theme import DARK, LIGHT, dollars
from tests.dashboards.conftest import Served

PAGES = list(load_pages().values())
VARIANTS = ("releases", "empty", "undocumented")
ROWS_OF_OVER = (
    "select coalesce(sum(at_risk_amount) filter (where at_risk_counted), 0) from finding join finding_context using (finding_key)"
)


def opened(page: Page, address: str) -> Page:
    """The address, asked of the server as a reload does."""
    page.goto(address)
    settled(page)
    return page


def followed(page: Page, address: str) -> Page:
    """The address as a link inside the page leads there."""
    page.evaluate("a => { history.pushState({}, '', a); dispatchEvent(new CustomEvent('_dashprivate_pushstate')); }", address)
    settled(page)
    return page


def settled(page: Page) -> None:
    """The page of the address is shown, and no request is under way."""
    page.wait_for_function("document.documentElement.dataset.shown === location.pathname + location.search")
    page.wait_for_load_state("networkidle")


def tile(page: Page, name: str) -> str:
    return page.locator(f'[data-tile="{name}"] .figure').inner_text()


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_page_renders(variant: str, serve: Callable[[Path], Served], request: pytest.FixtureRequest, page: Page) -> None:
    served = serve(request.getfixturevalue(variant))
    opened(page, served.address)
    for one in PAGES:
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=one.title, exact=True).click()
        page.wait_for_url(f"**{one.path}")
        settled(page)
        assert urlsplit(page.url).path == one.path
        expect(page.locator("#heading")).to_be_visible()
        body = page.locator("main").inner_text()
        assert "lacks what this view needs" not in body
        assert "fault of Midpoint" not in body
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "nothing is cut at the right"
        links = page.evaluate("[...document.querySelectorAll('a[href^=\"/export/\"]')].map(a => a.pathname)")
        assert {re.sub(r"/export/(.*)\..*", r"\1", link) for link in links} <= {table.name for table in one.tables}


def test_without_documentation_it_says_so(serve: Callable[[Path], Served], undocumented: Path, page: Page) -> None:
    opened(page, serve(undocumented).address)
    assert tile(page, "C") == "not evaluable"
    followed(page, "/acp-audit")
    expect(page.get_by_text("Needs documentation file")).to_be_visible()


def test_an_empty_release_says_so(serve: Callable[[Path], Served], empty: Path, page: Page) -> None:
    opened(page, serve(empty).address)
    expect(page.get_by_text("No claims in this release")).to_be_visible()


def test_tiles_are_the_release_to_the_cent(served: Served, page: Page) -> None:
    opened(page, served.address)
    for name, (column, condition) in {
        "over": ("at_risk_amount", "direction = 'over'"),
        "denial": ("at_risk_amount", "direction = 'denial'"),
        **{key: ("recoverable_amount", f"finding_key in (select finding_key from missed_revenue where tier = '{key}')") for key in "ABC"},
    }.items():
        found = served.rows(f"select coalesce(sum({column}) filter (where at_risk_counted), 0), count(*) from finding where {condition}")[0]
        assert tile(page, name) == dollars(found[0])
        words = page.locator(f'[data-tile="{name}"]').inner_text()
        assert re.search(rf"\b{found[1]:,} finding", words)
    assert tile(page, "findings") == f"{served.rows('select count(*) from finding')[0][0]:,}"


FILTERS = (
    ("payer=99901", "payer_id = '99901'"),
    ("provider=1999900131", "(billing_npi = '1999900131' or clinician_npi = '1999900131')"),
    ("setting=facility", "setting = 'facility'"),
    ("code=acp", "code_family = 'acp'"),
    ("from=2025-03&to=2025-06", "service_date between '2025-03-01' and '2025-06-30'"),
    ("basis=remit&from=2025-07", "first_remit_date >= '2025-07-01'"),
    ("basis=submission&to=2025-04", "submission_date < '2025-05-01'"),
    ("mature=1&basis=remit", "first_remit_date < '2026-04-01'"),
)


def test_each_filter_gives_what_sql_gives(served: Served, page: Page) -> None:
    opened(page, served.address)
    every = served.rows(f"{ROWS_OF_OVER} where direction = 'over'")[0][0]
    for query, condition in FILTERS:
        wanted = served.rows(f"{ROWS_OF_OVER} where direction = 'over' and {condition}")[0][0]
        number = served.rows(f"select count(*) from finding join finding_context using (finding_key) where {condition}")[0][0]
        assert 0 < wanted < every, f"{query} must change something"
        followed(page, f"/?{query}")
        assert tile(page, "over") == dollars(wanted), query
        assert tile(page, "findings") == f"{number:,}", query
        rows = page.locator(".card.grid", has=page.get_by_role("heading", name="Findings to work, largest first"))
        expect(rows.locator(".card-title .quiet")).to_have_text(f"{number:,} {'row' if number == 1 else 'rows'}")


def test_a_control_writes_the_address_and_a_link_reproduces_the_view(served: Served, page: Page, context: BrowserContext) -> None:
    opened(page, served.address)
    before = tile(page, "over")
    page.get_by_role("textbox", name="Payer", exact=True).click()
    page.get_by_role("option", name="99901").click()
    page.wait_for_url("**payer=99901*")
    settled(page)
    after = tile(page, "over")
    assert after != before
    other = opened(context.new_page(), page.url)
    assert tile(other, "over") == after
    expect(other.get_by_role("textbox", name="Payer", exact=True)).to_have_value("99901")
    page.go_back()
    settled(page)
    expect(page.locator('[data-tile="over"] .figure')).to_have_text(before)
    # What is chosen stays chosen on another page; nothing but the theme is ever kept by the browser.
    page.go_forward()
    settled(page)
    page.get_by_role("link", name="ACP audit", exact=True).click()
    page.wait_for_url("**/acp-audit?payer=99901")
    assert set(page.evaluate("Object.keys(localStorage)")) <= {"theme", "theme-timestamp"}


def test_a_bad_address_is_told_in_words(served: Served, page: Page) -> None:
    opened(page, f"{served.address}/?payer=99901&from=soon&basis=lunar&provider=1&nonsense!=1")
    notes = page.get_by_role("note")
    expect(notes.filter(has_text="from=soon")).to_be_visible()
    expect(notes.filter(has_text="basis=lunar")).to_be_visible()
    expect(notes.filter(has_text="provider=1")).to_be_visible()
    assert tile(page, "over") == dollars(served.rows(f"{ROWS_OF_OVER} where direction = 'over' and payer_id = '99901'")[0][0])
    followed(page, "/nowhere")
    expect(page.get_by_text("No such page")).to_be_visible()


def test_three_clicks_to_the_segment(served: Served, page: Page) -> None:
    """Overview → a check's bar → a finding's row → the claim with file, transaction set and segment; breadcrumbs lead back."""
    opened(page, served.address)
    bar = page.locator('[id*="findings-by-check"] .barlayer .point path').first
    bar.click(force=True)
    page.wait_for_url("**check=*")
    settled(page)
    check = parse_qs(urlsplit(page.url).query)["check"][0]
    claim, account, file, sets, segment = served.rows(
        "select claim_key, patient_control_number, source_file, transaction_set, segment_number from finding where check_id = ?"
        " order by at_risk_counted desc, at_risk_amount desc, finding_key limit 1",
        [check],
    )[0]
    page.get_by_role("link", name=account).first.click()
    page.wait_for_url("**/claim-360?claim=*")
    settled(page)
    assert parse_qs(urlsplit(page.url).query)["claim"] == [claim]
    assert account not in page.url
    assert account not in page.title()
    chosen = page.locator("[data-chosen]")
    expect(chosen).to_contain_text(check)
    expect(chosen).to_contain_text(f"{file}, transaction set {sets}, segment {segment}")
    page.get_by_role("navigation", name="Breadcrumbs").get_by_role("link", name="Overview").click()
    page.wait_for_function("document.title.startsWith('Overview')")


def test_a_claim_is_found_by_its_account_number_which_stays_out_of_the_address(served: Served, page: Page) -> None:
    account = served.rows("select min(patient_control_number) from claim_line")[0][0]
    opened(page, f"{served.address}/claim-360")
    page.get_by_label("Account number or claim key").fill(account)
    page.get_by_role("button", name="Find", exact=True).click()
    page.locator("#find-result").get_by_role("link", name=account).first.click()
    page.wait_for_url("**claim=*")
    settled(page)
    expect(page.locator("#heading")).to_contain_text(account)
    assert account not in page.url


def test_an_older_release_can_be_opened_and_compared(served: Served, page: Page) -> None:
    opened(page, f"{served.address}/runs")
    old = next(path.name for path in served.releases.glob("2026-05-31-*"))
    expect(page.locator('[data-tile="runs-new"] .figure')).not_to_have_text("0")
    page.get_by_role("link", name=old).click()
    page.wait_for_url(f"**release={old}")
    settled(page)
    expect(page.get_by_text("An older release.")).to_be_visible()
    expect(page.locator(".as-of")).to_have_text("2026-05-31")


def test_exports_are_the_page_to_the_cent(served: Served, page: Page, tmp_path: Path) -> None:
    opened(page, f"{served.address}/?payer=99901")
    card = page.locator(".card", has=page.get_by_role("heading", name="Overpayment exposure by check"))
    card.locator("summary", has_text="Table").click()
    shown = {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in card.locator("tbody tr").all()}
    with page.expect_download() as waiting:
        card.get_by_role("link", name="CSV", exact=True).click()
    waiting.value.save_as(tmp_path / "made.csv")
    with (tmp_path / "made.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(shown) > 1
    for row in rows:
        assert dollars(Decimal(row["amount"]), cents=True) in shown[row["check_id"]]
    over = sum(Decimal(row["amount"]) for row in rows if row["direction"] == "over")
    assert over == served.rows(f"{ROWS_OF_OVER} where direction = 'over' and payer_id = '99901'")[0][0]
    with page.expect_download() as waiting:
        card.get_by_role("button", name="PNG").click()
    waiting.value.save_as(tmp_path / "made.png")
    assert (tmp_path / "made.png").read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as waiting:
        card.get_by_role("button", name="SVG").click()
    waiting.value.save_as(tmp_path / "made.svg")
    assert "Overpayment exposure by check" in (tmp_path / "made.svg").read_text()


def test_the_grid_sorts_and_filters_where_the_rows_are(served: Served, page: Page) -> None:
    opened(page, f"{served.address}/claim-360")
    grid = page.locator(".card.grid")
    first = grid.locator('[row-index="0"] [col-id="procedure_code"]')
    grid.get_by_role("columnheader", name="Code", exact=True).click()
    expect(first).to_have_text(served.rows("select min(procedure_code) from claim_line")[0][0])
    grid.get_by_label("Code Filter Input").fill("99498")
    expect(first).to_have_text("99498")
    number = served.rows("select count(*) from claim_line where procedure_code = '99498'")[0][0]
    expect(grid.locator('[row-index] [col-id="procedure_code"]')).to_have_text(["99498"] * number)


def test_dark_and_light(served: Served, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    opened(page, served.address)
    assert ground(page) == DARK["panel"]
    assert DARK["over"] in page.locator(".js-plotly-plot").first.evaluate("plot => JSON.stringify(plot.data)")
    page.get_by_role("button", name="Light or dark").click()
    page.wait_for_function("document.documentElement.getAttribute('data-mantine-color-scheme') === 'light'")
    settled(page)
    assert ground(page) == LIGHT["panel"]
    assert LIGHT["over"] in page.locator(".js-plotly-plot").first.evaluate("plot => JSON.stringify(plot.data)")
    page.reload()
    settled(page)
    assert ground(page) == LIGHT["panel"], "the choice is kept"
    page.evaluate("localStorage.clear()")


def ground(page: Page) -> str:
    red, green, blue = re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[:3]
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"


def test_by_keyboard_alone(served: Served, page: Page) -> None:
    opened(page, served.address)
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#heading")).to_be_focused()
    page.get_by_role("link", name="ACP audit", exact=True).focus()
    width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert width == "2px", "what has the focus shows it"
    page.keyboard.press("Enter")
    page.wait_for_url("**/acp-audit")
    settled(page)
    expect(page.locator("#heading")).to_be_focused()
    setting = page.get_by_role("textbox", name="Setting", exact=True)
    setting.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**setting=*")
    settled(page)
    expect(setting).to_be_focused()
    page.locator("details.data summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.data[open] table").first).to_be_visible()


def test_a_printed_page_says_what_it_is(served: Served, page: Page) -> None:
    opened(page, f"{served.address}/?payer=99901")
    page.emulate_media(media="print")
    expect(page.locator(".print-only").first).to_contain_text("Payer: 99901")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator(".side")).to_be_hidden()
