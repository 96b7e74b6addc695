"""Denials: the page's numbers are those of `midpoint denials` and of SQL on the release, under every definition, basis and filter."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards import denials, theme
from dashboards.filters import DEFINITIONS
from dashboards.pages.denials import BRIDGE, BY_PAYER, COHORTS, FIRST_PASS, LINES, REASONS, REMARKS, TREND
from dashboards.queries import Release, Releases
from pipelines.cli import main
from tests.dashboards.pages import charts_of, links_of, rendered, rows_of, text_of, tile_of, view_of

PATH = "/denials"
BASES = ("service", "submission", "remit")
MEASURES = ("denied_count", "unit_count", "denied_amount", "unit_amount")
# The address's words → the command's.
PERIODS = {
    "": (),
    "&from=2025-03&to=2025-07": ("--from", "2025-03", "--to", "2025-07"),
    "&mature=1": ("--mature", "90"),
    "&to=2025-06": ("--to", "2025-06"),
}

Command = Callable[..., dict[str, Any] | None]


@pytest.fixture(scope="module", params=["sample", "busy"])
def folder(request: pytest.FixtureRequest, releases: Path) -> Path:
    return releases if request.param == "sample" else request.getfixturevalue("busy")


@pytest.fixture
def release(folder: Path) -> Release:
    return Releases(folder).get()


@pytest.fixture
def command(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`midpoint denials --json` over the release; None where it says that there is nothing to show."""

    def call(*arguments: str) -> dict[str, Any] | None:
        monkeypatch.setattr(sys, "argv", ["midpoint", "denials", str(folder / "current"), *arguments, "--json"])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
        out = capsys.readouterr().out
        return json.loads(out, parse_float=Decimal) if not code else None

    return call


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("definition", DEFINITIONS)
def test_the_rate_is_that_of_the_command(definition: str, basis: str, release: Release, command: Command) -> None:
    place = list(DEFINITIONS).index(definition) + BASES.index(basis)
    for query, period in {"": (), **dict([list(PERIODS.items())[1 + place % 3]])}.items():
        told = command("--definition", definition, "--basis", basis, *period)
        view = view_of(release, PATH, f"?definition={definition}&basis={basis}{query}")
        if told is None:
            assert not any(denials.by_count(filter(denials.within(view), rows_of(view, denials.MONTHS))).__dict__.values())
            continue
        whole = told["total"]
        page = rendered(view)
        by_count, by_dollars = tile_of(page, "denial_rate_count"), tile_of(page, "denial_rate_dollars")
        count, units = theme.count(whole["denied_count"]), theme.count(whole["unit_count"])
        assert f"{count} of {units} {told['definition']['unit']}s" in by_count
        assert f"{_dollars(whole['denied_amount'])} of {_dollars(whole['unit_amount'])} · n {units} " in by_dollars
        shown = by_dollars if told["definition"]["measure"] == "amount" else by_count
        assert f" {whole['rate_percent']} % " in shown
        # By payer: what the filter leaves is the table's row.
        for row in told["rows"]:
            view = view_of(release, PATH, f"?definition={definition}&basis={basis}{query}&payer={row['payer']}")
            months = list(filter(denials.within(view), rows_of(view, denials.MONTHS)))
            count, dollars = denials.by_count(months), denials.by_dollars(months)
            assert (theme.count(count.part), theme.count(count.whole)) == tuple(_written(row[name], name) for name in MEASURES[:2])
            assert (_dollars(dollars.part), _dollars(dollars.whole)) == tuple(_written(row[name], name) for name in MEASURES[2:])


@pytest.mark.parametrize("cut", [("month", TREND, "month"), ("carc", REASONS, "reason")])
def test_the_tables_are_those_of_the_command(cut: tuple[str, Any, str], release: Release, command: Command) -> None:
    by, table, column = cut
    for definition in DEFINITIONS:
        for basis in BASES:
            told = command("--definition", definition, "--basis", basis, "--by", by)
            assert told
            rows = rows_of(view_of(release, PATH, f"?definition={definition}&basis={basis}"), table)
            made = {row[column]: tuple(_written(row[name], name) for name in MEASURES) for row in rows}
            wanted = {row[by] or "none": tuple(_written(row[name], name) for name in MEASURES) for row in told["rows"]}
            empty = tuple(_written(Decimal(0), name) for name in MEASURES)  # months without anything have no row in one or the other
            assert {k: v for k, v in made.items() if v != empty} == {k: v for k, v in wanted.items() if v != empty}


