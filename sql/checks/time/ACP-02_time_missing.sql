/* ---
id: ACP-02
title: ACP billed and documented, but without the minutes
family: time
direction: over
proof: chart
severity: high
needs: [claims, documentation, minutes]
counts: Each ACP line of a day with at least one documentation row by the same clinician, where the extract has columns for minutes.
amount: allowed of all ACP lines of the day
authority: >-
  CPT instruction on time (practicons.com); CMS ACP fact sheet MLN909289 of March 2023; CERT finding of missing time in 2016 claims;
  seeds 001 and 003
valid_from: 2016-01-01
false_positives: The minutes stand in the note, but were not carried into the extract.
fix: Look for the minutes, or start and stop, in the note. Time that was not recorded at the visit cannot be billed; correct the claim.
teach: 99497 and 99498 are paid by time. Write the minutes spent on ACP alone, or its start and stop, into the note on the day.
--- */
select
  claim_key,
  line_number,
  documentation_id,
  acp_minutes is null as is_violation,
  acp_minutes as minutes,
  allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  amount_method,
  to_json(struct_pack(sessions := session_count, sessions_without_minutes := untimed_session_count)) as evidence
from core.acp_line
where session_count > 0 and has_minutes_column
