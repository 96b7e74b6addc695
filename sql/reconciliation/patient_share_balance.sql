/* ---
name: patient_share_balance
stage: balance
order: 6
title: >-
  Remittance claims: patient share = adjustments of group PR
side: sender
unit: dollars
group: remittance claim (CLP) that is no reversal
left: CLP05
right: CAS of group PR, of the claim and its lines
source: X12 005010X221, balancing (section 1.10.2); on reversals it does not hold
means: The sender's own figures do not add up. They landed as sent and are counted as sent; ask the sender for a corrected file
--- */
select
  f.path as source_file,
  r.transaction_set,
  r.segment_number,
  r.patient_control_number as subject,
  coalesce(r.patient_responsibility_amount, 0) as left_amount,
  r.patient_adjustment_amount as right_amount
from raw.remit as r
inner join raw.file as f on r.file_key = f.file_key
where r.status_code is distinct from '22'
