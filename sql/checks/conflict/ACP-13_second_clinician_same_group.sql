/* ---
id: ACP-13
title: 99497 billed by a second clinician of the same group and specialty on the same day
family: conflict
direction: info
proof: suggests
severity: low
needs: [claims]
counts: Each line of 99497 of a clinician whose group and specialty are known, on a final claim to the service's first payer.
amount: allowed of 99497 of each clinician but the one whose claim was submitted first
authority: >-
  CPT instruction on time (practicons.com): 99497 once a day; Medicare treats clinicians of one group and specialty as one physician
  (common practice)
valid_from: 2016-01-01
false_positives: >-
  Two conversations that the payer covers apart; nurse practitioners and physician assistants, whose one specialty code hides what they
  practise; a line whose taxonomy is wrong.
fix: Read both notes. Where it was one conversation, keep the claim of the clinician who held it; where two, sum the minutes on one claim.
teach: Clinicians of one group and specialty count as one. Agree who bills the day's ACP, and bill the minutes of all sessions together.
--- */
with placed as (
  select
    l.*,
    first_value(l.clinician_npi) over (
      partition by l.patient_key, l.service_date, l.group_specialty
      order by v.submission_order, l.line_number
    ) as first_npi
  from core.acp_line as l
  inner join core.claim_version as v on l.claim_key = v.claim_key
  where l.procedure_code = '99497' and l.group_specialty is not null
)

select
  claim_key,
  line_number,
  documentation_id,
  coalesce(clinician_npi <> first_npi, false) as is_violation,
  acp_minutes as minutes,
  allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  amount_method,
  to_json(struct_pack(first_npi := first_npi, group_specialty := group_specialty)) as evidence
from placed
