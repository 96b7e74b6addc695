"""Providers: intervals against published values, metrics against the release, peers by hand, and what a scorecard says."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards import intervals
from dashboards.filters import read
from dashboards.page import View
from dashboards.pages import providers as page
from dashboards.queries import Release, Releases
from tests.dashboards.test_missed_revenue import text

NPI = "1999900164"


@pytest.fixture(scope="module")
def release(releases: Path) -> Release:
    return Releases(releases).get()


def view_of(release: Release, query: str = "") -> View:
    return View(release, read(query), path="/providers")


def made(expressions: tuple[str, str]) -> tuple[float, float]:
    with duckdb.connect() as con:
        return con.execute(f"select {', '.join(expressions)}").fetchall()[0]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_as_published(part: int, whole: int, low: float, high: float) -> None:
    assert made(intervals.wilson(f"{part}::double", f"{whole}::double")) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    # exact Poisson limits (Garwood 1936): Byar's are within 1 % of them from five events on, and near below
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.391), (100, 81.364, 121.627)],
)
def test_byar_is_near_the_exact_limits(events: int, low: float, high: float) -> None:
    found = made(intervals.poisson(f"{events}::double", "1"))
    assert found == pytest.approx((low, high), rel=0.01, abs=0.025)
    assert made(intervals.poisson(f"{events}::double", "200.0")) == pytest.approx((found[0] / 200, found[1] / 200))


@pytest.mark.parametrize(("freedom", "quantile"), [(5, 2.5706), (9, 2.2622), (19, 2.0930), (29, 2.0452), (99, 1.9842)])
def test_a_mean_has_students_interval(freedom: int, quantile: float) -> None:
    """Values 1 to n: their mean (n + 1) / 2, their variance n (n + 1) / 12; quantiles of the printed tables."""
    n = freedom + 1
    total, squares = n * (n + 1) / 2, n * (n + 1) * (2 * n + 1) / 6
    half = quantile * math.sqrt(n * (n + 1) / 12 / n)
    low, high = made(intervals.mean(f"{total}::double", f"{squares}::double", f"{n}::double"))
    assert (low, high) == pytest.approx(((n + 1) / 2 - half, (n + 1) / 2 + half), rel=1e-3)


WANTED = {
    "acp_per_100_em": "select sum(acp_date_count), sum(em_date_count) from acp_use where clinician_npi = $npi and {use}",
    "acp_patients": "select sum(acp_patient_count), sum(eligible_patient_count) from acp_use where clinician_npi = $npi and {use}",
    "addon_per_primary": "select sum(addon_units), sum(primary_units) from acp_use where clinician_npi = $npi and {use}",
    "minutes_per_date": "select sum(implied_minutes), count(*) from acp_day where is_billed and clinician_npi = $npi and {day}",
    "findings_per_100_lines": "select (select count(*) from finding join finding_context using (finding_key) where clinician_npi = $npi"
    " and code_family = 'acp' and direction <> 'info' and {day}), (select count(*) from claim_line where clinician_npi = $npi"
    " and procedure_code in ('99497', '99498') and is_final and is_primary_copy and {day})",
    "denial_rate": "select sum(denied_count), sum(unit_count) from denial_month where clinician_npi = $npi and definition = 'default'"
    " and date_basis = 'service' and {cube}",
}
FILTERS = {
    "": {"use": "true", "day": "true", "cube": "true"},
    "?from=2025-02&to=2025-06": {
        "use": "month between '2025-02-01' and '2025-06-30'",
        "day": "service_date between '2025-02-01' and '2025-06-30'",
        "cube": "month between '2025-02' and '2025-06'",
    },
    "?setting=facility": dict.fromkeys(("use", "day", "cube"), "setting = 'facility'"),
    "?payer=99901": {"use": "true", "day": "payer_id = '99901'", "cube": "payer_id = '99901'"},
}


@pytest.mark.parametrize("query", FILTERS)
@pytest.mark.parametrize("metric", page.METRICS)
def test_a_metric_is_the_release(release: Release, metric: str, query: str) -> None:
    """Numerator and denominator by hand from the tables; the provider filter marks a clinician and takes nobody else away."""
    wanted = release.rows(WANTED[metric].format(**FILTERS[query]), npi=NPI)[0].values()
    everybody = view_of(release, query).rows(page.TABLES[metric])
    marked = view_of(release, f"{query}&provider={NPI}" if query else f"?provider={NPI}").rows(page.TABLES[metric])
    names = ("clinician_npi", "numerator", "denominator", "percentile")
    assert [[row[name] for name in names] for row in everybody] == [[row[name] for name in names] for row in marked]
    found = [(row["numerator"], row["denominator"]) for row in everybody if row["clinician_npi"] == NPI]
    assert found == ([tuple(wanted)] if tuple(wanted)[1] else [])


def test_what_a_metric_cannot_follow_is_told(release: Release) -> None:
    words = text(page.render(view_of(release, "?payer=99901&code=acp")))
    assert "cannot follow it: payer, code family." in words
    assert "cannot follow" not in text(page.render(view_of(release, "?payer=99901&metric=denial_rate")))


@pytest.fixture(scope="module")
def crowd(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Thirteen clinicians of one specialty with 0, 1 … 12 ACP dates of 100 E/M dates, one with too few dates, and two without taxonomy."""
    folder = tmp_path_factory.mktemp("crowd") / release.run_id
    shutil.copytree(release.folder, folder)
    with duckdb.connect() as con:
        con.execute(f"create table use as select * from '{release.folder}/acp_use.parquet' limit 1")
        con.execute(f"create table who as select * from '{release.folder}/clinician.parquet' limit 1")
        people = [(f"10000000{number:02}", number, 100, "17") for number in range(13)]
        people += [("1000000090", 9, 9, "17"), ("2000000001", 5, 100, None), ("2000000002", 50, 100, None)]
        for npi, acp, em, specialty in people:
            con.execute(
                "insert into use select * replace (? as clinician_npi, ? as acp_date_count, ? as em_date_count) from use limit 1",
                [npi, acp, em],
            )
            con.execute(
                "insert into who select * replace (? as clinician_npi, ? as specialty_code, ? as specialty) from who limit 1",
                [npi, specialty, specialty],
            )
        for table, name in (("use", "acp_use"), ("who", "clinician")):
            con.execute(f"copy (from {table} offset 1) to '{folder}/{name}.parquet' (format parquet)")
    return Release(folder)


