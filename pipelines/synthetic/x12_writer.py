"""Claims and remittances as X12: the segments of a claim (837P, 837I) and of an answer (835), and the envelopes around many of them.

Written with the separators * : ^ ~; the inbox puts those of a sender in their place. What does not belong here: which file a piece goes to.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from pipelines.synthetic.episode import Answer, Claim, Denial, Line
from pipelines.synthetic.world import Group, Payer, eight

STREETS = ("12 TEST ST", "77 TEST LANE", "901 TEST ROAD", "5 TEST CT")
ROOMS = ("0200",)
PER_DAY = ("0651", "0655", "0656", *ROOMS)
PREVENTIVE = ("G0402", "G0438", "G0439")
TIME = "0915"  # of every transmission; control numbers tell the order within a day
PANEL = "80050"  # what a payer makes of several tests
SEQUESTRATION = 2  # percent that Medicare takes off its payments


class ClaimPiece(NamedTuple):
    """A claim's segments: those of its subscriber, of its patient (where that is someone else), and its own."""

    subscriber: str
    dependent: str
    claim: str


class AnswerPiece(NamedTuple):
    """An answer's segments and what is paid, in cents."""

    text: str
    paid: int


@cache
def money(cents: int) -> str:
    """Cents as dollars: 150, 79.57, -5.20."""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}{f'.{part:02d}' if part else ''}"


# --- claims -------------------------------------------------------------------------------------------


def claim_piece(claim: Claim) -> ClaimPiece:
    """The segments of a claim."""
    patient, payer = claim.patient, claim.payer
    member = claim.member or patient.member
    address = f"N3*{STREETS[len(patient.name) & 3]}~N4*TESTVILLE*NJ*07000~"
    payer_name = f"NM1*PR*2*{payer.name}*****PI*{payer.id}~"
    if patient.subscriber:
        given, birth, sex = patient.subscriber
        subscriber = (
            f"SBR*{claim.sequence}********{payer.filing}~NM1*IL*1*{patient.name}*{given}****MI*{member}~{address}"
            f"DMG*D8*{eight(birth)}*{sex}~{payer_name}"
        )
        dependent = f"PAT*01~NM1*QC*1*{patient.name}*{patient.given_name}~{address}DMG*D8*{eight(patient.birth)}*{patient.sex}~"
    else:
        subscriber = (
            f"SBR*{claim.sequence}*18*******{payer.filing}~NM1*IL*1*{patient.name}*{patient.given_name}****MI*{member}~{address}"
            f"DMG*D8*{eight(patient.birth)}*{patient.sex}~{payer_name}"
        )
        dependent = ""
    return ClaimPiece(subscriber, dependent, _institutional(claim) if claim.bill else _professional(claim))


def _record(claim: Claim) -> str:
    reference = f"REF*F8*{claim.reference}~" if claim.reference else ""
    record = f"REF*EA*{claim.patient.record}~" if claim.group.sends_records and claim.patient.record else ""
    return reference + record


def _total(claim: Claim) -> str:
    return money(sum(line.charge for line in claim.lines))


def _professional(claim: Claim) -> str:
    clinician = claim.clinician
    parts = [f"CLM*{claim.account}*{_total(claim)}***{claim.place}:B:{claim.frequency}*Y*A*Y*Y~"]
    if claim.admitted:
        parts.append(f"DTP*435*D8*{eight(claim.admitted)}~")
    parts.append(_record(claim))
    parts.append(_diagnoses(claim.diagnoses))
    parts.append(
        f"NM1*82*1*{clinician.name}*{clinician.given_name}****XX*{clinician.npi}~PRV*PE*PXC*{clinician.taxonomy}~",
    )
    if claim.primary:
        parts.append(_other_payer(claim, claim.primary))
    for number, line in enumerate(claim.lines, 1):
        parts.append(
            f"LX*{number}~SV1*HC:{_procedure(line)}*{money(line.charge)}*UN*{line.units}***{line.pointers}~DTP*472*D8*{eight(line.day)}~"
        )
        if claim.group.sends_line_numbers:
            parts.append(f"REF*6R*{claim.account}-{number}~")
        if line.clinician:
            other = line.clinician
            parts.append(f"NM1*82*1*{other.name}*{other.given_name}****XX*{other.npi}~PRV*PE*PXC*{other.taxonomy}~")
        if claim.primary:
            parts.append(_line_adjudication(claim.primary, number - 1))
    return "".join(parts)


