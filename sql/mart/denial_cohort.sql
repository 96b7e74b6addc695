/* Overturn curve of initial denials (lines, default definition) by cohort. Grain: month (of the remittance that denied first) x payer_id x
code_family x age_days (30, 60, … 360). Measures, additive over all but age_days: denied_count and denied_amount (the cohort);
observed_count and observed_amount (of these, the denials that are at least age_days old on the as-of date: only they can tell);
overturned_count and overturned_amount (of those observed, paid or moved to the patient within age_days, and still so). The curve is
overturned by observed. Amounts are charges. */
with age as (
  select cast(unnest(generate_series(30, 360, 30)) as integer) as age_days
),

denied as (
  select
    date_trunc('month', o.denied_date) as month,
    o.payer_id,
    o.code_family,
    date_diff('day', o.denied_date, p.as_of_date) as observed_days,
    date_diff('day', o.denied_date, o.overturned_date) as overturned_days,
    o.charge_amount
  from core.denial_overturn as o
  cross join reference.parameter as p
)

select
  strftime(d.month, '%Y-%m') as month,
  d.payer_id,
  d.code_family,
  a.age_days,
  count(*) as denied_count,
  cast(sum(d.charge_amount) as decimal(18, 2)) as denied_amount,
  count(*) filter (where d.observed_days >= a.age_days) as observed_count,
  cast(sum(case when d.observed_days >= a.age_days then d.charge_amount else 0 end) as decimal(18, 2)) as observed_amount,
  count(*) filter (where d.observed_days >= a.age_days and d.overturned_days <= a.age_days) as overturned_count,
  cast(
    sum(case when d.observed_days >= a.age_days and d.overturned_days <= a.age_days then d.charge_amount else 0 end) as decimal(18, 2)
  ) as overturned_amount
from denied as d
cross join age as a
group by d.month, d.payer_id, d.code_family, a.age_days
