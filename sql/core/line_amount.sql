/* Dollars of lines: one row a row of core.priced_line. expected_amount is E(code) x units. allowed_amount is what the remittances net to (0
where denied), else (not is_remitted) the expected amount; amount_method and expected_method say how each was made, and from how many. */
select
  l.claim_key,
  l.line_number,
  l.units,
  cast(coalesce(o.allowed_amount, round(e.expected_amount * l.units, 2)) as decimal(18, 2)) as allowed_amount,
  case when o.allowed_amount is not null then o.allowed_method else e.expected_method end as amount_method,
  o.allowed_amount is not null as is_remitted,
  cast(round(e.expected_amount * l.units, 2) as decimal(18, 2)) as expected_amount,
  e.expected_method,
  coalesce(e.is_payer_median, false) as is_payer_median,
  l.is_reduced_fee
from core.priced_line as l
left join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
left join core.expected_allowed as e
  on
    l.procedure_code is not distinct from e.procedure_code
    and l.payer_id is not distinct from e.payer_id
    and l.is_facility = e.is_facility
    and l.is_reduced_fee = e.is_reduced_fee
    and l.service_date is not distinct from e.service_date
