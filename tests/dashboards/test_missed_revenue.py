"""Missed revenue: the page's numbers are the release's to the cent, under every filter, and tiers are never one number."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.components.grid import read_block
from dashboards.filters import read
from dashboards.page import View
from dashboards.pages import missed_revenue as page
from dashboards.queries import Release, Releases

QUERIES = {
    "": "true",
    "?payer=99901": "payer_id = '99901'",
    "?provider=1999900164": "(billing_npi = '1999900164' or clinician_npi = '1999900164')",
    "?setting=facility": "setting = 'facility'",
    "?code=acp": "code_family = 'acp'",
    "?from=2025-02&to=2025-05": "service_date between '2025-02-01' and '2025-05-31'",
    "?basis=remit&from=2025-03": "first_remit_date >= '2025-03-01'",
    "?basis=submission&to=2025-06": "submission_date < '2025-07-01'",
    "?mature=1": "service_date < '2026-04-01'",
}


@pytest.fixture(scope="module")
def release(releases: Path) -> Release:
    return Releases(releases).get()


@pytest.fixture(scope="module")
def worked(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The release with every third row paid ($10.00), every third waiting for an answer, and dollars on rows that do not count."""
    sample = Releases(releases).get()
    folder = tmp_path_factory.mktemp("worked") / sample.run_id
    shutil.copytree(sample.folder, folder)
    with duckdb.connect() as con:
        con.execute(f"""
            copy (
              select * exclude (place) replace (
                case place % 3 when 0 then 'paid' when 1 then 'corrected claim seen' else 'found' end as recovery_status,
                case when place % 3 = 0 then 0 when is_counted then recoverable_amount else 5000 end::decimal(18, 2) as recoverable_amount,
                case when place % 3 = 0 then 10.00 else 0 end::decimal(18, 2) as recovered_amount,
                case when place % 3 > 0 then (place - 3)::integer end as days_left_to_file
              )
              from (select *, row_number() over (order by tier, finding_key) as place from '{sample.folder}/missed_revenue.parquet')
            ) to '{folder}/missed_revenue.parquet' (format parquet)
        """)
    return Release(folder)


def view_of(release: Release, query: str = "") -> View:
    return View(release, read(query), path="/missed-revenue")


def tiles(view: View) -> dict[str, Any]:
    return {tile.to_plotly_json()["props"]["data-tile"]: tile for tile in page._tiles(view, None)}  # pyright: ignore[reportPrivateUsage]


def text(part: Any) -> str:
    """All that is written in a component."""
    if part is None or isinstance(part, str | int | float):
        return "" if part is None else str(part)
    if isinstance(part, list | tuple):
        return " ".join(text(one) for one in part)
    return text(getattr(part, "children", None))


@pytest.mark.parametrize(("query", "condition"), QUERIES.items())
def test_tiles_are_the_findings_to_the_cent(release: Release, query: str, condition: str) -> None:
    view = view_of(release, query)
    made = tiles(view)
    for tier in "ABC":
        found = release.row(
            "select coalesce(sum(f.recoverable_amount) filter (where f.at_risk_counted), 0) as amount, count(*) as n"
            " from finding as f join finding_context as x using (finding_key)"
            f" where finding_key in (select finding_key from missed_revenue where tier = '{tier}') and {condition}"
        )
        words = text(made[tier])
        assert f"${found['amount']:,.0f} " in words, (tier, words)
        assert f"{found['n']:,} finding" in words
    over = release.row(
        "select coalesce(sum(at_risk_amount) filter (where at_risk_counted), 0) as amount, count(*) as n"
        f" from finding as f join finding_context as x using (finding_key) where direction = 'over' and {condition}"
    )
    assert f"${over['amount']:,.0f} " in text(made["over"])


def test_the_samples_have_what_the_filters_leave(release: Release) -> None:
    """Else the test above compares nothing with nothing."""
    every = release.row("select count(*) as n from missed_revenue")["n"]
    for condition in list(QUERIES.values())[1:]:
        assert 0 < release.row(f"select count(*) as n from missed_revenue where {condition}")["n"] <= every


