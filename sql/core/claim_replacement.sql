/* Replacements: one row a submission that stands in for another one: target_claim_key, and how it was found (method). Frequency 7 replaces
and 8 voids: found by the payer's claim number (REF*F8 = CLP07 of a remittance, which names the account), else by account, payer,
billing provider, type and dates; without any original the first of several such changes is the target. Any other frequency: a
repetition with the same lines targets the first submission (core.claim_repetition); a void of one copy alone targets that copy. The
payer's claim number may mend what else tells claims apart: the patient at the same billing provider (with account or payer alike); or the
billing provider, when account and patient agree (a patient not known on one side: account, payer and a day). Otherwise claims whose
patients are known and differ are never versions of each other, whatever their account number; a patient is known by medical record
number, or by member id with birth date. Targets are originals, or changes submitted earlier, so there is no circle. Hospice notices
(8xA-8xE) are no replacements. */
with claim as (
  select
    s.claim_key,
    s.submission_order,
    s.account_key,
    case when s.patient_basis <> 'account' then s.patient_key end as patient_key,
    c.claim_type,
    c.patient_control_number,
    coalesce(c.payer_id, c.payer_name) as payer_id,
    c.billing_npi,
    c.rendering_npi,
    c.from_date,
    coalesce(c.through_date, c.from_date) as through_date,
    c.charge_amount,
    c.original_reference_number,
    coalesce(c.frequency_code in ('7', '8'), false) as is_change,
    p.voided_number,
    coalesce(p.target_claim_key, s.claim_key) as copy_key
  from core.claim_submission as s
  inner join raw.claim as c on s.file_key = c.file_key and s.claim_number = c.claim_number
  left join core.claim_repetition as p on s.claim_key = p.claim_key
),

change as (
  select *
  from claim
  where is_change
),

reference_number as (
  select distinct original_reference_number
  from change
),

referenced as (
  select
    r.payer_claim_control_number,
    r.patient_control_number,
    r.charge_amount,
    coalesce(r.from_date, min(l.service_from_date)) as from_date
  from raw.remit as r
  inner join reference_number as f
    on r.payer_claim_control_number = f.original_reference_number
  left join raw.remit_line as l on r.file_key = l.file_key and r.remit_number = l.remit_number
  group by r.file_key, r.remit_number, r.payer_claim_control_number, r.patient_control_number, r.charge_amount, r.from_date
),

answer as (
  select distinct
    r.payer_claim_control_number,
    r.charge_amount,
    r.from_date,
    case
      when a.patient_control_number is null then r.patient_control_number
      else r.patient_control_number || '|' || r.charge_amount || '|' || coalesce(cast(r.from_date as varchar), '')
    end as account_key
  from referenced as r
  left join core.crowded_account as a on r.patient_control_number = a.patient_control_number
),

-- A number that answered more than that ("0", "NONE") names no claim.
telling_answer as (
  select *
  from answer
  qualify count(*) over (partition by payer_claim_control_number) <= 50
),

-- Distinct already; said so that no engine joins changes and targets before the number has told which.
named as (
  select distinct
    c.claim_key,
    c.submission_order,
    c.patient_key,
    c.claim_type,
    c.patient_control_number,
    c.payer_id,
    c.billing_npi,
    c.from_date,
    c.through_date,
    c.original_reference_number,
    r.charge_amount as remit_charge_amount,
    r.from_date as remit_from_date,
    r.account_key
  from change as c
  inner join telling_answer as r on c.original_reference_number = r.payer_claim_control_number
),

named_account as (
  select distinct account_key
  from named
),

-- Of claims that are the same in all that the choice below looks at, the first stands for them.
target as (
  select t.*
  from claim as t
  inner join named_account as a on t.account_key = a.account_key
  qualify row_number() over (
      partition by
        t.account_key, t.is_change, t.voided_number, t.patient_key, t.claim_type, t.payer_id, t.billing_npi, t.from_date, t.through_date,
        t.charge_amount
      order by t.submission_order
    ) = 1
),

