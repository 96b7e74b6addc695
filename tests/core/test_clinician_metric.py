"""Clinician metrics: what is counted, and the statistics beside those of scipy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from scipy import stats

from pipelines.warehouse import connect, models, run_model

MODEL = next(model for model in models("core") if model.table == "core.clinician_metric")
Metric = dict[str, Any]

# Eleven clinicians of one specialty, each with its own mixture; the last does much more of everything.
VISITS = (40, 44, 36, 50, 41, 38, 47, 52, 39, 43, 20)  # E/M dates
DATES = (12, 14, 11, 13, 15, 12, 16, 13, 11, 14, 30)  # ACP dates
BESIDE = (9, 10, 8, 11, 12, 8, 13, 10, 9, 11, 12)  # of these, with an E/M
ADDONS = (3, 4, 2, 4, 5, 3, 4, 2, 3, 4, 25)  # ACP dates with one 99498
REPEATS = (2, 3, 1, 3, 2, 2, 4, 2, 1, 3, 18)  # ACP dates of patients who had one before
WELLNESS = (20, 22, 18, 25, 20, 19, 23, 26, 19, 21, 20)
WITH_ACP = (3, 4, 2, 5, 3, 3, 4, 3, 2, 4, 12)  # of the wellness visits, with ACP
START = date(2024, 1, 1)


def npi(number: int) -> str:
    return f"10000000{number:02d}"


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Only the tables that the model reads, in the form in which it reads them."""
    con = connect(":memory:", threads=1)
    con.execute(
        "create table reference.parameter as select 5 as metric_minimum_count, 10 as peer_minimum_count,"
        " date '0001-01-01' as service_from_date, date '9999-12-31' as service_to_date"
    )
    con.execute(
        "create table core.clinician (clinician_npi VARCHAR, clinician_taxonomy_code VARCHAR, specialty_code VARCHAR, specialty VARCHAR)"
    )
    con.execute(
        "create table core.acp_day (patient_key VARCHAR, service_date DATE, clinician_npi VARCHAR, is_billed BOOLEAN,"
        " primary_units DECIMAL(38,4), addon_units DECIMAL(38,4))"
    )
    con.execute("create table core.em_line (patient_key VARCHAR, service_date DATE, clinician_npi VARCHAR)")
    con.execute(
        "create table core.claim_line (patient_key VARCHAR, service_date DATE, clinician_npi VARCHAR, procedure_code VARCHAR,"
        " is_primary_copy BOOLEAN, is_professional_service BOOLEAN)"
    )
    for i in range(11):
        con.execute("insert into core.clinician values (?, '207Q00000X', '08', 'Family')", [npi(i)])
        acp: list[tuple[str, date]] = []
        for n in range(DATES[i]):
            patient = n if n < DATES[i] - REPEATS[i] else n % 5
            acp.append((f"{i}-{patient}", START + timedelta(days=n // 2)))  # two patients a calendar day
        acp = [(p, d + timedelta(days=100 * (n >= DATES[i] - REPEATS[i]))) for n, (p, d) in enumerate(acp)]
        for n, (patient, day) in enumerate(acp):
            con.execute("insert into core.acp_day values (?, ?, ?, true, 1, ?)", [patient, day, npi(i), int(n < ADDONS[i])])
        visits = acp[: BESIDE[i]] + [(f"{i}-v{n}", START) for n in range(VISITS[i] - BESIDE[i])]
        for patient, day in visits:
            con.execute("insert into core.em_line values (?, ?, ?)", [patient, day, npi(i)])
        wellness = acp[: WITH_ACP[i]] + [(f"{i}-w{n}", START) for n in range(WELLNESS[i] - WITH_ACP[i])]
        for patient, day in wellness:
            con.execute("insert into core.claim_line values (?, ?, ?, 'G0439', true, true)", [patient, day, npi(i)])
    yield con
    con.close()


@pytest.fixture(scope="module")
def metric(con: duckdb.DuckDBPyConnection) -> Callable[[int, str], Metric]:
    run_model(con, MODEL)
    cursor = con.execute("select * from core.clinician_metric")
    names = [column[0] for column in cursor.description or []]
    found = {(row["clinician_npi"], row["metric"]): row for row in (dict(zip(names, r, strict=True)) for r in cursor.fetchall())}
    assert len(found) == 66
    return lambda number, name: found[npi(number), name]


def others(values: tuple[int, ...], number: int) -> int:
    return sum(values) - values[number]


@pytest.mark.parametrize("number", range(11))
@pytest.mark.parametrize(
    ("name", "own", "out_of"), [("awv_with_acp", WITH_ACP, WELLNESS), ("acp_without_em", tuple(map(int.__sub__, DATES, BESIDE)), DATES)]
)
def test_a_share_is_tested_as_two_proportions(
    metric: Callable[[int, str], Metric], number: int, name: str, own: tuple[int, ...], out_of: tuple[int, ...]
) -> None:
    row = metric(number, name)
    x, n, peer_x, peer_n = own[number], out_of[number], others(own, number), others(out_of, number)
    assert (row["numerator"], row["denominator"], row["peer_numerator"], row["peer_denominator"]) == (x, n, peer_x, peer_n)
    # The square of the pooled z is the chi-square of the table of four, with the correction of Yates.
    expected = stats.chi2_contingency([[x, n - x], [peer_x, peer_n - peer_x]], correction=True)
    assert row["p_value"] == pytest.approx(expected.pvalue, abs=3e-7)
    assert row["z_score"] ** 2 == pytest.approx(expected.statistic, rel=1e-9)
    assert row["z_score"] * (x / n - peer_x / peer_n) >= 0
    assert row["ratio"] == pytest.approx(x / n)
    assert row["peer_ratio"] == pytest.approx(peer_x / peer_n)


@pytest.mark.parametrize("number", range(11))
@pytest.mark.parametrize(
    ("name", "own", "out_of", "scale"), [("acp_per_100_em", DATES, VISITS, 100), ("addon_per_primary", ADDONS, DATES, 1)]
)
def test_a_rate_is_tested_as_poisson_counts(
    metric: Callable[[int, str], Metric], number: int, name: str, own: tuple[int, ...], out_of: tuple[int, ...], scale: int
) -> None:
    row = metric(number, name)
    x, n, peer_x, peer_n = own[number], out_of[number], others(own, number), others(out_of, number)
    assert row["ratio"] == pytest.approx(scale * x / n)
    assert row["peer_ratio"] == pytest.approx(scale * peer_x / peer_n)
    # Given their sum, the own count is binomial with the own part of the exposure; half a count is taken off for continuity.
    share = n / (n + peer_n)
    normal = stats.binom(x + peer_x, share)
    z = max(abs(x - normal.mean()) - 0.5, 0) / normal.std()
    assert abs(row["z_score"]) == pytest.approx(z, rel=1e-9)
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(z), abs=3e-7)
    # And the exact test says much the same where it matters.
    exact = stats.binomtest(x, x + peer_x, share).pvalue
    assert (row["p_value"] < 0.05) == (exact < 0.05)
    assert row["p_value"] == pytest.approx(exact, abs=0.02 if exact < 0.2 else 0.2)


@pytest.mark.parametrize("number", range(11))
@pytest.mark.parametrize("name", ["acp_dates_per_patient", "implied_minutes_per_day"])
def test_a_mean_is_tested_with_each_side_s_variance(
    con: duckdb.DuckDBPyConnection, metric: Callable[[int, str], Metric], number: int, name: str
) -> None:
    row = metric(number, name)
    value, group = ("count(*)", "patient_key") if name == "acp_dates_per_patient" else ("sum(16 + 30 * addon_units)::int", "service_date")
    values = con.execute(f"select clinician_npi = ?, {value} from core.acp_day group by clinician_npi, {group}", [npi(number)]).fetchall()
    own, peers = ([v for is_own, v in values if is_own is side] for side in (True, False))
    assert row["ratio"] == pytest.approx(sum(own) / len(own))
    assert (row["denominator"], row["peer_denominator"]) == (len(own), len(peers))
    # Welch's t with its degrees of freedom taken as many: the normal distribution.
    t = stats.ttest_ind(own, peers, equal_var=False).statistic
    assert row["z_score"] == pytest.approx(t, rel=1e-9)
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(abs(t)), abs=3e-7)


def test_the_percentile_is_the_share_of_peers_with_less(metric: Callable[[int, str], Metric]) -> None:
    ratios = [x / n for x, n in zip(WITH_ACP, WELLNESS, strict=True)]
    for number, ratio in enumerate(ratios):
        assert metric(number, "awv_with_acp")["percentile"] == pytest.approx(10 * sum(other < ratio for other in ratios))
        assert metric(number, "awv_with_acp")["peer_count"] == 10


def test_the_normal_distribution_at_tabulated_values(con: duckdb.DuckDBPyConnection) -> None:
    """1.959964 leaves 5 %, 2.575829 1 %, as any table says; through the model, with shares that make these z-scores."""
    from math import sqrt

    t, x = "(1 / (1 + 0.3275911 * ({z} / sqrt(2))))", "({z} / sqrt(2))"
    assert "0.3275911" in MODEL.sql
    polynomial = MODEL.sql.split("    else\n")[-1].split("\n  end as p_value")[0]
    for z, p in ((0.0, 1.0), (1.0, 0.3173105), (1.959964, 0.05), (2.575829, 0.01), (3.290527, 0.001), (5.0, 5.733031e-7)):
        query = polynomial.replace("s.t", t.format(z=z)).replace("s.x", x.format(z=z))
        (found,) = con.execute(f"select {query}").fetchall()[0]
        assert found == pytest.approx(p, abs=2e-7), (z, sqrt(2))


BUILT = """
claims:
  - {id: DAYS, member: M, date: 2024-05-06, rendering: 1000000001, taxonomy: 207Q00000X, lines: [99497], times: 3}
  - {id: LONG, date: 2024-05-06, rendering: 1000000001, taxonomy: 207Q00000X, lines: [99213, 99497, {code: 99498, units: 2}]}
  - {id: ORPHAN, date: 2024-05-07, rendering: 1000000001, taxonomy: 207Q00000X, lines: [99498]}
  - {id: AWV, date: 2024-05-08, rendering: 1000000001, taxonomy: 207Q00000X, lines: [G0439, 99497]}
  - {id: AWV2, date: 2024-05-08, rendering: 1000000001, taxonomy: 207Q00000X, lines: [G0438]}
  - {id: VISIT, date: 2024-05-08, rendering: 1000000001, taxonomy: 207Q00000X, lines: [99213, 99215]}
  - {id: COLLEAGUE, member: M, date: 2024-05-06, rendering: 1000000002, taxonomy: 207Q00000X, lines: [99213]}
  - {id: EARLY, date: 2015-12-31, rendering: 1000000001, taxonomy: 207Q00000X, lines: [99213, 99497, G0438]}
  - {id: S, pcn: LONG, member: LONG, payer: SECOND, sequence: S, date: 2024-05-06, rendering: 1000000001, taxonomy: 207Q00000X,
     lines: [99213, 99497, {code: 99498, units: 2}]}
documentation:
  - {id: UNBILLED, pcn: VISIT, date: 2024-05-08, npi: 1000000001, minutes: 30}
"""


def test_what_is_counted(build: Callable[[str], Any]) -> None:
    rows = build(BUILT).rows("select metric, numerator, denominator, ratio, peer_count, p_value from core.clinician_metric order by metric")
    assert rows == [
        ("acp_dates_per_patient", 6, 4, 1.5, 0, None),  # M thrice, LONG, ORPHAN, AWV
        ("acp_per_100_em", 6, 2, 300, 0, None),  # visits of LONG and VISIT
        ("acp_without_em", 5, 6, 5 / 6, 0, None),
        ("addon_per_primary", 3, 5, 0.6, 0, None),
        ("awv_with_acp", 1, 2, 0.5, 0, None),
        ("implied_minutes_per_day", 16 * 6 + 30 * 3, 3, 62, 0, None),  # 99498 alone implies 46 too
    ]
