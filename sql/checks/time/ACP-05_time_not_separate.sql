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
  A further session lies outside the encounter, and its row leaves encounter_minutes empty; the visit was billed by its medical decision
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
    bool_or(time_separate is not null) as is_said,
    coalesce(bool_or(time_separate = 'N'), false) as is_said_not_separate,
    max(em_minutes + minutes - encounter_minutes) as session_minutes_over,
    sum(em_minutes) as em_minutes,
    sum(encounter_minutes) as encounter_minutes
  from core.acp_session
  where patient_key is not null and not is_repeated
  group by patient_key, service_date, clinician_npi
),

-- Minutes beyond the encounter: of one session by itself, or of the day's sessions together.
judged as (
  select
    l.*,
    s.is_said_not_separate,
    cast(
      greatest(coalesce(s.session_minutes_over, 0), coalesce(s.em_minutes + l.acp_minutes - s.encounter_minutes, 0), 0) as integer
    ) as minutes_over
  from core.acp_line as l
  inner join separation as s
    on l.patient_key = s.patient_key and l.service_date = s.service_date and l.clinician_npi = s.clinician_npi
  where s.is_said or s.em_minutes + l.acp_minutes + s.encounter_minutes is not null
)

select
  claim_key,
  line_number,
  documentation_id,
  is_said_not_separate or minutes_over > 0 as is_violation,
  acp_minutes as minutes,
  allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  amount_method,
  to_json(struct_pack(minutes_over_encounter := minutes_over, said_not_separate := is_said_not_separate)) as evidence
from judged
