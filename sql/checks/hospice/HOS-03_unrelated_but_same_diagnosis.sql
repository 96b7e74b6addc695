/* ---
id: HOS-03
title: Modifier GW (unrelated) with the diagnosis that the patient is in hospice for
family: hospice
direction: over
proof: suggests
severity: medium
needs: [claims, hospice]
counts: >-
  Each professional line with GW inside a hospice span, where the line has a diagnosis and a hospice claim or notice of the span has a
  principal one.
amount: allowed of the line
authority: >-
  Novitas, First Coast and Noridian articles on modifiers GV and GW
valid_from: 2016-01-01
false_positives: >-
  One category of three characters holds unlike conditions (Z51, R69, or a second cancer of the same organ); a condition that was there
  before and that the hospice has found unrelated in writing.
fix: >-
  Ask the hospice for its list of unrelated conditions. Where the service was related, send GV (attending not employed by the hospice)
  instead of GW, or bill the hospice.
teach: >-
  GW says that the service has nothing to do with the terminal illness. With the same diagnosis as the hospice's, that is hard to defend.
--- */
with principal as (
  select distinct
    s.patient_key,
    s.span_number,
    s.start_date,
    s.end_date,
    d.category_code
  from core.hospice_evidence as e
  inner join core.hospice_span as s on e.patient_key = s.patient_key and e.start_date between s.start_date and s.end_date
  inner join core.claim_diagnosis as d on e.claim_key = d.claim_key and d.is_principal
  where e.line_number is null
),

span as (
  select
    patient_key,
    span_number,
    start_date,
    end_date,
    string_agg(category_code, ' ' order by category_code) as category_codes
  from principal
  group by patient_key, span_number, start_date, end_date
),

line as (
  select
    h.claim_key,
    h.line_number,
    h.patient_key,
    s.span_number,
    s.category_codes,
    coalesce(p.code, f.code) as diagnosis_code,
    coalesce(p.category_code, f.category_code) as category_code
  from core.hospice_line as h
  inner join core.claim_line as l on h.claim_key = l.claim_key and h.line_number = l.line_number
  inner join span as s on h.patient_key = s.patient_key and h.service_date between s.start_date and s.end_date
  left join core.claim_diagnosis as p
    on h.claim_key = p.claim_key and p.family = 'diagnosis' and l.diagnosis_pointer_1 = p.code_ordinal
  left join core.claim_diagnosis as f on h.claim_key = f.claim_key and f.family = 'diagnosis' and f.code_ordinal = 1
  where h.claim_type = 'professional' and h.has_gw
)

select
  l.claim_key,
  l.line_number,
  cast(null as varchar) as documentation_id,
  m.patient_key is not null as is_violation,
  cast(null as integer) as minutes,
  a.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  a.amount_method,
  to_json(struct_pack(diagnosis := l.diagnosis_code, hospice_categories := l.category_codes)) as evidence
from line as l
inner join core.line_amount as a on l.claim_key = a.claim_key and l.line_number = a.line_number
left join principal as m on l.patient_key = m.patient_key and l.span_number = m.span_number and l.category_code = m.category_code
where l.category_code is not null
