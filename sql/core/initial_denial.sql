/* Initially denied claims: one row a claim (core.initial_claim) with a line denied at its first adjudication (default definition): how many
lines and dollars of charges were denied, and the reason and remark code of the largest of them. */
with denied as (
  select
    claim_key,
    line_number,
    charge_amount,
    first_reason_code,
    first_remark_code
  from core.initial_line
  where is_first_denied and charge_amount > 0.01
),

total as (
  select
    claim_key,
    count(*) as denied_line_count,
    sum(charge_amount) as denied_line_amount
  from denied
  group by claim_key
),

chief as (
  select *
  from denied
  qualify row_number() over (partition by claim_key order by charge_amount desc, line_number) = 1
)

select
  t.claim_key,
  cast(t.denied_line_count as integer) as denied_line_count,
  cast(t.denied_line_amount as decimal(18, 2)) as denied_line_amount,
  c.first_reason_code as reason_code,
  c.first_remark_code as remark_code
from total as t
inner join chief as c on t.claim_key = c.claim_key
