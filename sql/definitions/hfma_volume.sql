/* ---
name: hfma_volume
title: Initially denied claims by volume
wording: >
  Claims initially denied, of the claims submitted. A claim is initially denied when at least one of its lines is (default definition). It
  stands under the clinician, code family and setting of its chief line: ACP before critical care, wellness visit, hospice and E/M.
source: >
  HFMA Claim Integrity Task Force, initial denial rate by claim volume, as in RULES.md section 7 (the task force divides by the mean of the
  three months before here too; the project takes the claims of the same months)
unit: claim
measure: count
denominator_months: 0
numerator: claims with a line denied at its first adjudication; dollars are the gross charges of these claims, their undenied lines too
denominator: claims submitted, answered or not; dollars are their gross charges
left_out: >
  voided claims, later versions of a claim and further payers' copies, so that each claim counts once; claims on which nothing above 0.01
  is charged (notices of election); on the remit basis also claims not answered yet, which have no remittance to be dated by
date: submission
service: the claim's first day of service
submission: the day the submission that was answered first was sent; where none is answered yet, the first one
remit: the day of the payer's first answer
--- */
select
  c.claim_key,
  cast(null as integer) as line_number,
  cast(null as bigint) as remit_key,
  c.service_date,
  c.submission_date,
  c.answer_date as remit_date,
  c.payer_id,
  c.billing_npi,
  c.clinician_npi,
  c.code_family,
  c.is_facility,
  c.charge_amount,
  d.claim_key is not null as is_denied,
  d.reason_code,
  d.remark_code
from core.initial_claim as c
left join core.initial_denial as d on c.claim_key = d.claim_key