def test_peers_by_hand(crowd: Release) -> None:
    rows = {row["clinician_npi"]: row for row in view_of(crowd).rows(page.TABLES["acp_per_100_em"])}
    assert len(rows) == 16
    low, middle, high = rows["1000000000"], rows["1000000006"], rows["1000000012"]
    assert (low["percentile"], middle["percentile"], high["percentile"]) == (0, 50, 100)
    assert (middle["peer_median"], middle["peer_eighty"], middle["peer_ninety"]) == pytest.approx((6, 9.6, 10.8))
    assert middle["peer_count"] == 12
    assert (low["standing"], rows["1000000010"]["standing"], high["standing"]) == ("within", "80th to 90th", "above the 90th")
    small = rows["1000000090"]
    assert (small["standing"], small["percentile"], small["low"], small["is_counted"]) == ("n too small", None, None, False)
    # Without a taxonomy everybody is a peer: 14 others, of whom 5 have less than 5 and one has as much.
    unknown = rows["2000000001"]
    assert unknown["peer_count"] == 14
    assert unknown["percentile"] == pytest.approx(100 * 5 / 14)
    assert rows["2000000002"]["standing"] == "above the 90th"


def test_too_few_peers_are_no_peers(release: Release) -> None:
    rows = view_of(release).rows(page.TABLES["denial_rate"])
    assert {row["standing"] for row in rows} <= {"too few peers", "n too small"}
    assert all(row["percentile"] is None and row["peer_median"] is None for row in rows)
    assert "All specialties together" in text(page.render(view_of(release, "?metric=denial_rate")))
    assert "Too few peers to draw their lines" in text(page.render(view_of(release, "?metric=denial_rate&specialty=207Q00000X")))


