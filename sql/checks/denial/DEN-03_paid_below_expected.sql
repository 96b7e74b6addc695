/* ---
id: DEN-03
title: Allowed less than the contract rate, or than 90 % of what this payer usually allows
family: denial
direction: under
proof: suggests
severity: medium
needs: [claims, remits]
counts: >-
  Each professional or 0657 line, ACP or not, sent to a primary payer, of which something was allowed, whose E(code) is your own contract
  rate, or that payer's own median of at least ten lines, and whose modifiers do not change the price, or have a contract rate themselves.
amount: E(code) x units less allowed; E(code) x 0.85 for a Medicare nurse practitioner, physician assistant or clinical nurse specialist
authority: >-
  The contract; else Midpoint's expected allowed amount (RULES section 7). 90 % of the median (threshold paid_below_expected_percent)
  leaves room for localities and rounding, 99 % of the contract (paid_below_contract_percent) for rounding
valid_from: 2016-01-01
false_positives: >-
  Several contracts or localities under one payer id; a fee schedule that changed within the year; lines that the payer recoded. Where the
  amount is no contract rate (see how it was made), compare with the contract before asking for more.
fix: Compare the allowed amount with the contract or the fee schedule of the day; when it is short, ask the payer to reprocess.
teach: Short payments are not denied, so nobody sees them. Watch the same code at the same payer over time.
--- */
select
  claim_key,
  line_number,
  cast(null as varchar) as documentation_id,
  is_short as is_violation,
  cast(null as integer) as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  expected_amount - allowed_amount as recoverable_amount,
  case when is_short then expected_method end as amount_method,
  case when is_short then to_json(struct_pack(allowed := allowed_amount, expected := expected_amount)) end as evidence
from core.payment_comparison
where is_judged
