/* Quarantine: one row a file, transaction set or documentation row set aside: why, and where in its file it stands. The bytes themselves
stay sealed in the warehouse. */
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
  f.sha256
from raw.quarantine as q
inner join raw.file as f on q.file_key = f.file_key
