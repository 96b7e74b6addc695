/* ---
name: line_charge_counted
stage: core
order: 3
title: >-
  Line charges: all = judged + set aside with a reason
side: ours
unit: dollars
group: file
left: core.claim_line.charge_amount, of every version
right: >-
  lines that stand for their service (final version, first payer's copy) + lines that do not, with the reason why (replaced, voided,
  submitted again, copy of another payer's claim)
source: DESIGN.md section 7, rows in = rows out
means: >-
  A model or a table was changed by hand, or the warehouse was not audited since files landed: run midpoint audit. Where it stays, it is
  an error of Midpoint
--- */
select
  f.path as source_file,
  cast(null as integer) as transaction_set,
  cast(null as integer) as segment_number,
  f.kind as subject,
  sum(l.charge_amount) as left_amount,
  coalesce(sum(l.charge_amount) filter (where l.is_primary_copy or (not l.is_primary_copy and l.copy_reason is not null)), 0)
    as right_amount,
  coalesce(sum(l.charge_amount) filter (where l.is_primary_copy), 0) as judged_amount,
  coalesce(sum(l.charge_amount) filter (where not l.is_primary_copy and not l.is_final), 0) as earlier_version_amount,
  coalesce(sum(l.charge_amount) filter (where not l.is_primary_copy and l.is_final), 0) as further_copy_amount
from core.claim_line as l
inner join raw.file as f on l.file_key = f.file_key
group by f.path, f.kind
