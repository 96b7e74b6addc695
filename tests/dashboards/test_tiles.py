"""Every tile of every page against SQL on the release's own files, and the denial rates against `midpoint denials` besides.

A tile that is added must be added here: the test fails on one that it does not know. The texts are compared as they are shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.page import load_pages
from dashboards.queries import Release, Releases
from dashboards.theme import count, dollars, percent
from tests.command import Command
from tests.dashboards.pages import parts_of, rendered, text_of, view_of

# Address of a view → the conditions that its filters are, on columns payer_id and month (a text YYYY-MM).
VIEWS = {
    "": "true",
    "?payer=99901": "payer_id = '99901'",
    "?from=2025-02&to=2025-03": "month between '2025-02' and '2025-03'",
}
MONTH = "strftime(service_date, '%Y-%m') as month"
# Counted dollars and findings of a direction or tier.
FOUND = f"""
select coalesce(sum(amount) filter (where at_risk_counted), 0), count(*) from (
  select f.*, {MONTH}, t.tier, case when direction = 'under' then f.recoverable_amount else f.at_risk_amount end as amount
  from finding as f
  left join (select finding_key, min(tier) as tier from missed_revenue where is_finding group by all) as t using (finding_key)
) where {{what}} and {{who}}
"""
DENIED = """
select sum(denied_count), sum(unit_count), sum(denied_amount), sum(unit_amount) from denial_month
where definition = 'default' and date_basis = 'service' and {who}
"""
PASSED = "select sum(first_pass_count), sum(answered_count), sum(claim_count) from first_pass where date_basis = 'service' and {who}"
LINES = f"(select *, {MONTH} from hospice_line)"


def money(row: tuple[Any, ...]) -> str:
    return dollars(row[0])


def number(row: tuple[Any, ...]) -> str:
    return count(row[0])


def share(row: tuple[Any, ...]) -> str:
    return percent(row[0], row[1])


def found(what: str) -> tuple[str, Any]:
    return FOUND.replace("{what}", what), money


TIERS = {tier: found(f"direction = 'under' and tier = '{tier}'") for tier in "ABC"}

# Page → tile → (SQL with {who}, how its row is written in the tile).
TILES: dict[str, dict[str, tuple[str, Any]]] = {
    "/": {
        "over": found("direction = 'over'"),
        **TIERS,
        "denial": found("direction = 'denial'"),
        "denial_rate": (DENIED, share),
        "findings": (
            f"select count(*) from (select f.*, s.status, {MONTH} from finding as f join finding_status as s using (finding_key))"
            " where status not in ('dismissed', 'corrected') and {who}",
            number,
        ),
        "matched": (
            "select count(distinct remit_key) filter (where claim_key is not null), count(distinct remit_key) from remit_line",
            share,
        ),
    },
    "/denials": {
        "denial_rate_count": (DENIED, share),
        "denial_rate_dollars": (DENIED, lambda row: percent(row[2], row[3])),
        "open": (f"select count(*) from (select *, {MONTH} from denial) where is_initial and is_denied and {{who}}", number),
        "overturned": (
            f"select count(overturned_date), count(*) from (select *, {MONTH} from denial) where is_initial and {{who}}",
            share,
        ),
        "first_pass": (PASSED, share),
    },
    "/missed-revenue": {"over": found("direction = 'over'"), **TIERS},
    "/hospice": {
        "in_span_count": (f"select count(*) from {LINES} where is_in_span and {{who}}", number),
        "none_count": (f"select count(*) from {LINES} where is_in_span and modifier_use = 'none' and {{who}}", number),
        "misused_count": (
            f"select count(*) from {LINES} where ((not is_in_span and modifier_use <> 'none') or (is_in_span and modifier_use = 'both'))"
            " and {who}",
            number,
        ),
        "b9_count": (f"select count(*) from {LINES} where is_b9 and {{who}}", number),
    },
    "/payers": {
        "claims": (PASSED, lambda row: count(row[2])),
        "denial_rate": (DENIED, share),
        "first_pass": (PASSED, share),
        "short": ("select sum(flagged_amount) from underpayment where is_judged and {who}", money),
        "filing": ("select sum(expected_amount) from timely_filing where {who}", money),
    },
    "/data-trust": {
        "Files landed": (
            "select count(*) filter (where status in ('accepted', 'partial')), count(*) from file",
            lambda row: f"{row[0]} of {row[1]}",
        ),
        "Expectations met": (
            "select count(*) filter (where status = 'passed'), count(*) from expectation_result",
            lambda row: f"{row[0]} of {row[1]}",
        ),
        "Checks evaluated": (
            "select count(*) filter (where status in ('passed', 'flagged')), count(*) from check_result",
            lambda row: f"{row[0]} of {row[1]}",
        ),
    },
}
# Compared with the manifest's control totals below, or elsewhere: medians of days (test_payers), claims linked and balances (the manifest).
ELSEWHERE = {
    "/payers": {"charge_lag", "days_to_adjudicate", "days_to_pay"},
    "/data-trust": {"link-rate", "Balanced", "Charges in", "Payments in", "Documentation rows"},
}


@pytest.fixture(scope="module")
def release(releases: Path) -> Release:
    return Releases(releases).get()


@pytest.fixture(scope="module")
def con(release: Release) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release's tables by their names, apart from the dashboard's code."""
    with duckdb.connect() as made:
        for path in release.folder.glob("*.parquet"):
            made.execute(f"create view {path.stem} as select * from read_parquet('{path}')")
        yield made


