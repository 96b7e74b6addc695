/* Clinicians by day: one row an NPI of core.clinician and a day on which it worked, or documented ACP as clinician or author, with what
follows from its taxonomy by the reference rows of that day. is_acp_eligible is null where no taxonomy was ever sent. */
with worked as (
  select
    clinician_npi,
    service_date
  from core.claim_line
  where is_professional_service and service_date is not null
  union
  select
    rendering_npi as clinician_npi,
    service_date
  from raw.acp_documentation
  where service_date is not null
  union
  select
    author_npi as clinician_npi,
    service_date
  from raw.acp_documentation
  where service_date is not null
)

select
  c.clinician_npi,
  w.service_date,
  c.clinician_taxonomy_code,
  coalesce(e2.clinician_group, e4.clinician_group) as clinician_group,
  case when c.clinician_taxonomy_code is not null then coalesce(e2.taxonomy_prefix, e4.taxonomy_prefix) is not null end as is_acp_eligible,
  coalesce(e2.is_reduced_fee, e4.is_reduced_fee, false) as is_reduced_fee,
  p.taxonomy_code is not null as is_palliative
from worked as w
inner join core.clinician as c on w.clinician_npi = c.clinician_npi
left join reference.acp_eligible_taxonomy as e2
  on
    left(c.clinician_taxonomy_code, 2) = e2.taxonomy_prefix
    and w.service_date between coalesce(e2.valid_from, w.service_date) and coalesce(e2.valid_to, w.service_date)
left join reference.acp_eligible_taxonomy as e4
  on
    left(c.clinician_taxonomy_code, 4) = e4.taxonomy_prefix
    and w.service_date between coalesce(e4.valid_from, w.service_date) and coalesce(e4.valid_to, w.service_date)
left join reference.palliative_taxonomy as p
  on
    c.clinician_taxonomy_code = p.taxonomy_code
    and w.service_date between coalesce(p.valid_from, w.service_date) and coalesce(p.valid_to, w.service_date)
