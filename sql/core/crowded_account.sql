/* Crowded accounts: one row a patient control number that more than 50 submissions carry (a constant, a clinic's number …). Joins on such a
number add charge and first day to it (account_key), for the number alone says nothing. */
select patient_control_number
from raw.claim
where patient_control_number is not null
group by patient_control_number
having count(*) > 50
