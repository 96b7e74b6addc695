/* ---
id: DEN-01
title: ACP line denied at its first adjudication
family: denial
direction: under
proof: claim
severity: high
needs: [claims, remits]
counts: Each ACP line with an adjudication by the payer that it was sent to; duplicates, forwards and predeterminations are none.
amount: E(code) x units while the line stands denied; 0 once it was paid or moved to the patient
authority: >-
  Midpoint's default definition of a denied line (initial denials as in HFMA's claim integrity metrics; X12 interpretations on reversals);
  X12 claim adjustment reason and remark codes
valid_from: 2016-01-01
false_positives: >-
  The denial was right (ACP bundled into critical care, no election, a service that was not covered): nothing can be recovered then, and the
  check that explains it stands beside this one. A balance that another payer has taken over shows on that payer's remittance only.
fix: >-
  Work the cause: unbundle or document for a review, add 99497 or the modifier, correct clinician or place, or appeal within the payer's
  time.
teach: The cause group tells what would have prevented the denial; ask for the change where the claim is made, not where it is reworked.
--- */
select
  l.claim_key,
  l.line_number,
  l.documentation_id,
  o.is_first_denied as is_violation,
  l.acp_minutes as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  case when o.is_denied then a.expected_amount else 0 end as recoverable_amount,
  case when o.is_denied then a.expected_method else 'paid or moved to the patient since' end as amount_method,
  to_json(
    struct_pack(
      carc := d.reason_codes, cause := d.cause, denied_date := d.denied_date, is_overturned := o.is_overturned, rarc := d.remark_codes
    )
  ) as evidence
from core.acp_line as l
inner join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
inner join core.line_amount as a on l.claim_key = a.claim_key and l.line_number = a.line_number
left join core.line_denial as d on l.claim_key = d.claim_key and l.line_number = d.line_number
where o.adjudication_count > o.reversal_count
