"""Payer timing, timely filing, ACP use, underpayment, hospice conflicts, KPIs without a number: worked by hand, tied to the lines."""

from __future__ import annotations

from collections.abc import Callable

from tests.mart.conftest import Mart

Build = Callable[[str], Mart]


def test_payer_timing(mart: Build) -> None:
    built = mart("""
    claims:
      - {id: A, date: 2024-05-06, submitted: 2024-05-16, lines: [99213]}
      - {id: B, date: 2024-05-20, through: 2024-05-22, submitted: 2024-06-01, lines: [99213, 99214]}
      # Denied, replaced, and paid: the payer answers each within days, the money takes 91.
      - {id: O, pcn: R, date: 2024-05-01, submitted: 2024-05-02, lines: [99213]}
      - {id: N, pcn: R, member: O, date: 2024-05-01, submitted: 2024-07-20, frequency: 7, original_reference: I1, lines: [99213]}
      - {id: WAITS, date: 2024-05-06, submitted: 2024-05-16, lines: [99213]}
      - {id: GONE, pcn: R, member: X, payer: VOIDED, date: 2024-05-09, submitted: 2024-05-10, frequency: 8, lines: [99213]}
    remits:
      - {pcn: A, date: 2024-06-05, lines: [{code: 99213}]}
      - {pcn: B, date: 2024-05-31, status: 25, lines: [{code: 99213}, {code: 99214}]}
      - {pcn: B, date: 2024-06-21, lines: [{code: 99213}, {code: 99214}]}
      - {pcn: R, date: 2024-05-12, payer_claim: I1, lines: [{code: 99213, paid: 0, cas: [CO-16 100.00]}]}
      - {pcn: R, date: 2024-08-01, payer_claim: I2, frequency: 7, lines: [{code: 99213}]}
    """)
    assert built.rows(
        "select timing, month, days, day_bucket, claim_count, charge_amount from mart.payer_timing order by timing, month, days"
    ) == [
        ("charge_lag", "2024-05-01", 1, "0-7", 1, "100.00"),
        ("charge_lag", "2024-05-01", 10, "8-14", 2, "200.00"),
        ("charge_lag", "2024-06-01", 10, "8-14", 1, "200.00"),
        ("days_to_adjudicate", "2024-05-01", 10, "8-14", 1, "100.00"),
        ("days_to_adjudicate", "2024-06-01", 20, "15-30", 2, "300.00"),
        ("days_to_adjudicate", "2024-08-01", 12, "8-14", 1, "100.00"),
        ("days_to_pay", "2024-06-01", 20, "15-30", 2, "300.00"),
        ("days_to_pay", "2024-08-01", 91, "91 and more", 1, "100.00"),
    ]


def test_timely_filing(mart: Build) -> None:
    """Limit 365 days (as of 2024-12-31), for SHORT 30."""
    built = mart("""
    payer_policy:
      - {payer_id: SHORT, timely_filing_days: 30}
    contract_rate:
      - {payer_id: PAYER, procedure_code: "99497", non_facility_amount: 90}
      - {payer_id: SHORT, procedure_code: "99497", non_facility_amount: 50}
    claims:
      - {id: LATE29, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      - {id: DENIED, date: 2024-01-10, rendering: 1000000001, lines: [99497]}
      - {id: WON, date: 2024-05-08, rendering: 1000000001, lines: [99497]}
      - {id: LOST, payer: SHORT, date: 2024-05-09, rendering: 1000000001, lines: [99497]}
      - {id: SENT, payer: SHORT, date: 2024-05-10, submitted: 2024-12-20, rendering: 1000000001, lines: [99497]}
      - {id: QUIET, date: 2024-03-20, rendering: 1000000001, lines: [99497]}
      - {id: FRESH, date: 2024-12-10, submitted: 2024-12-11, rendering: 1000000001, lines: [99497]}
      - {id: DAY, date: 2024-02-15, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}
    remits:
      - {pcn: LATE29, date: 2024-06-01, lines: [{code: 99497, paid: 0, cas: [CO-29 100.00]}]}
      - {pcn: DENIED, date: 2024-06-01, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]}]}
      - {pcn: WON, date: 2024-06-01, lines: [{code: 99497, allowed: 90}]}
      - {pcn: LOST, payer: SHORT, date: 2024-06-01, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]}]}
      - {pcn: DAY, date: 2024-03-01, lines: [{code: 99213}]}
    documentation:
      - {id: D1, pcn: DAY, date: 2024-02-15, npi: 1000000001, minutes: 20}
    """)
    assert built.rows(
        "select exposure, payer_id, month, days_left_bucket, least_days_left, line_count, billed_amount, expected_amount, lost_count,"
        " lost_amount from mart.timely_filing order by all"
    ) == [
        ("denied", "PAYER", "2024-01-01", "0-30", 9, 1, "100.00", "90.00", 0, "0.00"),  # until 2025-01-09
        ("denied", "SHORT", "2024-05-01", "past", -206, 1, "100.00", "50.00", 1, "50.00"),  # until 2024-06-08
        ("denied for time", "PAYER", "2024-05-01", "91-180", 126, 1, "100.00", "90.00", 1, "90.00"),
        ("no answer", "PAYER", "2024-03-01", "61-90", 79, 1, "100.00", "90.00", 0, "0.00"),
        ("not billed", "PAYER", "2024-02-01", "31-60", 45, 1, "0.00", "90.00", 0, "0.00"),
        ("sent late", "SHORT", "2024-05-01", "past", -205, 1, "100.00", "50.00", 1, "50.00"),
    ]