def _institutional(claim: Claim) -> str:
    attending = claim.clinician
    first, last = claim.period
    parts = [
        f"CLM*{claim.account}*{_total(claim)}***{claim.bill}:A:{claim.frequency}**A*Y*Y~DTP*434*RD8*{eight(first)}-{eight(last)}~"
        f"DTP*435*D8*{eight(claim.admitted)}~CL1*3*1*{claim.patient_status}~",
        _record(claim),
        _diagnoses(claim.diagnoses),
    ]
    if claim.occurrences:
        parts.append("HI*" + "*".join(f"BH:{code}:D8:{eight(day)}" for code, day in claim.occurrences) + "~")
    parts.append(f"NM1*71*1*{attending.name}*{attending.given_name}****XX*{attending.npi}~PRV*AT*PXC*{attending.taxonomy}~")
    for number, line in enumerate(claim.lines, 1):
        procedure = f"HC:{_procedure(line)}" if line.code else ""
        unit = "DA" if line.revenue in PER_DAY else "UN"
        parts.append(f"LX*{number}~SV2*{line.revenue}*{procedure}*{money(line.charge)}*{unit}*{line.units}~")
        if line.revenue not in ROOMS:  # a room stands for the whole stay, and has no date of its own
            parts.append(f"DTP*472*D8*{eight(line.day)}~")
        parts.append(f"REF*6R*{claim.account}-{number}~")
    return "".join(parts)


def _procedure(line: Line) -> str:
    return f"{line.code}:{line.modifiers}" if line.modifiers else line.code


def _diagnoses(codes: Iterable[str]) -> str:
    principal, *others = codes
    return f"HI*ABK:{principal}{''.join(f'*ABF:{code}' for code in others)}~"


def _other_payer(claim: Claim, primary: Answer) -> str:
    patient, payer = claim.patient, primary.payer
    paid = sum(_settle(line, outcome, payer).paid for line, outcome in zip(claim.lines, primary.outcomes, strict=True))
    return (
        f"SBR*P*18*******{payer.filing}~AMT*D*{money(paid)}~OI***Y***Y~NM1*IL*1*{patient.name}*{patient.given_name}****MI*{patient.member}~"
        f"N3*{STREETS[0]}~N4*TESTVILLE*NJ*07000~NM1*PR*2*{payer.name}*****PI*{payer.id}~REF*F8*{primary.number}~"
    )


def _line_adjudication(primary: Answer, place: int) -> str:
    line = primary.claim.lines[place]
    settled = _settle(line, primary.outcomes[place], primary.payer)
    return (
        f"SVD*{primary.payer.id}*{money(settled.paid)}*HC:{_procedure(line)}**{line.units}~{_adjustments(settled, 1)}"
        f"DTP*573*D8*{eight(primary.day)}~"
    )


# --- answers ------------------------------------------------------------------------------------------


class Settled(NamedTuple):
    """A line as it is paid: cents, and its adjustments (group, reason, cents)."""

    paid: int
    patient: int  # of the adjustments, what is left to the patient
    adjustments: tuple[tuple[str, str, int], ...]


