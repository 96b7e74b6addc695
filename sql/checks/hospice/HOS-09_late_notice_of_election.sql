/* ---
id: HOS-09
title: Notice of election sent more than five days after the admission
family: hospice
direction: denial
proof: suggests
severity: high
needs: [claims, hospice]
counts: >-
  Each hospice admission with a notice of election (type of bill 81A, 82A) that was not cancelled (8xD) afterwards, by the last notice sent.
amount: >-
  days from the admission to the day before the notice (no later than a known end of the election) x the per diem of routine home care: the
  hospice's median allowed per day of 0651 with this payer in the year, else its median charge per day; nothing where it has no such line
beyond_billed: the days stand on other claims than the notice, which has no charge
authority: >-
  Palmetto article on the notice of election (five calendar days; days from the admission to the day before its receipt are the provider's)
valid_from: 2014-10-01
false_positives: >-
  The notice was keyed into the contractor's system, or accepted and sent again by mistake; the contractor granted an exception (disaster,
  retroactive Medicare, another hospice's open election); a payer other than Medicare with a longer time. The per diem may mix the rates of
  the first 60 and the later days.
fix: >-
  Compare with the contractor's receipt date. When it was late, bill these days as not covered with occurrence span code 77, or ask for an
  exception where one applies.
teach: >-
  The day of admission is day 0 and the notice must be received by day 5. A notice that comes back and is sent again counts from the day
  when it is sent again. Late, every day since the admission is lost.
--- */
with copied as (
  select distinct claim_key
  from core.claim_copy
),

notice as (
  select
    v.claim_key,
    v.patient_key,
    v.billing_npi,
    v.payer_id,
    v.frequency_code,
    v.is_final,
    v.submission_date,
    v.submission_order,
    coalesce(v.admission_date, v.from_date) as admission_date
  from core.claim_version as v
  inner join reference.hospice_code as t
    on
      t.code_kind = 'facility_code'
      and v.facility_code = t.code
      and t.is_span_evidence
      and v.from_date between coalesce(t.valid_from, v.from_date) and coalesce(t.valid_to, v.from_date)
  left join copied as k on v.claim_key = k.claim_key
  where v.frequency_code in ('A', 'D') and k.claim_key is null
),

dated as (
  select
    *,
    coalesce(max(case when frequency_code = 'D' then submission_order end) over admission, 0) as cancelled_order
  from notice
  where submission_date is not null and admission_date is not null
  window admission as (partition by patient_key, billing_npi, admission_date)
),

standing as (
  select
    *,
    min(submission_date) over (partition by patient_key, billing_npi, admission_date) as first_sent_date
  from dated
  where submission_order > cancelled_order
),

last_notice as (
  select
    *,
    date_diff('day', admission_date, submission_date) as days_after
  from standing
  where is_final
  qualify row_number() over (partition by patient_key, billing_npi, admission_date order by submission_order desc) = 1
),

care_day as (
  select
    l.billing_npi,
    l.payer_id,
    extract(year from l.service_date) as service_year,
    case when o.allowed_amount > 0 then cast(o.allowed_amount as double) / cast(l.units as double) end as day_allowed,
    case when l.charge_amount > 0 then cast(l.charge_amount as double) / cast(l.units as double) end as day_charge
  from core.claim_line as l
  left join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
  where l.is_primary_copy and l.revenue_code = '0651' and l.units > 0
),

per_diem as (
  select
    billing_npi,
    payer_id,
    service_year,
    cast(round(coalesce(median(day_allowed), median(day_charge)), 2) as decimal(18, 2)) as day_amount,
    case
      when count(day_allowed) > 0 then 'per diem: median allowed per day of 0651, n = ' || count(day_allowed)
      when count(day_charge) > 0 then 'per diem: median charge per day of 0651 (none remitted), n = ' || count(day_charge)
    end as day_method
  from care_day
  group by billing_npi, payer_id, service_year
),

liable as (
  select
    n.*,
    least(n.days_after, case when s.has_end then date_diff('day', n.admission_date, s.end_date) + 1 end) as liable_days,
    p.day_amount,
    coalesce(p.day_method, 'no per diem: no 0651 line with dollars of this hospice and payer in the year') as day_method
  from last_notice as n
  left join core.hospice_span as s on n.patient_key = s.patient_key and n.admission_date between s.start_date and s.end_date
  left join per_diem as p
    on
      n.billing_npi is not distinct from p.billing_npi
      and n.payer_id is not distinct from p.payer_id
      and extract(year from n.admission_date) = p.service_year
)

select
  claim_key,
  cast(null as integer) as line_number,
  cast(null as varchar) as documentation_id,
  days_after > 5 as is_violation,
  cast(null as integer) as minutes,
  cast(liable_days * day_amount as decimal(18, 2)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  day_method as amount_method,
  to_json(
    struct_pack(
      admission_date := admission_date, days_after := days_after, first_sent_date := first_sent_date, liable_days := liable_days,
      per_diem := day_amount, sent_date := submission_date
    )
  ) as evidence
from liable
