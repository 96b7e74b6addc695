/* Hospice conflicts: one row a month of service, payer, billing provider, clinician and whether the clinician is a palliative one, of
professional lines (final, primary copy) on a day inside a hospice span of their patient, with GV or GW, or ever denied B9.

Measures, all additive. in_span_count, in_span_amount (billed); of those gv_count, gw_count, both_count (GV and GW on one line),
neither_count (the lines of HOS-01, but for payers that want GV in any case). outside_count: GV or GW outside every span; misused_count =
outside_count + both inside a span (the findings of HOS-02), misused_allowed_amount. b9_count, b9_amount (billed): ever denied B9;
b9_open_count: denied now; b9_recovered_count: paid or moved to the patient since; b9_without_modifier_count: denied B9 with neither GV nor
GW. */
with b9 as (
  select distinct
    claim_key,
    line_number
  from core.adjudication
  where is_hospice_denial and is_counted
),

line as (
  select
    claim_key,
    line_number
  from core.hospice_line
  where claim_type = 'professional' and (is_in_span or has_gv or has_gw)
  union
  select
    b.claim_key,
    b.line_number
  from b9 as b
  inner join core.claim_line as l on b.claim_key = l.claim_key and b.line_number = l.line_number
  where l.is_primary_copy and l.claim_type = 'professional'
),

fact as (
  select
    l.payer_id,
    l.billing_npi,
    l.clinician_npi,
    cast(date_trunc('month', l.service_date) as date) as month,
    coalesce(n.is_palliative, false) as is_palliative_clinician,
    l.charge_amount,
    coalesce(h.is_in_span, false) as is_in_span,
    coalesce(h.has_gv, false) as has_gv,
    coalesce(h.has_gw, false) as has_gw,
    b.claim_key is not null as is_b9,
    coalesce(o.is_denied, false) as is_denied,
    coalesce(o.paid_amount > 0 or o.patient_responsibility_amount > 0, false) as is_paid,
    a.allowed_amount
  from line as k
  inner join core.claim_line as l on k.claim_key = l.claim_key and k.line_number = l.line_number
  left join core.hospice_line as h on k.claim_key = h.claim_key and k.line_number = h.line_number
  left join b9 as b on k.claim_key = b.claim_key and k.line_number = b.line_number
  left join core.line_outcome as o on k.claim_key = o.claim_key and k.line_number = o.line_number
  left join core.line_amount as a on k.claim_key = a.claim_key and k.line_number = a.line_number
  left join core.clinician_day as n on l.clinician_npi = n.clinician_npi and l.service_date = n.service_date
)

select
  month,
  payer_id,
  billing_npi,
  clinician_npi,
  is_palliative_clinician,
  count(*) as line_count,
  count(*) filter (where is_in_span) as in_span_count,
  cast(coalesce(sum(charge_amount) filter (where is_in_span), 0) as decimal(18, 2)) as in_span_amount,
  count(*) filter (where is_in_span and has_gv) as gv_count,
  count(*) filter (where is_in_span and has_gw) as gw_count,
  count(*) filter (where is_in_span and has_gv and has_gw) as both_count,
  count(*) filter (where is_in_span and not has_gv and not has_gw) as neither_count,
  count(*) filter (where not is_in_span and (has_gv or has_gw)) as outside_count,
  count(*) filter (where (not is_in_span and (has_gv or has_gw)) or (has_gv and has_gw)) as misused_count,
  cast(
    coalesce(sum(allowed_amount) filter (where (not is_in_span and (has_gv or has_gw)) or (has_gv and has_gw)), 0) as decimal(18, 2)
  ) as misused_allowed_amount,
  count(*) filter (where is_b9) as b9_count,
  cast(coalesce(sum(charge_amount) filter (where is_b9), 0) as decimal(18, 2)) as b9_amount,
  count(*) filter (where is_b9 and not has_gv and not has_gw) as b9_without_modifier_count,
  count(*) filter (where is_b9 and is_denied) as b9_open_count,
  count(*) filter (where is_b9 and is_paid) as b9_recovered_count
from fact
group by month, payer_id, billing_npi, clinician_npi, is_palliative_clinician