@pytest.mark.parametrize("start", DEFINITIONS)
def test_the_bridge_is_that_of_the_command(start: str, release: Release, command: Command) -> None:
    walked = 0
    for end in DEFINITIONS:
        for number, basis in enumerate(BASES):
            query, period = list(PERIODS.items())[(number + len(end)) % len(PERIODS)]
            told = command("--bridge", f"{start}..{end}", "--basis", basis, *period) if start != end else None
            rows = rows_of(view_of(release, PATH, f"?definition={start}&bridge_to={end}&basis={basis}{query}"), BRIDGE)
            if told is None:
                assert start == end or not rows
                continue
            walked += 1
            steps = [told["start"] | {"reason": told["start"]["title"]}, *told["steps"], told["end"] | {"reason": told["end"]["title"]}]
            assert [(row["reason"], *(Decimal(row[name]) for name in MEASURES)) for row in rows] == [
                (step["reason"], *(Decimal(step[name]) for name in MEASURES)) for step in steps
            ]
            for place, end_row in ((0, told["start"]), (-1, told["end"])):
                assert theme.percent(rows[place]["rate_part"], rows[place]["rate_whole"]) == f"{end_row['rate_percent']} %"
    assert walked


def test_each_filter_gives_what_sql_gives(busy: Path) -> None:
    release = Releases(busy).get()
    npi = release.row("select max(clinician_npi) as npi from denial_month where denied_count > 0")["npi"]
    every = release.row("select sum(unit_count) as n from denial_month where definition = 'default' and date_basis = 'service'")["n"]
    for query, condition in (
        ("payer=99903", "payer_id = '99903'"),
        (f"provider={npi}", f"(billing_npi = '{npi}' or clinician_npi = '{npi}')"),
        ("setting=facility", "setting = 'facility'"),
        ("code=em", "code_family = 'em'"),
        ("from=2025-03&to=2025-06", "month between '2025-03' and '2025-06'"),
        ("mature=1", "month <= '2026-03'"),
    ):
        wanted = release.row(
            "select sum(denied_count) as d, sum(unit_count) as n, sum(denied_amount) as da, sum(unit_amount) as na from denial_month"
            f" where definition = 'default' and date_basis = 'service' and {condition}"
        )
        assert 0 < wanted["n"] < every, f"{query} must change something"
        page = rendered(view_of(release, PATH, f"?{query}"))
        assert f" {int(wanted['d']):,} of {int(wanted['n']):,} claim lines" in tile_of(page, "denial_rate_count")
        assert f"{_dollars(wanted['da'])} of {_dollars(wanted['na'])}" in tile_of(page, "denial_rate_dollars")
        passed = release.row(
            "select sum(first_pass_count) as p, sum(answered_count) as a, sum(claim_count) as c from first_pass"
            f" where date_basis = 'service' and {condition}"
        )
        assert f" {int(passed['p']):,} of {int(passed['a']):,} answered claims" in tile_of(page, "first_pass")
        rows = rows_of(view_of(release, PATH, f"?{query}"), FIRST_PASS)
        assert sum(row["claim_count"] for row in rows) == passed["c"]


def test_tiles_lines_and_rates_count_the_same_denials(release: Release) -> None:
    """The rows of definition default, one by one, are its denied units; open and overturned make them up."""
    for basis in BASES:
        for query in ("", "&from=2025-04&payer=99901", "&code=acp&setting=non-facility"):
            view = view_of(release, PATH, f"?basis={basis}{query}")
            rate = denials.by_count(filter(denials.within(view), rows_of(view, denials.MONTHS)))
            lines = rows_of(view, LINES)
            assert len(lines) == rate.part
            page = rendered(view)
            still_open = [row for row in lines if row["overturned_date"] is None]
            assert f" {len(still_open):,} " in tile_of(page, "open")
            assert f"{theme.dollars(sum((row['billed_amount'] for row in still_open), Decimal(0)))} billed" in tile_of(page, "open")
            assert f" {len(lines) - len(still_open):,} of {len(lines):,} denied lines" in tile_of(page, "overturned")


