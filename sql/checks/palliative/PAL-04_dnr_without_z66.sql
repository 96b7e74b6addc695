/* ---
id: PAL-04
title: The record elects DNR, but the claim lacks Z66
family: palliative
direction: info
proof: chart
severity: low
needs: [claims, documentation, documentation.decisions]
counts: >-
  Each claim, shown once at its ACP line or else its first line, with a service on a day for which the same clinician's documentation
  elects DNR: DNR, DNAR, no CPR or the like, plainly decided. What was only discussed, deferred or declined, and comfort measures alone,
  are no election.
amount: none; nothing was wrongly paid
authority: >-
  Seed 001 (Z66 when DNR is elected or confirmed)
valid_from: 2016-01-01
false_positives: >-
  The order was written later, or elsewhere, or reversed; no payer requires the code. The decisions are read by fixed rules before they are
  sealed; read the note.
fix: Where the DNR order was in force at the encounter, add Z66 to the claim.
teach: When a patient elects DNR, code Z66 with the illness.
--- */
with dnr as (
  select distinct claim_key
  from core.claim_diagnosis
  where family = 'diagnosis' and code = 'Z66'
),

claim as (
  select
    l.claim_key,
    l.line_number,
    d.documentation_id,
    d.acp_minutes
  from core.claim_line as l
  inner join core.acp_record as r
    on l.patient_key = r.patient_key and l.service_date = r.service_date and l.clinician_npi = r.clinician_npi and r.is_dnr_elected
  inner join core.acp_day as d
    on r.patient_key = d.patient_key and r.service_date = d.service_date and r.clinician_npi = d.clinician_npi
  where l.is_primary_copy and l.is_professional_service
  qualify row_number() over (
      partition by l.claim_key
      order by coalesce(l.procedure_code in ('99497', '99498'), false) desc, l.line_number
    ) = 1
)

select
  c.claim_key,
  c.line_number,
  c.documentation_id,
  z.claim_key is null as is_violation,
  c.acp_minutes as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  cast(null as varchar) as amount_method,
  to_json(struct_pack(dnr_elected := true)) as evidence
from claim as c
left join dnr as z on c.claim_key = z.claim_key
