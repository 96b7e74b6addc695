"""The statistics against published worked examples and R's survey package, and against all samples of a small frame."""

from __future__ import annotations

import csv
import itertools
import math
from pathlib import Path

import pytest

from pipelines.sampling.statistics import (
    ESTIMATORS,
    Stratum,
    allocate,
    amount_cuts,
    estimate_count,
    estimate_total,
    size_for_rate,
    size_for_total,
    student_t,
    variance,
)

# California's Academic Performance Index 2000, the stratified sample `apistrat` of R's package survey; schools in the state by type, and
# their enrolment (the totals that the help page of svyratio states).
SCHOOLS = {"E": 4421, "H": 755, "M": 1018}
ENROLLED = {"E": 1877350, "H": 1013824, "M": 920298}


def api(y: str, x: str | None = None) -> list[Stratum]:
    with (Path(__file__).parent / "apistrat.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Stratum(kind, count, ENROLLED[kind], tuple((float(r[x]) if x else 0.0, float(r[y])) for r in rows if r["school_type"] == kind))
        for kind, count in SCHOOLS.items()
    ]


def with_moments(count: int, mean: float, sd: float) -> list[float]:
    """``count`` numbers of exactly that mean and standard deviation: the sample of an example that publishes only these."""
    step = sd / math.sqrt(count)
    return [mean + (count - 1) * step, *[mean - step] * (count - 1)]


def test_stratified_mean_as_r_survey() -> None:
    """svymean(~api00), svytotal(~api00) and degf of svydesign(strata=~stype, fpc=~fpc, data=apistrat), survey 4.x at full precision."""
    made = estimate_total(api("api00"), "difference")
    assert made.point is not None
    assert made.standard_error is not None
    assert made.point / 6194 == pytest.approx(662.28736315932065, rel=1e-6)
    assert made.standard_error / 6194 == pytest.approx(9.408940802784583, rel=1e-6)
    assert made.point == pytest.approx(4102207.8996181488, rel=1e-6)
    assert made.standard_error == pytest.approx(58278.978937632819, rel=1e-6)
    assert made.degrees == 197


def test_stratified_total_as_r_survey() -> None:
    """svytotal(~enroll) of the same design, as the vignette of survey prints it."""
    made = estimate_total(api("enrolled"), "difference")
    assert (round(made.point or 0), round(made.standard_error or 0)) == (3687178, 114642)


def test_combined_ratio_as_r_survey() -> None:
    """svyratio(~api.stu, ~enroll): ratio and its standard error at full precision; predict(common, total=) as its help page prints it."""
    made = estimate_total(api("api_students", "enrolled"), "ratio_combined")
    total = sum(ENROLLED.values())
    assert made.point is not None
    assert made.standard_error is not None
    assert made.point / total == pytest.approx(0.8369568869405217, rel=1e-6)
    assert made.standard_error / total == pytest.approx(0.007757103166637882, rel=1e-6)
    assert (round(made.point), round(made.standard_error, 2)) == (3190038, 29565.98)


def test_separate_ratio_as_r_survey() -> None:
    """predict(svyratio(…, separate=TRUE), total=): as the help page of svyratio prints it."""
    made = estimate_total(api("api_students", "enrolled"), "ratio_separate")
    assert (round(made.point or 0), round(made.standard_error or 0, 2)) == (3190022, 29756.44)


def test_simple_random_sample_as_lohr() -> None:
    """Lohr, Sampling: Design and Analysis, agsrs: 300 of 3,078 counties, mean 297,897.0467, s 344,551.894; 916,927,110, SE 58,169,381."""
    sample = tuple((0.0, y) for y in with_moments(300, 297897.0467, 344551.894))
    made = estimate_total([Stratum("all", 3078, 0, sample)], "difference")
    assert made.point == pytest.approx(916927110, rel=1e-6)
    assert made.standard_error == pytest.approx(58169381, rel=1e-6)


def test_strata_as_lohr() -> None:
    """Lohr, agstrat (Table 3.3 and example): each stratum's total and standard error, and the whole: 909,736,035, SE 50,417,248."""
    published = {
        "NC": (1054, 103, 300504.16, 29618183543, 316731380, 16977399),
        "NE": (220, 21, 97629.81, 7647472708, 21478558, 3992889),
        "S": (1382, 135, 211315.04, 53587487856, 292037391, 26154840),
        "W": (422, 41, 662295.51, 396185950266, 279488706, 39416342),
    }
    strata = [
        Stratum(name, count, 0, tuple((0.0, y) for y in with_moments(n, mean, math.sqrt(s2))))
        for name, (count, n, mean, s2, _, _) in published.items()
    ]
    for stratum in strata:
        alone = estimate_total([stratum], "difference")
        assert alone.point == pytest.approx(published[stratum.name][4], rel=1e-6)
        assert alone.standard_error == pytest.approx(published[stratum.name][5], rel=1e-6)
    whole = estimate_total(strata, "difference")
    assert whole.point == pytest.approx(909736035, rel=1e-6)
    assert whole.standard_error == pytest.approx(50417248, rel=1e-6)


