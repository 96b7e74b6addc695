/* ---
id: DEN-04
title: No remittance 45 days after the claim was sent
family: denial
direction: info
proof: suggests
severity: low
needs: [claims, remits]
counts: >-
  Each professional or 0657 line with a charge, ACP or not, sent 45 days (threshold no_remit_days) or more before the as-of date to a payer
  of which at least one remittance is in the inbox.
amount: E(code) x units; nothing where no own payment and no schedule prices the code
authority: >-
  Project threshold of 45 days from submission (RULES section 9)
valid_from: 2016-01-01
false_positives: >-
  The payer's remittances of that time are not in the inbox (see payer_last_remit_date), came on paper, or carry another account number;
  the claim was rejected before adjudication and answered on a 277CA only.
fix: Ask for the claim's status (276). Send it again where the payer has never had it, before its time for filing ends.
teach: A claim without an answer after 45 days is lost more often than it is late.
--- */
with answered_payer as (
  select
    v.payer_id,
    max(r.remit_date) as last_remit_date
  from core.remit_claim as r
  inner join core.claim_version as v on r.claim_key = v.claim_key
  cross join reference.parameter as q
  where not r.is_other_payer and r.remit_date <= q.as_of_date
  group by v.payer_id
),

due_claim as (
  select
    v.claim_key,
    v.submission_date,
    p.last_remit_date,
    date_diff('day', v.submission_date, q.as_of_date) as days_open
  from core.claim_version as v
  inner join answered_payer as p on v.payer_id = p.payer_id
  cross join reference.parameter as q
  where v.is_final and date_diff('day', v.submission_date, q.as_of_date) >= q.no_remit_days
),

-- Nothing answers the line itself until the as-of date …
unanswered as (
  select
    claim_key,
    line_number
  from core.remit_link
  where remit_key is null
  union all
  select
    a.claim_key,
    a.line_number
  from core.adjudication as a
  cross join reference.parameter as q
  where a.adjudication_number = 1 and a.remit_date > q.as_of_date
),

-- … nor an earlier sending of the same lines.
open_line as (
  select
    u.claim_key,
    u.line_number,
    a.expected_amount,
    a.expected_method
  from unanswered as u
  inner join core.line_amount as a on u.claim_key = a.claim_key and u.line_number = a.line_number
  cross join reference.parameter as q
  left join core.line_outcome as o on u.claim_key = o.claim_key and u.line_number = o.line_number
  where coalesce(o.first_remit_date > q.as_of_date, true)
)

select
  l.claim_key,
  l.line_number,
  cast(null as varchar) as documentation_id,
  u.claim_key is not null as is_violation,
  cast(null as integer) as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  u.expected_amount as recoverable_amount,
  u.expected_method as amount_method,
  case
    when u.claim_key is not null
      then to_json(struct_pack(days_open := c.days_open, payer_last_remit_date := c.last_remit_date, sent_date := c.submission_date))
  end as evidence
from core.claim_line as l
inner join due_claim as c on l.claim_key = c.claim_key
left join open_line as u on l.claim_key = u.claim_key and l.line_number = u.line_number
where l.is_primary_copy and l.is_professional_service and l.charge_amount > 0.01
