/* Denial rates by month. Grain: definition (audit.denial_definition) x date_basis (service, submission, remit) x month x payer_id x
billing_npi x clinician_npi x code_family x setting (facility, non-facility; institutional claims are facility) x carc x rarc. Measures, all
additive: unit_count and unit_amount (units of the denominator and their charges), denied_count and denied_amount (those denied). carc and
rarc: chief reason of the unit's denial, null on units not denied; a unit counts under one reason. A unit without the date of a basis has
no month there. A rate is denied by unit of the same rows; by reason it is denied of the reason by the units of all reasons; where
denominator_months is 3 (hfma_dollars) each month's units are the mean of the three months before it, which the reader makes. */
with unit as (
  select
    definition,
    'service' as date_basis,
    date_trunc('month', service_date) as month,
    payer_id,
    billing_npi,
    clinician_npi,
    code_family,
    is_facility,
    reason_code,
    remark_code,
    charge_amount,
    is_denied
  from audit.denial_unit
  where service_date is not null
  union all
  select
    definition,
    'submission' as date_basis,
    date_trunc('month', submission_date) as month,
    payer_id,
    billing_npi,
    clinician_npi,
    code_family,
    is_facility,
    reason_code,
    remark_code,
    charge_amount,
    is_denied
  from audit.denial_unit
  where submission_date is not null
  union all
  select
    definition,
    'remit' as date_basis,
    date_trunc('month', remit_date) as month,
    payer_id,
    billing_npi,
    clinician_npi,
    code_family,
    is_facility,
    reason_code,
    remark_code,
    charge_amount,
    is_denied
  from audit.denial_unit
  where remit_date is not null
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
  case when is_denied then reason_code end as carc,
  case when is_denied then remark_code end as rarc,
  count(*) as unit_count,
  count(*) filter (where is_denied) as denied_count,
  cast(sum(charge_amount) as decimal(18, 2)) as unit_amount,
  cast(sum(case when is_denied then charge_amount else 0 end) as decimal(18, 2)) as denied_amount
from unit
group by
  definition,
  date_basis,
  month,
  payer_id,
  billing_npi,
  clinician_npi,
  code_family,
  is_facility,
  case when is_denied then reason_code end,
  case when is_denied then remark_code end