def test_ratio_as_lohr() -> None:
    """Lohr, examples 4.3 and 4.6 (3rd ed.): 951,513,191, SE 5,546,162; s_e 31,657.218, x total 964,470,625, estimated 929,413,560."""
    mean_x, mean_y = 929413560 / 3078, 297897.0467
    sample = tuple((mean_x, mean_y + e) for e in with_moments(300, 0, 31657.218))
    made = estimate_total([Stratum("all", 3078, 964470625, sample)], "ratio_combined")
    assert made.point == pytest.approx(951513191, rel=1e-6)
    assert made.standard_error == pytest.approx(5546162, rel=1e-6)


@pytest.mark.parametrize(
    ("degrees", "published"),
    [(1, 6.313752), (2, 2.919986), (5, 2.015048), (10, 1.812461), (29, 1.699127), (30, 1.697261), (99, 1.660391), (1000, 1.646379)],
)
def test_student_t_as_in_the_tables(degrees: int, published: float) -> None:
    """0.95 quantiles, as the NIST/SEMATECH handbook and every table of t print them."""
    assert student_t(0.95, degrees) == pytest.approx(published, abs=6e-7)


def test_allocation_as_published() -> None:
    """300 of Lohr's agpop by region: Neyman 86, 5, 102, 107; proportional 103, 21, 135, 41 (population deviations)."""
    regions = [(1054, 271303.0), (220, 79365.0), (1382, 243956.0), (422, 835639.0)]
    assert allocate(300, regions, "neyman") == [86, 5, 102, 107]
    assert allocate(300, regions, "proportional") == [103, 21, 135, 41]
    assert allocate(300, regions, "equal") == [75, 75, 75, 75]


def test_size_for_a_share_as_cochran() -> None:
    """Cochran, section 4.4: p 50 %, ± 5 points, t = 2, of 3,200: 400 before, 356 after the finite population correction."""
    two = 2 * (0.5 - 0.5 * math.erfc(2 / math.sqrt(2)))  # the confidence of which the normal quantile is 2
    assert size_for_rate(10**9, 0.5, 0.05, two) == 400
    assert size_for_rate(3200, 0.5, 0.05, two) == 356


@pytest.mark.parametrize("allocation", ["proportional", "neyman", "equal"])
def test_the_size_gives_the_precision(allocation: str) -> None:
    """The variance of the planned sample, by its own formula, is what was asked for, and one unit in twenty fewer misses it."""
    strata, precision = [(900, 12.0), (700, 40.0), (400, 90.0)], 9000.0

    def half_width(size: float) -> float:
        weights = [n if allocation == "proportional" else n * sd if allocation == "neyman" else 1 for n, sd in strata]
        sizes = [size * w / sum(weights) for w in weights]
        return 1.6448536 * math.sqrt(sum(n**2 * sd**2 * (1 / k - 1 / n) for (n, sd), k in zip(strata, sizes, strict=True)))

    size = size_for_total(strata, precision, 0.9, allocation)
    assert half_width(size) <= precision < half_width(size * 0.95)


def test_over_all_samples_the_difference_estimator_is_unbiased_and_so_is_its_variance() -> None:
    """Every sample of a small frame: the mean of the estimates is the truth, of the variances the variance; the ratio is biased."""
    frame = {
        "a": [(10.0, 0.0), (20.0, 20.0), (30.0, -5.0), (40.0, 7.0)],
        "b": [(100.0, 100.0), (200.0, 0.0), (50.0, 30.0)],
        "c": [(9.0, 9.0)],
    }
    truth = sum(d for pairs in frame.values() for _, d in pairs)
    choices = [itertools.combinations(pairs, min(2, len(pairs))) for pairs in frame.values()]
    made = {name: [] for name in ESTIMATORS}
    for chosen in itertools.product(*choices):
        strata = [
            Stratum(name, len(pairs), sum(x for x, _ in pairs), sample) for (name, pairs), sample in zip(frame.items(), chosen, strict=True)
        ]
        for name in ESTIMATORS:
            one = estimate_total(strata, name)
            made[name].append((one.point, one.standard_error))
    for name in ("difference", "mean_per_unit"):
        points, errors = zip(*made[name], strict=True)
        mean = sum(points) / len(points)
        assert mean == pytest.approx(truth, rel=1e-12)
        assert sum(e**2 for e in errors) / len(errors) == pytest.approx(sum((p - mean) ** 2 for p in points) / len(points), rel=1e-12)
    for name in ("ratio_combined", "ratio_separate"):
        assert abs(sum(p for p, _ in made[name]) / len(made[name]) - truth) > 0.5


