"""Hospice & palliative: the page's numbers are hospice_conflict's, patients are opaque keys, and what is missing is told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.filters import read
from dashboards.page import View
from dashboards.pages import hospice as page
from dashboards.queries import Release, Releases
from tests.dashboards.test_missed_revenue import text


@pytest.fixture(scope="module")
def release(releases: Path) -> Release:
    return Releases(releases).get()


@pytest.fixture(scope="module")
def changed(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Release]:
    """The release with tables replaced by what a query makes of them."""

    def make(**queries: str) -> Release:
        folder = tmp_path_factory.mktemp("changed") / release.run_id
        shutil.copytree(release.folder, folder)
        with duckdb.connect() as con:
            for table, query in queries.items():
                con.execute(f"create view {table} as from '{release.folder}/{table}.parquet'")
                con.execute(f"copy ({query}) to '{folder}/{table}.parquet' (format parquet)")
        return Release(folder)

    return make


def view_of(release: Release, query: str = "") -> View:
    return View(release, read(query), path="/hospice")


QUERIES = {
    "": "true",
    "?payer=99901": "payer_id = '99901'",
    "?provider=1999900164": "(billing_npi = '1999900164' or clinician_npi = '1999900164')",
    "?from=2025-05&to=2025-06": "month between '2025-05-01' and '2025-06-30'",
}


@pytest.mark.parametrize(("query", "condition"), QUERIES.items())
def test_months_are_hospice_conflict_to_the_cent(release: Release, query: str, condition: str) -> None:
    view = view_of(release, query)
    names = ("in_span_count", "gv_count", "gw_count", "both_count", "neither_count", "outside_count", "b9_count", "b9_open_count")
    wanted = release.row(
        f"select {', '.join(f'sum({name}) as {name}' for name in (*names, 'b9_recovered_count', 'b9_amount', 'b9_without_modifier_count'))}"
        f" from hospice_conflict where {condition}"
    )
    modifiers, denied = view.rows(page.MODIFIERS), view.rows(page.B9)

    def total(rows: list[dict[str, Any]], name: str) -> Any:
        return sum(row[name] for row in rows)

    # GV and GW of hospice_conflict count a line with both twice.
    assert total(modifiers, "in_span_count") == wanted["in_span_count"] > 0
    assert total(modifiers, "gv_count") + total(modifiers, "both_count") == wanted["gv_count"]
    assert total(modifiers, "gw_count") + total(modifiers, "both_count") == wanted["gw_count"]
    assert total(modifiers, "both_count") == wanted["both_count"]
    assert total(modifiers, "none_count") == wanted["neither_count"]
    assert total(modifiers, "outside_count") == wanted["outside_count"]
    assert total(denied, "b9_count") == wanted["b9_count"] > 0
    assert total(denied, "open_count") == wanted["b9_open_count"]
    assert total(denied, "recovered_count") == wanted["b9_recovered_count"]
    assert total(denied, "none_count") == wanted["b9_without_modifier_count"]
    assert total(denied, "b9_amount") == wanted["b9_amount"]


@pytest.mark.parametrize("query", ["", "?payer=99901", "?setting=facility", "?code=acp", "?basis=remit&from=2025-06"])
def test_tiles_lines_and_months_agree(release: Release, query: str) -> None:
    view = view_of(release, query)
    lines = view.rows(page.LINES)
    inside = [row for row in lines if row["is_in_span"]]
    words = text(page._tiles(view, None))  # pyright: ignore[reportPrivateUsage]
    assert re.search(rf"Lines inside hospice days i\s+{len(inside)} ", words)
    none = [row for row in inside if row["modifier_use"] == "none"]
    assert re.search(rf"Inside, neither GV nor GW i\s+{len(none)} ", words)
    assert f"${sum(row['billed_amount'] for row in none):,.0f} billed" in words
    assert re.search(rf"Denied B9 i\s+{sum(row['is_b9'] for row in lines)} ", words)
    assert sum(row["in_span_count"] for row in view.rows(page.MODIFIERS)) == len(inside)


def test_lines_are_the_claims_lines(release: Release) -> None:
    row = release.row(
        "select count(*) as n, count(c.claim_key) as known, count(*) filter (where h.billed_amount = c.billed_amount"
        " and h.payer_id = c.payer_id and h.setting = c.setting and h.code_family = c.code_family"
        " and h.submission_date = c.submission_date) as equal"
        " from hospice_line as h left join claim_line as c using (claim_key, line_number)"
    )
    assert row["n"] == row["known"] == row["equal"] > 0


def test_patients_are_opaque_keys(release: Release) -> None:
    keys = {
        row["patient_code"] for row in release.rows("select patient_code from hospice_span union select patient_code from hospice_line")
    }
    assert all(re.fullmatch(r"[0-9a-f]{12}", key) for key in keys)
    accounts = {row["patient_control_number"] for row in release.rows("select patient_control_number from hospice_line")}
    card = str(page._timeline(view_of(release)))  # pyright: ignore[reportPrivateUsage]
    assert not any(account in card for account in accounts)
    # A span holds its lines: those of the patient on its days, and no others.
    row = release.row(
        "select count(*) as n from hospice_line as l left join hospice_span as s using (patient_code, span_number)"
        " where l.is_in_span is distinct from coalesce(l.service_date between s.start_date and s.end_date, false)"
    )
    assert row["n"] == 0


def test_a_patient_alone(release: Release) -> None:
    patient = release.row("select min(patient_code) as n from hospice_span")["n"]
    view = view_of(release, f"?patient={patient}")
    assert [row["patient_code"] for row in view.rows(page.TIMELINE)] == [patient]
    assert {row["patient_code"] for row in view.rows(page.LINES)} <= {patient}
    assert f"Patient {patient}" in text(page.render(view))


def test_forty_patients_at_once_most_dollars_in_conflict_first(release: Release, changed: Callable[..., Release]) -> None:
    many = changed(
        hospice_span="select * replace ('p' || n as patient_code) from hospice_span, range(60) as r (n) where patient_code in"
        " (select min(patient_code) from hospice_span)",
        hospice_line="select * replace ('p' || n as patient_code, n::decimal(18, 2) as billed_amount, true as is_b9)"
        " from (from hospice_line limit 1), range(100) as r (n)",
    )
    rows = view_of(many).rows(page.TIMELINE)
    assert len(rows) == 60
    assert [row["conflict_amount"] for row in rows] == [59 - place for place in range(60)]
    for query, wanted in {
        "": range(59, 19, -1),
        "?page=2": range(19, -1, -1),
        "?page=99": range(19, -1, -1),
        "?page=x": range(59, 19, -1),
    }.items():
        view = view_of(many, query)
        assert {row["patient_code"] for row in view.rows(page.SPANS)} == {f"p{n}" for n in wanted}
        assert {row["patient_code"] for row in view.rows(page.MARKS)} == {f"p{n}" for n in wanted}
        assert "Page " in text(page.render(view))


def test_a_span_without_lines_is_shown_until_somebody_is_filtered_for(release: Release, changed: Callable[..., Release]) -> None:
    bare = changed(hospice_line="from hospice_line limit 0")
    spans = release.row("select count(distinct patient_code) as n from hospice_span")["n"]
    assert len(view_of(bare).rows(page.TIMELINE)) == spans > 0
    assert not view_of(bare, "?payer=99901").rows(page.TIMELINE)


def test_a_click_narrows_the_lines(release: Release) -> None:
    view = view_of(release, "?modifier=none&place=inside")
    assert {(row["modifier_use"], row["is_in_span"]) for row in view.rows(page.LINES)} == {("none", True)}
    assert "Show all lines" in text(page.render(view))
    assert all(row["is_b9"] for row in view_of(release, "?denied=1").rows(page.LINES))


def test_findings_are_those_of_the_families(release: Release) -> None:
    view = view_of(release)
    wanted = release.rows(
        "select check_id, count(f.finding_key) as n from check_result left join finding as f using (check_id)"
        " where family in ('hospice', 'palliative') group by check_id"
    )
    assert {row["check_id"]: row["finding_count"] for row in view.rows(page.CHECKS)} == {row["check_id"]: row["n"] for row in wanted}
    assert len(view.rows(page.FINDINGS)) == sum(row["n"] for row in wanted) > 0


def test_what_is_missing_is_told(release: Release, changed: Callable[..., Release]) -> None:
    assert "Needs hospice claims" not in text(page.render(view_of(release)))
    blind = changed(hospice_span="select * replace ('denied B9' as evidence, true as is_only_b9, start_date as end_date) from hospice_span")
    words = text(page.render(view_of(blind)))
    assert "Needs hospice claims: no 837I" in words
    assert "Known by B9 denials alone" in words
    nothing = changed(hospice_span="from hospice_span limit 0", hospice_line="from hospice_line limit 0")
    assert "No patient has hospice days under these filters." in text(page.render(view_of(nothing)))


def test_nothing_landed_says_so(empty: Path) -> None:
    assert "No claims in this release" in text(page.render(view_of(Releases(empty).get())))
