/* Where a finding belongs: one row a finding, with what the dashboards filter by and the finding itself does not say: the days of
submission and of the first remittance, code family (core.code_family; of a whole claim the first family of its lines in that order; acp
where there is no line, for documentation and clinicians are looked at for ACP only) and setting (facility, non-facility; institutional
claims are facility; null where there is neither line nor claim nor place). Measures: none. */
with claim_family as (
  select
    l.claim_key,
    min(c.family_rank) as family_rank,
    arg_min(c.code_family, c.family_rank) as code_family,
    bool_or(l.is_facility) as is_facility
  from core.claim_line as l
  inner join core.code_family as c
    on l.procedure_code is not distinct from c.procedure_code and l.revenue_code is not distinct from c.revenue_code
  group by l.claim_key
),

claim_remit as (
  select
    claim_key,
    min(first_remit_date) as first_remit_date
  from core.line_outcome
  group by claim_key
),

documented as (
  select
    d.documentation_id,
    p.is_facility
  from core.acp_session as d
  inner join reference.place_of_service as p
    on
      d.place_of_service_code = p.place_of_service_code
      and d.service_date between coalesce(p.valid_from, d.service_date) and coalesce(p.valid_to, d.service_date)
  where not d.is_repeated
)

select
  f.finding_key,
  v.submission_date,
  case when f.line_number is null then r.first_remit_date else o.first_remit_date end as first_remit_date,
  case
    when l.acp_code is not null then 'acp'
    else coalesce(c.code_family, case when f.line_number is null then m.code_family end, 'acp')
  end as code_family,
  case
    when v.claim_type = 'institutional' then 'facility'
    when coalesce(l.is_facility, case when f.line_number is null then m.is_facility end, d.is_facility) then 'facility'
    when coalesce(l.is_facility, case when f.line_number is null then m.is_facility end, d.is_facility) is not null then 'non-facility'
  end as setting
from audit.finding as f
left join core.claim_version as v on f.claim_key = v.claim_id
left join core.claim_line as l on v.claim_key = l.claim_key and f.line_number = l.line_number
left join core.code_family as c
  on
    l.claim_key is not null
    and l.procedure_code is not distinct from c.procedure_code
    and l.revenue_code is not distinct from c.revenue_code
left join claim_family as m on v.claim_key = m.claim_key
left join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
left join claim_remit as r on v.claim_key = r.claim_key
left join documented as d on case when f.claim_key is null then f.documentation_id end = d.documentation_id
