/* The bridge between the definitions of denial. Grain: from_definition x to_definition (all 20 ordered pairs) x date_basis x month x
step_number, in the order in which the steps are walked. Measures, additive: by how much the step changes unit_count, denied_count,
unit_amount and denied_amount: the measures of from_definition in mart.denial_month + all steps = those of to_definition, exactly, in every
month. Units change on the way: claim lines (line_any, default), claims (hfma_*), remittance claims (primary_zero_pay). hfma_volume and
hfma_dollars count the same claims, so no step lies between them; the mean of three months is made by the reader, at the end of the walk. A
step is made here once, walking up from line_any to primary_zero_pay (audit.denial_step), and turned round walking down. */
with counted_line as (
  select
    claim_key,
    service_date,
    submission_date,
    first_remit_date as remit_date,
    is_first_denied,
    charge_amount
  from core.initial_line
  where charge_amount > 0.01 and first_remit_date is not null
),

line_total as (
  select
    claim_key,
    count(*) as line_count,
    count(*) filter (where is_first_denied) as denied_count,
    sum(charge_amount) as line_amount,
    sum(case when is_first_denied then charge_amount else 0 end) as denied_amount
  from counted_line
  group by claim_key
),

claim as (
  select
    c.claim_key,
    c.service_date,
    c.submission_date,
    c.answer_date as remit_date,
    c.payer_sequence_code,
    c.charge_amount,
    t.line_count,
    t.denied_count,
    t.line_amount,
    t.denied_amount,
    coalesce(t.denied_count > 0, false) as is_denied,
    r.remit_key,
    r.service_date as remit_service_date,
    r.submission_date as remit_submission_date,
    r.remit_date as remit_remit_date,
    r.charge_amount as remit_amount,
    r.is_zero_pay
  from core.initial_claim as c
  left join line_total as t on c.claim_key = t.claim_key
  left join core.primary_remit as r on c.claim_key = r.initial_claim_key and r.answer_number = 1
),

-- Every change, dated on each basis; a null date is no month.
change as (
  select
    case
      when charge_amount <= 0.01 then 'no_charge'
      when first_remit_date is null then 'duplicate_only'
      when has_first_denial_reason then 'line_paid_in_part'
      else 'later_denial'
    end as step,
    service_date,
    submission_date,
    answer_date as remit_date,
    case when charge_amount <= 0.01 or first_remit_date is null then -1 else 0 end as unit_count,
    case when has_denial_reason then -1 else 0 end as denied_count,
    case when charge_amount <= 0.01 or first_remit_date is null then -charge_amount else 0 end as unit_amount,
    case when has_denial_reason then -charge_amount else 0 end as denied_amount
  from core.initial_line
  where charge_amount <= 0.01 or first_remit_date is null or (has_denial_reason and not is_first_denied)
  union all
  select
    'dated_by_claim' as step,
    l.service_date,
    l.submission_date,
    l.remit_date,
    -1 as unit_count,
    case when l.is_first_denied then -1 else 0 end as denied_count,
    -l.charge_amount as unit_amount,
    case when l.is_first_denied then -l.charge_amount else 0 end as denied_amount
  from counted_line as l
  inner join claim as c on l.claim_key = c.claim_key
  where
    date_trunc('month', l.service_date) is distinct from date_trunc('month', c.service_date)
    or date_trunc('month', l.remit_date) is distinct from date_trunc('month', c.remit_date)
  union all
  select
    'dated_by_claim' as step,
    c.service_date,
    c.submission_date,
    c.remit_date,
    1 as unit_count,
    case when l.is_first_denied then 1 else 0 end as denied_count,
    l.charge_amount as unit_amount,
    case when l.is_first_denied then l.charge_amount else 0 end as denied_amount
  from counted_line as l
  inner join claim as c on l.claim_key = c.claim_key
  where
    date_trunc('month', l.service_date) is distinct from date_trunc('month', c.service_date)
    or date_trunc('month', l.remit_date) is distinct from date_trunc('month', c.remit_date)
  union all
  select
    'lines_grouped' as step,
    service_date,
    submission_date,
    remit_date,
    1 - line_count as unit_count,
    case when is_denied then 1 - denied_count else 0 end as denied_count,
    0 as unit_amount,
    0 as denied_amount
  from claim
  where line_count > 1
  union all
  select
    'whole_charge' as step,
    service_date,
    submission_date,
    remit_date,
    0 as unit_count,
    0 as denied_count,
    charge_amount - line_amount as unit_amount,
    case when is_denied then charge_amount - denied_amount else 0 end as denied_amount
  from claim
  where line_count is not null and (charge_amount <> line_amount or (is_denied and charge_amount <> denied_amount))
  union all
  select
    case when remit_date is null then 'not_answered' else 'no_counted_line' end as step,
    service_date,
    submission_date,
    remit_date,
    1 as unit_count,
    0 as denied_count,
    charge_amount as unit_amount,
    0 as denied_amount
  from claim
  where line_count is null
  union all
  select
    case
      when remit_date is null then 'no_remit'
      when coalesce(payer_sequence_code, 'P') <> 'P' then 'later_payer'
      else 'no_primary_remit'
    end as step,
    service_date,
    submission_date,
    remit_date,
    -1 as unit_count,
    case when is_denied then -1 else 0 end as denied_count,
    -charge_amount as unit_amount,
    case when is_denied then -charge_amount else 0 end as denied_amount
  from claim
  where remit_key is null
  union all
  select
    'dated_by_remit' as step,
    service_date,
    submission_date,
    remit_date,
    -1 as unit_count,
    case when is_denied then -1 else 0 end as denied_count,
    -charge_amount as unit_amount,
    case when is_denied then -charge_amount else 0 end as denied_amount
  from claim
  where
    remit_key is not null
    and (
      date_trunc('month', service_date) is distinct from date_trunc('month', remit_service_date)
      or date_trunc('month', submission_date) is distinct from date_trunc('month', remit_submission_date)
      or date_trunc('month', remit_date) is distinct from date_trunc('month', remit_remit_date)
    )
  union all
  select
    'dated_by_remit' as step,
    remit_service_date as service_date,
    remit_submission_date as submission_date,
    remit_remit_date as remit_date,
    1 as unit_count,
    case when is_denied then 1 else 0 end as denied_count,
    charge_amount as unit_amount,
    case when is_denied then charge_amount else 0 end as denied_amount
  from claim
  where
    remit_key is not null
    and (
      date_trunc('month', service_date) is distinct from date_trunc('month', remit_service_date)
      or date_trunc('month', submission_date) is distinct from date_trunc('month', remit_submission_date)
      or date_trunc('month', remit_date) is distinct from date_trunc('month', remit_remit_date)
    )
  union all
  select
    'payer_charge' as step,
    remit_service_date as service_date,
    remit_submission_date as submission_date,
    remit_remit_date as remit_date,
    0 as unit_count,
    0 as denied_count,
    remit_amount - charge_amount as unit_amount,
    case when is_denied then remit_amount - charge_amount else 0 end as denied_amount
  from claim
  where remit_key is not null and remit_amount <> charge_amount
  union all
  select
    case when is_denied then 'claim_paid_in_part' else 'zero_without_denial' end as step,
    remit_service_date as service_date,
    remit_submission_date as submission_date,
    remit_remit_date as remit_date,
    0 as unit_count,
    case when is_denied then -1 else 1 end as denied_count,
    0 as unit_amount,
    case when is_denied then -remit_amount else remit_amount end as denied_amount
  from claim
  where remit_key is not null and is_denied <> is_zero_pay
  union all
  select
    case
      when claim_key is null then 'no_claim'
      when family_key is null then 'other_claim'
      else 'further_remits'
    end as step,
    service_date,
    submission_date,
    remit_date,
    1 as unit_count,
    case when is_zero_pay then 1 else 0 end as denied_count,
    charge_amount as unit_amount,
    case when is_zero_pay then charge_amount else 0 end as denied_amount
  from core.primary_remit
  where answer_number is null or answer_number > 1
  union all
  select
    'before_window' as step,
    cast(null as date) as service_date,
    cast(null as date) as submission_date,
    remit_date,
    -1 as unit_count,
    case when is_zero_pay then -1 else 0 end as denied_count,
    -charge_amount as unit_amount,
    case when is_zero_pay then -charge_amount else 0 end as denied_amount
  from core.primary_remit
  where remit_date <= cast(last_day(remit_date) - interval 28 day as date)
),

