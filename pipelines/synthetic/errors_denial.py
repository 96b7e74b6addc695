"""Denials, short payments and missing answers: DEN-01 to DEN-04 (RULES.md sections 7 and 9), and denials that were worked."""

from __future__ import annotations

from pipelines.synthetic.acp import ACP_SPECIALTIES, minutes_of, services_of, some_addon_units
from pipelines.synthetic.episode import ACP, Denial, Episode
from pipelines.synthetic.recipes import clean, error
from pipelines.synthetic.visits import DENIALS, office_visit
from pipelines.synthetic.world import MEDICARE

ACP_DENIALS = (Denial("97", "N20"), Denial("151", "N640"), Denial("150", "N706"), Denial("16", "M127"), Denial("B7", "N570"))
WORKED_DAYS = 190  # from a service to the as-of date, so that a denial is old enough to have been worked, and its new claim sent


@clean(9, days=WORKED_DAYS)
def denial_worked(e: Episode) -> None:
    """A visit denied, sent again with what was asked for, and paid."""
    claim = e.claim(e.clinician("family", "internal", "cardiology"), "11", office_visit(e))
    first = e.answer(claim, denied={claim.lines[0].code: e.world.one_of(DENIALS)})
    again = e.submit_again(claim, first, "7")
    e.answer(again)


@error("DEN-01", days=WORKED_DAYS)
def acp_denied_and_appealed(e: Episode) -> None:
    """Denied at first, paid on appeal."""
    units = some_addon_units(e)
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", office_visit(e) + "-25", *services_of(units))
    e.note(claim, minutes_of(e, units))
    e.correct(e.answer(claim, denied=dict.fromkeys(ACP, e.world.one_of(ACP_DENIALS))))
    e.plant("DEN-01", claim, *ACP)


@error("DEN-01", "DEN-02", days=WORKED_DAYS)
def acp_denied_and_left(e: Episode) -> None:
    """ACP denied, and nothing done in months."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", office_visit(e) + "-25", "99497")
    e.note(claim, minutes_of(e, 0))
    e.answer(claim, denied={"99497": e.world.one_of(ACP_DENIALS)})
    e.plant("DEN-01", claim, *ACP)
    e.plant("DEN-02", claim, *ACP)


@error("DEN-02", days=WORKED_DAYS)
def visit_denied_and_left(e: Episode) -> None:
    """A visit denied, and nothing done in months."""
    claim = e.claim(e.clinician("family", "internal", "oncology", "hospitalist"), "11", office_visit(e))
    e.answer(claim, denied={claim.lines[0].code: e.world.one_of(DENIALS)})
    e.plant("DEN-02", claim)


@error("DEN-03", days=110, payer=MEDICARE)
def paid_short(e: Episode) -> None:
    """At three quarters or less of what is usual."""
    claim = e.claim(e.clinician("palliative", "family", "internal"), "11", "99497")
    e.note(claim, minutes_of(e, 0))
    e.answer(claim, percent=e.world.one_of((60, 75)))
    e.plant("DEN-03", claim)


@error("DEN-04", days=80)
def never_answered(e: Episode) -> None:
    """Sent months ago, and no remittance came."""
    claim = e.claim(e.clinician("family", "internal", "nurse_practitioner"), "11", office_visit(e), "36415")
    e.leave_unanswered(claim)
    e.plant("DEN-04", claim)
