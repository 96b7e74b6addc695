/* What became of initial denials: one row a line denied at its first adjudication (default definition, core.initial_line). Later answers
are those of the same line, and of the line of the same code and day on the claim's other versions (its nth of such lines for the nth),
so that a denial worked with a corrected claim counts as well. overturned_date: the day of the first later answer that paid or moved
something to the patient, where the net of all later answers is still above nothing; null: not overturned. */
with denied as (
  select
    claim_key,
    line_number,
    family_key,
    first_remit_date,
    payer_id,
    code_family,
    charge_amount
  from core.initial_line
  where is_first_denied and charge_amount > 0.01
),

family as (
  select distinct family_key
  from denied
),

line as (
  select
    v.family_key,
    l.claim_key,
    l.line_number,
    coalesce(l.procedure_code, l.revenue_code) as code,
    l.service_date,
    row_number() over (
      partition by l.claim_key, coalesce(l.procedure_code, l.revenue_code), l.service_date
      order by l.line_number
    ) as occurrence_number
  from core.claim_line as l
  inner join core.claim_version as v on l.claim_key = v.claim_key
  inner join family as f on v.family_key = f.family_key
),

same_service as (
  select
    d.claim_key,
    d.line_number,
    o.claim_key as answered_claim_key,
    o.line_number as answered_line_number
  from denied as d
  inner join line as l on d.claim_key = l.claim_key and d.line_number = l.line_number
  inner join line as o
    on
      l.family_key = o.family_key
      and l.code = o.code
      and l.service_date is not distinct from o.service_date
      and l.occurrence_number = o.occurrence_number
),

later as (
  select
    s.claim_key,
    s.line_number,
    min(a.remit_date) filter (
      where not a.is_reversal and (a.paid_amount > 0 or a.patient_responsibility_amount > 0)
    ) as paid_date,
    sum(a.paid_amount) as paid_amount,
    sum(a.patient_responsibility_amount) as patient_responsibility_amount
  from same_service as s
  inner join denied as d on s.claim_key = d.claim_key and s.line_number = d.line_number
  inner join core.adjudication as a on s.answered_claim_key = a.claim_key and s.answered_line_number = a.line_number
  where a.is_counted and a.remit_date >= d.first_remit_date
  group by s.claim_key, s.line_number
)

select
  d.claim_key,
  d.line_number,
  d.family_key,
  d.first_remit_date as denied_date,
  d.payer_id,
  d.code_family,
  d.charge_amount,
  case when p.paid_amount > 0 or p.patient_responsibility_amount > 0 then p.paid_date end as overturned_date
from denied as d
left join later as p on d.claim_key = p.claim_key and d.line_number = p.line_number
