/* ACP lines: one row a line of 99497 or 99498 that takes part (final, primary copy, professional or 0657), with its dollars and its day's
facts. procedure_code is the code that the line counts as (core.claim_line.acp_code). service_number orders the lines of a code within the
day, as they were submitted, later_units are the units of those after it; is_bundled: a code of the day bundles the ACP billed (NCCI,
indicator 0). */
select
  l.claim_key,
  l.line_number,
  l.patient_key,
  l.service_date,
  l.clinician_npi,
  l.group_specialty,
  l.acp_code as procedure_code,
  a.units,
  a.allowed_amount,
  a.amount_method,
  cast(
    row_number() over (
      partition by l.patient_key, l.service_date, l.clinician_npi, l.acp_code
      order by s.submission_order, l.line_number
    ) as integer
  ) as service_number,
  coalesce(
    sum(a.units) over (
      partition by l.patient_key, l.service_date, l.clinician_npi, l.acp_code
      order by s.submission_order, l.line_number
      rows between 1 following and unbounded following
    ),
    0
  ) as later_units,
  d.primary_line_count,
  d.primary_units,
  d.addon_line_count,
  d.addon_units,
  d.session_count,
  d.untimed_session_count,
  d.has_minutes_from_note,
  d.has_minutes_column,
  d.acp_minutes,
  d.supported_addon_units,
  d.documentation_id,
  d.bundling_code,
  d.payer_id,
  d.is_facility,
  d.is_reduced_fee,
  (d.is_primary_bundled and d.primary_line_count > 0) or (d.is_addon_bundled and d.addon_line_count > 0) as is_bundled
from core.claim_line as l
inner join core.claim_submission as s on l.claim_key = s.claim_key
inner join core.line_amount as a on l.claim_key = a.claim_key and l.line_number = a.line_number
inner join core.acp_day as d
  on l.patient_key = d.patient_key
    and l.service_date is not distinct from d.service_date
    and l.clinician_npi is not distinct from d.clinician_npi
where l.is_primary_copy and l.is_professional_service and l.acp_code is not null
