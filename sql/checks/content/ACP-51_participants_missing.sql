/* ---
id: ACP-51
title: ACP billed, but the record does not say who took part, or why the patient was absent
family: content
direction: over
proof: chart
severity: medium
needs: [claims, documentation, documentation.participants]
counts: >-
  Each ACP line with documentation of the day whose file has the column participants, as far as its columns tell the patient's presence
  (patient_present, or the patient named among the participants) and, for a patient who was absent, the reason (absence_reason).
  Participants named in one session count for the day; so does a reason, but the patient's presence in another session is none.
amount: allowed of the ACP lines
authority: >-
  CMS ACP fact sheet MLN909289 of March 2023 (who was present); CMS ACP FAQ of 2016 (family or surrogate in the patient's place);
  seeds 001 and 003
valid_from: 2016-01-01
false_positives: >-
  The names stand in the note and not in the extract. The Office of Inspector General (A-06-20-04008) did not call a missing element of
  guidance an error: this is a risk for the record's defence, not an overpayment as such.
fix: Look for the participants in the note; an addendum may name them and say why the patient could not take part.
teach: Name who took part. Where the patient could not or would not, say why, and who decided in the patient's place.
--- */
with judged as (
  select
    patient_key,
    service_date,
    clinician_npi,
    participants,
    has_participants,
    not has_participants or (is_patient_absent and not has_absence_reason) as is_violation
  from core.acp_record
)

select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  r.is_violation,
  l.acp_minutes as minutes,
  l.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  l.amount_method,
  to_json(
    struct_pack(
      missing := case when not r.has_participants then 'participants' when r.is_violation then 'reason for the patient''s absence' end,
      participants := r.participants,
      sessions := l.session_count
    )
  ) as evidence
from core.acp_line as l
inner join judged as r
  on l.patient_key = r.patient_key and l.service_date = r.service_date and l.clinician_npi = r.clinician_npi
where r.is_violation is not null
