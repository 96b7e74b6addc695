/* Repetitions: one row a submission, neither replacement nor void, that repeats another one or is repeated: same account, patient, payer,
billing provider, clinician, type, dates, frequency, charge and lines. target_claim_key: the first of these copies. A payer may answer the
copies under claim numbers of their own (CLP07), and one of them may be voided alone: that copy is then apart, its own target, and
voided_number says which number the void names. So where that number was denied as a duplicate; or where another number of the copies
stands: something was allowed by its last remittance, no void names it, and no other claim of the account could be what it answered.
Otherwise a void ends all copies, for nothing stands beside it. The copy apart is the last one submitted by the day of the number's first
remittance. */
with submitted as (
  select
    s.claim_key,
    s.file_key,
    s.claim_number,
    s.submission_date,
    s.submission_order,
    case when s.patient_basis <> 'account' then s.patient_key end as patient_key,
    c.claim_type,
    c.patient_control_number,
    coalesce(c.payer_id, c.payer_name) as payer_id,
    c.billing_npi,
    c.rendering_npi,
    c.from_date,
    coalesce(c.through_date, c.from_date) as through_date,
    c.charge_amount,
    c.frequency_code
  from core.claim_submission as s
  inner join raw.claim as c on s.file_key = c.file_key and s.claim_number = c.claim_number
  where not coalesce(c.frequency_code in ('7', '8'), false)
),

crowd as (
  select
    patient_control_number,
    charge_amount,
    from_date
  from submitted
  group by patient_control_number, charge_amount, from_date
  having count(*) > 1
),

alike as (
  select s.*
  from submitted as s
  inner join crowd as g
    on
      s.patient_control_number = g.patient_control_number
      and s.charge_amount is not distinct from g.charge_amount
      and s.from_date is not distinct from g.from_date
),

content as (
  select
    a.claim_key,
    md5(string_agg(
      concat_ws(
        '~', coalesce(l.procedure_code, ''), coalesce(l.modifier_1, ''), coalesce(l.modifier_2, ''), coalesce(l.modifier_3, ''),
        coalesce(l.modifier_4, ''), coalesce(l.revenue_code, ''), coalesce(cast(l.charge_amount as varchar), ''),
        coalesce(cast(l.units as varchar), ''), coalesce(cast(l.service_from_date as varchar), ''), coalesce(l.place_of_service_code, ''),
        coalesce(l.rendering_npi, '')
      ), '|' order by l.line_number
    )) as lines
  from alike as a
  inner join raw.claim_line as l on a.file_key = l.file_key and a.claim_number = l.claim_number
  group by a.claim_key
),

lined as (
  select
    a.*,
    c.lines
  from alike as a
  left join content as c on a.claim_key = c.claim_key
),

counted as (
  select
    *,
    first_value(claim_key) over same_lines as first_claim_key,
    row_number() over same_lines as copy_number,
    count(*) over (partition by patient_control_number, charge_amount, from_date, payer_id) as alike_count
  from lined
  window same_lines as (
    partition by
      patient_control_number, charge_amount, from_date, through_date, claim_type, payer_id, billing_npi, rendering_npi, frequency_code,
      patient_key, lines
    order by submission_order
  )
),

copy as (
  select
    *,
    count(*) over (partition by first_claim_key) as copy_count
  from counted
  qualify count(*) over (partition by first_claim_key) > 1
),

void as (
  select distinct
    c.original_reference_number as claim_control_number,
    c.claim_type,
    c.billing_npi,
    case when s.patient_basis <> 'account' then s.patient_key end as patient_key
  from raw.claim as c
  inner join core.claim_submission as s on c.file_key = s.file_key and c.claim_number = s.claim_number
  where c.frequency_code = '8' and c.original_reference_number is not null
),

void_number as (
  select distinct claim_control_number
  from void
),

answered as (
  select distinct
    r.payer_claim_control_number as claim_control_number,
    r.patient_control_number,
    abs(r.charge_amount) as charge_amount,
    r.from_date,
    coalesce(t.remit_payer_id, t.remit_payer_name) as remit_payer_id
  from raw.remit as r
  inner join void_number as v on r.payer_claim_control_number = v.claim_control_number
  inner join core.submission as t on r.file_key = t.file_key and r.transaction_set = t.transaction_set
),