def addresses(figure: dict[str, Any]) -> dict[str, str]:
    return {npi: data[0] for trace in figure["data"] for npi, data in zip(trace["x"], trace["customdata"], strict=True)}


def test_a_click_marks_and_a_second_one_opens_the_scorecard(crowd: Release) -> None:
    def found(part: Any) -> list[dict[str, Any]]:
        if isinstance(part, list | tuple):
            return [one for each in part for one in found(each)]
        figure, inside = getattr(part, "figure", None), getattr(part, "children", None)
        return [figure] if figure else [] if inside is None else found(inside)  # a component without children is false

    first = addresses(found(page.render(view_of(crowd)))[0])["1000000012"]
    assert first == "/providers?provider=1000000012"
    marked = found(page.render(view_of(crowd, "?provider=1000000012")))[0]
    assert addresses(marked)["1000000012"] == "/providers?provider=1000000012&card=1"
    assert addresses(marked)["1000000003"] == "/providers?provider=1000000003"
    names = [note["text"] for note in marked["layout"]["annotations"]]
    assert names == ["median 6.0", "80th 9.6", "90th 10.8"]


def test_the_scorecard_is_the_release(release: Release) -> None:
    view = view_of(release, f"?provider={NPI}&card=1")
    checks = {row["check_id"]: (row["finding_count"], row["amount"], row["fix"], row["teach"]) for row in view.rows(page.CHECKS)}
    wanted = release.rows(
        "select check_id, finding_count, overpayment_risk_amount + missed_revenue_amount + denial_risk_amount as amount, fix, teach"
        " from provider_education where clinician_npi = $provider",
        view.filters,
    )
    assert checks == {row["check_id"]: (row["finding_count"], row["amount"], row["fix"], row["teach"]) for row in wanted}
    assert sum(row["finding_count"] for row in view.rows(page.MONTHS)) <= sum(row["finding_count"] for row in wanted)
    assert len(view.rows(page.FINDINGS)) == sum(row["finding_count"] for row in wanted) > 0
    score = {row["metric"]: row["value"] for row in view.rows(page.SCORE)}
    for name, metric in page.METRICS.items():
        own = [row["value"] for row in view.rows(page.TABLES[name]) if row["clinician_npi"] == NPI]
        assert own == [value for words, value in score.items() if words.lower() == metric.unit.lower()]
        months = view_of(release, f"?provider={NPI}&card=1&metric={name}").rows(page.TREND)
        every = next(row for row in view.rows(page.TABLES[name]) if row["clinician_npi"] == NPI)
        assert sum(row["denominator"] for row in months) == every["denominator"], name


def test_a_letter_is_linked_where_it_is_written(release: Release, tmp_path: Path) -> None:
    words = text(page.render(view_of(release, f"?provider={NPI}&card=1")))
    assert "Letters are written by midpoint education" in words
    folder = tmp_path / release.run_id
    shutil.copytree(release.folder, folder)
    (folder / "education" / "letters").mkdir(parents=True)
    (folder / "education" / "letters" / f"{NPI}.html").write_text("<p>")
    parts = page.render(view_of(Release(folder), f"?provider={NPI}&card=1&release={release.run_id}"))
    assert "Letters are written by" not in text(parts)
    assert f"/letter/{NPI}.html?release={release.run_id}" in str(parts)


def test_a_billing_provider_is_no_clinician(release: Release) -> None:
    billing = next(npi for npi in release.providers["billing_npi"] if npi not in release.providers["clinician_npi"])
    assert "nobody is marked" in text(page.render(view_of(release, f"?provider={billing}")))
    assert "No clinician" in text(page.render(view_of(release, f"?provider={billing}&card=1")))


def test_nothing_landed_says_so(empty: Path) -> None:
    assert "No claims in this release" in text(page.render(view_of(Releases(empty).get())))
