/* Corrected lines: one row a line of a professional or 0657 claim version that a later version took the place of (replaced, or voided and
sent again; not the very same lines submitted again, which core.line_outcome answers for together), with the line of the final version that
stands for it: the same code, day and place among such lines, else the same line number where that line stands for no other; null where the
final version holds no such line. corrected_date is the day the final version was submitted. */
with superseded as (
  select
    v.claim_key,
    f.claim_key as final_claim_key,
    f.submission_date as corrected_date
  from core.claim_version as v
  inner join core.claim_version as f on v.family_key = f.family_key
  where
    not v.is_final
    and v.final_reason in ('replaced', 'voided')
    and f.is_final
    and f.version_number > v.version_number
),

final_claim as (
  select distinct final_claim_key
  from superseded
),

old_line as (
  select
    l.claim_key,
    l.line_number,
    s.final_claim_key,
    s.corrected_date,
    coalesce(l.acp_code, l.procedure_code) as procedure_code,
    l.service_date,
    row_number() over (
      partition by l.claim_key, coalesce(l.acp_code, l.procedure_code), l.service_date
      order by l.line_number
    ) as occurrence_number
  from superseded as s
  inner join core.claim_line as l on s.claim_key = l.claim_key
  where l.is_professional_service
),

new_line as (
  select
    l.claim_key,
    l.line_number,
    coalesce(l.acp_code, l.procedure_code) as procedure_code,
    l.service_date,
    row_number() over (
      partition by l.claim_key, coalesce(l.acp_code, l.procedure_code), l.service_date
      order by l.line_number
    ) as occurrence_number
  from final_claim as c
  inner join core.claim_line as l on c.final_claim_key = l.claim_key
  where l.is_professional_service
),

by_code as (
  select
    o.claim_key,
    o.line_number,
    n.claim_key as final_claim_key,
    n.line_number as final_line_number
  from old_line as o
  inner join new_line as n
    on
      o.final_claim_key = n.claim_key
      and o.procedure_code is not distinct from n.procedure_code
      and o.service_date is not distinct from n.service_date
      and o.occurrence_number = n.occurrence_number
),

by_number as (
  select
    o.claim_key,
    o.line_number,
    n.line_number as final_line_number
  from old_line as o
  inner join new_line as n on o.final_claim_key = n.claim_key and o.line_number = n.line_number
  left join by_code as b on o.claim_key = b.claim_key and o.line_number = b.line_number
  left join by_code as t on o.claim_key = t.claim_key and n.line_number = t.final_line_number
  where b.claim_key is null and t.claim_key is null
)

select
  o.claim_key,
  o.line_number,
  o.corrected_date,
  o.final_claim_key,
  coalesce(b.final_line_number, n.final_line_number) as final_line_number
from old_line as o
left join by_code as b on o.claim_key = b.claim_key and o.line_number = b.line_number
left join by_number as n on o.claim_key = n.claim_key and o.line_number = n.line_number
