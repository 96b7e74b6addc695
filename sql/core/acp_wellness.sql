/* ACP and the annual wellness visit: one row an ACP line (core.acp_line): whether it carries modifier 33; the visit (G0438, G0439) of the
same clinician and day on its claim, else on another claim; whether the payer answered the visit, and refused it for frequency at the last
answer (nothing paid, no cost share, and reason 119, 151 or 96); and the cost share (deductible and coinsurance, PR 1 + PR 2) that the
payer's remittances leave to the patient on the ACP line, reversals netted; null where they do not tell. */
with visit_line as (
  select
    claim_key,
    line_number,
    patient_key,
    service_date,
    clinician_npi,
    procedure_code,
    is_primary_copy
  from core.claim_line
  where is_final and is_professional_service and procedure_code in ('G0438', 'G0439')
),

line as (
  select
    claim_key,
    line_number
  from core.acp_line
  union all
  select
    claim_key,
    line_number
  from visit_line
),

answer as (
  select
    a.claim_key,
    a.line_number,
    r.file_key,
    r.remit_number,
    a.remit_line_number,
    a.is_reversal,
    a.paid_amount,
    a.patient_responsibility_amount,
    a.answer_number
  from core.line_answer as a
  inner join line as l on a.claim_key = l.claim_key and a.line_number = l.line_number
  inner join core.remit_claim as r on a.remit_key = r.remit_key
  where not a.is_duplicate_denial
),

adjusted as (
  select
    a.claim_key,
    a.line_number,
    a.answer_number,
    coalesce(sum(d.amount) filter (where d.group_code = 'PR' and d.reason_code in ('1', '2')), 0) as cost_share_amount,
    coalesce(bool_or(d.reason_code in ('119', '151', '96')), false) as has_frequency_reason
  from answer as a
  left join raw.remit_adjustment as d
    on
      a.file_key = d.file_key and a.remit_number = d.remit_number and a.remit_line_number is not distinct from d.line_number
  group by a.claim_key, a.line_number, a.answer_number
),

told as (
  select
    a.claim_key,
    a.line_number,
    a.answer_number,
    a.is_reversal,
    case
      when a.patient_responsibility_amount is null then null
      when a.is_reversal then -abs(j.cost_share_amount)
      else j.cost_share_amount
    end as cost_share_amount,
    coalesce(a.paid_amount = 0, false) and j.cost_share_amount = 0 and j.has_frequency_reason as is_frequency_denied
  from answer as a
  inner join adjusted as j on a.claim_key = j.claim_key and a.line_number = j.line_number and a.answer_number = j.answer_number
),

net as (
  select
    claim_key,
    line_number,
    count(*) as answer_count,
    case
      when arg_min(is_reversal, answer_number)
        then arg_max(cost_share_amount, answer_number) filter (where not is_reversal)
      when count(*) = count(cost_share_amount) then sum(cost_share_amount)
    end as cost_share_amount,
    coalesce(arg_max(is_frequency_denied, answer_number) filter (where not is_reversal), false) as is_frequency_denied
  from told
  group by claim_key, line_number
),

visit as (
  select
    l.*,
    n.claim_key is not null as is_answered,
    coalesce(n.is_frequency_denied, false) as is_frequency_denied
  from visit_line as l
  left join net as n on l.claim_key = n.claim_key and l.line_number = n.line_number
),

visit_on_claim as (
  select
    claim_key,
    service_date,
    clinician_npi,
    min(procedure_code) as visit_code,
    bool_or(is_answered) as is_visit_answered,
    bool_and(is_frequency_denied) as is_visit_denied
  from visit
  group by claim_key, service_date, clinician_npi
),

visit_of_day as (
  select
    patient_key,
    service_date,
    clinician_npi,
    min(procedure_code) as visit_code,
    bool_or(is_answered) as is_visit_answered,
    bool_and(is_frequency_denied) as is_visit_denied
  from visit
  where is_primary_copy
  group by patient_key, service_date, clinician_npi
)

select
  l.claim_key,
  l.line_number,
  coalesce('33' in (m.modifier_1, m.modifier_2, m.modifier_3, m.modifier_4), false) as has_modifier_33,
  c.visit_code is not null as is_visit_on_claim,
  c.visit_code is null and d.visit_code is not null as is_visit_on_other_claim,
  coalesce(c.visit_code, d.visit_code) as visit_code,
  coalesce(c.is_visit_answered, d.is_visit_answered, false) as is_visit_answered,
  coalesce(c.is_visit_denied, d.is_visit_denied, false) as is_visit_denied,
  cast(n.cost_share_amount as decimal(18, 2)) as cost_share_amount,
  case
    when n.claim_key is null then 'no remittance: deductible and coinsurance not known'
    when n.cost_share_amount is null then 'remittance without service lines: deductible and coinsurance not known'
    when n.answer_count > 1 then 'PR 1 + PR 2, net of ' || n.answer_count || ' adjudications'
    else 'PR 1 + PR 2 on the remittance'
  end as cost_share_method
from core.acp_line as l
inner join core.claim_line as m on l.claim_key = m.claim_key and l.line_number = m.line_number
left join visit_on_claim as c
  on l.claim_key = c.claim_key and l.service_date = c.service_date and l.clinician_npi is not distinct from c.clinician_npi
left join visit_of_day as d
  on l.patient_key = d.patient_key and l.service_date = d.service_date and l.clinician_npi is not distinct from d.clinician_npi
left join net as n on l.claim_key = n.claim_key and l.line_number = n.line_number
