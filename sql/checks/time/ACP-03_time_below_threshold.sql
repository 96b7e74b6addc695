/* ---
id: ACP-03
title: 99497 billed with fewer than 16 documented minutes
family: time
direction: over
proof: chart
severity: high
needs: [claims, documentation, minutes]
counts: Each ACP line of a day on which 99497 is billed and minutes are documented.
amount: allowed of all ACP lines of the day
authority: >-
  CPT midpoint rule (practicons.com); CMS ACP fact sheet MLN909289 of March 2023; seeds 001 and 003 (16 minutes)
valid_from: 2016-01-01
false_positives: >-
  Another session of the day is missing from the extract, or is in it without its minutes; sessions_without_minutes in the evidence counts
  the latter.
fix: Correct the claim; ACP of 15 minutes or fewer is not billable, unless another session of the same day was left out of the extract.
teach: >-
  A unit of time is earned when its midpoint is passed. 99497 needs at least 16 minutes of ACP on the day; shorter talks are part of the
  visit.
--- */
select
  claim_key,
  line_number,
  documentation_id,
  acp_minutes < 16 as is_violation,
  acp_minutes as minutes,
  allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  amount_method,
  to_json(
    struct_pack(
      minutes_from_note := has_minutes_from_note,
      minutes_needed := 16,
      sessions := session_count,
      sessions_without_minutes := untimed_session_count
    )
  ) as evidence
from core.acp_line
where primary_line_count > 0 and acp_minutes is not null
