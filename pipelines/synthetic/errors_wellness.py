"""Errors of ACP with the annual wellness visit: ACP-30 to ACP-33 (RULES.md sections 5 and 9)."""

from __future__ import annotations

from pipelines.synthetic.acp import minutes_of
from pipelines.synthetic.episode import Denial, Episode
from pipelines.synthetic.recipes import error
from pipelines.synthetic.visits import office_visit
from pipelines.synthetic.world import MEDICARE, Clinician


def _doctor(e: Episode) -> Clinician:
    return e.clinician("family", "internal")


@error("ACP-30")
def waived_without_wellness_visit(e: Episode) -> None:
    """Modifier 33 without the wellness visit."""
    claim = e.claim(_doctor(e), "11", office_visit(e) + "-25", "99497-33")
    e.note(claim, minutes_of(e, 0))
    e.plant("ACP-30", claim, "99497")


@error("ACP-31")
def not_waived(e: Episode) -> None:
    """ACP beside the wellness visit without modifier 33."""
    claim = e.claim(_doctor(e), "11", "G0439", "99497")
    e.note(claim, minutes_of(e, 0))
    e.plant("ACP-31", claim, "99497")


@error("ACP-32")
def wellness_visit_on_another_claim(e: Episode) -> None:
    """Where modifier 33 is on it, it stands without its visit on the claim, too."""
    doctor = _doctor(e)
    e.claim(doctor, "11", "G0439")
    with_modifier = e.world.happens(0.5)
    claim = e.claim(doctor, "11", "99497-33" if with_modifier else "99497")
    e.note(claim, minutes_of(e, 0))
    e.plant("ACP-32", claim)
    if with_modifier:
        e.plant("ACP-30", claim)


@error("ACP-33", days=150, payer=MEDICARE)
def wellness_visit_denied(e: Episode) -> None:
    """Too early since the last one, denied for it and left so."""
    claim = e.claim(_doctor(e), "11", "G0439", "99497-33")
    e.note(claim, minutes_of(e, 0))
    e.answer(claim, denied={"G0439": Denial(e.world.one_of(("119", "151", "96")), "N640")})
    e.plant("ACP-33", claim, "99497")
    e.plant("DEN-02", claim, "G0439")
