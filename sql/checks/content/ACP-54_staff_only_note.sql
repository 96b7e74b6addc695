/* ---
id: ACP-54
title: ACP billed on notes that only staff wrote
family: content
direction: over
proof: chart
severity: high
needs: [claims, documentation, author]
counts: >-
  Each ACP line with documentation of the day by authors who are known: the billing clinician by NPI, another one by credential, or by the
  taxonomy that claims carry for the NPI. One session by the billing clinician or an eligible author is enough; a session whose author is
  not known keeps the day from being judged.
amount: allowed of the ACP lines
authority: >-
  CMS ACP FAQ of 2016 (physicians, NP, PA and CNS; staff may only assist); seed 003
valid_from: 2016-01-01
false_positives: >-
  Staff wrote what the clinician said and the clinician signed; the extract names who typed. A credential of another trade with the same
  letters.
fix: Look for the billing clinician's own note or attestation of the day. Without it, correct the claim and return the payment.
teach: Staff may prepare and assist. The clinician who bills holds the conversation and writes, or attests to, the note.
--- */
select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  not r.is_by_eligible_author as is_violation,
  l.acp_minutes as minutes,
  l.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  l.amount_method,
  to_json(struct_pack(author_credentials := r.author_credentials, sessions := l.session_count)) as evidence
from core.acp_line as l
inner join core.acp_record as r
  on l.patient_key = r.patient_key and l.service_date = r.service_date and l.clinician_npi = r.clinician_npi
where r.is_by_eligible_author is not null
