/* ---
id: ACP-07
title: Fewer units of 99498 billed than the documented minutes support
family: time
direction: under
proof: chart
severity: medium
needs: [claims, documentation, minutes]
counts: The first line of 99497 of each day with documented minutes.
amount: missing units x E(99498)
beyond_billed: the missing units were not billed, so they are no part of the charge of the 99497 line that the finding stands on
authority: >-
  CPT midpoint rule (practicons.com); CMS ACP fact sheet MLN909289 of March 2023; seeds 001 and 003 (46 minutes for the first 99498)
valid_from: 2016-01-01
false_positives: >-
  The add-on is on a claim that is not in the inbox. Beyond three units a day the medically unlikely edit denies, whatever the minutes.
fix: Review the note; when the minutes stand, send a corrected claim with the missing units of 99498.
teach: From 46 minutes on, 99498 is due beside 99497, once more for each further 30 minutes (76, 106 …).
--- */
select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  l.addon_units < l.supported_addon_units and coalesce(y.is_acp_covered and y.acp_code_in_place is null, true) as is_violation,
  l.acp_minutes as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  cast(round((l.supported_addon_units - l.addon_units) * e.expected_amount, 2) as decimal(18, 2)) as recoverable_amount,
  '99498 ' || e.expected_method as amount_method,
  to_json(
    struct_pack(billed_units := l.addon_units, minutes_from_note := l.has_minutes_from_note, supported_units := l.supported_addon_units)
  ) as evidence
from core.acp_line as l
inner join core.expected_allowed as e
  on
    e.procedure_code = '99498'
    and l.payer_id is not distinct from e.payer_id
    and l.is_facility = e.is_facility
    and l.is_reduced_fee = e.is_reduced_fee
    and l.service_date = e.service_date
left join core.line_policy as y on l.claim_key = y.claim_key and l.line_number = y.line_number
where l.procedure_code = '99497' and l.service_number = 1 and l.acp_minutes is not null
