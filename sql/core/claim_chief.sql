/* Chief lines: one row a claim version with lines: what stands for the whole claim where claims are counted. The chief line is the first
of the first code family (core.code_family) on the claim, so that a claim with ACP counts as acp; it gives clinician, family and setting.
has_primary_copy: a line of it stands for its service; is_charged: a line of it is charged above 0.01, so the claim can be denied. */
with line as (
  select
    l.claim_key,
    l.line_number,
    case when l.acp_code is not null then 1 else f.family_rank end as family_rank,
    l.is_primary_copy,
    l.charge_amount > 0.01 as is_charged
  from core.claim_line as l
  inner join core.code_family as f
    on l.procedure_code is not distinct from f.procedure_code and l.revenue_code is not distinct from f.revenue_code
),

-- One number that sorts by family, then line: a claim has fewer than 10,000 lines.
claim as (
  select
    claim_key,
    min(family_rank * 10000 + line_number) as chief_number,
    bool_or(is_primary_copy) as has_primary_copy,
    bool_or(is_charged) as is_charged
  from line
  group by claim_key
)

select
  c.claim_key,
  l.line_number as chief_line_number,
  l.clinician_npi,
  case when l.acp_code is not null then 'acp' else f.code_family end as code_family,
  l.is_facility or l.claim_type = 'institutional' as is_facility,
  c.has_primary_copy,
  coalesce(c.is_charged, false) as is_charged
from claim as c
inner join core.claim_line as l on c.claim_key = l.claim_key and c.chief_number % 10000 = l.line_number
inner join core.code_family as f
  on l.procedure_code is not distinct from f.procedure_code and l.revenue_code is not distinct from f.revenue_code
