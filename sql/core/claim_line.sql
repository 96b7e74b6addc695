/* Claim lines: one row a row of raw.claim_line, of every version. The clinician is the rendering NPI of the line, else of the claim, else
(hospice physician services, revenue 0657) the attending, else the billing NPI. is_professional_service: professional lines and 0657 carry
the clinician's work. is_primary_copy: the line stands for its service: it is on a final claim and no better placed payer's claim holds the
same service; copy_reason says why not. acp_code: the ACP code that the line counts as: its own, or 99497 for the code that its payer's
policy takes in place of that. */
with line as (
  select
    l.*,
    v.claim_key,
    v.claim_id,
    v.claim_type,
    v.patient_control_number,
    v.patient_key,
    v.payer_id,
    v.payer_sequence_code,
    v.filing_indicator_code,
    v.is_final,
    v.billing_npi,
    v.facility_code,
    v.facility_qualifier_code,
    v.billing_taxonomy_code,
    v.rendering_npi as claim_rendering_npi,
    v.rendering_taxonomy_code as claim_rendering_taxonomy_code,
    v.attending_taxonomy_code,
    v.from_date,
    v.through_date,
    case when l.revenue_code is not null then lpad(l.revenue_code, 4, '0') end as full_revenue_code,
    case when lpad(l.revenue_code, 4, '0') = '0657' then v.attending_npi end as hospice_physician_npi
  from raw.claim_line as l
  inner join core.claim_version as v on l.file_key = v.file_key and l.claim_number = v.claim_number
),

resolved as (
  select
    *,
    coalesce(rendering_npi, claim_rendering_npi, hospice_physician_npi, billing_npi) as clinician_npi,
    case
      when rendering_npi is not null then 'line'
      when claim_rendering_npi is not null then 'claim'
      when hospice_physician_npi is not null then 'attending'
      when billing_npi is not null then 'billing'
    end as clinician_source,
    case
      when rendering_npi is not null
        then coalesce(rendering_taxonomy_code, case when rendering_npi = claim_rendering_npi then claim_rendering_taxonomy_code end)
      when claim_rendering_npi is not null then claim_rendering_taxonomy_code
      when hospice_physician_npi is not null then attending_taxonomy_code
      else billing_taxonomy_code
    end as clinician_taxonomy_code,
    coalesce(place_of_service_code, case when facility_qualifier_code = 'B' then facility_code end) as line_place_of_service_code,
    coalesce(service_from_date, from_date) as service_date,
    -- A line without a date is judged by the rows that are still valid.
    coalesce(service_from_date, from_date, date '9999-12-31') as reference_date
  from line
),

place as (
  select
    place_of_service_code,
    is_facility,
    coalesce(valid_from, date '0001-01-01') as valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to
  from reference.place_of_service
),

specialty as (
  select
    taxonomy_prefix,
    specialty_code,
    coalesce(valid_from, date '0001-01-01') as valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to
  from reference.specialty
)

select
  r.claim_key,
  r.line_number,
  r.claim_id,
  r.file_key,
  r.claim_number,
  r.transaction_set,
  r.segment_number,
  r.claim_type,
  r.patient_control_number,
  r.patient_key,
  r.payer_id,
  r.payer_sequence_code,
  r.filing_indicator_code,
  r.billing_npi,
  r.clinician_npi,
  r.clinician_source,
  r.clinician_taxonomy_code,
  r.billing_npi || ':' || coalesce(s.specialty_code, g.specialty_code, r.clinician_taxonomy_code) as group_specialty,
  r.service_date,
  coalesce(r.service_through_date, r.service_from_date, r.through_date) as service_through_date,
  r.procedure_code,
  case when r.procedure_code in ('99497', '99498') then r.procedure_code when y.policy_rule is not null then '99497' end as acp_code,
  r.modifier_1,
  r.modifier_2,
  r.modifier_3,
  r.modifier_4,
  nullif(concat_ws(' ', r.modifier_1, r.modifier_2, r.modifier_3, r.modifier_4), '') as modifiers,
  r.full_revenue_code as revenue_code,
  r.line_place_of_service_code as place_of_service_code,
  coalesce(p.is_facility, false) as is_facility,
  r.units,
  r.charge_amount,
  r.diagnosis_pointer_1,
  r.line_control_number,
  r.assigned_number,
  r.claim_type = 'professional' or coalesce(r.full_revenue_code = '0657', false) as is_professional_service,
  r.is_final,
  r.is_final and c.claim_key is null as is_primary_copy,
  case
    when not r.is_final then 'not the final version'
    when c.claim_key is not null then 'copy of a better placed payer''s claim: ' || c.method
    when r.payer_sequence_code in ('S', 'T') then 'only copy known'
    else 'primary'
  end as copy_reason,
  c.primary_claim_key
from resolved as r
left join core.claim_copy as c on r.claim_key = c.claim_key and r.line_number = c.line_number
left join place as p
  on r.line_place_of_service_code = p.place_of_service_code and r.reference_date >= p.valid_from and r.reference_date <= p.valid_to
left join specialty as s
  on r.clinician_taxonomy_code = s.taxonomy_prefix and r.reference_date >= s.valid_from and r.reference_date <= s.valid_to
left join specialty as g
  on left(r.clinician_taxonomy_code, 4) = g.taxonomy_prefix and r.reference_date >= g.valid_from and r.reference_date <= g.valid_to
left join core.payer_policy as y
  on
    r.procedure_code = y.acp_code_in_place
    and r.payer_id is not distinct from y.payer_id
    and r.filing_indicator_code is not distinct from y.filing_indicator_code
    and r.service_date between y.valid_from and y.valid_to
