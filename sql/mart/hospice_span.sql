/* Hospice spans as published: one row a patient and an unbroken stretch of hospice days (core.hospice_span), both ends included.
patient_code names the patient's spans and lines here and nothing else: twelve digits of the hash of the patient key, itself keyed.
end_date is the last day that the evidence shows; has_end: the evidence says that the election ended there (termination, revocation,
discharge), otherwise it may have gone on. evidence lists its kinds; is_only_b9: nothing but a payer's denials shows the span. Measure:
evidence_count. */
select
  left(sha256(patient_key || '|hospice'), 12) as patient_code,
  span_number,
  start_date,
  end_date,
  has_end,
  evidence_count,
  evidence,
  evidence = 'denied B9' as is_only_b9
from core.hospice_span
