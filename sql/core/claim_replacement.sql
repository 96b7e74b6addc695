/* Replacements: one row a submission that stands in for another one: target_claim_key, and how it was found (method). Frequency 7 replaces
and 8 voids: found by the payer's claim number (REF*F8 = CLP07 of a remittance, which names the account), else by account, payer,
billing provider, type and dates; without any original the first of several such changes is the target. Any other frequency: a
repetition with the same lines targets the first submission. The payer's claim number may mend what else tells claims apart: the patient
at the same billing provider (with account or payer alike); or the billing provider, when account and patient agree (a patient not known
on one side: account, payer and a day). Otherwise claims whose patients are known and differ are never versions of each other, whatever
their account number; a patient is known by medical record number, or by member id with birth date. Targets are originals, or changes
submitted earlier, so there is no circle. Hospice notices (8xA-8xE) are no replacements. */
with claim as (
  select
    s.claim_key,
    s.file_key,
    s.claim_number,
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
    c.frequency_code,
    c.original_reference_number,
    coalesce(c.frequency_code in ('7', '8'), false) as is_change
  from core.claim_submission as s
  inner join raw.claim as c on s.file_key = c.file_key and s.claim_number = c.claim_number
),

crowd as (
  select
    patient_control_number,
    payer_id,
    billing_npi,
    claim_type,
    from_date,
    through_date,
    min(claim_key) as group_key
  from claim
  group by patient_control_number, payer_id, billing_npi, claim_type, from_date, through_date
  having count(*) > 1
),

grouped as (
  select
    c.claim_key,
    c.file_key,
    c.claim_number,
    c.submission_order,
    c.is_change,
    c.frequency_code,
    c.rendering_npi,
    c.charge_amount,
    c.patient_key,
    g.group_key
  from claim as c
  inner join crowd as g
    on
      c.patient_control_number = g.patient_control_number
      and c.claim_type = g.claim_type
      and c.payer_id is not distinct from g.payer_id
      and c.billing_npi is not distinct from g.billing_npi
      and c.from_date is not distinct from g.from_date
      and c.through_date is not distinct from g.through_date
),

content as (
  select
    g.claim_key,
    string_agg(
      coalesce(l.procedure_code, '')
      || '~'
      || coalesce(l.modifier_1, '')
      || '~'
      || coalesce(l.modifier_2, '')
      || '~'
      || coalesce(l.modifier_3, '')
      || '~' || coalesce(l.modifier_4, '') || '~' || coalesce(l.revenue_code, '') || '~' || coalesce(cast(l.charge_amount as varchar), '')
      || '~' || coalesce(cast(l.units as varchar), '') || '~' || coalesce(cast(l.service_from_date as varchar), '')
      || '~' || coalesce(l.place_of_service_code, '') || '~' || coalesce(l.rendering_npi, ''),
      '|' order by l.line_number
    ) as lines
  from grouped as g
  inner join raw.claim_line as l on g.file_key = l.file_key and g.claim_number = l.claim_number
  where not g.is_change
  group by g.claim_key
),

repetition as (
  select
    g.claim_key,
    first_value(g.claim_key) over (
      partition by g.group_key, g.patient_key, g.frequency_code, g.rendering_npi, g.charge_amount, c.lines
      order by g.submission_order
    ) as target_claim_key
  from grouped as g
  left join content as c on g.claim_key = c.claim_key
  where not g.is_change
),

reference_number as (
  select distinct original_reference_number
  from claim
  where is_change
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

by_reference as (
  select
    c.claim_key,
    t.claim_key as target_claim_key
  from claim as c
  inner join answer as r on c.original_reference_number = r.payer_claim_control_number
  inner join claim as t on r.account_key = t.account_key and c.claim_type = t.claim_type
  where
    c.is_change
    and c.claim_key <> t.claim_key
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
    and coalesce(r.from_date between t.from_date and t.through_date, true)
  qualify row_number() over (
      partition by c.claim_key
      order by
        t.is_change,
        coalesce(c.patient_key = t.patient_key, false) desc,
        c.billing_npi is not distinct from t.billing_npi desc,
        r.charge_amount is not distinct from t.charge_amount desc,
        c.payer_id is not distinct from t.payer_id desc,
        c.from_date is not distinct from t.from_date desc,
        t.submission_order
    ) = 1
),

by_group as (
  select
    c.claim_key,
    t.claim_key as target_claim_key
  from grouped as c
  inner join grouped as t on c.group_key = t.group_key
  where c.is_change and not t.is_change and coalesce(c.patient_key = t.patient_key, true)
  qualify row_number() over (
      partition by c.claim_key
      order by
        coalesce(c.patient_key = t.patient_key, false) desc,
        c.rendering_npi is not distinct from t.rendering_npi desc,
        c.charge_amount is not distinct from t.charge_amount desc,
        t.submission_order < c.submission_order desc,
        t.submission_order desc
    ) = 1
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
  from claim as c
  left join by_reference as r on c.claim_key = r.claim_key
  left join by_group as g on c.claim_key = g.claim_key
  where c.is_change and r.claim_key is null and g.claim_key is null
)

select
  claim_key,
  target_claim_key,
  'same lines submitted again' as method
from repetition
where claim_key <> target_claim_key
union all
select
  claim_key,
  target_claim_key,
  'payer claim number' as method
from by_reference
union all
select
  g.claim_key,
  g.target_claim_key,
  'account, payer, provider and dates' as method
from by_group as g
left join by_reference as r on g.claim_key = r.claim_key
where r.claim_key is null
union all
select
  claim_key,
  case when same_claim_key <> claim_key then same_claim_key else same_reference_key end as target_claim_key,
  'earlier change of the same claim' as method
from orphan
where same_claim_key <> claim_key or same_reference_key <> claim_key
