/* Denials: one row a claim line denied at its first adjudication that is no reversal (RULES.md section 7, default definition), and what
became of it. is_overturned: later paid or moved to the patient; is_denied: still denied; is_primary_copy false marks replaced versions
and further payers' copies. is_initial: the row is one of the initial denials that mart.denial_month counts by definition default; of these
remark_code is the first answer's, and overturned_date the day of the first later answer, of the line or of the same service on a corrected
claim, that paid or moved something to the patient (core.denial_overturn; null: still open). */
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
  l.segment_number,
  v.submission_date,
  case when l.acp_code is not null then 'acp' else c.code_family end as code_family,
  case when l.claim_type = 'institutional' or l.is_facility then 'facility' else 'non-facility' end as setting,
  d.claim_key is not null as is_initial,
  i.first_remark_code as remark_code,
  d.overturned_date
from core.line_outcome as o
inner join core.claim_line as l on o.claim_key = l.claim_key and o.line_number = l.line_number
inner join core.claim_version as v on l.claim_key = v.claim_key
inner join core.source_file as f on l.file_key = f.file_key
inner join core.code_family as c
  on l.procedure_code is not distinct from c.procedure_code and l.revenue_code is not distinct from c.revenue_code
left join core.initial_line as i on o.claim_key = i.claim_key and o.line_number = i.line_number
left join core.denial_overturn as d on o.claim_key = d.claim_key and o.line_number = d.line_number
where o.is_first_denied
