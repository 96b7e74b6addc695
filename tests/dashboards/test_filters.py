"""Filters: the address and back, and what is said of an address that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.filters import CODE_FAMILIES, DATE_BASES, DEFINITIONS, SETTINGS, Filters, mature_month, read, shift, span

MONTHS = st.builds(lambda year, month: f"{year:04d}-{month:02d}", st.integers(2016, 2030), st.integers(1, 12))
VIEWS = st.builds(
    Filters,
    date_basis=st.sampled_from(list(DATE_BASES)),
    payer=st.none() | st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40),
    provider=st.none() | st.from_regex(r"\A\d{10}\Z"),
    setting=st.none() | st.sampled_from(list(SETTINGS)),
    code_family=st.none() | st.sampled_from(list(CODE_FAMILIES)),
    definition=st.sampled_from(list(DEFINITIONS)),
    mature_only=st.booleans(),
    month_from=st.none() | MONTHS,
    drill=st.dictionaries(st.sampled_from(["check", "claim", "finding", "tier"]), st.from_regex(r"\A[A-Za-z0-9-]{1,30}\Z")),
)


@given(VIEWS)
def test_the_address_is_the_state(view: Filters) -> None:
    assert read(view.query) == view


@given(st.text(max_size=80))
def test_no_address_is_too_strange(search: str) -> None:
    view = read("?" + search)
    assert read(view.query) == replace(view, problems=())


@pytest.mark.parametrize(
    "search",
    [
        "?from=2025-13",
        "?from=2025-1",
        "?basis=birth",
        "?provider=12345",
        "?setting=home",
        "?definition=mine",
        "?release=../../etc",
        "?mature=yes",
    ],
)
def test_what_cannot_be_read_is_told_and_left_out(search: str) -> None:
    view = read(search)
    assert Filters(problems=view.problems) == view
    assert len(view.problems) == 1
    assert search[1:].split("=")[0] in view.problems[0]


def test_months_the_wrong_way_round_are_exchanged() -> None:
    view = read("?from=2025-06&to=2025-01")
    assert (view.month_from, view.month_to) == ("2025-01", "2025-06")
    assert view.problems


def test_to_another_page_filters_go_along_and_drill_keys_do_not() -> None:
    view = read("?payer=99901&check=ACP-20")
    assert view.to("/claim-360", claim="a-1") == "/claim-360?payer=99901&claim=a-1"
    assert view.to("", payer=None) == "?check=ACP-20"
    assert view.to("", payer=None, check=None) == "?"
    assert view.link == "?payer=99901&"
    assert Filters().link == "?"


def test_a_month_is_mature_90_days_after_its_end() -> None:
    assert mature_month(date(2026, 6, 30)) == "2026-03"  # March ended 91 days before
    assert mature_month(date(2026, 6, 29)) == "2026-03"  # 90 days
    assert mature_month(date(2026, 6, 28)) == "2026-02"  # 89
    assert mature_month(date(2026, 1, 31)) == "2025-10"
    assert shift("2025-11", 3) == "2026-02"
    assert span("2025-11", "2026-02") == 4
