/* Crowded record numbers: one row a medical record number (mrn_key) that names no patient ("UNKNOWN", "0000", "NONE" … of which only the
hash is here). Told by its company: more members (member id + birth date) than reference.parameter.record_member_maximum_count go with it,
on claims, or by way of documentation on the claims of its account and day. That many, ten unless set otherwise, are beyond what plans,
their yearly changes and typing errors give one patient in the years of an audit, and few beside the strangers that a placeholder
gathers. Nowhere does such a number tell who the patient is. */
with record_member as (
  select
    mrn_key,
    member_birth_key
  from raw.claim
  where mrn_key is not null and member_birth_key is not null
  union
  select
    d.mrn_key,
    c.member_birth_key
  from raw.acp_documentation as d
  inner join raw.claim as c
    on d.patient_control_number = c.patient_control_number and d.service_date between c.from_date and coalesce(c.through_date, c.from_date)
  left join core.crowded_account as a on d.patient_control_number = a.patient_control_number
  where d.mrn_key is not null and c.member_birth_key is not null and a.patient_control_number is null
)

select r.mrn_key
from record_member as r
cross join reference.parameter as q
group by r.mrn_key, q.record_member_maximum_count
having count(*) > q.record_member_maximum_count
