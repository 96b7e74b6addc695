/* Repeats of ACP: one row a patient and day of service with ACP billed, by whichever clinician: the ACP day before it, and how many ACP
days the 365 days hold that end with it. */
with day as (
  select distinct
    patient_key,
    service_date
  from core.acp_day
  where is_billed and service_date is not null
)

select
  patient_key,
  service_date,
  lag(service_date) over (partition by patient_key order by service_date) as previous_date,
  cast(
    count(*) over (
      partition by patient_key
      order by date_diff('day', cast('2000-01-01' as date), service_date)
      range between 364 preceding and current row
    ) as integer
  ) as year_date_count
from day
