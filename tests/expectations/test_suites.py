"""The suites: their form, and that each expectation notices the very fault that it is there for."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from expectations import gate
from pipelines.checks.runner import run_checks
from pipelines.checks.scenario import build_scenario
from pipelines.denials.definitions import build_units
from pipelines.reconciliation.runner import reconcile_warehouse
from pipelines.settings import Settings
from pipelines.warehouse import build_room, connect, models

STORY = """
about: a bit of everything
claims:
  - {id: A, date: 2024-05-06, rendering: 1234567893, diagnoses: [Z515], lines: [99291, 99497]}
  - {id: B, date: 2024-05-07, rendering: 1234567893, lines: [99497]}
  - {id: H, type: institutional, date: 2024-05-01, through: 2024-05-31, bill: "813", attending: 1234567893, lines: [{revenue: "0651"}]}
  - {id: P, member: H, date: 2024-05-10, rendering: 1234567893, lines: [99309]}
remits:
  - {pcn: A, date: 2024-06-01, lines: [{code: 99291, cas: [CO-45 10.00]}, {code: 99497, paid: 0, cas: [CO-97 100.00]}]}
documentation:
  - {id: D1, pcn: A, date: 2024-05-06, npi: 1234567893, minutes: 40}
"""

# A fault for each expectation. {t}: the table.
KEY = "insert into {t} select * from {t} limit 1"
NO_FILE = "update {t} set file_key = 999"
FAULTS = {
    "core.acp_missing": {
        "key_is_unique": (
            "insert into {t} (patient_key, service_date, clinician_npi) values ('x', date '2024-05-06', '1'), ('x', date '2024-05-06', '1')"
        ),
        "something_is_missing": "insert into {t} (patient_key, primary_units, addon_units) values ('x', 0, 0)",
        "quartiles_hold_each_other": (
            "insert into {t} (patient_key, primary_units, expected_low_amount, expected_high_amount) values ('x', 1, 2, 1)"
        ),
    },
    "core.claim_chief": {
        "key_is_unique": KEY,
        "chief_line_exists": "update {t} set chief_line_number = 99",
        "family_is_known": "update {t} set code_family = 'surgery'",
    },
    "core.code_family": {
        "key_is_unique": KEY,
        "family_is_known": "update {t} set code_family = 'surgery'",
        "every_code_has_a_family": "delete from {t}",
    },
    "core.contract_price": {
        "key_is_unique": (
            "insert into {t} (payer_id, procedure_code, is_facility, valid_from, valid_to, amount) "
            "values ('P', '99497', false, date '2024-01-01', date '2024-12-31', 1), "
            "('P', '99497', false, date '2024-01-01', date '2024-12-31', 1)"
        ),
        "dates_are_ordered": (
            "insert into {t} (payer_id, valid_from, valid_to, amount) values ('P', date '2024-01-01', date '2023-01-01', 1)"
        ),
        "amount_is_not_negative": "insert into {t} (payer_id, amount) values ('P', -1)",
    },
    "core.corrected_line": {
        "key_is_unique": "insert into {t} (claim_key, line_number, final_claim_key) values (1, 1, 2), (1, 1, 2)",
        "final_line_exists": "insert into {t} (claim_key, line_number, final_claim_key, final_line_number) values (1, 1, -1, 1)",
    },
    "core.denial_overturn": {
        "key_is_unique": KEY,
        "overturned_after_denied": "update {t} set overturned_date = denied_date - 1",
        "each_denied_line_is_here": "delete from {t}",
    },
    "core.initial_claim": {
        "key_is_unique": KEY,
        "a_claim_counts_once": "update {t} set family_key = 1",
        "charge_is_positive": "update {t} set charge_amount = 0",
    },
    "core.initial_denial": {
        "key_is_unique": KEY,
        "claim_is_initial": "update {t} set claim_key = -1",
        "denied_within_charge": "update {t} set denied_line_amount = 1000000",
    },
    "core.initial_line": {
        "key_is_unique": KEY,
        "claim_is_initial": "update {t} set claim_key = -line_number - claim_key",
        "denial_has_its_reason": "update {t} set is_first_denied = true, first_reason_code = null",
    },
    "core.line_contract": {
        "key_is_unique": "insert into {t} (claim_key, line_number, contract_modifier, unit_amount) values (1, 1, '25', 1), (1, 1, '25', 1)",
        "price_has_its_modifier": "insert into {t} (claim_key, line_number, unit_amount) values (1, 1, 1)",
    },
    "core.line_reversal": {
        "key_is_unique": (
            "insert into {t} (pool_claim_key, line_number, remit_key, remit_line_number, original_remit_key) "
            "values (1, 1, 1, 1, 2), (1, 1, 1, 1, 2)"
        ),
        "original_is_taken_back_once": (
            "insert into {t} (pool_claim_key, line_number, remit_key, original_remit_key, original_remit_line_number) "
            "values (1, 1, 1, 2, 1), (1, 1, 1, 2, 1)"
        ),
        "not_of_itself": "insert into {t} (pool_claim_key, line_number, remit_key, original_remit_key) values (1, 1, 1, 1)",
    },
    "core.payment_comparison": {
        "key_is_unique": (
            "insert into {t} (claim_key, line_number, allowed_amount, expected_amount, short_amount, is_short) "
            "values (1, 1, 1, 1, 0, false), (1, 1, 1, 1, 0, false)"
        ),
        "amounts_agree": "insert into {t} (claim_key, line_number, allowed_amount, expected_amount, short_amount) values (1, 1, 1, 2, 0)",
        "only_judged_is_short": (
            "insert into {t} (claim_key, line_number, is_short, is_judged, allowed_amount, expected_amount, short_amount) "
            "values (1, 1, true, false, 1, 2, 1)"
        ),
    },
    "core.primary_remit": {
        "key_is_unique": KEY,
        "charge_is_positive": "update {t} set charge_amount = 0",
        "remittance_exists": "update {t} set remit_key = -1",
    },
    "core.provider_adjustment": {
        "key_is_unique": (
            "insert into {t} (file_key, transaction_set, segment_number, adjustment_ordinal) values (1, 1, 9, 1), (1, 1, 9, 1)"
        ),
        "takeback_within_amount": (
            "insert into {t} (file_key, transaction_set, segment_number, adjustment_ordinal, amount, takeback_amount) "
            "values (1, 1, 9, 1, 1, 2)"
        ),
    },
    "core.repeated_remit": {
        "key_is_unique": "insert into {t} (file_key, transaction_set, remit_number) values (1, 1, 1), (1, 1, 1)",
        "remittance_exists": "insert into {t} (file_key, transaction_set, remit_number) values (999, 1, 1)",
    },
    "core.acp_conflict": {
        "key_is_unique": KEY,
        "claim_line_exists": "update {t} set line_number = 99",
        "flags_are_known": "update {t} set is_critical_care = null",
    },
    "audit.reconciliation": {
        "key_is_unique": KEY,
        "own_tables_tie": "update {t} set differing_count = null where stage = 'core'",
        "findings_stay_within_billed": "update {t} set differing_count = 1 where stage = 'finding' and side = 'ours'",
        "senders_tie": "update {t} set differing_count = 1 where side = 'sender'",
    },
    "core.acp_day": {
        "key_is_unique": KEY,
        "patient_exists": "update {t} set patient_key = 'nobody'",
        "minutes_are_plausible": "update {t} set acp_minutes = 601",
    },
    "core.acp_line": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t} where patient_key is not null",
        "procedure_code_is_acp": "update {t} set procedure_code = '99499'",
        "services_are_numbered": "update {t} set service_number = 0",
        "amount_has_its_method": "update {t} set amount_method = null",
    },
    "core.acp_record": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t}",
        "refusal_is_not_voluntary": "update {t} set is_refused = true, is_voluntary = null",
        "flags_are_known": "update {t} set is_dnr_elected = null",
    },
    "core.acp_repeat": {
        "key_is_unique": KEY,
        "dates_are_ordered": "update {t} set previous_date = service_date",
        "year_count_is_possible": "update {t} set year_date_count = 366",
        "year_count_agrees": "update {t} set year_date_count = 1, previous_date = service_date - 364",
    },
    "core.acp_session": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t}",
        "documentation_counts_once": "update {t} set is_repeated = true",
        "join_status_is_known": "update {t} set join_status = 'lost'",
    },
    "core.acp_setting": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t} where line_number = 1",
        "claim_modality_is_known": "update {t} set claim_modality = null",
        "a_modality_is_told": "update {t} set has_in_person = null, has_video = false, has_audio = false",
        "intensive_care_has_evidence": "update {t} set is_icu = true, icu_evidence = null",
    },
    "core.acp_wellness": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t} where line_number = 1",
        "visit_code_is_known": "update {t} set visit_code = 'G0402'",
        "visit_is_on_one_claim": "update {t} set visit_code = 'G0438', is_visit_on_claim = true, is_visit_on_other_claim = true",
        "cost_share_is_not_negative": "update {t} set cost_share_amount = -0.01",
    },
    "core.adjudication": {
        "key_is_unique": KEY,
        "claim_line_exists": "update {t} set line_number = 99",
        "allowed_is_known": "update {t} set allowed_amount = null",
        "outcome_is_known": "update {t} set outcome = null",
        "repeats_are_not_counted": "update {t} set is_repeated = true",
    },
    "core.claim_copy": {
        "key_is_unique": "insert into {t} (claim_key) values (null)",
        "copy_is_of_another_claim": "insert into {t} (claim_key, primary_claim_key) values (1, 1)",
        "primary_claim_exists": "insert into {t} (claim_key, primary_claim_key) values (1, 2)",
    },
    "core.claim_diagnosis": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t}",
        "codes_have_no_dots": "update {t} set code = 'Z51.5'",
    },
    "core.claim_line": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t} where line_number = 1",
        "claim_version_exists": "update {t} set claim_key = 0",
        "money_is_not_null": "update {t} set charge_amount = null",
        "clinician_is_known": "update {t} set clinician_npi = null",
    },
    "core.claim_repetition": {
        "key_is_unique": "insert into {t} (claim_key) values (null)",
        "target_stands_for_itself": "insert into {t} (claim_key, target_claim_key) values (1, 2), (2, 1)",
    },
    "core.claim_replacement": {
        "key_is_unique": "insert into {t} (claim_key) values (null)",
        "target_is_another_claim": "insert into {t} (claim_key, target_claim_key) values (1, 1)",
        "target_exists": "insert into {t} (claim_key, target_claim_key) values (1, 2)",
        "method_is_known": "insert into {t} (claim_key, method) values (1, 'guess')",
    },
    "core.claim_submission": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t} where claim_number = 1",
        "order_is_unique": "update {t} set submission_order = 1",
        "patient_is_told": "update {t} set patient_basis = 'name'",
    },
    "core.claim_version": {
        "key_is_unique": KEY,
        "claim_id_is_unique": KEY,
        "no_row_is_dropped": "delete from {t} where patient_control_number = 'A'",
        "money_is_not_null": "update {t} set charge_amount = null",
        "one_final_version": "update {t} set family_key = 1, is_final = true",
        "set_aside_with_reason": "update {t} set final_reason = null",
    },
    "core.clinician": {"key_is_unique": KEY},
    "core.clinician_day": {
        "key_is_unique": KEY,
        "clinician_exists": "update {t} set clinician_npi = 'nobody'",
        "eligibility_follows_the_taxonomy": "update {t} set is_acp_eligible = null, clinician_taxonomy_code = '207R00000X'",
    },
    "core.clinician_metric": {
        "key_is_unique": KEY,
        "metric_is_known": "update {t} set metric = 'luck'",
        "ratio_is_possible": "update {t} set nature = 'share', ratio = 1.01",
        "probability_is_possible": "update {t} set p_value = 1.01",
    },
    "core.crowded_account": {
        "key_is_unique": "insert into {t} values (null)",
    },
    "core.crowded_record": {
        "key_is_unique": "insert into {t} values (1), (1)",
    },
    "core.em_line": {
        "key_is_unique": KEY,
        "claim_line_exists": "update {t} set line_number = 99",
        "family_is_told": "update {t} set is_other_rate = null",
        "place_is_judged": "update {t} set is_family_place = null, place_of_service_code = '11', family_places = '21'",
    },
    "core.expected_allowed": {
        "key_is_unique": KEY,
        "amount_is_not_negative": "update {t} set expected_amount = -0.01",
        "amount_has_its_method": "update {t} set expected_basis = 'payer median', expected_count = null",
    },
    "core.hospice_evidence": {
        "key_is_unique": KEY,
        "dates_are_ordered": "update {t} set end_date = start_date - 1",
        "evidence_is_told": "update {t} set evidence = null",
    },
    "core.hospice_line": {
        "key_is_unique": KEY,
        "claim_line_exists": "update {t} set line_number = 99",
        "line_has_to_do_with_hospice": "update {t} set hospice_code = null, is_in_span = false",
        "span_holds_the_day": "update {t} set span_end_date = service_date - 1",
    },
    "core.hospice_span": {
        "key_is_unique": KEY,
        "patient_exists": "update {t} set patient_key = 'nobody'",
        "dates_are_ordered": "update {t} set end_date = start_date - 1",
    },
    "core.line_amount": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t} where line_number = 1",
        "amount_has_its_method": "update {t} set amount_method = null",
        "remitted_amount_is_known": "update {t} set allowed_amount = null",
    },
    "core.line_answer": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t}",
        "one_answer_tells": "update {t} set is_telling = false",
    },
    "core.line_denial": {
        "key_is_unique": KEY,
        "claim_line_exists": "update {t} set line_number = 99",
        "cause_is_grouped": "update {t} set cause = 'weather'",
        "dates_are_ordered": "update {t} set next_remit_date = denied_date - 1",
    },
    "core.line_outcome": {"key_is_unique": KEY, "claim_line_exists": "update {t} set line_number = 99"},
    "core.line_policy": {
        "key_is_unique": KEY,
        "no_row_is_added": KEY,
        "rule_is_told": "update {t} set is_icu_allowed = null",
    },
    "core.patient": {"key_is_unique": KEY},
    "core.payer": {
        "key_is_unique": KEY,
        "each_claim_counts_once": "update {t} set claim_count = claim_count + 1",
    },
    "core.payer_business": {
        "key_is_unique": KEY,
        "one_is_usual": "update {t} set is_usual = false",
        "each_claim_counts_once": "update {t} set claim_count = claim_count + 1",
    },
    "core.payer_policy": {
        "key_is_unique": KEY,
        "dates_are_ordered": "update {t} set valid_to = valid_from - 1",
        "periods_do_not_overlap": "update {t} set valid_to = '9999-12-31'",
        "rule_is_told": "update {t} set policy_rule = null",
    },
    "core.priced_line": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t} where line_number = 1",
        "price_can_be_looked_up": "update {t} set is_reduced_fee = null",
    },
    "core.remit_claim": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t}",
        "money_is_not_null": "update {t} set paid_amount = null",
        "set_aside_with_reason": "update {t} set claim_key = null",
    },
    "core.remit_link": {
        "remit_line_once": "insert into {t} select * from {t} where remit_line_number is not null limit 1",
        "no_claim_line_is_dropped": "delete from {t} where claim_key is not null",
        "unlinked_with_reason": "update {t} set claim_key = null, reason = null",
    },
    "core.source_file": {"key_is_unique": KEY, "no_row_is_dropped": "delete from {t} where file_key = 1"},
    "core.submission": {
        "key_is_unique": KEY,
        "order_is_unique": "update {t} set submission_number = 1",
        "transaction_set_exists": "update {t} set transaction_set = 2",
    },
    "raw.acp_documentation": {
        "key_is_unique": KEY,
        "file_exists": NO_FILE,
        "patient_is_named": "update {t} set patient_control_number = null, mrn_key = null",
        "documentation_id_is_unique": KEY,
        "dates_are_plausible": "update {t} set service_date = date '1924-05-06'",
        "npis_pass_luhn": "update {t} set author_npi = '1234567890'",
        "minutes_are_plausible": "update {t} set acp_minutes = -1",
    },
    "raw.claim": {
        "key_is_unique": KEY,
        "transaction_set_landed": "update raw.transaction_set set is_landed = false",
        "money_is_not_null": "update {t} set charge_amount = null",
        "dates_are_plausible": "update {t} set from_date = date '2924-05-06'",
        "dates_are_ordered": "update {t} set through_date = from_date - 1",
        "npis_pass_luhn": "update {t} set attending_npi = '12345'",
        "facility_code_shape": "update {t} set facility_code = '111'",
    },
    "raw.claim_diagnosis": {"claim_exists": NO_FILE, "icd10_shape": "update {t} set qualifier_code = 'ABK', code = '7151'"},
    "raw.claim_line": {
        "key_is_unique": KEY,
        "claim_exists": NO_FILE,
        "money_is_not_null": "update {t} set charge_amount = null",
        "dates_are_plausible": "update {t} set service_from_date = date '1924-05-06'",
        "dates_are_ordered": "update {t} set service_from_date = date '2024-05-07', service_through_date = date '2024-05-06'",
        "npis_pass_luhn": "update {t} set rendering_npi = '1234567894'",
        "codes_have_their_shape": "update {t} set modifier_2 = '3'",
    },
    "raw.file": {
        "content_lands_once": "update {t} set sha256 = 'same'",
        "reason_is_given": "update {t} set status = 'quarantined', reason = null",
        "segments_landed_somewhere": "update {t} set kind = '835', landed_clm = 0",
    },
    "raw.provider_adjustment": {
        "transaction_set_landed": "insert into {t} (file_key, transaction_set, amount) values (999, 1, 1)",
        "money_is_not_null": "insert into {t} (file_key, transaction_set) values (1, 1)",
    },
    "raw.quarantine": {
        "reason_is_given": "insert into {t} (quarantine_key, file_key, unit, reason_code, message) values (1, 1, 'file', 'no_se', '')",
        "file_exists": "insert into {t} (quarantine_key, file_key, unit, reason_code, message) values (1, 999, 'file', 'no_se', 'x')",
    },
    "raw.remit": {
        "key_is_unique": KEY,
        "transaction_set_landed": "update {t} set transaction_set = 2",
        "money_is_not_null": "update {t} set paid_amount = null",
        "dates_are_plausible": "update {t} set received_date = date '1924-05-06'",
        "status_code_is_known": "update {t} set status_code = '99'",
    },
    "raw.remit_adjustment": {
        "remit_exists": "update {t} set remit_number = 99",
        "money_is_not_null": "update {t} set amount = null",
        "group_code_is_known": "update {t} set group_code = 'XX'",
    },
    "raw.remit_line": {
        "key_is_unique": KEY,
        "remit_exists": "update {t} set remit_number = 99",
        "money_is_not_null": "update {t} set paid_amount = null",
        "dates_are_plausible": "update {t} set service_from_date = date '1924-05-06'",
        "codes_have_their_shape": "update {t} set procedure_qualifier = 'HC', procedure_code = '994'",
    },
    "raw.transaction_set": {
        "key_is_unique": KEY,
        "file_exists": NO_FILE,
        "control_totals_agree": "update {t} set declared_segment_count = 1, found_segment_count = 2",
        "sets_balance": "update {t} set is_balanced = false",
    },
}
EXPECTATIONS = [pytest.param(suite.table, e, id=f"{suite.table}-{e.name}") for suite in gate.suites() for e in suite.expectations]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect(":memory:", threads=1)
    build_scenario(con, yaml.safe_load(STORY))
    run_checks(con, Settings(), [])
    build_units(con)
    build_room(con, "mart")
    reconcile_warehouse(con)
    yield con
    con.close()


def unexpected(con: duckdb.DuckDBPyConnection, table: str, query: str) -> int:
    """Rows that an expectation's query gives, run as Great Expectations runs it."""
    row = con.execute(f"select count(*) from ({query.format(batch=f'(select * from {table}) as subselect')})").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(("table", "expectation"), EXPECTATIONS)
