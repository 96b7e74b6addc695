/* Quarantine: one row a file, transaction set or documentation row set aside: why, and where in its file it stands. The bytes themselves
stay sealed in the warehouse. Amounts are what its segments say as far as they can be read; unreadable_count: how many cannot. */
select
  f.path as source_file,
  q.unit,
  q.transaction_set,
  q.control_number,
  q.version_code,
  q.reason_code,
  q.message,
  q.segment_number,
  q.row_number,
  q.byte_offset,
  q.byte_count,
  q.claim_charge_amount,
  q.line_charge_amount,
  q.payment_amount,
  q.claim_paid_amount,
  q.line_paid_amount,
  q.provider_adjustment_amount,
  q.unreadable_count,
  f.sha256
from raw.quarantine as q
inner join raw.file as f on q.file_key = f.file_key
