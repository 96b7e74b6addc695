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
)

select
  l.claim_key,
  l.line_number,
  cast(null as varchar) as documentation_id,
  not coalesce(least(f.remit_date, o.first_remit_date) <= q.as_of_date, false) as is_violation,
  cast(null as integer) as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  a.expected_amount as recoverable_amount,
  a.expected_method as amount_method,
  case
    when f.remit_date is null or f.remit_date > q.as_of_date
      then
        to_json(
          struct_pack(
            days_open := date_diff('day', v.submission_date, q.as_of_date), payer_last_remit_date := p.last_remit_date,
            sent_date := v.submission_date
          )
        )
  end as evidence
from core.claim_line as l
inner join core.claim_version as v on l.claim_key = v.claim_key
inner join answered_payer as p on l.payer_id = p.payer_id
inner join core.line_amount as a on l.claim_key = a.claim_key and l.line_number = a.line_number
cross join reference.parameter as q
left join core.adjudication as f on l.claim_key = f.claim_key and l.line_number = f.line_number and f.adjudication_number = 1
left join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
where
  l.is_primary_copy
  and l.is_professional_service
  and l.charge_amount > 0.01
  and date_diff('day', v.submission_date, q.as_of_date) >= q.no_remit_days
