/* ---
name: missed_revenue_dollars
stage: mart
order: 7
title: >-
  Missed revenue: findings = published
side: ours
unit: dollars
group: finding of direction under
left: audit.finding.recoverable_amount
right: mart.missed_revenue.recoverable_amount of the same finding
source: RULES.md section 7, tiers
means: >-
  A model or a table was changed by hand, or the warehouse was not audited since files landed: run midpoint audit. Where it stays, it is
  an error of Midpoint
--- */
with published as (
  select
    finding_key,
    sum(recoverable_amount) as amount
  from mart.missed_revenue
  group by finding_key
)

select
  f.source_file,
  f.transaction_set,
  f.segment_number,
  f.check_id || ' ' || coalesce(f.patient_control_number, f.documentation_id, '') as subject,
  f.recoverable_amount as left_amount,
  p.amount as right_amount
from audit.finding as f
left join published as p on f.finding_key = p.finding_key
where f.direction = 'under'
