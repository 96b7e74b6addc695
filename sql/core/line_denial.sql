/* Denied lines: one row a line that takes part (final, primary copy, professional or 0657) and was ever denied (RULES.md section 7, default
definition), by its first denial: the reason codes of the line, its remark codes and the claim's, the cause group, and what came after: the
next remittance, and the day the very same lines were submitted again. cause: of a code that is grouped other than "other", reason codes
before remark codes and the chief reason first; else other; unlisted where no code is grouped. */
with denied_line as (
  select distinct
    a.claim_key,
    a.line_number,
    v.submission_date
  from core.line_answer as a
  inner join core.claim_line as l on a.claim_key = l.claim_key and a.line_number = l.line_number
  inner join core.claim_version as v on a.claim_key = v.claim_key
  where a.is_denied and l.is_primary_copy and l.is_professional_service
),

ordered as (
  select
    a.claim_key,
    a.line_number,
    d.submission_date,
    a.is_of_repetition,
    a.remit_key,
    a.remit_line_number,
    a.answer_number,
    a.remit_date,
    a.denial_reason_code,
    a.is_denied,
    lead(a.remit_date) over (partition by a.claim_key, a.line_number order by a.answer_number) as next_remit_date
  from core.line_answer as a
  inner join denied_line as d on a.claim_key = d.claim_key and a.line_number = d.line_number
),

denial as (
  select
    o.*,
    r.file_key,
    r.remit_number
  from ordered as o
  inner join core.remit_claim as r on o.remit_key = r.remit_key
  where o.is_denied
  qualify row_number() over (partition by o.claim_key, o.line_number order by o.answer_number) = 1
),

code as (
  select distinct
    d.claim_key,
    d.line_number,
    'CARC' as code_system,
    a.reason_code as code,
    a.reason_code = d.denial_reason_code as is_chief
  from denial as d
  inner join raw.remit_adjustment as a
    on
      d.file_key = a.file_key
      and d.remit_number = a.remit_number
      and (d.remit_line_number is not distinct from a.line_number or (a.line_number is null and d.denial_reason_code = a.reason_code))
  left join reference.adjustment_reason as n
    on
      a.reason_code = n.reason_code
      and coalesce(d.remit_date between coalesce(n.valid_from, d.remit_date) and coalesce(n.valid_to, d.remit_date), n.valid_to is null)
  where a.reason_code is not null and coalesce(n.is_denial, true)
  union all
  select distinct
    d.claim_key,
    d.line_number,
    'RARC' as code_system,
    k.remark_code as code,
    false as is_chief
  from denial as d
  inner join raw.remit_remark as k on d.file_key = k.file_key and d.remit_number = k.remit_number
  where k.remark_code is not null and (k.line_number is null or k.line_number = d.remit_line_number)
),

listed as (
  select
    claim_key,
    line_number,
    string_agg(case when code_system = 'CARC' then code end, ' ' order by is_chief desc, code) as reason_codes,
    string_agg(case when code_system = 'RARC' then code end, ' ' order by code) as remark_codes
  from code
  group by claim_key, line_number
),

grouped as (
  select
    c.claim_key,
    c.line_number,
    g.cause
  from code as c
  inner join denial as d on c.claim_key = d.claim_key and c.line_number = d.line_number
  inner join reference.acp_denial_cause as g
    on
      c.code_system = g.code_system
      and c.code = g.code
      and d.remit_date between coalesce(g.valid_from, d.remit_date) and coalesce(g.valid_to, d.remit_date)
  qualify row_number() over (
      partition by c.claim_key, c.line_number
      order by g.cause = 'other', c.code_system, c.is_chief desc, c.code, g.cause
    ) = 1
)

select
  d.claim_key,
  d.line_number,
  d.remit_date as denied_date,
  l.reason_codes,
  l.remark_codes,
  coalesce(g.cause, 'unlisted') as cause,
  d.next_remit_date,
  case when d.is_of_repetition and d.submission_date > d.remit_date then d.submission_date end as resubmitted_date
from denial as d
left join listed as l on d.claim_key = l.claim_key and d.line_number = l.line_number
left join grouped as g on d.claim_key = g.claim_key and d.line_number = g.line_number
