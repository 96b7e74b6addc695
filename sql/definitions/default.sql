/* ---
name: default
title: Initially denied lines
wording: >
  Claim lines denied at their first adjudication, of the claim lines adjudicated. A line is denied when it is charged above 0.01, nothing is
  allowed (or nothing paid and nothing left to the patient), and one of its adjustment reasons is a denial reason. Not denial reasons:
  1 2 3, 45, 253, 23, 24, 104 105 144 161; an exact duplicate (18) is counted apart.
source: RULES.md section 7, the project's default definition
unit: claim line
measure: count
denominator_months: 0
numerator: lines denied at their first adjudication; dollars are the charges of these lines
denominator: lines with a first adjudication, charged above 0.01; dollars are their charges
left_out: >
  lines not adjudicated yet; reversals (22), forwarded (23) and predeterminations (25), which are no adjudication; lines with duplicate
  denials (18) only; lines charged 0.01 or less; further payers' copies and remittances; voided claims; later versions of a claim, since
  the initial denial is of the submission that was answered first
date: remit
service: the line's date of service
submission: the day the answered submission was sent
remit: the day of the remittance that adjudicates the line first
--- */
select
  claim_key,
  line_number,
  first_remit_key as remit_key,
  service_date,
  submission_date,
  first_remit_date as remit_date,
  payer_id,
  billing_npi,
  clinician_npi,
  code_family,
  is_facility,
  charge_amount,
  is_first_denied as is_denied,
  first_reason_code as reason_code,
  first_remark_code as remark_code
from core.initial_line
where charge_amount > 0.01 and first_remit_date is not null
