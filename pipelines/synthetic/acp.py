"""Clean ACP: conversations that are billed as they were held and documented."""

from __future__ import annotations

from pipelines.synthetic import prices
from pipelines.synthetic.episode import DUPLICATE, Claim, Episode, Line
from pipelines.synthetic.recipes import clean
from pipelines.synthetic.visits import office_visit
from pipelines.synthetic.world import MEDICARE, NO_ICU

ACP_SPECIALTIES = (
    "palliative",
    "palliative",
    "palliative",
    "family",
    "internal",
    "geriatrics",
    "oncology",
    "nurse_practitioner",
    "cardiology",
)


def minutes_of(e: Episode, addon_units: int) -> int:
    """Minutes that support so many units of 99498: 16-45, 46-75, 76-105 …; the first and the last of them more often than chance."""
    first, last = 16 + 30 * addon_units, 45 + 30 * addon_units
    return e.world.one_of((first, last)) if e.world.happens(0.2) else e.world.between(first, last)


def too_few_minutes(e: Episode) -> int:
    """15 or fewer."""
    return 15 if e.world.happens(0.4) else e.world.between(4, 14)


def services_of(addon_units: int) -> list[str]:
    """99497 with so many units of 99498."""
    return ["99497", *([f"99498x{addon_units}"] if addon_units > 1 else ["99498"] * addon_units)]


def talk(e: Episode, claim: Claim, addon_units: int) -> None:
    """A note that supports what the claim bills."""
    e.note(claim, minutes_of(e, addon_units))


def some_addon_units(e: Episode) -> int:
    """Mostly none, at times one, rarely two or three."""
    return e.world.one_of((0, 0, 0, 0, 0, 0, 0, 1, 1, 2)) if e.world.happens(0.98) else 3


@clean(40)
def office_talk(e: Episode) -> None:
    """ACP beside a visit, or alone, in an office."""
    units = some_addon_units(e)
    visit = [office_visit(e) + "-25"] if e.world.happens(0.7) else []
    doctor = e.clinician(*ACP_SPECIALTIES)
    talk(e, e.claim(doctor, e.world.one_of(("11", "11", "11", "22")), *visit, *services_of(units)), units)


@clean(8)
def wellness_talk(e: Episode) -> None:
    """ACP with a wellness visit on one claim, modifier 33."""
    screening = ["G0444-59"] if e.world.happens(0.5) else []
    doctor = e.clinician("family", "internal", "nurse_practitioner")
    e.note(e.claim(doctor, "11", "G0439", *screening, "99497-33"), minutes_of(e, 0))


@clean(14, days=60)
def hospital_talk(e: Episode) -> None:
    """Hospital day 1 with 99223-25, and at times a second talk on a later day that says what changed."""
    doctor = e.clinician("hospitalist", "palliative")
    e.note(e.claim(doctor, "21", "99223-25", "99497"), minutes_of(e, 0))
    if e.world.happens(0.4):
        e.later(1, 6)
        e.note(e.claim(doctor, "21", "99232", "99497", "99498"), minutes_of(e, 1), {"status_change": "Y"})


@clean(6)
def palliative_and_intensivist(e: Episode) -> None:
    """A palliative clinician's ACP on the day of an intensivist's critical care, documented apart."""
    e.claim(e.clinician("critical_care"), "21", "99291")
    claim = e.claim(e.clinician("palliative"), "21", "99233", "99497", "99498")
    e.note(claim, minutes_of(e, 1), {"unit": "WARD" if e.patient.payer is NO_ICU else "ICU"})
    if e.patient.payer is MEDICARE:
        intensive_stay(e, e.day)


def intensive_stay(e: Episode, day: int) -> Claim:
    """The hospital's claim of a stay in intensive care around a day."""
    first, last = day - 1, day + 2
    room = Line("", "", 4, first, prices.charge("0200") * 4, prices.allowed("0200", first, True, 100) * 4, revenue="0200")
    doctor, period = e.clinician("critical_care"), (first, last)
    return e.facility_claim("11", "1", doctor, e.world.hospital, period, [room], ["J9610", "I509"], admitted=first, patient_status="01")


@clean(3)
def critical_care_alone(e: Episode) -> None:
    """A clinician's own critical care takes the ACP of the day in: it is documented and not billed."""
    doctor = e.clinician("hospitalist", "critical_care")
    e.note(e.claim(doctor, "21", "99291"), minutes_of(e, 0), decides="Full treatment")


@clean(7, days=100)
def nursing_facility_talk(e: Episode) -> None:
    """99306 with 99497; weeks later 99309 with 99497 and 99498, after a change of health."""
    doctor = e.clinician("geriatrics", "palliative", "nurse_practitioner")
    e.note(e.claim(doctor, "31", "99306", "99497"), minutes_of(e, 0))
    if e.world.happens(0.3):
        e.later(10, 50)
        e.note(e.claim(doctor, "31", "99309", "99497", "99498"), minutes_of(e, 1), {"status_change": "Y"})


@clean(5)
def home_talk(e: Episode) -> None:
    """At home, beside a visit."""
    doctor = e.clinician("palliative", "nurse_practitioner")
    units = some_addon_units(e)
    talk(e, e.claim(doctor, "12", "99349-25", *services_of(units)), units)


