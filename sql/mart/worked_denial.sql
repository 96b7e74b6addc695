/* Worked denials: one row a line that was denied at first, or paid short at first, and that no check flags any more: won since, on a claim
that was corrected since, or paid in full since. Made from the remittances and claim versions alone; what earlier runs found adds only when
it was first seen. A part of mart.missed_revenue, with its columns; not published by itself. */
with carrying as (
  select
    v.claim_key,
    f.line_number,
    f.check_id
  from audit.finding as f
  inner join core.claim_version as v on f.claim_key = v.claim_id
  where f.check_id in ('DEN-01', 'DEN-02', 'DEN-03')
),

denial_history as (
  select
    v.claim_key,
    h.line_number,
    min(h.first_seen_date) as first_seen_date,
    arg_min(h.finding_key, h.check_id) as finding_key
  from audit.finding_history as h
  cross join reference.parameter as q
  inner join core.claim_version as v on h.claim_key = v.claim_id
  where h.check_id in ('DEN-01', 'DEN-02', 'DEN-03') and h.first_seen_date <= q.as_of_date
  group by v.claim_key, h.line_number
),

-- Won since, …
won as (
  select
    o.claim_key,
    o.line_number
  from core.line_outcome as o
  inner join core.claim_line as l on o.claim_key = l.claim_key and o.line_number = l.line_number
  where
    o.is_overturned
    and l.is_primary_copy
    and l.is_professional_service
    and not exists (
      select 1
      from carrying as f
      where f.claim_key = o.claim_key and f.line_number = o.line_number and f.check_id in ('DEN-01', 'DEN-02')
    )
),

carried as (
  select
    claim_key,
    line_number
  from carrying
  where check_id in ('DEN-01', 'DEN-02')
  union
  select
    claim_key,
    line_number
  from won
),

-- … or on a claim that was corrected after the denial; the corrected line, where it is denied too, has a row of its own.
corrected as (
  select
    k.claim_key,
    k.line_number,
    k.corrected_date,
    k.final_claim_key,
    k.final_line_number
  from core.corrected_line as k
  inner join core.line_outcome as o on k.claim_key = o.claim_key and k.line_number = o.line_number
  inner join core.claim_line as l on k.claim_key = l.claim_key and k.line_number = l.line_number
  left join core.claim_line as n on k.final_claim_key = n.claim_key and k.final_line_number = n.line_number
  left join carried as t on k.final_claim_key = t.claim_key and k.final_line_number = t.line_number
  where
    o.is_first_denied
    and k.corrected_date > o.first_remit_date
    and coalesce(n.is_primary_copy, coalesce(l.payer_sequence_code, 'P') = 'P')
    and t.claim_key is null
  qualify row_number() over (
      partition by
        k.final_claim_key, k.final_line_number,
        case when k.final_line_number is null then k.claim_key end, case when k.final_line_number is null then k.line_number end
      order by o.first_remit_date desc, k.claim_key, k.line_number
    ) = 1
),

-- Paid short at first, and in full after a reversal.
first_answer as (
  select
    a.claim_key,
    a.line_number,
    arg_min(a.allowed_amount, a.adjudication_number) as allowed_amount
  from core.adjudication as a
  inner join core.line_outcome as o on a.claim_key = o.claim_key and a.line_number = o.line_number
  where o.reversal_count > 0 and a.is_counted and not a.is_reversal and not a.is_duplicate_denial
  group by a.claim_key, a.line_number
),

made_good as (
  select
    p.claim_key,
    p.line_number,
    cast(p.allowed_amount - a.allowed_amount as decimal(18, 2)) as recovered_amount
  from core.payment_comparison as p
  inner join first_answer as a on p.claim_key = a.claim_key and p.line_number = a.line_number
  cross join reference.parameter as q
  where
    p.is_judged
    and not p.is_short
    and a.allowed_amount > 0
    and a.allowed_amount * 100
    < p.expected_amount * case p.expected_basis when 'contract' then q.paid_below_contract_percent else q.paid_below_expected_percent end
    and not exists (
      select 1
      from carrying as f
      where f.claim_key = p.claim_key and f.line_number = p.line_number and f.check_id = 'DEN-03'
    )
)

