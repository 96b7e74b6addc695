/* ---
id: ACP-05
title: ACP time not kept apart from the time of other services
family: time
direction: over
proof: chart
severity: high
needs: [claims, documentation, time_separation]
counts: >-
  Each ACP line of a day on which the clinician's documentation says whether the time is separate (time_separate), or gives the minutes of
  ACP, of the E/M service and of the whole encounter.
amount: allowed of all ACP lines of the day
authority: >-
  Office of Inspector General report A-06-20-04008 (time not distinguished from concurrent services); CMS ACP fact sheet MLN909289 of March
  2023; CPT instruction on time (practicons.com)
valid_from: 2016-01-01
false_positives: >-
  The extract gives the minutes of one encounter and of a session outside it in one row; the E/M visit was billed by its medical decision
  making, and its minutes in the extract are a default of the template.
fix: >-
  Read the note. Where the ACP minutes are also part of the visit's time, correct the claim: lower the visit, or take ACP off.
teach: >-
  Minutes count once. Write the minutes of ACP apart from those of the visit, and say that they are not part of the visit's time.
--- */
with separation as (
  select
    patient_key,
    service_date,
    clinician_npi,
    coalesce(bool_or(time_separate = 'N'), false) as is_said_not_separate,
    coalesce(bool_or(em_minutes + minutes > encounter_minutes), false) as is_over_encounter,
    max(em_minutes + minutes - encounter_minutes) as minutes_over
  from core.acp_session
  where
    patient_key is not null
    and not is_repeated
    and (time_separate is not null or em_minutes + minutes + encounter_minutes is not null)
  group by patient_key, service_date, clinician_npi
)

select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  s.is_said_not_separate or s.is_over_encounter as is_violation,
  l.acp_minutes as minutes,
  l.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  l.amount_method,
  to_json(
    struct_pack(minutes_over_encounter := greatest(s.minutes_over, 0), said_not_separate := s.is_said_not_separate)
  ) as evidence
from core.acp_line as l
inner join separation as s
  on l.patient_key = s.patient_key and l.service_date = s.service_date and l.clinician_npi = s.clinician_npi
