/* ---
id: ACP-04
title: More units of 99498 billed than the documented minutes support
family: time
direction: over
proof: chart
severity: medium
needs: [claims, documentation, minutes]
counts: Each line of 99498 of a day with at least 16 documented minutes.
amount: excess units of 99498 x allowed per unit
authority: >-
  CPT midpoint rule (practicons.com); CMS ACP fact sheet MLN909289 of March 2023; seeds 001 and 003 (46 minutes for the first 99498)
valid_from: 2016-01-01
false_positives: Another session of the day is missing from the extract, or is in it without its minutes.
fix: Correct the units of 99498 to what the minutes support, counting from 46 minutes and one unit for each further 30.
teach: The first 99498 needs 46 minutes in all, the second 76, the third 106. 31 to 45 minutes are 99497 alone.
--- */
-- The day's excess is taken from the lines submitted last, so that each line carries its own dollars.
with spread as (
  select
    *,
    least(units, greatest(addon_units - supported_addon_units - later_units, 0)) as line_excess_units
  from core.acp_line
  where procedure_code = '99498' and acp_minutes >= 16
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
  to_json(
    struct_pack(
      billed_units := addon_units,
      excess_units := line_excess_units,
      minutes_from_note := has_minutes_from_note,
      supported_units := supported_addon_units
    )
  ) as evidence
from spread
