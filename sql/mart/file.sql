/* Files: one row a file of the inbox, copies and refused ones too. For each counted segment, segments in the file = landed + set aside.
*/
select
  path,
  sha256,
  bytes,
  kind,
  version,
  status,
  reason,
  interchange_count,
  transaction_set_count,
  warnings,
  landed_clm,
  aside_clm,
  landed_lx,
  aside_lx,
  landed_sv,
  aside_sv,
  landed_clp,
  aside_clp,
  landed_svc,
  aside_svc,
  landed_cas,
  aside_cas,
  landed_plb,
  aside_plb
from raw.file
