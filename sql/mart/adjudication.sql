/* Adjudications as published: one row a claim line and a remitted line (or a remittance without lines) that answers it, in the order of
time (adjudication_number), of every payer. Measures, which add up over the rows with is_counted: billed_amount, allowed_amount,
paid_amount, patient_responsibility_amount, negative on reversals. Rows that are not counted: another payer's, forwards and
predeterminations, and what a clearinghouse sent twice. source_file, transaction_set and segment_number are the remittance's. The history
of a claim that was submitted again is in two parts, each under its own claim_key. */
select
  v.claim_id as claim_key,
  a.line_number,
  a.adjudication_number,
  v.patient_control_number,
  r.remit_payer_id as payer_id,
  l.billing_npi,
  l.clinician_npi,
  l.service_date,
  l.procedure_code,
  l.modifiers,
  r.payer_claim_control_number,
  r.remit_id as remit_key,
  a.remit_line_number,
  a.remit_date,
  a.days_since_previous,
  a.status_code,
  a.outcome,
  a.is_reversal,
  a.is_reversed,
  o.remit_id as reverses_remit_key,
  a.is_other_payer,
  a.is_repeated,
  a.is_counted,
  a.charge_amount as billed_amount,
  a.allowed_amount,
  a.allowed_method,
  a.paid_amount,
  a.patient_responsibility_amount,
  a.denial_reason_code,
  a.is_denied,
  a.method as link_method,
  l.is_final,
  l.is_primary_copy,
  f.path as source_file,
  r.transaction_set,
  coalesce(s.segment_number, r.segment_number) as segment_number
from core.adjudication as a
inner join core.claim_version as v on a.claim_key = v.claim_key
inner join core.claim_line as l on a.claim_key = l.claim_key and a.line_number = l.line_number
inner join core.remit_claim as r on a.remit_key = r.remit_key
inner join core.source_file as f on r.file_key = f.file_key
left join core.remit_claim as o on a.reverses_remit_key = o.remit_key
left join raw.remit_line as s on r.file_key = s.file_key and r.remit_number = s.remit_number and a.remit_line_number = s.line_number
