/* ---
id: ACP-21
title: ACP billed beside critical care (or another bundling service) of a colleague of the same group and specialty on the same day
family: conflict
direction: info
proof: suggests
severity: medium
needs: [claims]
counts: >-
  Each line of 99497 or 99498 of a clinician whose group and specialty are known, on a final claim to the service's first payer.
amount: allowed of the ACP lines
authority: >-
  NCCI practitioner procedure-to-procedure edits with modifier indicator 0, as of 2024-07-01; Medicare treats clinicians of one group and
  specialty as one physician (common practice); seed 001 (another clinician's ACP, documented apart)
valid_from: 2016-01-01
false_positives: >-
  The ACP is documented apart by another clinician, which seed 001 and many payers accept; nurse practitioners and physician assistants,
  whose one specialty code hides what they practise.
fix: Ask the payer, or look at the remittances, whether it treats the group as one physician; where it does, bill critical care only.
teach: >-
  Some payers treat clinicians of one group and specialty as one physician. ACP beside a colleague's critical care needs its own clinician,
  time and note.
--- */
with colleague as (
  select
    patient_key,
    service_date,
    group_specialty,
    clinician_npi,
    bool_or(is_primary_bundling) as is_primary_bundling,
    bool_or(is_addon_bundling) as is_addon_bundling,
    min(procedure_code) as bundling_code
  from core.acp_conflict
  where (is_primary_bundling or is_addon_bundling) and group_specialty is not null
  group by patient_key, service_date, group_specialty, clinician_npi
),

bundled as (
  select
    l.claim_key,
    l.line_number,
    min(c.clinician_npi) as colleague_npi,
    arg_min(c.bundling_code, c.clinician_npi) as bundling_code
  from core.acp_line as l
  inner join colleague as c
    on
      l.patient_key = c.patient_key
      and l.service_date = c.service_date
      and l.group_specialty = c.group_specialty
      and l.clinician_npi is distinct from c.clinician_npi
  where (c.is_primary_bundling and l.primary_line_count > 0) or (c.is_addon_bundling and l.addon_line_count > 0)
  group by l.claim_key, l.line_number
)

select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  b.claim_key is not null as is_violation,
  l.acp_minutes as minutes,
  l.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  l.amount_method,
  to_json(
    struct_pack(bundling_code := b.bundling_code, colleague_npi := b.colleague_npi, group_specialty := l.group_specialty)
  ) as evidence
from core.acp_line as l
left join bundled as b on l.claim_key = b.claim_key and l.line_number = b.line_number
where l.group_specialty is not null
