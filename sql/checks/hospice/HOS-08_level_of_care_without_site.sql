/* ---
id: HOS-08
title: Hospice level of care (0651, 0652, 0655, 0656) without its care site (Q5001-Q5010)
family: hospice
direction: denial
proof: claim
severity: medium
needs: [claims, hospice]
counts: Each institutional line of revenue code 0651, 0652, 0655 or 0656; notices (types of bill 8xA to 8xE) bill no care and are left out.
amount: charge of the line
authority: >-
  Cahaba table of hospice level-of-care revenue codes and their Q codes
valid_from: 2016-01-01
false_positives: Medicaid plans that ask T2042 to T2046 in place of the site; other payers that price by the revenue code alone.
fix: Put the code of the site (Q5001 home … Q5010 hospice residence) on the line and resubmit; split the line where the site changed.
teach: Medicare pays each level of care by where it was given. Every 0651, 0652, 0655 and 0656 line needs one site code.
--- */
select
  l.claim_key,
  l.line_number,
  cast(null as varchar) as documentation_id,
  not coalesce(l.procedure_code between 'Q5001' and 'Q5010', false) as is_violation,
  cast(null as integer) as minutes,
  l.charge_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  'charge of the line' as amount_method,
  to_json(struct_pack(procedure_code := l.procedure_code, revenue_code := l.revenue_code)) as evidence
from core.claim_line as l
inner join core.claim_version as v on l.claim_key = v.claim_key
where
  l.is_primary_copy
  and l.revenue_code in ('0651', '0652', '0655', '0656')
  and not coalesce(v.frequency_code in ('A', 'B', 'C', 'D', 'E'), false)
