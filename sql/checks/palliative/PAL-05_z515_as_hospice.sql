/* ---
id: PAL-05
title: Hospice claim whose only diagnosis is Z51.5
family: palliative
direction: denial
proof: claim
severity: high
needs: [claims]
counts: >-
  Each hospice claim (type of bill 81x or 82x) with a diagnosis; notices of election, change and termination (8xA to 8xE) are no claims.
  The admitting diagnosis does not count.
amount: charge of the claim
authority: >-
  Seed 000 (Z51.5 is palliative care, not hospice billing); PostAcuteTools on hospice types of bill; ICD-10-CM use of Z51.5 as a secondary
  diagnosis
valid_from: 2016-01-01
false_positives: The terminal illness stood on the claim and was lost on the way; look at the claim as it was sent.
fix: Put the terminal illness as the principal diagnosis, or, where the patient had not elected hospice, bill the visits instead.
teach: A hospice claim names the terminal illness. Z51.5 stands beside an illness, never alone on a hospice claim.
--- */
with diagnosis as (
  select
    claim_key,
    count(*) filter (where code <> 'Z515') as other_count
  from core.claim_diagnosis
  where family = 'diagnosis'
  group by claim_key
),

-- Final, and no copy of another payer's claim
own as (
  select distinct claim_key
  from core.claim_line
  where is_primary_copy
)

select
  v.claim_key,
  cast(null as integer) as line_number,
  cast(null as varchar) as documentation_id,
  d.other_count = 0 as is_violation,
  cast(null as integer) as minutes,
  v.charge_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  'charge of the claim' as amount_method,
  to_json(struct_pack(type_of_bill := v.facility_code || coalesce(v.frequency_code, ''))) as evidence
from core.claim_version as v
inner join own as o on v.claim_key = o.claim_key
inner join diagnosis as d on v.claim_key = d.claim_key
inner join reference.hospice_code as h
  on
    h.code_kind = 'facility_code'
    and v.facility_code = h.code
    and v.from_date between coalesce(h.valid_from, v.from_date) and coalesce(h.valid_to, v.from_date)
where
  v.claim_type = 'institutional'
  and not coalesce(v.frequency_code in ('A', 'B', 'C', 'D', 'E'), false)
