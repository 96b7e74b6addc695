/* Findings by month. Grain: check_id x direction x tier (of missed revenue, else null) x proof x date_basis (service, submission, remit) x
month x payer_id x billing_npi x clinician_npi x code_family x setting. Measures, all additive within a direction (dollars of missed revenue
within a tier): finding_count, unpriced_count (findings without an amount, information apart), at_risk_amount and recoverable_amount (of the
findings that carry the dollars of their line, so each dollar once). month is null where a finding has no date of that basis (a clinician's,
or one without a remittance): so every basis sums to the same. */
with tiered as (
  select
    finding_key,
    min(tier) as tier
  from mart.missed_revenue
  group by finding_key
),

dated as (
  select
    f.*,
    t.tier,
    x.code_family,
    x.setting,
    x.submission_date,
    x.first_remit_date
  from audit.finding as f
  inner join mart.finding_context as x on f.finding_key = x.finding_key
  left join tiered as t on f.finding_key = t.finding_key
),

basis as (
  select
    *,
    'service' as date_basis,
    service_date as basis_date
  from dated
  union all
  select
    *,
    'submission' as date_basis,
    submission_date as basis_date
  from dated
  union all
  select
    *,
    'remit' as date_basis,
    first_remit_date as basis_date
  from dated
)

select
  check_id,
  direction,
  tier,
  proof,
  date_basis,
  strftime(basis_date, '%Y-%m') as month,
  payer_id,
  billing_npi,
  clinician_npi,
  code_family,
  setting,
  count(*) as finding_count,
  count(*) filter (
    where direction <> 'info' and case when direction = 'under' then recoverable_amount else at_risk_amount end is null
  ) as unpriced_count,
  cast(sum(case when at_risk_counted then coalesce(at_risk_amount, 0) else 0 end) as decimal(18, 2)) as at_risk_amount,
  cast(sum(case when at_risk_counted then coalesce(recoverable_amount, 0) else 0 end) as decimal(18, 2)) as recoverable_amount
from basis
group by
  check_id, direction, tier, proof, date_basis, strftime(basis_date, '%Y-%m'), payer_id, billing_npi, clinician_npi, code_family, setting
