/* Primary remittances: one row a remittance claim (CLP) by which a primary payer answers: no reversal (22), not forwarded (23), no
predetermination (25), not of a second or later payer (CLP02 2, 3, 20, 21, or linked to a claim sent to one), and no duplicate (CARC 18 and
no denial reason, or sent again by a clearinghouse); with a charge above 0.01, so that it can be denied. Those linked to no claim stay: the
remittance alone says what it paid. family_key: the claim that it answers, where core.initial_claim has it; answer_number: its place among
the remittances of that claim. is_zero_pay: nothing was paid; its chief reason is a denial reason, else the largest adjustment. */
with reason as (
  select
    d.file_key,
    d.remit_number,
    bool_or(coalesce(a.is_denial, true)) as has_denial_reason,
    bool_or(coalesce(a.is_duplicate, false)) as has_duplicate_reason
  from raw.remit_adjustment as d
  inner join core.remit_claim as r on d.file_key = r.file_key and d.remit_number = r.remit_number
  left join reference.adjustment_reason as a
    on
      d.reason_code = a.reason_code
      and coalesce(r.remit_date between coalesce(a.valid_from, r.remit_date) and coalesce(a.valid_to, r.remit_date), a.valid_to is null)
  where coalesce(r.paid_amount, 0) = 0 and d.reason_code is not null
  group by d.file_key, d.remit_number
),

remit as (
  select
    r.remit_key,
    r.file_key,
    r.remit_number,
    r.remit_order,
    r.remit_date,
    coalesce(v.from_date, r.from_date) as service_date,
    v.submission_date,
    r.claim_key,
    i.claim_key as initial_claim_key,
    i.family_key,
    coalesce(v.payer_id, r.remit_payer_id) as payer_id,
    coalesce(v.billing_npi, s.payee_npi) as billing_npi,
    c.clinician_npi,
    coalesce(c.code_family, 'other') as code_family,
    coalesce(c.is_facility, false) as is_facility,
    r.charge_amount,
    coalesce(r.paid_amount, 0) = 0 as is_zero_pay
  from core.remit_claim as r
  inner join core.submission as s on r.file_key = s.file_key and r.transaction_set = s.transaction_set
  left join core.claim_version as v on r.claim_key = v.claim_key
  left join core.claim_chief as c on r.claim_key = c.claim_key
  left join core.initial_claim as i on v.family_key = i.family_key
  left join reason as n on r.file_key = n.file_key and r.remit_number = n.remit_number
  where
    r.charge_amount > 0.01
    and not r.is_reversal
    and not r.is_repeated
    and not r.is_other_payer
    and not coalesce(r.status_code in ('2', '3', '20', '21', '23', '25'), false)
    and coalesce(v.payer_sequence_code, 'P') = 'P'
    and not coalesce(n.has_duplicate_reason and not n.has_denial_reason, false)
),

chief as (
  select
    r.remit_key,
    d.reason_code
  from remit as r
  inner join raw.remit_adjustment as d on r.file_key = d.file_key and r.remit_number = d.remit_number
  left join reference.adjustment_reason as a
    on
      d.reason_code = a.reason_code
      and coalesce(r.remit_date between coalesce(a.valid_from, r.remit_date) and coalesce(a.valid_to, r.remit_date), a.valid_to is null)
  where r.is_zero_pay and d.reason_code is not null
  qualify row_number() over (
      partition by r.remit_key
      order by coalesce(a.is_denial, true) desc, abs(d.amount) desc, d.line_number, d.adjustment_ordinal
    ) = 1
),

remark as (
  select
    r.remit_key,
    min(k.remark_code) as remark_code
  from remit as r
  inner join raw.remit_remark as k on r.file_key = k.file_key and r.remit_number = k.remit_number
  where r.is_zero_pay
  group by r.remit_key
)

select
  r.remit_key,
  r.remit_date,
  r.service_date,
  r.submission_date,
  r.claim_key,
  r.initial_claim_key,
  r.family_key,
  case
    when r.family_key is not null then row_number() over (partition by r.family_key order by r.remit_order)
  end as answer_number,
  r.payer_id,
  r.billing_npi,
  r.clinician_npi,
  r.code_family,
  r.is_facility,
  r.charge_amount,
  r.is_zero_pay,
  h.reason_code,
  k.remark_code
from remit as r
left join chief as h on r.remit_key = h.remit_key
left join remark as k on r.remit_key = k.remit_key
