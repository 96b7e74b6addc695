/* ---
id: ACP-50
title: ACP billed, but the record does not say that it was voluntary
family: content
direction: over
proof: chart
severity: medium
needs: [claims, documentation, documentation.voluntary]
counts: >-
  Each ACP line with documentation of the day whose file has the column voluntary. Of several sessions one with Y is enough, and one with N
  is a finding; where none says either and a session's file lacks the column, the day is not judged.
amount: allowed of the ACP lines
authority: >-
  CMS ACP fact sheet MLN909289 of March 2023 (the conversation is voluntary); seeds 001 and 003
valid_from: 2016-01-01
false_positives: >-
  The note says so in words that the extract does not carry. The Office of Inspector General (A-06-20-04008) did not call a missing
  element of guidance an error: an empty value is a risk for the record's defence, not an overpayment as such; N is another matter.
fix: >-
  Look for the patient's consent in the note. An addendum may state what happened, dated on the day it is written. Where the patient did
  not agree to the conversation, correct the claim.
teach: ACP is voluntary. Say in each note that the patient, or the surrogate, agreed to talk.
--- */
select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  not r.is_voluntary as is_violation,
  l.acp_minutes as minutes,
  l.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  l.amount_method,
  to_json(
    struct_pack(
      sessions := l.session_count,
      voluntary := case when r.is_refused then 'N' when r.is_voluntary then 'Y' else 'not documented' end
    )
  ) as evidence
from core.acp_line as l
inner join core.acp_record as r
  on l.patient_key = r.patient_key and l.service_date = r.service_date and l.clinician_npi = r.clinician_npi
where r.is_voluntary is not null
