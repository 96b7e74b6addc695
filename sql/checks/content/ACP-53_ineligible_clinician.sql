/* ---
id: ACP-53
title: ACP billed by a clinician whose taxonomy is not eligible
family: content
direction: over
proof: claim
severity: high
needs: [claims, taxonomies]
counts: >-
  Each ACP line whose clinician's taxonomy is known: the one sent with the line, else the one most often sent with the NPI. A taxonomy of a
  group or organization (193, 25 to 34) tells nothing of the clinician and is not judged.
amount: allowed of the ACP lines
authority: >-
  CMS ACP FAQ of 2016 (physicians, NP, PA and CNS; others only incident to, with direct supervision)
valid_from: 2016-01-01
false_positives: >-
  The NPI's old taxonomy is still sent (a nurse who became a nurse practitioner). Staff who worked incident to a physician were named as
  rendering instead of the physician: a claim to correct, not always one to refund. Some payers other than Medicare allow more professions.
fix: >-
  Check the clinician's licence on the day. Where staff held the talk under direct supervision, the supervising physician is the rendering
  provider; else return the payment.
teach: Physicians, nurse practitioners, physician assistants and clinical nurse specialists bill ACP. Others only assist them.
--- */
with line as (
  select
    a.*,
    l.clinician_source,
    coalesce(l.clinician_taxonomy_code, n.clinician_taxonomy_code) as taxonomy_code
  from core.acp_line as a
  inner join core.claim_line as l on a.claim_key = l.claim_key and a.line_number = l.line_number
  left join core.clinician as n on l.clinician_npi = n.clinician_npi
)

select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  e2.taxonomy_prefix is null and e4.taxonomy_prefix is null as is_violation,
  l.acp_minutes as minutes,
  l.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  l.amount_method,
  to_json(struct_pack(clinician_from := l.clinician_source, taxonomy := l.taxonomy_code)) as evidence
from line as l
left join reference.acp_eligible_taxonomy as e2
  on
    left(l.taxonomy_code, 2) = e2.taxonomy_prefix
    and l.service_date between coalesce(e2.valid_from, l.service_date) and coalesce(e2.valid_to, l.service_date)
left join reference.acp_eligible_taxonomy as e4
  on
    left(l.taxonomy_code, 4) = e4.taxonomy_prefix
    and l.service_date between coalesce(e4.valid_from, l.service_date) and coalesce(e4.valid_to, l.service_date)
where l.taxonomy_code is not null and left(l.taxonomy_code, 3) <> '193' and not left(l.taxonomy_code, 2) between '25' and '34'
