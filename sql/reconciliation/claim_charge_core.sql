/* ---
name: claim_charge_core
stage: core
order: 1
title: >-
  Claim charges: landed = claim versions
side: ours
unit: dollars
group: claim (CLM)
left: raw.claim.charge_amount
right: core.claim_version.charge_amount, every version
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
  r.charge_amount as left_amount,
  c.charge_amount as right_amount
from raw.claim as r
full outer join core.claim_version as c on r.file_key = c.file_key and r.claim_number = c.claim_number
left join raw.file as f on coalesce(r.file_key, c.file_key) = f.file_key
