/* ---
name: adjudicated_charge
stage: adjudication
order: 1
title: >-
  Lines: charged = paid + patient + contractual + denied + other
side: ours
unit: dollars
group: remittance line (SVC), or remittance claim without lines
left: SVC02; CLP03 where there are no lines
right: >-
  paid (SVC03, CLP04) + patient responsibility (PR) + denied (CO, OA, PI, CR with a denial reason) + contractual (CO, other reasons) +
  other (OA, PI, CR, other reasons) + the sender's own imbalance, which remit_line_balance and remit_claim_balance list
source: RULES.md section 7; reference.adjustment_reason
means: >-
  A model or a table was changed by hand, or the warehouse was not audited since files landed: run midpoint audit. Where it stays, it is
  an error of Midpoint
--- */
with adjustment as (
  select
    d.file_key,
    d.remit_number,
    d.line_number,
    sum(d.amount) filter (where d.group_code = 'PR') as patient_amount,
    sum(d.amount) filter (where d.group_code is distinct from 'PR' and coalesce(a.is_denial, d.reason_code is not null)) as denied_amount,
    sum(d.amount) filter (where d.group_code = 'CO' and not coalesce(a.is_denial, d.reason_code is not null)) as contractual_amount,
    sum(d.amount) filter (
      where
      d.group_code is distinct from 'PR'
      and d.group_code is distinct from 'CO'
      and not coalesce(a.is_denial, d.reason_code is not null)
    ) as other_amount
  from raw.remit_adjustment as d
  inner join core.remit_claim as r on d.file_key = r.file_key and d.remit_number = r.remit_number
  left join reference.adjustment_reason as a
    on
      d.reason_code = a.reason_code
      and coalesce(r.remit_date between coalesce(a.valid_from, r.remit_date) and coalesce(a.valid_to, r.remit_date), a.valid_to is null)
  group by d.file_key, d.remit_number, d.line_number
),

answer as (
  select
    r.file_key,
    r.remit_number,
    r.transaction_set,
    coalesce(l.segment_number, r.segment_number) as segment_number,
    r.patient_control_number,
    l.line_number,
    coalesce(l.charge_amount, r.charge_amount) as charge_amount,
    coalesce(l.paid_amount, r.paid_amount) as paid_amount,
    case when l.file_key is not null then l.adjustment_amount else r.adjustment_amount end as adjustment_amount
  from raw.remit as r
  left join raw.remit_line as l on r.file_key = l.file_key and r.remit_number = l.remit_number
)

select
  f.path as source_file,
  w.transaction_set,
  w.segment_number,
  w.patient_control_number || coalesce(' line ' || w.line_number, '') as subject,
  w.charge_amount as left_amount,
  w.paid_amount + coalesce(a.patient_amount, 0) + coalesce(a.denied_amount, 0) + coalesce(a.contractual_amount, 0)
  + coalesce(a.other_amount, 0) + (w.charge_amount - w.adjustment_amount - w.paid_amount) as right_amount,
  w.paid_amount,
  coalesce(a.patient_amount, 0) as patient_amount,
  coalesce(a.contractual_amount, 0) as contractual_amount,
  coalesce(a.denied_amount, 0) as denied_amount,
  coalesce(a.other_amount, 0) as other_amount,
  w.charge_amount - w.adjustment_amount - w.paid_amount as sender_amount
from answer as w
inner join raw.file as f on w.file_key = f.file_key
left join adjustment as a
  on w.file_key = a.file_key and w.remit_number = a.remit_number and w.line_number is not distinct from a.line_number
