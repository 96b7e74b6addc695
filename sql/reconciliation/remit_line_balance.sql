/* ---
name: remit_line_balance
stage: balance
order: 5
title: >-
  Remittance lines: charge - adjustments = paid
side: sender
unit: dollars
group: remittance line (SVC)
left: SVC02 - CAS of the line
right: SVC03
source: X12 005010X221, balancing (section 1.10.2); RULES.md section 7
means: The sender's own figures do not add up. They landed as sent and are counted as sent; ask the sender for a corrected file
--- */
select
  f.path as source_file,
  l.transaction_set,
  l.segment_number,
  coalesce(l.procedure_code, l.revenue_code) || ' line ' || l.line_number as subject,
  l.charge_amount - l.adjustment_amount as left_amount,
  l.paid_amount as right_amount
from raw.remit_line as l
inner join raw.file as f on l.file_key = f.file_key
