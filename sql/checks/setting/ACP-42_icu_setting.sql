/* ---
id: ACP-42
title: ACP in an intensive care unit where the payer's policy does not allow it
family: setting
direction: over
proof: suggests
severity: medium
needs: [claims, care_units]
counts: Each ACP line on whose day of service the payer's policy covers ACP, but not in intensive care.
amount: allowed of the ACP line
authority: >-
  Payer policy (reference data); seed 003 (any setting except the intensive care unit) for the policy conservative. Medicare sets no limit
  on the place (CMS ACP FAQ of 2016)
valid_from: 2016-01-01
false_positives: >-
  Intensive care revenue without days of its own counts for the whole stay: the patient may have left the unit. Intermediate care is billed
  as 0206 and 0214.
fix: Find the unit of the conversation. When it was intensive care, correct the claim and return the payment.
teach: Some payers do not pay for ACP in intensive care; ask before billing it there.
--- */
select
  s.claim_key,
  s.line_number,
  a.documentation_id,
  s.is_icu as is_violation,
  a.acp_minutes as minutes,
  a.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  a.amount_method,
  to_json(struct_pack(icu_evidence := s.icu_evidence, policy := y.policy_rule)) as evidence
from core.acp_setting as s
inner join core.acp_line as a on s.claim_key = a.claim_key and s.line_number = a.line_number
inner join core.line_policy as y on s.claim_key = y.claim_key and s.line_number = y.line_number
where y.is_acp_covered and not y.is_icu_allowed
