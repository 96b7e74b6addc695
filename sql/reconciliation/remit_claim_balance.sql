/* ---
name: remit_claim_balance
stage: balance
order: 4
title: >-
  Remittance claims: charge - adjustments = paid
side: sender
unit: dollars
group: remittance claim (CLP)
left: CLP03 - every CAS of the claim and its lines
right: CLP04
source: X12 005010X221, balancing (section 1.10.2); RULES.md section 7
means: The sender's own figures do not add up. They landed as sent and are counted as sent; ask the sender for a corrected file
--- */
select
  f.path as source_file,
  r.transaction_set,
  r.segment_number,
  r.patient_control_number as subject,
  r.charge_amount - r.adjustment_amount as left_amount,
  r.paid_amount as right_amount
from raw.remit as r
inner join raw.file as f on r.file_key = f.file_key
