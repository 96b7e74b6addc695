/* Payer policies as they apply: one row a payer, line of business (core.payer_business) and period, without gaps or overlaps inside the
days that reference.payer_policy has rows for. Of the rows of the run's policy that fit a day, the most specific applies: payer and line of
business, then payer, then line of business, then any; then the one that began last. policy_rule names it: policy, whom it is for, since
when. */
with offered as (
  select
    b.payer_id,
    b.filing_indicator_code,
    b.is_usual,
    y.policy,
    y.is_acp_covered,
    y.is_in_person_covered,
    y.is_video_covered,
    y.is_audio_covered,
    y.is_audio_home_only,
    y.is_icu_allowed,
    y.is_gv_regardless,
    y.timely_filing_days,
    y.acp_code_in_place,
    y.payer_id as rule_payer_id,
    y.filing_indicator_code as rule_filing_indicator_code,
    y.valid_from as rule_from,
    coalesce(y.valid_to, cast('9999-12-31' as date)) as rule_to,
    case when y.payer_id is not null then 2 else 0 end + case when y.filing_indicator_code is not null then 1 else 0 end as rule_rank,
    y.policy || ', '
    || case
      when y.payer_id is not null and y.filing_indicator_code is not null
        then 'payer ' || y.payer_id || ' and line of business ' || y.filing_indicator_code
      when y.payer_id is not null then 'payer ' || y.payer_id
      when y.filing_indicator_code is not null then 'line of business ' || y.filing_indicator_code
      else 'any payer'
    end
    || ', from ' || cast(y.valid_from as varchar) as policy_rule
  from core.payer_business as b
  cross join reference.parameter as q
  inner join reference.payer_policy as y
    on
      q.policy_name = y.policy
      and coalesce(b.payer_id = y.payer_id, y.payer_id is null)
      and coalesce(b.filing_indicator_code = y.filing_indicator_code, y.filing_indicator_code is null)
),

boundary as (
  select
    payer_id,
    filing_indicator_code,
    rule_from as start_date
  from offered
  union
  select
    payer_id,
    filing_indicator_code,
    cast(rule_to + interval 1 day as date) as start_date
  from offered
  where rule_to < '9999-12-31'
),

period as (
  select
    payer_id,
    filing_indicator_code,
    start_date,
    cast(
      coalesce(lead(start_date) over (partition by payer_id, filing_indicator_code order by start_date) - interval 1 day, '9999-12-31')
      as date
    ) as end_date
  from boundary
)

select
  p.payer_id,
  p.filing_indicator_code,
  o.is_usual,
  p.start_date as valid_from,
  p.end_date as valid_to,
  o.policy_rule,
  o.rule_payer_id,
  o.rule_filing_indicator_code,
  o.rule_from,
  o.is_acp_covered,
  o.is_in_person_covered,
  o.is_video_covered,
  o.is_audio_covered,
  o.is_audio_home_only,
  o.is_icu_allowed,
  o.is_gv_regardless,
  o.timely_filing_days,
  o.acp_code_in_place
from period as p
inner join offered as o
  on
    p.payer_id is not distinct from o.payer_id
    and p.filing_indicator_code is not distinct from o.filing_indicator_code
    and p.start_date between o.rule_from and o.rule_to
qualify row_number() over (
    partition by p.payer_id, p.filing_indicator_code, p.start_date
    order by o.rule_rank desc, o.rule_from desc
  ) = 1
