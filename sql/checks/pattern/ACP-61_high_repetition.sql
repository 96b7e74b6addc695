/* ---
id: ACP-61
title: ACP of a patient on more dates in a year than usual
family: pattern
direction: info
proof: suggests
severity: low
needs: [claims]
counts: >-
  Each ACP line with a known day. It is flagged where its date is beyond the number of ACP dates allowed for (threshold
  acp_date_maximum_count, 5) in the 365 days that end with it, whichever clinicians billed them.
amount: allowed of the ACP lines on the dates above the number
authority: >-
  CMS ACP FAQ of 2016 (no limit on repeats); CMS targeted probe and educate and comparative reports look at frequency; the number is the
  project's
valid_from: 2016-01-01
false_positives: A long stay with changes of condition, each documented; several specialties of one team for one patient.
fix: Read the notes of the year together; each date should show what had changed.
teach: Medicare sets no limit, but frequent ACP draws review. Let the first conversation be complete and repeat it when things change.
--- */
select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  p.year_date_count > q.acp_date_maximum_count as is_violation,
  l.acp_minutes as minutes,
  l.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  l.amount_method,
  to_json(struct_pack(dates_in_365_days := p.year_date_count, maximum := q.acp_date_maximum_count)) as evidence
from core.acp_line as l
inner join core.acp_repeat as p on l.patient_key = p.patient_key and l.service_date = p.service_date
cross join reference.parameter as q
