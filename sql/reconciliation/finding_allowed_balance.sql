/* ---
name: finding_allowed_balance
stage: balance
order: 7
title: >-
  Findings: allowed by the payer = no more than billed
side: sender
unit: dollars
group: finding
left: dollars of the finding, at most what the payer allowed or the line's charge, whichever is more
right: at most the line's charge
source: Payers allow no more than the charge, but by contract (per diem, case rate)
means: >-
  The payer allowed more than was billed on a line with a finding: a per diem or case rate, or a wrong remittance. The finding carries
  what was allowed, for that is what would be given back
--- */
with found as (
  select
    f.check_id,
    f.direction,
    f.claim_key,
    f.line_number,
    f.patient_control_number,
    f.documentation_id,
    f.source_file,
    f.transaction_set,
    f.segment_number,
    f.at_risk_counted,
    coalesce(f.at_risk_amount, 0) + coalesce(f.recoverable_amount, 0) as amount,
    c.beyond_billed is null and f.claim_key is not null as is_of_billed,
    case when f.line_number is null then v.charge_amount else l.charge_amount end as billed_amount,
    coalesce(o.allowed_amount, 0) as allowed_amount
  from audit.finding as f
  inner join audit.check_result as c on f.check_id = c.check_id
  left join core.claim_version as v on f.claim_key = v.claim_id
  left join core.claim_line as l on v.claim_key = l.claim_key and f.line_number = l.line_number
  left join core.line_outcome as o on v.claim_key = o.claim_key and f.line_number = o.line_number
)

select
  source_file,
  transaction_set,
  segment_number,
  check_id || ' ' || coalesce(patient_control_number, documentation_id, '') || coalesce(' line ' || line_number, '') as subject,
  least(amount, greatest(billed_amount, allowed_amount)) as left_amount,
  least(amount, billed_amount) as right_amount
from found
where is_of_billed
