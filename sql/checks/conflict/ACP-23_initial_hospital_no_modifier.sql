/* ---
id: ACP-23
title: 99497 beside an initial or same-day hospital visit without modifier 25
family: conflict
direction: denial
proof: claim
severity: medium
needs: [claims]
counts: >-
  Each line of 99497 on a day with a hospital visit by the same clinician that NCCI pairs with it under modifier indicator 1 (99221-99223,
  99234-99236 as shipped).
amount: E(99497)
authority: NCCI practitioner procedure-to-procedure edits with modifier indicator 1, as of 2024-07-01; seed 003 (99223-25 and 99497)
valid_from: 2016-01-01
false_positives: >-
  The payer does not follow NCCI, or takes another modifier of the pair (59, XU) or one on 99497; CMS ended the pair after the NCCI quarter
  that is loaded.
fix: Where the visit is significant and separate from the conversation, add modifier 25 to the visit and send a corrected claim.
teach: Beside 99221-99223 and 99234-99236 the visit carries modifier 25; without it 99497 is denied as part of the visit.
--- */
with visit as (
  select
    patient_key,
    service_date,
    clinician_npi,
    bool_or(not has_modifier_25) as is_unmodified,
    min(procedure_code) as visit_code
  from core.acp_conflict
  where is_modifier_needed
  group by patient_key, service_date, clinician_npi
)

select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  v.is_unmodified as is_violation,
  l.acp_minutes as minutes,
  a.expected_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  a.expected_method as amount_method,
  to_json(struct_pack(visit_code := v.visit_code)) as evidence
from core.acp_line as l
inner join visit as v
  on l.patient_key = v.patient_key and l.service_date = v.service_date and l.clinician_npi is not distinct from v.clinician_npi
inner join core.line_amount as a on l.claim_key = a.claim_key and l.line_number = a.line_number
where l.procedure_code = '99497'
