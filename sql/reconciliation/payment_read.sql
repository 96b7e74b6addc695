/* ---
name: payment_read
stage: read
order: 3
title: >-
  Payments (BPR): in the files = landed + set aside
side: ours
unit: dollars
group: file
left: BPR02 of every segment in the bytes of the file, landed or not
right: raw.transaction_set.payment_amount of the file + BPR02 of what was set aside (raw.quarantine)
source: X12 005010X221, balancing (section 1.10.2)
means: >-
  Midpoint read, stored or lost an amount wrongly. Land the file in a new warehouse; where it differs again, report it with the file's
  name
--- */
with landed as (
  select
    file_key,
    sum(payment_amount) as amount
  from raw.transaction_set
  where is_landed
  group by file_key
),

aside as (
  select
    file_key,
    sum(payment_amount) as amount
  from raw.quarantine
  group by file_key
)

select
  f.path as source_file,
  cast(null as integer) as transaction_set,
  cast(null as integer) as segment_number,
  f.kind as subject,
  coalesce(f.payment_amount, coalesce(l.amount, 0) + coalesce(a.amount, 0)) as left_amount,
  coalesce(l.amount, 0) + coalesce(a.amount, 0) as right_amount,
  coalesce(l.amount, 0) as landed_amount,
  coalesce(a.amount, 0) as set_aside_amount,
  coalesce(f.unreadable_count, 1) as unreadable_count
from raw.file as f
left join landed as l on f.file_key = l.file_key
left join aside as a on f.file_key = a.file_key
where f.status <> 'duplicate' and f.kind <> 'documentation' and f.kind <> '837P' and f.kind <> '837I' and f.kind <> '837D'
