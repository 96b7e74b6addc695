/* Clinicians: one row an NPI that did professional work: the taxonomy it is most often sent with (ties: the first by code), null where none
was ever sent, and the last day of that work; core.clinician_day says day by day what follows from the taxonomy. */
with sent as (
  select
    clinician_npi,
    clinician_taxonomy_code,
    count(*) as line_count,
    max(service_date) as last_service_date
  from core.claim_line
  where clinician_npi is not null and is_professional_service
  group by clinician_npi, clinician_taxonomy_code
)

select
  clinician_npi,
  clinician_taxonomy_code,
  max(last_service_date) over (partition by clinician_npi) as last_service_date
from sent
qualify row_number() over (
    partition by clinician_npi
    order by clinician_taxonomy_code is null, line_count desc, clinician_taxonomy_code
  ) = 1
