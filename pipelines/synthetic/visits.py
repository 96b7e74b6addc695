"""Plain episodes: the work of a health system around what is audited. Nothing here is wrong."""

from __future__ import annotations

from dataclasses import replace

from pipelines.synthetic.episode import Denial, Episode
from pipelines.synthetic.recipes import visit
from pipelines.synthetic.world import COMMERCIAL, GIVEN_NAMES

TESTS = ("93000", "36415", "80053", "85025", "83036", "81003", "G0008", "90662")
DENIALS = (Denial("16", "M127"), Denial("11"), Denial("50"), Denial("29"), Denial("96", "N130"))
OFFICE = ("99212", "99213", "99213", "99213", "99214", "99214", "99214", "99215")


def tests(e: Episode, most: int) -> list[str]:
    """Some tests of the day, each once."""
    first = e.world.between(0, len(TESTS) - 1)
    return [TESTS[(first + n) % len(TESTS)] for n in range(e.world.between(0, most))]


def office_visit(e: Episode) -> str:
    """An office visit, at the level that it happens to be."""
    return e.world.one_of(OFFICE)


@visit(36, days=165)
def office_visits(e: Episode) -> None:
    """One to three visits over some weeks, with tests."""
    doctor = e.clinician("family", "internal", "geriatrics", "cardiology", "oncology", "nurse_practitioner", "physician_assistant")
    place = e.world.one_of(("11", "11", "11", "19", "22"))
    for _ in range(e.world.between(1, 3)):
        done = tests(e, 4)
        e.claim(doctor, place, office_visit(e) + ("-25" if "93000" in done else ""), *done)
        e.later(14, 60)


@visit(6)
def new_patient(e: Episode) -> None:
    """A first visit, with tests."""
    e.claim(e.clinician("family", "cardiology", "oncology", "palliative"), "11", e.world.one_of(("99203", "99204", "99205")), *tests(e, 3))


@visit(7)
def denied_and_appealed(e: Episode) -> None:
    """A visit or a test of the day denied at first, and paid on appeal within weeks."""
    claim = e.claim(e.clinician("family", "internal", "cardiology", "nurse_practitioner"), "11", office_visit(e), *tests(e, 3))
    line = e.world.one_of(claim.lines)
    e.correct(e.answer(claim, denied={line.code: e.world.one_of(DENIALS)}))


@visit(4)
def video_visit(e: Episode) -> None:
    """A visit by video to the home."""
    e.claim(e.clinician("family", "internal", "nurse_practitioner"), "10", e.world.one_of(("99212-95", "99213-95", "99214-95")))


@visit(8)
def wellness_visit(e: Episode) -> None:
    """An annual wellness visit, often with a problem visit and a screening beside it."""
    services = ["G0439"]
    if e.world.happens(0.5):
        services.append("99213-25")
    if e.world.happens(0.5):
        services.append("G0444-59")
    e.claim(e.clinician("family", "internal", "nurse_practitioner"), "11", *services)


@visit(10, days=55)
def hospital_stay(e: Episode) -> None:
    """Admission, some days, discharge; a consultant sees the patient on the way."""
    doctor, consultant = e.clinician("hospitalist"), e.clinician("cardiology", "oncology", "palliative")
    admitted = e.day
    e.claim(doctor, "21", e.world.one_of(("99222", "99223")))
    for _ in range(e.world.between(1, 4)):
        e.day += 1
        e.claim(doctor, "21", e.world.one_of(("99231", "99232", "99233"))).admitted = admitted
    e.claim(consultant, "21", "99232").admitted = admitted
    e.day += 1
    e.claim(doctor, "21", e.world.one_of(("99238", "99239"))).admitted = admitted


@visit(2)
def observation(e: Episode) -> None:
    """Hospital visits under observation, place of service 22."""
    e.claim(e.clinician("hospitalist"), "22", e.world.one_of(("99221", "99222", "99231", "99232")))


@visit(3)
def intensive_care(e: Episode) -> None:
    """A day of critical care, at times with a consultant."""
    doctor = e.clinician("critical_care")
    e.claim(doctor, "21", *(("99291", "99292") if e.world.happens(0.3) else ("99291",)))
    if e.world.happens(0.5):
        e.claim(e.clinician("cardiology"), "21", "99233")


@visit(2)
def emergency(e: Episode) -> None:
    """A visit to the emergency room."""
    e.claim(
        e.clinician("family", "internal"), "23", e.world.one_of(("99283", "99284", "99285")), *(("94640",) if e.world.happens(0.3) else ())
    )


@visit(7, days=110)
def nursing_facility(e: Episode) -> None:
    """An admission to a skilled nursing facility and the visits after it."""
    doctor = e.clinician("geriatrics", "internal", "nurse_practitioner")
    e.claim(doctor, "31", e.world.one_of(("99305", "99306")))
    for _ in range(e.world.between(0, 2)):
        e.later(7, 30)
        e.claim(doctor, e.world.one_of(("31", "32")), e.world.one_of(("99307", "99308", "99309", "99310")))


@visit(4, days=110)
def home_visits(e: Episode) -> None:
    """One or two visits at home."""
    doctor = e.clinician("nurse_practitioner", "geriatrics", "family")
    place = e.world.one_of(("12", "12", "13"))
    for _ in range(e.world.between(1, 2)):
        e.claim(doctor, place, e.world.one_of(("99347", "99348", "99349", "99350")))
        e.later(20, 60)


@visit(2)
def therapy(e: Episode) -> None:
    """Work of those who may not bill ACP, and bill none."""
    e.claim(e.clinician("social_worker"), "11", "90834")


@visit(2)
def dependent(e: Episode) -> None:
    """The patient is covered through someone else, whose member id it is."""
    e.patient = replace(
        e.patient,
        payer=COMMERCIAL,
        subscriber=(e.world.one_of(GIVEN_NAMES), e.patient.birth - e.world.between(-900, 900), "MF"["FM".index(e.patient.sex)]),
    )
    e.claim(e.clinician("family", "internal"), "11", office_visit(e), *tests(e, 2))
