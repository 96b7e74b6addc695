/* Claim lines as published: one row a service line of every claim version, with its clinician, its version's fate and what the payer did
with it. Keys are the stable ones (claim_key: first 16 digits of the file's sha256, then the claim's ordinal); the patient appears by
control number only. family_key: the claim_key that all versions of one claim share. */
select
  l.claim_id as claim_key,
  l.line_number,
  l.claim_type,
  l.patient_control_number,
  l.payer_id,
  l.payer_sequence_code,
  l.filing_indicator_code,
  l.billing_npi,
  l.clinician_npi,
  l.clinician_source,
  l.clinician_taxonomy_code,
  l.service_date,
  l.service_through_date,
  v.submission_date,
  l.procedure_code,
  l.modifiers,
  l.revenue_code,
  l.place_of_service_code,
  case when l.acp_code is not null then 'acp' else c.code_family end as code_family,
  case when l.claim_type = 'institutional' or l.is_facility then 'facility' else 'non-facility' end as setting,
  l.units,
  l.charge_amount as billed_amount,
  o.allowed_amount,
  o.allowed_method,
  o.paid_amount,
  o.patient_responsibility_amount,
  coalesce(o.adjudication_count, 0) as adjudication_count,
  o.first_remit_date,
  o.last_remit_date,
  o.is_first_denied,
  o.is_denied,
  o.is_overturned,
  o.first_outcome,
  o.current_outcome,
  o.overturned_date,
  o.first_to_overturn_days,
  y.claim_id as family_key,
  v.version_number,
  l.is_final,
  v.final_reason,
  l.is_primary_copy,
  l.copy_reason,
  l.is_professional_service,
  f.path as source_file,
  l.transaction_set,
  l.segment_number
from core.claim_line as l
inner join core.claim_version as v on l.claim_key = v.claim_key
inner join core.claim_version as y on v.family_key = y.claim_key
inner join core.source_file as f on l.file_key = f.file_key
inner join core.code_family as c
  on l.procedure_code is not distinct from c.procedure_code and l.revenue_code is not distinct from c.revenue_code
left join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