def tiles(release: Release, path: str, query: str) -> dict[str, str]:
    parts = parts_of(rendered(view_of(release, path, query)))
    return {getattr(part, "data-tile"): text_of(part).replace("\u00a0", " ") for part in parts if getattr(part, "data-tile", None)}


@pytest.mark.parametrize("query", VIEWS)
@pytest.mark.parametrize("path", TILES)
def test_tiles_are_what_sql_gives(path: str, query: str, release: Release, con: duckdb.DuckDBPyConnection) -> None:
    shown = tiles(release, path, query)
    for name, (sql, write) in TILES[path].items():
        where = VIEWS[query]
        if name == "filing":  # its months are those of service, as days
            where = where.replace("month ", "strftime(month, '%Y-%m') ")
        if name == "short" and "month" in where:
            continue  # a year at a time: test_payers
        row = con.execute(sql.replace("{who}", where)).fetchone() or (None,)
        wanted = write(row)
        assert f" {wanted} " in f" {shown[name]} ", (path, name, query)


@pytest.mark.parametrize("path", [path for path, page in load_pages().items() if path != "/claim-360" and page])
def test_every_tile_is_known(path: str, release: Release) -> None:
    assert set(tiles(release, path, "")) <= set(TILES.get(path, {})) | ELSEWHERE.get(path, set())


def test_denial_rates_are_those_of_the_command(release: Release, midpoint: Command) -> None:
    """To the cent and the tenth of a percent, on the three pages that show one."""
    told = json.loads(midpoint("denials", str(release.folder), "--definition", "default", "--basis", "service", "--json").out)["total"]
    for path, name in (("/", "denial_rate"), ("/denials", "denial_rate_count"), ("/payers", "denial_rate")):
        words = tiles(release, path, "")[name]
        assert f"{told['rate_percent']} %" in words
        assert f"{told['numerator']} of {told['denominator']}" in words
    by_dollars = tiles(release, "/denials", "")["denial_rate_dollars"]
    assert f"{dollars(float(told['denied_amount']), cents=True)} of {dollars(float(told['unit_amount']), cents=True)}" in by_dollars


def test_totals_are_those_of_the_manifest(release: Release) -> None:
    shown, totals = tiles(release, "/data-trust", ""), release.manifest["control_totals"]
    assert dollars(float(totals["claim_charge_amount"])) in shown["Charges in"]
    assert dollars(float(totals["payment_amount"])) in shown["Payments in"]
    assert count(totals["documentation_rows"]) in shown["Documentation rows"]
    assert f"{totals['remits_matched']} of {totals['remits']} claims; {totals['remit_lines_matched']} of" in shown["link-rate"]
