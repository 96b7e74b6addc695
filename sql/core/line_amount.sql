/* Dollars of lines: one row a row of core.priced_line. expected_amount is E(code) x units, at most the charge (no payer pays more than is
billed), and nothing for ACP where the payer's policy does not cover it. allowed_amount is what the remittances net to (0 where denied),
else (not is_remitted) the expected amount; amount_method and expected_method say how each was made, and from how many. */
with expected as (
  select
    l.claim_key,
    l.line_number,
    l.units,
    case
      when not y.is_acp_covered and l.procedure_code in ('99497', '99498') then cast(0 as decimal(18, 2))
      else e.expected_amount
    end as unit_amount,
    case
      when not y.is_acp_covered and l.procedure_code in ('99497', '99498')
        then 'expected: nothing, for the payer''s policy does not cover ACP'
      else e.expected_method
    end as expected_method,
    coalesce(e.is_payer_median, false) as is_payer_median,
    l.is_reduced_fee
  from core.priced_line as l
  left join core.line_policy as y on l.claim_key = y.claim_key and l.line_number = y.line_number
  left join core.expected_allowed as e
    on
      l.procedure_code is not distinct from e.procedure_code
      and l.payer_id is not distinct from e.payer_id
      and l.is_facility = e.is_facility
      and l.is_reduced_fee = e.is_reduced_fee
      and l.service_date is not distinct from e.service_date
),

capped as (
  select
    e.*,
    case when round(e.unit_amount * e.units, 2) > c.charge_amount then c.charge_amount else round(e.unit_amount * e.units, 2) end
      as line_amount,
    case when round(e.unit_amount * e.units, 2) > c.charge_amount then ', at most the charge' else '' end as cap_method
  from expected as e
  inner join core.claim_line as c on e.claim_key = c.claim_key and e.line_number = c.line_number
)

select
  l.claim_key,
  l.line_number,
  l.units,
  cast(coalesce(o.allowed_amount, l.line_amount) as decimal(18, 2)) as allowed_amount,
  case when o.allowed_amount is not null then o.allowed_method else l.expected_method || l.cap_method end as amount_method,
  o.allowed_amount is not null as is_remitted,
  cast(l.line_amount as decimal(18, 2)) as expected_amount,
  l.expected_method || l.cap_method as expected_method,
  l.is_payer_median,
  l.is_reduced_fee
from capped as l
left join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
