"""Errors of palliative coding: PAL-01 to PAL-04 (RULES.md sections 6 and 9)."""

from __future__ import annotations

from pipelines.synthetic.acp import minutes_of
from pipelines.synthetic.episode import ACP, CONDITIONS, Episode
from pipelines.synthetic.recipes import error

WRONG_PLACES = (("99214", "21"), ("99213", "31"), ("99232", "11"), ("99309", "12"), ("99349", "21"), ("99284", "11"))


@error("PAL-01")
def visit_in_the_wrong_place(e: Episode) -> None:
    """An E/M code in a place where its family is not billed."""
    code, place = e.world.one_of(WRONG_PLACES)
    claim = e.claim(e.clinician("internal", "family", "palliative"), place, code)
    e.plant("PAL-01", claim)


@error("PAL-02")
def palliative_care_not_said(e: Episode) -> None:
    """A palliative clinician's visit, or visit and ACP, without Z51.5."""
    condition = e.world.one_of(CONDITIONS)
    if e.world.happens(0.5):
        claim = e.claim(e.clinician("palliative"), "11", "99214", diagnoses=[condition])
    else:
        claim = e.claim(e.clinician("palliative"), "11", "99214-25", "99497", diagnoses=[condition, "Z7189"])
        e.note(claim, minutes_of(e, 0), decides="Full treatment")
    e.plant("PAL-02", claim)


@error("PAL-03")
def no_diagnosis_for_the_talk(e: Episode) -> None:
    """ACP with neither Z71.89, Z51.5 nor Z66."""
    claim = e.claim(
        e.clinician("family", "internal", "geriatrics"), "11", "99213-25", "99497", diagnoses=[e.world.one_of(CONDITIONS), "R54"]
    )
    e.note(claim, minutes_of(e, 0), decides="Full treatment")
    e.plant("PAL-03", claim, *ACP)


@error("PAL-04")
def dnr_not_coded(e: Episode) -> None:
    """The record elects DNR, and the claim has no Z66."""
    claim = e.claim(e.clinician("family", "internal", "palliative"), "11", "99497")
    e.note(claim, minutes_of(e, 0), {"decisions": e.world.one_of(("DNR", "Elects DNR", "DNR/DNI"))}, decides="")
    e.plant("PAL-04", claim)
