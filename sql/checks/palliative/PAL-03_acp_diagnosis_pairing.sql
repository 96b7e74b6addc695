/* ---
id: PAL-03
title: ACP without any of the diagnoses often paired with it
family: palliative
direction: info
proof: suggests
severity: low
needs: [claims]
counts: Each ACP line; looked for are Z71.89, Z51.5 and Z66 among all diagnoses of its claim.
amount: none; nothing was wrongly paid
authority: >-
  Seed 001 (Z71.89, Z51.5 and Z66 are often paired with ACP); CMS ACP FAQ of 2016 (no diagnosis is required)
valid_from: 2016-01-01
false_positives: >-
  Medicare requires none of the three: the illness that was talked about is enough. With an annual wellness visit its own diagnosis stands.
fix: Where the record supports one of them, add it on the next claim; nothing is to be refunded.
teach: Z71.89 (counseling), Z51.5 (palliative care) or Z66 (do not resuscitate) beside the illness tells what the ACP was about.
--- */
with acp_claim as (
  select distinct claim_key
  from core.acp_line
),

diagnosis as (
  select distinct
    d.claim_key,
    d.code
  from core.claim_diagnosis as d
  inner join acp_claim as a on d.claim_key = a.claim_key
  where d.family = 'diagnosis'
),

listed as (
  select
    claim_key,
    string_agg(code, ' ' order by code) as codes,
    bool_or(code in ('Z7189', 'Z515', 'Z66')) as is_paired
  from diagnosis
  group by claim_key
)

select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  not coalesce(d.is_paired, false) as is_violation,
  l.acp_minutes as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  cast(null as varchar) as amount_method,
  to_json(struct_pack(diagnoses := d.codes)) as evidence
from core.acp_line as l
left join listed as d on l.claim_key = d.claim_key
