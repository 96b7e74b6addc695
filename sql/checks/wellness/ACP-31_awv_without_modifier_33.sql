/* ---
id: ACP-31
title: ACP beside the annual wellness visit on the claim, without modifier 33
family: wellness
direction: under
proof: claim
severity: medium
needs: [claims]
counts: >-
  Each line of 99497 or 99498 with the annual wellness visit (G0438, G0439) of the same clinician and day on its claim, the visit not
  refused for frequency.
amount: PR 1 + PR 2 of the ACP line on its remittances, net; none where no remittance tells it
authority: Hall Render and AAPC (article 179060) on modifier 33 with the annual wellness visit
valid_from: 2016-01-01
false_positives: A payer that waives the cost share without the modifier, or never waives it.
fix: Add modifier 33 to the ACP lines with a corrected claim, and return what the patient paid.
teach: ACP at the annual wellness visit costs the patient nothing when its lines carry modifier 33, on the claim of the visit.
--- */
select
  l.claim_key,
  l.line_number,
  cast(null as varchar) as documentation_id,
  not w.has_modifier_33 as is_violation,
  l.acp_minutes as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  w.cost_share_amount as recoverable_amount,
  w.cost_share_method as amount_method,
  to_json(struct_pack(visit_code := w.visit_code)) as evidence
from core.acp_wellness as w
inner join core.acp_line as l on w.claim_key = l.claim_key and w.line_number = l.line_number
where w.is_visit_on_claim and not w.is_visit_denied
