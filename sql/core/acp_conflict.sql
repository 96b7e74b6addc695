/* Conflicts: one row a line (final, primary copy, professional or 0657) whose code pairs with an ACP code in NCCI on its day of service, or
is critical care. is_primary_bundling and is_addon_bundling: it pays and 99497 or 99498 denies, whatever the modifier (indicator 0);
is_modifier_needed: 99497 denies beside it but for a modifier (indicator 1); is_bundled_into_primary: 99497 pays and it denies, whatever the
modifier. */
with conflict as (
  select
    column_1_code as procedure_code,
    valid_from,
    valid_to,
    column_2_code = '99497' and modifier_indicator = '0' as is_primary_bundling,
    column_2_code = '99498' and modifier_indicator = '0' as is_addon_bundling,
    column_2_code = '99497' and modifier_indicator = '1' as is_modifier_needed,
    false as is_bundled_into_primary,
    false as is_critical_care
  from reference.ncci_pair
  where column_2_code in ('99497', '99498')
  union all
  select
    column_2_code as procedure_code,
    valid_from,
    valid_to,
    false as is_primary_bundling,
    false as is_addon_bundling,
    false as is_modifier_needed,
    modifier_indicator = '0' as is_bundled_into_primary,
    false as is_critical_care
  from reference.ncci_pair
  where column_1_code = '99497'
  union all
  select
    procedure_code,
    valid_from,
    valid_to,
    false as is_primary_bundling,
    false as is_addon_bundling,
    false as is_modifier_needed,
    false as is_bundled_into_primary,
    true as is_critical_care
  from reference.critical_care
)

select
  l.claim_key,
  l.line_number,
  l.patient_key,
  l.service_date,
  l.clinician_npi,
  l.group_specialty,
  l.procedure_code,
  coalesce('25' in (l.modifier_1, l.modifier_2, l.modifier_3, l.modifier_4), false) as has_modifier_25,
  coalesce(bool_or(c.is_primary_bundling), false) as is_primary_bundling,
  coalesce(bool_or(c.is_addon_bundling), false) as is_addon_bundling,
  coalesce(bool_or(c.is_modifier_needed), false) as is_modifier_needed,
  coalesce(bool_or(c.is_bundled_into_primary), false) as is_bundled_into_primary,
  coalesce(bool_or(c.is_critical_care), false) as is_critical_care
from core.claim_line as l
inner join conflict as c
  on
    l.procedure_code = c.procedure_code
    and l.service_date between coalesce(c.valid_from, l.service_date) and coalesce(c.valid_to, l.service_date)
where l.is_primary_copy and l.is_professional_service
group by
  l.claim_key, l.line_number, l.patient_key, l.service_date, l.clinician_npi, l.group_specialty, l.procedure_code,
  l.modifier_1, l.modifier_2, l.modifier_3, l.modifier_4
