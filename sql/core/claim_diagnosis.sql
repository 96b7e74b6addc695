/* Diagnoses and other HI codes: one row a row of raw.claim_diagnosis, of every version (is_final), without dots. category_code: first three
characters. */
select
  v.claim_key,
  d.hi_ordinal,
  d.code_ordinal,
  d.family,
  d.qualifier_code,
  upper(replace(d.code, '.', '')) as code,
  case when d.family in ('diagnosis', 'admitting', 'reason_for_visit', 'external_cause') then left(upper(replace(d.code, '.', '')), 3) end
    as category_code,
  d.qualifier_code in ('ABK', 'BK') as is_principal,
  d.code_date,
  d.code_through_date,
  v.is_final
from raw.claim_diagnosis as d
inner join core.claim_version as v on d.file_key = v.file_key and d.claim_number = v.claim_number
