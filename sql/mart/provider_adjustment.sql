/* Provider adjustments as published: one row a reason and amount pair of a PLB. Measures: adjustment_amount (positive: withheld from the
payment) and takeback_amount (of it, what was taken back from a claim that no reversal accounts for). claim_key: the claim that the
reference names, else reason says why there is none; source_file, transaction_set and segment_number are the remittance's. */
select
  p.remit_date,
  p.remit_payer_id as payer_id,
  p.payee_npi,
  p.reason_code,
  p.reference_id,
  p.amount as adjustment_amount,
  p.takeback_amount,
  p.is_takeback,
  p.is_netted,
  p.is_repeated,
  v.claim_id as claim_key,
  v.patient_control_number,
  p.method as link_method,
  p.reason as link_reason,
  f.path as source_file,
  p.transaction_set,
  p.segment_number,
  p.adjustment_ordinal
from core.provider_adjustment as p
inner join core.source_file as f on p.file_key = f.file_key
left join core.claim_version as v on p.claim_key = v.claim_key
