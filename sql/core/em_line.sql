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
    coalesce(f.valid_from, cast('0001-01-01' as date)) as valid_from,
    coalesce(f.valid_to, cast('9999-12-31' as date)) as valid_to
  from coded as c
  inner join reference.em_family as f on c.procedure_code between f.procedure_code_from and f.procedure_code_to
),

rate as (
  select
    place_of_service_code,
    is_facility,
    coalesce(valid_from, cast('0001-01-01' as date)) as valid_from,
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
  from reference.place_of_service
),

-- The days on which something changes: a place joins or leaves the family, or is paid otherwise.
boundary as (
  select
    procedure_code,
    em_family,
    valid_from as start_date
  from place
  union
  select
    procedure_code,
    em_family,
    cast(valid_to + interval 1 day as date) as start_date
  from place
  where valid_to < '9999-12-31'
  union
  select
    p.procedure_code,
    p.em_family,
    r.valid_from as start_date
  from place as p
  inner join rate as r on p.place_of_service_code = r.place_of_service_code
  union
  select
    p.procedure_code,
    p.em_family,
    cast(r.valid_to + interval 1 day as date) as start_date
  from place as p
  inner join rate as r on p.place_of_service_code = r.place_of_service_code
  where r.valid_to < '9999-12-31'
),

period as (
  select
    procedure_code,
    em_family,
    start_date as valid_from,
    cast(
      coalesce(lead(start_date) over (partition by procedure_code, em_family order by start_date) - interval 1 day, '9999-12-31') as date
    ) as valid_to
  from boundary
),

period_place as (
  select
    d.procedure_code,
    d.em_family,
    d.valid_from,
    d.valid_to,
    p.place_of_service_code,
    coalesce(bool_or(r.is_facility), false) as is_facility
  from period as d
  inner join place as p
    on d.procedure_code = p.procedure_code and d.em_family = p.em_family and d.valid_from between p.valid_from and p.valid_to
  left join rate as r on p.place_of_service_code = r.place_of_service_code and d.valid_from between r.valid_from and r.valid_to
  group by d.procedure_code, d.em_family, d.valid_from, d.valid_to, p.place_of_service_code
),

family as (
  select
    procedure_code,
    em_family,
    valid_from,
    valid_to,
    coalesce(bool_or(is_facility) filter (where place_of_service_code is not null), false) as has_facility_place,
    coalesce(bool_or(not is_facility) filter (where place_of_service_code is not null), false) as has_office_place
  from period_place
  group by procedure_code, em_family, valid_from, valid_to
),

since as (
  select
    procedure_code,
    em_family,
    place_of_service_code,
    case
      when min(valid_from) > min(min(valid_from)) over (partition by procedure_code, em_family)
        then ' from ' || cast(min(valid_from) as varchar)
      else ''
    end as since
  from place
  group by procedure_code, em_family, place_of_service_code
),

listed as (
  select
    procedure_code,
    em_family,
    string_agg(place_of_service_code || since, ', ' order by place_of_service_code) as family_places
  from since
  group by procedure_code, em_family
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
  t.family_places,
  case when t.family_places is not null and l.place_of_service_code is not null then p.procedure_code is not null end as is_family_place,
  case when l.is_facility then f.has_office_place else f.has_facility_place end as is_other_rate
from core.claim_line as l
inner join family as f on l.procedure_code = f.procedure_code and l.service_date between f.valid_from and f.valid_to
inner join listed as t on f.procedure_code = t.procedure_code and f.em_family = t.em_family
left join period_place as p
  on
    f.procedure_code = p.procedure_code
    and f.em_family = p.em_family
    and f.valid_from = p.valid_from
    and l.place_of_service_code = p.place_of_service_code
left join core.clinician_day as n on l.clinician_npi = n.clinician_npi and l.service_date = n.service_date
left join core.payer as y on l.payer_id = y.payer_id
where l.is_primary_copy and l.is_professional_service
