/* Source files: one row a row of raw.file. file_number is the rank of the content hash among the files that landed rows, so it and every
key made of it depend on what was landed, never on the order of landing; it is null for files set aside whole and for copies. path
is the first, by name, of those that hold the same content, so that findings do not depend on which copy came first. */
with landed as (
  select
    file_key,
    row_number() over (order by sha256, file_key) as file_number
  from raw.file
  where status in ('accepted', 'partial')
)

select
  f.file_key,
  l.file_number,
  left(f.sha256, 16) as file_id,
  f.sha256,
  min(f.path) over (partition by f.sha256) as path,
  f.kind,
  f.status,
  f.reason
from raw.file as f
left join landed as l on f.file_key = l.file_key
