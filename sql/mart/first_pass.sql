/* First-pass yield. Grain: date_basis (service, submission, remit) x month x payer_id x billing_npi x clinician_npi x code_family x
setting. Measures, all additive: claim_count (claims submitted, each once), answered_count (those answered otherwise than as duplicates) and
first_pass_count (those whose first answer denied no line, default definition), and the charges of each. The yield is first pass by
answered. On the remit basis a claim not answered yet has no month. */
with claim as (
  select
    date_trunc('month', c.service_date) as service_month,
    date_trunc('month', c.submission_date) as submission_month,
    date_trunc('month', c.answer_date) as remit_month,
    c.payer_id,
    c.billing_npi,
    c.clinician_npi,
    c.code_family,
    c.is_facility,
    c.answer_date is not null and not c.is_duplicate_only as is_answered,
    c.answer_date is not null and not c.is_duplicate_only and d.claim_key is null as is_first_pass,
    c.charge_amount
  from core.initial_claim as c
  left join core.initial_denial as d on c.claim_key = d.claim_key
),

counted as (
  select
    service_month,
    submission_month,
    remit_month,
    payer_id,
    billing_npi,
    clinician_npi,
    code_family,
    is_facility,
    count(*) as claim_count,
    count(*) filter (where is_answered) as answered_count,
    count(*) filter (where is_first_pass) as first_pass_count,
    sum(charge_amount) as claim_amount,
    sum(case when is_answered then charge_amount else 0 end) as answered_amount,
    sum(case when is_first_pass then charge_amount else 0 end) as first_pass_amount
  from claim
  group by service_month, submission_month, remit_month, payer_id, billing_npi, clinician_npi, code_family, is_facility
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
  date_basis,
  strftime(month, '%Y-%m') as month,
  payer_id,
  billing_npi,
  clinician_npi,
  code_family,
  case when is_facility then 'facility' else 'non-facility' end as setting,
  cast(sum(claim_count) as bigint) as claim_count,
  cast(sum(answered_count) as bigint) as answered_count,
  cast(sum(first_pass_count) as bigint) as first_pass_count,
  cast(sum(claim_amount) as decimal(18, 2)) as claim_amount,
  cast(sum(answered_amount) as decimal(18, 2)) as answered_amount,
  cast(sum(first_pass_amount) as decimal(18, 2)) as first_pass_amount
from dated
where month is not null
group by date_basis, month, payer_id, billing_npi, clinician_npi, code_family, is_facility
