/* ---
name: hfma_dollars
title: Initially denied claims by gross charges
wording: >
  Gross charges of the claims initially denied, of the gross charges submitted: for each month, the mean of the three months before it. A
  claim is initially denied when at least one of its lines is (default definition), and then counts with its whole charge.
source: HFMA Claim Integrity Task Force, initial denial rate by claim dollars, as in RULES.md section 7
unit: claim
measure: amount
denominator_months: 3
numerator: gross charges of claims with a line denied at its first adjudication, their undenied lines too
denominator: >
  gross charges of the claims submitted, answered or not; for each month the mean of the three months before it. Months before the first
  that the release knows are unknown, not zero. The mean is then of those known, and a month with none known before it is left out
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
