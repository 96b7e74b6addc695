"""The statistics of a stratified random sample without replacement: estimators, Student's t, sizes, allocation, strata by amount.

Plain numbers in and out. What does not belong here: releases, files and work lists (draw, estimate), and how anything is shown.
Formulas: Cochran, Sampling Techniques (3rd ed.), chapters 2 to 6; ratio variances as Lohr, Sampling: Design and Analysis, and R's survey
package have them, with the sample's own mean of the examined amounts below.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

ESTIMATORS = ("difference", "ratio_combined", "ratio_separate", "mean_per_unit")
BINS = 200  # equal intervals of the range from which strata by amount are made


@dataclass(frozen=True)
class Stratum:
    """A stratum's frame (``count`` units, ``amount`` dollars) and its reviewed sample: pairs (examined amount, overpayment), in dollars."""

    name: str
    count: int
    amount: float
    pairs: tuple[tuple[float, float], ...]

    @property
    def sampled(self) -> int:
        return len(self.pairs)

    @property
    def is_all(self) -> bool:
        """Every unit was reviewed: nothing is left to chance."""
        return self.sampled == self.count


@dataclass(frozen=True)
class Estimate:
    """A total with its two-sided interval. None throughout, with ``why``, where the sample cannot give it."""

    estimator: str
    point: float | None
    standard_error: float | None = None
    degrees: int | None = None
    t: float | None = None
    lower: float | None = None
    upper: float | None = None
    why: str | None = None

    @property
    def relative_precision(self) -> float | None:
        """Half the interval's width as a share of the point estimate."""
        if not self.point or self.standard_error is None or self.t is None:
            return None
        return self.t * self.standard_error / abs(self.point)


def estimate_total(strata: Sequence[Stratum], estimator: str, confidence: float = 0.9) -> Estimate:
    """Total overpayment of the frame by one of ESTIMATORS.

    Raises ValueError where a stratum has one reviewed unit of several (no variance), none, or more than its frame.
    """
    for stratum in strata:
        if not stratum.sampled or stratum.sampled > stratum.count or (stratum.sampled == 1 and not stratum.is_all):
            raise ValueError(f"stratum {stratum.name}: {stratum.sampled} of {stratum.count} units reviewed; two or all are needed")
    examined = math.fsum(s.amount for s in strata)
    expanded_x = math.fsum(s.count * _mean(x for x, _ in s.pairs) for s in strata)
    expanded_d = math.fsum(s.count * _mean(d for _, d in s.pairs) for s in strata)
    if estimator == "difference":
        point = expanded_d
        variance = math.fsum(_variance_of_total(s, [d for _, d in s.pairs]) for s in strata)
    elif estimator == "mean_per_unit":
        # what is correct, expanded: the frame's dollars less that are overpaid
        point = examined - (expanded_x - expanded_d)
        variance = math.fsum(_variance_of_total(s, [x - d for x, d in s.pairs]) for s in strata)
    elif estimator == "ratio_combined":
        if expanded_x == 0:
            return Estimate(estimator, None, why="the examined amounts of the sample add up to nothing")
        ratio = expanded_d / expanded_x
        point = examined * ratio
        variance = math.fsum(_variance_of_total(s, [d - ratio * x for x, d in s.pairs]) for s in strata) * (examined / expanded_x) ** 2
    else:
        point, variance = 0.0, 0.0
        for s in strata:
            x, d = (math.fsum(pair[k] for pair in s.pairs) for k in (0, 1))
            if x == 0:
                if d == 0 and s.amount == 0:
                    continue
                return Estimate(estimator, None, why=f"the examined amounts sampled in stratum {s.name} add up to nothing")
            ratio, grown = d / x, s.amount / (s.count * x / s.sampled)
            point += s.amount * ratio
            variance += _variance_of_total(s, [own_d - ratio * own_x for own_x, own_d in s.pairs]) * grown**2
    return _interval(estimator, strata, point, variance, confidence)


def estimate_count(strata: Sequence[Stratum], confidence: float = 0.9) -> Estimate:
    """How many units of the frame are in error (overpayment other than 0): the attribute appraisal, by the same interval."""
    point = math.fsum(s.count * _mean(float(d != 0) for _, d in s.pairs) for s in strata)
    variance = math.fsum(_variance_of_total(s, [float(d != 0) for _, d in s.pairs]) for s in strata)
    return _interval("units_in_error", strata, point, variance, confidence)


def degrees_of_freedom(strata: Iterable[Stratum]) -> int:
    """Units less strata, over the strata that are not taken whole: what is known for certain tells nothing of the spread."""
    return sum(s.sampled - 1 for s in strata if not s.is_all)


def _interval(estimator: str, strata: Sequence[Stratum], point: float, variance: float, confidence: float) -> Estimate:
    degrees, error = degrees_of_freedom(strata), math.sqrt(variance)
    t = student_t(0.5 + confidence / 2, degrees) if degrees else 0.0  # all units reviewed: the total is known
    return Estimate(estimator, point, error, degrees, t, point - t * error, point + t * error)


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return math.fsum(listed) / len(listed)


def _variance_of_total(stratum: Stratum, values: Sequence[float]) -> float:
    """Of the expanded total of ``values``, with the finite population correction."""
    if stratum.is_all:
        return 0.0
    return stratum.count**2 * (1 - stratum.sampled / stratum.count) * variance(values) / stratum.sampled


