/* Worked findings: one row a finding of an earlier run (direction under, but denials: see mart.worked_denial) that is none any more because
its claim was replaced since, or what was not billed is billed now; with what the remittances have allowed since, beyond what they allowed
at first. A finding that went for another reason (rules, reference data, documentation) has no row. A part of mart.missed_revenue, with its
columns; not published by itself. */
with finding as (
  select
    f.finding_key,
    f.check_id,
    v.claim_key,
    f.line_number
  from audit.finding as f
  left join core.claim_version as v on f.claim_key = v.claim_id
  where f.direction = 'under'
),

gone as (
  select
    h.finding_key,
    h.first_seen_date,
    h.check_id,
    c.title,
    c.family,
    c.proof,
    v.claim_key,
    h.line_number,
    h.documentation_id,
    h.recoverable_amount,
    h.amount_method
  from audit.finding_history as h
  inner join audit.check_result as c on h.check_id = c.check_id
  cross join reference.parameter as q
  left join core.claim_version as v on h.claim_key = v.claim_id
  left join core.claim_line as l on v.claim_key = l.claim_key and h.line_number = l.line_number
  left join core.acp_session as s on case when h.claim_key is null then h.documentation_id end = s.documentation_id and not s.is_repeated
  where
    c.direction = 'under'
    and h.check_id <> 'DEN-01'
    and h.check_id <> 'DEN-02'
    and h.recoverable_amount > 0
    and h.first_seen_date <= q.as_of_date
    -- What has left the look-back is not looked at any more, which is no sign of work.
    and coalesce(l.service_date, v.from_date, s.service_date, q.service_from_date) between q.service_from_date and q.service_to_date
    and not exists (
      select 1
      from finding as f
      where f.finding_key = h.finding_key
    )
),

reworked_line as (
  select
    g.finding_key,
    g.family,
    k.claim_key,
    k.line_number,
    k.corrected_date,
    k.final_claim_key,
    k.final_line_number
  from gone as g
  inner join core.corrected_line as k on g.claim_key = k.claim_key and g.line_number = k.line_number
  where
    not exists (
      select 1
      from finding as f
      where f.check_id = g.check_id and f.claim_key = k.final_claim_key and f.line_number = k.final_line_number
    )
),

billed_late as (
  select
    g.finding_key,
    d.patient_key,
    d.service_date,
    d.clinician_npi
  from gone as g
  inner join core.acp_session as s on g.documentation_id = s.documentation_id and not s.is_repeated
  inner join core.acp_day as d
    on s.patient_key = d.patient_key and s.service_date = d.service_date and s.clinician_npi is not distinct from d.clinician_npi
  where g.claim_key is null and d.is_billed
),

-- The lines whose money tells what came of it: after, and on the first answer before.
touched as (
  select
    b.finding_key,
    l.claim_key,
    l.line_number,
    true as is_after
  from billed_late as b
  inner join core.acp_line as l
    on b.patient_key = l.patient_key and b.service_date = l.service_date and b.clinician_npi is not distinct from l.clinician_npi
  union
  select
    r.finding_key,
    l.claim_key,
    l.line_number,
    true as is_after
  from reworked_line as r
  inner join core.acp_line as d on r.final_claim_key = d.claim_key and r.final_line_number = d.line_number
  inner join core.acp_line as l
    on
      d.patient_key = l.patient_key
      and d.service_date = l.service_date
      and d.clinician_npi is not distinct from l.clinician_npi
      and l.procedure_code = '99498'
  where r.family = 'time'
  union
  select
    r.finding_key,
    l.claim_key,
    l.line_number,
    false as is_after
  from reworked_line as r
  inner join core.claim_line as l on r.claim_key = l.claim_key and l.acp_code = '99498'
  where r.family = 'time'
  union
  select
    finding_key,
    final_claim_key as claim_key,
    final_line_number as line_number,
    true as is_after
  from reworked_line
  where family <> 'time' and final_line_number is not null
  union
  select
    finding_key,
    claim_key,
    line_number,
    false as is_after
  from reworked_line
  where family <> 'time'
),

first_money as (
  select
    t.finding_key,
    t.claim_key,
    t.line_number,
    arg_min(a.allowed_amount, a.adjudication_number) as allowed_amount,
    arg_min(a.patient_responsibility_amount, a.adjudication_number) as patient_amount
  from touched as t
  inner join core.adjudication as a on t.claim_key = a.claim_key and t.line_number = a.line_number
  where not t.is_after and a.is_counted and not a.is_reversal and not a.is_duplicate_denial
  group by t.finding_key, t.claim_key, t.line_number
),

before_money as (
  select
    finding_key,
    sum(allowed_amount) as allowed_amount,
    sum(patient_amount) as patient_amount
  from first_money
  group by finding_key
),

after_money as (
  select
    t.finding_key,
    -- What was denied at first is tier A's.
    sum(case when o.is_first_denied then 0 else o.allowed_amount end) as allowed_amount,
    sum(o.patient_responsibility_amount) as patient_amount,
    bool_or(o.claim_key is not null) as is_answered,
    max(o.last_remit_date) as answered_date,
    min(v.submission_date) as submission_date,
    sum(a.expected_amount) as expected_amount
  from touched as t
  inner join core.claim_version as v on t.claim_key = v.claim_key
  left join core.line_amount as a on t.claim_key = a.claim_key and t.line_number = a.line_number
  left join core.line_outcome as o on t.claim_key = o.claim_key and t.line_number = o.line_number
  where t.is_after
  group by t.finding_key
),

reworked as (
  select
    g.*,
    coalesce(r.corrected_date, m.submission_date) as corrected_date,
    m.is_answered,
    m.answered_date,
    m.expected_amount,
    cast(
      greatest(
        case g.family
          when 'wellness' then coalesce(b.patient_amount - m.patient_amount, 0)
          else coalesce(m.allowed_amount, 0) - coalesce(b.allowed_amount, 0)
        end,
        0
      ) as decimal(18, 2)
    ) as gained_amount
  from gone as g
  left join reworked_line as r on g.finding_key = r.finding_key
  inner join after_money as m on g.finding_key = m.finding_key
  left join before_money as b on g.finding_key = b.finding_key
)

select
  case when r.proof = 'chart' then 'C' else 'B' end as tier,
  r.family,
  r.check_id,
  r.title,
  r.proof,
  r.documentation_id,
  r.claim_key,
  r.line_number,
  cast(null as bigint) as paid_claim_key,
  cast(null as integer) as paid_line_number,
  s.service_date,
  s.clinician_npi,
  cast(null as integer) as minutes,
  case when r.is_answered then cast(0 as decimal(18, 2)) else least(r.recoverable_amount, r.expected_amount) end as recoverable_amount,
  case when r.is_answered then 'answered since' else r.amount_method end as amount_method,
  r.finding_key,
  r.first_seen_date,
  false as is_finding,
  case when r.gained_amount > 0 then 'paid' else 'corrected claim seen' end as recovery_status,
  r.corrected_date,
  case when r.gained_amount > 0 then r.answered_date end as answered_date,
  r.gained_amount as recovered_amount
from reworked as r
left join core.acp_session as s on case when r.claim_key is null then r.documentation_id end = s.documentation_id and not s.is_repeated
