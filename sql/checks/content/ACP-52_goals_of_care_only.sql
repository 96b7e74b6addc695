/* ---
id: ACP-52
title: Goals of care billed as ACP (no topic of ACP and no document)
family: content
direction: over
proof: chart
severity: high
needs: [claims, documentation, documentation.topics, documentation.documents]
counts: >-
  Each ACP line with documentation of the day whose file has the columns topics and documents; any topic but goals, or any document, in any
  session of the day makes the day ACP, and shows it where the file has only that one column.
amount: allowed of the ACP lines
authority: >-
  Seed 001 (goals of care alone are not ACP); Office of Inspector General report A-06-20-04008 (no ACP documented); CMS ACP fact sheet
  MLN909289 of March 2023
valid_from: 2016-01-01
false_positives: >-
  The topics were discussed and written as free text, or in words outside the list (the file's warnings count those).
fix: Read the note. Without a preference for future treatment, a surrogate or a directive, correct the claim; the talk is part of the visit.
teach: >-
  Comfort or cure alone is goals of care. ACP speaks of future treatment: code status, ventilation, nutrition, dialysis, hospitalization,
  the surrogate, POLST or a directive. A form need not be completed.
--- */
select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  not r.is_acp_content as is_violation,
  l.acp_minutes as minutes,
  l.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  l.amount_method,
  to_json(struct_pack(sessions := l.session_count, topics := coalesce(r.topics, 'none'))) as evidence
from core.acp_line as l
inner join core.acp_record as r
  on l.patient_key = r.patient_key and l.service_date = r.service_date and l.clinician_npi = r.clinician_npi
where r.is_acp_content is not null
