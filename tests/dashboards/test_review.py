"""Decisions recorded from Claim 360: what is asked for, what is kept, who was first, and that the page tells it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from dashboards import review
from dashboards.filters import read
from dashboards.page import View, load_pages
from dashboards.queries import Releases
from pipelines.review.store import open_store
from tests.dashboards.conftest import Served
from tests.dashboards.pages import text_of


@pytest.fixture
def known(releases: Path, tmp_path: Path) -> tuple[Releases, str, str]:
    """The releases with a reviewers' database that knows their findings, and a finding with its claim."""
    path = tmp_path / "reviews.sqlite"
    opened = Releases(releases, None, path)
    rows = opened.get().rows("select finding_key, claim_key from finding where claim_key is not null order by check_id desc, finding_key")
    with open_store(path) as store:
        for row in rows:
            store.execute(
                "insert into finding (finding_key, first_seen_date, last_seen_date) values (?, '2026-06-30', '2026-06-30')",
                (row["finding_key"],),
            )
    return opened, rows[0]["finding_key"], rows[0]["claim_key"]


def shown(releases: Releases, claim: str, key: str) -> str:
    view = View(releases.get(), read(f"?claim={claim}&finding={key}"), "light", "/claim-360", releases)
    return text_of(list(load_pages()["/claim-360"].render(view)))


def test_a_decision_is_kept_and_told(known: tuple[Releases, str, str]) -> None:
    releases, key, claim = known
    assert releases.reviews is not None
    before = releases.changed(releases.current)
    assert "Choose a status" in text_of(review.record(releases.reviews, key, ["0", "", "", "K. Auditor", ""]))
    assert "who decided?" in text_of(review.record(releases.reviews, key, ["0", "confirmed", "", "", ""]))
    assert "why is it dismissed?" in text_of(review.record(releases.reviews, key, ["0", "dismissed", "", "K. Auditor", ""]))
    assert "not known" in text_of(review.record(releases.reviews, "f" * 24, ["0", "confirmed", "", "K. Auditor", ""]))
    assert "Recorded as dismissed" in text_of(
        review.record(releases.reviews, key, ["0", "dismissed", "read the record", "K. Auditor", "chart 3"])
    )
    assert "dismissed by K. Auditor: read the record; chart 3" in shown(releases, claim, key)
    assert releases.changed(releases.current) > before  # so that no page of before is shown again
    # Somebody who looked at the page of before is told, and nothing is overwritten.
    words = text_of(review.record(releases.reviews, key, ["0", "confirmed", "", "B. Other", ""]))
    assert "Not recorded: K. Auditor has decided “dismissed”" in words
    assert "Recorded as confirmed" in text_of(review.record(releases.reviews, key, ["1", "confirmed", "", "B. Other", ""]))
    with sqlite3.connect(releases.reviews) as con:
        rows = con.execute("select status, reviewer, source from review order by review_number").fetchall()
    assert rows == [("dismissed", "K. Auditor", "dashboard"), ("confirmed", "B. Other", "dashboard")]


def test_without_a_database_nothing_can_be_decided(releases: Path, known: tuple[Releases, str, str]) -> None:
    _, key, claim = known
    words = shown(Releases(releases), claim, key)
    assert "Status as of the audit:" in words
    assert "Record a decision" not in words


def test_in_the_browser(known: tuple[Releases, str, str], serve: Callable[..., Served], releases: Path, tmp_path: Path, page: Page) -> None:
    _, key, claim = known
    folder = tmp_path / "releases"
    shutil.copytree(releases, folder, symlinks=True)
    served = serve(folder, tmp_path / "reviews.sqlite")
    page.goto(f"{served.address}/claim-360?claim={claim}&finding={key}")
    finding = page.locator(".card.finding.chosen")
    finding.locator("summary", has_text="Record a decision").click()
    finding.get_by_label("reviewed", exact=True).click()
    finding.get_by_label("Reviewer").fill("K. Auditor")
    finding.get_by_role("button", name="Record").click()
    finding.get_by_text("Recorded as reviewed by K. Auditor").wait_for()
    page.reload()
    finding.get_by_text("reviewed by K. Auditor").wait_for()
