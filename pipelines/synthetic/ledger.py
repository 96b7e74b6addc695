"""The run's own books: what each clinician did in all, and who stands out by ACP-62 and ACP-63 (RULES.md sections 9 and 10).

Other errors are planted where they happen; these two follow from the whole of a clinician's work, so they are counted here, from the
episodes and not from what is written. What does not belong here: making anyone stand out (errors_pattern).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pipelines.synthetic.episode import ACP, Claim, Episode, iso
from pipelines.synthetic.world import Clinician

IDENTICAL_DAYS, IDENTICAL_SHARE = 20, 0.8  # ACP-62
OWN_LEAST, PEERS_LEAST = 10, 10  # ACP-63: of the clinician's own, and of peers with as much
SIGNIFICANT, PERCENTILE = 0.05, 90
WELLNESS = ("G0438", "G0439")
VISITS = ((99202, 99215), (99221, 99239), (99281, 99285), (99291, 99292), (99304, 99310), (99341, 99350), (99495, 99496))


@dataclass(slots=True)
class _Work:
    """What a clinician did. A date is one patient's day with the clinician."""

    clinician: Clinician
    minutes: Counter[int] = field(default_factory=Counter[int])  # documented on billed dates: how often
    dates: int = 0
    dates_without_visit: int = 0
    visit_dates: int = 0
    patients: int = 0
    patient_squares: int = 0  # of each patient's dates
    primary_units: int = 0
    addon_units: int = 0
    wellness_dates: int = 0
    wellness_dates_with_acp: int = 0
    implied: Counter[int] = field(default_factory=Counter[int])  # minutes that the units imply, by calendar day


@dataclass(frozen=True)
class _Metric:
    """Numerator, denominator and (of a mean) sum of squares of one clinician."""

    numerator: float
    denominator: float
    squares: float = 0.0


def _per_patient(w: _Work) -> _Metric:
    return _Metric(w.dates, w.patients, w.patient_squares)


def _per_visit(w: _Work) -> _Metric:
    return _Metric(w.dates, w.visit_dates)


def _wellness(w: _Work) -> _Metric:
    return _Metric(w.wellness_dates_with_acp, w.wellness_dates)


def _addon(w: _Work) -> _Metric:
    return _Metric(w.addon_units, w.primary_units)


def _implied(w: _Work) -> _Metric:
    return _Metric(sum(w.implied.values()), len(w.implied), sum(m * m for m in w.implied.values()))


def _without_visit(w: _Work) -> _Metric:
    return _Metric(w.dates_without_visit, w.dates)


# Metrics of RULES.md section 10, and what is compared: two means, two rates, or two shares
METRICS: tuple[tuple[Callable[[_Work], _Metric], str], ...] = (
    (_per_patient, "mean"),
    (_per_visit, "rate"),
    (_wellness, "share"),
    (_addon, "rate"),
    (_implied, "mean"),
    (_without_visit, "share"),
)


