/* ---
name: remit_paid_core
stage: core
order: 5
title: >-
  Remittance claims paid: landed = linked or with a reason
side: ours
unit: dollars
group: remittance claim (CLP)
left: raw.remit.paid_amount (CLP04)
right: core.remit_claim.paid_amount
source: DESIGN.md section 7, rows in = rows out
means: >-
  A model or a table was changed by hand, or the warehouse was not audited since files landed: run midpoint audit. Where it stays, it is
  an error of Midpoint
--- */
select
  f.path as source_file,
  coalesce(r.transaction_set, c.transaction_set) as transaction_set,
  coalesce(r.segment_number, c.segment_number) as segment_number,
  coalesce(r.patient_control_number, c.patient_control_number) as subject,
  r.paid_amount as left_amount,
  c.paid_amount as right_amount
from raw.remit as r
full outer join core.remit_claim as c on r.file_key = c.file_key and r.remit_number = c.remit_number
left join raw.file as f on coalesce(r.file_key, c.file_key) = f.file_key
