/* ---
id: PAL-02
title: Palliative clinician's visit or ACP without Z51.5
family: palliative
direction: info
proof: suggests
severity: low
needs: [claims, taxonomies]
counts: >-
  Each line of an E/M visit (reference.em_family) or of ACP on a professional claim by a clinician with a palliative taxonomy; hospice
  claims take no part, for Z51.5 is not asked of them.
amount: none; nothing was wrongly paid
authority: >-
  Seed 000 (use Z51.5 for palliative care); seed 001 (often paired with ACP); health care provider taxonomy, hospice and palliative medicine
valid_from: 2016-01-01
false_positives: >-
  The visit was not palliative care (the clinician also practices another specialty, or sees hospice patients as attending). No payer
  requires the code for payment. Nurse practitioners in palliative care have no taxonomy that shows it and are not judged.
fix: Where the encounter was for palliative care, add Z51.5, usually as a secondary diagnosis behind the illness.
teach: Z51.5 tells the payer that the encounter was for palliative care. Put the illness first, then Z51.5.
--- */
with line as (
  select
    claim_key,
    line_number,
    clinician_npi,
    service_date
  from core.em_line
  where claim_type = 'professional'
  union
  select
    a.claim_key,
    a.line_number,
    a.clinician_npi,
    a.service_date
  from core.acp_line as a
  inner join core.claim_version as v on a.claim_key = v.claim_key
  where v.claim_type = 'professional'
),

palliative as (
  select distinct claim_key
  from core.claim_diagnosis
  where family = 'diagnosis' and code = 'Z515'
)

select
  l.claim_key,
  l.line_number,
  cast(null as varchar) as documentation_id,
  d.claim_key is null as is_violation,
  cast(null as integer) as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  cast(null as varchar) as amount_method,
  to_json(struct_pack(taxonomy := n.clinician_taxonomy_code)) as evidence
from line as l
inner join core.clinician_day as n
  on l.clinician_npi = n.clinician_npi and l.service_date = n.service_date and n.is_palliative
left join palliative as d on l.claim_key = d.claim_key
