/* Remitted lines as published: one row a service line of every remittance, and one (line_number null) a remittance claim without lines:
amounts, adjustments and remark codes, and the claim line it answers (of a bundle, the first), or the reason why none is linked.
is_repeated: sent again by a clearinghouse; its amounts count once. */
with adjustment as (
  select
    file_key,
    remit_number,
    line_number,
    string_agg(group_code || '-' || reason_code || ' ' || amount, '; ' order by adjustment_ordinal) as adjustments
  from raw.remit_adjustment
  group by file_key, remit_number, line_number
),

remark as (
  select
    file_key,
    remit_number,
    line_number,
    string_agg(distinct remark_code, '; ' order by remark_code) as remarks
  from raw.remit_remark
  group by file_key, remit_number, line_number
),

link as (
  select
    remit_key,
    remit_line_number,
    claim_key,
    case when remit_line_number is not null then line_number end as line_number,
    method,
    confidence,
    reason
  from core.remit_link
  where remit_key is not null
  qualify row_number() over (partition by remit_key, remit_line_number order by claim_key, line_number) = 1
)

select
  r.remit_id as remit_key,
  s.line_number,
  r.patient_control_number,
  r.remit_payer_id as payer_id,
  r.payer_claim_control_number,
  r.remit_date,
  r.status_code,
  r.is_reversal,
  r.is_repeated,
  coalesce(s.service_from_date, r.from_date) as service_date,
  s.procedure_code,
  nullif(concat_ws(' ', s.modifier_1, s.modifier_2, s.modifier_3, s.modifier_4), '') as modifiers,
  s.revenue_code,
  s.paid_units as units,
  coalesce(s.charge_amount, r.charge_amount) as billed_amount,
  coalesce(s.paid_amount, r.paid_amount) as paid_amount,
  s.allowed_amount,
  case
    when s.line_number is null then r.patient_responsibility_amount
    else s.patient_adjustment_amount
  end as patient_responsibility_amount,
  a.adjustments,
  m.remarks,
  v.claim_id as claim_key,
  k.line_number as claim_line_number,
  k.method as link_method,
  k.confidence as link_confidence,
  k.reason as link_reason,
  f.path as source_file,
  r.transaction_set,
  coalesce(s.segment_number, r.segment_number) as segment_number
from core.remit_claim as r
inner join core.source_file as f on r.file_key = f.file_key
left join raw.remit_line as s on r.file_key = s.file_key and r.remit_number = s.remit_number
left join adjustment as a
  on r.file_key = a.file_key and r.remit_number = a.remit_number and s.line_number is not distinct from a.line_number
left join remark as m
  on r.file_key = m.file_key and r.remit_number = m.remit_number and s.line_number is not distinct from m.line_number
left join link as k on r.remit_key = k.remit_key and s.line_number is not distinct from k.remit_line_number
left join core.claim_version as v on k.claim_key = v.claim_key
