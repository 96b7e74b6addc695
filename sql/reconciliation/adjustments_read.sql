/* ---
name: adjustments_read
stage: read
order: 7
title: >-
  Adjustments: summed while reading = stored
side: ours
unit: dollars
group: remittance claim (CLP)
left: all CAS amounts of the claim as the reader summed them (raw.remit.adjustment_amount)
right: the stored triplets (raw.remit_adjustment) of the claim and its lines
source: X12 005010X221, balancing (section 1.10.2)
means: >-
  Midpoint read, stored or lost an amount wrongly. Land the file in a new warehouse; where it differs again, report it with the file's
  name
--- */
with stored as (
  select
    file_key,
    remit_number,
    sum(amount) as amount
  from raw.remit_adjustment
  group by file_key, remit_number
)

select
  f.path as source_file,
  r.transaction_set,
  r.segment_number,
  r.patient_control_number as subject,
  r.adjustment_amount as left_amount,
  coalesce(a.amount, 0) as right_amount
from raw.remit as r
inner join raw.file as f on r.file_key = f.file_key
left join stored as a on r.file_key = a.file_key and r.remit_number = a.remit_number
