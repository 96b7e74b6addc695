/* ---
id: ACP-11
title: More than one unit of 99497 by the same clinician on the same day
family: time
direction: over
proof: claim
severity: medium
needs: [claims]
counts: Each line of 99497, professional or of a hospice physician (0657), on a final claim to the service's first payer.
amount: allowed of the units above 1, taken from the day's last lines first
authority: >-
  CPT instruction on time (practicons.com): 99497 is the day's first unit, 99498 each further one; NCCI practitioner medically unlikely
  edit of 1 a day, absolute, as of 2024-07-01
valid_from: 2016-01-01
false_positives: >-
  One service sent twice, where the payer took the second claim for a duplicate and paid nothing on it; the claim names one clinician for
  the work of two.
fix: Correct the claim to one unit of 99497; bill time from 46 minutes on with 99498.
teach: 99497 is billed once a day, however many sessions. Sum the day's minutes; from 46 minutes on 99498 adds the further time.
--- */
with spread as (
  select
    *,
    least(units, greatest(primary_units - 1 - later_units, 0)) as line_excess_units
  from core.acp_line
  where procedure_code = '99497'
)

select
  claim_key,
  line_number,
  documentation_id,
  line_excess_units > 0 as is_violation,
  acp_minutes as minutes,
  cast(round(allowed_amount * line_excess_units / nullif(units, 0), 2) as decimal(18, 2)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  amount_method,
  to_json(struct_pack(billed_units := primary_units, excess_units := line_excess_units)) as evidence
from spread
