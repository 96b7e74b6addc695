/* First-pass yield. Grain: date_basis (service, submission, remit) x month x payer_id x billing_npi x clinician_npi x code_family x
setting. Measures, all additive: claim_count (claims submitted, each once), answered_count (those answered otherwise than as duplicates) and
first_pass_count (those whose first answer denied no line, default definition), and the charges of each. The yield is first pass by
answered. On the remit basis a claim not answered yet has no month. */
with claim as (
  select
    c.*,
    c.answer_date is not null and not c.is_duplicate_only as is_answered,
    c.answer_date is not null and not c.is_duplicate_only and d.claim_key is null as is_first_pass
  from core.initial_claim as c
  left join core.initial_denial as d on c.claim_key = d.claim_key
),

dated as (
  select
    'service' as date_basis,
    date_trunc('month', service_date) as month,
    payer_id,
    billing_npi,
    clinician_npi,
    code_family,
    is_facility,
    is_answered,
    is_first_pass,
    charge_amount
  from claim
  where service_date is not null
  union all
  select
    'submission' as date_basis,
    date_trunc('month', submission_date) as month,
    payer_id,
    billing_npi,
    clinician_npi,
    code_family,
    is_facility,
    is_answered,
    is_first_pass,
    charge_amount
  from claim
  where submission_date is not null
  union all
  select
    'remit' as date_basis,
    date_trunc('month', answer_date) as month,
    payer_id,
    billing_npi,
    clinician_npi,
    code_family,
    is_facility,
    is_answered,
    is_first_pass,
    charge_amount
  from claim
  where answer_date is not null
)

select
  date_basis,
  strftime(month, '%Y-%m') as month,
  payer_id,
  billing_npi,
  clinician_npi,
  code_family,
  case when is_facility then 'facility' else 'non-facility' end as setting,
  count(*) as claim_count,
  count(*) filter (where is_answered) as answered_count,
  count(*) filter (where is_first_pass) as first_pass_count,
  cast(sum(charge_amount) as decimal(18, 2)) as claim_amount,
  cast(sum(case when is_answered then charge_amount else 0 end) as decimal(18, 2)) as answered_amount,
  cast(sum(case when is_first_pass then charge_amount else 0 end) as decimal(18, 2)) as first_pass_amount
from dated
group by date_basis, month, payer_id, billing_npi, clinician_npi, code_family, is_facility
