/* ---
id: ACP-01
title: ACP billed without any documentation of it
family: content
direction: over
proof: chart
severity: high
needs: [claims, documentation]
counts: Each line of 99497 or 99498, professional or of a hospice physician (0657), on a final claim to the service's first payer.
amount: allowed of all ACP lines of the day
authority: >-
  Office of Inspector General report A-06-20-04008 (no ACP documented, records not supplied); CMS ACP fact sheet MLN909289 of March 2023;
  seeds 001 and 003
valid_from: 2016-01-01
false_positives: >-
  The note exists, but is not in the extract, or stands there under a colleague's NPI or another date (a talk that ran past midnight), or
  under an account that the claims do not have.
fix: Find the note. If the conversation was not documented by this clinician on this day, correct the claim and return the payment.
teach: >-
  Each ACP service needs a note of its own for the day, by the clinician who bills it, with who took part, what was discussed and the
  minutes.
--- */
select
  claim_key,
  line_number,
  documentation_id,
  session_count = 0 as is_violation,
  acp_minutes as minutes,
  allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  amount_method,
  to_json(struct_pack(documentation_rows := session_count)) as evidence
from core.acp_line
