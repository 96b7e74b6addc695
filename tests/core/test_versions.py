"""Claim versions and final action; which lines stand for their service; who the clinician is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.core.conftest import Built

Build = Callable[[str], Built]


def test_replacement_void_and_resubmission(build: Build) -> None:
    built = build("""
    claims:
      - {id: R1, pcn: R, member: R, date: 2024-05-06, lines: [99213]}
      - {id: R7, pcn: R, member: R, date: 2024-05-06, submitted: 2024-06-01, frequency: 7, lines: [99214]}
      - {id: R77, pcn: R, member: R, date: 2024-05-06, submitted: 2024-07-01, frequency: 7, lines: [99215]}
      - {id: V1, pcn: V, member: V, date: 2024-05-06, lines: [99213]}
      - {id: V7, pcn: V, member: V, date: 2024-05-06, submitted: 2024-06-01, frequency: 7, lines: [99213]}
      - {id: V8, pcn: V, member: V, date: 2024-05-06, submitted: 2024-06-02, frequency: 8, lines: [99213]}
      - {id: S1, pcn: S, member: S, date: 2024-05-06, lines: [99213]}
      - {id: S2, pcn: S, member: S, date: 2024-05-06, submitted: 2024-06-01, lines: [99213]}
      - {id: W1, pcn: W, member: W, date: 2024-05-06, lines: [99213]}
      - {id: W8, pcn: W, member: W, date: 2024-05-06, submitted: 2024-06-01, frequency: 8, lines: [99213]}
      - {id: W2, pcn: W, member: W, date: 2024-05-06, submitted: 2024-06-02, lines: [99213]}
      - {id: T1, pcn: T, member: T, date: 2024-05-06, lines: [99213]}
      - {id: T7, pcn: T, member: T, date: 2024-05-06, submitted: 2024-06-01, frequency: 7, lines: [99214]}
      - {id: T2, pcn: T, member: T, date: 2024-05-06, submitted: 2024-06-02, lines: [99213]}
    """)
    assert built.final() == {
        "R77": "replacement",
        "S2": "last of identical submissions",
        "W2": "submitted again after a void",
        "T7": "replacement",
    }
    assert built.set_aside() == {
        "R1": ("replaced", "R77"),
        "R7": ("replaced", "R77"),
        "V1": ("voided", "V8"),
        "V7": ("voided", "V8"),
        "V8": ("void", None),
        "S1": ("submitted again", "S2"),
        "W1": ("voided", "W8"),
        "W8": ("void", None),
        "T1": ("replaced", "T7"),
        "T2": ("replaced", "T7"),
    }
    assert built.rows("select version_number from claim where family_key = (select claim_key from claim where name = 'V1') order by 1") == [
        (1,),
        (2,),
        (3,),
    ]


def test_what_is_no_version_of_the_same_claim(build: Build) -> None:
    built = build("""
    claims:
      # Same account, payer and provider; other dates, other lines, other payers, interim bills and hospice notices are claims of their own.
      - {id: DAY1, pcn: A, date: 2024-05-06, lines: [99213]}
      - {id: DAY2, pcn: A, date: 2024-05-07, lines: [99213]}
      - {id: LINES, pcn: A, date: 2024-05-06, lines: [99214]}
      - {id: CLINICIAN, pcn: A, date: 2024-05-06, rendering: 1000000002, lines: [99213]}
      - {id: PAYER, pcn: A, payer: OTHER, date: 2024-05-06, lines: [99213]}
      - {id: BILLING, pcn: A, billing: 1000000005, date: 2024-05-06, lines: [99213]}
      - {id: NOE, pcn: H, type: institutional, bill: "81A", date: 2024-05-06, lines: []}
      - {id: TERM, pcn: H, type: institutional, bill: "81B", date: 2024-05-06, lines: []}
      - {id: INTERIM2, pcn: I, type: institutional, bill: "812", date: 2024-05-06, lines: [{revenue: "0651"}]}
      - {id: INTERIM3, pcn: I, type: institutional, bill: "813", date: 2024-05-06, lines: [{revenue: "0651"}]}
    """)
    assert set(built.final().values()) == {"only version"}
    assert len(built.final()) == 10


def test_changes_without_or_before_their_original(build: Build) -> None:
    built = build("""
    claims:
      - {id: LONE7, date: 2024-05-06, frequency: 7, lines: [99213]}
      - {id: LONE8, date: 2024-05-06, frequency: 8, lines: [99213]}
      - {id: TWICE7, pcn: T, member: T, date: 2024-05-06, frequency: 7, lines: [99213]}
      - {id: TWICE77, pcn: T, member: T, date: 2024-05-06, submitted: 2024-06-01, frequency: 7, lines: [99214]}
      # The same reference on two changes of other accounts and dates is the same claim.
      - {id: REF7, pcn: R1, member: R1, date: 2024-05-06, frequency: 7, original_reference: X9, lines: [99213]}
      - {id: REF77, pcn: R2, member: R2, date: 2024-05-08, submitted: 2024-06-01, frequency: 7, original_reference: X9, lines: [99213]}
      # Dated before their originals, they still apply to them.
      - {id: EARLY7, pcn: E, member: E, date: 2024-05-06, submitted: 2024-05-07, frequency: 7, lines: [99214]}
      - {id: EARLY1, pcn: E, member: E, date: 2024-05-06, submitted: 2024-05-20, lines: [99213]}
      - {id: BEFORE8, pcn: B, member: B, date: 2024-05-06, submitted: 2024-05-07, frequency: 8, lines: [99213]}
      - {id: BEFORE1, pcn: B, member: B, date: 2024-05-06, submitted: 2024-05-20, lines: [99213]}
    """)
    assert built.final() == {
        "LONE7": "replacement without its original",
        "TWICE77": "replacement without its original",
        "REF77": "replacement without its original",
        "EARLY7": "replacement",
    }
    assert built.set_aside() == {
        "LONE8": ("void without its original", None),
        "TWICE7": ("replaced", "TWICE77"),
        "REF7": ("replaced", "REF77"),
        "EARLY1": ("replaced", "EARLY7"),
        "BEFORE8": ("void", None),
        "BEFORE1": ("voided", "BEFORE8"),
    }


def test_the_payer_claim_number_finds_the_original(build: Build) -> None:
    built = build("""
    claims:
      # The correction changed the account number and the day; only F8 = CLP07 tells. It was corrected once more.
      - {id: O, pcn: OLD, date: 2024-05-06, lines: [99213]}
      - {id: C7, pcn: NEW, date: 2024-05-07, submitted: 2024-06-10, frequency: 7, original_reference: ICN1, lines: [99213]}
      - {id: C77, pcn: NEWER, date: 2024-05-07, submitted: 2024-07-10, frequency: 7, original_reference: ICN2, lines: [99214]}
      # Two claims of one account: the reference, through charge and dates of its remittance, picks the second.
      - {id: A1, pcn: TWO, date: 2024-05-06, lines: [99213]}
      - {id: A2, pcn: TWO, date: 2024-05-08, lines: [99215]}
      - {id: A8, pcn: TWO, date: 2024-05-06, submitted: 2024-06-10, frequency: 8, original_reference: ICN3, lines: [99215]}
    remits:
      - {pcn: OLD, date: 2024-06-01, payer_claim: ICN1, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: NEW, date: 2024-07-01, payer_claim: ICN2, lines: [{code: 99213, date: 2024-05-07}]}
      - {pcn: TWO, date: 2024-06-01, payer_claim: ICN3, lines: [{code: 99215, date: 2024-05-08}]}
    """)
    assert sorted(built.final()) == ["A1", "C77"]
    assert built.set_aside() == {
        "O": ("replaced", "C77"),
        "C7": ("replaced", "C77"),
        "A2": ("voided", "A8"),
        "A8": ("void", None),
    }


@pytest.mark.parametrize("again", ["2024-05-20", "2024-06-10"], ids=["before the first remittance", "after it"])
@pytest.mark.parametrize(
    ("remits", "voids", "allowed"),
    [
        (["paid", "duplicate"], [2], 80),
        (["paid", "duplicate"], [1], None),
        (["paid", "paid more"], [1], 90),
        (["paid", "paid more"], [2], 80),
        (["paid", "paid more"], [1, 2], None),
        (["denied", "paid"], [2], None),
        (["denied", "paid"], [1], 80),
        (["paid", "denied"], [1], None),
        (["paid", "taken back"], [1], None),
        (["paid", "duplicate", "duplicate"], [2, 3], 80),
        (["paid", "duplicate", "duplicate"], [1], None),
        (["paid"], [1], None),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, list) else str(value),
)
def test_a_void_of_one_copy_ends_the_others_unless_one_stands(
    build: Build, remits: list[str], voids: list[int], allowed: int | None, again: str
) -> None:
    """Copies of the same lines, each answered under a number of its own; ``allowed``: of the one that is final, None where none is."""
    cas = {"paid": "CO-45 20.00", "paid more": "CO-45 10.00", "duplicate": "CO-18 100.00", "denied": "CO-50 100.00"}
    cas["taken back"] = cas["paid"]
    claims = [
        f"      - {{id: C{n}, pcn: A, member: M, date: 2024-05-06, submitted: {'2024-05-07' if n == 1 else again}, lines: [99213]}}"
        for n in range(1, max(len(remits), 2) + 1)
    ]
    claims += [
        f"      - {{id: V{n}, pcn: A, member: M, date: 2024-05-06, submitted: 2024-07-01, frequency: 8, original_reference: N{n},"
        " lines: [99213]}"
        for n in voids
    ]
    answers = [
        f"      - {{pcn: A, date: 2024-06-{1 if n == 1 else 20}, payer_claim: N{n}, lines: [{{code: 99213, cas: [{cas[what]}]}}]}}"
        for n, what in enumerate(remits, 1)
    ]
    answers += [
        f"      - {{pcn: A, date: 2024-06-25, status: 22, payer_claim: N{n}, charge: -100, lines: [{{code: 99213, charge: -100,"
        f" cas: [{cas[what].replace(' ', ' -')}]}}]}}"
        for n, what in enumerate(remits, 1)
        if what == "taken back"
    ]
    built = build("\n".join(["    claims:", *claims, "    remits:", *answers]))
    live = built.rows("select o.allowed_amount from claim c left join core.line_outcome o using (claim_key) where is_final")
    assert live == ([] if allowed is None else [(Decimal(allowed),)])
    assert all(reason.startswith("void") for name, (reason, _) in built.set_aside().items() if name[0] == "V")


def test_what_stands_beside_a_voided_copy_is_of_the_same_claim(build: Build) -> None:
    built = build("""
    claims:
      # What is paid under N2 may be the colleague's: same account, day and charge.
      - {id: C1, pcn: A, member: M, date: 2024-05-06, rendering: 1000000001, lines: [99213]}
      - {id: C2, pcn: A, member: M, date: 2024-05-06, submitted: 2024-05-20, rendering: 1000000001, lines: [99213]}
      - {id: C8, pcn: A, member: M, date: 2024-05-06, submitted: 2024-07-01, frequency: 8, original_reference: N1, lines: [99213]}
      - {id: COLLEAGUE, pcn: A, member: M, date: 2024-05-06, rendering: 1000000002, lines: [99213]}
      # The first copy was corrected; the void of the second one leaves the correction.
      - {id: D1, pcn: B, member: B, date: 2024-05-06, lines: [99213]}
      - {id: D2, pcn: B, member: B, date: 2024-05-06, submitted: 2024-05-20, lines: [99213]}
      - {id: D7, pcn: B, member: B, date: 2024-05-06, submitted: 2024-06-10, frequency: 7, original_reference: N3, lines: [99214]}
      - {id: D8, pcn: B, member: B, date: 2024-05-06, submitted: 2024-07-01, frequency: 8, original_reference: N4, lines: [99213]}
    remits:
      - {pcn: A, date: 2024-06-01, payer_claim: N1, lines: [{code: 99213}]}
      - {pcn: A, date: 2024-06-01, payer_claim: N2, lines: [{code: 99213}]}
      - {pcn: B, date: 2024-06-01, payer_claim: N3, lines: [{code: 99213}]}
      - {pcn: B, date: 2024-06-01, payer_claim: N4, lines: [{code: 99213, paid: 0, cas: [CO-18 100.00]}]}
    """)
    assert built.final() == {"COLLEAGUE": "only version", "D7": "replacement"}
    assert built.set_aside()["D2"] == ("voided", "D8")


def test_a_correction_may_mend_the_billing_provider(build: Build) -> None:
    built = build("""
    claims:
      # Account, patient and the payer's number agree; only the billing NPI was wrong. The same where one side does not know the patient.
      - {id: O, pcn: A, member: M, date: 2024-05-06, lines: [99213]}
      - {id: O7, pcn: A, member: M, billing: 1000000005, date: 2024-05-06, submitted: 2024-06-10, frequency: 7, original_reference: ICN1,
           lines: [99213]}
      - {id: U, pcn: B, date: 2024-05-06, lines: [99213]}
      - {id: U8, pcn: B, member: null, billing: 1000000005, date: 2024-05-06, submitted: 2024-06-10, frequency: 8,
           original_reference: ICN2, lines: [99213]}
      # Strangers at another provider who share account and reference: another patient; or an unknown one, and another day or payer.
      - {id: S, pcn: C, date: 2024-05-06, lines: [99213]}
      - {id: S7, pcn: C, billing: 1000000005, date: 2024-05-06, submitted: 2024-06-10, frequency: 7, original_reference: ICN3,
           lines: [99213]}
      - {id: DAY7, pcn: C, member: null, billing: 1000000006, date: 2024-05-07, submitted: 2024-06-10, frequency: 7,
           original_reference: ICN3, lines: [99213]}
      - {id: PAYER7, pcn: C, member: null, billing: 1000000007, payer: OTHER, date: 2024-05-06, submitted: 2024-06-10, frequency: 7,
           original_reference: ICN3, lines: [99213]}
      # Same patient and reference, but another account and provider.
      - {id: ACCOUNT7, member: S, billing: 1000000008, date: 2024-05-06, submitted: 2024-06-10, frequency: 7, original_reference: ICN3,
           lines: [99213]}
      # Two providers under one account and reference: to each its own.
      - {id: P1, pcn: D, member: P, date: 2024-05-06, submitted: 2024-05-07, lines: [99213]}
      - {id: P2, pcn: D, member: P, billing: 1000000005, date: 2024-05-06, submitted: 2024-05-08, lines: [{code: 99213, charge: 90}]}
      - {id: P27, pcn: D, member: P, billing: 1000000005, date: 2024-05-06, submitted: 2024-06-10, frequency: 7, original_reference: ICN4,
           lines: [99213]}
    remits:
      - {pcn: A, date: 2024-06-01, payer_claim: ICN1, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: B, date: 2024-06-01, payer_claim: ICN2, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: C, date: 2024-06-01, payer_claim: ICN3, lines: [{code: 99213}]}
      - {pcn: D, date: 2024-06-01, payer_claim: ICN4, lines: [{code: 99213, date: 2024-05-06}]}
    """)
    assert sorted(built.final()) == ["ACCOUNT7", "DAY7", "O7", "P1", "P27", "PAYER7", "S", "S7"]
    assert built.set_aside() == {"O": ("replaced", "O7"), "U": ("voided", "U8"), "U8": ("void", None), "P2": ("replaced", "P27")}


def test_one_service_of_two_payers_is_one(build: Build) -> None:
    built = build("""
    claims:
      - {id: P, pcn: A, date: 2024-05-06, rendering: 1000000001, lines: [99213, 99497, 99497]}
      - {id: S, pcn: A, member: OTHER, payer: SECOND, sequence: S, date: 2024-05-06, submitted: 2024-07-01, rendering: 1000000001,
           lines: [99213, 99497, 99497, 99498]}
      - {id: T, pcn: A, member: THIRD, payer: THIRD, sequence: T, date: 2024-05-06, submitted: 2024-08-01, rendering: 1000000001,
           lines: [99213]}
      # Another account number at the second payer: found by patient, clinician and day.
      - {id: P2, member: M2, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      - {id: S2, member: M2, payer: SECOND, sequence: S, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      - {id: S2B, member: M2, payer: SECOND, sequence: S, date: 2024-05-06, rendering: 1000000002, lines: [99497]}
      # The primary claim is not in the files.
      - {id: ONLYS, payer: SECOND, sequence: S, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      # Sent to the wrong payer first, as primary both times: the later one stands.
      - {id: WRONG, pcn: W, member: MW, payer: WRONG, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      - {id: RIGHT, pcn: W, member: MW, payer: RIGHT, date: 2024-05-06, submitted: 2024-07-01, rendering: 1000000001, lines: [99497]}
      # The same account number for two patients.
      - {id: PAT1, pcn: SAME, member: X1, payer: ONE, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      - {id: PAT2, pcn: SAME, member: X2, payer: TWO, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      # The primary claim was voided: the copy is all that is left.
      - {id: GONE, pcn: G, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      - {id: GONE8, pcn: G, member: GONE, date: 2024-05-06, submitted: 2024-06-01, frequency: 8, rendering: 1000000001, lines: [99497]}
      - {id: LEFT, pcn: G, member: GONE, payer: SECOND, sequence: S, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
    """)
    assert built.rows("select name, line_number, copy_reason from line where not is_primary_copy and is_final order by 1, 2") == [
        ("S", 1, "copy of a better placed payer's claim: same account"),
        ("S", 2, "copy of a better placed payer's claim: same account"),
        ("S", 3, "copy of a better placed payer's claim: same account"),
        ("S2", 1, "copy of a better placed payer's claim: same patient, clinician and day"),
        ("T", 1, "copy of a better placed payer's claim: same account"),
        ("WRONG", 1, "copy of a better placed payer's claim: same account"),
    ]
    assert built.rows("select name, line_number from line where copy_reason = 'only copy known' order by 1") == [
        ("LEFT", 1),
        ("ONLYS", 1),
        ("S", 4),
        ("S2B", 1),
    ]


def test_clinician_place_and_specialty(build: Build) -> None:
    built = build("""
    claims:
      - {id: LINE, date: 2024-05-06, rendering: 1000000001, taxonomy: 207R00000X, pos: "21", lines: [{code: 99213, rendering: 1000000002,
           taxonomy: 363L00000X, pos: "11"}]}
      - {id: CLAIM, date: 2024-05-06, rendering: 1000000001, taxonomy: 207RH0002X, pos: "21", lines: [99213,
           {code: 99213, rendering: 1000000001}]}
      - {id: BILLING, date: 2024-05-06, billing_taxonomy: 207Q00000X, pos: "10", lines: [99213]}
      - {id: ATTENDING, type: institutional, bill: "812", attending: 1000000003, attending_taxonomy: 2084H0002X, date: 2024-05-06,
           lines: [{code: 99232, revenue: "657"}, {revenue: "0651"}]}
    """)
    query = """
    select name, line_number, clinician_npi, clinician_source, group_specialty, place_of_service_code, is_facility, is_professional_service
    from line order by name desc, line_number
    """
    assert built.rows(query) == [
        ("LINE", 1, "1000000002", "line", "1000000000:50", "11", False, True),
        ("CLAIM", 1, "1000000001", "claim", "1000000000:17", "21", True, True),
        ("CLAIM", 2, "1000000001", "line", "1000000000:17", "21", True, True),
        ("BILLING", 1, "1000000000", "billing", "1000000000:207Q00000X", "10", False, True),
        ("ATTENDING", 1, "1000000003", "attending", "1000000000:17", None, False, True),
        ("ATTENDING", 2, "1000000000", "billing", None, None, False, False),
    ]


def test_patients(build: Build) -> None:
    built = build("""
    claims:
      - {id: RECORD, member: M1, mrn: R1, age: 80, date: 2024-05-06, lines: [99213]}
      - {id: MEMBER, member: M1, age: 80, date: 2024-05-07, lines: [99213]}
      - {id: OTHERPLAN, member: M9, mrn: R1, age: 80, date: 2024-05-08, lines: [99213]}
      - {id: TWO1, member: M2, mrn: R2, date: 2024-05-06, lines: [99213]}
      - {id: TWO2, member: M2, mrn: R3, date: 2024-05-06, lines: [99213]}
      - {id: TWO, member: M2, date: 2024-05-06, lines: [99213]}
      - {id: NONE, member: null, date: 2024-05-06, lines: [99213]}
    """)
    groups = built.rows("select string_agg(name, ' ' order by name), min(patient_basis) from claim group by patient_key order by 1")
    # M2 goes with two record numbers: a claim without one is neither's.
    assert groups == [("MEMBER OTHERPLAN RECORD", "mrn"), ("NONE", "account"), ("TWO", "member"), ("TWO1", "mrn"), ("TWO2", "mrn")]
    assert built.rows("select age_band, claim_count from core.patient where claim_count = 3") == [("75-84", 3)]


def test_a_placeholder_for_the_record_number_names_no_patient(build: Build) -> None:
    """UNKNOWN is beyond what one patient has of plans and typing errors (more than ten members), SHARED just not."""
    claims = [
        f"      - {{id: {record[0]}{n}, member: {record}{n}, mrn: {record}, date: 2024-05-06, rendering: 1000000001, lines: [99497]}}"
        for record, members in (("UNKNOWN", 11), ("SHARED", 10))
        for n in range(members)
    ]
    claims.append("""
      # The same member goes on, and a record number of their own takes the others of that member along.
      - {id: U0B, member: UNKNOWN0, date: 2024-05-07, rendering: 1000000001, lines: [99497]}
      - {id: U1B, member: UNKNOWN1, mrn: OWN, date: 2024-05-07, rendering: 1000000001, lines: [99497]}
      # One account of two strangers; a correction, and a second payer, that say UNKNOWN where the first says what it is.
      - {id: PAT1, pcn: SAME, member: X1, mrn: UNKNOWN, date: 2024-05-06, lines: [99213]}
      - {id: PAT2, pcn: SAME, member: X2, mrn: UNKNOWN, date: 2024-05-06, submitted: 2024-06-01, frequency: 7, lines: [99213]}
      - {id: FIRST, pcn: COB, member: Y1, mrn: REAL, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      - {id: SECOND, pcn: COB, member: Y2, mrn: UNKNOWN, payer: SECOND, sequence: S, date: 2024-05-06, rendering: 1000000001,
           lines: [99497]}
    """)
    # By account UNKNOWN is no other patient's number; without one it is nobody's. NONE, which no claim has, is told by its accounts.
    notes = [f"      - {{id: N{n}, pcn: U{n}, mrn: NONE, date: 2024-05-06, npi: 1000000001, minutes: 20}}" for n in range(11)]
    notes.append("""
      - {id: D1, pcn: COB, mrn: UNKNOWN, date: 2024-05-06, npi: 1000000001, minutes: 20}
      - {id: D2, mrn: UNKNOWN, date: 2024-05-06, npi: 1000000001, minutes: 20}
    """)
    built = build("\n".join(["    claims:", *claims, "    documentation:", *notes]))
    groups = built.rows(
        "select string_agg(name, ' ' order by name), min(patient_basis) from claim where name[1] in ('U', 'S') group by patient_key"
    )
    strangers = [(f"U{n}", "member") for n in range(2, 11)]
    shared = " ".join(f"S{n}" for n in range(10))
    assert sorted(groups) == sorted([("U0 U0B", "member"), ("U1 U1B", "mrn"), *strangers, (shared, "mrn"), ("SECOND", "member")])
    assert built.final() | {"PAT1": "only version", "PAT2": "replacement without its original"} == built.final()
    assert built.rows("select name from line where not is_primary_copy") == [("SECOND",)]
    assert dict(built.rows("select documentation_id, join_status from core.acp_session")) == {
        "D1": "joined",
        "D2": "patient not known to the claims",
        **{f"N{n}": "joined" for n in range(11)},
    }
