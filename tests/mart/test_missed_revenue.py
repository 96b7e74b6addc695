"""Missed revenue and exposure: tiers, kinds, recovery, source rows; every dollar once, and the sums those of the findings."""

from __future__ import annotations

from collections.abc import Callable

from tests.mart.conftest import Mart

Build = Callable[[str], Mart]

# 2024 from March 9: 99497 81.89, 99498 70.90 outside a facility. The contract makes all amounts stated ones.
CONTRACT = """
contract_rate:
  - {payer_id: PAYER, procedure_code: "99497", non_facility_amount: 90}
  - {payer_id: PAYER, procedure_code: "99498", non_facility_amount: 75}
  - {payer_id: PAYER, procedure_code: "99213", non_facility_amount: 100}
"""

DENIALS = (
    CONTRACT
    + """
claims:
  - {id: OPEN, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
  - {id: WON, date: 2024-05-07, rendering: 1000000001, lines: [99497]}
  - {id: VISIT, date: 2024-05-08, rendering: 1000000001, lines: [99213]}
  - {id: AGAIN, date: 2024-05-09, submitted: 2024-05-10, rendering: 1000000001, lines: [99497]}
  - {id: AGAIN2, pcn: AGAIN, member: AGAIN, date: 2024-05-09, submitted: 2024-07-10, rendering: 1000000001, lines: [99497]}
  - {id: O1, pcn: FIXED, member: F, date: 2024-05-10, rendering: 1000000001, lines: [99213, 99497]}
  - {id: R1, pcn: FIXED, member: F, date: 2024-05-10, submitted: 2024-07-10, frequency: 7, original_reference: I1, rendering: 1000000001,
       lines: [99497, {code: 99213, modifiers: ["25"]}]}
  - {id: O2, pcn: SENT, member: S, date: 2024-05-13, rendering: 1000000001, lines: [99497, 99498]}
  - {id: R2, pcn: SENT, member: S, date: 2024-05-13, submitted: 2024-07-10, frequency: 7, original_reference: I2, rendering: 1000000001,
       lines: [99497]}
  - {id: O3, pcn: TWICE, member: T, date: 2024-05-14, rendering: 1000000001, lines: [99497]}
  - {id: R3, pcn: TWICE, member: T, date: 2024-05-14, submitted: 2024-07-10, frequency: 7, original_reference: I3, rendering: 1000000001,
       lines: [99497]}
  - {id: O4, pcn: EARLY, member: E, date: 2024-05-15, submitted: 2024-05-16, rendering: 1000000001, lines: [99497]}
  - {id: R4, pcn: EARLY, member: E, date: 2024-05-15, submitted: 2024-05-20, frequency: 7, original_reference: I4, rendering: 1000000001,
       lines: [99497]}
remits:
  - {pcn: OPEN, date: 2024-06-01, lines: [{code: 99497, paid: 0, cas: [CO-97 100.00]}]}
  - {pcn: WON, date: 2024-06-01, payer_claim: W, lines: [{code: 99497, paid: 0, cas: [CO-97 100.00]}]}
  - {pcn: WON, date: 2024-08-01, payer_claim: W, status: 22, charge: -100, lines: [{code: 99497, charge: -100, paid: 0,
       cas: [CO-97 -100.00]}]}
  - {pcn: WON, date: 2024-08-02, payer_claim: W, lines: [{code: 99497, cas: [CO-45 10.00, PR-2 18.00]}]}
  - {pcn: VISIT, date: 2024-06-01, payer_claim: V, lines: [{code: 99213, paid: 0, cas: [CO-16 100.00]}]}
  - {pcn: VISIT, date: 2024-06-20, payer_claim: V, lines: [{code: 99213, cas: [PR-1 100.00]}]}
  - {pcn: AGAIN, date: 2024-06-01, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]}]}
  - {pcn: FIXED, date: 2024-06-01, payer_claim: I1, lines: [{code: 99213, paid: 0, cas: [CO-97 100.00]}, {code: 99497, allowed: 90}]}
  - {pcn: FIXED, date: 2024-08-01, payer_claim: I9, frequency: 7, lines: [{code: 99497, allowed: 90},
       {code: 99213, modifiers: ["25"], cas: [CO-45 0.50]}]}
  - {pcn: SENT, date: 2024-06-01, payer_claim: I2, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]},
       {code: 99498, paid: 0, cas: [CO-16 100.00]}]}
  - {pcn: TWICE, date: 2024-06-01, payer_claim: I3, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]}]}
  - {pcn: TWICE, date: 2024-08-01, payer_claim: I8, frequency: 7, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]}]}
  - {pcn: EARLY, date: 2024-06-01, payer_claim: I4, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]}]}
  - {pcn: EARLY, date: 2024-06-02, payer_claim: I7, frequency: 7, lines: [{code: 99497, allowed: 90}]}
"""
)

