"""The report: one file that needs nothing else, says what the tables say, and takes nothing from a file for markup."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import MidpointError
from pipelines.release import report
from pipelines.release.report import PROOFS, write_report
from tests.release.story import FORMULA, HOSTILE


class Page(HTMLParser):
    """The page's text outside scripts and styles, its ids, links, and whatever it would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.scripts = 0
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.inside = tag if tag in ("script", "style") else self.inside
        self.scripts += tag == "script"
        self.ids += [values["id"]] if values.get("id") else []
        self.links += [values["href"]] if tag == "a" and values.get("href") else []
        self.fetched += [v for k, v in attrs if v and (k == "src" or (k == "href" and tag != "a"))]

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def page(release: Path) -> Page:
    return Page((release / "report.html").read_text(encoding="utf-8"))


def test_it_opens_offline(release: Path, page: Page) -> None:
    html = (release / "report.html").read_text(encoding="utf-8")
    assert page.fetched == []
    assert "@import" not in html.split("<script>", 1)[0]
    assert html.count("plotly.js v") == 1  # inlined once, whatever the number of figures
    assert html.count("Plotly.newPlot(") >= 2


def test_links_lead_somewhere_and_ids_are_unique(page: Page) -> None:
    assert page.links
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert len(page.ids) == len(set(page.ids))


def test_nothing_from_a_file_is_markup(release: Path, page: Page) -> None:
    html = (release / "report.html").read_text(encoding="utf-8")
    assert HOSTILE not in html
    assert HOSTILE in page.text  # shown as text
    assert FORMULA in page.text


def test_it_says_what_the_tables_say(release: Path, page: Page) -> None:
    with duckdb.connect() as con:
        path = f"read_parquet('{release / 'check_result.parquet'}')"
        over = con.execute(f"select sum(counted_at_risk_amount) from {path} where direction = 'over'").fetchall()[0][0]
        checks = con.execute(
            f"select check_id, title, flagged_count, eligible_count from {path} where eligible_count is not null"
        ).fetchall()
    assert f"Overpayment risk ${over:,.0f}" in page.text
    for check_id, title, flagged, eligible in checks:
        assert f"{check_id} {title}" in page.text
        assert re.search(rf"{re.escape(check_id)} .{{0,600}}? {flagged} {eligible} ", page.text)
    assert "As of 2024-12-31" in page.text
    assert release.name in page.text


def test_what_limits_the_figures_stands_first(page: Page) -> None:
    text = page.text
    assert "not evaluable : an input is missing" in text  # the hospice checks have no hospice evidence
    assert re.search(r"Denial risk \$\d+ \d+ findings? from \d+ checks?; \d+ checks? not evaluable", text)
    assert text.index("Before you use these figures") < text.index("Each check looks at")
    assert "HOS-01" in text[text.index("These checks lack an input") :]


def test_where_no_check_is_evaluable_there_is_no_figure() -> None:
    lost = {"direction": "denial", "status": "not_evaluable", "eligible_count": None, "flagged_count": None}
    card = report._money_card([lost], "denial", "", {})  # pyright: ignore[reportPrivateUsage]
    assert '<div class="figure">not evaluable</div>' in card
    assert "$0" not in card


def test_the_cards_say_what_their_dollars_rest_on(release: Path, page: Page) -> None:
    with duckdb.connect() as con:
        path = f"read_parquet('{release / 'finding.parquet'}')"
        mine = f"from {path} where direction = 'over' and at_risk_counted"
        split = con.execute(f"select proof, sum(at_risk_amount) {mine} group by proof").fetchall()
        estimated = con.execute(f"select sum(at_risk_amount) {mine} and amount_method like '%expected%'").fetchall()[0][0]
    for proof, amount in split:
        assert f"{PROOFS[proof].lower()} ${amount:,.2f}" in page.text
    assert f"${estimated:,.2f} of it is estimated, not allowed on a remittance" in page.text


def test_findings_without_an_amount_and_overlaps_are_said(release: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(release, tmp_path / "copy")
    with duckdb.connect() as con:
        con.execute(f"create table f as from read_parquet('{release / 'finding.parquet'}')")
        con.execute("update f set at_risk_amount = null where finding_key = (select min(finding_key) from f where direction = 'over')")
        con.execute("update f set at_risk_counted = false where finding_key = (select max(finding_key) from f where direction = 'over')")
        con.execute(f"copy f to '{copy / 'finding.parquet'}' (format parquet)")
        found = con.execute("select count(*) from f where direction = 'over' and not at_risk_counted").fetchall()[0][0]
    text = Page(write_report(copy).read_text(encoding="utf-8")).text
    assert re.search(r"from \d+ checks, 1 without an amount", text)
    assert "1 finding without an amount : counted, but in no dollar figure" in text
    assert f"{found} more finding" in text


def test_what_was_not_billed_shows_the_codes_to_bill(page: Page) -> None:
    assert re.search(r"ACP-06 VISIT 2024-05-10 1000000001 99497 20 ", page.text)


def test_numbers_of_the_evidence_are_plain(page: Page) -> None:
    assert "billed units: 0" in page.text
    assert not re.search(r"units: \d+\.0+\b", page.text)


def test_expectations_that_were_not_met_are_named(page: Page) -> None:
    assert "1 of 2 expectations met on 1 table." in page.text
    assert "1 data expectation not met" in page.text


def test_every_figure_and_table_has_words(release: Path) -> None:
    html = (release / "report.html").read_text(encoding="utf-8")
    assert html.count("<table") == html.count("<caption>")
    assert html.count("<figure ") == html.count("<figcaption>") > 0
    assert 'lang="en"' in html


def test_the_report_can_be_made_again_elsewhere(release: Path, tmp_path: Path) -> None:
    made = write_report(release, tmp_path / "again.html")
    assert made.read_bytes() == (release / "report.html").read_bytes()


def test_a_folder_that_is_no_release_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MidpointError, match="not a release"):
        write_report(tmp_path)
