/* ---
name: check_result_dollars
stage: mart
order: 6
title: >-
  Dollars of checks: results = findings that carry them
side: ours
unit: dollars
group: check
left: counted_at_risk_amount + counted_recoverable_amount of audit.check_result
right: at-risk and recoverable dollars of the check's findings in audit.finding, each dollar counted once
source: RULES.md section 9, overlaps
means: >-
  A model or a table was changed by hand, or the warehouse was not audited since files landed: run midpoint audit. Where it stays, it is
  an error of Midpoint
--- */
with found as (
  select
    check_id,
    sum(coalesce(at_risk_amount, 0) + coalesce(recoverable_amount, 0)) filter (where at_risk_counted) as amount
  from audit.finding
  group by check_id
)

select
  cast(null as varchar) as source_file,
  cast(null as integer) as transaction_set,
  cast(null as integer) as segment_number,
  coalesce(c.check_id, f.check_id) as subject,
  coalesce(c.counted_at_risk_amount, 0) + coalesce(c.counted_recoverable_amount, 0) as left_amount,
  coalesce(f.amount, 0) as right_amount
from audit.check_result as c
full outer join found as f on c.check_id = f.check_id
