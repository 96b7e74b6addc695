/* ---
id: HOS-01
title: Professional service during hospice without modifier GV or GW, or without GV where the payer wants it from the attending in any case
family: hospice
direction: denial
proof: claim
severity: high
needs: [claims, hospice]
counts: Each professional line on a day inside a hospice span of its patient.
amount: E(code) of the line; where nothing prices it, what was allowed on it, and nothing where that is nothing
authority: >-
  Novitas, First Coast and Noridian articles on modifiers GV and GW (Noridian: GV whether or not related); payer policy (reference data);
  Medical Billers and Coders on B9 denials
valid_from: 2016-01-01
false_positives: >-
  The election ended without a claim that says so; a payer that does not use GV and GW; services of a hospice physician that the hospice
  bills.
fix: >-
  Add GV (attending physician not employed by the hospice) or GW (not related to the terminal illness) and resubmit. Where the payer wants
  GV regardless of relatedness, the attending's GW becomes GV.
teach: >-
  While a patient has elected hospice, Medicare pays professional claims only with GV or GW; without either the line is denied B9.
  Ask for the hospice status before the visit.
--- */
with attending as (
  select
    e.patient_key,
    s.start_date,
    v.attending_npi
  from core.hospice_evidence as e
  inner join core.claim_version as v on e.claim_key = v.claim_key
  inner join core.hospice_span as s on e.patient_key = s.patient_key and e.start_date between s.start_date and s.end_date
  where v.claim_type = 'institutional' and v.attending_npi is not null
),

-- GV is the attending's alone. Where the payer wants it regardless of relatedness, GW does not do for the attending that the hospice's
-- claims name; where they name none, whoever sends GW may be the attending.
known as (
  select
    h.claim_key,
    h.line_number,
    bool_or(t.attending_npi = l.clinician_npi) as is_attending
  from core.hospice_line as h
  inner join core.claim_line as l on h.claim_key = l.claim_key and h.line_number = l.line_number
  inner join attending as t on h.patient_key = t.patient_key and h.span_start_date = t.start_date
  where h.claim_type = 'professional' and h.is_in_span
  group by h.claim_key, h.line_number
)

select
  h.claim_key,
  h.line_number,
  cast(null as varchar) as documentation_id,
  not h.has_gv and (not h.has_gw or (coalesce(y.is_gv_regardless, false) and coalesce(k.is_attending, true))) as is_violation,
  cast(null as integer) as minutes,
  coalesce(a.expected_amount, nullif(a.allowed_amount, 0)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  case when a.expected_amount is null and a.allowed_amount > 0 then a.amount_method else a.expected_method end as amount_method,
  to_json(
    struct_pack(
      gv_regardless := coalesce(y.is_gv_regardless, false),
      policy := y.policy_rule,
      span_end := h.span_end_date,
      span_evidence := h.span_evidence,
      span_start := h.span_start_date
    )
  ) as evidence
from core.hospice_line as h
inner join core.line_amount as a on h.claim_key = a.claim_key and h.line_number = a.line_number
left join core.line_policy as y on h.claim_key = y.claim_key and h.line_number = y.line_number
left join known as k on h.claim_key = k.claim_key and h.line_number = k.line_number
where h.claim_type = 'professional' and h.is_in_span
