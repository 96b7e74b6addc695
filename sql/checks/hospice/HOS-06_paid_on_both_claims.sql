/* ---
id: HOS-06
title: ACP of one clinician and day on the hospice's claim (0657) and on a professional claim
family: hospice
direction: over
proof: claim
severity: high
needs: [claims, hospice]
counts: Each ACP line, of a professional claim or of revenue code 0657, whose clinician is known.
amount: >-
  the lower allowed of the two sides: the finding stands on the lines of that side (of equal ones, the professional claim's), each with
  its own allowed
authority: >-
  CGS article on hospice physician and nurse practitioner services (0657: employed by or under contract with the hospice; else Part B)
valid_from: 2016-01-01
false_positives: >-
  Two ACP conversations of the day, each within the clinician's role for its payer; a line that one payer has denied carries no dollars.
fix: >-
  Settle for whom the clinician worked that day: hospice employees and contractors on 0657 only, an attending not employed by the hospice on
  the professional claim with GV only. Take the other one back.
teach: >-
  A hospice physician's work is billed by the hospice or by the clinician, never by both.
--- */
with line as (
  select
    a.claim_key,
    a.line_number,
    a.documentation_id,
    a.acp_minutes,
    a.allowed_amount,
    a.amount_method,
    l.claim_type = 'institutional' as is_hospice_claim,
    count(case when l.claim_type = 'institutional' then 1 end) over day as hospice_line_count,
    sum(case when l.claim_type = 'institutional' then a.allowed_amount end) over day as hospice_amount,
    sum(case when l.claim_type = 'professional' then a.allowed_amount end) over day as professional_amount
  from core.acp_line as a
  inner join core.claim_line as l on a.claim_key = l.claim_key and a.line_number = l.line_number
  where a.clinician_npi is not null
  window day as (partition by a.patient_key, a.service_date, a.clinician_npi)
)

select
  claim_key,
  line_number,
  documentation_id,
  hospice_line_count > 0 and is_hospice_claim = coalesce(hospice_amount < professional_amount, false) as is_violation,
  acp_minutes as minutes,
  allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  amount_method,
  to_json(struct_pack(hospice_claim_amount := hospice_amount, professional_claim_amount := professional_amount)) as evidence
from line
