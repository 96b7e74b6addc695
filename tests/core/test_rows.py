"""Rows in = rows out: no step of core drops a row, and each row that takes no further part says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
import yaml

from pipelines.checks.scenario import build_scenario
from pipelines.warehouse import connect

# Every kind of row that a step might lose: replaced, voided, copied; crowded and unknown accounts; remittances without lines or claims.
STORY = """
claims:
  - {id: A, date: 2024-05-06, rendering: 1000000001, diagnoses: [C34.9, Z51.5], lines: [99213, 99497, 99498]}
  - {id: A7, pcn: A, member: A, date: 2024-05-06, submitted: 2024-06-01, frequency: 7, rendering: 1000000001, lines: [99213, 99497]}
  - {id: A8, pcn: A, member: A, date: 2024-05-06, submitted: 2024-07-01, frequency: 8, rendering: 1000000001, lines: [99213, 99497]}
  - {id: B, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
  - {id: BS, pcn: B, date: 2024-05-06, sequence: S, payer: SECOND, rendering: 1000000001, lines: [99497]}
  - {id: ONLYS, date: 2024-05-06, sequence: S, rendering: 1000000001, lines: [99497]}
  - {id: NOLINES, type: institutional, bill: "81A", date: 2024-05-06, lines: []}
  - {id: VOID, date: 2024-05-06, frequency: 8, lines: [99497]}
  - {id: NULLS, date: 2024-05-06, member: null, payer: null, billing: null, sequence: null, filing: null, pos: null, lines: [{units: null,
       code: null}]}
remits:
  - {pcn: A, date: 2024-06-01, lines: [{code: 99213}, {code: 99497}, {code: 99499, charge: 7}]}
  - {pcn: B, date: 2024-06-01, charge: 100, paid: 0, cas: [CO-50 100.00]}
  - {pcn: NOLINES, date: 2024-06-01, charge: 0, paid: 0}
  - {pcn: NOBODY, date: 2024-06-01, lines: [{code: 99213}, {code: 99497}]}
  - {pcn: NOBODY, date: 2024-06-01, charge: 5}
  - {pcn: B, date: 2024-06-01, from: 2020-01-01, through: 2020-01-01, lines: [{code: 99497, date: 2020-01-01}]}
documentation:
  - {id: D1, pcn: B, date: 2024-05-06, npi: 1000000001, minutes: 30}
  - {id: D2, pcn: B, date: 2024-05-09, npi: 1000000001, minutes: 30}
  - {id: D3, pcn: NOBODY, date: 2024-05-06, npi: 1000000001, minutes: 30}
"""


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect(":memory:", threads=1)
    story = yaml.safe_load(STORY)
    # An account number that more than 50 claims carry says nothing by itself.
    story["claims"] += [
        {
            "id": f"X{n}",
            "pcn": "SAME",
            "date": date(2024, 1, 1 + n % 28),
            "charge": 100 + n,
            "lines": [{"code": "99213", "charge": 100 + n}],
        }
        for n in range(60)
    ]
    story["remits"] += [{"pcn": "SAME", "date": date(2024, 6, 1), "from": date(2024, 1, 8), "lines": [{"code": "99213", "charge": 107}]}]
    build_scenario(connection, story)
    yield connection
    connection.close()


def count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(f"select count(*) from ({query})").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("rows_in", "rows_out"),
    [
        ("from raw.file", "from core.source_file"),
        ("from raw.transaction_set", "from core.submission"),
        ("from raw.claim", "from core.claim_submission"),
        ("from raw.claim", "from core.claim_version"),
        ("from raw.claim_line", "from core.claim_line"),
        ("from raw.claim_diagnosis", "from core.claim_diagnosis"),
        ("select distinct patient_key from core.claim_version", "from core.patient"),
        ("from raw.remit", "from core.remit_claim"),
        ("from raw.remit_line", "select distinct remit_key, remit_line_number from core.remit_link where remit_line_number is not null"),
        ("from raw.remit", "select distinct remit_key from core.remit_link where remit_key is not null"),
        ("from raw.claim_line", "select distinct claim_key, line_number from core.remit_link where line_number is not null"),
        ("from core.remit_link where remit_key is not null and line_number is not null", "from core.adjudication"),
        ("select distinct claim_key, line_number from core.adjudication where is_counted", "from core.line_outcome"),
        ("from raw.acp_documentation", "from core.acp_session"),
        (
            "select distinct patient_key, service_date, clinician_npi from core.acp_session where join_status in ('joined', 'not billed')"
            " union select distinct patient_key, service_date, clinician_npi from core.acp_line",
            "from core.acp_day",
        ),
        (
            "from core.claim_line where is_primary_copy and is_professional_service and procedure_code in ('99497', '99498')",
            "from core.acp_line",
        ),
        ("from core.priced_line", "from core.line_amount"),
    ],
)
def test_rows_in_are_rows_out(con: duckdb.DuckDBPyConnection, rows_in: str, rows_out: str) -> None:
    assert count(con, rows_in) == count(con, rows_out) > 0


@pytest.mark.parametrize(
    "unexplained",
    [
        "from core.claim_version where final_reason is null"
        " or (not is_final and final_reason not like 'void%' and replaced_by_claim_key is null)",
        "from core.claim_line where copy_reason is null or (is_final and not is_primary_copy and primary_claim_key is null)",
        "from core.remit_claim where (claim_key is null) = (reason is null)",
        "from core.remit_link where (method is null) = (reason is null)",
        "from core.acp_session where join_status is null or (join_status = 'joined' and patient_method is null)",
    ],
)
def test_what_is_set_aside_says_why(con: duckdb.DuckDBPyConnection, unexplained: str) -> None:
    assert count(con, unexplained) == 0


def test_keys_are_unique(con: duckdb.DuckDBPyConnection) -> None:
    keys = {
        "core.claim_version": "claim_key",
        "core.claim_line": "claim_key, line_number",
        "core.remit_claim": "remit_key",
        "core.adjudication": "claim_key, line_number, adjudication_number",
        "core.line_outcome": "claim_key, line_number",
        "core.acp_day": "patient_key, service_date, clinician_npi",
        "core.patient": "patient_key",
        "core.clinician": "clinician_npi",
        "core.hospice_span": "patient_key, span_number",
        "core.expected_allowed": "payer_id, procedure_code, is_facility, is_reduced_fee, service_date",
    }
    repeated = {t: n for t, k in keys.items() if (n := count(con, f"select {k} from {t} group by {k} having count(*) > 1"))}
    assert repeated == {}


def test_a_crowded_account_is_told_apart_by_charge_and_day(con: duckdb.DuckDBPyConnection) -> None:
    row = con.execute(
        "select v.charge_amount, v.from_date from core.remit_claim r join core.claim_version v using (claim_key)"
        " where r.patient_control_number = 'SAME'"
    ).fetchone()
    assert row is not None
    assert (float(row[0]), row[1]) == (107, date(2024, 1, 8))
