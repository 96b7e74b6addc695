/* ---
id: ACP-62
title: A clinician's ACP minutes are nearly always the same
family: pattern
direction: info
proof: suggests
severity: medium
needs: [claims, documentation, minutes]
counts: >-
  Each clinician with enough ACP days that are billed and have minutes documented, a day being one patient's (threshold
  identical_time_minimum_count, 20). Flagged where the commonest minutes stand on at least identical_time_minimum_percent (80) of them;
  minutes shows those.
amount: none; a pattern to look at
authority: >-
  Office of Inspector General report A-06-20-04008 and CERT finding of 2016 on ACP time; the numbers are the project's
valid_from: 2016-01-01
false_positives: Visits that are booked for ACP in slots of a fixed length, and times rounded to five minutes.
fix: Compare some notes with schedules and log-in times; ask the clinician how the minutes are taken.
teach: Write the minutes of each conversation as they were. The same number in every note looks copied.
--- */
with day as (
  select
    d.clinician_npi,
    d.acp_minutes,
    count(*) as day_count,
    min(d.service_date) as first_date,
    max(d.service_date) as last_date
  from core.acp_day as d
  cross join reference.parameter as q
  where
    d.is_billed
    and d.acp_minutes is not null
    and d.clinician_npi is not null
    and d.service_date >= cast('2016-01-01' as date)
    and d.service_date between q.service_from_date and q.service_to_date
  group by d.clinician_npi, d.acp_minutes
),

clinician as (
  select
    clinician_npi,
    acp_minutes,
    day_count,
    sum(day_count) over (partition by clinician_npi) as total_count,
    min(first_date) over (partition by clinician_npi) as first_date,
    max(last_date) over (partition by clinician_npi) as last_date
  from day
  qualify row_number() over (partition by clinician_npi order by day_count desc, acp_minutes) = 1
)

select
  c.clinician_npi,
  100 * c.day_count >= q.identical_time_minimum_percent * c.total_count as is_violation,
  c.acp_minutes as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  cast(null as varchar) as amount_method,
  to_json(
    struct_pack(
      acp_days := cast(c.total_count as integer),
      first_date := c.first_date,
      last_date := c.last_date,
      same_minutes_days := c.day_count
    )
  ) as evidence
from clinician as c
cross join reference.parameter as q
where c.total_count >= q.identical_time_minimum_count
