/* ACP days: one row a patient, day of service and clinician with ACP billed or documented (core.acp_day): minutes, units, what the minutes
support, and what else the patient's day holds (is_..._day: critical care, E/M visit, annual wellness visit by any clinician; a hospice
span). day_key names the patient's day (all clinicians) without naming the patient: 16 digits of the hash of the patient key, itself keyed,
and the day. claim_key, line_number, billing_npi and the dates are those of the first ACP line; null where nothing is billed. Measures:
primary_units (99497), addon_units (99498), acp_minutes (null: not documented), implied_minutes (least minutes that the units imply: 16, and
30 for each further unit), supported_addon_units. */
with first_line as (
  select
    l.patient_key,
    l.service_date,
    l.clinician_npi,
    l.claim_id,
    l.line_number,
    l.billing_npi,
    v.submission_date,
    o.first_remit_date
  from core.claim_line as l
  inner join core.claim_version as v on l.claim_key = v.claim_key
  left join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
  where l.is_primary_copy and l.is_professional_service and l.acp_code is not null
  qualify row_number() over (partition by l.patient_key, l.service_date, l.clinician_npi order by l.acp_code, l.claim_id, l.line_number) = 1
),

beside as (
  select
    day_key,
    bool_or(code_family = 'critical_care') as is_critical_care_day,
    bool_or(code_family = 'em') as is_em_day,
    bool_or(code_family = 'awv') as is_awv_day,
    bool_or(code_family = 'hospice' and claim_key is null) as is_hospice_day
  from mart.acp_day_line
  group by day_key
),

day as (
  select
    *,
    left(sha256(patient_key || '|' || cast(service_date as varchar)), 16) as day_key
  from core.acp_day
)

select
  d.day_key,
  d.service_date,
  f.submission_date,
  f.first_remit_date,
  d.clinician_npi,
  f.billing_npi,
  d.payer_id,
  case when d.is_facility then 'facility' else 'non-facility' end as setting,
  'acp' as code_family,
  d.is_billed,
  d.primary_units,
  d.addon_units,
  d.session_count,
  d.acp_minutes,
  case when d.is_billed then cast(16 + 30 * (greatest(d.primary_units, 1) - 1 + d.addon_units) as integer) end as implied_minutes,
  d.supported_addon_units,
  d.documentation_id,
  d.bundling_code,
  coalesce(b.is_critical_care_day, false) as is_critical_care_day,
  coalesce(b.is_em_day, false) as is_em_day,
  coalesce(b.is_awv_day, false) as is_awv_day,
  coalesce(b.is_hospice_day, false) as is_hospice_day,
  f.claim_id as claim_key,
  f.line_number
from day as d
left join first_line as f
  on d.patient_key = f.patient_key and d.service_date = f.service_date and d.clinician_npi is not distinct from f.clinician_npi
left join beside as b on d.day_key = b.day_key