class Ledger:
    """Adds up episodes."""

    def __init__(self) -> None:
        self._work: dict[str, _Work] = {}

    def add(self, episode: Episode) -> None:
        """The final claims of an episode: a replaced, voided or repeated one and a second payer's copy tell nothing new."""
        units: dict[tuple[int, str], list[int]] = {}
        visits: set[tuple[int, str]] = set()
        wellness: set[tuple[int, str]] = set()
        for claim in final_claims(episode):
            for line in claim.lines:
                if claim.bill and line.revenue != "0657":
                    continue
                who = line.clinician or claim.clinician
                key = (line.day, who.npi)
                if who.npi not in self._work:
                    self._work[who.npi] = _Work(who)
                if line.code in ACP:
                    units.setdefault(key, [0, 0])[ACP.index(line.code)] += line.units
                elif line.code in WELLNESS:
                    wellness.add(key)
                elif line.code.isdigit() and any(low <= int(line.code) <= high for low, high in VISITS):
                    visits.add(key)
        for _, npi in visits:
            self._work[npi].visit_dates += 1
        for key in wellness:
            self._work[key[1]].wellness_dates += 1
            self._work[key[1]].wellness_dates_with_acp += key in units
        if units:
            self._add_acp(units, visits, _minutes(episode))

    def _add_acp(self, units: dict[tuple[int, str], list[int]], visits: set[tuple[int, str]], minutes: dict[tuple[str, str], int]) -> None:
        for (day, npi), (primary, addon) in units.items():
            work = self._work[npi]
            work.dates += 1
            work.dates_without_visit += (day, npi) not in visits
            work.primary_units += primary
            work.addon_units += addon
            work.implied[day] += 16 + 30 * (max(primary, 1) - 1 + addon)
            documented = minutes.get((iso(day), npi))
            if documented is not None:
                work.minutes[documented] += 1
        for npi, dates in Counter(npi for _, npi in units).items():
            self._work[npi].patients += 1
            self._work[npi].patient_squares += dates * dates

    def outstanding(self) -> Iterator[tuple[str, str]]:
        """(check id, key) of the clinicians who stand out."""
        billers = [w for w in self._work.values() if w.dates]
        for work in billers:
            days = work.minutes.total()
            if days >= IDENTICAL_DAYS and max(work.minutes.values()) >= IDENTICAL_SHARE * days:
                yield "ACP-62", f"npi:{work.clinician.npi}"
        outliers: set[str] = set()
        for measure, nature in METRICS:
            by_specialty: dict[str, list[tuple[str, _Metric]]] = defaultdict(list)
            for work in billers:
                metric = measure(work)
                if metric.denominator >= OWN_LEAST:
                    by_specialty[work.clinician.peer_group].append((work.clinician.npi, metric))
            for measured in by_specialty.values():
                outliers |= _outliers(measured, nature)
        for npi in sorted(outliers):
            yield "ACP-63", f"npi:{npi}"


def final_claims(episode: Episode) -> list[Claim]:
    """The last version of each account, for its first payer; none where that is a void."""
    last = {claim.account: claim for claim in episode.claims if claim.sequence == "P"}
    return [claim for claim in last.values() if claim.frequency != "8"]


def _minutes(episode: Episode) -> dict[tuple[str, str], int]:
    """Documented minutes by (service date, clinician), sessions summed; of a row written twice the one with minutes counts."""
    rows: dict[str, tuple[tuple[str, str], int]] = {}
    for note in episode.notes:
        minutes = note.minutes
        if minutes is not None:
            rows[note.columns["documentation_id"]] = (note.columns["service_date"], note.columns["rendering_npi"]), minutes
    found: dict[tuple[str, str], int] = {}
    for key, minutes in rows.values():
        found[key] = found.get(key, 0) + minutes
    return found


def _outliers(measured: list[tuple[str, _Metric]], nature: str) -> set[str]:
    """The clinicians of one specialty whose metric is significantly other than that of all peers together, and above most of them."""
    if len(measured) <= PEERS_LEAST:
        return set()
    numerator, denominator, squares = (
        sum(column) for column in zip(*((m.numerator, m.denominator, m.squares) for _, m in measured), strict=True)
    )
    ratios = [m.numerator / m.denominator for _, m in measured]
    found: set[str] = set()
    for (npi, own), ratio in zip(measured, ratios, strict=True):
        lower = sum(other < ratio for other in ratios) / (len(ratios) - 1)
        if 100 * lower > PERCENTILE:
            peers = _Metric(numerator - own.numerator, denominator - own.denominator, squares - own.squares)
            if _p_value(own, peers, nature) < SIGNIFICANT:
                found.add(npi)
    return found


def _p_value(own: _Metric, peers: _Metric, nature: str) -> float:
    """Two-sided, by the normal distribution, as the header of ACP-63 has it (RULES.md leaves the test open): two proportions (pooled) or
    two Poisson counts given their sum, both corrected for continuity, or two means."""
    difference = abs(own.numerator / own.denominator - peers.numerator / peers.denominator)
    if nature == "mean":
        variance = _variance_of_mean(own) + _variance_of_mean(peers)
    else:
        together = (own.numerator + peers.numerator) / (own.denominator + peers.denominator)
        inverse = 1 / own.denominator + 1 / peers.denominator
        variance = together * (1 - together if nature == "share" else 1) * inverse
        difference = difference and max(difference - inverse / 2, 0)
    if variance <= 0:
        return 0.0 if difference else 1.0
    return math.erfc(difference / math.sqrt(2 * variance))


def _variance_of_mean(m: _Metric) -> float:
    return max(m.squares - m.numerator * m.numerator / m.denominator, 0) / (m.denominator - 1) / m.denominator
