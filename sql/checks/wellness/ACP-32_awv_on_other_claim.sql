/* ---
id: ACP-32
title: ACP and the annual wellness visit of the same clinician and day on different claims
family: wellness
direction: under
proof: claim
severity: low
needs: [claims]
counts: >-
  Each line of 99497 or 99498 on a day with the annual wellness visit (G0438, G0439) of the same clinician on any claim, the visit not
  refused for frequency.
amount: PR 1 + PR 2 of the ACP line on its remittances, net; none where no remittance tells it
authority: >-
  Hall Render and AAPC (article 179060) on modifier 33: the waiver asks for the visit and ACP on the same claim
valid_from: 2016-01-01
false_positives: >-
  The two services belong on different claims (different places or billing providers); a payer that waives the cost share by day, not by
  claim.
fix: Replace both claims by one that holds the visit and ACP with modifier 33, and return what the patient paid.
teach: Put the annual wellness visit and its ACP on one claim, ACP with modifier 33; on two claims the patient's share is not waived.
--- */
select
  l.claim_key,
  l.line_number,
  cast(null as varchar) as documentation_id,
  w.is_visit_on_other_claim as is_violation,
  l.acp_minutes as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  w.cost_share_amount as recoverable_amount,
  w.cost_share_method as amount_method,
  to_json(struct_pack(has_modifier_33 := w.has_modifier_33, visit_code := w.visit_code)) as evidence
from core.acp_wellness as w
inner join core.acp_line as l on w.claim_key = l.claim_key and w.line_number = l.line_number
where (w.is_visit_on_claim or w.is_visit_on_other_claim) and not w.is_visit_denied
