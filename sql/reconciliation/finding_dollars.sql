/* ---
name: finding_dollars
stage: finding
order: 1
title: >-
  Findings: from 0 to what was billed on the line
side: ours
unit: dollars
group: finding
left: at-risk or recoverable dollars of the finding
right: >-
  as much of it as lies between 0 and the line's charge, or what the payer allowed where that is more (finding_allowed_balance). Dollars
  of what was not billed, or not on this line, stand apart: the check's header says why (beyond_billed)
source: >-
  Payers pay the lesser of the charge and their price (Medicare: Social Security Act 1833(a)(1)); RULES.md section 9, overlaps
means: >-
  A check puts more on a line than can be at stake there. Correct its amount, or, where its dollars are not the line's, say so in its
  header (beyond_billed)
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
  amount as left_amount,
  case when is_of_billed then least(greatest(amount, 0), greatest(billed_amount, allowed_amount)) else greatest(amount, 0) end
    as right_amount,
  case when is_of_billed then 0 else amount end as not_of_a_billed_line_amount
from found
