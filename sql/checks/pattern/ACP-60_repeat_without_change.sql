/* ---
id: ACP-60
title: ACP again within 365 days without a documented change
family: pattern
direction: info
proof: chart
severity: low
needs: [claims, documentation, documentation.status_change]
counts: >-
  Each ACP line of a patient for whom ACP was billed, by any clinician, 1 to 365 days before, with documentation of the day whose file has
  the column status_change. Y in one session of the day is enough.
amount: allowed of the later ACP lines
authority: >-
  CMS ACP FAQ of 2016 (no limit on repeats; a change in health status or wishes should be documented); CMS ACP fact sheet MLN909289 of
  March 2023
valid_from: 2016-01-01
false_positives: >-
  One conversation that was continued on another day; a change that the note tells in words; the earlier talk was another clinician's and
  not known. The Office of Inspector General (A-06-20-04008) did not call a missing element of guidance an error.
fix: Look in the note for what had changed since the last conversation; an addendum may state it.
teach: ACP may be repeated. Write what changed in health or wishes since the last time.
--- */
select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  not r.is_status_changed as is_violation,
  l.acp_minutes as minutes,
  l.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  l.amount_method,
  to_json(
    struct_pack(
      days_since := date_diff('day', p.previous_date, p.service_date),
      previous_date := p.previous_date,
      status_change := case when r.is_status_changed then 'Y' when r.is_status_unchanged then 'N' else 'not documented' end
    )
  ) as evidence
from core.acp_line as l
inner join core.acp_repeat as p on l.patient_key = p.patient_key and l.service_date = p.service_date
inner join core.acp_record as r
  on l.patient_key = r.patient_key and l.service_date = r.service_date and l.clinician_npi = r.clinician_npi
where date_diff('day', p.previous_date, p.service_date) <= 365 and r.is_status_changed is not null
