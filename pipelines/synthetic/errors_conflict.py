"""Errors of two services or two clinicians on one day: ACP-13 and ACP-20 to ACP-24 (RULES.md sections 5 and 9)."""

from __future__ import annotations

from pipelines.synthetic.acp import minutes_of
from pipelines.synthetic.episode import ACP, Episode
from pipelines.synthetic.recipes import error
from pipelines.synthetic.visits import office_visit


@error("ACP-13", days=80)
def two_of_one_specialty(e: Episode) -> None:
    """Two clinicians of a group and specialty bill 99497 for one patient and day; the second one sends it later."""
    first = e.clinician("palliative", "hospitalist")
    second = e.world.colleague(first, first.specialty)
    earlier, later = e.claim(first, "21", "99497"), e.claim(second, "21", "99497")
    later.submitted = earlier.submitted + e.world.cycle_days
    e.note(earlier, minutes_of(e, 0))
    e.note(later, minutes_of(e, 0))
    e.plant("ACP-13", later)


@error("ACP-20")
def own_critical_care(e: Episode) -> None:
    """The same clinician's critical care and ACP, on one claim or on two."""
    doctor = e.clinician("hospitalist", "critical_care")
    if e.world.happens(0.5):
        claim = e.claim(doctor, "21", "99291", "99497")
    else:
        e.claim(doctor, "21", "99291")
        claim = e.claim(doctor, "21", "99497")
    e.note(claim, minutes_of(e, 0))
    e.plant("ACP-20", claim, *ACP)


@error("ACP-20")
def own_cognitive_assessment(e: Episode) -> None:
    """Cognitive assessment (99483) takes the ACP of its clinician and day in."""
    claim = e.claim(e.clinician("geriatrics", "family"), "11", "99483", "99497", "99498")
    e.note(claim, minutes_of(e, 1))
    e.plant("ACP-20", claim, *ACP)


@error("ACP-21")
def critical_care_of_a_colleague(e: Episode) -> None:
    """Documented, but the two clinicians are one group and specialty."""
    doctor = e.clinician("critical_care", "hospitalist")
    e.claim(e.world.colleague(doctor, doctor.specialty), "21", "99291")
    claim = e.claim(doctor, "21", "99497")
    e.note(claim, minutes_of(e, 0))
    e.plant("ACP-21", claim)


@error("ACP-22", "ACP-01")
def critical_care_and_no_note(e: Episode) -> None:
    """ACP on the day of another clinician's critical care, without a note of its own."""
    e.claim(e.clinician("critical_care"), "21", "99291")
    claim = e.claim(e.clinician("palliative"), "21", "99497")
    e.plant("ACP-22", claim)
    e.plant("ACP-01", claim)


@error("ACP-23")
def admission_without_modifier(e: Episode) -> None:
    """An initial hospital visit without modifier 25 beside 99497."""
    claim = e.claim(e.clinician("hospitalist", "palliative"), "21", e.world.one_of(("99222", "99223", "99236")), "99497")
    e.note(claim, minutes_of(e, 0))
    e.plant("ACP-23", claim, "99497")


@error("ACP-24")
def bundled_service_paid(e: Episode) -> None:
    """A service that is part of 99497, paid beside it."""
    other = e.world.one_of(("99408", "99447"))
    claim = e.claim(e.clinician("family", "internal", "palliative"), "11", office_visit(e) + "-25", "99497", other)
    e.note(claim, minutes_of(e, 0))
    e.plant("ACP-24", claim, other)
