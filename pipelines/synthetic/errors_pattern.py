"""Errors that show over several talks: ACP-60 to ACP-63 (RULES.md sections 9 and 10).

ACP-62 and ACP-63 speak of clinicians: the recipes make some clinicians stand out, and the ledger says which of all do by the definition.
"""

from __future__ import annotations

from pipelines.synthetic.acp import ACP_SPECIALTIES, minutes_of
from pipelines.synthetic.episode import ACP, Episode
from pipelines.synthetic.recipes import error, outlier
from pipelines.synthetic.visits import office_visit


@error("ACP-60", days=300)
def again_without_change(e: Episode) -> None:
    """A second talk within a year that does not say what changed."""
    doctor = e.clinician(*ACP_SPECIALTIES)
    e.note(e.claim(doctor, "11", office_visit(e) + "-25", "99497"), minutes_of(e, 0))
    e.later(10, 250)
    claim = e.claim(doctor, "11", "99497")
    e.note(claim, minutes_of(e, 0), {"status_change": e.world.one_of(("", "N"))})
    e.plant("ACP-60", claim, *ACP)


@error("ACP-61", weight=0.4, days=345)
def seven_talks_in_a_year(e: Episode) -> None:
    """Each says what changed; the sixth and the seventh are more than usual."""
    doctor = e.clinician("palliative")
    for number in range(7):
        claim = e.claim(doctor, "11", "99497")
        e.note(claim, minutes_of(e, 0), {"status_change": "Y" if number else ""})
        if number >= 5:
            e.plant("ACP-61", claim, *ACP)
        e.later(15, 45)


@outlier("ACP-62", episodes=24)
def always_thirty_minutes(e: Episode) -> None:
    """One clinician whose every note says 30 minutes."""
    e.note(e.claim(e.world.hurried, "11", office_visit(e) + "-25", "99497"), 30)


@outlier("ACP-63", episodes=30)
def twice_as_long(e: Episode) -> None:
    """One palliative clinician who bills an add-on with every talk, and never a visit."""
    e.note(e.claim(e.world.eager, "11", "99497", "99498x2"), minutes_of(e, 2))