-- The numbers that voids name, where they answered copies (which their first one stands for), unless it could be any of many claims.
named as (
  select distinct
    k.first_claim_key,
    k.patient_control_number,
    k.charge_amount,
    k.from_date,
    k.through_date,
    k.alike_count > k.copy_count as is_beside_others,
    r.remit_payer_id,
    r.claim_control_number
  from answered as r
  inner join copy as k on r.patient_control_number = k.patient_control_number and r.charge_amount = k.charge_amount
  inner join void as v
    on
      r.claim_control_number = v.claim_control_number
      and k.claim_type = v.claim_type
      and k.billing_npi is not distinct from v.billing_npi
  where
    k.copy_number = 1
    and k.alike_count <= k.copy_count + 50
    and coalesce(v.patient_key = k.patient_key, true)
    and coalesce(r.from_date between k.from_date and k.through_date, true)
),

asked as (
  select distinct
    first_claim_key,
    patient_control_number,
    charge_amount,
    from_date,
    through_date,
    remit_payer_id
  from named
),

-- What that payer said of the copies.
said as (
  select
    q.first_claim_key,
    q.remit_payer_id,
    r.payer_claim_control_number as claim_control_number,
    t.submission_date as remit_date,
    t.submission_number * 4294967296 + r.remit_number as remit_order,
    coalesce(r.status_code = '22', false) as is_reversal,
    r.paid_amount + coalesce(r.patient_responsibility_amount, 0) > 0 as is_allowed,
    r.file_key,
    r.remit_number
  from asked as q
  inner join raw.remit as r on q.patient_control_number = r.patient_control_number and q.charge_amount = abs(r.charge_amount)
  inner join core.submission as t
    on
      r.file_key = t.file_key
      and r.transaction_set = t.transaction_set
      and q.remit_payer_id is not distinct from coalesce(t.remit_payer_id, t.remit_payer_name)
  where r.payer_claim_control_number is not null and coalesce(r.from_date between q.from_date and q.through_date, true)
),

duplicate as (
  select distinct
    s.file_key,
    s.remit_number
  from said as s
  inner join raw.remit_adjustment as d on s.file_key = d.file_key and s.remit_number = d.remit_number
  inner join reference.adjustment_reason as a
    on
      d.reason_code = a.reason_code
      and coalesce(s.remit_date between coalesce(a.valid_from, s.remit_date) and coalesce(a.valid_to, s.remit_date), a.valid_to is null)
  where a.is_duplicate and not s.is_allowed
),

answer as (
  select
    s.first_claim_key,
    s.remit_payer_id,
    s.claim_control_number,
    min(s.remit_date) filter (where not s.is_reversal) as first_date,
    arg_max(s.is_allowed and not s.is_reversal, s.remit_order) as is_allowed,
    arg_max(d.file_key is not null, s.remit_order) filter (where not s.is_reversal) as is_duplicate
  from said as s
  left join duplicate as d on s.file_key = d.file_key and s.remit_number = d.remit_number
  group by s.first_claim_key, s.remit_payer_id, s.claim_control_number
),

judged as (
  select
    a.*,
    n.claim_control_number is not null as is_voided,
    not n.is_beside_others
    and bool_or(a.is_allowed and n.claim_control_number is null) over (
      partition by a.first_claim_key, a.remit_payer_id
    ) as is_another_standing
  from answer as a
  left join named as n
    on
      a.first_claim_key = n.first_claim_key
      and a.claim_control_number = n.claim_control_number
      and a.remit_payer_id is not distinct from n.remit_payer_id
),

-- Copies and the numbers that are voided alone, in the order of time: a number's place is that of the last copy before it.
timeline as (
  select
    first_claim_key,
    submission_date as day,
    cast(null as varchar) as voided_number
  from copy
  union all
  select
    first_claim_key,
    first_date as day,
    claim_control_number as voided_number
  from judged
  where is_voided and (is_duplicate or is_another_standing)
),

placed as (
  select
    first_claim_key,
    voided_number,
    count(*) filter (where voided_number is null) over (
      partition by first_claim_key
      order by day, voided_number is not null, voided_number
      rows between unbounded preceding and current row
    ) as copy_number
  from timeline
),

ranked as (
  select
    *,
    row_number() over (partition by first_claim_key order by copy_number desc, voided_number) as rank_number
  from placed
  where voided_number is not null
),

-- No copy takes two numbers: the next one takes the copy before.
apart as (
  select
    first_claim_key,
    voided_number,
    min(greatest(copy_number, 1) + rank_number) over (partition by first_claim_key order by rank_number) - rank_number as copy_number
  from ranked
)

select
  k.claim_key,
  a.voided_number,
  first_value(k.claim_key) over (partition by k.first_claim_key, a.voided_number order by k.copy_number) as target_claim_key
from copy as k
left join apart as a on k.first_claim_key = a.first_claim_key and k.copy_number = a.copy_number
