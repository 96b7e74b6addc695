/* Claims as submitted: one row a row of raw.claim: our keys, the place in the order of submissions and the patient; core.claim_version adds
the rest. Patient: the medical record number where given (mrn); else member id + birth date, taken over to the record number when exactly
one goes with it (member); else the account at the billing provider (account). mrn_key is null where the number names no patient: see
core.crowded_record. account_key is what joins on the account use: see core.crowded_account. */
with claim as (
  select
    c.file_key,
    c.claim_number,
    c.transaction_set,
    c.patient_control_number,
    c.charge_amount,
    c.from_date,
    c.billing_npi,
    c.member_birth_key,
    case when w.mrn_key is null then c.mrn_key end as mrn_key
  from raw.claim as c
  left join core.crowded_record as w on c.mrn_key = w.mrn_key
),

member_record as (
  select
    member_birth_key,
    min(mrn_key) as mrn_key
  from claim
  where member_birth_key is not null and mrn_key is not null
  group by member_birth_key
  having min(mrn_key) = max(mrn_key)
),

identified as (
  select
    c.file_key,
    c.claim_number,
    s.file_number * 4294967296 + c.claim_number as claim_key,
    s.file_id || '-' || c.claim_number as claim_id,
    s.submission_date,
    s.submission_number * 4294967296 + c.claim_number as submission_order,
    c.patient_control_number,
    c.charge_amount,
    c.from_date,
    c.billing_npi,
    c.member_birth_key,
    c.mrn_key,
    coalesce(c.mrn_key, m.mrn_key) as record_key
  from claim as c
  inner join core.submission as s on c.file_key = s.file_key and c.transaction_set = s.transaction_set
  left join member_record as m on c.member_birth_key = m.member_birth_key
)

select
  i.claim_key,
  i.claim_id,
  i.file_key,
  i.claim_number,
  i.submission_date,
  i.submission_order,
  i.mrn_key,
  case
    when a.patient_control_number is null then i.patient_control_number
    else i.patient_control_number || '|' || i.charge_amount || '|' || coalesce(cast(i.from_date as varchar), '')
  end as account_key,
  case
    when i.record_key is not null then 'mrn:' || i.record_key
    when i.member_birth_key is not null then 'member:' || i.member_birth_key
    else 'account:' || coalesce(i.billing_npi, '') || ':' || coalesce(i.patient_control_number, '')
  end as patient_key,
  case
    when i.record_key is not null then 'mrn'
    when i.member_birth_key is not null then 'member'
    else 'account'
  end as patient_basis
from identified as i
left join core.crowded_account as a on i.patient_control_number = a.patient_control_number
