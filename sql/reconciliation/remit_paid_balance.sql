/* ---
name: remit_paid_balance
stage: balance
order: 3
title: >-
  Remittance claims: paid = lines - claim-level adjustments
side: sender
unit: dollars
group: remittance claim (CLP) with lines
left: CLP04
right: SVC03 of its lines - CAS of the claim itself
source: X12 005010X221, balancing (section 1.10.2)
means: The sender's own figures do not add up. They landed as sent and are counted as sent; ask the sender for a corrected file
--- */
with line as (
  select
    file_key,
    remit_number,
    sum(paid_amount) as paid_amount,
    sum(adjustment_amount) as adjustment_amount
  from raw.remit_line
  group by file_key, remit_number
)

select
  f.path as source_file,
  r.transaction_set,
  r.segment_number,
  r.patient_control_number as subject,
  r.paid_amount as left_amount,
  l.paid_amount - (r.adjustment_amount - l.adjustment_amount) as right_amount
from raw.remit as r
inner join raw.file as f on r.file_key = f.file_key
inner join line as l on r.file_key = l.file_key and r.remit_number = l.remit_number