select
  'A' as tier,
  'denial' as family,
  cast(null as varchar) as check_id,
  'Line denied at its first adjudication, paid or moved to the patient since' as title,
  'claim' as proof,
  cast(null as varchar) as documentation_id,
  w.claim_key,
  w.line_number,
  w.claim_key as paid_claim_key,
  w.line_number as paid_line_number,
  cast(null as date) as service_date,
  cast(null as varchar) as clinician_npi,
  cast(null as integer) as minutes,
  cast(0 as decimal(18, 2)) as recoverable_amount,
  'paid or moved to the patient since' as amount_method,
  h.finding_key,
  h.first_seen_date,
  false as is_finding,
  'paid' as recovery_status,
  d.resubmitted_date as corrected_date,
  cast(null as date) as answered_date,
  o.allowed_amount as recovered_amount
from won as w
inner join core.line_outcome as o on w.claim_key = o.claim_key and w.line_number = o.line_number
left join core.line_denial as d on w.claim_key = d.claim_key and w.line_number = d.line_number
left join denial_history as h on w.claim_key = h.claim_key and w.line_number = h.line_number
union all
select
  'A' as tier,
  'denial' as family,
  cast(null as varchar) as check_id,
  'Line denied at its first adjudication, on a claim that was corrected since' as title,
  'claim' as proof,
  cast(null as varchar) as documentation_id,
  k.claim_key,
  k.line_number,
  k.final_claim_key as paid_claim_key,
  k.final_line_number as paid_line_number,
  cast(null as date) as service_date,
  cast(null as varchar) as clinician_npi,
  cast(null as integer) as minutes,
  case
    when k.final_line_number is null or o.paid_amount > 0 or o.patient_responsibility_amount > 0 then cast(0 as decimal(18, 2))
    else a.expected_amount
  end as recoverable_amount,
  case
    when k.final_line_number is null then 'not on the corrected claim'
    when o.paid_amount > 0 or o.patient_responsibility_amount > 0 then 'paid or moved to the patient since'
    else a.expected_method
  end as amount_method,
  h.finding_key,
  h.first_seen_date,
  false as is_finding,
  case when o.paid_amount > 0 or o.patient_responsibility_amount > 0 then 'paid' else 'corrected claim seen' end as recovery_status,
  k.corrected_date,
  cast(null as date) as answered_date,
  o.allowed_amount as recovered_amount
from corrected as k
left join core.line_outcome as o on k.final_claim_key = o.claim_key and k.final_line_number = o.line_number
left join core.line_amount as a on k.final_claim_key = a.claim_key and k.final_line_number = a.line_number
left join denial_history as h on k.claim_key = h.claim_key and k.line_number = h.line_number
union all
select
  'B' as tier,
  'denial' as family,
  cast(null as varchar) as check_id,
  'Line paid short at its first adjudication, and in full since' as title,
  'suggests' as proof,
  cast(null as varchar) as documentation_id,
  g.claim_key,
  g.line_number,
  g.claim_key as paid_claim_key,
  g.line_number as paid_line_number,
  cast(null as date) as service_date,
  cast(null as varchar) as clinician_npi,
  cast(null as integer) as minutes,
  cast(0 as decimal(18, 2)) as recoverable_amount,
  'paid in full since' as amount_method,
  h.finding_key,
  h.first_seen_date,
  false as is_finding,
  'paid' as recovery_status,
  cast(null as date) as corrected_date,
  o.last_remit_date as answered_date,
  g.recovered_amount
from made_good as g
inner join core.line_outcome as o on g.claim_key = o.claim_key and g.line_number = o.line_number
left join denial_history as h on g.claim_key = h.claim_key and g.line_number = h.line_number