summed as (
  select
    step,
    date_trunc('month', service_date) as service_month,
    date_trunc('month', submission_date) as submission_month,
    date_trunc('month', remit_date) as remit_month,
    sum(unit_count) as unit_count,
    sum(denied_count) as denied_count,
    sum(unit_amount) as unit_amount,
    sum(denied_amount) as denied_amount
  from change
  group by step, date_trunc('month', service_date), date_trunc('month', submission_date), date_trunc('month', remit_date)
),

dated as (
  select
    *,
    'service' as date_basis,
    service_month as month
  from summed
  union all
  select
    *,
    'submission' as date_basis,
    submission_month as month
  from summed
  union all
  select
    *,
    'remit' as date_basis,
    remit_month as month
  from summed
),

walked as (
  select
    step,
    date_basis,
    month,
    sum(unit_count) as unit_count,
    sum(denied_count) as denied_count,
    sum(unit_amount) as unit_amount,
    sum(denied_amount) as denied_amount
  from dated
  where month is not null
  group by step, date_basis, month
),

pair as (
  select
    a.definition as from_definition,
    b.definition as to_definition,
    case when a.bridge_place <= b.bridge_place then 1 else -1 end as direction,
    least(a.bridge_place, b.bridge_place) as low_place,
    greatest(a.bridge_place, b.bridge_place) as high_place
  from audit.denial_definition as a
  inner join audit.denial_definition as b on a.definition <> b.definition
)

select
  p.from_definition,
  p.to_definition,
  w.date_basis,
  strftime(w.month, '%Y-%m') as month,
  cast(p.direction * s.step_number as integer) as step_number,
  s.step,
  case when p.direction = 1 then s.reason_up else s.reason_down end as reason,
  cast(p.direction * w.unit_count as bigint) as unit_count,
  cast(p.direction * w.denied_count as bigint) as denied_count,
  cast(p.direction * w.unit_amount as decimal(18, 2)) as unit_amount,
  cast(p.direction * w.denied_amount as decimal(18, 2)) as denied_amount
from pair as p
inner join audit.denial_step as s on p.low_place <= s.bridge_place and p.high_place > s.bridge_place
inner join walked as w on s.step = w.step
where w.unit_count <> 0 or w.denied_count <> 0 or w.unit_amount <> 0 or w.denied_amount <> 0
