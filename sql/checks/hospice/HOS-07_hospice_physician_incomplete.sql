/* ---
id: HOS-07
title: Hospice physician service (0657) without a procedure code
family: hospice
direction: denial
proof: claim
severity: high
needs: [claims, hospice]
counts: Each institutional line of revenue code 0657.
amount: charge of the line
authority: >-
  CGS article on hospice physician and nurse practitioner services (0657 is billed with the CPT or HCPCS code of the service)
valid_from: 2016-01-01
false_positives: A payer that takes 0657 as a total without procedures.
fix: Put the CPT or HCPCS code of each physician service on its 0657 line, one line a service, and resubmit.
teach: 0657 is paid by the physician's procedure. Without the code the line is returned.
--- */
select
  claim_key,
  line_number,
  cast(null as varchar) as documentation_id,
  procedure_code is null as is_violation,
  cast(null as integer) as minutes,
  charge_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  'charge of the line' as amount_method,
  to_json(struct_pack(procedure_code := procedure_code)) as evidence
from core.claim_line
where is_primary_copy and revenue_code = '0657'
