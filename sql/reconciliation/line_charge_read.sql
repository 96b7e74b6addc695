/* ---
name: line_charge_read
stage: read
order: 2
title: >-
  Line charges: in the files = landed + set aside
side: ours
unit: dollars
group: file
left: SV102 or SV203 of every segment in the bytes of the file, landed or not
right: raw.claim_line.charge_amount of the file + SV102 or SV203 of what was set aside (raw.quarantine)
source: X12 005010X222, X223
means: >-
  Midpoint read, stored or lost an amount wrongly. Land the file in a new warehouse; where it differs again, report it with the file's
  name
--- */
with landed as (
  select
    file_key,
    sum(charge_amount) as amount
  from raw.claim_line
  group by file_key
),

aside as (
  select
    file_key,
    sum(line_charge_amount) as amount
  from raw.quarantine
  group by file_key
)

select
  f.path as source_file,
  cast(null as integer) as transaction_set,
  cast(null as integer) as segment_number,
  f.kind as subject,
  coalesce(f.line_charge_amount, coalesce(l.amount, 0) + coalesce(a.amount, 0)) as left_amount,
  coalesce(l.amount, 0) + coalesce(a.amount, 0) as right_amount,
  coalesce(l.amount, 0) as landed_amount,
  coalesce(a.amount, 0) as set_aside_amount,
  coalesce(f.unreadable_count, 1) as unreadable_count
from raw.file as f
left join landed as l on f.file_key = l.file_key
left join aside as a on f.file_key = a.file_key
where f.status <> 'duplicate' and f.kind <> 'documentation' and f.kind <> '835'
