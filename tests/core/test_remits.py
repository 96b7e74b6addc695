"""Remittances: links of claims and lines, adjudications in time, reversals, denials, and what is allowed and expected."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tests.core.conftest import Built

Build = Callable[[str], Built]

LINKS = """
select c.name, k.line_number, k.remit_line_number, k.method, k.confidence
from core.remit_link k join claim c using (claim_key) where k.remit_key is not null order by all
"""


def test_line_links_best_method_first(build: Build) -> None:
    built = build("""
    claims:
      - {id: NUMBER, date: 2024-05-06, lines: [{code: 99213, control: X1}, {code: 99213, control: X2}]}
      - {id: REPEATED, date: 2024-05-06, lines: [{code: 99213, control: X}, {code: 99214, control: X}]}
      - {id: LX, date: 2024-05-06, lines: [99213, 99214]}
      - {id: CONTENT, date: 2024-05-06, lines: [{code: 99213, charge: 10}, {code: 99213, charge: 20, modifiers: ["25"]},
           {code: 99213, charge: 20}]}
      - {id: RECODED, date: 2024-05-06, lines: [{code: 99213, modifiers: ["25"]}]}
      - {id: UNITS, date: 2024-05-06, lines: [{code: 99498, units: 3}]}
      - {id: NODAY, date: 2024-05-06, through: 2024-05-08, lines: [{code: 99213, date: 2024-05-08}]}
      - {id: SPLIT, date: 2024-05-06, lines: [{code: 99498, units: 2}]}
      - {id: WHOLE, date: 2024-05-06, lines: [99213, 99214]}
    remits:
      - {pcn: NUMBER, date: 2024-06-01, lines: [{code: 99213, control: X2}, {code: 99213, control: X1}]}
      - {pcn: REPEATED, date: 2024-06-01, lines: [{code: 99214, control: X}, {code: 99213, control: X}]}
      - {pcn: LX, date: 2024-06-01, lines: [{code: 99214, control: "2"}]}
      - {pcn: CONTENT, date: 2024-06-01, lines: [{code: 99213, charge: 20}, {code: 99213, charge: 20, modifiers: ["25"]},
           {code: 99213, charge: 10}]}
      - {pcn: RECODED, date: 2024-06-01, lines: [{code: 99212, original_code: 99213, original_modifiers: ["25"]}]}
      - {pcn: UNITS, date: 2024-06-01, lines: [{code: 99498, units: 1, charge: 300}]}
      - {pcn: NODAY, date: 2024-06-01, lines: [{code: 99213, charge: 100}]}
      - {pcn: SPLIT, date: 2024-06-01, lines: [{code: 99498, units: 1}, {code: 99498, units: 1}]}
      - {pcn: WHOLE, date: 2024-06-01, charge: 200, paid: 0, cas: [CO-29 200.00]}
    """)
    assert built.rows(LINKS) == [
        ("CONTENT", 1, 3, "procedure, modifiers, date, charge and units", "high"),
        ("CONTENT", 2, 2, "procedure, modifiers, date, charge and units", "high"),
        ("CONTENT", 3, 1, "procedure, modifiers, date, charge and units", "high"),
        ("LX", 2, 1, "line control number", "high"),
        ("NODAY", 1, 1, "procedure and charge", "low"),
        ("NUMBER", 1, 2, "line control number", "high"),
        ("NUMBER", 2, 1, "line control number", "high"),
        ("RECODED", 1, 1, "procedure, modifiers, date, charge and units", "high"),
        ("REPEATED", 1, 2, "procedure, modifiers, date, charge and units", "high"),
        ("REPEATED", 2, 1, "procedure, modifiers, date, charge and units", "high"),
        ("SPLIT", 1, 1, "procedure and date", "medium"),
        ("SPLIT", 1, 2, "procedure and date of a line already linked", "low"),
        ("UNITS", 1, 1, "procedure, date and charge", "medium"),
        ("WHOLE", 1, None, "claim without lines on the remittance", "low"),
        ("WHOLE", 2, None, "claim without lines on the remittance", "low"),
    ]
    assert built.rows("select name, k.line_number, reason from core.remit_link k join claim using (claim_key) where remit_key is null") == [
        ("LX", 1, "the claim's remittances hold no such line")
    ]
    assert built.rows("select allowed_amount, is_denied from core.line_outcome o join claim using (claim_key) where name = 'WHOLE'") == [
        (Decimal("0.00"), True),
        (Decimal("0.00"), True),
    ]


def test_the_remittance_goes_to_the_version_it_answers(build: Build) -> None:
    built = build("""
    claims:
      - {id: O, pcn: A, date: 2024-05-06, submitted: 2024-05-07, lines: [99213]}
      - {id: R, pcn: A, date: 2024-05-06, submitted: 2024-06-10, frequency: 7, original_reference: ICN1, lines: [99213]}
      # A remittance later than both versions, told by its frequency, or by its charge.
      - {id: F1, pcn: F, date: 2024-05-06, submitted: 2024-05-07, lines: [99213]}
      - {id: F7, pcn: F, date: 2024-05-06, submitted: 2024-05-08, frequency: 7, lines: [99213]}
      - {id: C1, pcn: C, date: 2024-05-06, submitted: 2024-05-07, lines: [{code: 99213, charge: 90}]}
      - {id: C7, pcn: C, date: 2024-05-06, submitted: 2024-05-08, frequency: 7, lines: [{code: 99213, charge: 80}]}
      # Two payers: the sequence tells where the payer ids do not.
      - {id: P, pcn: COB, payer: ALPHA, date: 2024-05-06, lines: [99213]}
      - {id: S, pcn: COB, payer: BETA, sequence: S, date: 2024-05-06, lines: [99213]}
      # One account number on two days.
      - {id: D1, pcn: D, date: 2024-05-06, lines: [99213]}
      - {id: D2, pcn: D, date: 2024-05-09, lines: [99213]}
    remits:
      - {pcn: A, date: 2024-06-01, payer_claim: ICN1, lines: [{code: 99213, paid: 0, cas: [CO-16 100.00]}]}
      - {pcn: A, date: 2024-07-01, payer_claim: ICN2, lines: [{code: 99213, paid: 70, cas: [CO-45 30.00]}]}
      - {pcn: A, date: 2024-08-01, status: 22, payer_claim: ICN1, charge: -100, lines: [{code: 99213, charge: -100, paid: 0,
           cas: [CO-16 -100.00]}]}
      - {pcn: F, date: 2024-07-01, frequency: 1, lines: [{code: 99213}]}
      - {pcn: C, date: 2024-07-01, lines: [{code: 99213, charge: 90}]}
      - {pcn: COB, date: 2024-07-01, status: 2, payer: UNKNOWN, lines: [{code: 99213}]}
      - {pcn: D, date: 2024-07-01, from: 2024-05-09, through: 2024-05-09, lines: [{code: 99213}]}
      - {pcn: D, date: 2024-07-01, from: 2024-01-01, through: 2024-01-01, lines: [{code: 99213}]}
      - {pcn: Q, date: 2024-07-01, lines: [{code: 99213}]}
    """)
    query = """
    select r.patient_control_number, r.remit_date::varchar, c.name, r.reason
    from core.remit_claim r left join claim c using (claim_key) order by r.file_key
    """
    assert built.rows(query) == [
        ("A", "2024-06-01", "O", None),
        ("A", "2024-07-01", "R", None),
        ("A", "2024-08-01", "O", None),
        ("F", "2024-07-01", "F1", None),
        ("C", "2024-07-01", "C1", None),
        ("COB", "2024-07-01", "S", None),
        ("D", "2024-07-01", "D2", None),
        ("D", "2024-07-01", None, "claims with this patient control number differ in dates, or agree in nothing else"),
        ("Q", "2024-07-01", None, "no claim with this patient control number"),
    ]


def test_frequency_1_on_the_remittance_of_a_replacement_is_an_echo(build: Build) -> None:
    built = build("""
    claims:
      # Paid, replaced at the same charge, taken back and paid again under a new number.
      - {id: O, pcn: A, member: A, date: 2024-05-06, lines: [99213]}
      - {id: R, pcn: A, member: A, date: 2024-05-06, submitted: 2024-06-10, frequency: 7, original_reference: A1, lines: [99213]}
      # The payer corrects its own first answer: the same number again, or a new one before the replacement was sent.
      - {id: SAME, pcn: B, member: B, date: 2024-05-06, lines: [99213]}
      - {id: SAME7, pcn: B, member: B, date: 2024-05-06, submitted: 2024-06-10, frequency: 7, original_reference: B1, lines: [99213]}
      - {id: EARLY, pcn: C, member: C, date: 2024-05-06, lines: [99213]}
      - {id: EARLY7, pcn: C, member: C, date: 2024-05-06, submitted: 2024-06-10, frequency: 7, original_reference: C2, lines: [99213]}
      # The first number after both were sent is the original's, whose visit of another day has answers of its own.
      - {id: FIRST, pcn: D, member: D, date: 2024-05-06, lines: [99213]}
      - {id: FIRST7, pcn: D, member: D, date: 2024-05-06, submitted: 2024-05-20, frequency: 7, lines: [99213]}
      - {id: DAY, pcn: D, member: D, date: 2024-05-08, lines: [99213]}
      # Two originals of one account, day and charge: the third number is the replacement's.
      - {id: X, pcn: E, member: E, date: 2024-05-06, rendering: 1000000001, lines: [99213]}
      - {id: Y, pcn: E, member: E, date: 2024-05-06, rendering: 1000000002, lines: [99213]}
      - {id: Y7, pcn: E, member: E, date: 2024-05-06, submitted: 2024-05-20, frequency: 7, rendering: 1000000002, lines: [99213]}
    remits:
      - {pcn: A, date: 2024-06-01, frequency: 1, payer_claim: A1, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: A, date: 2024-07-01, frequency: 1, status: 22, payer_claim: A1, charge: -100, lines: [{code: 99213, charge: -100,
           date: 2024-05-06}]}
      - {pcn: A, date: 2024-07-01, frequency: 1, payer_claim: A2, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: B, date: 2024-06-01, frequency: 1, payer_claim: B1, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: B, date: 2024-07-01, frequency: 1, payer_claim: B1, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: C, date: 2024-06-01, frequency: 1, payer_claim: C1, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: C, date: 2024-06-05, frequency: 1, payer_claim: C2, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: D, date: 2024-06-01, frequency: 1, payer_claim: D1, lines: [{code: 99213, date: 2024-05-08}]}
      - {pcn: D, date: 2024-06-02, frequency: 1, payer_claim: D2, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: D, date: 2024-06-03, frequency: 1, payer_claim: D3, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: E, date: 2024-06-01, frequency: 1, payer_claim: E1, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: E, date: 2024-06-02, frequency: 1, payer_claim: E2, lines: [{code: 99213, date: 2024-05-06}]}
      - {pcn: E, date: 2024-06-03, frequency: 1, payer_claim: E3, lines: [{code: 99213, date: 2024-05-06}]}
    """)
    linked = built.rows(
        "select payer_claim_control_number, status_code, name from core.remit_claim join claim using (claim_key) order by all"
    )
    assert linked == [
        ("A1", "1", "O"),
        ("A1", "22", "O"),
        ("A2", "1", "R"),
        ("B1", "1", "SAME"),
        ("B1", "1", "SAME"),
        ("C1", "1", "EARLY"),
        ("C2", "1", "EARLY"),
        ("D1", "1", "DAY"),
        ("D2", "1", "FIRST"),
        ("D3", "1", "FIRST7"),
        ("E1", "1", "Y"),
        ("E2", "1", "Y"),
        ("E3", "1", "Y7"),
    ]


def test_adjudications_are_netted_and_denials_judged(build: Build) -> None:
    built = build("""
    claims:
      - {id: CORRECTED, date: 2024-05-06, lines: [99213]}
      - {id: REVERSED, date: 2024-05-06, lines: [99213]}
      - {id: ORIGINALGONE, date: 2024-05-06, lines: [99213]}
      - {id: OVERTURNED, date: 2024-05-06, lines: [99213]}
      - {id: DENIED, date: 2024-05-06, lines: [99213]}
      - {id: PATIENT, date: 2024-05-06, lines: [99213]}
      - {id: CAPITATED, date: 2024-05-06, lines: [99213]}
      - {id: DUPLICATE, date: 2024-05-06, lines: [99213]}
      - {id: NOCHARGE, date: 2024-05-06, lines: [{code: 99213, charge: 0.01}]}
      - {id: CROSSOVER, date: 2024-05-06, lines: [99213]}
      - {id: ALLOWED, date: 2024-05-06, lines: [99213]}
      - {id: FORWARDED, date: 2024-05-06, lines: [99213]}
    remits:
      - {pcn: CORRECTED, date: 2024-06-01, payer_claim: I1, lines: [{code: 99213, cas: [CO-45 20.00, PR-2 16.00]}]}
      - {pcn: CORRECTED, date: 2024-07-01, status: 22, payer_claim: I1, charge: -100, lines: [{code: 99213, charge: -100,
           cas: [CO-45 -20.00, PR-2 -16.00]}]}
      - {pcn: CORRECTED, date: 2024-07-01, time: "1300", payer_claim: I2, lines: [{code: 99213, cas: [CO-45 40.00, PR-2 12.00]}]}
      - {pcn: REVERSED, date: 2024-06-01, payer_claim: I3, lines: [{code: 99213, allowed: 80, cas: [CO-45 20.00]}]}
      - {pcn: REVERSED, date: 2024-07-01, status: 22, payer_claim: I3, charge: -100, lines: [{code: 99213, charge: -100, allowed: 80,
           cas: [CO-45 -20.00]}]}
      - {pcn: ORIGINALGONE, date: 2024-07-01, status: 22, charge: -100, lines: [{code: 99213, charge: -100, cas: [CO-45 -20.00]}]}
      - {pcn: ORIGINALGONE, date: 2024-07-02, lines: [{code: 99213, cas: [CO-45 25.00]}]}
      - {pcn: OVERTURNED, date: 2024-06-01, lines: [{code: 99213, paid: 0, cas: [CO-16 100.00]}]}
      - {pcn: OVERTURNED, date: 2024-07-01, lines: [{code: 99213, cas: [CO-45 30.00]}]}
      # A full denial that says status 1, with what would have been allowed.
      - {pcn: DENIED, date: 2024-06-01, status: 1, lines: [{code: 99213, paid: 0, allowed: 80, cas: [CO-45 20.00, CO-50 80.00]}]}
      - {pcn: PATIENT, date: 2024-06-01, lines: [{code: 99213, paid: 0, cas: [CO-45 20.00, PR-1 80.00]}]}
      - {pcn: CAPITATED, date: 2024-06-01, lines: [{code: 99213, paid: 0, cas: [CO-24 100.00]}]}
      - {pcn: DUPLICATE, date: 2024-06-01, lines: [{code: 99213, paid: 0, cas: [CO-18 100.00]}]}
      - {pcn: NOCHARGE, date: 2024-06-01, lines: [{code: 99213, charge: 0.01, paid: 0, cas: [CO-97 0.01]}]}
      - {pcn: CROSSOVER, date: 2024-06-01, lines: [{code: 99213, cas: [CO-45 20.00, PR-2 16.00]}]}
      - {pcn: CROSSOVER, date: 2024-06-15, status: 2, payer: MEDIGAP, lines: [{code: 99213, paid: 16, cas: [OA-23 84.00]}]}
      - {pcn: CROSSOVER, date: 2024-06-20, status: 22, payer: MEDIGAP, charge: -100, lines: [{code: 99213, charge: -100, paid: -16,
           cas: [OA-23 -84.00]}]}
      - {pcn: ALLOWED, date: 2024-06-01, lines: [{code: 99213, paid: 60, allowed: 82, cas: [CO-45 18.00, PR-2 16.00, CO-253 6.00]}]}
      - {pcn: FORWARDED, date: 2024-06-01, status: 23, lines: [{code: 99213, paid: 0, cas: [OA-109 100.00]}]}
    """)
    query = """
    select name, allowed_amount, paid_amount, is_first_denied, is_denied, is_overturned, o.adjudication_count
    from core.line_outcome o join claim using (claim_key) order by name
    """
    d = Decimal
    assert built.rows(query) == [
        ("ALLOWED", d("82.00"), d("60.00"), False, False, False, 1),
        ("CAPITATED", d("0.00"), d("0.00"), False, False, False, 1),
        ("CORRECTED", d("60.00"), d("48.00"), False, False, False, 3),
        ("CROSSOVER", d("80.00"), d("64.00"), False, False, False, 1),
        ("DENIED", d("0.00"), d("0.00"), True, True, False, 1),
        ("DUPLICATE", d("0.00"), d("0.00"), False, False, False, 1),
        ("NOCHARGE", d("0.00"), d("0.00"), False, False, False, 1),
        ("ORIGINALGONE", d("75.00"), d("75.00"), False, False, False, 2),
        ("OVERTURNED", d("70.00"), d("70.00"), True, False, True, 2),
        ("PATIENT", d("80.00"), d("0.00"), False, False, False, 1),
        ("REVERSED", d("0.00"), d("0.00"), False, False, False, 2),
    ]
    assert built.rows("select name from core.adjudication join claim using (claim_key) where is_duplicate_denial") == [("DUPLICATE",)]
    assert built.rows(
        "select denial_reason_code from core.adjudication join claim using (claim_key) where is_denied and name = 'DENIED'"
    ) == [("50",)]
    order = """
    select status_code, allowed_amount from core.adjudication join claim using (claim_key)
    where name = 'CORRECTED' order by adjudication_number
    """
    assert built.rows(order) == [("1", d("80.00")), ("22", d("-80.00")), ("1", d("60.00"))]


def test_hospice_spans(build: Build) -> None:
    built = build("""
    claims:
      - {id: NOE, member: M, type: institutional, bill: "81A", admission: 2024-01-10, date: 2024-01-10, lines: []}
      - {id: JAN, member: M, type: institutional, bill: "812", admission: 2024-01-10, patient_status: "30", date: 2024-01-10,
           through: 2024-01-31, lines: [{revenue: "0651"}]}
      - {id: FEB, member: M, type: institutional, bill: "814", admission: 2024-01-10, patient_status: "01", date: 2024-02-01,
           through: 2024-02-12, lines: [{revenue: "0651"}]}
      - {id: AGAIN, member: M, type: institutional, bill: "81A", admission: 2024-03-01, date: 2024-03-01, lines: []}
      # Cancelled: no span. Cancelled and sent again, or with care given: hospice.
      - {id: WRONG, member: X, type: institutional, bill: "81A", admission: 2024-01-10, date: 2024-01-10, lines: []}
      - {id: CANCEL, member: X, type: institutional, bill: "81D", admission: 2024-01-10, date: 2024-01-10, submitted: 2024-02-01, lines: []}
      - {id: ANEW, member: Y, type: institutional, bill: "81A", admission: 2024-01-10, date: 2024-01-10, lines: []}
      - {id: ANEWD, member: Y, type: institutional, bill: "81D", admission: 2024-01-10, date: 2024-01-10, submitted: 2024-02-01, lines: []}
      - {id: ANEWA, member: Y, type: institutional, bill: "81A", admission: 2024-01-10, date: 2024-01-10, submitted: 2024-02-02, lines: []}
      - {id: CARE, member: Z, type: institutional, bill: "82A", admission: 2024-01-10, date: 2024-01-10, lines: []}
      - {id: CARED, member: Z, type: institutional, bill: "82D", admission: 2024-01-10, date: 2024-01-10, submitted: 2024-02-01, lines: []}
      - {id: CAREGIVEN, member: Z, type: institutional, bill: "822", admission: 2024-01-10, date: 2024-01-10, through: 2024-01-31,
           lines: [{revenue: "0651"}]}
      - {id: OLD, member: V, type: institutional, bill: "812", admission: 2024-01-10, date: 2024-01-10, through: 2024-01-31,
           lines: [{revenue: "0651"}]}
      - {id: VOID, pcn: OLD, member: V, type: institutional, bill: "818", admission: 2024-01-10, date: 2024-01-10, through: 2024-01-31,
           submitted: 2024-03-01, lines: [{revenue: "0651"}]}
      - {id: REVENUE, member: R, type: institutional, bill: "111", date: 2024-01-10, through: 2024-01-12, lines: [{revenue: "656"}]}
      - {id: CERTIFIED, member: C, type: institutional, bill: "111", date: 2024-01-10, through: 2024-01-12, occurrences: {27: 2024-01-10},
           lines: [{revenue: "0120"}]}
      - {id: NEITHER, member: N, type: institutional, bill: "111", date: 2024-01-10, through: 2024-01-12, occurrences: {11: 2024-01-10},
           lines: [{revenue: "0120"}]}
    """)
    query = """
    select (select min(name) from claim where patient_key = s.patient_key), start_date::varchar, end_date::varchar, has_end, evidence
    from core.hospice_span s order by 1, 2
    """
    assert built.rows(query) == [
        ("AGAIN", "2024-01-10", "2024-02-12", True, "hospice claim; hospice claim, discharged; notice of election"),
        ("AGAIN", "2024-03-01", "2024-03-01", False, "notice of election"),
        ("ANEW", "2024-01-10", "2024-01-10", False, "notice of election"),
        ("CARE", "2024-01-10", "2024-01-31", False, "hospice claim"),
        ("CERTIFIED", "2024-01-10", "2024-01-12", False, "certification"),
        ("REVENUE", "2024-01-10", "2024-01-12", False, "hospice revenue 0656"),
    ]


def test_the_time_bands(build: Build) -> None:
    minutes = (None, 0, 15, 16, 45, 46, 75, 76, 105, 106)
    stories = [f"      - {{id: M{m}, date: 2024-05-06, rendering: 1000000001, lines: [99497]}}" for m in minutes]
    notes = [f"      - {{id: D{m}, pcn: M{m}, date: 2024-05-06, npi: 1000000001, minutes: {'null' if m is None else m}}}" for m in minutes]
    built = build("\n".join(["    claims:", *stories, "    documentation:", *notes]))
    query = "select acp_minutes, supported_addon_units from core.acp_day order by acp_minutes nulls first"
    assert built.rows(query) == [(None, None), (0, 0), (15, 0), (16, 0), (45, 0), (46, 1), (75, 1), (76, 2), (105, 2), (106, 3)]


def test_a_documentation_row_repeated_in_another_file_counts_once(build: Build) -> None:
    built = build("""
    claims: [{id: A, date: 2024-05-06, rendering: 1000000001, lines: [99497]}]
    documentation:
      - {id: D1, pcn: A, date: 2024-05-06, npi: 1000000001, minutes: 20}
      - {id: D1, pcn: A, date: 2024-05-06, npi: 1000000001}
    """)
    assert built.rows("select acp_minutes, session_count from core.acp_day") == [(20, 1)]
    assert built.rows("select minutes, join_status from core.acp_session order by 1") == [
        (20, "joined"),
        (None, "repeated in another file"),
    ]