ROWS = """
select patient_control_number, line_number, check_id, tier, kind, recovery_status, recoverable_amount, recovered_amount,
  denied_date, corrected_claim_date, recovered_date, is_counted
from mart.missed_revenue order by all
"""


def test_denials_are_followed_to_their_payment(mart: Build) -> None:
    assert mart(DENIALS).rows(ROWS) == [
        ("AGAIN", 1, "DEN-01", "A", "denied", "corrected claim seen", "90.00", "0.00", "2024-06-01", "2024-07-10", None, True),
        # Replaced after the denial: the visit was paid as line 2 of the replacement; no check flags it any more.
        ("FIXED", 1, None, "A", "denied", "paid", "0.00", "99.50", "2024-06-01", "2024-07-10", "2024-08-01", True),
        ("OPEN", 1, "DEN-01", "A", "denied", "found", "90.00", "0.00", "2024-06-01", None, None, True),
        ("OPEN", 1, "DEN-02", "A", "denied", "found", "90.00", "0.00", "2024-06-01", None, None, False),
        # The replacement waits for its answer, and has no 99498 any more.
        ("SENT", 1, None, "A", "denied", "corrected claim seen", "90.00", "0.00", "2024-06-01", "2024-07-10", None, True),
        ("SENT", 2, None, "A", "denied", "corrected claim seen", "0.00", "0.00", "2024-06-01", "2024-07-10", None, True),
        # Denied again: the replacement's own denial carries the dollars, the first has no row.
        ("TWICE", 1, "DEN-01", "A", "denied", "found", "90.00", "0.00", "2024-08-01", None, None, True),
        ("TWICE", 1, "DEN-02", "A", "denied", "found", "90.00", "0.00", "2024-08-01", None, None, False),
        # Within 60 days, so never a finding; the patient's share is paid, too.
        ("VISIT", 1, None, "A", "denied", "paid", "0.00", "100.00", "2024-06-01", None, "2024-06-20", True),
        ("WON", 1, "DEN-01", "A", "denied", "paid", "0.00", "90.00", "2024-06-01", None, "2024-08-02", True),
        ("WON", 1, "DEN-02", "A", "denied", "paid", "0.00", "90.00", "2024-06-01", None, "2024-08-02", False),
        # EARLY was replaced before the denial came: no work on it, no row.
    ]


def test_open_dollars_are_those_of_the_findings_and_of_what_waits_for_an_answer(mart: Build) -> None:
    built = mart(DENIALS)
    by_check = built.rows("select sum(counted_recoverable_amount) from audit.check_result where direction = 'under'")
    assert (
        built.rows("select sum(recoverable_amount) from mart.missed_revenue where is_counted and is_finding") == by_check == [("270.00",)]
    )
    assert built.rows("select sum(recoverable_amount) from mart.missed_revenue where is_counted and not is_finding") == [("90.00",)]


def test_each_row_names_its_method_and_its_source(mart: Build) -> None:
    built = mart(DENIALS)
    named = built.rows(
        "select distinct amount_method, expected_amount, expected_n, expected_low_amount, source_file is not null,"
        " segment_number is not null, remit_file, remit_transaction_set from mart.missed_revenue where patient_control_number = 'OPEN'"
    )
    assert named == [("expected: contract", "90.00", None, None, True, True, "scenario-1001", 1)]
    # 365 days from 2024-05-06 and 2024-05-13, on 2024-12-31.
    left = "select distinct patient_control_number, days_left_to_file from mart.missed_revenue where recovery_status <> 'paid' order by all"
    assert built.rows(left) == [("AGAIN", 129), ("OPEN", 126), ("SENT", 133), ("TWICE", 134)]


