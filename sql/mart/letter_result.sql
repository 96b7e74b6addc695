/* What came of a letter: one row a level (clinician, group) x npi x check_id with a letter and services since 24 months before it: its
control chart (mart.letter_effect) in one line. Measures: before_count and before_flagged_count, after_count and after_flagged_count
(eligible rows, and those flagged), the same of the peers without a letter over the same months (peer_*), month_count (months after),
better_count and worse_count (of these, signals below and above). verdict: too early (fewer than three months after), nothing to compare
with (nothing before), better, worse, mixed signals, or no signal of a change. */
with summed as (
  select
    level,
    npi,
    check_id,
    max(sent_date) as sent_date,
    coalesce(sum(eligible_count) filter (where phase = 'before'), 0) as before_count,
    coalesce(sum(flagged_count) filter (where phase = 'before'), 0) as before_flagged_count,
    coalesce(sum(eligible_count) filter (where phase = 'after'), 0) as after_count,
    coalesce(sum(flagged_count) filter (where phase = 'after'), 0) as after_flagged_count,
    coalesce(sum(peer_eligible_count) filter (where phase = 'before'), 0) as peer_before_count,
    coalesce(sum(peer_flagged_count) filter (where phase = 'before'), 0) as peer_before_flagged_count,
    coalesce(sum(peer_eligible_count) filter (where phase = 'after'), 0) as peer_after_count,
    coalesce(sum(peer_flagged_count) filter (where phase = 'after'), 0) as peer_after_flagged_count,
    count(*) filter (where phase = 'after') as month_count,
    count(*) filter (where signal in ('below', 'run below')) as better_count,
    count(*) filter (where signal in ('above', 'run above')) as worse_count
  from mart.letter_effect
  group by level, npi, check_id
),

told as (
  select
    npi,
    check_id,
    max(sent_date) as sent_date
  from reference.letter
  group by npi, check_id
)

select
  s.level,
  s.npi,
  s.check_id,
  s.sent_date,
  l.acknowledged_date,
  cast(s.before_count as bigint) as before_count,
  cast(s.before_flagged_count as bigint) as before_flagged_count,
  cast(s.after_count as bigint) as after_count,
  cast(s.after_flagged_count as bigint) as after_flagged_count,
  cast(s.peer_before_count as bigint) as peer_before_count,
  cast(s.peer_before_flagged_count as bigint) as peer_before_flagged_count,
  cast(s.peer_after_count as bigint) as peer_after_count,
  cast(s.peer_after_flagged_count as bigint) as peer_after_flagged_count,
  s.month_count,
  s.better_count,
  s.worse_count,
  case
    when s.month_count < 3 then 'too early'
    when s.before_count = 0 then 'nothing to compare with'
    when s.better_count > 0 and s.worse_count > 0 then 'mixed signals'
    when s.better_count > 0 then 'better'
    when s.worse_count > 0 then 'worse'
    else 'no signal of a change'
  end as verdict
from summed as s
inner join told as t on s.npi = t.npi and s.check_id = t.check_id
inner join reference.letter as l on t.npi = l.npi and t.check_id = l.check_id and t.sent_date = l.sent_date
