"""The health system of one run: its calendar, payers, billing groups, clinicians and patients, and the one source of chance.

What does not belong here: what happens to a patient (episode and the recipes), and how it is written down (the writers).
Days are ordinals (date.toordinal), money is cents. The same arguments give the same world.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeVar

T = TypeVar("T")

AUDIO_AT_HOME_ONLY = date(2025, 1, 1)  # from then on Medicare covers audio alone only so (RULES.md section 3)
HISTORY_DAYS = 910  # two and a half years before the as-of date


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer: how it files, what share of Medicare's amounts it allows, and the manners of its remittances."""

    key: str
    id: str
    name: str
    filing: str  # SBR09, CLP06
    percent: int  # of Medicare's amounts
    returns_line_numbers: bool  # REF*6R on the 835
    sends_allowed: bool  # AMT*B6
    separators: str  # element, component, repetition, terminator
    line_end: str
    folder_delay: int = 0  # days by which its remittances lie in a later folder: late files

    @property
    def code(self) -> str:
        """How it is named in ISA and GS."""
        return f"TEST{self.id}"


MEDICARE = Payer("medicare", "99901", "TESTMEDICARE PART B", "MB", 100, True, True, "*:^~", "\n")
MEDICARE_A = Payer("medicare_a", "99902", "TESTMEDICARE PART A", "MA", 100, True, True, "*:^~", "\n")
ADVANTAGE = Payer("advantage", "99903", "TESTADVANTAGE PLAN", "16", 105, True, False, "*:^~", "\r\n")
COMMERCIAL = Payer("commercial", "99904", "TESTBLUE COMMERCIAL", "CI", 120, False, False, "|>!'", "")
MEDICAID = Payer("medicaid", "99905", "TESTMEDICAID", "MC", 80, True, True, "*:^~", "\n", folder_delay=120)
NO_ICU = COMMERCIAL  # a policy row of its own says that it does not pay for ACP in intensive care
PRIMARY_PAYERS = (MEDICARE,) * 12 + (ADVANTAGE,) * 4 + (COMMERCIAL,) * 3 + (MEDICAID,)


@dataclass(frozen=True, slots=True)
class Group:
    """A billing provider."""

    key: str
    name: str
    npi: str
    taxonomy: str
    sends_line_numbers: bool = True  # REF*6R on the 837
    sends_records: bool = True  # REF*EA, the medical record number


@dataclass(frozen=True, slots=True)
class Clinician:
    """A clinician of one billing group."""

    npi: str
    name: str
    given_name: str
    specialty: str  # key of SPECIALTIES
    taxonomy: str
    credential: str
    group: Group

    @property
    def is_palliative(self) -> bool:
        """By taxonomy (RULES.md section 6)."""
        return self.taxonomy.endswith("H0002X")

    @property
    def has_reduced_fee(self) -> bool:
        """Paid at 85 % by Medicare."""
        return self.taxonomy[:4] in ("363L", "363A", "364S")

    @property
    def peer_group(self) -> str:
        """The specialty that clinicians are compared in: the Medicare code where a taxonomy has one, else the taxonomy."""
        return "palliative" if self.is_palliative else self.taxonomy[:4] if self.has_reduced_fee else self.taxonomy


# specialty: taxonomies, credential, clinicians of each hundred
SPECIALTIES = {
    "palliative": (("207RH0002X", "207QH0002X"), "MD", 22),
    "family": (("207Q00000X",), "MD", 16),
    "internal": (("207R00000X",), "MD", 10),
    "geriatrics": (("207QG0300X",), "MD", 8),
    "hospitalist": (("208M00000X",), "MD", 12),
    "critical_care": (("207RC0200X",), "MD", 6),
    "cardiology": (("207RC0000X",), "MD", 6),
    "oncology": (("207RX0202X",), "MD", 6),
    "nurse_practitioner": (("363LF0000X", "363LA2200X"), "NP", 9),
    "physician_assistant": (("363A00000X",), "PA", 3),
    "nurse_specialist": (("364SA2200X",), "CNS", 2),
    "social_worker": (("1041C0700X",), "LCSW", 1),
    "nurse": (("163W00000X",), "RN", 1),
}

NAMES = """
    ALDER BIRCH CEDAR DOGWOOD ELM FIR GINKGO HAZEL IVY JUNIPER KAPOK LARCH MAPLE NUTMEG OAK PINE QUINCE ROWAN SPRUCE TEAK UPAS VERVAIN
    WILLOW YEW ZELKOVA ACACIA BAMBOO CYPRESS DATE EBONY FIG GUAVA HAWTHORN IRONWOOD JACARANDA KUMQUAT LINDEN MYRTLE NEEM OLIVE PECAN
    REDWOOD SUMAC TAMARIND WALNUT""".split()  # noqa: SIM905
GIVEN_NAMES = """
    ADA BEN CARA DEAN EDNA FRED GINA HUGO INES JOEL KATE LARS MONA NILS OPAL PAUL RITA SEAN TINA URSULA VERA WADE XENIA YURI ZOE ALMA BORIS
    CLEO DORA ERIC""".split()  # noqa: SIM905


@cache
def eight(day: int) -> str:
    """A day as YYYYMMDD."""
    return date.fromordinal(day).strftime("%Y%m%d")


def npi(number: int) -> str:
    """A ten-digit NPI with a right Luhn digit (the prefix 80840 adds 24)."""
    body = f"1{number:08d}"
    total = 24 + sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(map(int, body)))
    return f"{body}{-total % 10}"


