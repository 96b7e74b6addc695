/* Copies: one row a line of a final claim that repeats, for another payer, a service that a better placed claim holds (primary before
secondary before tertiary; between equals the later submission). Found on the same account at the same billing provider, else (secondary and
later payers only) on the same patient, billing provider and clinician. A secondary claim whose primary is not known has no row: it is the
only copy of its service. */
with after_primary as (
  select distinct
    file_key,
    claim_number
  from raw.claim_payer
  where payer_sequence_code = 'P'
),

final_claim as (
  select
    v.*,
    case
      when v.payer_sequence_code = 'T' then 3
      when v.payer_sequence_code = 'S' or (coalesce(v.payer_sequence_code, 'P') = 'P' and a.file_key is not null) then 2
      when coalesce(v.payer_sequence_code, 'P') = 'P' then 1
      else 4
    end as sequence_number
  from core.claim_version as v
  left join after_primary as a on v.file_key = a.file_key and v.claim_number = a.claim_number
  where v.is_final
),

shared_account as (
  select
    claim_type,
    billing_npi,
    account_key
  from final_claim
  group by claim_type, billing_npi, account_key
  having
    min(coalesce(payer_id, '')) <> max(coalesce(payer_id, '')) or min(sequence_number) <> max(sequence_number)
),

account_claim as (
  select c.*
  from final_claim as c
  inner join shared_account as a
    on c.claim_type = a.claim_type and c.account_key = a.account_key and c.billing_npi is not distinct from a.billing_npi
),

account_line as (
  select
    c.claim_key,
    l.line_number,
    c.claim_type,
    c.billing_npi,
    c.account_key,
    c.sequence_number,
    c.submission_order,
    coalesce(l.service_from_date, c.from_date) as service_date,
    l.procedure_code,
    l.revenue_code,
    row_number() over (
      partition by c.claim_key, coalesce(l.service_from_date, c.from_date), l.procedure_code, l.revenue_code
      order by l.line_number
    ) as occurrence_number
  from account_claim as c
  inner join raw.claim_line as l on c.file_key = l.file_key and c.claim_number = l.claim_number
),

account_best as (
  select
    claim_key,
    line_number,
    first_value(claim_key) over (
      partition by claim_type, billing_npi, account_key, service_date, procedure_code, revenue_code, occurrence_number
      order by sequence_number, submission_order desc
    ) as primary_claim_key
  from account_line
),

by_account as (
  select
    b.claim_key,
    b.line_number,
    b.primary_claim_key
  from account_best as b
  inner join final_claim as c on b.claim_key = c.claim_key
  inner join final_claim as p on b.primary_claim_key = p.claim_key
  where
    b.claim_key <> b.primary_claim_key
    and (c.payer_id is distinct from p.payer_id or c.sequence_number <> p.sequence_number)
    and (c.sequence_number > 1 or c.has_other_payer or p.has_other_payer or c.patient_key = p.patient_key)
    and coalesce(c.mrn_key = p.mrn_key, true)
    and coalesce(c.patient_age = p.patient_age, true)
),

later_payer as (
  select
    c.claim_key,
    l.line_number,
    c.claim_type,
    c.billing_npi,
    c.patient_key,
    coalesce(l.rendering_npi, c.rendering_npi) as rendering_npi,
    coalesce(l.service_from_date, c.from_date) as service_date,
    l.procedure_code,
    l.revenue_code,
    row_number() over (
      partition by
        c.claim_type, c.billing_npi, c.patient_key, c.sequence_number, coalesce(l.rendering_npi, c.rendering_npi),
        coalesce(l.service_from_date, c.from_date), l.procedure_code, l.revenue_code
      order by c.claim_key, l.line_number
    ) as occurrence_number
  from final_claim as c
  inner join raw.claim_line as l on c.file_key = l.file_key and c.claim_number = l.claim_number
  left join by_account as a on c.claim_key = a.claim_key and l.line_number = a.line_number
  where c.sequence_number in (2, 3) and a.claim_key is null
),

later_patient as (
  select distinct patient_key
  from later_payer
),

first_payer as (
  select
    c.claim_key,
    l.line_number,
    c.claim_type,
    c.billing_npi,
    c.patient_key,
    coalesce(l.rendering_npi, c.rendering_npi) as rendering_npi,
    coalesce(l.service_from_date, c.from_date) as service_date,
    l.procedure_code,
    l.revenue_code,
    row_number() over (
      partition by
        c.claim_type, c.billing_npi, c.patient_key, coalesce(l.rendering_npi, c.rendering_npi),
        coalesce(l.service_from_date, c.from_date), l.procedure_code, l.revenue_code
      order by c.claim_key, l.line_number
    ) as occurrence_number
  from final_claim as c
  inner join later_patient as o on c.patient_key = o.patient_key
  inner join raw.claim_line as l on c.file_key = l.file_key and c.claim_number = l.claim_number
  where c.sequence_number = 1
)

select
  claim_key,
  line_number,
  primary_claim_key,
  'same account' as method
from by_account
union all
select
  s.claim_key,
  s.line_number,
  p.claim_key as primary_claim_key,
  'same patient, clinician and day' as method
from later_payer as s
inner join first_payer as p
  on
    s.patient_key = p.patient_key
    and s.claim_type = p.claim_type
    and s.service_date = p.service_date
    and s.occurrence_number = p.occurrence_number
    and s.procedure_code is not distinct from p.procedure_code
    and s.revenue_code is not distinct from p.revenue_code
    and s.rendering_npi is not distinct from p.rendering_npi
    and s.billing_npi is not distinct from p.billing_npi