@cache
def _shares(payer_key: str, code: str, modifiers: str, allowed: int, units: int) -> tuple[tuple[str, str, int], ...]:
    """What of the allowed amount the payer does not pay itself: the patient's share and sequestration."""
    if payer_key == "medicare_a" or payer_key == "medicaid":
        return ()
    if code in PREVENTIVE or "33" in modifiers:
        patient: tuple[tuple[str, str, int], ...] = ()
    elif payer_key == "medicare":
        patient = (("PR", "2", (allowed + 2) // 5),)
    elif payer_key == "advantage":
        patient = (("PR", "3", min(2000, allowed)),) if code[:1] == "9" and allowed > 3000 else ()
    else:
        patient = (("PR", "1", allowed),) if allowed < 2000 * units else (("PR", "2", allowed // 10),)
    rest = allowed - sum(cents for _, _, cents in patient)
    return (*patient, ("CO", "253", rest * SEQUESTRATION // 100)) if payer_key == "medicare" else patient


def _settle(line: Line, outcome: int | Denial, payer: Payer) -> Settled:
    if isinstance(outcome, Denial):
        return Settled(0, 0, ((outcome.group, outcome.reason, line.charge),) if line.charge else ())
    shares = _shares(payer.key, line.code, line.modifiers, outcome, line.units)
    above = ((("CO", "45", line.charge - outcome),) if line.charge > outcome else ()) + shares
    adjustments = tuple(a for a in above if a[2])
    return Settled(line.charge - sum(a[2] for a in adjustments), sum(a[2] for a in adjustments if a[0] == "PR"), adjustments)


def _adjustments(settled: Settled, sign: int) -> str:
    """A CAS for each adjustment group, with its reasons and amounts."""
    groups: dict[str, list[str]] = {}
    for group, reason, cents in settled.adjustments:
        groups.setdefault(group, []).append(f"*{reason}*{money(sign * cents)}")
    return "".join(f"CAS*{group}{'*'.join(triplets)}~" for group, triplets in groups.items())


def _settle_second(line: Line, outcome: int | Denial, first: Payer) -> Settled:
    """What a second payer does: it pays what the first one left to the patient."""
    left = _settle(line, outcome, first).patient
    before = line.charge - left
    return Settled(left, 0, (("OA", "23", before),) if before else ())


def paid_before(answer: Answer) -> Payer | None:
    """Who paid before the payer of this answer."""
    claim = answer.claim
    return claim.primary.payer if claim.primary else claim.payer if not answer.is_counted else None


def settle(answer: Answer, place: int) -> Settled:
    """A line of an answer as it is paid; of a reversal, as it was paid."""
    line, outcome, first = answer.claim.lines[place], answer.outcomes[place], paid_before(answer)
    return _settle_second(line, outcome, first) if first else _settle(line, outcome, answer.payer)


def _together(settled: list[Settled]) -> Settled:
    """Several lines as one: sums by reason."""
    sums: dict[tuple[str, str], int] = {}
    for one in settled:
        for group, reason, cents in one.adjustments:
            sums[group, reason] = sums.get((group, reason), 0) + cents
    return Settled(
        sum(one.paid for one in settled), sum(one.patient for one in settled), tuple((*key, cents) for key, cents in sums.items())
    )


def answer_piece(answer: Answer) -> AnswerPiece:
    """The segments of an answer: CLP, names, and a SVC for each line, or for several that the payer bundles."""
    claim, payer, sign = answer.claim, answer.payer, -1 if answer.is_reversal else 1
    parts: list[str] = []
    total_charge = total_paid = total_patient = 0
    for places in answer.remitted():
        lines = [claim.lines[place] for place in places]
        line, outcome = lines[0], answer.outcomes[places[0]]
        settled = _together([settle(answer, place) for place in places])
        charge, units = sum(each.charge for each in lines), sum(each.units for each in lines)
        total_charge += charge
        total_paid += settled.paid
        total_patient += settled.patient
        procedure = f"HC:{_procedure(line)}" if line.code else f"NU:{line.revenue}"
        submitted = ""
        if len({each.code for each in lines}) > 1:
            procedure = f"HC:{PANEL}"
        elif answer.recoded and answer.recoded[0] in places:
            submitted = f"*{procedure}*{units}" if answer.names_submitted else ""
            procedure = f"HC:{answer.recoded[1]}"
        revenue = line.revenue if line.code else ""
        parts.append(f"SVC*{procedure}*{money(sign * charge)}*{money(sign * settled.paid)}*{revenue}*{units}{submitted}~")
        parts.append(f"DTM*472*{eight(line.day)}~")
        parts.append(_adjustments(settled, sign))
        if payer.returns_line_numbers and (claim.group.sends_line_numbers or claim.bill):
            parts.append(f"REF*6R*{claim.account}-{places[0] + 1}~")
        allowed = [each for place in places if isinstance(each := answer.outcomes[place], int)]
        if payer.sends_allowed and not paid_before(answer) and allowed:
            parts.append(f"AMT*B6*{money(sign * sum(allowed))}~")
        if isinstance(outcome, Denial) and outcome.remark:
            parts.append(f"LQ*HE*{outcome.remark}~")
    patient, clinician = claim.patient, claim.clinician
    share = "" if answer.is_reversal or not total_patient else money(total_patient)
    charge, paid = money(sign * total_charge), money(sign * total_paid)
    head = (
        f"CLP*{claim.account}*{answer.status}*{charge}*{paid}*{share}*{payer.filing}*{answer.number}*{claim.bill or claim.place}"
        f"*{claim.frequency}~"
        f"NM1*QC*1*{patient.name}*{patient.given_name}****MI*{claim.member or patient.member}~"
    )
    if not claim.bill:
        head += f"NM1*82*1*{clinician.name}*{clinician.given_name}****XX*{clinician.npi}~"
    return AnswerPiece(f"{head}DTM*050*{eight(min(claim.submitted + 1, answer.day))}~{''.join(parts)}", sign * total_paid)


# --- envelopes ----------------------------------------------------------------------------------------


def claim_interchange(group: Group, payer: Payer, kind: str, day: int, number: int, pieces: list[ClaimPiece]) -> str:
    """An interchange with one transaction set of claims; ``kind`` is 837P or 837I. Claims of one subscriber stand in one loop."""
    version = "005010X222A1" if kind == "837P" else "005010X223A2"
    body = [
        f"ST*837*0001*{version}~BHT*0019*00*{group.key}{number}*{eight(day)}*{TIME}*CH~NM1*41*2*{group.name}*****46*{group.key}~"
        f"PER*IC*TESTBILLING OFFICE*TE*5555550101~NM1*40*2*{payer.name}*****46*{payer.id}~HL*1**20*1~PRV*BI*PXC*{group.taxonomy}~"
        f"NM1*85*2*{group.name}*****XX*{group.npi}~N3*100 TEST STREET~N4*TESTVILLE*NJ*070000001~REF*EI*99{group.npi[3:]}~"
    ]
    level = 1
    subscriber = dependent = ""
    for piece in pieces:
        if piece.subscriber != subscriber or piece.dependent != dependent:
            subscriber, dependent = piece.subscriber, piece.dependent
            level += 1
            body.append(f"HL*{level}*1*22*{1 if dependent else 0}~{subscriber}")
            if dependent:
                level += 1
                body.append(f"HL*{level}*{level - 1}*23*0~{dependent}")
        body.append(piece.claim)
    return _interchange(group.key, payer.code, "HC", version, day, number, "".join(body))


def answer_interchange(
    payer: Payer, group: Group, day: int, number: int, pieces: list[AnswerPiece], recovered: int, trace: int | None = None
) -> str:
    """An interchange with one 835. ``recovered``: cents that the payer holds back (PLB), beside what is owed to it in all.

    trace: number of the payment, where it is not that of the interchange, which sends an earlier one again.
    """
    payment_number = number if trace is None else trace
    claims_paid = sum(piece.paid for piece in pieces)
    adjustments: list[tuple[str, int]] = []
    if claims_paid < 0:
        adjustments.append(("FB", claims_paid))  # more was taken back than paid: carried forward
    elif 0 < recovered < claims_paid:
        adjustments += [("WO", recovered), ("L6", -37)]
    payment = claims_paid - sum(cents for _, cents in adjustments)
    method = "NON" if payment == 0 else "ACH"
    body = [
        f"ST*835*0001~BPR*I*{money(payment)}*C*{method}*CCP*01*999999992*DA*5550001*1999000001**01*999999984*DA*5550002*{eight(day)}~"
        f"TRN*1*TESTEFT{payment_number:09d}*1999000001~DTM*405*{eight(day)}~N1*PR*{payer.name}*XV*{payer.id}~N3*900 TEST AVENUE~"
        f"N4*TESTVILLE*NJ*07000~REF*2U*{payer.id}~PER*BL*TESTPAYER HELP DESK*TE*5555550199~N1*PE*{group.name}*XX*{group.npi}~"
        f"REF*TJ*99{group.npi[3:]}~LX*1~",
        *[piece.text for piece in pieces],
    ]
    if adjustments:
        listed = "*".join(f"{reason}:{payment_number}*{money(cents)}" for reason, cents in adjustments)
        body.append(f"PLB*{group.npi}*{eight(day)[:4]}1231*{listed}~")
    return _interchange(payer.code, group.key, "HP", "005010X221A1", day, number, "".join(body))


def _interchange(sender: str, receiver: str, functional: str, version: str, day: int, number: int, body: str) -> str:
    today = eight(day)
    segments = body.count("~") + 1
    return (
        f"ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*{today[2:]}*{TIME}*^*00501*{number:09d}*0*T*:~"
        f"GS*{functional}*{sender}*{receiver}*{today}*{TIME}*{number}*X*{version}~{body}SE*{segments}*0001~GE*1*{number}~IEA*1*{number:09d}~"
    )
