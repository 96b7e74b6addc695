"""Errors of time and units: ACP-02 to ACP-07 and ACP-10 to ACP-12 (RULES.md sections 2 and 9)."""

from __future__ import annotations

from pipelines.synthetic.acp import ACP_SPECIALTIES, minutes_of, too_few_minutes
from pipelines.synthetic.episode import ACP, Episode
from pipelines.synthetic.recipes import error
from pipelines.synthetic.visits import office_visit


@error("ACP-02")
def note_without_minutes(e: Episode) -> None:
    """Documented, but not how long it took."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", office_visit(e) + "-25", "99497", *(["99498"] if e.world.happens(0.3) else []))
    e.note(claim, None)
    e.plant("ACP-02", claim, *ACP)


@error("ACP-03")
def too_short(e: Episode) -> None:
    """15 minutes or fewer."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", office_visit(e) + "-25", "99497")
    e.note(claim, too_few_minutes(e))
    e.plant("ACP-03", claim, "99497")


@error("ACP-04")
def addon_without_time(e: Episode) -> None:
    """One unit of 99498 more than the minutes support."""
    units = e.world.between(1, 3)
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", "99497", f"99498x{units}")
    e.note(claim, minutes_of(e, units - 1))
    e.plant("ACP-04", claim, "99498")


@error("ACP-06")
def talk_not_billed(e: Episode) -> None:
    """The visit is billed, the ACP documented with it is not."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", office_visit(e))
    e.plant_note("ACP-06", e.note(claim, minutes_of(e, e.world.between(0, 1)), decides="Full treatment"))


@error("ACP-07")
def addon_not_billed(e: Episode) -> None:
    """One unit of 99498 fewer than the minutes support."""
    units = e.world.between(0, 1)
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", "99497", *(["99498"] * units))
    e.note(claim, minutes_of(e, units + 1))
    e.plant("ACP-07", claim, "99497")


@error("ACP-10")
def addon_alone(e: Episode) -> None:
    """99498 without 99497."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", office_visit(e) + "-25", "99498")
    e.note(claim, minutes_of(e, 1))
    e.plant("ACP-10", claim, "99498")


@error("ACP-11")
def two_units_of_the_first_code(e: Episode) -> None:
    """99497 twice on a line."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", "99497x2")
    e.note(claim, minutes_of(e, 0))
    e.plant("ACP-11", claim, "99497")


@error("ACP-12")
def four_addon_units(e: Episode) -> None:
    """As many as the minutes support, but more than a payer takes for a day."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "21", "99497", "99498x4")
    e.note(claim, minutes_of(e, 4))
    e.plant("ACP-12", claim, "99498")
