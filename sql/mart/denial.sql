/* Denials: one row a claim line denied at its first adjudication that is no reversal (RULES.md section 7, default definition), and what
became of it. is_overturned: later paid or moved to the patient; is_denied: still denied; is_primary_copy false marks replaced versions
and further payers' copies. */
select
  l.claim_id as claim_key,
  l.line_number,
  l.patient_control_number,
  l.payer_id,
  l.billing_npi,
  l.clinician_npi,
  l.service_date,
  l.procedure_code,
  l.modifiers,
  l.acp_code is not null as is_acp,
  l.units,
  l.charge_amount as billed_amount,
  o.first_remit_date as first_denied_date,
  o.first_denial_reason_code,
  o.last_remit_date,
  o.allowed_amount,
  o.paid_amount,
  o.patient_responsibility_amount,
  o.is_denied,
  o.is_overturned,
  l.is_final,
  l.is_primary_copy,
  f.path as source_file,
  l.transaction_set,
  l.segment_number
from core.line_outcome as o
inner join core.claim_line as l on o.claim_key = l.claim_key and o.line_number = l.line_number
inner join core.source_file as f on l.file_key = f.file_key
where o.is_first_denied
