/* ACP days: one row a patient, day of service and clinician with ACP billed (final, primary copy, professional) or documented: minutes of
all sessions summed (empty ones add nothing; null when all are empty), billed units, units of 99498 that the minutes support, the
documentation joined, and the codes of the day that bundle ACP (NCCI, indicator 0). payer_id and is_facility price what was not billed: of
the billed ACP, else of the documentation, else of the patient's nearest claim line. */
with billed as (
  select
    patient_key,
    service_date,
    clinician_npi,
    cast(count(*) filter (where acp_code = '99497') as integer) as primary_line_count,
    cast(count(*) filter (where acp_code = '99498') as integer) as addon_line_count,
    coalesce(sum(coalesce(units, 1)) filter (where acp_code = '99497'), 0) as primary_units,
    coalesce(sum(coalesce(units, 1)) filter (where acp_code = '99498'), 0) as addon_units
  from core.claim_line
  where is_primary_copy and is_professional_service and acp_code is not null
  group by patient_key, service_date, clinician_npi
),

session as (
  select
    patient_key,
    service_date,
    clinician_npi,
    cast(count(*) as integer) as session_count,
    cast(count(*) filter (where minutes is null) as integer) as untimed_session_count,
    cast(sum(minutes) as integer) as acp_minutes,
    bool_or(has_minutes_from_note) as has_minutes_from_note,
    bool_or(has_minutes_column) as has_minutes_column,
    bool_or(has_topics_column) as has_topics_column,
    bool_or(has_voluntary_column) as has_voluntary_column,
    bool_or(is_acp_content) as is_acp_content,
    bool_or(is_not_voluntary) as is_not_voluntary
  from core.acp_session
  where patient_key is not null and not is_repeated
  group by patient_key, service_date, clinician_npi
),

first_session as (
  select
    patient_key,
    service_date,
    clinician_npi,
    documentation_id,
    payer_id,
    place_of_service_code
  from core.acp_session
  where patient_key is not null and not is_repeated
  qualify row_number() over (partition by patient_key, service_date, clinician_npi order by session_seq, documentation_id) = 1
),

day as (
  select
    coalesce(b.patient_key, s.patient_key) as patient_key,
    coalesce(b.service_date, s.service_date) as service_date,
    coalesce(b.clinician_npi, s.clinician_npi) as clinician_npi,
    coalesce(b.primary_line_count, 0) as primary_line_count,
    coalesce(b.addon_line_count, 0) as addon_line_count,
    coalesce(b.primary_units, 0) as primary_units,
    coalesce(b.addon_units, 0) as addon_units,
    b.patient_key is not null as is_billed,
    coalesce(s.session_count, 0) as session_count,
    coalesce(s.untimed_session_count, 0) as untimed_session_count,
    s.acp_minutes,
    s.has_minutes_from_note,
    s.has_minutes_column,
    s.has_topics_column,
    s.has_voluntary_column,
    s.is_acp_content,
    s.is_not_voluntary
  from billed as b
  full outer join session as s
    on b.patient_key = s.patient_key and b.service_date = s.service_date and b.clinician_npi is not distinct from s.clinician_npi
),

-- The day's own lines tell payer and place: by the clinician first, ACP first; else the payer of the nearest day that has one.
day_line as (
  select
    d.patient_key,
    d.service_date,
    d.clinician_npi,
    l.payer_id,
    l.is_facility
  from day as d
  inner join core.claim_line as l on d.patient_key = l.patient_key and d.service_date = l.service_date
  where l.is_primary_copy and l.is_professional_service
  qualify row_number() over (
      partition by d.patient_key, d.service_date, d.clinician_npi
      order by
        l.clinician_npi is not distinct from d.clinician_npi desc,
        l.acp_code is not null desc,
        l.claim_id,
        l.line_number
    ) = 1
),

payer_day as (
  select
    patient_key,
    service_date,
    arg_min(payer_id, claim_id) as payer_id
  from core.claim_line
  where is_primary_copy and is_professional_service and payer_id is not null and service_date is not null
  group by patient_key, service_date
),

