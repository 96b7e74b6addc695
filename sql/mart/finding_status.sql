/* Status of findings: one row a finding ever found up to the as-of date, with what reviewers decided and the clocks of an overpayment
(RULES.md section 10): 60 days to report and return from the day it was confirmed, that is identified; while a good-faith investigation
runs, the clock stands still, until 180 days after that investigation began. A decision open or dismissed ends what was before it. */
with known as (
  select
    f.finding_key,
    f.check_id,
    f.direction,
    f.claim_key,
    f.line_number,
    f.documentation_id,
    true as is_found,
    f.first_seen_date,
    q.as_of_date as last_seen_date
  from audit.finding as f
  cross join reference.parameter as q
  union all
  select
    h.finding_key,
    h.check_id,
    c.direction,
    h.claim_key,
    h.line_number,
    h.documentation_id,
    false as is_found,
    h.first_seen_date,
    least(coalesce(h.last_seen_date, h.first_seen_date), q.as_of_date) as last_seen_date
  from audit.finding_history as h
  cross join reference.parameter as q
  left join audit.check_result as c on h.check_id = c.check_id
  where
    h.first_seen_date <= q.as_of_date
    and not exists (
      select 1
      from audit.finding as f
      where f.finding_key = h.finding_key
    )
),

decision as (
  select
    *,
    lead(reviewed_date) over (
      partition by finding_key
      order by review_number
    ) as until_date,
    coalesce(
      max(case when status = 'open' or status = 'dismissed' then review_number end) over (partition by finding_key), 0
    ) as ended_number,
    row_number() over (
      partition by finding_key
      order by review_number desc
    ) = 1 as is_last,
    count(*) over (partition by finding_key) as review_count
  from audit.review
),

-- Since the last decision that ended what was before it.
episode as (
  select
    finding_key,
    min(case when status = 'reviewed' then reviewed_date end) as investigation_date,
    min(case when status = 'confirmed' then reviewed_date end) as identified_date,
    min(case when status = 'corrected' then reviewed_date end) as corrected_date
  from decision
  where review_number > ended_number
  group by finding_key
),

suspension as (
  select
    d.finding_key,
    sum(
      greatest(
        date_diff(
          'day',
          greatest(d.reviewed_date, e.identified_date),
          -- to the next decision, where there is one
          least(d.until_date, cast(e.investigation_date + interval 180 day as date))
        ),
        0
      )
    ) as suspended_days
  from decision as d
  inner join episode as e on d.finding_key = e.finding_key
  where d.review_number > d.ended_number and d.status = 'reviewed' and e.identified_date is not null
  group by d.finding_key
),

dated as (
  select
    k.*,
    q.as_of_date,
    d.status as review_status,
    d.reason,
    d.reviewer,
    d.note,
    d.reviewed_date,
    coalesce(d.review_count, 0) as review_count,
    e.investigation_date,
    e.identified_date,
    e.corrected_date,
    case
      when k.direction = 'over' and e.investigation_date is not null then cast(e.investigation_date + interval 180 day as date)
    end as investigate_by_date,
    case
      when k.direction = 'over' and e.identified_date is not null
        then e.identified_date + cast(60 + coalesce(s.suspended_days, 0) as integer)
    end as refund_due_date
  from known as k
  cross join reference.parameter as q
  left join decision as d on k.finding_key = d.finding_key and d.is_last
  left join episode as e on k.finding_key = e.finding_key
  left join suspension as s on k.finding_key = s.finding_key
),

timed as (
  select
    *,
    case
      when coalesce(direction, '') <> 'over' then null
      when review_status = 'dismissed' then 'dismissed'
      when review_status = 'corrected' then 'met'
      when refund_due_date < as_of_date then 'overdue'
      when refund_due_date is not null and review_status = 'reviewed' and as_of_date < investigate_by_date then 'suspended'
      when refund_due_date is not null then 'running'
      when review_status = 'reviewed' and investigate_by_date < as_of_date then 'investigation overdue'
      when review_status = 'reviewed' then 'investigating'
      else 'potential'
    end as clock
  from dated
)

select
  finding_key,
  check_id,
  direction,
  claim_key,
  line_number,
  documentation_id,
  case
    when not is_found then 'gone'
    when review_status is not null then review_status
    when first_seen_date = as_of_date then 'new'
    else 'open'
  end as status,
  is_found,
  review_status,
  reason,
  reviewer,
  note,
  reviewed_date,
  review_count,
  first_seen_date,
  last_seen_date,
  investigation_date,
  investigate_by_date,
  identified_date,
  refund_due_date,
  corrected_date,
  clock,
  case
    when clock = 'running' or clock = 'suspended' or clock = 'overdue' then date_diff('day', as_of_date, refund_due_date)
    when clock = 'investigating' or clock = 'investigation overdue' then date_diff('day', as_of_date, investigate_by_date)
  end as days_left
from timed
