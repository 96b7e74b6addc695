/* ---
name: release_hashes
stage: release
order: 1
title: >-
  Files: as recorded = as found
side: ours
unit: files
group: file
left: files that manifest.json names, each with its sha256
right: those that are there with that sha256; a file that it does not name counts as one found only
source: DESIGN.md sections 5 and 6
means: >-
  The release is not what was published, or the warehouse has moved on since. Audit again for a release of the present state; a release
  whose own files differ from their hashes was changed and should not be used
--- */
select
  name as source_file,
  cast(null as integer) as transaction_set,
  cast(null as integer) as segment_number,
  case
    when found_sha256 is null then 'missing'
    when recorded_sha256 is null then 'not in the manifest'
    when recorded_sha256 <> found_sha256 then 'changed since it was published'
    else 'as published'
  end as subject,
  case when recorded_sha256 is null then 0 else 1 end as left_amount,
  case when found_sha256 is null then 0 when recorded_sha256 is null or recorded_sha256 = found_sha256 then 1 else 0 end as right_amount
from release.published_file