def test_it_notices_its_fault(con: duckdb.DuckDBPyConnection, table: str, expectation: gate.Expectation) -> None:
    query = expectation.document["kwargs"]["unexpected_rows_query"]
    before = unexpected(con, table, query)
    con.execute("begin transaction")
    try:
        con.execute(f"create or replace table {table} as select * from {table}")  # without constraints, which would stop the fault
        con.execute(FAULTS[table][expectation.name].format(t=table))
        assert unexpected(con, table, query) > before
    finally:
        con.execute("rollback")


def test_every_expectation_has_its_fault() -> None:
    assert {t: set(f) for t, f in FAULTS.items()} == {s.table: {e.name for e in s.expectations} for s in gate.suites()}


def test_the_form_of_the_suites() -> None:
    assert {s.table for s in gate.suites()} >= {m.table for m in models("core")}
    for path in gate.FOLDER.glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert document["name"] == path.stem
        assert {e["type"] for e in document["expectations"]} == {"unexpected_rows_expectation"}
    for suite in gate.suites():
        # The release waits for blocking checks only, so a suite without one might be published before it is run.
        assert any(e.is_critical for e in suite.expectations), suite.table
        assert len({e.name for e in suite.expectations}) == len(suite.expectations), suite.table


def test_a_suite_reads_what_is_there_before_its_table() -> None:
    """A suite runs as soon as its table is made, so any other table that it looks at must be one that the table is made from."""
    read_by = {m.table: m.depends_on for m in models("core")}
    for suite in gate.suites():
        before: set[str] = set()
        wanted = [*read_by.get(suite.table, ())]
        while wanted:
            table = wanted.pop()
            if table not in before:
                before.add(table)
                wanted += read_by.get(table, ())
        for e in suite.expectations:
            others = set(re.findall(r"\b(?:core|reference)\.\w+", e.document["kwargs"]["unexpected_rows_query"]))
            assert others <= before, f"{suite.table}, {e.name}"


def test_luhn(con: duckdb.DuckDBPyConnection) -> None:
    """The SQL agrees with the definition: digits from the right, every second one doubled, prefix 80840."""
    draw = random.Random(7)
    numbers = [f"{draw.randrange(10**9, 2 * 10**9)}" for _ in range(2000)]
    con.execute("create or replace temp table sent as select unnest(?) as rendering_npi, null as author_npi", [numbers])
    query = next(e for s in gate.suites() if s.table == "raw.acp_documentation" for e in s.expectations if e.name == "npis_pass_luhn")
    assert unexpected(con, "sent", query.document["kwargs"]["unexpected_rows_query"]) == sum(not luhn(n) for n in set(numbers))


def luhn(npi: str) -> bool:
    digits = [int(d) for d in reversed("80840" + npi)]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0


def test_a_broken_suite_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "raw.claim.json").write_text('{"name": "raw.claim", "expectations": [{}]}', encoding="utf-8")
    monkeypatch.setattr(gate, "FOLDER", tmp_path)
    gate.suites.cache_clear()
    try:
        with pytest.raises(gate.MidpointError, match=r"raw\.claim\.json: not an expectation suite"):
            gate.suites()
    finally:
        monkeypatch.undo()
        gate.suites.cache_clear()