ALL_TIERS = (
    CONTRACT
    + """
claims:
  # Denied, and the minutes support an add-on that was not billed: dollars of two kinds on one line.
  - {id: BOTH, date: 2024-05-06, rendering: 1000000001, taxonomy: 207R00000X, lines: [99497]}
  # Paid short of the contract, with a patient share that modifier 33 would have waived.
  - {id: SHORT, date: 2024-05-07, rendering: 1000000001, taxonomy: 207R00000X, lines: [G0439, 99497]}
  # Denied at first, then paid short.
  - {id: LESS, date: 2024-05-08, rendering: 1000000001, taxonomy: 207R00000X, lines: [99497]}
  # Short at first, in full after a reversal.
  - {id: FULL, date: 2024-05-09, rendering: 1000000001, taxonomy: 207R00000X, lines: [99497]}
  - {id: DAY, date: 2024-05-10, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}
remits:
  - {pcn: BOTH, date: 2024-06-01, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]}]}
  - {pcn: SHORT, date: 2024-06-01, lines: [{code: G0439}, {code: 99497, cas: [CO-45 20.00, PR-2 16.00]}]}
  - {pcn: LESS, date: 2024-06-01, payer_claim: L, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]}]}
  - {pcn: LESS, date: 2024-06-20, payer_claim: L, lines: [{code: 99497, cas: [CO-45 40.00]}]}
  - {pcn: FULL, date: 2024-06-01, payer_claim: X, lines: [{code: 99497, cas: [CO-45 50.00]}]}
  - {pcn: FULL, date: 2024-07-01, payer_claim: X, status: 22, charge: -100, lines: [{code: 99497, charge: -100,
       cas: [CO-45 -50.00]}]}
  - {pcn: FULL, date: 2024-07-01, time: "1300", payer_claim: X, lines: [{code: 99497, cas: [CO-45 10.00]}]}
documentation:
  - {id: D1, pcn: BOTH, date: 2024-05-06, npi: 1000000001, minutes: 50}
  - {id: D2, pcn: SHORT, date: 2024-05-07, npi: 1000000001, minutes: 20}
  - {id: D3, pcn: LESS, date: 2024-05-08, npi: 1000000001, minutes: 20}
  - {id: D4, pcn: FULL, date: 2024-05-09, npi: 1000000001, minutes: 20}
  - {id: D5, pcn: DAY, date: 2024-05-10, npi: 1000000001, minutes: 80}
"""
)


def test_each_kind_of_dollar_counts_once_in_one_tier(mart: Build) -> None:
    built = mart(ALL_TIERS)
    assert built.rows(
        "select tier, kind, patient_control_number, check_id, recoverable_amount, recovered_amount, recovery_status"
        " from mart.missed_revenue where is_counted order by all"
    ) == [
        ("A", "denied", "BOTH", "DEN-01", "90.00", "0.00", "found"),
        ("A", "denied", "LESS", "DEN-01", "0.00", "60.00", "paid"),
        ("B", "paid short", "FULL", None, "0.00", "40.00", "paid"),
        ("B", "paid short", "LESS", "DEN-03", "30.00", "0.00", "found"),
        ("B", "paid short", "SHORT", "DEN-03", "10.00", "0.00", "found"),
        ("B", "patient share", "SHORT", "ACP-31", "16.00", "0.00", "found"),
        ("C", "not billed", "BOTH", "ACP-07", "75.00", "0.00", "found"),
        ("C", "not billed", "DAY", "ACP-06", "240.00", "0.00", "found"),  # 90 + 2 x 75: 80 minutes
    ]
    by_check = built.rows("select sum(counted_recoverable_amount) from audit.check_result where direction = 'under'")
    assert built.rows("select sum(recoverable_amount) from mart.missed_revenue where is_counted") == by_check == [("461.00",)]
    twice = (
        "select claim_key, line_number, documentation_id, kind from mart.missed_revenue where is_counted group by all having count(*) > 1"
    )
    assert built.rows(twice) == []


