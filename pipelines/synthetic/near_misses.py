"""Clean episodes that look like an error: each stands beside the one that it is not."""

from __future__ import annotations

from pipelines.synthetic.acp import ACP_SPECIALTIES, minutes_of
from pipelines.synthetic.episode import CONDITIONS, Episode
from pipelines.synthetic.recipes import SENT_DAYS, clean
from pipelines.synthetic.visits import office_visit
from pipelines.synthetic.world import AUDIO_AT_HOME_ONLY, MEDICARE


@clean(1, payer=MEDICARE)
def telephone_before_2025(e: Episode) -> None:
    """Not ACP-40, ACP-41: audio alone away from home, without a reason, when that was still covered."""
    if e.day >= AUDIO_AT_HOME_ONLY.toordinal():
        e.day = e.world.first_day + e.world.between(0, AUDIO_AT_HOME_ONLY.toordinal() - 1 - e.world.first_day)
    e.note(e.claim(e.clinician("palliative"), "02", "99497-93"), minutes_of(e, 0), {"modality": "audio"})


@clean(1)
def two_specialties(e: Episode) -> None:
    """Not ACP-11, ACP-13: two clinicians of one group, of different specialties, each with a talk of their own."""
    first = e.clinician("palliative")
    for doctor in (first, e.world.colleague(first, "internal")):
        e.note(e.claim(doctor, "21", "99497"), minutes_of(e, 0))


@clean(1)
def screening_by_another(e: Episode) -> None:
    """Not ACP-24: a service that 99497 takes in, by another clinician."""
    e.claim(e.clinician("family"), "11", "99408")
    e.note(e.claim(e.clinician("palliative"), "11", "99497"), minutes_of(e, 0))


@clean(1)
def wellness_visit_of_another(e: Episode) -> None:
    """Not ACP-31, ACP-32: the wellness visit of the day is another clinician's."""
    e.claim(e.clinician("family"), "11", "G0439")
    e.note(e.claim(e.clinician("palliative"), "11", "99497"), minutes_of(e, 0))


@clean(1)
def document_without_topic(e: Episode) -> None:
    """Not ACP-52: goals of care, and a document."""
    e.note(e.claim(e.clinician(*ACP_SPECIALTIES), "11", "99497"), minutes_of(e, 0), {"topics": "goals", "documents": "polst"})


@clean(1)
def note_by_a_colleague(e: Episode) -> None:
    """Not ACP-54: written by another clinician who may bill ACP."""
    doctor = e.clinician("palliative", "internal")
    author = e.world.colleague(doctor, "nurse_practitioner")
    claim = e.claim(doctor, "11", office_visit(e) + "-25", "99497")
    e.note(claim, minutes_of(e, 0), {"author_npi": author.npi, "author_credential": author.credential})


@clean(1, days=SENT_DAYS + 420)
def again_after_a_year(e: Episode) -> None:
    """Not ACP-60: nothing changed, but more than 365 days lie between."""
    doctor = e.clinician(*ACP_SPECIALTIES)
    e.note(e.claim(doctor, "11", "99497"), minutes_of(e, 0))
    e.later(366, 420)
    e.note(e.claim(doctor, "11", "99497"), minutes_of(e, 0))


@clean(0.3, days=SENT_DAYS + 200)
def five_talks_in_a_year(e: Episode) -> None:
    """Not ACP-61: as many dates as are usual, each with what changed."""
    doctor = e.clinician("palliative")
    for number in range(5):
        e.note(e.claim(doctor, "11", "99497"), minutes_of(e, 0), {"status_change": "Y" if number else ""})
        e.later(15, 40)


@clean(1)
def dnr_code_alone(e: Episode) -> None:
    """Not PAL-03, PAL-04: Z66 is the only one of the three diagnoses, and the record elects DNR."""
    claim = e.claim(e.clinician("internal", "geriatrics"), "11", "99497", diagnoses=[e.world.one_of(CONDITIONS), "Z66"])
    e.note(claim, minutes_of(e, 0), decides="DNR")


@clean(1)
def dnr_not_elected(e: Episode) -> None:
    """Not PAL-04: DNR is spoken of, and not elected."""
    claim = e.claim(e.clinician(*ACP_SPECIALTIES), "11", "99497")
    e.note(claim, minutes_of(e, 0), decides=e.world.one_of(("Discussed DNR, undecided", "Declines DNR, full treatment")))


@clean(1, days=SENT_DAYS + 35, payer=MEDICARE)
def paid_a_little_less(e: Episode) -> None:
    """Not DEN-03: 95 % of what is usual."""
    claim = e.claim(e.clinician("palliative", "internal"), "11", "99497")
    e.note(claim, minutes_of(e, 0))
    e.answer(claim, percent=95)
