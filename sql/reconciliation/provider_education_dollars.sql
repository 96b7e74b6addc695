/* ---
name: provider_education_dollars
stage: mart
order: 8
title: >-
  Provider education: findings = published
side: ours
unit: dollars
group: check
left: counted dollars of the check's findings in audit.finding
right: the three amounts of mart.provider_education + counted dollars of findings that name no clinician
source: DESIGN.md section 5
means: >-
  A model or a table was changed by hand, or the warehouse was not audited since files landed: run midpoint audit. Where it stays, it is
  an error of Midpoint
--- */
with found as (
  select
    check_id,
    coalesce(sum(case when direction = 'under' then recoverable_amount else at_risk_amount end), 0) as amount,
    coalesce(
      sum(case when clinician_npi is null then case when direction = 'under' then recoverable_amount else at_risk_amount end end), 0
    ) as without_clinician_amount
  from audit.finding
  where at_risk_counted and direction <> 'info'
  group by check_id
),

published as (
  select
    check_id,
    sum(overpayment_risk_amount + missed_revenue_amount + denial_risk_amount) as amount
  from mart.provider_education
  where direction <> 'info'
  group by check_id
)

select
  cast(null as varchar) as source_file,
  cast(null as integer) as transaction_set,
  cast(null as integer) as segment_number,
  coalesce(f.check_id, p.check_id) as subject,
  coalesce(f.amount, 0) as left_amount,
  coalesce(p.amount, 0) + coalesce(f.without_clinician_amount, 0) as right_amount,
  coalesce(f.without_clinician_amount, 0) as without_clinician_amount
from found as f
full outer join published as p on f.check_id = p.check_id
