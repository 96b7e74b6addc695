"""One account sent over and over: no step of core may grow with the square of the repetitions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from pipelines.landing.schema import create_raw_tables
from pipelines.settings import Settings
from pipelines.warehouse import build_room, connect, load_reference, set_parameters

CLAIMS = 8_000

RAW = f"""
insert into raw.file by name
select k as file_key, 'f' || k as path, sha256('f' || k) as sha256, 1 as bytes, '837P' as kind, 'accepted' as status,
  timestamp '2024-01-01' as received_at, 1 as interchange_count, 1 as transaction_set_count, 0 as row_count
from range(1, 4) as t (k);
insert into raw.transaction_set by name
select k as file_key, 1 as transaction_set, date '2024-01-01' + cast(30 * k as integer) as created_date, 'PAYER' as payer_id
from range(1, 3) as t (k);
insert into raw.claim by name
select 1 as file_key, 1 as transaction_set, 1 as segment_number, cast(i as integer) as claim_number, 'professional' as claim_type,
  'ONE' as patient_control_number, 100 as charge_amount,
  case when i % 2 = 0 then '1' when i % 4 = 1 then '7' else '8' end as frequency_code,
  case when i % 2 = 1 then 'ICN' || (i - 1) end as original_reference_number, 'PAYER' as payer_id, '1000000001' as rendering_npi,
  date '2024-01-05' as from_date, 1 as member_key, 1 as member_birth_key
from range({CLAIMS}) as t (i);
insert into raw.claim_line by name
select file_key, transaction_set, 1 as segment_number, claim_number, 1 as line_number, '99497' as procedure_code, 100 as charge_amount
from raw.claim;
insert into raw.remit by name
select 2 as file_key, 1 as transaction_set, 1 as segment_number, cast(i as integer) as remit_number, 'ONE' as patient_control_number,
  case when i % 3 = 0 then '22' else '1' end as status_code, 100 as charge_amount, 60 as paid_amount,
  'ICN' || i as payer_claim_control_number, '1' as frequency_code, date '2024-01-05' as from_date, 1 as member_key
from range({CLAIMS}) as t (i);
insert into raw.remit_line by name
select file_key, transaction_set, 1 as segment_number, remit_number, 1 as line_number, '99497' as procedure_code, 100 as charge_amount,
  60 as paid_amount
from raw.remit;
insert into raw.acp_documentation by name
select 3 as file_key, cast(i as integer) as row_number, 'D' || i as documentation_id, date '2024-01-05' as service_date,
  '1000000001' as rendering_npi, 'ONE' as patient_control_number, 40 as acp_minutes, false as has_note_text
from range({CLAIMS}) as t (i);
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect(":memory:", threads=1, memory_limit="256MB")
    connection.execute("set max_temp_directory_size = '0B'")
    create_raw_tables(connection)
    connection.execute(RAW)
    load_reference(connection)
    set_parameters(connection, Settings(as_of=date(2024, 12, 31)))
    yield connection
    connection.close()


def test_one_account_again_and_again(con: duckdb.DuckDBPyConnection) -> None:
    """Originals, replacements and voids in turn, each answered, each documented: what fits in little memory has not exploded."""
    made = build_room(con, "core")
    assert (made["core.claim_version"], made["core.remit_claim"], made["core.acp_session"]) == (CLAIMS, CLAIMS, CLAIMS)
    assert con.execute("select count(*) from core.claim_version where is_final").fetchone() == (1,)
    assert con.execute("select count(*) from core.remit_claim where claim_key is null").fetchone() == (0,)
