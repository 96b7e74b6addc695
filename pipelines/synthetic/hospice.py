"""Hospice: stays with their notice and monthly claims, and the clean services of clinicians during and after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.synthetic import prices
from pipelines.synthetic.acp import minutes_of
from pipelines.synthetic.episode import HOSPICE_CONDITIONS, Claim, Denial, Episode, Line
from pipelines.synthetic.recipes import clean
from pipelines.synthetic.world import MEDICARE, Clinician

STAY_DAYS = 150  # from an admission to the as-of date, so that all claims of the stay are sent by then
UNRELATED = ("S72001A", "S5250XA", "H2513", "K3580")  # a fracture, a cataract, an appendix
NOT_HOSPICED = Denial("B9", "N143")


@dataclass
class Stay:
    """A hospice stay: first and last day, principal diagnosis, physician, notice and monthly claims."""

    first: int
    last: int
    principal: str
    physician: Clinician
    notice: Claim
    claims: list[Claim]


def care(revenue: str, site: str, first: int, last: int) -> Line:
    """Days of a level of care at a site (Q code, empty: left out)."""
    days = last - first + 1
    code = site or revenue
    return Line(site, "", days, first, prices.charge(code) * days, prices.allowed(code, first, False, 100) * days, revenue=revenue)


def physician_service(code: str, day: int, units: int = 1) -> Line:
    """A hospice physician's service (0657); an empty code is left out."""
    priced = code or "0657"
    return Line(code, "", units, day, prices.charge(priced) * units, prices.allowed(priced, day, False, 100) * units, revenue="0657")


def stay(e: Episode, days: int, *, notice_after: int | None = None, site: str = "Q5001", with_services: bool = True) -> Stay:
    """A stay from the episode's day on, with a claim for each calendar month; it ends with a discharge or a death.

    notice_after: days from the admission to the notice, by default within the five that are allowed.
    """
    physician = e.clinician("hospice")
    first, last = e.day, e.day + days - 1
    principal = e.world.one_of(HOSPICE_CONDITIONS)
    group = e.world.hospice
    notice = e.facility_claim(
        "81",
        "A",
        physician,
        group,
        (first, first),
        [Line("", "", 1, first, 0, 0, revenue="0650")],
        [principal],
        admitted=first,
        occurrences=(("27", first),),
        submitted=first + (e.world.between(0, 5) if notice_after is None else notice_after),
    )
    made = Stay(first, last, principal, physician, notice, [])
    begin = first
    while begin <= last:
        end = min(_month_end(begin), last)
        lines = [care("0651", site, begin, end)]
        diagnoses = [principal]
        if with_services and e.world.happens(0.4):
            lines.append(physician_service("99349", e.world.between(begin, end)))
            diagnoses.append("Z515")  # hospice physicians are palliative clinicians by taxonomy
        frequency = {(True, True): "1", (True, False): "2", (False, False): "3", (False, True): "4"}[begin == first, end == last]
        made.claims.append(
            e.facility_claim(
                "81",
                frequency,
                physician,
                group,
                (begin, end),
                lines,
                diagnoses,
                admitted=first,
                patient_status=e.world.one_of(("01", "40", "41")) if end == last else "30",
            )
        )
        begin = end + 1
    return made


def _month_end(day: int) -> int:
    when = date.fromordinal(day)
    following = date(when.year + when.month // 12, when.month % 12 + 1, 1)
    return following.toordinal() - 1


def day_of(e: Episode, found: Stay) -> int:
    """A day of the stay; the first and the last more often than chance."""
    return e.world.one_of((found.first, found.last)) if e.world.happens(0.25) else e.world.between(found.first, found.last)


def unrelated(e: Episode, principal: str) -> list[str]:
    """Diagnoses that have nothing to do with the hospice's."""
    return [e.world.one_of(UNRELATED), "R54" if principal != "R54" else "I10"]


@clean(3, days=STAY_DAYS, payer=MEDICARE)
def hospice_stay(e: Episode) -> None:
    """A stay, the attending's visit with GV, a visit for something else with GW, and one after a live discharge with neither."""
    found = stay(e, e.world.between(15, 70))
    attending = e.clinician("family", "geriatrics")
    e.claim(attending, "12", "99348-GV", day=day_of(e, found))
    if e.world.happens(0.5):
        e.claim(e.clinician("internal", "cardiology"), "11", "99213-GW", day=day_of(e, found), diagnoses=unrelated(e, found.principal))
    if found.claims[-1].patient_status == "01":
        e.claim(attending, "11", "99213", day=found.last + e.world.between(1, 10))


@clean(2, days=STAY_DAYS, payer=MEDICARE)
def hospice_talk(e: Episode) -> None:
    """ACP during a stay: by the attending with GV, or by the hospice's physician on 0657."""
    found = stay(e, e.world.between(20, 50), with_services=False)
    day = found.first + e.world.between(2, 9)
    if e.world.happens(0.5):
        e.note(e.claim(e.clinician("family"), e.world.one_of(("12", "34")), "99497-GV", day=day), minutes_of(e, 0))
    else:
        claim = next(c for c in found.claims if c.period[0] <= day <= c.period[1])
        claim.lines.append(physician_service("99497", day))
        claim.diagnoses.append("Z515")
        e.note(claim, minutes_of(e, 0), day=day)


@clean(1, days=STAY_DAYS, payer=MEDICARE)
def oversight(e: Episode) -> None:
    """Care plan oversight of a hospice patient, once in each month of the stay."""
    found = stay(e, e.world.between(40, 60), with_services=False)
    doctor = e.clinician("family")
    for claim in found.claims:
        e.claim(doctor, "12", "G0182-GV", day=claim.period[1])


@clean(1, days=STAY_DAYS + 60, payer=MEDICARE)
def modifier_added(e: Episode) -> None:
    """Denied for want of GV, and replaced with it."""
    found = stay(e, e.world.between(20, 40))
    claim = e.claim(e.clinician("family"), "12", "99348", day=found.first + e.world.between(1, 10))
    first = e.answer(claim, denied={"99348": NOT_HOSPICED})
    e.submit_again(claim, first, "7", "99348-GV")


@clean(2, payer=MEDICARE)
def outpatient_facility(e: Episode) -> None:
    """The hospital's own claim for its room: a facility line of ACP needs no note of its own."""
    doctor = e.clinician("internal", "oncology")
    lines = [
        Line("99497", "", 1, e.day, prices.charge("99497"), prices.allowed("99497", e.day, True, 100), revenue="0510"),
        Line("85025", "", 1, e.day, prices.charge("85025"), prices.allowed("85025", e.day, True, 100), revenue="0305"),
    ]
    e.facility_claim("13", "1", doctor, e.world.hospital, (e.day, e.day), lines, ["C3490", "Z7189"], admitted=e.day, patient_status="01")
