/* ---
id: ACP-33
title: Modifier 33 on ACP beside an annual wellness visit that was refused for frequency
family: wellness
direction: over
proof: claim
severity: low
needs: [claims, remits]
counts: >-
  Each line of 99497 or 99498 with modifier 33 and the annual wellness visit (G0438, G0439) of the same clinician and day on its claim, the
  visit answered by a remittance.
amount: 20 % of the allowed amount, the coinsurance that modifier 33 waives
authority: >-
  Hall Render and AAPC (article 179060) on modifier 33; CMS on the wellness visit's cost share (DecisionHealth): where the visit is denied
  for frequency, deductible and coinsurance apply; X12 claim adjustment reason codes 119, 151, 96
valid_from: 2016-01-01
false_positives: >-
  The payer applied the cost share in spite of the modifier (PR 1, PR 2 on the remittance); reason 96 for another cause than frequency; the
  visit is being appealed.
fix: Take modifier 33 off with a corrected claim; deductible and coinsurance of ACP apply.
teach: Look up when the last annual wellness visit was before billing one. Where it comes too early, ACP is billed without modifier 33.
--- */
select
  l.claim_key,
  l.line_number,
  cast(null as varchar) as documentation_id,
  w.is_visit_denied as is_violation,
  l.acp_minutes as minutes,
  cast(round(l.allowed_amount * 0.20, 2) as decimal(18, 2)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  '20 % of allowed; ' || l.amount_method as amount_method,
  to_json(struct_pack(patient_share := w.cost_share_amount, visit_code := w.visit_code)) as evidence
from core.acp_wellness as w
inner join core.acp_line as l on w.claim_key = l.claim_key and w.line_number = l.line_number
where w.has_modifier_33 and w.is_visit_on_claim and w.is_visit_answered
