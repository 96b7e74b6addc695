/* Evidence of hospice: one row a final institutional claim with a hospice type of bill (81x, 82x), hospice revenue, or hospice
certification or revocation (occurrence 27, 42), and one row a professional line that a payer denied as hospice (B9): the days that it
shows. A cancelled notice (8xD) takes away the notices (8xA) of the same day that were sent before it, but no claim for days of care. */
with hospice_line as (
  select
    l.claim_key,
    min(l.revenue_code) as revenue_code
  from core.claim_line as l
  inner join reference.hospice_code as h
    on
      h.code_kind = 'revenue_code'
      and l.revenue_code = h.code
      and h.is_span_evidence
      and l.service_date between coalesce(h.valid_from, l.service_date) and coalesce(h.valid_to, l.service_date)
  where l.claim_type = 'institutional'
  group by l.claim_key
),

occurrence as (
  select
    claim_key,
    bool_or(code = '27') as has_certification,
    min(code_date) filter (where code = '42') as revocation_date
  from core.claim_diagnosis
  where family = 'occurrence' and code in ('27', '42')
  group by claim_key
),

claim as (
  select
    v.claim_key,
    v.patient_key,
    v.frequency_code,
    v.submission_order,
    t.code is not null as is_hospice_bill,
    l.revenue_code,
    o.has_certification,
    o.revocation_date,
    coalesce(v.admission_date, v.from_date) as start_date,
    case
      when o.revocation_date is not null then least(o.revocation_date, coalesce(v.discharge_date, v.through_date, o.revocation_date))
      else coalesce(v.discharge_date, v.through_date, v.admission_date)
    end as end_date,
    v.patient_status_code
  from core.claim_version as v
  left join reference.hospice_code as t
    on
      t.code_kind = 'facility_code'
      and v.facility_code = t.code
      and t.is_span_evidence
      and v.from_date between coalesce(t.valid_from, v.from_date) and coalesce(t.valid_to, v.from_date)
  left join hospice_line as l on v.claim_key = l.claim_key
  left join occurrence as o on v.claim_key = o.claim_key
  where
    v.is_final
    and v.claim_type = 'institutional'
    and (t.code is not null or l.claim_key is not null or o.claim_key is not null)
),

ended as (
  select
    patient_key,
    start_date,
    min(end_date) as end_date
  from claim
  where (is_hospice_bill and frequency_code = 'B') or revocation_date is not null
  group by patient_key, start_date
),

cancelled as (
  select
    patient_key,
    start_date,
    max(submission_order) as submission_order
  from claim
  where is_hospice_bill and frequency_code = 'D'
  group by patient_key, start_date
)

select
  c.patient_key,
  c.start_date,
  greatest(least(c.end_date, coalesce(e.end_date, c.end_date)), c.start_date) as end_date,
  c.claim_key,
  cast(null as integer) as line_number,
  case
    when c.is_hospice_bill and c.frequency_code = 'A' then 'notice of election'
    when c.is_hospice_bill and c.frequency_code = 'B' then 'termination or revocation'
    when c.revocation_date is not null then 'revocation'
    when c.is_hospice_bill and coalesce(c.patient_status_code <> '30', false) then 'hospice claim, discharged'
    when c.is_hospice_bill then 'hospice claim'
    when c.revenue_code is not null then 'hospice revenue ' || c.revenue_code
    else 'certification'
  end as evidence,
  c.is_hospice_bill and coalesce(c.frequency_code = 'B', false)
  or c.revocation_date is not null
  or (c.is_hospice_bill and coalesce(c.patient_status_code <> '30', false)) as is_end
from claim as c
left join ended as e on c.patient_key = e.patient_key and c.start_date = e.start_date
left join cancelled as x
  on
    c.patient_key = x.patient_key
    and c.start_date = x.start_date
    and c.is_hospice_bill
    and c.frequency_code = 'A'
    and c.submission_order < x.submission_order
where c.start_date is not null and c.frequency_code is distinct from 'D' and x.patient_key is null
union all
select distinct
  l.patient_key,
  l.service_date as start_date,
  l.service_date as end_date,
  l.claim_key,
  l.line_number,
  'denied B9' as evidence,
  false as is_end
from core.adjudication as a
inner join core.claim_line as l on a.claim_key = l.claim_key and a.line_number = l.line_number
where a.is_hospice_denial and l.claim_type = 'professional' and l.service_date is not null
