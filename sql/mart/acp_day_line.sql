/* Everything of an ACP day: one row a claim line (final, primary copy, professional or 0657, any clinician) of a patient's day on which ACP
is billed or documented, and one (claim_key null, code_family hospice) for a hospice span that covers the day. day_key as in mart.acp_day.
Measures: units, billed_amount. */
with day as (
  select distinct
    patient_key,
    service_date,
    left(sha256(patient_key || '|' || cast(service_date as varchar)), 16) as day_key
  from core.acp_day
  where patient_key is not null and service_date is not null
)

select
  d.day_key,
  d.service_date,
  l.claim_id as claim_key,
  l.line_number,
  l.clinician_npi,
  l.billing_npi,
  l.payer_id,
  l.procedure_code,
  l.modifiers,
  l.place_of_service_code,
  l.units,
  l.charge_amount as billed_amount,
  case when l.acp_code is not null then 'acp' else c.code_family end as code_family,
  cast(null as varchar) as evidence
from day as d
inner join core.claim_line as l on d.patient_key = l.patient_key and d.service_date = l.service_date
inner join core.code_family as c
  on l.procedure_code is not distinct from c.procedure_code and l.revenue_code is not distinct from c.revenue_code
where l.is_primary_copy and l.is_professional_service
union all
select
  d.day_key,
  d.service_date,
  cast(null as varchar) as claim_key,
  cast(null as integer) as line_number,
  cast(null as varchar) as clinician_npi,
  cast(null as varchar) as billing_npi,
  cast(null as varchar) as payer_id,
  cast(null as varchar) as procedure_code,
  cast(null as varchar) as modifiers,
  cast(null as varchar) as place_of_service_code,
  cast(null as decimal(18, 4)) as units,
  cast(null as decimal(18, 2)) as billed_amount,
  'hospice' as code_family,
  s.evidence
from day as d
inner join core.hospice_span as s on d.patient_key = s.patient_key and d.service_date between s.start_date and s.end_date
