"""Payers & timing: quartiles counted in SQL are those of every claim's days, and each payer's measures are those of the release."""

from __future__ import annotations

import statistics
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dashboards import denials, theme
from dashboards.components.grid import read_block
from dashboards.pages.payers import BOXES, CARD, FILING, LEDGER, PAYERS, PLB, TIMINGS, TOP_REASONS, TREND
from dashboards.queries import Release, Releases
from tests.dashboards.pages import charts_of, links_of, rendered, rows_of, text_of, tile_of, view_of

PATH = "/payers"


@pytest.fixture(scope="module", params=["sample", "busy"])
def release(request: pytest.FixtureRequest, releases: Path) -> Release:
    return Releases(releases if request.param == "sample" else request.getfixturevalue("busy")).get()


def days_of(release: Release, where: str) -> list[int]:
    """Every claim's days, one by one."""
    rows = release.rows(f"select days, claim_count from payer_timing where {where}")
    return sorted(day for row in rows for day in [row["days"]] * row["claim_count"])


def five(days: list[int]) -> tuple[int, float, float, float, int, int, int]:
    """Claims, quartiles as statistics counts them, fences and how many lie beyond."""
    low, middle, high = statistics.quantiles(days, n=4, method="inclusive") if len(days) > 1 else [float(days[0])] * 3
    room = 1.5 * (high - low)
    inside = [day for day in days if low - room <= day <= high + room]
    return len(days), low, middle, high, min(inside), max(inside), len(days) - len(inside)


