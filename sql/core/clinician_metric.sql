/* Clinician metrics: one row a clinician who billed ACP and metric (RULES.md section 10), beside the peers: the other clinicians of the
specialty (by taxonomy, as of the last day of work) who billed ACP, with at least reference.parameter.metric_minimum_count in the
denominator. Days of service from 2016-01-01 on, in the look-back; a date is a patient's day with the clinician.

acp_dates_per_patient    ACP dates / patients with ACP
acp_per_100_em           100 x ACP dates / dates with an E/M visit
awv_with_acp             annual wellness visits (G0438, G0439) with ACP on the date / annual wellness visits
addon_per_primary        units of 99498 / units of 99497
implied_minutes_per_day  least minutes that the units of ACP imply (16, and 30 for each further unit) / calendar days with ACP
acp_without_em           ACP dates without an E/M visit by the clinician / ACP dates

percentile: share of the peers with a lower ratio, x 100. z_score compares own numerator and denominator with those of all peers together,
by the nature of the metric: share: two proportions, pooled; rate: two Poisson counts, given their sum; both with the correction for
continuity, since counts may be small; mean: two means, each with its own variance. p_value is two-sided, from the normal distribution by
Abramowitz and Stegun 7.1.26 (error below 2e-7). All three are null where the clinician has less than metric_minimum_count, or fewer peers
than peer_minimum_count. */
with looked_at as (
  select
    greatest(service_from_date, cast('2016-01-01' as date)) as first_date,
    service_to_date as last_date
  from reference.parameter
),

acp as (
  select
    d.patient_key,
    d.service_date,
    d.clinician_npi,
    d.primary_units,
    d.addon_units,
    cast(16 + 30 * (greatest(d.primary_units, 1) - 1 + d.addon_units) as bigint) as implied_minutes
  from core.acp_day as d
  inner join looked_at as w on d.service_date between w.first_date and w.last_date
  where d.is_billed and d.clinician_npi is not null
),

biller as (
  select distinct clinician_npi
  from acp
),

visit as (
  select distinct
    e.patient_key,
    e.service_date,
    e.clinician_npi
  from core.em_line as e
  inner join biller as b on e.clinician_npi = b.clinician_npi
  inner join looked_at as w on e.service_date between w.first_date and w.last_date
),

wellness as (
  select distinct
    l.patient_key,
    l.service_date,
    l.clinician_npi
  from core.claim_line as l
  inner join biller as b on l.clinician_npi = b.clinician_npi
  inner join looked_at as w on l.service_date between w.first_date and w.last_date
  where l.is_primary_copy and l.is_professional_service and l.procedure_code in ('G0438', 'G0439')
),

patient as (
  select
    clinician_npi,
    patient_key,
    count(*) as date_count
  from acp
  group by clinician_npi, patient_key
),

calendar as (
  select
    clinician_npi,
    service_date,
    sum(implied_minutes) as implied_minutes
  from acp
  group by clinician_npi, service_date
),

visit_count as (
  select
    clinician_npi,
    count(*) as date_count
  from visit
  group by clinician_npi
),

total as (
  select
    a.clinician_npi,
    count(*) as date_count,
    count(*) filter (where v.patient_key is null) as without_visit_count,
    sum(a.primary_units) as primary_units,
    sum(a.addon_units) as addon_units
  from acp as a
  left join visit as v on a.patient_key = v.patient_key and a.service_date = v.service_date and a.clinician_npi = v.clinician_npi
  group by a.clinician_npi
),

measured as (
  select
    clinician_npi,
    'acp_dates_per_patient' as metric,
    'mean' as nature,
    1 as scale,
    cast(sum(date_count) as double) as numerator,
    cast(count(*) as double) as denominator,
    cast(sum(date_count * date_count) as double) as square_sum
  from patient
  group by clinician_npi
  union all
  select
    t.clinician_npi,
    'acp_per_100_em' as metric,
    'rate' as nature,
    100 as scale,
    cast(t.date_count as double) as numerator,
    cast(v.date_count as double) as denominator,
    cast(null as double) as square_sum
  from total as t
  inner join visit_count as v on t.clinician_npi = v.clinician_npi
  union all
  select
    w.clinician_npi,
    'awv_with_acp' as metric,
    'share' as nature,
    1 as scale,
    cast(count(a.patient_key) as double) as numerator,
    cast(count(*) as double) as denominator,
    cast(null as double) as square_sum
  from wellness as w
  left join acp as a on w.patient_key = a.patient_key and w.service_date = a.service_date and w.clinician_npi = a.clinician_npi
  group by w.clinician_npi
  union all
  select
    clinician_npi,
    'addon_per_primary' as metric,
    'rate' as nature,
    1 as scale,
    cast(addon_units as double) as numerator,
    cast(primary_units as double) as denominator,
    cast(null as double) as square_sum
  from total
  where primary_units > 0
  union all
  select
    clinician_npi,
    'implied_minutes_per_day' as metric,
    'mean' as nature,
    1 as scale,
    cast(sum(implied_minutes) as double) as numerator,
    cast(count(*) as double) as denominator,
    cast(sum(implied_minutes * implied_minutes) as double) as square_sum
  from calendar
  group by clinician_npi
  union all
  select
    clinician_npi,
    'acp_without_em' as metric,
    'share' as nature,
    1 as scale,
    cast(without_visit_count as double) as numerator,
    cast(date_count as double) as denominator,
    cast(null as double) as square_sum
  from total
),

