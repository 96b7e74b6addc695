/* ---
id: HOS-10
title: Hospice care plan oversight (G0182) outside hospice, twice in a month, or in a hospital or nursing facility
family: hospice
direction: over
proof: suggests
severity: medium
needs: [claims, hospice]
counts: Each professional line of G0182.
amount: allowed of the line; where only the month is exceeded, the share of the units beyond the first of the patient's month
authority: >-
  CGS article on care plan oversight (G0182)
valid_from: 2016-01-01
false_positives: >-
  The hospice's claims and notices are not in the inbox; a first claim of the month that was returned unpaid without a remittance. That 30
  minutes were spent and a visit was held within six months is not tested: claims do not show minutes, and the visit may be elsewhere.
fix: >-
  Check the election, the other claims of the month and where the patient lived. Keep one unit a month for a patient in hospice outside
  hospitals and nursing facilities; return the rest.
teach: >-
  G0182 is for the clinician who oversees a hospice patient's plan of care: once in a calendar month, 30 minutes or more, not for patients
  in hospitals, skilled nursing or nursing facilities.
--- */
with oversight as (
  select
    h.claim_key,
    h.line_number,
    h.is_in_span,
    l.place_of_service_code,
    a.allowed_amount,
    a.amount_method,
    a.units,
    coalesce(
      sum(a.units) over (
        partition by h.patient_key, date_trunc('month', h.service_date)
        order by coalesce(a.allowed_amount, 0) = 0, h.service_date, l.claim_id, h.line_number
        rows between unbounded preceding and 1 preceding
      ),
      0
    ) as earlier_units
  from core.hospice_line as h
  inner join core.claim_line as l on h.claim_key = l.claim_key and h.line_number = l.line_number
  inner join core.line_amount as a on h.claim_key = a.claim_key and h.line_number = a.line_number
  where h.claim_type = 'professional' and h.procedure_code = 'G0182'
),

-- Of a patient's month the first unit stands, one that was paid before one that was not.
judged as (
  select
    *,
    greatest(least(units, earlier_units + units - 1), 0) as excess_units,
    coalesce(place_of_service_code in ('21', '31', '32'), false) as is_excluded_place
  from oversight
)

select
  claim_key,
  line_number,
  cast(null as varchar) as documentation_id,
  not is_in_span or is_excluded_place or excess_units > 0 as is_violation,
  cast(null as integer) as minutes,
  cast(
    case
      when is_in_span and not is_excluded_place then round(allowed_amount * excess_units / nullif(units, 0), 2)
      else allowed_amount
    end as decimal(18, 2)
  ) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  amount_method,
  to_json(
    struct_pack(earlier_units_of_month := earlier_units, in_span := is_in_span, place_of_service := place_of_service_code, units := units)
  ) as evidence
from judged