def test_all_units_reviewed_is_known_exactly() -> None:
    pairs = ((10.0, 4.0), (20.0, -3.0), (30.0, 0.0))
    for name in ESTIMATORS:
        made = estimate_total([Stratum("all", 3, 60, pairs)], name)
        assert (made.standard_error, made.degrees) == (0, 0)
        assert made.lower == made.point == made.upper == pytest.approx(1)


def test_a_stratum_taken_whole_adds_no_degrees_and_no_variance() -> None:
    drawn = Stratum("drawn", 10, 100, ((10.0, 1.0), (10.0, 3.0), (10.0, 2.0)))
    whole = Stratum("whole", 2, 500, ((200.0, 200.0), (300.0, 0.0)))
    alone, both = estimate_total([drawn], "difference"), estimate_total([drawn, whole], "difference")
    assert (both.point, both.standard_error, both.degrees) == ((alone.point or 0) + 200, alone.standard_error, 2)


def test_a_stratum_of_one_unit_is_taken_whole_and_one_of_several_is_refused() -> None:
    assert estimate_total([Stratum("one", 1, 5, ((5.0, 5.0),))], "difference").point == 5
    with pytest.raises(ValueError, match="1 of 4 units reviewed"):
        estimate_total([Stratum("one", 4, 20, ((5.0, 5.0),))], "difference")
    assert allocate(5, [(1, 3.0), (50, 3.0)], "proportional") == [1, 4]


def test_no_spread_and_underpayments() -> None:
    same = estimate_total([Stratum("all", 100, 1000, ((10.0, 10.0),) * 5)], "difference")
    assert (same.point, same.standard_error, same.lower) == (1000, 0, 1000)
    under = estimate_total([Stratum("all", 100, 1000, ((10.0, -5.0), (10.0, -15.0), (10.0, 0.0)))], "difference")
    assert under.point == pytest.approx(-2000 / 3)
    assert (under.lower or 0) < -2000 / 3 < (under.upper or 0)


def test_nothing_to_divide_by_is_said() -> None:
    made = estimate_total([Stratum("all", 10, 0, ((5.0, 1.0), (-5.0, 1.0)))], "ratio_combined")
    assert made.point is None
    assert "add up to nothing" in (made.why or "")


def test_units_in_error() -> None:
    made = estimate_count([Stratum("all", 100, 0, ((1.0, 1.0), (1.0, 0.0), (1.0, -1.0), (1.0, 0.0)))])
    assert made.point == 50
    assert made.standard_error == pytest.approx(100 * math.sqrt(0.96 * variance([1, 0, 1, 0]) / 4))


def test_allocation_keeps_to_what_there_is() -> None:
    assert allocate(12, [(3, 100.0), (1000, 1.0)], "neyman") == [3, 9]
    assert allocate(13, [(3, 0.0), (10, 0.0)], "neyman") == [3, 10]
    for size, strata in itertools.product(range(6, 30), [[(3, 9.0), (20, 0.1), (7, 50.0)], [(2, 0.0), (26, 5.0), (2, 1.0)]]):
        for kind in ("proportional", "neyman", "equal"):
            sizes = allocate(size, strata, kind)
            assert sum(sizes) == size
            assert all(min(2, n) <= k <= n for k, (n, _) in zip(sizes, strata, strict=True))
    with pytest.raises(ValueError, match="from 4"):
        allocate(3, [(5, 1.0), (5, 1.0)], "equal")


def test_cuts_by_dalenius_and_hodges() -> None:
    """A flat distribution is cut into equal parts; a skewed one has fewer units above; without spread there is nothing to cut."""
    assert amount_cuts([float(n) for n in range(1001)], 4) == [250, 500, 750]
    skewed = [10 * 1.01**n for n in range(500)]
    cuts = amount_cuts(skewed, 3)
    sizes = [sum(low < a <= high for a in skewed) for low, high in itertools.pairwise([0, *cuts, 1e9])]
    assert len(cuts) == 2
    assert sizes[0] > sizes[1] > sizes[2]
    assert amount_cuts([5.0, 5.0], 3) == []
