"""The suites: their form, and that each expectation notices the very fault that it is there for."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from expectations import gate
from pipelines.checks.scenario import build_scenario
from pipelines.warehouse import connect

STORY = """
about: a bit of everything
claims:
  - {id: A, date: 2024-05-06, rendering: 1234567893, diagnoses: [Z515], lines: [99291, 99497]}
  - {id: B, date: 2024-05-07, rendering: 1234567893, lines: [99497]}
  - {id: H, type: institutional, date: 2024-05-01, through: 2024-05-31, bill: "813", attending: 1234567893, lines: [{revenue: "0651"}]}
remits:
  - {pcn: A, date: 2024-06-01, lines: [{code: 99291, cas: [CO-45 10.00]}, {code: 99497, paid: 0, cas: [CO-97 100.00]}]}
documentation:
  - {id: D1, pcn: A, date: 2024-05-06, npi: 1234567893, minutes: 40}
"""

# A fault for each expectation. {t}: the table.
KEY = "insert into {t} select * from {t} limit 1"
NO_FILE = "update {t} set file_key = 999"
FAULTS = {
    "core.acp_day": {
        "key_is_unique": KEY,
        "patient_exists": "update {t} set patient_key = 'nobody'",
        "minutes_are_plausible": "update {t} set acp_minutes = 601",
    },
    "core.adjudication": {
        "key_is_unique": KEY,
        "claim_line_exists": "update {t} set line_number = 99",
        "allowed_is_known": "update {t} set allowed_amount = null",
        "outcome_is_known": "update {t} set outcome = null",
        "repeats_are_not_counted": "update {t} set is_repeated = true",
    },
    "core.claim_line": {
        "key_is_unique": KEY,
        "no_row_is_dropped": "delete from {t} where line_number = 1",
        "claim_version_exists": "update {t} set claim_key = 0",
        "money_is_not_null": "update {t} set charge_amount = null",
        "clinician_is_known": "update {t} set clinician_npi = null",
    },
    "core.claim_version": {
        "key_is_unique": KEY,
        "claim_id_is_unique": KEY,
        "no_row_is_dropped": "delete from {t} where patient_control_number = 'A'",
        "money_is_not_null": "update {t} set charge_amount = null",
        "one_final_version": "update {t} set family_key = 1, is_final = true",
        "set_aside_with_reason": "update {t} set final_reason = null",
    },
    "core.hospice_span": {
        "key_is_unique": KEY,
        "patient_exists": "update {t} set patient_key = 'nobody'",
        "dates_are_ordered": "update {t} set end_date = start_date - 1",
    },
    "core.line_denial": {"key_is_unique": KEY, "claim_line_exists": "update {t} set line_number = 99"},
    "core.line_outcome": {"key_is_unique": KEY, "claim_line_exists": "update {t} set line_number = 99"},
    "core.patient": {"key_is_unique": KEY},
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
    assert len(gate.suites()) > 15
    for path in gate.FOLDER.glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert document["name"] == path.stem
        assert {e["type"] for e in document["expectations"]} == {"unexpected_rows_expectation"}
    for suite in gate.suites():
        # The release waits for blocking checks only, so a suite without one might be published before it is run.
        assert any(e.is_critical for e in suite.expectations), suite.table
        assert len({e.name for e in suite.expectations}) == len(suite.expectations), suite.table


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