def variance(values: Sequence[float]) -> float:
    """Sample variance (n - 1); 0 of a single value."""
    if len(values) < 2:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def student_t(probability: float, degrees: int) -> float:
    """The quantile of Student's t, for probability from 0.5 to below 1."""
    low, high = 0.0, 1.0
    while _student_cdf(high, degrees) < probability:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _student_cdf(middle, degrees) < probability else (low, middle)
    return (low + high) / 2


def _student_cdf(t: float, degrees: int) -> float:
    """For t from 0: 1 - I(degrees / (degrees + t²); degrees/2, 1/2) / 2."""
    return 1 - _beta_share(degrees / (degrees + t * t), degrees / 2, 0.5) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I(x; a, b), by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    tiny = 1e-300
    front = math.exp(a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)) / a
    c, d = 1.0, 1 / max(1 - (a + b) * x / (a + 1), tiny)
    value = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for factor in (even, odd):
            d = 1 / _away_from_zero(1 + factor * d, tiny)
            c = _away_from_zero(1 + factor / c, tiny)
            step = c * d
            value *= step
        if abs(step - 1) < 1e-16:
            break
    return front * value


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny


def normal_quantile(confidence: float) -> float:
    """Of the standard normal distribution, for a two-sided confidence."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def size_for_total(strata: Sequence[tuple[int, float]], precision: float, confidence: float, allocation: str = "proportional") -> int:
    """Units to sample so that the total is known to ± ``precision`` dollars, two-sided.

    strata: (units of the frame, standard deviation in dollars) of each; one for an unstratified sample. With the finite population
    correction (Cochran 4.6 and 5.9). Equal allocation is sized as what it is: the same number from every stratum.
    """
    z = normal_quantile(confidence)
    wanted = (precision / z) ** 2
    total = sum(count for count, _ in strata)
    within = math.fsum(count * sd**2 for count, sd in strata)
    if within == 0:
        return min(total, sum(min(2, count) for count, _ in strata))
    if allocation == "neyman":
        size = math.fsum(count * sd for count, sd in strata) ** 2 / (wanted + within)
    elif allocation == "equal":
        size = len(strata) * math.fsum((count * sd) ** 2 for count, sd in strata) / (wanted + within)
    else:
        size = total * within / (wanted + within)
    return min(total, math.ceil(size - 1e-9))


def size_for_rate(count: int, rate: float, precision: float, confidence: float) -> int:
    """Units to sample so that a share near ``rate`` is known to ± ``precision`` (both as shares of 1), of ``count`` units (Cochran 4.4)."""
    first = normal_quantile(confidence) ** 2 * rate * (1 - rate) / precision**2
    return min(count, math.ceil(first / (1 + (first - 1) / count) - 1e-9))


def allocate(size: int, strata: Sequence[tuple[int, float]], allocation: str) -> list[int]:
    """Units from each stratum (units, standard deviation): proportional to units, Neyman (units × deviation) or equal.

    Two or all of each, since one unit has no variance; never more than there are: what a stratum cannot take goes to the others. Remainders
    go to the largest fraction, ties to the first. Raises ValueError where ``size`` is below the least or above the frame.
    """
    least = [min(2, count) for count, _ in strata]
    if not sum(least) <= size <= sum(count for count, _ in strata):
        raise ValueError(f"from {sum(least)} (two of each stratum) to {sum(count for count, _ in strata)} units can be drawn, not {size}")
    weights = [float(count) if allocation == "proportional" else count * sd if allocation == "neyman" else 1.0 for count, sd in strata]
    if not any(weights):
        weights = [float(count) for count, _ in strata]  # no spread anywhere: by units
    fixed: dict[int, int] = {}
    while True:
        free = [k for k in range(len(strata)) if k not in fixed]
        left = size - sum(fixed.values())
        sum_weights = math.fsum(weights[k] for k in free)
        shares = {k: left * weights[k] / sum_weights if sum_weights else left / len(free) for k in free}
        over = {k: strata[k][0] for k in free if shares[k] > strata[k][0]}
        under = {k: least[k] for k in free if shares[k] < least[k]}
        if not over and not under:
            break
        # the side that is further off is settled first, so that the rest stays feasible
        excess = sum(shares[k] - n for k, n in over.items())
        lack = sum(n - shares[k] for k, n in under.items())
        fixed |= over if excess >= lack else under
    whole = {k: math.floor(share) for k, share in shares.items()}
    rest = left - sum(whole.values())
    for k in sorted(free, key=lambda k: (-(shares[k] - whole[k]), k)):
        if rest > 0 and whole[k] < strata[k][0]:
            whole[k] += 1
            rest -= 1
    return [fixed.get(k, whole.get(k, 0)) for k in range(len(strata))]


def amount_cuts(amounts: Sequence[float], count: int) -> list[float]:
    """Upper bounds (inclusive) of all strata but the last, by Dalenius and Hodges: equal shares of the cumulated √frequency.

    Fewer than ``count`` - 1 where the amounts do not spread that far.
    """
    low, high = min(amounts), max(amounts)
    if low == high or count < 2:
        return []
    width = (high - low) / BINS
    frequency = [0] * BINS
    for amount in amounts:
        frequency[min(BINS - 1, max(0, math.ceil((amount - low) / width) - 1))] += 1
    roots = [math.sqrt(n) for n in frequency]
    total, passed, cuts = math.fsum(roots), 0.0, list[float]()
    for place, root in enumerate(roots):
        passed += root
        while len(cuts) < count - 1 and passed >= total * (len(cuts) + 1) / count - 1e-9:
            cuts.append(round(low + (place + 1) * width, 2))
    return sorted({cut for cut in cuts if cut < high})