def test_acp_use(mart: Build) -> None:
    built = mart("""
    claims:
      - {id: A1, member: A, date: 2024-05-06, rendering: 1000000001, lines: [99213, 99497, {code: 99498, units: 2}]}
      - {id: A2, member: A, date: 2024-05-20, rendering: 1000000001, lines: [99213]}
      - {id: B1, member: B, date: 2024-05-07, rendering: 1000000001, lines: [G0439, 99497]}
      - {id: C1, member: C, date: 2024-05-08, rendering: 1000000001, lines: [99214]}
      - {id: C2, member: C, date: 2024-05-09, rendering: 1000000001, pos: "21", lines: [99232, 99497]}
      - {id: D1, member: D, date: 2024-06-09, rendering: 1000000001, lines: [99497]}
      - {id: OTHER, member: A, date: 2024-05-06, rendering: 1000000002, lines: [99213]}
    documentation:
      - {id: N1, pcn: A1, date: 2024-05-06, npi: 1000000001, minutes: 80}
      - {id: N2, pcn: A2, date: 2024-05-20, npi: 1000000001, minutes: 30}
    """)
    assert built.rows(
        "select clinician_npi, month, setting, eligible_patient_count, acp_patient_count, visit_date_count, em_date_count, awv_date_count,"
        " acp_date_count, acp_em_date_count, primary_units, addon_units, implied_minutes, documented_date_count, documented_minutes"
        " from mart.acp_use order by all"
    ) == [
        ("1000000001", "2024-05-01", "facility", 1, 1, 1, 1, 0, 1, 1, "1.0000", "0.0000", 16, 0, 0),
        # A, B and C; ACP with A and B; 16 + 2 x 30 minutes and 16. The conversation of the 20th was not billed.
        ("1000000001", "2024-05-01", "non-facility", 3, 2, 4, 3, 1, 2, 1, "2.0000", "2.0000", 92, 1, 80),
        ("1000000001", "2024-06-01", "non-facility", 1, 1, 0, 0, 0, 1, 0, "1.0000", "0.0000", 16, 0, 0),
        ("1000000002", "2024-05-01", "non-facility", 1, 0, 1, 1, 0, 0, 0, "0.0000", "0.0000", 0, 0, 0),
    ]
    assert built.rows("select sum(primary_units), sum(addon_units) from mart.acp_use") == built.rows(
        "select sum(primary_units), sum(addon_units) from core.acp_day where is_billed"
    )


