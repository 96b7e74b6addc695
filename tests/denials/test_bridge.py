"""The bridge: from any definition to any other, start + steps = end, in every month, on every basis, in the mart and as shown."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.denials.definitions import BASES, PLACES, STEPS
from pipelines.denials.rates import CUTS, Release, bridge_table, rate_table, read_period
from pipelines.errors import MidpointError
from tests.denials.conftest import release_of

PAIRS = list(itertools.permutations(PLACES, 2))
MEASURES = ("unit_count", "denied_count", "unit_amount", "denied_amount")


def test_there_are_twenty_pairs() -> None:
    assert len(PAIRS) == 20


def test_each_step_happens_in_the_story_on_some_basis(story: duckdb.DuckDBPyConnection) -> None:
    walked = story.execute("select distinct step from mart.denial_bridge where from_definition = 'line_any'").fetchall()
    assert {step for (step,) in walked} == {step[1] for step in STEPS}


def test_the_steps_of_the_story_by_remittance(story: duckdb.DuckDBPyConnection) -> None:
    """Each step from the lines to the remittances, worked out by hand: units, denied, dollars, denied dollars."""
    rows = story.execute(
        "select step, sum(unit_count)::int, sum(denied_count)::int, sum(unit_amount), sum(denied_amount) from mart.denial_bridge"
        " where from_definition = 'line_any' and to_definition = 'primary_zero_pay' and date_basis = 'remit'"
        " group by step_number, step order by step_number"
    ).fetchall()
    assert [(step, n, k, int(ua), int(da)) for step, n, k, ua, da in rows] == [
        ("no_charge", -1, -1, 0, 0),  # FREE.2
        ("duplicate_only", -1, 0, -100, 0),  # TWICE
        ("later_denial", 0, -1, 0, -100),  # LATER
        ("line_paid_in_part", 0, -1, 0, -100),  # CUT
        ("dated_by_claim", 0, 0, 0, 0),  # LONG.2, answered in July, goes to June
        ("lines_grouped", -3, 0, 0, 0),  # HALF, PAID, LONG
        ("whole_charge", 0, 0, 20, 200),  # DEAR's header; the paid lines of HALF and LONG
        ("no_counted_line", 1, 0, 100, 0),  # TWICE
        ("later_payer", -1, 0, -100, 0),  # SECOND
        ("no_primary_remit", -1, 0, -100, 0),  # TWICE
        ("dated_by_remit", 0, 0, 0, 0),  # ODD, first answered in May
        ("payer_charge", 0, 0, -110, -100),  # DEAR 110 for 120; LONG answered in two halves
        ("claim_paid_in_part", 0, -2, 0, -300),  # HALF, LONG
        ("zero_without_denial", 0, 1, 0, 100),  # SHARE
        ("further_remits", 4, 2, 400, 200),  # LATER and LONG denied; NEW; ODD's second
        ("other_claim", 1, 1, 100, 100),  # WRONG, voided
        ("no_claim", 1, 1, 100, 100),  # STRANGER
        ("before_window", -1, 0, -100, 0),  # LATER's of 2024-06-01
    ]


@pytest.mark.parametrize("basis", BASES)
def test_start_and_steps_are_the_end_in_every_month(warehouse: duckdb.DuckDBPyConnection, basis: str) -> None:
    sums = ", ".join(f"sum({m}) as {m}" for m in MEASURES)
    months = [m for (m,) in warehouse.execute("select distinct month from mart.denial_month where date_basis = ?", [basis]).fetchall()]
    ends = {
        row[:2]: row[2:]
        for row in warehouse.execute(
            f"select definition, month, {sums} from mart.denial_month where date_basis = ? group by all", [basis]
        ).fetchall()
    }
    steps = {
        row[:3]: row[3:]
        for row in warehouse.execute(
            f"select from_definition, to_definition, month, {sums} from mart.denial_bridge where date_basis = ? group by all", [basis]
        ).fetchall()
    }
    assert {month for _, _, month in steps} <= set(months)
    nothing = (0, 0, 0, 0)
    for start, end in PAIRS:
        for month in months:
            walked = [a + b for a, b in zip(ends.get((start, month), nothing), steps.get((start, end, month), nothing), strict=True)]
            assert walked == list(ends.get((end, month), nothing)), (start, end, month)


def test_start_and_steps_are_the_end_as_shown(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    release = release_of(warehouse, tmp_path)
    period = read_period(None, None, None)
    shown_count = 0
    for (start, end), basis in itertools.product(PAIRS, BASES):
        months = release.rows("select distinct month from denial_month where definition = 'hfma_dollars' and date_basis = ?", [basis])
        if "hfma_dollars" in (start, end) and len(months) == 1:  # the story, on two bases: nothing stands before its one month
            with pytest.raises(MidpointError, match="no month before them"):
                bridge_table(release, start, end, basis, period)
            continue
        shown = bridge_table(release, start, end, basis, period)
        shown_count += 1
        for key in MEASURES:
            assert shown["start"][key] + sum(step[key] for step in shown["steps"]) == shown["end"][key], (start, end, basis, key)
        for name, at in ((start, "start"), (end, "end")):
            total = rate_table(release, name, "payer", basis, period)["total"]
            assert {key: shown[at][key] for key in (*MEASURES, "rate_percent")} == {key: total[key] for key in (*MEASURES, "rate_percent")}
        assert all(step["reason"] for step in shown["steps"])
        assert all(any(step[key] for key in MEASURES) for step in shown["steps"])
    assert shown_count >= 44  # of 60


@pytest.mark.parametrize("by", CUTS)
@pytest.mark.parametrize("name", PLACES)
def test_the_rows_add_up_to_the_total_and_the_total_to_the_release(
    generated: duckdb.DuckDBPyConnection, release: Release, name: str, by: str
) -> None:
    table = rate_table(release, name, by, None, read_period("2025-01", "2025-06", None))
    rows, total = table["rows"], table["total"]
    denied = generated.execute(
        "select sum(denied_count)::int, sum(denied_amount), sum(unit_count)::int, sum(unit_amount) from mart.denial_month"
        " where definition = ? and date_basis = ? and month between '2025-01' and '2025-06'",
        [name, table["basis"]],
    ).fetchone()
    assert denied is not None
    assert (total["denied_count"], total["denied_amount"]) == denied[:2]
    assert sum(row["denied_count"] for row in rows) == total["denied_count"]
    assert sum(row["denied_amount"] for row in rows) == total["denied_amount"]
    if name != "hfma_dollars":
        assert (total["unit_count"], total["unit_amount"]) == denied[2:]
    if by in ("carc", "rarc"):
        assert {(row["unit_count"], row["unit_amount"]) for row in rows} == {(total["unit_count"], total["unit_amount"])}
    elif name != "hfma_dollars":
        assert sum(row["unit_count"] for row in rows) == total["unit_count"]
        assert sum(row["unit_amount"] for row in rows) == total["unit_amount"]
    else:  # means of three are rounded as they are shown
        assert abs(sum(row["unit_amount"] for row in rows) - total["unit_amount"]) <= Decimal("0.01") * len(rows)


def test_the_denominator_of_hfma_dollars_is_the_mean_of_the_three_months_before(
    generated: duckdb.DuckDBPyConnection, release: Release
) -> None:
    own = dict(
        generated.execute(
            "select month, sum(unit_amount) from mart.denial_month"
            " where definition = 'hfma_dollars' and date_basis = 'submission' group by month"
        ).fetchall()
    )
    table = rate_table(release, "hfma_dollars", "month", None, read_period(None, "2024-06", None))
    shown: dict[str, Any] = {row["month"]: row["unit_amount"] for row in table["rows"]}
    first, second, third, fourth, fifth = sorted(own)[:5]
    cent = Decimal("0.005")
    assert table["months_without_denominator"] == [first]
    assert shown[second] == own[first]  # one month known before it
    assert abs(shown[third] - (own[first] + own[second]) / 2) <= cent
    assert abs(shown[fourth] - (own[first] + own[second] + own[third]) / 3) <= cent
    assert abs(shown[fifth] - (own[second] + own[third] + own[fourth]) / 3) <= cent
    assert first not in shown
