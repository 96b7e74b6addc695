/* ---
id: ACP-24
title: Service paid that is bundled into 99497 of the same clinician and day
family: conflict
direction: over
proof: claim
severity: medium
needs: [claims, remits]
counts: >-
  Each line of a service that NCCI bundles into 99497 whatever the modifier (99446-99449, 99451, 99452, 99091, 99408, 99409, G0337 as
  shipped), on a day with 99497 by the same clinician, with a remittance that tells what was paid on it.
amount: allowed of the bundled service
authority: NCCI practitioner procedure-to-procedure edits with modifier indicator 0, as of 2024-07-01
valid_from: 2016-01-01
false_positives: >-
  The day's 99497 was denied, so that the other service stands alone; the payer does not follow NCCI; CMS ended the pair after the NCCI
  quarter that is loaded.
fix: Take the bundled service off with a corrected claim and return its payment, unless 99497 itself was not payable.
teach: >-
  Interprofessional consults, remote data review, alcohol and drug screening and the hospice evaluation are part of 99497 on the same day;
  no modifier opens the pair.
--- */
with acp as (
  select
    patient_key,
    service_date,
    clinician_npi
  from core.acp_line
  where procedure_code = '99497' and service_number = 1
)

select
  c.claim_key,
  c.line_number,
  cast(null as varchar) as documentation_id,
  o.paid_amount > 0 as is_violation,
  cast(null as integer) as minutes,
  o.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  o.allowed_method as amount_method,
  to_json(struct_pack(bundled_into := '99497', paid := o.paid_amount)) as evidence
from core.acp_conflict as c
inner join acp as a
  on c.patient_key = a.patient_key and c.service_date = a.service_date and c.clinician_npi is not distinct from a.clinician_npi
inner join core.line_outcome as o on c.claim_key = o.claim_key and c.line_number = o.line_number
where c.is_bundled_into_primary and o.paid_amount is not null