@pytest.mark.parametrize("query", QUERIES)
def test_months_payers_kinds_and_stages_add_up_to_the_tier(worked: Release, query: str) -> None:
    view = view_of(worked, query)
    wanted = worked.rows(
        "select tier, coalesce(sum(recoverable_amount), 0) as open, coalesce(sum(recovered_amount), 0) as recovered, count(*) as n"
        f" from missed_revenue where is_counted and {QUERIES[query]} group by tier order by tier"
    )
    for table in (page.BY_MONTH, page.BY_PAYER, page.BY_KIND, page.FUNNEL):
        rows = view.rows(table)
        for row in wanted:
            mine = [one for one in rows if one["tier"] == row["tier"]]
            assert sum((one["open_amount"] for one in mine), Decimal(0)) == row["open"], table.name
            assert sum((one["recovered_amount"] for one in mine), Decimal(0)) == row["recovered"], table.name
            assert sum(one["line_count"] for one in mine) == row["n"], table.name


def test_only_counted_rows_carry_dollars(worked: Release) -> None:
    rows = worked.rows("select tier, sum(recoverable_amount) as n from missed_revenue where is_counted and is_finding group by tier")
    assert worked.row("select count(*) as n from missed_revenue where not is_counted and recoverable_amount > 0")["n"] > 0
    made = tiles(view_of(worked))
    for row in rows:
        assert f"${row['n']:,.0f} " in text(made[row["tier"]])


def test_a_stage_counts_those_that_went_further(worked: Release) -> None:
    rows = {(row["tier"], row["recovery_status"]): row for row in view_of(worked).rows(page.FUNNEL)}
    for tier in {tier for tier, _ in rows}:
        found, seen, paid = (rows[tier, status] for status in page.STATUSES)
        assert paid["reached_count"] == paid["line_count"]
        assert seen["reached_count"] == seen["line_count"] + paid["line_count"]
        assert found["reached_count"] == found["all_count"] == found["line_count"] + seen["reached_count"]
        assert paid["recovered_amount"] == 10 * paid["line_count"]
        assert paid["open_amount"] == 0


def test_the_work_list_is_sorted_and_tells_the_days_in_words(worked: Release) -> None:
    view = view_of(worked)
    rows = read_block(page.WORK_LIST, worked, view.filters, {"startRow": 0, "endRow": 100})["rowData"]
    assert rows
    assert all(row["recovery_status"] != "paid" for row in rows)
    amounts = [Decimal(row["recoverable_amount"].replace("$", "").replace(",", "")) for row in rows if row["recoverable_amount"] != "—"]
    assert amounts == sorted(amounts, reverse=True)
    for row in rows:
        days = int(row["days_left_to_file"].replace(",", ""))
        expected = {-2: "past the limit by 2 days", -1: "past the limit by 1 day", 0: "last day", 1: "1 day left", 2: "2 days left"}
        assert row["time_left"] == expected.get(days, f"{days} days left")
    assert {"past the limit by 2 days", "past the limit by 1 day", "1 day left"} <= {row["time_left"] for row in rows}
    paid = view_of(worked, "?status=paid").rows(page.WORK_LIST)
    assert {row["recovery_status"] for row in paid} == {"paid"}
    counted = worked.row("select sum(recoverable_amount) as n from missed_revenue where is_counted and recovery_status <> 'paid'")["n"]
    assert sum(row["recoverable_amount"] or 0 for row in view.rows(page.WORK_LIST)) == counted


def test_a_click_filters_and_a_second_one_drills_down(release: Release) -> None:
    first = page._click(view_of(release), tier="A", status="found")  # pyright: ignore[reportPrivateUsage]
    assert first == "/missed-revenue?status=found&tier=A"
    second = page._click(view_of(release, first.split("/missed-revenue")[1]), tier="A", status="found")  # pyright: ignore[reportPrivateUsage]
    assert second == "/missed-revenue?list=1&status=found&tier=A"
    parts = page.render(view_of(release, "?list=1&status=found&tier=A"))
    assert "Work list" in text(parts[0])
    assert not any("tiles" in str(getattr(part, "className", "")) for part in parts)


def test_without_documentation_tier_c_is_unknown(undocumented: Path) -> None:
    view = view_of(Releases(undocumented).get())
    words = text(page.render(view))
    assert "Needs documentation file" in words
    assert "not evaluable" in text(tiles(view)["C"])
    assert "not evaluable" not in text(tiles(view)["A"])


def test_nothing_landed_says_so(empty: Path) -> None:
    assert "No claims in this release" in text(page.render(view_of(Releases(empty).get())))
