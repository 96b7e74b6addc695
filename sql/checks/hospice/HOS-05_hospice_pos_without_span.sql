/* ---
id: HOS-05
title: Place of service 34 (hospice) on a day outside every hospice span
family: hospice
direction: denial
proof: suggests
severity: medium
needs: [claims, hospice]
counts: Each professional line with place of service 34.
amount: >-
  E(code) outside a facility less E(code) in one, x units and each at most the charge, not below 0: what the patient's home would have paid
  more; nothing where either is not known
authority: >-
  Seed 000 (Z51.5 for palliative care, not hospice billing codes); CMS place of service code set (34 is paid as a facility)
valid_from: 2016-01-01
false_positives: >-
  The hospice's claims and notices are not in the inbox, or end before this day; a bed of a hospice house let to a patient who has not
  elected hospice.
fix: Confirm the election of the day. Without one, send the place where the patient was seen (12 home, 31 or 32 nursing facility …).
teach: >-
  34 is for patients in a hospice facility under a hospice election. A palliative visit carries the place where it happens; the wrong place
  is denied, or paid at the facility rate.
--- */
select
  h.claim_key,
  h.line_number,
  cast(null as varchar) as documentation_id,
  not h.is_in_span as is_violation,
  cast(null as integer) as minutes,
  cast(
    greatest(
      case when n.expected_amount * p.units > l.charge_amount then l.charge_amount else round(n.expected_amount * p.units, 2) end
      - case when f.expected_amount * p.units > l.charge_amount then l.charge_amount else round(f.expected_amount * p.units, 2) end,
      0
    ) as decimal(18, 2)
  ) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  'outside a facility ' || n.expected_method || '; in a facility ' || f.expected_method as amount_method,
  to_json(struct_pack(expected_in_facility := f.expected_amount, expected_outside := n.expected_amount, patient_has_span := h.has_span))
    as evidence
from core.hospice_line as h
inner join core.priced_line as p on h.claim_key = p.claim_key and h.line_number = p.line_number
inner join core.claim_line as l on h.claim_key = l.claim_key and h.line_number = l.line_number
left join core.expected_allowed as n
  on
    not n.is_facility
    and p.procedure_code is not distinct from n.procedure_code
    and p.payer_id is not distinct from n.payer_id
    and p.is_reduced_fee = n.is_reduced_fee
    and p.service_date is not distinct from n.service_date
left join core.expected_allowed as f
  on
    f.is_facility
    and p.procedure_code is not distinct from f.procedure_code
    and p.payer_id is not distinct from f.payer_id
    and p.is_reduced_fee = f.is_reduced_fee
    and p.service_date is not distinct from f.service_date
where h.claim_type = 'professional' and p.place_of_service_code = '34'
