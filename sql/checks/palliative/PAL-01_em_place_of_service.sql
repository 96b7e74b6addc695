/* ---
id: PAL-01
title: E/M code at a place of service outside its family
family: palliative
direction: denial
proof: claim
severity: medium
needs: [claims]
counts: >-
  Each line on a professional claim with a place of service and a code of an E/M family whose places reference.em_family lists for the day
  (hospital, office, nursing facility, home, emergency); other codes are not judged.
amount: >-
  difference of E(code) x units, each at most the charge, between facility and non-facility rate, where the family has a place at the other
  rate; 0 where all its places are paid as the one billed; none where nothing prices the code (the schedule as shipped holds ACP only)
authority: >-
  CMS place of service code set; CPT E/M sections, observation in 99221-99233 from 2023 (billingexecutive.com); seed 000
valid_from: 2016-01-01
false_positives: >-
  Telehealth visits that the payer wants with 02 or 10 whatever the family; inpatient psychiatric (51), rehabilitation (61) and hospice (34)
  units, where hospital visits are right for most payers: add such places to your own em_family.csv. Places called office-like are the
  project's choice.
fix: Correct the place of service, or the code, to where the visit took place, before the payer denies it or pays the wrong rate.
teach: The code follows the place. Hospital 99221-99233, nursing facility 99304-99310, home 99341-99350, office 99202-99215.
--- */
select
  l.claim_key,
  l.line_number,
  cast(null as varchar) as documentation_id,
  not l.is_family_place as is_violation,
  cast(null as integer) as minutes,
  cast(
    case
      when l.is_other_rate
        then
          abs(
            case when n.expected_amount * l.units > c.charge_amount then c.charge_amount else round(n.expected_amount * l.units, 2) end
            - case when f.expected_amount * l.units > c.charge_amount then c.charge_amount else round(f.expected_amount * l.units, 2) end
          )
      else 0
    end as decimal(18, 2)
  ) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  case
    when l.is_other_rate then 'facility ' || f.expected_method || '; non-facility ' || n.expected_method
    else 'same rate at every place of the family'
  end as amount_method,
  to_json(struct_pack(em_family := l.em_family, family_places := l.family_places, place_of_service := l.place_of_service_code)) as evidence
from core.em_line as l
inner join core.claim_line as c on l.claim_key = c.claim_key and l.line_number = c.line_number
left join core.expected_allowed as f
  on
    f.is_facility
    and l.procedure_code = f.procedure_code
    and l.payer_id is not distinct from f.payer_id
    and l.is_reduced_fee = f.is_reduced_fee
    and l.service_date = f.service_date
left join core.expected_allowed as n
  on
    not n.is_facility
    and l.procedure_code = n.procedure_code
    and l.payer_id is not distinct from n.payer_id
    and l.is_reduced_fee = n.is_reduced_fee
    and l.service_date = n.service_date
where l.claim_type = 'professional' and l.is_family_place is not null
