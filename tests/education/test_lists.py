"""Counts, peers, tests, money, trend and priority of the lists, against numbers worked out by hand or published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from scipy import stats

from pipelines.education.dotplot import quantile, wilson
from pipelines.education.lists import Lists, Release, compare, education_lists, effect, period_of, trend
from pipelines.errors import MidpointError
from pipelines.settings import Education
from tests.education.conftest import CHECK, npi

PERIOD = period_of(date(2026, 6, 30), 12)
IN, BEFORE = date(2025, 10, 1), date(2024, 10, 1)


def test_the_period_ends_with_the_last_mature_month() -> None:
    assert (PERIOD.first, PERIOD.last) == (date(2025, 4, 1), date(2026, 3, 1))
    assert (PERIOD.prior_first, PERIOD.prior_last) == (date(2024, 4, 1), date(2025, 3, 1))
    assert period_of(date(2026, 6, 28), 1).last == date(2026, 2, 1)  # 31 March was only 89 days ago
    assert period_of(date(2026, 6, 29), 1).last == date(2026, 3, 1)
    assert period_of(date(2026, 6, 30), 3, date(2025, 1, 1)).first == date(2024, 11, 1)


# Fisher (1935), the tea tasting: 3 of 4 right gives 17/70 one-sided, so 34/70 two-sided. 3 of 12 against 9 of 12: expected 6 each, so
# 4 x 2.5 x 2.5 / 6 = 4.1667 with the correction, of which p is 0.0412. Nothing flagged on both sides is no difference.
@pytest.mark.parametrize(
    ("table", "name", "p"),
    [
        ([[3, 1], [1, 3]], "fisher", 34 / 70),
        ([[3, 9], [9, 3]], "chi-square", 0.041226833),
        ([[0, 20], [0, 300]], "fisher", 1.0),
        ([[20, 0], [300, 0]], "fisher", 1.0),
    ],
)
def test_the_test_of_two_shares(table: list[list[int]], name: str, p: float) -> None:
    assert compare(table) == (name, pytest.approx(p, abs=1e-8))


# Newcombe (1998), table I, method 3 (score without continuity correction), 95 %.
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_quantiles_are_those_of_spreadsheets() -> None:
    assert [quantile([4, 1, 3, 2, 5], share) for share in (0, 0.5, 0.8, 0.9, 1)] == [1, 3, pytest.approx(4.2), pytest.approx(4.6), 5]


def peers(by_hand: Callable[..., Release]) -> Release:
    """Twelve clinicians of one specialty with 20 lines each, flagged 0 to 1, and one with 20 of 40; another specialty; one unknown."""
    rows = [("X-01", IN, npi(i), "2000000001", 20, int(i < 3)) for i in range(12)]
    rows += [("X-01", IN, npi(12), "2000000001", 40, 20), ("X-01", BEFORE, npi(12), "2000000001", 30, 3)]
    rows += [("X-01", IN, npi(13), "2000000002", 50, 25), ("X-01", IN, npi(14), "2000000002", 50, 25), ("X-01", IN, npi(15), None, 5, 1)]
    clinicians = [(npi(i), "207Q00000X", "08", "Family practice") for i in range(13)] + [(npi(13), "207R00000X", "11", "Internal medicine")]
    clinicians += [(npi(15), "207Q00000X", "08", "Family practice")]

    def finding(number: int, day: date, clinician: int, amount: str, counted: bool) -> tuple[object, ...]:
        return ("X-01", "over", npi(clinician), "2000000001", day, f"key{number}", f"ACCOUNT-{number}", f"claim-{number}", 1, None, "99497",
                None,
                Decimal(1), None, Decimal(amount), None, counted, "a.edi", 1, number)  # fmt: skip

    findings = [finding(n, date(2025, 10, n + 1), 12, f"{70 + n}.00", n != 5) for n in range(7)]
    findings.append(finding(8, date(2024, 10, 1), 12, "500.00", True))  # of the period before
    return by_hand(check_result=[CHECK], check_month=rows, clinician=clinicians, finding=findings)


def test_peers_tests_and_money(by_hand: Callable[..., Release]) -> None:
    lists = education_lists(peers(by_hand), PERIOD, Education())
    rows = {(row["level"], row["npi"]): row for row in lists.rows}
    high = rows["clinician", npi(12)]
    assert (high["billed_count"], high["flagged_count"], high["rate"]) == (40, 20, 0.5)
    # The twelve of the specialty with 20 lines; not the one with 5, not the other specialty, not the one without.
    assert (high["peer_count"], high["peer_billed_count"], high["peer_flagged_count"]) == (12, 240, 3)
    assert high["percentile"] == 100
    assert high["test"] == "fisher"
    assert high["p_value"] == pytest.approx(stats.fisher_exact([[20, 20], [3, 237]]).pvalue)  # pyright: ignore
    # 13 tests are made at this level: of the twelve and of this one, which has the smallest p.
    assert high["adjusted_p_value"] == pytest.approx(13 * high["p_value"])
    # 70 to 76 less the 75 that another finding of the line carries; what lies before the period is not in it.
    assert high["at_risk_amount"] == Decimal("436.00")
    assert (high["recoverable_amount"], high["denial_risk_amount"]) == (0, 0)
    assert high["trend"] == "worse (+40.0 points)"
    assert high["priority"] == "high"
    assert high["priority_reason"].startswith("above peers: 50.0 % against 1.2 %, adjusted p < 0.0001")
    assert [one["patient_control_number"] for one in high["examples"]] == [f"ACCOUNT-{n}" for n in (6, 4, 3, 2, 1)]  # those counted first
    assert high["due_date"] == date(2026, 7, 30)
    assert high["re_audit_date"] == date(2027, 1, 26)
    assert rows["clinician", npi(13)]["test"] == "too few peers"
    assert rows["clinician", npi(14)]["test"] == "no specialty"
    assert rows["clinician", npi(15)]["test"] == "too few lines"
    assert rows["clinician", npi(0)]["priority"] == "low"
    assert ("clinician", npi(5)) not in rows  # nothing is flagged
    group = rows["group", "2000000001"]
    assert (group["billed_count"], group["flagged_count"]) == (280, 23)
    assert lists.rows[0] is high


def test_adjusted_p_is_benjamini_hochberg() -> None:
    """Benjamini and Hochberg (1995), section 4.1: of fifteen p-values the four smallest are rejected at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    adjusted = stats.false_discovery_control(p, method="bh")
    assert [value <= 0.05 for value in adjusted] == [True] * 4 + [False] * 11


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ((20, 40), (0, 0), "new: nothing billed before"),
        ((0, 0), (3, 30), "nothing billed now"),
        ((3, 30), (3, 30), "no clear change (+0.0 points)"),
        ((1, 100), (20, 100), "better (-19.0 points)"),
    ],
)
def test_trend(now: tuple[int, int], before: tuple[int, int], words: str) -> None:
    assert trend(*now, *before) == words