@dataclass(slots=True)
class Patient:
    """A patient of one episode. ``record`` is empty where the groups have no medical record number for them."""

    name: str
    given_name: str
    birth: int
    sex: str
    member: str
    record: str
    payer: Payer
    subscriber: tuple[str, int, str] | None = None  # given name, birth and sex of whom the member id is, where it is someone else


class World:
    """All that episodes share.

    claims: the size of the run, which sets the number of groups and clinicians and the length of the billing cycle.
    as_of: the day that the audit will speak of, as an ordinal; nothing is dated after it.
    """

    def __init__(self, claims: int, seed: int, as_of: int) -> None:
        self.as_of = as_of
        self.first_day = as_of - HISTORY_DAYS
        self.cycle_days = 7 if claims >= 20_000 else 14 if claims >= 5_000 else 28
        self.groups = [
            Group(f"VM{n}", f"TESTVALLEY MEDICAL GROUP {n}", npi(99_900_000 + n), "193200000X", n % 2 == 1)
            for n in range(1, 3 + claims // 150_000)
        ]
        self.hospice = Group("HH1", "TESTHAVEN HOSPICE", npi(99_900_900), "251G00000X", sends_records=False)
        self.hospital = Group("VH1", "TESTVALLEY HOSPITAL", npi(99_900_901), "282N00000X")
        self.chance = random.Random(seed)
        self.clinicians: dict[str, list[Clinician]] = {}
        self._staff(claims)
        # Two who stand out (ACP-62, ACP-63) and share in no other work.
        group = self.groups[0]
        self.hurried = Clinician(npi(99_919_001), "TESTDOCTOR STOPWATCH", "IDA", "internal", "207R00000X", "MD", group)
        self.eager = Clinician(npi(99_919_002), "TESTDOCTOR EAGER", "OTTO", "palliative", "207RH0002X", "MD", group)
        self._turns: dict[tuple[str, str], int] = {}
        self._patients = self._accounts = 0
        self._answers = self._notes = 0

    def _staff(self, claims: int) -> None:
        hundreds = max(claims / 40_000, 0.6)
        number = 99_910_000
        for specialty, (taxonomies, credential, share) in SPECIALTIES.items():
            count = max(round(share * hundreds), 2 * len(self.groups))
            self.clinicians[specialty] = []
            for place in range(count):
                number += 1
                self.clinicians[specialty].append(
                    Clinician(
                        npi(number),
                        f"TESTDOCTOR {NAMES[number % len(NAMES)]}",
                        GIVEN_NAMES[number % len(GIVEN_NAMES)],
                        specialty,
                        taxonomies[place // len(self.groups) % len(taxonomies)],
                        credential,
                        self.groups[place % len(self.groups)],
                    )
                )
        self.clinicians["hospice"] = [
            Clinician(npi(number + n), f"TESTDOCTOR {NAMES[n]}", GIVEN_NAMES[n], "hospice", "207QH0002X", "MD", self.hospice)
            for n in range(1, 3)
        ]

    # --- chance -----------------------------------------------------------------------------------

    def happens(self, share: float) -> bool:
        """True with probability ``share``."""
        return self.chance.random() < share

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.chance.random() * (high - low + 1))

    def one_of(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[int(self.chance.random() * len(choices))]

    # --- calendar ---------------------------------------------------------------------------------

    def cycle_day(self, day: int) -> int:
        """The first billing day from ``day`` on: claims go out and payments come in on such days."""
        return day + (self.as_of - day) % self.cycle_days

    # --- people -----------------------------------------------------------------------------------

    def next_clinician(self, recipe: str, specialty: str) -> Clinician:
        """The next clinician of a specialty; turns are kept by recipe, so that all of a specialty do the same mix of work."""
        staff = self.clinicians[specialty]
        turn = self._turns.get((recipe, specialty))
        self._turns[recipe, specialty] = turn = self.between(0, len(staff) - 1) if turn is None else (turn + 1) % len(staff)
        return staff[turn]

    def colleague(self, of: Clinician, specialty: str) -> Clinician:
        """Another clinician of the same billing group."""
        return self.one_of([c for c in self.clinicians[specialty] if c.group is of.group and c is not of])

    def new_patient(self, day: int, payer: Payer | None) -> Patient:
        """Someone who was never seen before, old enough for the payer."""
        self._patients += 1
        number = self._patients
        chosen = payer or self.one_of(PRIMARY_PAYERS)
        youngest = 65 if chosen.filing in ("MB", "16") else 40
        return Patient(
            name=f"TEST{NAMES[number % len(NAMES)]}",
            given_name=GIVEN_NAMES[number // len(NAMES) % len(GIVEN_NAMES)],
            birth=day - self.between(youngest * 365 + 30, (97 if youngest == 65 else 64) * 365),
            sex="FM"[number & 1],
            member=f"T{chosen.id[-2:]}{number:08d}",
            record="" if self.happens(0.06) else f"MR{number:08d}",
            payer=chosen,
        )

    # --- numbers ----------------------------------------------------------------------------------

    def next_account(self, group: Group) -> str:
        """A patient control number that nobody else has."""
        self._accounts += 1
        return f"{group.key}-{self._accounts:08d}"

    def next_answer_number(self, payer: Payer) -> str:
        """The payer's own claim number (CLP07)."""
        self._answers += 1
        return f"{payer.id}{self._answers:09d}"

    def next_note_id(self) -> str:
        """A documentation id."""
        self._notes += 1
        return f"DOC-{self._notes:08d}"