def test_what_is_not_billed_carries_n_and_quartiles_of_its_codes(mart: Build) -> None:
    """Allowed 70 to 79 ten times: median 74.50, quartiles 72.25 and 76.75; 99498 by the payer's ratio to the schedule (81.89, 70.90)."""
    lines = ", ".join(f"{{code: 99497, date: 2024-06-{d:02d}}}" for d in range(1, 11))
    paid = ", ".join(f"{{code: 99497, date: 2024-06-{d:02d}, allowed: {69 + d}}}" for d in range(1, 11))
    built = mart(f"""
    claims:
      - {{id: OWN, date: 2024-06-01, through: 2024-06-10, rendering: 1000000002, lines: [{lines}]}}
      - {{id: DAY, date: 2024-05-10, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}}
      - {{id: ADD, date: 2024-05-11, rendering: 1000000001, taxonomy: 207R00000X, lines: [99497]}}
    remits:
      - {{pcn: OWN, date: 2024-11-01, from: 2024-06-01, through: 2024-06-10, lines: [{paid}]}}
    documentation:
      - {{id: D1, pcn: DAY, date: 2024-05-10, npi: 1000000001, minutes: 50}}
      - {{id: D2, pcn: ADD, date: 2024-05-11, npi: 1000000001, minutes: 50}}
    """)
    # Ratios: 74.5 / 81.89 x 70.90 = 64.50; 72.25 → 62.55; 76.75 → 66.45.
    assert built.rows(
        "select check_id, recoverable_amount, expected_amount, expected_n, expected_low_amount, expected_high_amount, source_row_number"
        " from mart.missed_revenue order by all"
    ) == [
        ("ACP-06", "139.00", "139.00", 10, "134.80", "143.20", 2),
        ("ACP-07", "64.50", "64.50", 10, "62.55", "66.45", None),
    ]


def test_exposure_stands_beside_and_ties_to_its_findings(mart: Build) -> None:
    built = mart("""
    claims:
      - {id: ICU, date: 2024-05-06, rendering: 1000000001, lines: [99291, 99497]}
      - {id: BACK, date: 2024-05-07, rendering: 1000000001, lines: [99291, 99497]}
      - {id: OPEN, date: 2024-05-08, rendering: 1000000001, lines: [99498]}
    remits:
      - {pcn: ICU, date: 2024-06-01, lines: [{code: 99291}, {code: 99497, cas: [CO-45 20.00]}]}
      - {pcn: BACK, date: 2024-06-01, payer_claim: B, lines: [{code: 99291}, {code: 99497, cas: [CO-45 20.00]}]}
      - {pcn: BACK, date: 2024-07-01, payer_claim: B, status: 22, charge: -200, lines: [{code: 99291, charge: -100},
           {code: 99497, charge: -100, cas: [CO-45 -20.00]}]}
      - {pcn: BACK, date: 2024-07-01, time: "1300", payer_claim: B, lines: [{code: 99291}, {code: 99497, paid: 0, cas: [CO-97 100.00]}]}
    """)
    assert built.rows(
        "select check_id, patient_control_number, at_risk_amount, refunded_amount, is_estimated, is_counted, remit_file from mart.exposure"
        " where check_id in ('ACP-10', 'ACP-20') order by all"
    ) == [
        ("ACP-10", "OPEN", "69.26", "0.00", True, True, None),  # 80.00 / 81.89 x 70.90
        ("ACP-20", "BACK", "0.00", "80.00", False, True, "scenario-1004"),
        ("ACP-20", "ICU", "80.00", "0.00", False, True, "scenario-1001"),
    ]
    by_check = built.rows("select sum(counted_at_risk_amount) from audit.check_result where direction = 'over'")
    assert built.rows("select sum(at_risk_amount) from mart.exposure where is_counted") == by_check
    assert built.rows("select count(*) from mart.exposure") == built.rows("select count(*) from audit.finding where direction = 'over'")