def told(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("claim_count", "lower_quartile", "median", "upper_quartile", "lower_fence", "upper_fence", "outside_count")
    return tuple(row[name] for name in names)


@pytest.mark.parametrize("timing", TIMINGS)
def test_quartiles_are_those_of_every_claim(timing: str, release: Release) -> None:
    npi = release.row("select max(billing_npi) as npi from payer_timing")["npi"]
    for query, where in (
        ("", "true"),
        ("?from=2025-03&to=2025-08", "month between '2025-03-01' and '2025-08-01'"),
        (f"?provider={npi}", f"billing_npi = '{npi}'"),
        ("?payer=99901", "true"),  # payers stand side by side: the chosen one is marked, not alone
        ("?mature=1", "month <= '2026-03-01'"),
    ):
        rows = rows_of(view_of(release, PATH, query), BOXES[timing])
        payers = {row["payer_id"] for row in release.rows(f"select payer_id from payer_timing where timing = '{timing}' and {where}")}
        assert {row["payer_id"] for row in rows} == payers
        for row in rows:
            days = days_of(release, f"timing = '{timing}' and payer_id = '{row['payer_id']}' and {where}")
            assert told(row) == pytest.approx(five(days)), (query, row["payer_id"])


def test_medians_of_the_card_and_by_month(release: Release) -> None:
    for query, where in (("", "true"), ("?payer=99901", "payer_id = '99901'")):
        view = view_of(release, PATH, query)
        page = rendered(view)
        for row in rows_of(view, CARD):
            days = days_of(release, f"timing = '{row['timing']}' and {where}")
            assert told(row) == pytest.approx(five(days))
            assert f" {statistics.median(days):g} days " in tile_of(page, row["timing"])
            assert f"n {len(days):,} claims" in tile_of(page, row["timing"])
        for row in rows_of(view, TREND)[:20]:
            assert told(row) == pytest.approx(
                five(days_of(release, f"timing = '{row['timing']}' and {where} and month = '{row['month']}-01'"))
            )


def test_every_payer_has_the_measures_of_the_release(release: Release) -> None:
    for query, cube, filing in (
        ("?definition=default", "true", "true"),
        ("?from=2025-03&to=2025-09", "month between '2025-03' and '2025-09'", "month between '2025-03-01' and '2025-09-01'"),
        ("?basis=remit&definition=hfma_volume", "true", "true"),
    ):
        view = view_of(release, PATH, query)
        basis, definition = view.filters.date_basis, view.filters.definition
        rows = {row["payer_id"]: row for row in rows_of(view, PAYERS)}
        assert (
            set(rows) >= {row["payer_id"] for row in release.rows("select distinct payer_id from payer_timing")} - {None} or cube != "true"
        )
        for payer, row in rows.items():
            one = f"payer_id = '{payer}'"
            rates = release.row(
                "select sum(denied_count) as d, sum(unit_count) as n, sum(denied_amount) as a from denial_month"
                f" where definition = '{definition}' and date_basis = '{basis}' and {cube} and {one}"
            )
            assert (row["denied_count"], row["unit_count"], row["denied_amount"]) == (rates["d"], rates["n"], rates["a"])
            passed = release.row(
                "select sum(claim_count) as c, sum(answered_count) as a, sum(first_pass_count) as f from first_pass"
                f" where date_basis = '{basis}' and {cube} and {one}"
            )
            assert (row["claim_count"], row["answered_count"], row["first_pass_count"]) == (passed["c"], passed["a"], passed["f"])
            short = release.row(f"select sum(flagged_count) as n, sum(flagged_amount) as a from underpayment where is_judged and {one}")
            assert (row["flagged_count"], row["flagged_amount"]) == (short["n"], short["a"])
            due = release.row(f"select sum(line_count) as n, sum(expected_amount) as a from timely_filing where {filing} and {one}")
            assert (row["filing_count"], row["filing_amount"]) == (due["n"], due["a"])


def test_the_card_of_a_payer_is_its_row(release: Release) -> None:
    for payer in [row["payer_id"] for row in rows_of(view_of(release, PATH), PAYERS)]:
        view = view_of(release, PATH, f"?payer={payer}")
        row = next(row for row in rows_of(view, PAYERS) if row["payer_id"] == payer)
        assert row["href"] == f"/denials?payer={payer}", "the second click drills down"
        page = rendered(view)
        assert f" {row['claim_count'] or 0:,} " in tile_of(page, "claims")
        assert f"{theme.count(row['denied_count'] or 0)} of {theme.count(row['unit_count'] or 0)} claim lines" in tile_of(
            page, "denial_rate"
        )
        assert f"{row['first_pass_count'] or 0:,} of {row['answered_count'] or 0:,} answered" in tile_of(page, "first_pass")
        assert theme.dollars(row["flagged_amount"] or Decimal(0)) in tile_of(page, "short")
        assert theme.dollars(row["filing_amount"] or Decimal(0)) in tile_of(page, "filing")
        assert len(rows_of(view, TOP_REASONS)) <= 3
        assert sum(one["adjustment_amount"] for one in rows_of(view, PLB)) == (row["adjustment_amount"] or 0)
        assert sum(one["lost_amount"] for one in rows_of(view, FILING)) == (row["lost_amount"] or 0)


def test_the_denial_rate_is_that_of_the_denials_page(release: Release) -> None:
    for definition in ("default", "hfma_dollars", "primary_zero_pay"):
        query = f"?definition={definition}&basis=remit&to=2025-12"
        view = view_of(release, "/denials", query)
        rows = list(filter(denials.within(view), rows_of(view, denials.MONTHS)))
        rate = denials.by_dollars(rows) if definition == "hfma_dollars" else denials.by_count(rows)
        assert f" {rate.text} " in tile_of(rendered(view_of(release, PATH, query)), "denial_rate")
        assert f" {rate.text} " in tile_of(rendered(view_of(release, "/", query)), "denial_rate"), "and of the overview"


def test_a_box_chooses_a_payer_and_then_leads_to_its_denials(release: Release) -> None:
    figure = charts_of(rendered(view_of(release, PATH)))["charge-lag-by-payer"]
    assert links_of(figure, -1)[0] == "/payers?payer=99901"
    boxes = [trace for trace in figure["data"] if trace["type"] == "box"]
    assert all(trace["opacity"] == 1 for trace in boxes)
    figure = charts_of(rendered(view_of(release, PATH, "?payer=99901")))["charge-lag-by-payer"]
    assert links_of(figure, -1)[0] == "/denials?payer=99901"
    assert [trace["opacity"] for trace in figure["data"] if trace["type"] == "box"] == [1] + [0.5] * (len(boxes) - 1)


def test_payers_are_sorted_by_a_rate(release: Release) -> None:
    view = view_of(release, PATH)
    asked = {"startRow": 0, "endRow": 100, "sortModel": [{"colId": "rate_count", "sort": "desc"}]}
    shown = [row["payer_id"] for row in read_block(PAYERS, release, view.filters, asked)["rowData"]]
    rates = {row["payer_id"]: row["denied_count"] / row["unit_count"] if row["unit_count"] else -1 for row in rows_of(view, PAYERS)}
    assert [rates[payer] for payer in shown] == sorted(rates.values(), reverse=True)


def test_filters_that_a_table_does_not_know_are_told(release: Release) -> None:
    page = rendered(view_of(release, PATH, "?setting=facility"))
    assert text_of(page).count("Not limited by setting") == 5
    assert "not limited by months" in tile_of(rendered(view_of(release, PATH, "?from=2025-03")), "short")
    clinician = release.row(
        "select min(clinician_npi) as npi from denial_month where clinician_npi not in (select billing_npi from payer_timing)"
    )["npi"]
    page = rendered(view_of(release, PATH, f"?provider={clinician}"))
    assert "It knows billing providers only." in text_of(page)
    assert "underpayment knows no provider" in text_of(page)


def test_what_needs_a_ledger_is_listed_without_a_number(release: Release, empty: Path) -> None:
    wanted = [row["kpi"] for row in release.rows("select kpi from kpi_ledger order by kpi")]
    assert [row["kpi"] for row in rows_of(view_of(release, PATH), LEDGER)] == wanted
    assert wanted[0] in text_of(rendered(view_of(Releases(empty).get(), PATH)))


def test_a_release_without_its_tables_says_which(releases: Path, tmp_path: Path) -> None:
    folder = (releases / "current").resolve()
    (tmp_path / folder.name).mkdir()
    for path in folder.glob("*"):
        if path.stem != "payer_timing":
            (tmp_path / folder.name / path.name).symlink_to(path)
    page = rendered(view_of(Releases(tmp_path, folder.name).get(), PATH))
    assert "no table payer_timing" in text_of(page)
