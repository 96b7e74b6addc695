/* ---
name: denial_charge
stage: mart
order: 5
title: >-
  Charges denied at first: outcomes = published denials
side: ours
unit: dollars
group: file
left: charges of claim lines that core.line_outcome calls denied at first
right: mart.denial.billed_amount
source: RULES.md section 7, default definition of a denial
means: >-
  A model or a table was changed by hand, or the warehouse was not audited since files landed: run midpoint audit. Where it stays, it is
  an error of Midpoint
--- */
with made as (
  select
    f.path as source_file,
    sum(l.charge_amount) as amount
  from core.line_outcome as o
  inner join core.claim_line as l on o.claim_key = l.claim_key and o.line_number = l.line_number
  inner join core.source_file as f on l.file_key = f.file_key
  where o.is_first_denied
  group by f.path
),

published as (
  select
    source_file,
    sum(billed_amount) as amount
  from mart.denial
  group by source_file
)

select
  coalesce(m.source_file, p.source_file) as source_file,
  cast(null as integer) as transaction_set,
  cast(null as integer) as segment_number,
  'denied at first' as subject,
  m.amount as left_amount,
  p.amount as right_amount
from made as m
full outer join published as p on m.source_file = p.source_file
