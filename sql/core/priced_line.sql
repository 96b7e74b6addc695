/* Lines that checks put dollars on: one row a line that takes part (final, primary copy, professional or 0657), and one an institutional
line of core.hospice_line, with what E(code) is looked up by; ACP by the code that it counts as. */
with wanted as (
  select
    claim_key,
    line_number
  from core.claim_line
  where is_primary_copy and is_professional_service
  union
  select
    claim_key,
    line_number
  from core.hospice_line
)

select
  l.claim_key,
  l.line_number,
  l.payer_id,
  coalesce(l.acp_code, l.procedure_code) as procedure_code,
  l.place_of_service_code,
  l.is_facility,
  coalesce(n.is_reduced_fee and p.is_medicare, false) as is_reduced_fee,
  l.service_date,
  coalesce(l.units, 1) as units
from wanted as w
inner join core.claim_line as l on w.claim_key = l.claim_key and w.line_number = l.line_number
left join core.clinician_day as n on l.clinician_npi = n.clinician_npi and l.service_date = n.service_date
left join core.payer as p on l.payer_id = p.payer_id
