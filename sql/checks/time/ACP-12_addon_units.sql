/* ---
id: ACP-12
title: More units of 99498 a day than the medically unlikely edit allows
family: time
direction: denial
proof: claim
severity: low
needs: [claims]
counts: >-
  Each line of 99498, professional or of a hospice physician (0657), on a final claim to the service's first payer, on a day for which a
  practitioner edit is loaded.
amount: allowed of the units above the edit's (3 as shipped), taken from the day's last lines first
authority: NCCI practitioner medically unlikely edits, as of 2024-07-01 (reference.mue)
valid_from: 2016-01-01
false_positives: >-
  The time was spent and is documented (136 minutes or more), and the payer pays on appeal; the payer does not use the edits; the claim
  names one clinician for the work of two.
fix: Compare the units with the documented minutes. Where the minutes stand, send the note with the appeal; else correct the units.
teach: Medicare expects no more than three units of 99498 a day (135 minutes of ACP in all). More is denied until the record shows the time.
--- */
with spread as (
  select
    l.*,
    m.mue_units,
    least(l.units, greatest(l.addon_units - m.mue_units - l.later_units, 0)) as line_excess_units
  from core.acp_line as l
  inner join reference.mue as m
    on
      l.procedure_code = m.procedure_code
      and m.setting = 'practitioner'
      and l.service_date between coalesce(m.valid_from, l.service_date) and coalesce(m.valid_to, l.service_date)
  where l.procedure_code = '99498'
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
  to_json(struct_pack(billed_units := addon_units, edit_units := mue_units, excess_units := line_excess_units)) as evidence
from spread
