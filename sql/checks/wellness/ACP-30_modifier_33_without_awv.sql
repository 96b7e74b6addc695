/* ---
id: ACP-30
title: Modifier 33 on ACP without the annual wellness visit on the claim
family: wellness
direction: over
proof: claim
severity: medium
needs: [claims]
counts: Each line of 99497 or 99498 with modifier 33, on a final claim to the service's first payer.
amount: 20 % of the allowed amount, the coinsurance that modifier 33 waives
authority: >-
  Hall Render and AAPC (article 179060) on modifier 33: deductible and coinsurance are waived only with G0438 or G0439 on the same claim,
  day and provider
valid_from: 2016-01-01
false_positives: >-
  The payer applied the cost share in spite of the modifier (PR 1, PR 2 on the remittance); a plan other than Medicare that waives it on its
  own terms; the visit is on another claim (ACP-32), where one corrected claim makes the modifier right.
fix: Take modifier 33 off, or bring the visit and ACP onto one claim where the same clinician did both on the day.
teach: Modifier 33 on ACP goes with the annual wellness visit, G0438 or G0439, on the same claim. Elsewhere the patient's share applies.
--- */
select
  l.claim_key,
  l.line_number,
  cast(null as varchar) as documentation_id,
  not w.is_visit_on_claim as is_violation,
  l.acp_minutes as minutes,
  cast(round(l.allowed_amount * 0.20, 2) as decimal(18, 2)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  '20 % of allowed; ' || l.amount_method as amount_method,
  to_json(struct_pack(patient_share := w.cost_share_amount, visit_on_other_claim := w.is_visit_on_other_claim)) as evidence
from core.acp_wellness as w
inner join core.acp_line as l on w.claim_key = l.claim_key and w.line_number = l.line_number
where w.has_modifier_33
