/* Denial rates by month. Grain: definition (audit.denial_definition) x date_basis (service, submission, remit) x month x payer_id x
billing_npi x clinician_npi x code_family x setting (facility, non-facility; institutional claims are facility) x carc x rarc. Measures, all
additive: unit_count and unit_amount (units of the denominator and their charges), denied_count and denied_amount (those denied). carc and
rarc: chief reason of the unit's denial, null on units not denied; a unit counts under one reason. A unit without the date of a basis has
no month there. A rate is denied by unit of the same rows; by reason it is denied of the reason by the units of all reasons; where
denominator_months is 3 (hfma_dollars) each month's units are the mean of the three months before it, which the reader makes. */
with counted as (
  select
    definition,
    date_trunc('month', service_date) as service_month,
    date_trunc('month', submission_date) as submission_month,
    date_trunc('month', remit_date) as remit_month,
    payer_id,
    billing_npi,
    clinician_npi,
    code_family,
    is_facility,
    case when is_denied then reason_code end as carc,
    case when is_denied then remark_code end as rarc,
    count(*) as unit_count,
    count(*) filter (where is_denied) as denied_count,
    sum(charge_amount) as unit_amount,
    sum(case when is_denied then charge_amount else 0 end) as denied_amount
  from audit.denial_unit
  group by
    definition,
    date_trunc('month', service_date),
    date_trunc('month', submission_date),
    date_trunc('month', remit_date),
    payer_id,
    billing_npi,
    clinician_npi,
    code_family,
    is_facility,
    case when is_denied then reason_code end,
    case when is_denied then remark_code end
),

dated as (
  select
    *,
    'service' as date_basis,
    service_month as month
  from counted
  union all
  select
    *,
    'submission' as date_basis,
    submission_month as month
  from counted
  union all
  select
    *,
    'remit' as date_basis,
    remit_month as month
  from counted
)

select
  definition,
  date_basis,
  strftime(month, '%Y-%m') as month,
  payer_id,
  billing_npi,
  clinician_npi,
  code_family,
  case when is_facility then 'facility' else 'non-facility' end as setting,
  carc,
  rarc,
  cast(sum(unit_count) as bigint) as unit_count,
  cast(sum(denied_count) as bigint) as denied_count,
  cast(sum(unit_amount) as decimal(18, 2)) as unit_amount,
  cast(sum(denied_amount) as decimal(18, 2)) as denied_amount
from dated
where month is not null
group by definition, date_basis, month, payer_id, billing_npi, clinician_npi, code_family, is_facility, carc, rarc
