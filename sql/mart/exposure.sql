/* Overpayment exposure: one row a finding of direction over. It stands beside missed revenue, not against it: the two are never added or
netted, and every row is potential until somebody has read the record. is_counted: the row carries the dollars of its line; over counted
rows a dollar stands once. Measures: at_risk_amount (what was allowed, payer and patient share, on what the finding does not find
supported), refunded_amount (allowed at first less what is allowed now: what the payer has taken back since; it is not at risk any more).
is_estimated: no remittance has allowed the amount, so it is E(code), with expected_n, expected_low_amount and expected_high_amount of the
line. Where it stands: source_* (the claim line), remit_* (the last remittance line that answers it). */
with exposed as (
  select
    f.*,
    c.title,
    c.family,
    v.claim_key as version_key
  from audit.finding as f
  inner join audit.check_result as c on f.check_id = c.check_id
  left join core.claim_version as v on f.claim_key = v.claim_id
  where f.direction = 'over'
),

listed as (
  select distinct
    version_key as claim_key,
    line_number
  from exposed
  where line_number is not null
),

answer as (
  select
    a.claim_key,
    a.line_number,
    arg_min(a.allowed_amount, a.adjudication_number) as first_allowed_amount,
    arg_max(a.remit_key, a.adjudication_number) as remit_key,
    max(a.adjudication_number) as adjudication_number
  from listed as l
  inner join core.adjudication as a on l.claim_key = a.claim_key and l.line_number = a.line_number
  where a.is_counted and not a.is_reversal and not a.is_duplicate_denial
  group by a.claim_key, a.line_number
)

select
  e.check_id,
  e.title,
  e.family,
  e.proof,
  e.severity,
  e.patient_control_number,
  e.documentation_id,
  e.claim_key,
  e.line_number,
  e.service_date,
  e.clinician_npi,
  e.billing_npi,
  e.payer_id,
  e.procedure_code,
  e.minutes,
  e.billed_amount,
  o.allowed_amount,
  o.paid_amount,
  e.at_risk_amount,
  e.amount_method,
  coalesce(not a.is_remitted, false) as is_estimated,
  case when not a.is_remitted then a.expected_count end as expected_n,
  case when not a.is_remitted then a.expected_low_amount end as expected_low_amount,
  case when not a.is_remitted then a.expected_high_amount end as expected_high_amount,
  e.at_risk_counted as is_counted,
  cast(greatest(coalesce(n.first_allowed_amount - o.allowed_amount, 0), 0) as decimal(18, 2)) as refunded_amount,
  e.finding_key,
  e.first_seen_date,
  e.source_file,
  e.transaction_set,
  e.segment_number,
  f.path as remit_file,
  r.transaction_set as remit_transaction_set,
  coalesce(s.segment_number, r.segment_number) as remit_segment_number
from exposed as e
left join core.line_outcome as o on e.version_key = o.claim_key and e.line_number = o.line_number
left join core.line_amount as a on e.version_key = a.claim_key and e.line_number = a.line_number
left join answer as n on e.version_key = n.claim_key and e.line_number = n.line_number
left join core.adjudication as d
  on e.version_key = d.claim_key and e.line_number = d.line_number and n.adjudication_number = d.adjudication_number
left join core.remit_claim as r on n.remit_key = r.remit_key
left join core.source_file as f on r.file_key = f.file_key
left join raw.remit_line as s
  on r.file_key = s.file_key and r.remit_number = s.remit_number and d.remit_line_number = s.line_number
