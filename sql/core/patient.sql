/* Patients: one row a patient_key of the claims: how it was identified, the age band, and the first and last day of service. No name,
address or birth date. */
select
  patient_key,
  min(patient_basis) as patient_basis,
  case
    when max(patient_age) is null then null
    when max(patient_age) < 18 then '0-17'
    when max(patient_age) < 65 then '18-64'
    when max(patient_age) < 75 then '65-74'
    when max(patient_age) < 85 then '75-84'
    else '85+'
  end as age_band,
  min(from_date) as first_service_date,
  max(through_date) as last_service_date,
  count(*) as claim_count,
  count(*) filter (where is_final) as final_claim_count
from core.claim_version
group by patient_key
