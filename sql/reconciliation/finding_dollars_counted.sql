/* ---
name: finding_dollars_counted
stage: finding
order: 2
title: >-
  Dollars counted on a line: no more than was billed
side: ours
unit: dollars
group: line and direction
left: counted dollars of all findings of the line in one direction (over, under, denial)
right: as much of them as the line's charge, or what the payer allowed where that is more
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
  min(source_file) as source_file,
  min(transaction_set) as transaction_set,
  min(segment_number) as segment_number,
  direction || ' ' || min(patient_control_number) || coalesce(' line ' || line_number, '') as subject,
  sum(amount) as left_amount,
  least(sum(amount), greatest(min(billed_amount), min(allowed_amount))) as right_amount
from found
where at_risk_counted and is_of_billed
group by claim_key, line_number, direction
