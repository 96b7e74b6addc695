/* ---
name: net_payment
stage: adjudication
order: 2
title: >-
  Net payments: adjudications that count = outcomes of lines
side: ours
unit: dollars
group: claim line whose history does not begin with a reversal
left: >-
  core.adjudication.paid_amount, reversals netted, of the line and of earlier submissions of the very same line; what does not count
  (other payer, forwarded, predetermination, repeated) left out
right: core.line_outcome.paid_amount
source: RULES.md section 7, net = sum over all adjudications
means: >-
  A model or a table was changed by hand, or the warehouse was not audited since files landed: run midpoint audit. Where it stays, it is
  an error of Midpoint
--- */
with pooled as (
  select
    case when v.final_reason = 'submitted again' then coalesce(v.replaced_by_claim_key, a.claim_key) else a.claim_key end as claim_key,
    a.line_number,
    a.paid_amount,
    a.is_reversal,
    r.remit_order
  from core.adjudication as a
  inner join core.claim_version as v on a.claim_key = v.claim_key
  inner join core.remit_claim as r on a.remit_key = r.remit_key
  where a.is_counted and not a.is_duplicate_denial
),

netted as (
  select
    claim_key,
    line_number,
    case when count(*) = count(paid_amount) then sum(paid_amount) end as amount,
    arg_min(is_reversal, remit_order) as begins_with_reversal
  from pooled
  group by claim_key, line_number
)

select
  f.path as source_file,
  l.transaction_set,
  l.segment_number,
  l.patient_control_number || ' line ' || l.line_number as subject,
  n.amount as left_amount,
  o.paid_amount as right_amount
from core.line_outcome as o
inner join core.claim_line as l on o.claim_key = l.claim_key and o.line_number = l.line_number
inner join core.claim_version as v on o.claim_key = v.claim_key
inner join core.source_file as f on l.file_key = f.file_key
left join netted as n on o.claim_key = n.claim_key and o.line_number = n.line_number
where not coalesce(n.begins_with_reversal, false) and v.final_reason <> 'submitted again'
