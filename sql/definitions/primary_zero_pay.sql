/* ---
name: primary_zero_pay
title: Zero-pay remittances of primary payers
wording: >
  Remittance claims (CLP) of primary payers that pay nothing, for whatever reason, of all remittance claims of primary payers posted in
  the last 28 days of the month; duplicates are out. What the whole charge of a deductible leaves to the patient is zero-pay too.
source: HFMA Claim Integrity Task Force, primary denial rate, as in RULES.md section 7
unit: remittance claim
measure: count
denominator_months: 0
numerator: remittance claims with a payment of 0; dollars are the charges that they state
denominator: remittance claims of primary payers, first and later answers alike, linked to a claim or not; dollars are the charges stated
left_out: >
  reversals (22), forwarded (23) and predeterminations (25); remittances of nothing charged (notices of election); duplicates (18
  without a denial reason); second and later payers (CLP02 2, 3, 20, 21, or a claim sent to one); on the remit basis what is posted
  before the last 28 days of its month; on the submission basis remittances linked to no claim
date: remit
service: the first day of service of the claim, else of the remittance
submission: the day the submission that it answers was sent
remit: the day of the remittance
--- */
select
  claim_key,
  cast(null as integer) as line_number,
  remit_key,
  service_date,
  submission_date,
  case when remit_date > cast(last_day(remit_date) - interval 28 day as date) then remit_date end as remit_date,
  payer_id,
  billing_npi,
  clinician_npi,
  code_family,
  is_facility,
  charge_amount,
  is_zero_pay as is_denied,
  reason_code,
  remark_code
from core.primary_remit