-- The best target by what stands first, then by the next.
by_reference as (
  select
    c.claim_key,
    arg_max(
      t.claim_key,
      struct_pack(
        is_original := not t.is_change,
        is_same_patient := coalesce(c.patient_key = t.patient_key, false),
        is_same_provider := c.billing_npi is not distinct from t.billing_npi,
        is_same_charge := c.remit_charge_amount is not distinct from t.charge_amount,
        is_same_payer := c.payer_id is not distinct from t.payer_id,
        is_same_day := c.from_date is not distinct from t.from_date,
        is_voided_number := t.voided_number is not null,
        first_order := -t.submission_order
      )
    ) as target_claim_key
  from named as c
  inner join target as t on c.account_key = t.account_key and c.claim_type = t.claim_type
  where
    c.claim_key <> t.claim_key
    and (not t.is_change or t.submission_order < c.submission_order)
    and (
      (
        c.billing_npi is not distinct from t.billing_npi
        and (
          c.patient_key = t.patient_key
          or c.patient_control_number is not distinct from t.patient_control_number
          or c.payer_id is not distinct from t.payer_id
        )
      )
      or (
        c.patient_control_number = t.patient_control_number
        and coalesce(
          c.patient_key = t.patient_key,
          c.payer_id is not distinct from t.payer_id and c.from_date <= t.through_date and c.through_date >= t.from_date
        )
      )
    )
    and coalesce(c.remit_from_date between t.from_date and t.through_date, true)
    and coalesce(t.voided_number = c.original_reference_number, t.voided_number is null)
  group by c.claim_key
),

unnamed as (
  select c.*
  from change as c
  left join by_reference as r on c.claim_key = r.claim_key
  where r.claim_key is null
),

by_group as (
  select
    c.claim_key,
    arg_max(
      t.claim_key,
      struct_pack(
        is_same_patient := coalesce(c.patient_key = t.patient_key, false),
        is_same_clinician := c.rendering_npi is not distinct from t.rendering_npi,
        is_same_charge := c.charge_amount is not distinct from t.charge_amount,
        is_voided_number := t.voided_number is not null,
        is_before := t.submission_order < c.submission_order,
        last_order := t.submission_order
      )
    ) as target_claim_key
  from unnamed as c
  inner join claim as t
    on
      c.patient_control_number = t.patient_control_number
      and c.claim_type = t.claim_type
      and c.payer_id is not distinct from t.payer_id
      and c.billing_npi is not distinct from t.billing_npi
      and c.from_date is not distinct from t.from_date
      and c.through_date is not distinct from t.through_date
  where
    not t.is_change
    and t.claim_key = t.copy_key
    and coalesce(t.voided_number = c.original_reference_number, t.voided_number is null)
    and (c.patient_key = t.patient_key or (coalesce(c.patient_key = t.patient_key, true) and c.account_key = t.account_key))
  group by c.claim_key
),

orphan as (
  select
    c.claim_key,
    first_value(c.claim_key) over (
      partition by c.claim_type, c.billing_npi, c.payer_id, c.patient_control_number, c.patient_key, c.from_date, c.through_date
      order by c.submission_order
    ) as same_claim_key,
    first_value(c.claim_key) over (
      partition by c.claim_type, c.billing_npi, c.payer_id, coalesce(c.original_reference_number, cast(c.claim_key as varchar))
      order by c.submission_order
    ) as same_reference_key
  from unnamed as c
  left join by_group as g on c.claim_key = g.claim_key
  where g.claim_key is null
)

select
  claim_key,
  target_claim_key,
  'same lines submitted again' as method
from core.claim_repetition
where claim_key <> target_claim_key
union all
select
  claim_key,
  target_claim_key,
  'payer claim number' as method
from by_reference
union all
select
  claim_key,
  target_claim_key,
  'account, payer, provider and dates' as method
from by_group
union all
select
  claim_key,
  case when same_claim_key <> claim_key then same_claim_key else same_reference_key end as target_claim_key,
  'earlier change of the same claim' as method
from orphan
where same_claim_key <> claim_key or same_reference_key <> claim_key