@clean(3, payer=MEDICARE)
def video_talk(e: Episode) -> None:
    """By video to the home, modifier 95."""
    doctor = e.clinician("palliative", "family")
    e.note(e.claim(doctor, "10", "99497-95"), minutes_of(e, 0), {"modality": "video"})


@clean(1, payer=MEDICARE)
def telephone_talk(e: Episode) -> None:
    """To the patient's home, and the record says why not by video."""
    claim = e.claim(e.clinician("palliative"), "10", "99497-93")
    e.note(claim, minutes_of(e, 0), {"modality": "audio", "audio_reason": "Patient cannot use video"})


@clean(4)
def two_sessions(e: Episode) -> None:
    """Two sessions of a day, too short for the add-on each, long enough together; one may end after midnight."""
    doctor = e.clinician("palliative", "hospitalist")
    claim = e.claim(doctor, "21", "99497", "99498")
    first, second = e.world.between(24, 30), e.world.between(24, 40)
    e.note(claim, None, {"acp_minutes": str(first), "session_seq": "1"}, decides="Deferred")
    start = e.world.one_of(("23:45", "19:20", "16:05"))
    stop = (int(start[:2]) * 60 + int(start[3:]) + second) % 1440
    times = {"acp_start": start, "acp_stop": f"{stop // 60:02d}:{stop % 60:02d}", "session_seq": "2"}
    e.note(claim, None, times, decides="Names a surrogate")


@clean(2)
def two_claims(e: Episode) -> None:
    """99497 on one claim and 99498 on another of the same clinician and day."""
    doctor = e.clinician("palliative")
    claim = e.claim(doctor, "11", "99213-25", "99497")
    e.claim(doctor, "11", "99498", diagnoses=claim.diagnoses)
    e.note(claim, minutes_of(e, 1), decides="Full treatment")


@clean(2)
def named_on_the_line(e: Episode) -> None:
    """The claim names one clinician, its ACP lines another one of the group."""
    doctor = e.clinician("hospitalist")
    talk(e, e.claim(doctor, "21", "99232", "99497", by=e.world.colleague(doctor, "palliative")), 0)


@clean(3)
def late_note(e: Episode) -> None:
    """The first extract has the note without its minutes, a later one with them."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", "99497")
    note_id = e.note(claim, None, decides="Full treatment")
    e.note(claim, minutes_of(e, 0), decides="Full treatment", note_id=note_id, is_addendum=True)


@clean(6)
def documented_and_rightly_unbilled(e: Episode) -> None:
    """Too short, goals of care only, not voluntary, or held by someone who may not bill it."""
    why = e.world.between(0, 3)
    doctor = e.clinician("social_worker" if why == 3 else "internal")
    claim = e.claim(doctor, "11", "90834" if why == 3 else office_visit(e))
    if why == 0:
        e.note(claim, too_few_minutes(e), decides="Deferred")
    elif why == 1:
        e.note(claim, 30, {"topics": "goals", "documents": ""}, decides="")
    elif why == 2:
        e.note(claim, 30, {"voluntary": "N"}, decides="")
    else:
        e.note(claim, 30, decides="Names a surrogate")


@clean(1)
def unknown_patient(e: Episode) -> None:
    """Documentation of someone whom the claims do not know, beside one whom they know."""
    claim = e.claim(e.clinician("internal"), "11", office_visit(e))
    e.note(claim, 40, {"patient_control_number": f"X{claim.account}", "mrn": ""}, decides="")


# --- versions and payers: errors that were mended, or that stand on a copy, are none ----------------------


@clean(4, days=150)
def mended_by_a_replacement(e: Episode) -> None:
    """An add-on too many, replaced by what the minutes support."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", "99214-25", "99497", "99498")
    e.note(claim, minutes_of(e, 0))
    first = e.answer(claim)
    again = e.submit_again(claim, first, "7", "99214-25", "99497")
    e.reverse(first, e.answer(again).day)


@clean(2, days=150)
def voided(e: Episode) -> None:
    """Billed for a talk that was too short, and voided."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", "99497")
    e.note(claim, too_few_minutes(e))
    first = e.answer(claim)
    void = e.submit_again(claim, first, "8")
    e.reverse(first, e.world.cycle_day(void.submitted + 12))


@clean(3, days=110)
def sent_twice(e: Episode) -> None:
    """The same claim again, by mistake; the payer says that it has it."""
    units = some_addon_units(e)
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", *services_of(units))
    talk(e, claim, units)
    first = e.answer(claim)
    again = e.submit_again(claim, first, "1")
    e.answer(again, denied=dict.fromkeys(("99497", "99498"), DUPLICATE))


@clean(6, days=110, payer=MEDICARE)
def two_payers(e: Episode) -> None:
    """A second payer gets a claim for what the first one left: one service, not two."""
    units = some_addon_units(e)
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", *services_of(units))
    talk(e, claim, units)
    e.secondary(claim, e.answer(claim))


@clean(3, days=80, payer=MEDICARE)
def crossed_over(e: Episode) -> None:
    """Medicare sends the claim on by itself: the second payer answers a claim that nobody sent to it."""
    units = some_addon_units(e)
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", *services_of(units))
    talk(e, claim, units)
    e.cross_over(e.answer(claim))


@clean(3, days=60)
def paid_wrong_at_first(e: Episode) -> None:
    """Paid short, then reversed and corrected in a later file."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", "99213-25", "99497")
    talk(e, claim, 0)
    e.correct(e.answer(claim, percent=80))
