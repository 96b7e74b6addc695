/* Contract prices by modifier: one row a row of core.priced_line whose modifiers the payer's contract prices on their own: the first of its
modifiers that has a price, a price of the code before one of any code. unit_amount is one unit, x 0.85 for Medicare NP, PA and CNS. */
with offered as (
  select
    p.claim_key,
    p.line_number,
    p.is_reduced_fee,
    c.modifier,
    c.amount,
    c.method,
    c.is_any_code,
    case c.modifier when l.modifier_1 then 1 when l.modifier_2 then 2 when l.modifier_3 then 3 else 4 end as place_number
  from core.priced_line as p
  inner join core.claim_line as l on p.claim_key = l.claim_key and p.line_number = l.line_number
  inner join core.contract_price as c
    on
      p.payer_id = c.payer_id
      and p.procedure_code = c.procedure_code
      and p.is_facility = c.is_facility
      and p.service_date between c.valid_from and c.valid_to
  where c.modifier is not null and c.modifier in (l.modifier_1, l.modifier_2, l.modifier_3, l.modifier_4)
)

select
  claim_key,
  line_number,
  modifier as contract_modifier,
  cast(round(amount * case when is_reduced_fee then 0.85 else 1 end, 2) as decimal(18, 2)) as unit_amount,
  method || ', modifier ' || modifier || case when is_reduced_fee then ', x 0.85' else '' end as expected_method
from offered
qualify row_number() over (partition by claim_key, line_number order by place_number, is_any_code) = 1
