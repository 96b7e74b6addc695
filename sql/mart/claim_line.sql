/* Claim lines as published: one row a service line of every claim version, with its clinician, its version's fate and what the payer did
with it. Keys are the stable ones (claim_key: first 16 digits of the file's sha256, then the claim's ordinal); the patient appears by
control number only. */
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
  l.procedure_code,
  l.modifiers,
  l.revenue_code,
  l.place_of_service_code,
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
inner join core.source_file as f on l.file_key = f.file_key
left join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
