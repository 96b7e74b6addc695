/* ---
id: DEN-03
title: Allowed less than 90 % of what this payer usually allows
family: denial
direction: under
proof: suggests
severity: medium
needs: [claims, remits]
counts: >-
  Each professional or 0657 line, ACP or not, sent to a primary payer, of which something was allowed, whose E(code) is that payer's own
  median of at least ten lines, and whose modifiers do not change the price.
amount: E(code) x units less allowed; E(code) x 0.85 for a Medicare nurse practitioner, physician assistant or clinical nurse specialist
authority: >-
  Midpoint's expected allowed amount (RULES section 7); 90 % (threshold paid_below_expected_percent) leaves room for localities and
  rounding
valid_from: 2016-01-01
false_positives: >-
  Several contracts or localities under one payer id; a fee schedule that changed within the year; lines that the payer recoded. Compare
  with the contract before asking for more.
fix: Compare the allowed amount with the contract or the fee schedule of the day; when it is short, ask the payer to reprocess.
teach: Short payments are not denied, so nobody sees them. Watch the same code at the same payer over time.
--- */
with compared as (
  select
    a.claim_key,
    a.line_number,
    a.allowed_amount,
    a.expected_method,
    a.is_reduced_fee,
    cast(round(a.expected_amount * case when a.is_reduced_fee then 0.85 else 1 end, 2) as decimal(18, 2)) as expected_amount
  from core.line_amount as a
  inner join core.claim_line as l on a.claim_key = l.claim_key and a.line_number = l.line_number
  where
    a.is_payer_median
    and a.is_remitted
    and a.allowed_amount > 0
    and l.is_professional_service
    and coalesce(l.payer_sequence_code, 'P') = 'P'
    -- Part of a service, several at once, or an assistant: less is due.
    and not regexp_matches(' ' || coalesce(l.modifiers, '') || ' ', ' (26|TC|50|51|52|53|54|55|56|62|66|73|74|78|80|81|82|AS) ')
),

judged as (
  select
    c.*,
    c.allowed_amount * 100 < c.expected_amount * q.paid_below_expected_percent as is_violation
  from compared as c
  cross join reference.parameter as q
)

select
  claim_key,
  line_number,
  cast(null as varchar) as documentation_id,
  is_violation,
  cast(null as integer) as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  expected_amount - allowed_amount as recoverable_amount,
  case when is_violation then expected_method || case when is_reduced_fee then ', x 0.85' else '' end end as amount_method,
  case when is_violation then to_json(struct_pack(allowed := allowed_amount, expected := expected_amount)) end as evidence
from judged
