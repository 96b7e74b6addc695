/* ---
name: line_any
title: Lines with any denial reason
wording: >
  Claim lines on which any adjudication, the first or a later one, carries a denial reason, paid in part or not, of the claim lines
  adjudicated. Not denial reasons: 1 2 3, 45, 253, 23, 24, 104 105 144 161, and the exact duplicate (18).
source: RULES.md section 7, as claim-line tools count (Rivet, Epic)
unit: claim line
measure: count
denominator_months: 0
numerator: lines with a denial reason at any adjudication; dollars are the charges of these lines
denominator: lines adjudicated, duplicate denials and lines without a charge too; dollars are their charges
left_out: >
  lines not adjudicated yet; reversals (22), forwarded (23) and predeterminations (25); further payers' copies and remittances; voided
  claims and claims on which nothing is charged; later versions of a claim
date: remit
service: the line's date of service
submission: the day the answered submission was sent
remit: the day of the remittance that adjudicates the line first (of a duplicate denial where there is no other)
--- */
select
  claim_key,
  line_number,
  first_remit_key as remit_key,
  service_date,
  submission_date,
  answer_date as remit_date,
  payer_id,
  billing_npi,
  clinician_npi,
  code_family,
  is_facility,
  charge_amount,
  has_denial_reason as is_denied,
  reason_code,
  reason_remark_code as remark_code
from core.initial_line
