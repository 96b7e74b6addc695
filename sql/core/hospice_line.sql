/* Hospice lines: one row a line (final, primary copy) that has to do with hospice: professional lines inside a span of their patient, and
lines with a hospice code (procedure, place of service, GV or GW; on institutional claims of palliative clinicians also type of bill and
revenue). hospice_code names the first such code. */
with coded as (
  select
    l.claim_key,
    l.line_number,
    'HCPCS ' || h.code as hospice_code
  from core.claim_line as l
  inner join reference.hospice_code as h
    on
      h.code_kind = 'procedure_code'
      and l.procedure_code = h.code
      and h.is_hospice_service
      and l.service_date between coalesce(h.valid_from, l.service_date) and coalesce(h.valid_to, l.service_date)
  union all
  select
    l.claim_key,
    l.line_number,
    'place of service ' || h.code as hospice_code
  from core.claim_line as l
  inner join reference.hospice_code as h
    on
      h.code_kind = 'place_of_service_code'
      and l.place_of_service_code = h.code
      and h.is_hospice_service
      and l.service_date between coalesce(h.valid_from, l.service_date) and coalesce(h.valid_to, l.service_date)
  where l.claim_type = 'professional'
  union all
  select
    l.claim_key,
    l.line_number,
    'revenue ' || h.code as hospice_code
  from core.claim_line as l
  inner join reference.hospice_code as h
    on
      h.code_kind = 'revenue_code'
      and l.revenue_code = h.code
      and h.is_hospice_service
      and l.service_date between coalesce(h.valid_from, l.service_date) and coalesce(h.valid_to, l.service_date)
  union all
  select
    l.claim_key,
    l.line_number,
    'type of bill ' || h.code || coalesce(v.frequency_code, '') as hospice_code
  from core.claim_line as l
  inner join core.claim_version as v on l.claim_key = v.claim_key
  inner join reference.hospice_code as h
    on
      h.code_kind = 'facility_code'
      and v.facility_code = h.code
      and h.is_hospice_service
      and l.service_date between coalesce(h.valid_from, l.service_date) and coalesce(h.valid_to, l.service_date)
  where l.claim_type = 'institutional'
  union all
  select
    claim_key,
    line_number,
    'modifier GV or GW' as hospice_code
  from core.claim_line
  where claim_type = 'professional'
    and ('GV' in (modifier_1, modifier_2, modifier_3, modifier_4) or 'GW' in (modifier_1, modifier_2, modifier_3, modifier_4))
),

code as (
  select
    claim_key,
    line_number,
    min(hospice_code) as hospice_code
  from coded
  group by claim_key, line_number
),

spanned as (
  select distinct patient_key
  from core.hospice_span
)

select
  l.claim_key,
  l.line_number,
  l.claim_type,
  l.patient_key,
  l.service_date,
  l.procedure_code,
  l.payer_id,
  coalesce('GV' in (l.modifier_1, l.modifier_2, l.modifier_3, l.modifier_4), false) as has_gv,
  coalesce('GW' in (l.modifier_1, l.modifier_2, l.modifier_3, l.modifier_4), false) as has_gw,
  c.hospice_code,
  n.patient_key is not null as has_span,
  s.patient_key is not null as is_in_span,
  s.start_date as span_start_date,
  s.end_date as span_end_date,
  s.evidence as span_evidence,
  coalesce(k.is_palliative, false) or a.taxonomy_code is not null as is_palliative
from core.claim_line as l
inner join core.claim_version as v on l.claim_key = v.claim_key
left join code as c on l.claim_key = c.claim_key and l.line_number = c.line_number
left join spanned as n on l.patient_key = n.patient_key
left join core.hospice_span as s on l.patient_key = s.patient_key and l.service_date between s.start_date and s.end_date
left join core.clinician_day as k on l.clinician_npi = k.clinician_npi and l.service_date = k.service_date
left join reference.palliative_taxonomy as a
  on
    v.attending_taxonomy_code = a.taxonomy_code
    and l.service_date between coalesce(a.valid_from, l.service_date) and coalesce(a.valid_to, l.service_date)
where
  l.is_primary_copy
  and (
    (l.claim_type = 'professional' and (s.patient_key is not null or c.claim_key is not null))
    or (c.claim_key is not null and (coalesce(k.is_palliative, false) or a.taxonomy_code is not null))
  )
