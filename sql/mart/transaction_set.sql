/* Transaction sets: one row an ST, landed or set aside, with its control totals. is_balanced: an 837's claim charges equal their line
charges; an 835's claim payments less its provider adjustments equal its payment. is_count_agreed: segment count and control number of the
trailer agree with what was found. */
select
  f.path as source_file,
  t.transaction_set,
  t.kind,
  t.version_code,
  t.control_number,
  t.is_landed,
  t.declared_segment_count,
  t.found_segment_count,
  coalesce(t.declared_segment_count = t.found_segment_count and t.control_number = t.trailer_control_number, false) as is_count_agreed,
  t.created_date,
  t.claim_count,
  t.line_count,
  t.charge_total_amount,
  t.claim_paid_total_amount,
  t.provider_adjustment_total_amount,
  t.payment_amount,
  t.unbalanced_claim_count,
  t.unbalanced_line_count,
  t.is_balanced
from raw.transaction_set as t
inner join raw.file as f on t.file_key = f.file_key