placed as (
  select
    m.*,
    m.scale * m.numerator / m.denominator as ratio,
    c.specialty_code,
    c.specialty,
    m.denominator >= q.metric_minimum_count and c.clinician_taxonomy_code is not null as is_counted,
    q.peer_minimum_count
  from measured as m
  cross join reference.parameter as q
  left join core.clinician as c on m.clinician_npi = c.clinician_npi
),

-- All of the specialty that count, less the clinician's own where it counts.
beside as (
  select
    *,
    sum(case when is_counted then 1 else 0 end) over peer - case when is_counted then 1 else 0 end as peer_count,
    sum(case when is_counted then numerator else 0 end) over peer - case when is_counted then numerator else 0 end as peer_numerator,
    sum(case when is_counted then denominator else 0 end) over peer - case when is_counted then denominator else 0 end as peer_denominator,
    sum(case when is_counted then square_sum else 0 end) over peer - case when is_counted then square_sum else 0 end as peer_square_sum,
    percent_rank() over (partition by specialty_code, metric, is_counted order by ratio) as lower_share
  from placed
  window peer as (partition by specialty_code, metric)
),

spread as (
  select
    *,
    numerator / denominator - peer_numerator / peer_denominator as difference,
    case when nature = 'mean' then 0 else (1 / denominator + 1 / peer_denominator) / 2 end as continuity,
    case nature
      when 'share'
        then
          (numerator + peer_numerator)
          / (denominator + peer_denominator)
          * (1 - (numerator + peer_numerator) / (denominator + peer_denominator))
          * (1 / denominator + 1 / peer_denominator)
      when 'rate'
        then (numerator + peer_numerator) / denominator / peer_denominator
      when 'mean'
        then
          greatest(square_sum - numerator * numerator / denominator, 0) / nullif(denominator - 1, 0) / denominator
          + greatest(peer_square_sum - peer_numerator * peer_numerator / peer_denominator, 0)
          / nullif(peer_denominator - 1, 0)
          / peer_denominator
    end as variance
  from beside
  where is_counted and peer_count >= peer_minimum_count and peer_denominator > 0
),

scored as (
  select
    clinician_npi,
    metric,
    difference,
    variance,
    sign(difference) * greatest(abs(difference) - continuity, 0) / nullif(sqrt(variance), 0) as z_score
  from spread
),

-- What 7.1.26 is a polynomial in; beyond 20 the probability is nothing anyway.
argument as (
  select
    *,
    least(abs(z_score) / sqrt(2), 20) as x,
    1 / (1 + 0.3275911 * least(abs(z_score) / sqrt(2), 20)) as t
  from scored
)

select
  b.clinician_npi,
  b.specialty_code,
  b.specialty,
  b.metric,
  b.nature,
  b.numerator,
  b.denominator,
  b.ratio,
  cast(b.peer_count as integer) as peer_count,
  b.peer_numerator,
  b.peer_denominator,
  b.scale * b.peer_numerator / nullif(b.peer_denominator, 0) as peer_ratio,
  case when s.metric is not null then 100 * b.lower_share end as percentile,
  s.z_score,
  -- Without any spread, equal ratios are no difference, and unequal ones a certain one.
  case
    when s.variance = 0 then case when s.difference = 0 then 1 else 0 end
    else
      ((((1.061405429 * s.t - 1.453152027) * s.t + 1.421413741) * s.t - 0.284496736) * s.t + 0.254829592) * s.t * exp(-s.x * s.x)
  end as p_value
from beside as b
left join argument as s on b.clinician_npi = s.clinician_npi and b.metric = s.metric
