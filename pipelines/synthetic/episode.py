"""An episode: one patient over some weeks, with the claims, remittances and notes that come of it, and the errors planted in it.

Recipes tell an episode in the words of this module; whatever a recipe does not say is right: claims are submitted within days and paid
within weeks, diagnoses fit, notes are complete. So a recipe that plants nothing is clean under every check, and one that plants an error
names every check that must find it. What does not belong here: how segments and rows are written (the writers).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from pipelines.synthetic import prices
from pipelines.synthetic.world import MEDICAID, MEDICARE, MEDICARE_A, Clinician, Group, Patient, Payer, World

ACP = ("99497", "99498")
_SERVICE = re.compile(r"(\w{4,5})((?:-\w\w)*)(?:x(\d+))?")

# Conditions of the seriously ill, by principal diagnosis, and what goes with them.
CONDITIONS = ("I5022", "J449", "C3490", "G309", "N186", "C259", "I509", "G1221", "C50919", "K7460", "I10", "E119", "I2510", "J9610", "N184")
HOSPICE_CONDITIONS = ("C3490", "G309", "I5022", "J449", "C259", "G1221", "K7460")
COMORBIDITIES = ("I10", "E119", "E785", "R54", "M1990", "F329", "Z7901", "N390", "D649", "K219")

UNITS = {
    "11": "CLINIC",
    "12": "HOME",
    "13": "HOME",
    "19": "CLINIC",
    "21": "WARD",
    "22": "CLINIC",
    "31": "SNF",
    "32": "SNF",
    "10": "",
    "02": "",
}
TOPICS = ("code_status", "ventilation", "nutrition", "dialysis", "hospitalization", "surrogate", "directive", "polst")
DOCUMENTS = ("advance_directive", "polst", "living_will", "hcp")
COMPANY = ("", "", "spouse", "daughter", "son", "surrogate", "daughter;son", "friend")
DECISIONS = ("", "Full treatment", "Deferred to the next visit", "Time-limited trial", "Names a surrogate", "Wants no hospital care")


@cache
def _service(text: str) -> tuple[str, str, int]:
    """'99214-25' or '99498x2' as code, modifiers ('25', '25:95') and units."""
    found = _SERVICE.fullmatch(text)
    if found is None:
        raise ValueError(f"no service: {text!r}")
    return found[1], found[2].replace("-", ":")[1:], int(found[3] or 1)


@dataclass(slots=True)
class Line:
    """A service line. Amounts are those of all units, in cents."""

    code: str  # empty: revenue code alone
    modifiers: str  # joined by ":"
    units: int
    day: int
    charge: int
    allowed: int
    clinician: Clinician | None = None  # where the line names its own
    revenue: str = ""  # 837I
    pointers: str = "1"


@dataclass(slots=True)
class Claim:
    """A claim as it is submitted. An institutional one has a ``bill`` (type of bill without its frequency)."""

    account: str
    patient: Patient
    payer: Payer
    group: Group
    clinician: Clinician
    place: str
    lines: list[Line]
    diagnoses: list[str]
    submitted: int
    frequency: str = "1"
    reference: str = ""  # REF*F8
    admitted: int = 0
    sequence: str = "P"
    member: str = ""  # at this payer, where it is not the patient's
    primary: Answer | None = None  # what the payer before this one answered
    bill: str = ""
    period: tuple[int, int] = (0, 0)
    patient_status: str = ""
    occurrences: tuple[tuple[str, int], ...] = ()

    @property
    def day(self) -> int:
        """First day of service."""
        return self.lines[0].day

    def numbers(self, *codes: str) -> list[int]:
        """The numbers of the lines with these codes (default: all lines)."""
        return [n for n, line in enumerate(self.lines, 1) if not codes or (line.code or line.revenue) in codes]


@dataclass(frozen=True, slots=True)
class Denial:
    """Why nothing is paid on a line: adjustment group, reason (CARC), remark (RARC or empty)."""

    reason: str
    remark: str = ""
    group: str = "CO"


DUPLICATE = Denial("18")


@dataclass(slots=True)
class Answer:
    """A claim on a remittance: one outcome a line, which is cents allowed or a denial. A reversal repeats it with the signs turned.

    Lines are named by their places in the claim, from 0. part: those that this remittance holds, where the payer answers in parts. bundle:
    those that come as one. recoded: place and procedure that the payer puts in place of the one submitted, and names that (SVC06) or not.
    """

    claim: Claim
    payer: Payer
    day: int
    number: str
    outcomes: list[int | Denial]
    status: str = "1"
    is_reversal: bool = False
    part: tuple[int, ...] = ()
    bundle: tuple[int, ...] = ()
    recoded: tuple[int, str] | None = None
    names_submitted: bool = True

    @property
    def is_counted(self) -> bool:
        """By the payer that the claim was sent to."""
        return self.payer is self.claim.payer

    def places(self) -> tuple[int, ...]:
        """The lines that it answers."""
        return self.part or tuple(range(len(self.claim.lines)))

    def remitted(self) -> list[tuple[int, ...]]:
        """The remitted lines in their order: which lines of the claim each of them answers."""
        return [
            self.bundle if place in self.bundle else (place,)
            for place in self.places()
            if place not in self.bundle or place == self.bundle[0]
        ]


@dataclass(slots=True)
class Note:
    """A row of the documentation extract, by column. ``is_addendum``: written later, in a file of its own."""

    columns: dict[str, str]
    is_addendum: bool = False

    @property
    def minutes(self) -> int | None:
        """Documented, or from start and stop; None where neither is there."""
        if text := self.columns.get("acp_minutes"):
            return int(text)
        if not self.columns.get("acp_stop"):
            return None
        start, stop = (int(t[:2]) * 60 + int(t[3:]) for t in (self.columns["acp_start"], self.columns["acp_stop"]))
        return (stop - start) % 1440


@dataclass(slots=True)
class Episode:
    """The patient's story so far. ``day`` is the day of the next service, unless a recipe says otherwise."""

    world: World
    recipe: str
    patient: Patient
    day: int
    claims: list[Claim] = field(default_factory=list[Claim])
    answers: list[Answer] = field(default_factory=list[Answer])
    notes: list[Note] = field(default_factory=list[Note])
    planted: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    unanswered: list[Claim] = field(default_factory=list[Claim])

    def later(self, low: int, high: int) -> None:
        """Some days pass."""
        self.day += self.world.between(low, high)

    # --- services ---------------------------------------------------------------------------------

    def clinician(self, *specialties: str) -> Clinician:
        """Whose turn it is in one of the specialties."""
        return self.world.next_clinician(self.recipe, self.world.one_of(specialties))

    def claim(
        self,
        clinician: Clinician,
        place: str,
        *services: str,
        day: int | None = None,
        diagnoses: Sequence[str] = (),
        by: Clinician | None = None,
        group: Group | None = None,
    ) -> Claim:
        """A professional claim of one day: services as '99214-25' or '99498x2'.

        diagnoses: in place of those that fit; by: who renders the ACP, and group: who bills, where it is not the clinician's own.
        """
        world, patient = self.world, self.patient
        on = self.day if day is None else day
        lines = [self._line(clinician, by, place, service, on) for service in services]
        has_acp = any(line.code in ACP for line in lines)
        made = Claim(
            account=world.next_account(group or clinician.group),
            patient=patient,
            payer=patient.payer,
            group=group or clinician.group,
            clinician=clinician,
            place=place,
            lines=lines,
            diagnoses=list(diagnoses) or self.diagnoses(has_acp, clinician.is_palliative or (by is not None and by.is_palliative)),
            submitted=world.cycle_day(on + world.between(2, 6)),
        )
        if place in ("21", "31"):
            made.admitted = on
        if len(made.diagnoses) > 1:
            for line in lines:
                line.pointers = "1:2"
        self.claims.append(made)
        return made

    def _line(self, clinician: Clinician, by: Clinician | None, place: str, service: str, day: int) -> Line:
        code, modifiers, units = _service(service)
        renders = by if by is not None and code in ACP else clinician
        payer = self.patient.payer
        percent = 85 if payer is MEDICARE and renders.has_reduced_fee else payer.percent
        allowed = prices.allowed(code, day, place in prices.facility_places(), percent) * units
        return Line(code, modifiers, units, day, prices.charge(code) * units, allowed, None if renders is clinician else renders)

    def diagnoses(self, acp: bool, palliative: bool) -> list[str]:
        """Diagnoses that fit: a condition, sometimes another, palliative care by palliative clinicians, counselling with ACP."""
        world = self.world
        codes = [world.one_of(CONDITIONS)]
        if world.happens(0.6):
            other = world.one_of(COMORBIDITIES)
            if other != codes[0]:
                codes.append(other)
        if palliative:
            codes.append("Z515")
        if acp:
            codes.append("Z7189")
        return codes

    def facility_claim(
        self,
        bill: str,
        frequency: str,
        attending: Clinician,
        group: Group,
        period: tuple[int, int],
        lines: Sequence[Line],
        diagnoses: Sequence[str],
        *,
        admitted: int,
        patient_status: str = "30",
        occurrences: tuple[tuple[str, int], ...] = (),
        submitted: int | None = None,
    ) -> Claim:
        """An institutional claim to Medicare Part A, or to the patient's own payer where that is not Medicare."""
        made = Claim(
            account=self.world.next_account(group),
            patient=self.patient,
            payer=MEDICARE_A if self.patient.payer is MEDICARE else self.patient.payer,
            group=group,
            clinician=attending,
            place="",
            lines=list(lines),
            diagnoses=list(diagnoses),
            submitted=self.world.cycle_day(period[1] + self.world.between(3, 7)) if submitted is None else submitted,
            frequency=frequency,
            admitted=admitted,
            bill=bill,
            period=period,
            patient_status=patient_status,
            occurrences=occurrences,
        )
        self.claims.append(made)
        return made

    # --- documentation ----------------------------------------------------------------------------

    def note(
        self,
        claim: Claim,
        minutes: int | None,
        says: Mapping[str, str] | None = None,
        *,
        day: int | None = None,
        decides: str | None = None,
        is_addendum: bool = False,
        note_id: str = "",
    ) -> str:
        """Documentation of the claim's ACP, complete but for what it ``says`` instead, by column; returns its id.

        day: where it is not the claim's first. decides: the decision; DNR puts Z66 on the clinician's claims of the day.
        """
        world = self.world
        who = next((line.clinician for line in claim.lines if line.code in ACP and line.clinician), claim.clinician)
        decision = ("DNR" if world.happens(0.25) else world.one_of(DECISIONS)) if decides is None else decides
        on = claim.day if day is None else day
        if decision == "DNR":
            for other in self.claims:
                is_of_the_day = other.clinician is claim.clinician and other.day == on
                if (other is claim or is_of_the_day) and "Z66" not in other.diagnoses:
                    other.diagnoses.append("Z66")
        made_id = note_id or world.next_note_id()
        row = self._content(claim.place)
        row |= {
            "documentation_id": made_id,
            "service_date": iso(on),
            "rendering_npi": who.npi,
            "decisions": decision,
            "author_npi": who.npi,
            "author_credential": who.credential,
            "pos": claim.place,
            "payer_id": claim.payer.id,
        }
        self._identify(row, claim)
        if minutes is not None:
            self._time(row, minutes)
        if says is None and minutes is not None and world.happens(0.15):
            row["note_text"] = _narrative(row, minutes)
        row |= says or {}
        self.notes.append(Note(row, is_addendum))
        return made_id

    def _identify(self, row: dict[str, str], claim: Claim) -> None:
        """By record number, account, or both, as the record system happens to send; a claim without record number is found by account."""
        kind = self.world.chance.random()
        if not self.patient.record or not claim.group.sends_records or kind < 0.75:
            row["patient_control_number"] = claim.account
        if self.patient.record and kind > 0.25:
            row["mrn"] = self.patient.record

    def _time(self, row: dict[str, str], minutes: int) -> None:
        """Minutes, or start and stop (over midnight at times)."""
        world = self.world
        if world.happens(0.6):
            row["acp_minutes"] = str(minutes)
            if world.happens(0.2):
                visit = world.between(10, 40)
                row["em_minutes"] = str(visit)
                row["encounter_minutes"] = str(visit + minutes + world.one_of((0, 0, 5, 10, 15)))
        else:
            start = 23 * 60 + 50 if world.happens(0.02) else world.between(7 * 60, 18 * 60)
            row["acp_start"], row["acp_stop"] = _clock(start), _clock(start + minutes)

    def _content(self, place: str) -> dict[str, str]:
        """What a complete note says besides time and person."""
        world = self.world
        company = world.one_of(COMPANY)
        absent = bool(company) and world.happens(0.08)
        first = world.between(0, len(TOPICS) - 1)
        last = first + world.between(1, 4)
        return {
            "modality": "in_person",
            "unit": UNITS.get(place, ""),
            "participants": company if absent else f"patient;{company}" if company else "patient",
            "patient_present": "N" if absent else "Y",
            "absence_reason": "Lacks capacity" if absent else "",
            "voluntary": "Y",
            "topics": ";".join(TOPICS[first:last]) + (";goals" if world.happens(0.3) else ""),
            "documents": world.one_of(DOCUMENTS) if world.happens(0.4) else "",
            "time_separate": "Y" if world.happens(0.85) else "",
        }

    # --- the way of a claim -----------------------------------------------------------------------

    def answer(
        self,
        claim: Claim,
        *,
        denied: dict[str, Denial] | None = None,
        percent: int = 100,
        after: Answer | None = None,
        part: tuple[int, ...] = (),
    ) -> Answer:
        """The payer's answer to a claim: paid, but for the codes ``denied``; at ``percent`` of what is due. Given by default.

        after: an earlier answer to the same claim that this one follows (an appeal). part: places of the lines that it holds, if not all.
        """
        world = self.world
        sent = claim.submitted if after is None else after.day + world.between(3, 9)
        outcomes: list[int | Denial] = [
            (denied or {}).get(line.code or line.revenue) or line.allowed * percent // 100 for line in claim.lines
        ]
        # A full denial comes as status 4, or as a processed claim with nothing paid.
        is_refused = all(isinstance(outcome, Denial) for outcome in outcomes) and world.happens(0.4)
        made = Answer(
            claim,
            claim.payer,
            world.cycle_day(sent + world.between(10, 14)),
            world.next_answer_number(claim.payer),
            outcomes,
            status="4" if is_refused else {"P": "1", "S": "2"}[claim.sequence],
            part=part,
        )
        self.answers.append(made)
        return made

    def leave_unanswered(self, claim: Claim) -> None:
        """No remittance will ever come."""
        self.unanswered.append(claim)

    def reverse(self, answer: Answer, day: int) -> None:
        """Takes an answer back, on the day of what replaces it."""
        self.answers.append(replace(answer, day=day, status="22", is_reversal=True))

    def correct(self, answer: Answer, *, denied: dict[str, Denial] | None = None, percent: int = 100, cycles: int = 0) -> Answer:
        """A later answer to the same claim, with the reversal of the earlier one on its day, or so many billing cycles after it.

        A negative number of cycles puts the reversal before the correction, though never on the day of the first answer.
        """
        place = len(self.answers)
        corrected = self.answer(answer.claim, denied=denied, percent=percent, after=answer)
        day = corrected.day + cycles * self.world.cycle_days
        self.answers.insert(place, replace(answer, day=day if day > answer.day else corrected.day, status="22", is_reversal=True))
        return corrected

    def submit_again(self, claim: Claim, after: Answer | None, frequency: str, *services: str) -> Claim:
        """The claim once more: '7' replaces it (with other services, if any), '8' voids it, '1' repeats it unchanged."""
        world = self.world
        since = claim.submitted if after is None else after.day
        again = replace(claim, submitted=world.cycle_day(since + world.between(2, 6)), frequency=frequency)
        if again.submitted <= claim.submitted:
            again.submitted += world.cycle_days
        if after is not None and frequency in "78":
            again.reference = after.number
        if services:
            again.lines = [self._line(claim.clinician, None, claim.place, service, claim.day) for service in services]
            for line in again.lines:
                line.pointers = claim.lines[0].pointers
        self.claims.append(again)
        return again

    def secondary(self, claim: Claim, after: Answer, payer: Payer = MEDICAID) -> Claim:
        """The same services to a second payer, with what the first one paid."""
        world = self.world
        made = replace(
            claim,
            payer=payer,
            sequence="S",
            member=f"T{payer.id[-2:]}{self.patient.member[3:]}",
            primary=after,
            submitted=world.cycle_day(after.day + world.between(2, 6)),
        )
        self.claims.append(made)
        return made

    def cross_over(self, first: Answer, payer: Payer = MEDICAID) -> None:
        """The first payer forwards the claim, and the second one pays what was left."""
        first.status = "19"
        day = self.world.cycle_day(first.day + self.world.between(3, 9))
        self.answers.append(replace(first, payer=payer, day=day, number=self.world.next_answer_number(payer), status="2"))

    # --- truth ------------------------------------------------------------------------------------

    def plant(self, check_id: str, claim: Claim, *codes: str) -> None:
        """The check must find the lines of the claim with these codes (default: all lines)."""
        self.planted += [(check_id, f"{claim.account}/{number}") for number in claim.numbers(*codes)]

    def plant_claim(self, check_id: str, claim: Claim) -> None:
        """The check must find the claim as a whole."""
        self.planted.append((check_id, claim.account))

    def plant_note(self, check_id: str, note_id: str) -> None:
        """The check must find this documentation row."""
        self.planted.append((check_id, f"doc:{note_id}"))

    def close(self) -> None:
        """Answers what is not answered yet; keeps nothing that is dated after the as-of date."""
        answered = {id(a.claim) for a in self.answers} | {id(c) for c in self.unanswered}
        for claim in self.claims:
            if id(claim) not in answered and claim.frequency != "8":
                self.answer(claim)
        as_of = self.world.as_of
        late = [c for c in self.claims if c.submitted > as_of]
        if late:
            raise AssertionError(f"recipe {self.recipe} needs more days before the as-of date")
        self.answers = [a for a in self.answers if a.day <= as_of]


@cache
def iso(day: int) -> str:
    """A day as YYYY-MM-DD."""
    return date.fromordinal(day).isoformat()


def _narrative(row: Mapping[str, str], minutes: int) -> str:
    """The note in words, where its columns are complete: it says nothing that they do not."""
    company = row["participants"].replace(";", ", ")
    topics = row["topics"].replace("_", " ").replace(";", ", ")
    absent = " The patient lacks capacity and was not present." if row["absence_reason"] else ""
    decision = f" Decision: {row['decisions']}." if row["decisions"] else ""
    return f"Voluntary advance care planning with {company}.{absent} Discussed {topics}.{decision} {minutes} minutes of ACP time."


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
