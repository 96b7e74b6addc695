/* ---
name: release_warehouse_totals
stage: release
order: 5
title: >-
  Control totals: manifest = warehouse
side: ours
unit: dollars
group: control total
left: control totals of manifest.json that are dollars
right: the same from the warehouse now
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
  manifest_amount as left_amount,
  warehouse_amount as right_amount
from release.control_total
where name like '%_amount'
