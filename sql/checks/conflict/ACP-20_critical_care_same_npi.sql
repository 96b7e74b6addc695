/* ---
id: ACP-20
title: ACP billed with critical care (or another bundling service) by the same clinician on the same day
family: conflict
direction: over
proof: claim
severity: high
needs: [claims]
counts: Each line of 99497 or 99498, professional or of a hospice physician (0657), on a final claim to the service's first payer.
amount: allowed of the ACP lines
authority: >-
  NCCI practitioner procedure-to-procedure edits with modifier indicator 0, as of 2024-07-01; CPT instruction with 99497 (practicons.com);
  seed 001 (same clinician, same day)
valid_from: 2016-01-01
false_positives: >-
  The claim names one clinician for the work of two (the group's or the supervising physician's NPI); the payer does not follow NCCI; CMS
  ended the pair after the NCCI quarter that is loaded.
fix: >-
  Bill the other service only; do not bill ACP by this clinician for this day. ACP by another clinician stays billable when documented
  apart.
teach: >-
  ACP time is bundled into critical care of the same clinician on the same day, and no modifier opens the pair. When a colleague holds the
  conversation, the colleague bills it and documents it apart.
--- */
select
  claim_key,
  line_number,
  documentation_id,
  is_bundled as is_violation,
  acp_minutes as minutes,
  allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  amount_method,
  to_json(struct_pack(bundling_code := bundling_code)) as evidence
from core.acp_line
