/* Clinicians as published: one row an NPI that did professional work: taxonomy most often sent, specialty by it (the peers of
core.clinician_metric: exact taxonomy first, then its first four characters, else the taxonomy itself), and the last day of that work.
specialty_code and specialty are null where no taxonomy was ever sent. Measures: none. */
select
  c.clinician_npi,
  c.clinician_taxonomy_code,
  coalesce(s.specialty_code, g.specialty_code, c.clinician_taxonomy_code) as specialty_code,
  coalesce(s.title, g.title, c.clinician_taxonomy_code) as specialty,
  c.last_service_date
from core.clinician as c
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
