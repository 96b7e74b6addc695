/* Initial adjudications: one row a line of a claim's initial submission (core.initial_claim) that its payer answered. first_*: the first
answer that is no reversal, not forwarded (23), no predetermination (25) and no duplicate denial (RULES.md section 7: initial); null where
duplicate denials are all there is. has_denial_reason: any of its answers carries a denial reason, were it paid in part; reason_*: the
first of those. Further payers' copies are left out. */
with answer as (
  select
    a.claim_key,
    a.line_number,
    a.adjudication_number,
    a.remit_key,
    a.remit_line_number,
    a.remit_date,
    a.is_denied,
    a.is_duplicate_denial,
    a.denial_reason_code,
    a.denial_reason_code is not null and coalesce(r.is_denial, true) as has_denial_reason
  from core.adjudication as a
  inner join core.initial_claim as c on a.claim_key = c.claim_key
  left join reference.adjustment_reason as r
    on
      a.denial_reason_code = r.reason_code
      and coalesce(a.remit_date between coalesce(r.valid_from, a.remit_date) and coalesce(r.valid_to, a.remit_date), r.valid_to is null)
  where a.is_counted and not a.is_reversal
),

numbered as (
  select
    claim_key,
    line_number,
    min(adjudication_number) filter (where not is_duplicate_denial) as first_number,
    min(adjudication_number) filter (where has_denial_reason) as reason_number,
    min(remit_date) as any_remit_date
  from answer
  group by claim_key, line_number
),

remark as (
  select
    a.claim_key,
    a.line_number,
    a.adjudication_number,
    coalesce(min(k.remark_code) filter (where k.line_number is not null), min(k.remark_code)) as remark_code
  from answer as a
  inner join core.remit_claim as r on a.remit_key = r.remit_key
  inner join raw.remit_remark as k on r.file_key = k.file_key and r.remit_number = k.remit_number
  where
    a.has_denial_reason and k.remark_code is not null and (k.line_number is null or k.line_number is not distinct from a.remit_line_number)
  group by a.claim_key, a.line_number, a.adjudication_number
)

select
  n.claim_key,
  n.line_number,
  c.family_key,
  c.submission_date,
  l.service_date,
  c.payer_id,
  c.billing_npi,
  l.clinician_npi,
  case when l.acp_code is not null then 'acp' else f.code_family end as code_family,
  l.is_facility or l.claim_type = 'institutional' as is_facility,
  l.procedure_code,
  l.revenue_code,
  l.charge_amount,
  coalesce(a.remit_date, n.any_remit_date) as answer_date,
  a.remit_key as first_remit_key,
  a.remit_date as first_remit_date,
  coalesce(a.is_denied, false) as is_first_denied,
  case when a.is_denied then a.denial_reason_code end as first_reason_code,
  case when a.is_denied then k.remark_code end as first_remark_code,
  coalesce(a.has_denial_reason, false) as has_first_denial_reason,
  n.reason_number is not null as has_denial_reason,
  d.denial_reason_code as reason_code,
  m.remark_code as reason_remark_code
from numbered as n
inner join core.initial_claim as c on n.claim_key = c.claim_key
inner join core.claim_line as l on n.claim_key = l.claim_key and n.line_number = l.line_number
inner join core.code_family as f
  on l.procedure_code is not distinct from f.procedure_code and l.revenue_code is not distinct from f.revenue_code
left join answer as a on n.claim_key = a.claim_key and n.line_number = a.line_number and n.first_number = a.adjudication_number
left join remark as k on n.claim_key = k.claim_key and n.line_number = k.line_number and n.first_number = k.adjudication_number
left join answer as d on n.claim_key = d.claim_key and n.line_number = d.line_number and n.reason_number = d.adjudication_number
left join remark as m on n.claim_key = m.claim_key and n.line_number = m.line_number and n.reason_number = m.adjudication_number
where not l.is_final or l.is_primary_copy
