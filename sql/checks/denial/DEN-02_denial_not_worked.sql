/* ---
id: DEN-02
title: Denied line left alone for 60 days
family: denial
direction: under
proof: suggests
severity: medium
needs: [claims, remits]
counts: >-
  Each professional or 0657 line, ACP or not, of a final claim that was ever denied, once 60 days (threshold denial_followup_days) have
  passed since its first denial.
amount: >-
  E(code) x units while the line stands denied, nothing where no own payment and no schedule prices the code; 0 once it was paid or moved
  to the patient
authority: >-
  Midpoint's default definition of a denied line; 60 days without a new claim or remittance is the project's measure of work (HFMA's claim
  integrity metrics count denials worked)
valid_from: 2016-01-01
false_positives: >-
  An appeal on paper or in the payer's portal; a corrected claim under another account number; the balance was sent to another payer, or
  written off because the denial was right.
fix: Decide each one - correct and resubmit, appeal, bill the next payer, or write off with the reason - before the payer's time ends.
teach: Money denied and not touched within 60 days is seldom seen again. Work denials by dollars and by the payer's limit, oldest first.
--- */
select
  d.claim_key,
  d.line_number,
  cast(null as varchar) as documentation_id,
  not coalesce(date_diff('day', d.denied_date, d.next_remit_date) <= q.denial_followup_days, false)
  and not coalesce(date_diff('day', d.denied_date, d.resubmitted_date) <= q.denial_followup_days, false) as is_violation,
  cast(null as integer) as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  case when o.is_denied then a.expected_amount else 0 end as recoverable_amount,
  case when o.is_denied then a.expected_method else 'paid or moved to the patient since' end as amount_method,
  to_json(
    struct_pack(
      carc := d.reason_codes, cause := d.cause, denied_date := d.denied_date, next_remit_date := d.next_remit_date,
      rarc := d.remark_codes, resubmitted_date := d.resubmitted_date
    )
  ) as evidence
from core.line_denial as d
inner join core.line_outcome as o on d.claim_key = o.claim_key and d.line_number = o.line_number
inner join core.line_amount as a on d.claim_key = a.claim_key and d.line_number = a.line_number
cross join reference.parameter as q
where date_diff('day', d.denied_date, q.as_of_date) > q.denial_followup_days
