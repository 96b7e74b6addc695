"""Errors of hospice: HOS-01 to HOS-10 and PAL-05 (RULES.md sections 6 and 9)."""

from __future__ import annotations

from pipelines.synthetic.acp import minutes_of
from pipelines.synthetic.episode import ACP, Episode
from pipelines.synthetic.hospice import NOT_HOSPICED, STAY_DAYS, care, day_of, physician_service, stay, unrelated
from pipelines.synthetic.recipes import error
from pipelines.synthetic.visits import office_visit
from pipelines.synthetic.world import MEDICARE


@error("HOS-01", days=STAY_DAYS, payer=MEDICARE)
def no_hospice_modifier(e: Episode) -> None:
    """Neither GV nor GW during a stay, and paid all the same."""
    found = stay(e, e.world.between(15, 45))
    claim = e.claim(e.clinician("family", "cardiology"), "12", "99348", day=day_of(e, found))
    e.plant("HOS-01", claim)


@error("HOS-01", days=STAY_DAYS, payer=MEDICARE)
def hospice_known_by_its_denial(e: Episode) -> None:
    """No hospice claim is in the inbox: the denial tells of the election; nobody worked it."""
    claim = e.claim(e.clinician("family", "internal"), "11", office_visit(e))
    e.answer(claim, denied=dict.fromkeys((line.code for line in claim.lines), NOT_HOSPICED))
    e.plant("HOS-01", claim)
    e.plant("DEN-02", claim)


@error("HOS-02", days=STAY_DAYS, payer=MEDICARE)
def modifier_after_discharge(e: Episode) -> None:
    """GV or GW when the stay was over, or both on a line during it."""
    found = stay(e, e.world.between(15, 40))
    if e.world.happens(0.5):
        claim = e.claim(
            e.clinician("family"), "12", e.world.one_of(("99348-GV", "99348-GW")), day=found.last + e.world.between(1, 12),
            diagnoses=unrelated(e, found.principal),
        )  # fmt: skip
    else:
        claim = e.claim(
            e.clinician("family"), "12", "99348-GV-GW", day=found.first + e.world.between(1, 8), diagnoses=unrelated(e, found.principal)
        )
    e.plant("HOS-02", claim)


@error("HOS-02", "HOS-04", payer=MEDICARE)
def modifier_without_hospice(e: Episode) -> None:
    """GW for a patient who never was in hospice: a misused modifier, and a hospice code for palliative care."""
    claim = e.claim(e.clinician("palliative"), "12", "99349-GW")
    e.plant("HOS-02", claim)
    e.plant("HOS-04", claim)


@error("HOS-03", days=STAY_DAYS, payer=MEDICARE)
def unrelated_with_the_same_diagnosis(e: Episode) -> None:
    """GW with the diagnosis that the patient is in hospice for."""
    found = stay(e, e.world.between(15, 45))
    claim = e.claim(
        e.clinician("internal", "cardiology"),
        "11",
        "99213-GW",
        day=day_of(e, found),
        diagnoses=[found.principal],
    )
    e.plant("HOS-03", claim)


@error("HOS-04")
def hospice_code_for_palliative_care(e: Episode) -> None:
    """A hospice procedure code for a patient who never was in hospice."""
    claim = e.claim(e.clinician("palliative", "family"), "12", e.world.one_of(("T2042", "T2046")))
    e.plant("HOS-04", claim)


@error("HOS-05", "HOS-04", payer=MEDICARE)
def hospice_place_without_hospice(e: Episode) -> None:
    """Place of service 34 for a patient who never was in hospice."""
    claim = e.claim(e.clinician("family", "oncology"), "34", "99497")
    e.note(claim, minutes_of(e, 0))
    e.plant("HOS-05", claim)
    e.plant("HOS-04", claim)


@error("HOS-06", days=STAY_DAYS, payer=MEDICARE)
def billed_by_both(e: Episode) -> None:
    """The hospice bills its physician's 99497, the physician's practice the 99498 of the same talk: the add-on is the lower side."""
    found = stay(e, e.world.between(20, 50), with_services=False)
    day = found.first + e.world.between(2, 9)
    theirs = next(c for c in found.claims if c.period[0] <= day <= c.period[1])
    theirs.lines.append(physician_service("99497", day))
    theirs.diagnoses.append("Z515")
    ours = e.claim(found.physician, "12", "99498-GV", day=day, group=e.world.groups[0])
    e.note(ours, minutes_of(e, 1), decides="Names a surrogate")
    e.plant("HOS-06", ours, *ACP)


@error("HOS-07", days=STAY_DAYS, payer=MEDICARE)
def physician_without_procedure(e: Episode) -> None:
    """0657 without the procedure."""
    found = stay(e, e.world.between(20, 50), with_services=False)
    claim = found.claims[0]
    claim.lines.append(physician_service("", claim.period[0]))
    e.plant("HOS-07", claim, "0657")


@error("HOS-08", days=STAY_DAYS, payer=MEDICARE)
def care_without_site(e: Episode) -> None:
    """0651 without the Q code of its site."""
    found = stay(e, e.world.between(20, 50), with_services=False)
    claim = e.world.one_of(found.claims)
    claim.lines[0] = care("0651", "", *claim.period)
    e.plant("HOS-08", claim, "0651")


@error("HOS-09", days=STAY_DAYS, payer=MEDICARE)
def late_notice(e: Episode) -> None:
    """The notice of election was sent on the sixth day or later."""
    found = stay(e, e.world.between(20, 50), notice_after=6 if e.world.happens(0.3) else e.world.between(7, 14))
    e.plant_claim("HOS-09", found.notice)


@error("HOS-10", days=STAY_DAYS, payer=MEDICARE)
def oversight_in_a_facility(e: Episode) -> None:
    """G0182 for a patient in a nursing facility, or a second time in a month."""
    found = stay(e, e.world.between(45, 60), with_services=False)
    doctor = e.clinician("family")
    first_of_month = found.claims[1].period[0]
    if e.world.happens(0.5):
        claim = e.claim(doctor, e.world.one_of(("31", "32")), "G0182-GV", day=first_of_month)
    else:
        e.claim(doctor, "12", "G0182-GV", day=first_of_month)
        claim = e.claim(doctor, "12", "G0182-GV", day=first_of_month + e.world.between(3, 12))
    e.plant("HOS-10", claim)


@error("HOS-10", "HOS-04", payer=MEDICARE)
def oversight_without_hospice(e: Episode) -> None:
    """G0182 for a patient who never was in hospice."""
    claim = e.claim(e.clinician("family", "internal"), "12", "G0182")
    e.plant("HOS-10", claim)
    e.plant("HOS-04", claim)


@error("PAL-05", days=STAY_DAYS, payer=MEDICARE)
def only_palliative_diagnosis(e: Episode) -> None:
    """A hospice claim whose only diagnosis is Z51.5."""
    found = stay(e, e.world.between(10, 20), with_services=False)
    claim = e.world.one_of(found.claims)
    claim.diagnoses = ["Z515"]
    e.plant_claim("PAL-05", claim)