point as (
  select
    patient_key,
    service_date,
    payer_id,
    service_date as payer_date
  from payer_day
  union all
  select distinct
    patient_key,
    service_date,
    cast(null as varchar) as payer_id,
    cast(null as date) as payer_date
  from day
),

around as (
  select
    patient_key,
    service_date,
    payer_date as own_date,
    last_value(payer_id ignore nulls) over back as payer_before,
    last_value(payer_date ignore nulls) over back as date_before,
    first_value(payer_id ignore nulls) over ahead as payer_after,
    first_value(payer_date ignore nulls) over ahead as date_after
  from point
  window
    back as (partition by patient_key order by service_date, payer_date nulls last rows between unbounded preceding and current row),
    ahead as (partition by patient_key order by service_date, payer_date nulls first rows between current row and unbounded following)
),

near_line as (
  select
    d.patient_key,
    d.service_date,
    d.clinician_npi,
    coalesce(
      o.payer_id,
      case when abs(date_diff('day', a.date_after, d.service_date)) < abs(date_diff('day', a.date_before, d.service_date))
          or a.date_before is null
          then a.payer_after
        else a.payer_before
      end
    ) as payer_id,
    o.patient_key is not null as is_same_day,
    o.is_facility
  from day as d
  left join day_line as o
    on d.patient_key = o.patient_key and d.service_date = o.service_date and d.clinician_npi is not distinct from o.clinician_npi
  left join around as a on d.patient_key = a.patient_key and d.service_date = a.service_date and a.own_date is null
),

bundle as (
  select
    patient_key,
    service_date,
    clinician_npi,
    bool_or(is_primary_bundling) as is_primary_bundled,
    bool_or(is_addon_bundling) as is_addon_bundled,
    min(procedure_code) as bundling_code
  from core.acp_conflict
  where is_primary_bundling or is_addon_bundling
  group by patient_key, service_date, clinician_npi
)

select
  d.patient_key,
  d.service_date,
  d.clinician_npi,
  d.is_billed,
  d.primary_line_count,
  d.addon_line_count,
  d.primary_units,
  d.addon_units,
  d.session_count,
  d.untimed_session_count,
  d.acp_minutes,
  case
    when d.acp_minutes is null then null
    when d.acp_minutes < 46 then 0
    else 1 + cast(floor((d.acp_minutes - 46) / 30) as integer)
  end as supported_addon_units,
  f.documentation_id,
  coalesce(d.has_minutes_from_note, false) as has_minutes_from_note,
  coalesce(d.has_minutes_column, false) as has_minutes_column,
  d.has_topics_column,
  d.has_voluntary_column,
  d.is_acp_content,
  d.is_not_voluntary,
  coalesce(b.is_primary_bundled, false) as is_primary_bundled,
  coalesce(b.is_addon_bundled, false) as is_addon_bundled,
  b.bundling_code,
  c.clinician_taxonomy_code,
  c.is_acp_eligible,
  coalesce(case when not d.is_billed then f.payer_id end, n.payer_id) as payer_id,
  coalesce(p.is_facility, case when n.is_same_day then n.is_facility end, false) as is_facility,
  coalesce(c.is_reduced_fee and y.is_medicare, false) as is_reduced_fee
from day as d
left join first_session as f
  on d.patient_key = f.patient_key and d.service_date = f.service_date and d.clinician_npi is not distinct from f.clinician_npi
left join near_line as n
  on d.patient_key = n.patient_key and d.service_date = n.service_date and d.clinician_npi is not distinct from n.clinician_npi
left join bundle as b
  on d.patient_key = b.patient_key and d.service_date = b.service_date and d.clinician_npi is not distinct from b.clinician_npi
left join core.clinician_day as c on d.clinician_npi = c.clinician_npi and d.service_date = c.service_date
left join core.payer as y on coalesce(case when not d.is_billed then f.payer_id end, n.payer_id) = y.payer_id
left join reference.place_of_service as p
  on
    not d.is_billed
    and f.place_of_service_code = p.place_of_service_code
    and d.service_date between coalesce(p.valid_from, d.service_date) and coalesce(p.valid_to, d.service_date)
