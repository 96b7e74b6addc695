"""Errors of what the record shows: ACP-01, ACP-05 and ACP-50 to ACP-54 (RULES.md sections 3, 4 and 9)."""

from __future__ import annotations

from pipelines.synthetic.acp import ACP_SPECIALTIES, minutes_of, services_of, some_addon_units
from pipelines.synthetic.episode import ACP, Claim, Episode
from pipelines.synthetic.recipes import error
from pipelines.synthetic.visits import office_visit


@error("ACP-01")
def no_note(e: Episode) -> None:
    """Nobody documented the talk."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", office_visit(e) + "-25", *services_of(some_addon_units(e)))
    e.plant("ACP-01", claim, *ACP)


def _noted(e: Episode, check_id: str, says: dict[str, str]) -> Claim:
    """ACP with a note that says this instead of what it should."""
    units = some_addon_units(e)
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", office_visit(e) + "-25", *services_of(units))
    e.note(claim, minutes_of(e, units), says)
    e.plant(check_id, claim, *ACP)
    return claim


@error("ACP-05")
def time_not_separate(e: Episode) -> None:
    """The record says so, or the minutes of visit and ACP are more than those of the encounter."""
    if e.world.happens(0.5):
        _noted(e, "ACP-05", {"time_separate": "N"})
    else:
        claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", office_visit(e) + "-25", "99497")
        minutes, visit = minutes_of(e, 0), e.world.between(20, 40)
        encounter = visit + minutes - e.world.between(1, minutes)
        e.note(claim, minutes, {"time_separate": "", "em_minutes": str(visit), "encounter_minutes": str(encounter)})
        e.plant("ACP-05", claim, "99497")


@error("ACP-50")
def not_said_to_be_voluntary(e: Episode) -> None:
    """The record says nothing of it, or that it was not."""
    _noted(e, "ACP-50", {"voluntary": e.world.one_of(("", "N"))})


@error("ACP-51")
def nobody_named(e: Episode) -> None:
    """No participants, or an absent patient without a reason."""
    if e.world.happens(0.5):
        _noted(e, "ACP-51", {"participants": "", "patient_present": "Y", "absence_reason": ""})
    else:
        _noted(e, "ACP-51", {"participants": "daughter", "patient_present": "N", "absence_reason": ""})


@error("ACP-52")
def goals_of_care_alone(e: Episode) -> None:
    """Comfort or cure, no topic of ACP and no document."""
    _noted(e, "ACP-52", {"topics": e.world.one_of(("goals", "")), "documents": "", "decisions": ""})


@error("ACP-53")
def ineligible_clinician(e: Episode) -> None:
    """Billed by a social worker or a nurse."""
    claim = e.claim(e.clinician("social_worker", "nurse"), "11", "99497")
    e.note(claim, minutes_of(e, 0))
    e.plant("ACP-53", claim)


@error("ACP-54")
def note_by_staff(e: Episode) -> None:
    """Written by a nurse, billed by a physician."""
    nurse = e.clinician("nurse")
    _noted(e, "ACP-54", {"author_npi": nurse.npi, "author_credential": nurse.credential})
