/* ---
id: HOS-01
title: Professional service during hospice without modifier GV or GW
family: hospice
direction: denial
proof: claim
severity: high
needs: [claims, hospice]
counts: Each professional line on a day inside a hospice span of its patient.
amount: E(code) of the line; where nothing prices it, what was allowed on it, and nothing where that is nothing
authority: >-
  Novitas, First Coast and Noridian articles on modifiers GV and GW; Medical Billers and Coders on B9 denials
valid_from: 2016-01-01
false_positives: >-
  The election ended without a claim that says so; a payer that does not use GV and GW; services of a hospice physician that the hospice
  bills.
fix: Add GV (attending physician not employed by the hospice) or GW (not related to the terminal illness) and resubmit.
teach: >-
  While a patient has elected hospice, Medicare pays professional claims only with GV or GW; without either the line is denied B9.
  Ask for the hospice status before the visit.
--- */
select
  h.claim_key,
  h.line_number,
  cast(null as varchar) as documentation_id,
  not h.has_gv and not h.has_gw as is_violation,
  cast(null as integer) as minutes,
  coalesce(a.expected_amount, nullif(a.allowed_amount, 0)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  case when a.expected_amount is null and a.allowed_amount > 0 then a.amount_method else a.expected_method end as amount_method,
  to_json(struct_pack(span_end := h.span_end_date, span_evidence := h.span_evidence, span_start := h.span_start_date)) as evidence
from core.hospice_line as h
inner join core.line_amount as a on h.claim_key = a.claim_key and h.line_number = a.line_number
where h.claim_type = 'professional' and h.is_in_span
