/* ---
name: claim_charge_balance
stage: balance
order: 1
title: >-
  Claims: charge = its service lines
side: sender
unit: dollars
group: claim (CLM)
left: CLM02
right: SV102 or SV203 of its lines
source: X12 005010X222 and X223, CLM02 is the total of the line charges; RULES.md section 7
means: The sender's own figures do not add up. They landed as sent and are counted as sent; ask the sender for a corrected file
--- */
select
  f.path as source_file,
  c.transaction_set,
  c.segment_number,
  c.patient_control_number as subject,
  c.charge_amount as left_amount,
  c.line_charge_amount as right_amount
from raw.claim as c
inner join raw.file as f on c.file_key = f.file_key
