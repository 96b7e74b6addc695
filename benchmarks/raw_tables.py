"""Makes the raw tables of a large warehouse: with SQL alone, or by landing what `midpoint generate` writes.

What does not belong here: the reader's files (files.py), building core and timing (checks.py), and billing scenarios (tests/checks).
The same number of claims gives the same rows. With SQL, of every 1,000 claims 25 are hospice's, 20 replace the one before, 10 are its copy
for a second payer, 5 are sent again; three lines each on average, every fourth professional claim with ACP; one line in twelve is denied,
one in thirty paid short, one remittance in a hundred reversed and corrected, one claim in twenty-five without a remittance.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from pipelines.landing.schema import create_raw_tables

PER_FILE = 10_000  # claims of a file, and the most remittances of one
PAYERS = 20  # the first four are Medicare
DAYS = 1_000  # of service, from 2023-01-01 on

# One row a claim. b: the claim whose service it bills (the one before, for replacements, copies and repetitions). Everything drawn is a
# hash of b and a word, so that related claims agree.
_CLAIM = f"""
create temp table made as
with numbered as (
  select
    i,
    case when i % 40 = 0 then 'hospice' when i % 50 = 1 then 'replacement' when i % 100 = 3 then 'copy' when i % 200 = 7 then 'repetition'
      else 'first' end as role,
    case when role in ('replacement', 'copy', 'repetition') then i - 1 else i end as b
  from range($claims) as r (i)
),
drawn as (
  select
    *,
    b % 40 = 0 as is_hospice,
    case when b % 40 = 0 then b // 40 % greatest($claims // 250, 1) else draw(b, 'patient', greatest($claims // 8, 1)) end as patient,
    date '2023-01-01' + cast(b * {DAYS} // $claims as integer) as day
  from numbered
)
select
  cast(i // {PER_FILE} + 1 as integer) as file_key,
  cast(i % {PER_FILE} + 1 as integer) as claim_number,
  *,
  case when is_hospice then draw(patient, 'payer', 4)
    when role = 'copy' then (draw(patient, 'payer', {PAYERS}) + 7) % {PAYERS} else draw(patient, 'payer', {PAYERS}) end as payer,
  draw(patient * 2 + b % 2, 'clinician', 2000) as clinician,
  cast(1 + draw(b, 'lines', 5) as integer) as line_count,
  draw(b, 'acp', 4) = 0 and not is_hospice as has_acp,
  'P' || b as patient_control_number,
  case when draw(b, 'hospice', 200) = 0 then '34'
    else ['11', '11', '12', '21', '22', '31', '32', '10', '02', '23'][1 + draw(b, 'place', 10)] end as place
from drawn
"""

_LINE = """
create temp table made_line as
with line as (
select
  c.file_key, c.claim_number, c.i, c.is_hospice, c.payer, cast(n as integer) as line_number,
  case when c.is_hospice then ['0651', '0657', '0652', '0656', '0651'][n] end as revenue_code,
  case
    when c.is_hospice then [case when c.b % 7 <> 0 then 'Q5001' end, case when c.b % 11 <> 0 then '99497' end, 'Q5002', null, 'Q5010'][n]
    when n = 1 and draw(c.b, 'oversight', 300) = 0 then 'G0182'
    when n = 1 and (c.place = '21' or draw(c.b, 'strange', 30) = 0) then ['99232', '99233', '99223', '99291'][1 + draw(c.b, 'visit', 4)]
    when n = 1 then case when c.place in ('31', '32') then '99309' when c.place = '12' then '99349' when c.place = '23' then '99284'
      else ['99213', '99214', '99215'][1 + draw(c.b, 'visit', 3)] end
    when n = 2 and c.has_acp then '99497'
    when n = 3 and c.has_acp then '99498'
    else ['36415', '93000', 'J1885', '99406', 'G0439', '99490'][1 + draw(c.b * 8 + n, 'other', 6)]
  end as procedure_code,
  case when not c.is_hospice then [null, '25', 'GV', 'GW', '33', '95'][1 + greatest(draw(c.b * 8 + n, 'modifier', 100) - 94, 0)] end
    as modifier_1,
  cast(case when c.is_hospice and n <> 2 then 30 when draw(c.b * 8 + n, 'units', 20) = 0 then 2 else 1 end as decimal(18, 4)) as units,
  c.day as service_date,
  draw(c.b * 8 + n, 'denied', 12) = 0 as is_denied,
  cast(case when draw(c.b * 8 + n, 'short', 30) = 0 then 0.6 else 0.5 end as decimal(2, 1)) as cut  -- share of the charge not allowed
from made as c
cross join range(1, 6) as r (n)
where n <= c.line_count
)
select *, cast(100 + draw(payer, coalesce(procedure_code, revenue_code), 200) as decimal(18, 2)) * units as charge_amount from line
"""

# kind 0: the first answer; 1 and 2: its reversal and the correction, in files of their own.
_REMIT = f"""
create temp table made_remit as
select
  cast(100000 + 1000 * kind + c.i // {PER_FILE} as integer) as remit_file_key, c.claim_number as remit_number,
  cast(kind as integer) as kind, c.*
from made as c
cross join range(3) as r (kind)
where
  draw(c.b, 'answered', 25) <> 0
  and not (c.role = 'hospice' and c.line_count = 1 and c.b % 3 = 0)
  and (kind = 0 or draw(c.b, 'reversed', 100) = 0)
"""

_RAW = (
    """
insert into raw.file (file_key, path, sha256, bytes, kind, status, received_at, interchange_count, transaction_set_count, row_count)
select file_key, 'file-' || file_key, sha256('file-' || file_key), 1, kind, 'accepted', timestamp '2026-01-01', 1, 1, 0
from (
  select distinct file_key, '837P' as kind from made
  union all select distinct remit_file_key, '835' from made_remit
  union all select 900000, 'documentation'
)
""",
    """
insert into raw.transaction_set (file_key, transaction_set, kind, is_landed, is_balanced, created_date, created_time)
select file_key, 1, '837P', true, true, max(day) + 7, '1200' from made group by file_key
""",
    """
insert into raw.transaction_set (
  file_key, transaction_set, kind, is_landed, is_balanced, created_date, created_time, production_date, payer_id, payer_name, payee_npi
)
select
  remit_file_key, payer + 1, '835', true, true, max(day) + 21 + 30 * max(kind), '1200', max(day) + 21 + 30 * max(kind),
  'PAYER' || payer, 'PAYER' || payer, '1000000000'
from made_remit group by remit_file_key, payer
""",
    """
insert into raw.claim (
  file_key, transaction_set, segment_number, claim_number, claim_type, patient_control_number, charge_amount, facility_code,
  facility_qualifier_code, frequency_code, payer_sequence_code, filing_indicator_code, payer_id, payer_name, member_key, member_birth_key,
  mrn_key, patient_age, billing_npi, rendering_npi, rendering_taxonomy_code, attending_npi, attending_taxonomy_code, from_date,
  through_date, admission_date, patient_status_code, original_reference_number, line_count, line_charge_amount, is_balanced
)
select
  c.file_key, 1, c.claim_number * 10, c.claim_number, case when c.is_hospice then 'institutional' else 'professional' end,
  c.patient_control_number, s.charge, case when c.is_hospice then '81' else c.place end, case when c.is_hospice then 'A' else 'B' end,
  case when c.role = 'replacement' then '7' when c.is_hospice and c.line_count = 1 and c.b % 3 = 0 then 'A' when c.is_hospice then '3'
    else '1' end,
  case when c.role = 'copy' then 'S' else 'P' end,
  case when c.is_hospice then 'MA' when c.payer < 4 then 'MB' else 'CI' end, 'PAYER' || c.payer, 'PAYER' || c.payer,
  key_of(c.patient, 'member'), key_of(c.patient, 'birth'),
  case when c.patient % 10 < 7 then key_of(c.patient, 'record') end, cast(50 + c.patient % 40 as integer),
  case when c.is_hospice then '100000010' || c.patient % 10 else '100000000' || c.clinician % 10 end,
  case when not c.is_hospice then cast(1100000000 + c.clinician as varchar) end,
  case when not c.is_hospice
    then ['207R00000X', '207RH0002X', '363LF0000X', '207RC0200X', '208M00000X', '1041C0700X'][1 + c.clinician % 6] end,
  case when c.is_hospice then cast(1100000000 + c.clinician as varchar) end, case when c.is_hospice then '207QH0002X' end,
  c.day, case when c.is_hospice then c.day + 29 else c.day end, case when c.is_hospice then c.day - cast(c.b // 40 % 8 as integer) end,
  case when c.is_hospice then '30' end,
  case when c.role = 'replacement' then 'ICN' || c.b end, c.line_count, s.charge, true
from made as c
inner join (select i, sum(charge_amount) as charge from made_line group by i) as s on c.i = s.i
""",
    """
insert into raw.claim_payer (file_key, transaction_set, segment_number, claim_number, payer_ordinal, payer_sequence_code, payer_id)
select file_key, 1, claim_number * 10 + 5, claim_number, 1, 'P', 'PAYER' || draw(patient, 'payer', 20) from made where role = 'copy'
""",
    """
insert into raw.claim_diagnosis (
  file_key, transaction_set, segment_number, claim_number, hi_ordinal, code_ordinal, family, qualifier_code, code
)
select
  c.file_key, 1, c.claim_number * 10 + 4, c.claim_number, n, n, 'diagnosis', case when n = 1 then 'ABK' else 'ABF' end,
  ['C3490', 'I5022', 'J449', 'Z515', 'G309', 'N186', 'C259', 'Z66'][1 + draw(c.patient * 8 + n, 'diagnosis', 8)]
from made as c
cross join range(1, 3) as r (n)
""",
    """
insert into raw.claim_line (
  file_key, transaction_set, segment_number, claim_number, line_number, assigned_number, procedure_qualifier, procedure_code, modifier_1,
  charge_amount, unit_code, units, revenue_code, diagnosis_pointer_1, service_from_date, line_control_number
)
select
  file_key, 1, claim_number * 10 + line_number, claim_number, line_number, cast(line_number as varchar),
  case when procedure_code is not null then 'HC' end, procedure_code, modifier_1, charge_amount, 'UN', units, revenue_code,
  case when not is_hospice then 1 end, service_date, 'L' || i || '-' || line_number
from made_line
""",
    """
insert into raw.remit (
  file_key, transaction_set, segment_number, remit_number, patient_control_number, status_code, charge_amount, paid_amount,
  patient_responsibility_amount, payer_claim_control_number, member_key, from_date, through_date, line_count, is_balanced
)
select
  r.remit_file_key, r.payer + 1, r.remit_number * 10, r.remit_number, r.patient_control_number,
  case when kind = 1 then '22' when role = 'copy' then '2' else '1' end, sign * s.charge, sign * s.paid, s.share, 'ICN' || r.b,
  key_of(r.patient, 'member'), r.day, case when r.is_hospice then r.day + 29 else r.day end, r.line_count, true
from (select *, case when kind = 1 then -1 else 1 end as sign from made_remit) as r
inner join (
  select
    i, sum(charge_amount) as charge,
    cast(sum(case when not is_denied then charge_amount * (0.9 - cut) else 0 end) as decimal(18, 2)) as paid,
    cast(sum(case when not is_denied then charge_amount * 0.1 else 0 end) as decimal(18, 2)) as share
  from made_line group by i
) as s on r.i = s.i
""",
    """
insert into raw.remit_line (
  file_key, transaction_set, segment_number, remit_number, line_number, procedure_qualifier, procedure_code, modifier_1, revenue_code,
  charge_amount, paid_amount, paid_units, service_from_date, line_control_number, allowed_amount, adjustment_amount,
  patient_adjustment_amount, is_balanced
)
select
  r.remit_file_key, r.payer + 1, r.remit_number * 10 + l.line_number, r.remit_number, l.line_number, 'HC', l.procedure_code, l.modifier_1,
  l.revenue_code, sign * l.charge_amount, sign * case when l.is_denied then 0 else l.charge_amount * (0.9 - l.cut) end, l.units,
  l.service_date,
  case when l.i % 5 <> 0 then 'L' || l.i || '-' || l.line_number end,
  case when not l.is_denied and l.i % 3 = 0 then sign * l.charge_amount * (1 - l.cut) end,
  sign * case when l.is_denied then l.charge_amount else l.charge_amount * (0.1 + l.cut) end,
  sign * case when l.is_denied then 0 else l.charge_amount * 0.1 end, true
from (select *, case when kind = 1 then -1 else 1 end as sign from made_remit) as r
inner join made_line as l on r.i = l.i
""",
    """
insert into raw.remit_adjustment (
  file_key, transaction_set, segment_number, remit_number, line_number, adjustment_ordinal, group_code, reason_code, amount
)
select
  r.remit_file_key, r.payer + 1, r.remit_number * 10, r.remit_number, l.line_number, n,
  case when n = 1 then 'CO' else 'PR' end,
  case when l.is_denied then ['97', '16', '151', '50', '107', '4', 'B9'][1 + least(draw(l.i * 8 + l.line_number, 'reason', 121) // 20, 6)]
    when n = 1 then '45' else '2' end,
  case when kind = 1 then -1 else 1 end * case when l.is_denied then l.charge_amount when n = 1 then l.charge_amount * l.cut
    else l.charge_amount * 0.1 end
from made_remit as r
inner join made_line as l on r.i = l.i
cross join range(1, 3) as k (n)
where n = 1 or not l.is_denied
""",
    """
insert into raw.remit_remark (file_key, transaction_set, segment_number, remit_number, line_number, source_code, remark_code)
select r.remit_file_key, r.payer + 1, r.remit_number * 10, r.remit_number, l.line_number, 'LQ', ['N20', 'N122', 'M15', 'N706'][1 + l.i % 4]
from made_remit as r
inner join made_line as l on r.i = l.i
where l.is_denied
""",
    """
insert into raw.acp_documentation (
  file_key, row_number, documentation_id, service_date, rendering_npi, patient_control_number, mrn_key, acp_minutes, modality, unit,
  participants, patient_present, voluntary, topics, documents, status_change, time_separate, em_minutes, encounter_minutes, author_npi,
  author_credential, has_note_text
)
select
  900000, row_number() over (order by i) + 1, 'D' || i, day, cast(1100000000 + clinician as varchar), patient_control_number,
  case when patient % 10 < 7 then key_of(patient, 'record') end,
  case when draw(i, 'minutes', 20) <> 0 then cast(10 + draw(i, 'minutes', 80) as integer) end,
  ['in_person', 'in_person', 'video', 'audio'][1 + draw(i, 'modality', 4)], case when place = '21' and i % 9 = 0 then 'ICU' end,
  'patient;daughter', 'Y', case when i % 13 = 0 then 'N' else 'Y' end, case when i % 7 = 0 then 'goals' else 'code_status;polst' end,
  null, 'N', 'Y', 20, 100, cast(1100000000 + clinician as varchar), 'MD', false
from made
where has_acp and role = 'first' and draw(i, 'documented', 10) < 8
""",
)


def make_with_sql(con: duckdb.DuckDBPyConnection, _: Path, claims: int) -> None:
    """Fill raw.* with ``claims`` claims (three lines each on average) and what answers and documents them: half a minute a million."""
    from pipelines.documentation.extract import COLUMNS

    create_raw_tables(con)
    con.execute("create or replace temp macro draw(number, word, choices) as cast(hash(number, word) % choices as bigint)")
    con.execute("create or replace temp macro key_of(number, word) as cast(hash(number, word) >> 8 as bigint)")
    for name, query in (("made", _CLAIM), ("made_line", _LINE), ("made_remit", _REMIT)):
        con.execute(f"drop table if exists {name}")
        con.execute(query, {"claims": claims} if "$claims" in query else None)
    for query in _RAW:
        con.execute(query)
    con.executemany("insert into raw.documentation_column values (900000, ?)", [[column] for column in COLUMNS])
    for name in ("made_remit", "made_line", "made"):
        con.execute(f"drop table {name}")


def make_with_generator(con: duckdb.DuckDBPyConnection, warehouse: Path, claims: int) -> None:
    """Fill raw.* by landing a synthetic inbox, with fewer lines a claim and errors as rare as in practice: ten minutes a million."""
    from pipelines.landing.land import land
    from pipelines.settings import Settings
    from pipelines.synthetic.generate import generate_folder

    with tempfile.TemporaryDirectory(prefix="midpoint-") as work:
        generate_folder(Path(work) / "made", claims, seed=1, error_rate=0.1)
        land(con, Settings(warehouse=warehouse), [Path(work) / "made" / "inbox"])


# What can make the warehouse: fills raw.* of the open warehouse at the path.
MAKERS: dict[str, Callable[[duckdb.DuckDBPyConnection, Path, int], None]] = {"sql": make_with_sql, "generator": make_with_generator}
