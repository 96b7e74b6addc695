/* Hospice lines as published: one row a professional line (final, primary copy) inside a hospice span of its patient, with GV or GW, or
ever denied B9: the lines of mart.hospice_conflict, one by one. patient_code as in mart.hospice_span (null: the patient is not known);
span_number: the span of the day, null outside. modifier_use: GV, GW, both or none. is_b9: a payer has denied the line as hospice;
is_denied: it is denied now; is_paid: paid, or moved to the patient, now. Measures: billed_amount, allowed_amount, paid_amount, units. */
with b9 as (
  select distinct
    claim_key,
    line_number
  from core.adjudication
  where is_hospice_denial and is_counted
),

line as (
  select
    claim_key,
    line_number
  from core.hospice_line
  where claim_type = 'professional' and (is_in_span or has_gv or has_gw)
  union
  select
    b.claim_key,
    b.line_number
  from b9 as b
  inner join core.claim_line as l on b.claim_key = l.claim_key and b.line_number = l.line_number
  where l.is_primary_copy and l.claim_type = 'professional'
)

select
  left(sha256(l.patient_key || '|hospice'), 12) as patient_code,
  s.span_number,
  l.claim_id as claim_key,
  l.line_number,
  l.patient_control_number,
  l.service_date,
  v.submission_date,
  o.first_remit_date,
  l.payer_id,
  l.billing_npi,
  l.clinician_npi,
  coalesce(n.is_palliative, false) as is_palliative_clinician,
  case when l.is_facility then 'facility' else 'non-facility' end as setting,
  case when l.acp_code is not null then 'acp' else c.code_family end as code_family,
  l.procedure_code,
  l.modifiers,
  l.place_of_service_code,
  case
    when coalesce(h.has_gv, false) and coalesce(h.has_gw, false) then 'both'
    when coalesce(h.has_gv, false) then 'GV'
    when coalesce(h.has_gw, false) then 'GW'
    else 'none'
  end as modifier_use,
  coalesce(h.is_in_span, false) as is_in_span,
  b.claim_key is not null as is_b9,
  coalesce(o.is_denied, false) as is_denied,
  coalesce(o.paid_amount > 0 or o.patient_responsibility_amount > 0, false) as is_paid,
  l.units,
  l.charge_amount as billed_amount,
  o.allowed_amount,
  o.paid_amount,
  f.path as source_file,
  l.transaction_set,
  l.segment_number
from line as k
inner join core.claim_line as l on k.claim_key = l.claim_key and k.line_number = l.line_number
inner join core.claim_version as v on l.claim_key = v.claim_key
inner join core.source_file as f on l.file_key = f.file_key
inner join core.code_family as c
  on l.procedure_code is not distinct from c.procedure_code and l.revenue_code is not distinct from c.revenue_code
left join core.hospice_line as h on k.claim_key = h.claim_key and k.line_number = h.line_number
left join core.hospice_span as s on l.patient_key = s.patient_key and l.service_date between s.start_date and s.end_date
left join b9 as b on k.claim_key = b.claim_key and k.line_number = b.line_number
left join core.line_outcome as o on k.claim_key = o.claim_key and k.line_number = o.line_number
left join core.clinician_day as n on l.clinician_npi = n.clinician_npi and l.service_date = n.service_date
