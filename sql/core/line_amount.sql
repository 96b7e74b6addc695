/* Dollars of lines: one row a row of core.priced_line. expected_amount is E(code) x units, at most the charge, for no payer pays more than
is billed, and nothing for ACP where the payer's policy does not cover it; expected_count is its n, expected_low_amount and
expected_high_amount its quartiles x units (core.expected_allowed), at most the charge too. A contract's price for a modifier of the line
comes first (contract_modifier). allowed_amount is what the remittances net to (0 where denied), else (not is_remitted) the expected
amount; amount_method and expected_method say how each was made, and from how many. */
with priced as (
  select
    l.claim_key,
    l.line_number,
    l.units,
    l.is_reduced_fee,
    coalesce(not y.is_acp_covered and l.procedure_code in ('99497', '99498'), false) as is_not_covered,
    k.contract_modifier,
    coalesce(k.unit_amount, e.expected_amount) as unit_amount,
    case when k.claim_key is null then e.expected_low_amount end as unit_low_amount,
    case when k.claim_key is null then e.expected_high_amount end as unit_high_amount,
    case when k.claim_key is null then e.expected_count end as expected_count,
    case when k.claim_key is null then e.expected_basis else 'contract' end as expected_basis,
    coalesce(k.expected_method, e.expected_method) as expected_method
  from core.priced_line as l
  left join core.line_policy as y on l.claim_key = y.claim_key and l.line_number = y.line_number
  left join core.line_contract as k on l.claim_key = k.claim_key and l.line_number = k.line_number
  left join core.expected_allowed as e
    on
      l.procedure_code is not distinct from e.procedure_code
      and l.payer_id is not distinct from e.payer_id
      and l.is_facility = e.is_facility
      and l.is_reduced_fee = e.is_reduced_fee
      and l.service_date is not distinct from e.service_date
),

expected as (
  select
    p.claim_key,
    p.line_number,
    p.units,
    p.is_reduced_fee,
    p.contract_modifier,
    c.charge_amount,
    round(case when p.is_not_covered then cast(0 as decimal(18, 2)) else p.unit_amount end * p.units, 2) as full_amount,
    round(case when not p.is_not_covered then p.unit_low_amount end * p.units, 2) as low_amount,
    round(case when not p.is_not_covered then p.unit_high_amount end * p.units, 2) as high_amount,
    case when not p.is_not_covered then p.expected_count end as expected_count,
    case when p.is_not_covered then 'policy' else p.expected_basis end as expected_basis,
    case
      when p.is_not_covered then 'expected: nothing, for the payer''s policy does not cover ACP'
      else p.expected_method
    end as expected_method
  from priced as p
  inner join core.claim_line as c on p.claim_key = c.claim_key and p.line_number = c.line_number
),

capped as (
  select
    *,
    case when full_amount > charge_amount then charge_amount else full_amount end as line_amount,
    case when low_amount > charge_amount then charge_amount else low_amount end as line_low_amount,
    case when high_amount > charge_amount then charge_amount else high_amount end as line_high_amount,
    case when full_amount > charge_amount then ', at most the charge' else '' end as cap_method
  from expected
)

select
  l.claim_key,
  l.line_number,
  l.units,
  cast(coalesce(o.allowed_amount, l.line_amount) as decimal(18, 2)) as allowed_amount,
  case when o.allowed_amount is not null then o.allowed_method else l.expected_method || l.cap_method end as amount_method,
  o.allowed_amount is not null as is_remitted,
  cast(l.line_amount as decimal(18, 2)) as expected_amount,
  cast(l.line_low_amount as decimal(18, 2)) as expected_low_amount,
  cast(l.line_high_amount as decimal(18, 2)) as expected_high_amount,
  l.expected_count,
  l.expected_basis,
  l.expected_method || l.cap_method as expected_method,
  l.contract_modifier,
  l.is_reduced_fee
from capped as l
left join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
