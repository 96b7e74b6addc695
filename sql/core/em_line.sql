/* E/M lines: one row a line (final, primary copy, professional or 0657) whose code reference.em_family names on its day: its family, and
whether its place of service is one of the family's: null where the line has no place or the family's places are not judged. is_other_rate:
a place of the family is paid at the other rate (facility or not) than the place billed. */
with coded as (
  select distinct procedure_code
  from core.claim_line
  where is_primary_copy and is_professional_service and procedure_code is not null
),

place as (
  select
    c.procedure_code,
    f.em_family,
    f.place_of_service_code,
    min(coalesce(f.valid_from, cast('0001-01-01' as date))) as valid_from,
    max(coalesce(f.valid_to, cast('9999-12-31' as date))) as valid_to,
    case
      when min(f.valid_from) > min(min(f.valid_from)) over (partition by c.procedure_code, f.em_family)
        then ' from ' || cast(min(f.valid_from) as varchar)
      else ''
    end as since
  from coded as c
  inner join reference.em_family as f on c.procedure_code between f.procedure_code_from and f.procedure_code_to
  group by c.procedure_code, f.em_family, f.place_of_service_code
),

rate as (
  select
    place_of_service_code,
    bool_or(is_facility) as is_facility
  from reference.place_of_service
  group by place_of_service_code
),

family as (
  select
    p.procedure_code,
    p.em_family,
    min(p.valid_from) as valid_from,
    max(p.valid_to) as valid_to,
    string_agg(p.place_of_service_code || p.since, ', ' order by p.place_of_service_code) as family_places,
    coalesce(bool_or(coalesce(r.is_facility, false)) filter (where p.place_of_service_code is not null), false) as has_facility_place,
    coalesce(bool_or(not coalesce(r.is_facility, false)) filter (where p.place_of_service_code is not null), false) as has_office_place
  from place as p
  left join rate as r on p.place_of_service_code = r.place_of_service_code
  group by p.procedure_code, p.em_family
)

select
  l.claim_key,
  l.line_number,
  l.claim_type,
  l.patient_key,
  l.service_date,
  l.clinician_npi,
  l.payer_id,
  l.procedure_code,
  coalesce(l.units, 1) as units,
  l.place_of_service_code,
  l.is_facility,
  coalesce(n.is_reduced_fee and y.is_medicare, false) as is_reduced_fee,
  f.em_family,
  f.family_places,
  case when f.family_places is not null and l.place_of_service_code is not null then p.procedure_code is not null end as is_family_place,
  case when l.is_facility then f.has_office_place else f.has_facility_place end as is_other_rate
from core.claim_line as l
inner join family as f on l.procedure_code = f.procedure_code and l.service_date between f.valid_from and f.valid_to
left join place as p
  on
    l.procedure_code = p.procedure_code
    and l.place_of_service_code = p.place_of_service_code
    and l.service_date between p.valid_from and p.valid_to
left join core.clinician_day as n on l.clinician_npi = n.clinician_npi and l.service_date = n.service_date
left join core.payer as y on l.payer_id = y.payer_id
where l.is_primary_copy and l.is_professional_service
