/* ---
id: ACP-22
title: ACP on a day with another clinician's critical care, without documentation of its own
family: conflict
direction: over
proof: chart
severity: high
needs: [claims, documentation]
counts: Each ACP line of a day on which another clinician billed critical care for the patient.
amount: allowed of the ACP lines
authority: >-
  Seed 001 (a different clinician may bill ACP on a critical care day when it is documented separately); CMS ACP fact sheet MLN909289 of
  March 2023
valid_from: 2016-01-01
false_positives: >-
  The note exists, but is not in the extract, or stands there under a colleague's NPI or another date.
fix: Find the ACP clinician's own note of the day. Without one the conversation is part of critical care; correct the claim.
teach: On a critical care day the one who holds the ACP conversation writes a note of their own, with the minutes, and bills it.
--- */
with critical as (
  select
    patient_key,
    service_date,
    min(clinician_npi) as first_npi,
    max(clinician_npi) as last_npi
  from core.acp_conflict
  where is_critical_care and clinician_npi is not null
  group by patient_key, service_date
)

select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  l.session_count = 0 as is_violation,
  l.acp_minutes as minutes,
  l.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  l.amount_method,
  to_json(
    struct_pack(
      critical_care_npi := case when c.first_npi is distinct from l.clinician_npi then c.first_npi else c.last_npi end,
      documentation_rows := l.session_count
    )
  ) as evidence
from core.acp_line as l
inner join critical as c on l.patient_key = c.patient_key and l.service_date = c.service_date
where c.first_npi is distinct from l.clinician_npi or c.last_npi is distinct from l.clinician_npi