def test_a_reason_is_chosen_and_then_its_lines(release: Release) -> None:
    view = view_of(release, PATH, "?basis=remit")
    first = rows_of(view, REASONS)[0]["reason"]
    assert links_of(charts_of(rendered(view))["denial-reasons"])[0] == f"/denials?basis=remit&carc={first}"
    chosen = view_of(release, PATH, f"?basis=remit&carc={first}")
    page = rendered(chosen)
    assert links_of(charts_of(page)["denial-reasons"])[0] == f"/denials?basis=remit&carc={first}&show=lines"
    count = next(row["denied_count"] for row in rows_of(view, REASONS) if row["reason"] == first)
    units = denials.by_count(filter(denials.within(view), rows_of(view, denials.MONTHS))).whole
    assert f" {count:,} of {theme.count(units)} claim lines" in tile_of(page, "denial_rate_count"), "below a reason stand all units"
    assert sum(row["denied_count"] for row in rows_of(chosen, REMARKS)) == count
    assert [row["carc"] for row in rows_of(chosen, LINES)] == [first] * count
    lines = rendered(view_of(release, PATH, f"?basis=remit&carc={first}&show=lines"))
    assert not charts_of(lines)
    assert f"CARC {first}" in text_of(lines[0]), "breadcrumbs lead back"
    address = rows_of(chosen, LINES)[0]
    assert address["claim_href"] == f"/claim-360?basis=remit&claim={address['claim_key']}"


def test_a_cell_chooses_reason_and_payer(release: Release) -> None:
    view = view_of(release, PATH)
    rows = rows_of(view, BY_PAYER)
    assert sum(row["denied_count"] for row in rows) == sum(row["denied_count"] for row in rows_of(view, REASONS))
    figure = charts_of(rendered(view))["denial-reasons-by-payer"]
    assert f"/denials?payer={rows[0]['payer_id']}&carc={rows[0]['reason']}" in links_of(figure, 1)
    text = f"{theme.percent(rows[0]['denied_count'], rows[0]['unit_count'])}<br>{rows[0]['denied_count']:,}"
    assert text in {text for line in figure["data"][0]["text"] for text in line}
    again = view_of(release, PATH, f"?payer={rows[0]['payer_id']}&carc={rows[0]['reason']}")
    figure = charts_of(rendered(again))["denial-reasons-by-payer"]
    assert f"/denials?payer={rows[0]['payer_id']}&carc={rows[0]['reason']}&show=lines" in links_of(figure, 1)


def test_the_curve_is_overturned_by_observed_and_ends_where_nothing_is(release: Release) -> None:
    view = view_of(release, PATH)
    wanted = release.rows(
        "select age_days, sum(observed_count) as n, sum(overturned_count) as o from denial_cohort group by age_days order by age_days"
    )
    figure = charts_of(rendered(view))["denials-overturned-by-age"]
    assert figure["data"][0]["y"] == [100 * int(row["o"]) / int(row["n"]) if row["n"] else None for row in wanted]
    for trace in figure["data"][1:]:
        rows = {row["age_days"]: row for row in rows_of(view, COHORTS) if row["cohort"] == trace["name"]}
        assert [value is None for value in trace["y"]] == [age not in rows or not rows[age]["observed_count"] for age in trace["x"]]
    # A cohort has no billing provider, setting or reason: the card says that these limit nothing here.
    page = rendered(view_of(release, PATH, "?setting=facility&carc=97"))
    assert "Not limited by setting and reason" in text_of(page)
    assert charts_of(page)["denials-overturned-by-age"]["data"][0]["y"] == figure["data"][0]["y"]


def test_a_release_of_an_older_version_says_so(releases: Path, tmp_path: Path) -> None:
    """Without the columns of its lines the page still shows its rates."""
    folder = (releases / "current").resolve()
    shutil.copytree(folder, tmp_path / folder.name)
    older = f"select * exclude (is_initial, overturned_date) from read_parquet('{folder / 'denial.parquet'}')"
    duckdb.execute(f"copy ({older}) to '{tmp_path / folder.name / 'denial.parquet'}' (format parquet)")
    page = rendered(view_of(Releases(tmp_path, folder.name).get(), PATH))
    assert "4 of 64 claim lines" in tile_of(page, "denial_rate_count")
    assert "made by this version" in tile_of(page, "open")
    assert "run midpoint audit again" in text_of(page[-1])


def _dollars(amount: Any) -> str:
    return theme.dollars(Decimal(amount or 0), cents=True)


def _written(value: Any, name: str) -> str:
    return theme.dollars(Decimal(value), cents=True) if name.endswith("amount") else theme.count(Decimal(value))
