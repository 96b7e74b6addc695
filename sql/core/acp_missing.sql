/* ACP that was documented and not billed: one row an ACP day (core.acp_day) with units missing, right to bill or not (checks ACP-06 and
ACP-07 judge that): the units missing of 99497 and 99498, their expected amount, its n (the lesser of the codes', null where one is stated
by a contract or the schedule) and quartiles. A payer that takes another code in place of 99497 has no 99498. */
with missing as (
  select
    d.patient_key,
    d.service_date,
    d.clinician_npi,
    d.payer_id,
    d.is_facility,
    d.is_reduced_fee,
    case when d.is_billed then 0 else 1 end as primary_units,
    case when y.acp_code_in_place is null then greatest(coalesce(d.supported_addon_units, 0) - d.addon_units, 0) else 0 end as addon_units
  from core.acp_day as d
  left join core.payer_policy as y
    on d.payer_id is not distinct from y.payer_id and y.is_usual and d.service_date between y.valid_from and y.valid_to
  where d.session_count > 0
)

select
  m.patient_key,
  m.service_date,
  m.clinician_npi,
  m.payer_id,
  m.primary_units,
  m.addon_units,
  cast(m.primary_units * p.expected_amount + m.addon_units * a.expected_amount as decimal(18, 2)) as expected_amount,
  case
    when m.addon_units = 0 then p.expected_count
    when m.primary_units = 0 or a.expected_count < p.expected_count then a.expected_count
    when a.expected_count is not null then p.expected_count
  end as expected_count,
  cast(
    case when m.primary_units > 0 then p.expected_low_amount else 0 end
    + case when m.addon_units > 0 then m.addon_units * a.expected_low_amount else 0 end as decimal(18, 2)
  ) as expected_low_amount,
  cast(
    case when m.primary_units > 0 then p.expected_high_amount else 0 end
    + case when m.addon_units > 0 then m.addon_units * a.expected_high_amount else 0 end as decimal(18, 2)
  ) as expected_high_amount
from missing as m
inner join core.expected_allowed as p
  on
    p.procedure_code = '99497'
    and m.payer_id is not distinct from p.payer_id
    and m.is_facility = p.is_facility
    and m.is_reduced_fee = p.is_reduced_fee
    and m.service_date = p.service_date
inner join core.expected_allowed as a
  on
    a.procedure_code = '99498'
    and m.payer_id is not distinct from a.payer_id
    and m.is_facility = a.is_facility
    and m.is_reduced_fee = a.is_reduced_fee
    and m.service_date = a.service_date
where m.primary_units > 0 or m.addon_units > 0
