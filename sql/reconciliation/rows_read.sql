/* ---
name: rows_read
stage: read
order: 8
title: >-
  Claims, remittances and their lines: segments landed = rows
side: ours
unit: rows
group: file and segment
left: CLM, SV1 and SV2, CLP and SVC segments that landed, as the reader counted them (raw.file)
right: rows of raw.claim, raw.claim_line (with a charge), raw.remit and raw.remit_line
source: DESIGN.md section 5, segments in the file = landed + set aside
means: Midpoint stored or lost a row wrongly. Land the file in a new warehouse; where it differs again, report it with the file's name
--- */
with counted as (
  select
    file_key,
    'CLM' as segment,
    landed_clm as segment_count
  from raw.file
  union all
  select
    file_key,
    'SV1, SV2' as segment,
    landed_sv as segment_count
  from raw.file
  union all
  select
    file_key,
    'CLP' as segment,
    landed_clp as segment_count
  from raw.file
  union all
  select
    file_key,
    'SVC' as segment,
    landed_svc as segment_count
  from raw.file
),

stored as (
  select
    file_key,
    'CLM' as segment,
    count(*) as row_count
  from raw.claim
  group by file_key
  union all
  select
    file_key,
    'SV1, SV2' as segment,
    count(charge_amount) as row_count
  from raw.claim_line
  group by file_key
  union all
  select
    file_key,
    'CLP' as segment,
    count(*) as row_count
  from raw.remit
  group by file_key
  union all
  select
    file_key,
    'SVC' as segment,
    count(*) as row_count
  from raw.remit_line
  group by file_key
)

select
  f.path as source_file,
  cast(null as integer) as transaction_set,
  cast(null as integer) as segment_number,
  coalesce(c.segment, s.segment) as subject,
  coalesce(c.segment_count, 0) as left_amount,
  coalesce(s.row_count, 0) as right_amount
from counted as c
full outer join stored as s on c.file_key = s.file_key and c.segment = s.segment
left join raw.file as f on coalesce(c.file_key, s.file_key) = f.file_key
where c.segment_count > 0 or s.row_count > 0
