/* Payer timing: one row an interval, month, payer, claim type, billing provider and number of days. Because the days themselves are a
column, claim_count is additive over anything and gives exact medians, quartiles and box plots for any grouping of rows.

charge_lag          last day of service to the claim's first submission
days_to_adjudicate  submission of a version to its first remittance (no reversal, forward (23), predetermination (25) or other payer's)
days_to_pay         first submission to the first remittance with a payment, denials and corrections between them included

month: that in which the interval ended, so that recent months do not look fast. days is negative where a file carries an earlier date than
what it answers. Voids take no part; claims that wait for an answer have no row (see timely_filing and check DEN-04). Measures: claim_count,
charge_amount. */
with answer as (
  select
    claim_key,
    min(remit_date) as first_remit_date,
    min(case when paid_amount > 0 then remit_date end) as first_paid_date
  from core.remit_claim
  where claim_key is not null and not is_other_payer and not is_reversal and not coalesce(status_code in ('23', '25'), false)
  group by claim_key
),

version as (
  select
    v.family_key,
    v.version_number,
    v.payer_id,
    v.filing_indicator_code,
    v.claim_type,
    v.billing_npi,
    v.through_date,
    v.submission_date,
    v.charge_amount,
    a.first_remit_date,
    a.first_paid_date
  from core.claim_version as v
  left join answer as a on v.claim_key = a.claim_key
  where v.frequency_code is distinct from '8'
),

paid_family as (
  select
    family_key,
    min(first_paid_date) as first_paid_date
  from version
  where first_paid_date is not null
  group by family_key
),

interval_days as (
  select
    'charge_lag' as timing,
    through_date as start_date,
    submission_date as end_date,
    payer_id,
    filing_indicator_code,
    claim_type,
    billing_npi,
    charge_amount
  from version
  where version_number = 1
  union all
  select
    'days_to_adjudicate' as timing,
    submission_date as start_date,
    first_remit_date as end_date,
    payer_id,
    filing_indicator_code,
    claim_type,
    billing_npi,
    charge_amount
  from version
  union all
  select
    'days_to_pay' as timing,
    v.submission_date as start_date,
    p.first_paid_date as end_date,
    v.payer_id,
    v.filing_indicator_code,
    v.claim_type,
    v.billing_npi,
    v.charge_amount
  from version as v
  inner join paid_family as p on v.family_key = p.family_key
  where v.version_number = 1
),

counted as (
  select
    timing,
    cast(date_trunc('month', end_date) as date) as month,
    payer_id,
    filing_indicator_code,
    claim_type,
    billing_npi,
    cast(date_diff('day', start_date, end_date) as integer) as days,
    charge_amount
  from interval_days
  where start_date is not null and end_date is not null
)

select
  timing,
  month,
  payer_id,
  filing_indicator_code,
  claim_type,
  billing_npi,
  days,
  case
    when days < 0 then 'before'
    when days <= 7 then '0-7'
    when days <= 14 then '8-14'
    when days <= 30 then '15-30'
    when days <= 45 then '31-45'
    when days <= 60 then '46-60'
    when days <= 90 then '61-90'
    else '91 and more'
  end as day_bucket,
  count(*) as claim_count,
  cast(sum(charge_amount) as decimal(18, 2)) as charge_amount
from counted
group by timing, month, payer_id, filing_indicator_code, claim_type, billing_npi, days
