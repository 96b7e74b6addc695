/* Clinicians: one row an NPI that did professional work: the taxonomy it is most often sent with (ties: the first by code), null where none
was ever sent, the last day of that work, and the specialty of the taxonomy on that day (reference.specialty by taxonomy, else by its first
four characters; the taxonomy itself where neither is listed). Clinicians of one specialty_code are peers. core.clinician_day says day by
day what follows from the taxonomy. */
with sent as (
  select
    clinician_npi,
    clinician_taxonomy_code,
    count(*) as line_count,
    max(service_date) as last_service_date
  from core.claim_line
  where clinician_npi is not null and is_professional_service
  group by clinician_npi, clinician_taxonomy_code
),

clinician as (
  select
    clinician_npi,
    clinician_taxonomy_code,
    max(last_service_date) over (partition by clinician_npi) as last_service_date
  from sent
  qualify row_number() over (
      partition by clinician_npi
      order by clinician_taxonomy_code is null, line_count desc, clinician_taxonomy_code
    ) = 1
)

select
  c.clinician_npi,
  c.clinician_taxonomy_code,
  coalesce(s.specialty_code, g.specialty_code, c.clinician_taxonomy_code) as specialty_code,
  coalesce(s.title, g.title, c.clinician_taxonomy_code) as specialty,
  c.last_service_date
from clinician as c
left join reference.specialty as s
  on
    c.clinician_taxonomy_code = s.taxonomy_prefix
    and coalesce(
      c.last_service_date between coalesce(s.valid_from, c.last_service_date) and coalesce(s.valid_to, c.last_service_date),
      s.valid_to is null
    )
left join reference.specialty as g
  on
    left(c.clinician_taxonomy_code, 4) = g.taxonomy_prefix
    and coalesce(
      c.last_service_date between coalesce(g.valid_from, c.last_service_date) and coalesce(g.valid_to, c.last_service_date),
      g.valid_to is null
    )
