/* ---
name: remit_paid_linked
stage: core
order: 6
title: >-
  Payments: remitted = adjudicated + unlinked + claim level
side: ours
unit: dollars
group: remittance claim (CLP)
left: SVC03 of its lines; CLP04 where it has no lines
right: >-
  core.adjudication.paid_amount of the claim lines that it answers + lines (or the claim) that answer none, with the reason why
  (core.remit_link) + a payment of a claim without lines that cannot be told line by line
source: DESIGN.md section 3, core.remit_link
means: >-
  A model or a table was changed by hand, or the warehouse was not audited since files landed: run midpoint audit. Where it stays, it is
  an error of Midpoint
--- */
with line as (
  select
    file_key,
    remit_number,
    sum(paid_amount) as amount
  from raw.remit_line
  group by file_key, remit_number
),

adjudicated as (
  select
    remit_key,
    sum(paid_amount) as amount
  from core.adjudication
  group by remit_key
),

unlinked as (
  select
    k.remit_key,
    sum(coalesce(l.paid_amount, r.paid_amount)) as amount
  from core.remit_link as k
  inner join core.remit_claim as r on k.remit_key = r.remit_key
  left join raw.remit_line as l on r.file_key = l.file_key and r.remit_number = l.remit_number and k.remit_line_number = l.line_number
  where k.claim_key is null and k.reason is not null
  group by k.remit_key
)

select
  f.path as source_file,
  m.transaction_set,
  m.segment_number,
  m.patient_control_number as subject,
  coalesce(l.amount, m.paid_amount) as left_amount,
  coalesce(a.amount, 0) + coalesce(u.amount, 0)
  + case when l.file_key is null and a.amount is null and r.claim_key is not null then r.paid_amount else 0 end as right_amount,
  coalesce(a.amount, 0) as adjudicated_amount,
  coalesce(u.amount, 0) as unlinked_amount,
  case when l.file_key is null and a.amount is null and r.claim_key is not null then r.paid_amount else 0 end as claim_level_amount
from raw.remit as m
inner join raw.file as f on m.file_key = f.file_key
left join line as l on m.file_key = l.file_key and m.remit_number = l.remit_number
left join core.remit_claim as r on m.file_key = r.file_key and m.remit_number = r.remit_number
left join adjudicated as a on r.remit_key = a.remit_key
left join unlinked as u on r.remit_key = u.remit_key