def test_underpayment(mart: Build) -> None:
    built = mart("""
    contract_rate:
      - {payer_id: SIGNED, procedure_code: "99497", non_facility_amount: 80}
    claims:
      - {id: A, payer: SIGNED, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      - {id: B, payer: SIGNED, date: 2024-05-07, rendering: 1000000001, lines: [99497]}
      - {id: C, payer: SIGNED, date: 2024-05-08, rendering: 1000000001, lines: [99497]}
      - {id: D, payer: SIGNED, date: 2024-05-09, rendering: 1000000001, lines: [99497]}
      - {id: E, payer: SIGNED, date: 2024-05-10, rendering: 1000000001, lines: [99497]}
      - {id: DENIED, payer: SIGNED, date: 2024-05-11, rendering: 1000000001, lines: [99497]}
      - {id: LOCAL, payer: FREE, date: 2024-05-11, rendering: 1000000001, lines: [99497]}
    remits:
      - {pcn: A, payer: SIGNED, date: 2024-06-01, lines: [{code: 99497, allowed: 80}]}
      - {pcn: B, payer: SIGNED, date: 2024-06-01, lines: [{code: 99497, allowed: 79.60}]}
      - {pcn: C, payer: SIGNED, date: 2024-06-01, lines: [{code: 99497, allowed: 60}]}
      - {pcn: D, payer: SIGNED, date: 2024-06-01, lines: [{code: 99497, allowed: 88}]}
      - {pcn: E, payer: SIGNED, date: 2024-06-01, lines: [{code: 99497, allowed: 40}]}
      - {pcn: DENIED, payer: SIGNED, date: 2024-06-01, lines: [{code: 99497, paid: 0, cas: [CO-16 100.00]}]}
      - {pcn: LOCAL, payer: FREE, date: 2024-06-01, lines: [{code: 99497, allowed: 70}]}
    """)
    assert built.rows("select * exclude (setting, is_judged) from mart.underpayment where is_judged") == [
        # Shares .5, .75, .995, 1, 1.1; short by .40, 20 and 40; 79.60 is above 99 % of 80.
        ("SIGNED", "99497", 2024, "contract", 5, "5.0000", "347.60", "400.00", 3, "60.40", 2, "60.00", 0.75, 0.995, 1.0)
    ]
    assert built.rows("select payer_id, expected_basis, flagged_count from mart.underpayment where not is_judged") == [
        ("FREE", "payer ratio", 0)
    ]
    assert built.rows("select flagged_count, recoverable_amount from audit.check_result where check_id = 'DEN-03'") == [(2, "60.00")]


def test_hospice_conflicts(mart: Build) -> None:
    built = mart("""
    claims:
      - {id: H, member: P, type: institutional, bill: "813", date: 2024-05-01, through: 2024-05-31, admission: 2024-05-01,
         attending: 1000000009, lines: [{revenue: "0651", code: Q5001}]}
      - {id: GV, member: P, date: 2024-05-06, rendering: 1000000001, lines: [{code: 99213, modifiers: [GV]}]}
      - {id: GW, member: P, date: 2024-05-07, rendering: 1000000001, lines: [{code: 99213, modifiers: [GW]}]}
      - {id: BOTH, member: P, date: 2024-05-08, rendering: 1000000001, lines: [{code: 99213, modifiers: [GV, GW]}]}
      - {id: NONE, member: P, date: 2024-05-09, rendering: 1000000001, lines: [99213, 99497]}
      - {id: OUT, member: P, date: 2024-06-09, rendering: 1000000001, lines: [{code: 99213, modifiers: [GW]}]}
      - {id: QUIET, member: P, date: 2024-06-10, rendering: 1000000001, lines: [99213]}
    remits:
      - {pcn: BOTH, date: 2024-06-01, lines: [{code: 99213, modifiers: [GV, GW], allowed: 70}]}
      - {pcn: OUT, date: 2024-07-01, lines: [{code: 99213, modifiers: [GW], allowed: 60}]}
      - {pcn: NONE, date: 2024-06-01, payer_claim: N, lines: [{code: 99213, paid: 0, cas: [CO-B9 100.00]},
           {code: 99497, paid: 0, cas: [CO-B9 100.00]}]}
      - {pcn: NONE, date: 2024-07-01, payer_claim: N, lines: [{code: 99497, cas: [CO-45 20.00]}]}
    """)
    assert built.rows("select * exclude (payer_id, billing_npi, is_palliative_clinician) from mart.hospice_conflict order by month") == [
        ("2024-05-01", "1000000001", 5, 5, "500.00", 2, 2, 1, 2, 0, 1, "70.00", 2, "200.00", 2, 1, 1),
        ("2024-06-01", "1000000001", 1, 0, "0.00", 0, 0, 0, 0, 1, 1, "60.00", 0, "0.00", 0, 0, 0),
    ]
    flagged = "select flagged_count, at_risk_amount from audit.check_result where check_id = 'HOS-02'"
    assert built.rows("select sum(misused_count), sum(misused_allowed_amount) from mart.hospice_conflict") == built.rows(flagged)
    assert built.rows("select sum(neither_count) from mart.hospice_conflict") == built.rows(
        "select flagged_count from audit.check_result where check_id = 'HOS-01'"
    )


def test_kpis_without_a_ledger_have_no_number(mart: Build) -> None:
    built = mart("claims: [{id: A, date: 2024-05-06, lines: [99213]}]")
    assert built.rows("select distinct status from mart.kpi_ledger") == [("needs ledger",)]
    names = {row[0] for row in built.rows("select kpi from mart.kpi_ledger")}
    assert {"Net days in accounts receivable", "Cost to collect", "Denial write-offs"} <= names
    types = {row[1] for row in built.con.execute("describe mart.kpi_ledger").fetchall()}
    assert types == {"VARCHAR"}
