/* Pareto of denial reasons. Grain: definition x carc (the chief reason of a denial; null where a zero-pay remittance tells none), over the
whole release, largest dollars first. Measures: denied_count and denied_amount are additive; rank_number, cumulative_* and total_* run over
the definition. cause: the group of reference.acp_denial_cause that the reason alone stands in. */
with reason as (
  select
    definition,
    reason_code as carc,
    count(*) as denied_count,
    sum(charge_amount) as denied_amount
  from audit.denial_unit
  where is_denied
  group by definition, reason_code
),

cause as (
  select
    code,
    coalesce(min(cause) filter (where cause <> 'other'), 'other') as cause
  from reference.acp_denial_cause
  where code_system = 'CARC'
  group by code
),

title as (
  select
    reason_code,
    min(title) as title
  from reference.adjustment_reason
  group by reason_code
)

select
  r.definition,
  r.carc,
  t.title,
  coalesce(c.cause, 'unlisted') as cause,
  r.denied_count,
  cast(r.denied_amount as decimal(18, 2)) as denied_amount,
  cast(row_number() over falling as integer) as rank_number,
  cast(sum(r.denied_count) over falling as bigint) as cumulative_count,
  cast(sum(r.denied_amount) over falling as decimal(18, 2)) as cumulative_amount,
  cast(sum(r.denied_count) over (partition by r.definition) as bigint) as total_count,
  cast(sum(r.denied_amount) over (partition by r.definition) as decimal(18, 2)) as total_amount
from reason as r
left join cause as c on r.carc = c.code
left join title as t on r.carc = t.reason_code
window falling as (
  partition by r.definition
  order by r.denied_amount desc, r.denied_count desc, r.carc nulls last
  rows between unbounded preceding and current row
)
