/* ACP days: one row a patient, day of service and clinician with ACP billed or documented (core.acp_day): minutes, units, and what the
minutes support. day_key names the patient's day (all clinicians) without naming the patient: 16 digits of the hash of the patient key,
itself keyed, and the day. Measures: primary_units (99497), addon_units (99498), acp_minutes (null: not documented), implied_minutes (least
minutes that the units imply: 16, and 30 for each further unit), supported_addon_units. */
select
  left(sha256(d.patient_key || '|' || cast(d.service_date as varchar)), 16) as day_key,
  d.service_date,
  d.clinician_npi,
  d.payer_id,
  case when d.is_facility then 'facility' else 'non-facility' end as setting,
  d.is_billed,
  d.primary_units,
  d.addon_units,
  d.session_count,
  d.acp_minutes,
  case when d.is_billed then cast(16 + 30 * (greatest(d.primary_units, 1) - 1 + d.addon_units) as integer) end as implied_minutes,
  d.supported_addon_units,
  d.documentation_id,
  d.bundling_code
from core.acp_day as d
