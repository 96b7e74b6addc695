/* ---
name: release_totals
stage: release
order: 4
title: >-
  Control totals: manifest = the release's own tables
side: ours
unit: dollars
group: control total
left: control totals of manifest.json
right: the same from the release's Parquet files
source: DESIGN.md sections 5 and 6
means: >-
  The release is not what was published, or the warehouse has moved on since. Audit again for a release of the present state; a release
  whose own files differ from their hashes was changed and should not be used
--- */
with recomputed as (
  select
    'claim_charge_amount' as name,
    sum(charge_total_amount) as amount
  from release.transaction_set
  where kind in ('837P', '837I')
  union all
  select
    'claim_line_charge_amount' as name,
    sum(billed_amount) as amount
  from release.claim_line
  union all
  select
    'remit_paid_amount' as name,
    sum(claim_paid_total_amount) as amount
  from release.transaction_set
  union all
  select
    'provider_adjustment_amount' as name,
    sum(provider_adjustment_total_amount) as amount
  from release.transaction_set
  union all
  select
    'payment_amount' as name,
    sum(payment_amount) as amount
  from release.transaction_set
  where is_landed
)

select
  r.name as source_file,
  cast(null as integer) as transaction_set,
  cast(null as integer) as segment_number,
  'manifest and tables' as subject,
  t.manifest_amount as left_amount,
  coalesce(r.amount, 0) as right_amount
from recomputed as r
left join release.control_total as t on r.name = t.name