def test_effect_in_words() -> None:
    row = {"verdict": "better", "month_count": 8, "before_count": 100, "before_flagged_count": 20, "after_count": 80,
           "after_flagged_count": 4,
           "peer_before_count": 500, "peer_before_flagged_count": 50, "peer_after_count": 0, "peer_after_flagged_count": 0}  # fmt: skip
    assert effect(row) == "better: 20.0 % (n 100) before, 5.0 % (n 80) after; peers without a letter 10.0 % (n 500), — (n 0)"
    assert effect(row | {"verdict": "too early", "month_count": 2}) == "too early: 2 months with services after the letter"
    assert effect(row | {"verdict": "nothing to compare with"}).startswith("nothing to compare with")


def test_the_lists_of_the_samples_are_those_of_the_release(sample_lists: Lists, sample: Path) -> None:
    """Counts and dollars by clinician, against SQL on the findings of the period."""
    with duckdb.connect() as con:
        found = con.execute(
            f"""
            select
              clinician_npi, check_id, count(*),
              coalesce(sum(at_risk_amount) filter (where at_risk_counted and direction = 'over'), 0),
              coalesce(sum(recoverable_amount) filter (where at_risk_counted and direction = 'under'), 0)
            from read_parquet('{sample}/finding.parquet')
            where clinician_npi is not null and service_date between date '2025-04-01' and date '2026-03-31' group by all
            """
        ).fetchall()
    told = {
        (row["npi"], row["check_id"]): (row["flagged_count"], row["at_risk_amount"], row["recoverable_amount"])
        for row in sample_lists.rows
        if row["level"] == "clinician" and row["flagged_count"]
    }
    assert told == {(npi, check): (n, at_risk, due) for npi, check, n, at_risk, due in found}
    assert len(told) > 10
    assert {row["owner"] for row in sample_lists.rows} == {"Coding lead"}


def test_denominators_are_those_of_the_checks(sample: Path) -> None:
    """Every eligible row of every check stands in check_month once."""
    with duckdb.connect() as con:
        wrong = con.execute(
            f"""
            select r.check_id from read_parquet('{sample}/check_result.parquet') as r
            left join (
              select check_id, sum(eligible_count) as eligible, sum(flagged_count) as flagged
              from read_parquet('{sample}/check_month.parquet') group by check_id
            ) as m using (check_id)
            where r.status in ('passed', 'flagged')
              and (coalesce(m.eligible, 0), coalesce(m.flagged, 0)) <> (r.eligible_count, r.flagged_count)
            """
        ).fetchall()
    assert not wrong


def test_a_release_of_before_is_told(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text((sample / "manifest.json").read_text())
    with pytest.raises(MidpointError, match=r"no table check_month.*run midpoint audit again"):
        Release(tmp_path)
