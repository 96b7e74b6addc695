/* ---
id: ACP-10
title: 99498 billed without 99497 by the same clinician on the same day
family: time
direction: over
proof: claim
severity: high
needs: [claims]
counts: Each line of 99498, professional or of a hospice physician (0657), on a final claim to the service's first payer.
amount: allowed of 99498
authority: >-
  CPT add-on code instruction with 99498 (practicons.com); seeds 001 and 003 (99497 is always first)
valid_from: 2016-01-01
false_positives: The day's 99497 is on a claim that is not in the inbox, or under the NPI of a colleague who shared the conversation.
fix: When the day's minutes support it, send a corrected claim with 99497; else take 99498 off.
teach: 99498 is an add-on. Start every day of ACP with 99497, by the same clinician on the same day.
--- */
select
  claim_key,
  line_number,
  documentation_id,
  primary_line_count = 0 as is_violation,
  acp_minutes as minutes,
  allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  amount_method,
  to_json(struct_pack(primary_lines := primary_line_count)) as evidence
from core.acp_line
where procedure_code = '99498'
