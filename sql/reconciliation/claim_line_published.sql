/* ---
name: claim_line_published
stage: mart
order: 1
title: >-
  Line charges: claim lines = published
side: ours
unit: dollars
group: transaction set
left: core.claim_line.charge_amount, of every version
right: mart.claim_line.billed_amount
source: DESIGN.md section 5
means: >-
  A model or a table was changed by hand, or the warehouse was not audited since files landed: run midpoint audit. Where it stays, it is
  an error of Midpoint
--- */
with made as (
  select
    f.path as source_file,
    l.transaction_set,
    sum(l.charge_amount) as amount,
    count(*) as line_count
  from core.claim_line as l
  inner join core.source_file as f on l.file_key = f.file_key
  group by f.path, l.transaction_set
),

published as (
  select
    source_file,
    transaction_set,
    sum(billed_amount) as amount,
    count(*) as line_count
  from mart.claim_line
  group by source_file, transaction_set
)

select
  coalesce(m.source_file, p.source_file) as source_file,
  coalesce(m.transaction_set, p.transaction_set) as transaction_set,
  cast(null as integer) as segment_number,
  cast(coalesce(m.line_count, 0) as varchar) || ' rows, ' || coalesce(p.line_count, 0) || ' published' as subject,
  m.amount as left_amount,
  p.amount as right_amount
from made as m
full outer join published as p on m.source_file = p.source_file and m.transaction_set = p.transaction_set
