/* ACP use: one row a clinician, billing provider, month of service and setting (facility, non-facility) with a visit or ACP billed (final,
primary copy, professional or 0657). A date is a patient's day with the clinician; its setting is that of its own lines, facility where one
is.

Measures. Additive: visit_date_count (dates with an E/M visit or annual wellness visit), em_date_count (with an E/M visit), awv_date_count,
acp_date_count, acp_em_date_count (ACP dates with an E/M visit), primary_units (99497), addon_units (99498), implied_minutes (least minutes
that the units imply: 16, and 30 for each further unit), documented_minutes with documented_date_count (ACP dates whose minutes are
documented). Distinct within the row, so not additive: eligible_patient_count (patients with a visit or ACP), acp_patient_count.

ACP per 100 E/M = 100 x acp_date_count / em_date_count; patients with ACP = acp_patient_count / eligible_patient_count; 98/97 ratio =
addon_units / primary_units; minutes a date = implied_minutes / acp_date_count. No ratio is stored. */
with visit as (
  select
    e.patient_key,
    e.service_date,
    e.clinician_npi,
    l.billing_npi,
    e.is_facility,
    true as is_em,
    false as is_awv,
    false as is_acp
  from core.em_line as e
  inner join core.claim_line as l on e.claim_key = l.claim_key and e.line_number = l.line_number
  union all
  select
    patient_key,
    service_date,
    clinician_npi,
    billing_npi,
    is_facility,
    false as is_em,
    coalesce(procedure_code in ('G0438', 'G0439'), false) as is_awv,
    acp_code is not null as is_acp
  from core.claim_line
  where is_primary_copy and is_professional_service and (procedure_code in ('G0438', 'G0439') or acp_code is not null)
),

dated as (
  select
    patient_key,
    service_date,
    clinician_npi,
    min(billing_npi) as billing_npi,
    bool_or(is_facility) as is_facility,
    bool_or(is_em) as is_em,
    bool_or(is_awv) as is_awv,
    bool_or(is_acp) as is_acp
  from visit
  where service_date is not null
  group by patient_key, service_date, clinician_npi
)

select
  d.clinician_npi,
  d.billing_npi,
  cast(date_trunc('month', d.service_date) as date) as month,
  case when d.is_facility then 'facility' else 'non-facility' end as setting,
  count(distinct d.patient_key) as eligible_patient_count,
  count(distinct case when d.is_acp then d.patient_key end) as acp_patient_count,
  count(*) filter (where d.is_em or d.is_awv) as visit_date_count,
  count(*) filter (where d.is_em) as em_date_count,
  count(*) filter (where d.is_awv) as awv_date_count,
  count(*) filter (where d.is_acp) as acp_date_count,
  count(*) filter (where d.is_acp and d.is_em) as acp_em_date_count,
  cast(coalesce(sum(a.primary_units) filter (where d.is_acp), 0) as decimal(18, 4)) as primary_units,
  cast(coalesce(sum(a.addon_units) filter (where d.is_acp), 0) as decimal(18, 4)) as addon_units,
  cast(coalesce(sum(16 + 30 * (greatest(a.primary_units, 1) - 1 + a.addon_units)) filter (where d.is_acp), 0) as bigint) as implied_minutes,
  count(*) filter (where d.is_acp and a.acp_minutes is not null) as documented_date_count,
  cast(coalesce(sum(a.acp_minutes) filter (where d.is_acp), 0) as bigint) as documented_minutes
from dated as d
left join core.acp_day as a
  on
    d.patient_key = a.patient_key
    and d.service_date = a.service_date
    and d.clinician_npi is not distinct from a.clinician_npi
group by d.clinician_npi, d.billing_npi, cast(date_trunc('month', d.service_date) as date), d.is_facility
