/* Timely filing: one row an exposure, payer, billing provider, clinician, month of service and bucket of days left to the payer's limit
(payer policy, timely_filing_days from the day of service; days counted from the as-of date). Each open service stands under one exposure,
the first that applies:

not billed       documented and not billed (findings of ACP-06 that carry their dollars)
denied for time  denied now with CARC 29: lost unless the payer is shown that it was in time
denied           denied now for another reason: a corrected claim still has to arrive in time
sent late        no answer, and first submitted after the limit
no answer        no answer 45 days after it was sent (findings of DEN-04): a payer that never had it must get it in time

Lines are final, primary copies, professional or 0657. A lost one is denied for time, sent late, or past the limit as of the as-of date.
Measures: line_count, billed_amount, expected_amount (E(code)), unpriced_count (lines that nothing prices), lost_count, lost_amount. */
with limited as (
  select
    l.claim_key,
    l.line_number,
    l.payer_id,
    l.billing_npi,
    l.clinician_npi,
    l.service_date,
    l.charge_amount,
    cast(l.service_date + p.timely_filing_days as date) as file_by_date,
    v.family_key
  from core.claim_line as l
  inner join core.claim_version as v on l.claim_key = v.claim_key
  left join core.line_policy as p on l.claim_key = p.claim_key and l.line_number = p.line_number
  where l.is_primary_copy and l.is_professional_service and l.charge_amount > 0.01
),

first_version as (
  select
    family_key,
    min(submission_date) as first_submission_date
  from core.claim_version
  group by family_key
),

unanswered as (
  select
    v.claim_key,
    f.line_number
  from audit.finding as f
  inner join core.claim_version as v on f.claim_key = v.claim_id
  where f.check_id = 'DEN-04'
),

open_line as (
  select
    case
      when o.is_denied and (o.last_denial_reason_code = '29' or ' ' || d.reason_codes || ' ' like '% 29 %') then 'denied for time'
      when o.is_denied then 'denied'
      when o.claim_key is null and s.first_submission_date > l.file_by_date then 'sent late'
      when u.claim_key is not null then 'no answer'
    end as exposure,
    l.payer_id,
    l.billing_npi,
    l.clinician_npi,
    l.service_date,
    l.file_by_date,
    l.charge_amount,
    a.expected_amount
  from limited as l
  inner join core.line_amount as a on l.claim_key = a.claim_key and l.line_number = a.line_number
  left join first_version as s on l.family_key = s.family_key
  left join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
  left join core.line_denial as d on l.claim_key = d.claim_key and l.line_number = d.line_number
  left join unanswered as u on l.claim_key = u.claim_key and l.line_number = u.line_number
),

exposed as (
  select *
  from open_line
  where exposure is not null
  union all
  select
    'not billed' as exposure,
    d.payer_id,
    cast(null as varchar) as billing_npi,
    f.clinician_npi,
    f.service_date,
    cast(f.service_date + y.timely_filing_days as date) as file_by_date,
    cast(null as decimal(18, 2)) as charge_amount,
    f.recoverable_amount as expected_amount
  from audit.finding as f
  inner join core.acp_session as s on f.documentation_id = s.documentation_id and not s.is_repeated
  inner join core.acp_day as d
    on s.patient_key = d.patient_key and s.service_date = d.service_date and s.clinician_npi is not distinct from d.clinician_npi
  left join core.payer_policy as y
    on d.payer_id is not distinct from y.payer_id and y.is_usual and f.service_date between y.valid_from and y.valid_to
  where f.check_id = 'ACP-06' and f.at_risk_counted
),

counted as (
  select
    e.*,
    date_diff('day', q.as_of_date, e.file_by_date) as days_left
  from exposed as e
  cross join reference.parameter as q
),

bucketed as (
  select
    *,
    coalesce(exposure in ('denied for time', 'sent late') or days_left < 0, false) as is_lost,
    case
      when days_left is null then 'no limit known'
      when days_left < 0 then 'past'
      when days_left <= 30 then '0-30'
      when days_left <= 60 then '31-60'
      when days_left <= 90 then '61-90'
      when days_left <= 180 then '91-180'
      else '181 and more'
    end as days_left_bucket
  from counted
)

select
  exposure,
  payer_id,
  billing_npi,
  clinician_npi,
  cast(date_trunc('month', service_date) as date) as month,
  days_left_bucket,
  min(days_left) as least_days_left,
  count(*) as line_count,
  cast(coalesce(sum(charge_amount), 0) as decimal(18, 2)) as billed_amount,
  cast(coalesce(sum(expected_amount), 0) as decimal(18, 2)) as expected_amount,
  count(*) filter (where expected_amount is null) as unpriced_count,
  count(*) filter (where is_lost) as lost_count,
  cast(coalesce(sum(expected_amount) filter (where is_lost), 0) as decimal(18, 2)) as lost_amount
from bucketed
group by exposure, payer_id, billing_npi, clinician_npi, cast(date_trunc('month', service_date) as date), days_left_bucket
