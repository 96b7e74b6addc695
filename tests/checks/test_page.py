"""docs/checks.md: what the headers say and nothing else, as it stands in the checkout."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.page import catalogue_page

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"
CHECKS = load_catalogue()


def test_the_page_is_what_the_headers_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == catalogue_page(CHECKS), "run make docs"


def test_every_check_is_there_in_full_and_its_rule_is_linked() -> None:
    page = catalogue_page(CHECKS)
    for check in CHECKS:
        assert f"| [{check.id}](#{check.id.lower()}) |" in page
        section = page.split(f"### {check.id}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]
        section = re.sub(r"\\(.)", r"\1", section)  # Markdown's escapes
        for text in (check.title, check.counts, check.amount, check.authority, check.false_positives, check.fix, check.teach):
            assert text in section
        link = section.split("](", 1)[1].split(")", 1)[0]
        assert (PAGE.parent / link).resolve() == check.path


def test_text_is_shown_as_it_is_and_dates_have_an_end() -> None:
    check = replace(CHECKS[0], title="paid < 90 % of E | AMT*B6", valid_to=date(2020, 12, 31), needs=("claims", "documentation.topics"))
    page = catalogue_page([check])
    assert r"| paid \< 90 % of E \| AMT\*B6 |" in page
    assert "- **Dates of service**: from 2016-01-01 to 2020-12-31\n" in page
    assert "- **Needs**: claims, the documentation column topics\n" in page
    assert "## Hospice" not in page
