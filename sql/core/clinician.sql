/* Clinicians: one row an NPI that did professional work: the taxonomy it is most often sent with (ties: the first by code) and what follows
from it on the last day of that work; core.clinician_day says it day by day. is_acp_eligible is null where no taxonomy was ever sent. */
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

chosen as (
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
  coalesce(e2.clinician_group, e4.clinician_group) as clinician_group,
  case when c.clinician_taxonomy_code is not null then coalesce(e2.taxonomy_prefix, e4.taxonomy_prefix) is not null end as is_acp_eligible,
  coalesce(e2.is_reduced_fee, e4.is_reduced_fee, false) as is_reduced_fee,
  p.taxonomy_code is not null as is_palliative
from chosen as c
left join reference.acp_eligible_taxonomy as e2
  on
    left(c.clinician_taxonomy_code, 2) = e2.taxonomy_prefix
    and c.last_service_date between coalesce(e2.valid_from, c.last_service_date) and coalesce(e2.valid_to, c.last_service_date)
left join reference.acp_eligible_taxonomy as e4
  on
    left(c.clinician_taxonomy_code, 4) = e4.taxonomy_prefix
    and c.last_service_date between coalesce(e4.valid_from, c.last_service_date) and coalesce(e4.valid_to, c.last_service_date)
left join reference.palliative_taxonomy as p
  on
    c.clinician_taxonomy_code = p.taxonomy_code
    and c.last_service_date between coalesce(p.valid_from, c.last_service_date) and coalesce(p.valid_to, c.last_service_date)
