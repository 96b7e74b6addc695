/* Did it work: a control chart (p chart) for each clinician or group and check on which a letter was sent. Grain: level (clinician,
group) x npi x check_id x month of service, for the months with eligible rows from 24 before the month of the last letter on. phase:
before, letter (its month, which belongs to neither) or after. Measures, additive over months of one phase: eligible_count,
flagged_count; and of the peers without any letter on the check (clinicians of the specialty; other groups) peer_count,
peer_eligible_count, peer_flagged_count. Not additive: centre_share (flagged / eligible of the months before), low_share and high_share
(three standard errors of the month's own n about it, kept within 0 and 1; all three null where nothing was eligible before), signal (of
a month after): below or above the limits, where the centre would expect at least one flagged row in the month; or run below or run
above: the eighth and later of consecutive months after on one side of the centre (a month on the centre ends a run), where it would
expect at least four in the run: of what is rarer, eight months without any say nothing. */
with tally as (
  select
    'clinician' as level,
    t.clinician_npi as npi,
    t.check_id,
    t.month,
    c.specialty_code as peer_group,
    sum(t.eligible_count) as eligible_count,
    sum(t.flagged_count) as flagged_count
  from audit.check_month as t
  left join core.clinician as c on t.clinician_npi = c.clinician_npi
  where t.clinician_npi is not null and t.month is not null
  group by t.clinician_npi, t.check_id, t.month, c.specialty_code
  union all
  select
    'group' as level,
    billing_npi as npi,
    check_id,
    month,
    'group' as peer_group,
    sum(eligible_count) as eligible_count,
    sum(flagged_count) as flagged_count
  from audit.check_month
  where billing_npi is not null and month is not null
  group by billing_npi, check_id, month
),

letter as (
  select
    npi,
    check_id,
    max(sent_date) as sent_date
  from reference.letter
  group by npi, check_id
),

beside as (
  select
    t.level,
    t.check_id,
    t.month,
    t.peer_group,
    count(*) as peer_count,
    sum(t.eligible_count) as peer_eligible_count,
    sum(t.flagged_count) as peer_flagged_count
  from tally as t
  left join letter as l on t.npi = l.npi and t.check_id = l.check_id
  where l.npi is null
  group by t.level, t.check_id, t.month, t.peer_group
),

placed as (
  select
    t.level,
    t.npi,
    t.check_id,
    t.month,
    l.sent_date,
    case
      when t.month < date_trunc('month', l.sent_date) then 'before'
      when t.month = date_trunc('month', l.sent_date) then 'letter'
      else 'after'
    end as phase,
    t.eligible_count,
    t.flagged_count,
    coalesce(p.peer_count, 0) as peer_count,
    coalesce(p.peer_eligible_count, 0) as peer_eligible_count,
    coalesce(p.peer_flagged_count, 0) as peer_flagged_count
  from tally as t
  inner join letter as l on t.npi = l.npi and t.check_id = l.check_id
  left join beside as p
    on t.level = p.level and t.check_id = p.check_id and t.month = p.month and t.peer_group = p.peer_group
  where t.month >= date_trunc('month', l.sent_date) - interval 24 month
),

centred as (
  select
    *,
    sum(case when phase = 'before' then flagged_count end) over one
    / nullif(cast(sum(case when phase = 'before' then eligible_count end) over one as double), 0) as centre_share,
    flagged_count / cast(eligible_count as double) as share
  from placed
  window one as (partition by level, npi, check_id)
),

limited as (
  select
    *,
    greatest(0, centre_share - 3 * sqrt(centre_share * (1 - centre_share) / eligible_count)) as low_share,
    least(1, centre_share + 3 * sqrt(centre_share * (1 - centre_share) / eligible_count)) as high_share,
    case when share < centre_share then -1 when share > centre_share then 1 else 0 end as side
  from centred
),

-- A run is what stands between two months of another side.
sided as (
  select
    *,
    row_number() over (partition by level, npi, check_id, phase order by month)
    - row_number() over (partition by level, npi, check_id, phase, side order by month) as run
  from limited
),

counted as (
  select
    *,
    row_number() over (partition by level, npi, check_id, phase, side, run order by month) as place_in_run,
    sum(eligible_count * centre_share) over (partition by level, npi, check_id, phase, side, run order by month) as expected_in_run
  from sided
)

select
  level,
  npi,
  check_id,
  cast(month as date) as month,
  sent_date,
  phase,
  cast(eligible_count as bigint) as eligible_count,
  cast(flagged_count as bigint) as flagged_count,
  peer_count,
  cast(peer_eligible_count as bigint) as peer_eligible_count,
  cast(peer_flagged_count as bigint) as peer_flagged_count,
  centre_share,
  low_share,
  high_share,
  case
    when phase <> 'after' then null
    when share < low_share and eligible_count * centre_share >= 1 then 'below'
    when share > high_share and eligible_count * centre_share >= 1 then 'above'
    when side = -1 and place_in_run >= 8 and expected_in_run >= 4 then 'run below'
    when side = 1 and place_in_run >= 8 and expected_in_run >= 4 then 'run above'
  end as signal
from counted
