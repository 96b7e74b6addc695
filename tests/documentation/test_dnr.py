"""The reading of decisions for "do not resuscitate": strict, so that no claim is accused of a status that nobody chose."""

from __future__ import annotations

import pytest

from pipelines.documentation.dnr import elects_dnr

ELECTS = """
DNR
DNR/DNI
D.N.R.
DNRCC
Patient elects DNR/DNI and names daughter as surrogate.
Elects DNAR
wants DNR
no CPR
wants no CPR
declines CPR and intubation
Does not want CPR
doesn't want to be resuscitated
refuses resuscitation
Not for resuscitation
Allow natural death
Do not resuscitate order signed
do-not-attempt-resuscitation; POLST completed
MOLST completed: DNR, no feeding tube
Code status: DNR
Patient is DNR as of today. Family asked about POLST.
Changed from full code to DNR
Was full code, now DNR
DNR rather than full code
DNR, not full code
Reviewed CPR, intubation, artificial nutrition and POLST options, elects DNR
Discussed CPR, ventilation. Daughter (HCP) chose DNR, comfort focus
Discussed DNR and elected DNR
elects DNR after discussing options
Declined intubation, DNR
wants DNR, declines hospice
No change in DNR status
No change, remains DNR
"""

ELECTS_NOT = """
full code
Remains full code
Wishes to remain a full code
wants everything done
Wants CPR
wants to be resuscitated
Attempt resuscitation
Declines DNR
declined a DNR order
Does not want DNR
Never wants DNR
not ready for DNR
has not elected DNR
is not DNR
No DNR
No longer DNR
DNR rescinded, full code
Revoked DNR
Changed from DNR to full code
Elected DNR in May. Now full code.
DNR; full code during surgery
DNR not desired
Discussed DNR
Discussed CPR, intubation, DNR and POLST
Discussed full code and DNR
DNR discussed, undecided
DNR was offered but declined
DNR offered, will think about it
Considering DNR
can't decide on DNR
DNR vs full code reviewed
DNR or full code
DNR deferred
DNR?
Information on DNR provided
would choose DNR if terminal
DNR if no recovery
Declined to discuss CPR
No objection to CPR
DNI
comfort
comfort measures only
names daughter as surrogate
deferred
"""


@pytest.mark.parametrize("text", ELECTS.strip().splitlines())
def test_it_is_elected(text: str) -> None:
    assert elects_dnr(text) is True


@pytest.mark.parametrize("text", ELECTS_NOT.strip().splitlines())
def test_it_is_not_elected(text: str) -> None:
    assert elects_dnr(text) is False


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_no_text_says_nothing(text: str | None) -> None:
    assert elects_dnr(text) is None
