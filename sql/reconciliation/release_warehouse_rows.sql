/* ---
name: release_warehouse_rows
stage: release
order: 3
title: >-
  Rows: manifest = warehouse
side: ours
unit: rows
group: table
left: rows that manifest.json tells
right: rows of the table in the warehouse now
source: DESIGN.md sections 5 and 6
means: >-
  The release is not what was published, or the warehouse has moved on since. Audit again for a release of the present state; a release
  whose own files differ from their hashes was changed and should not be used
--- */
select
  name as source_file,
  cast(null as integer) as transaction_set,
  cast(null as integer) as segment_number,
  'manifest and warehouse' as subject,
  manifest_count as left_amount,
  warehouse_count as right_amount
from release.published_table
