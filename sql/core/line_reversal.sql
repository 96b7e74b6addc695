/* Reversals and what they take back: one row an answer to a claim line on a remittance of status 22 whose original is known. Both are of
one payer; a claim that was submitted again is one with its last submission. In four steps, each among what is left, the first original goes
with the first reversal: the same claim number, charge and payment, on an earlier day; the same charge and payment; the same number, charge
and payment on one day, for a payer that takes back at once; any earlier answer, paid or not as the reversal says. A correction is no
original, though it may be dated before the reversal or lie in an earlier file: its payment differs, or it came later. */
with pooled_version as (
  select
    claim_key,
    case when final_reason = 'submitted again' then coalesce(replaced_by_claim_key, claim_key) else claim_key end as pool_claim_key
  from core.claim_version
),

reversed_claim as (
  select distinct p.pool_claim_key
  from core.remit_link as k
  inner join core.remit_claim as r on k.remit_key = r.remit_key
  inner join pooled_version as p on k.claim_key = p.claim_key
  where r.is_reversal and not r.is_repeated
),

answer as (
  select
    p.pool_claim_key,
    k.line_number,
    k.remit_key,
    coalesce(k.remit_line_number, 0) as remit_line_number,
    r.remit_date,
    r.remit_order,
    case when r.is_reversal then 1 else 0 end as reversal_count,
    coalesce(r.remit_payer_id, '') as payer_id,
    coalesce(r.payer_claim_control_number, '') as claim_number,
    abs(coalesce(l.charge_amount, r.charge_amount)) as charge_amount,
    abs(coalesce(l.paid_amount, r.paid_amount)) as paid_amount
  from core.remit_link as k
  inner join core.remit_claim as r on k.remit_key = r.remit_key
  inner join pooled_version as p on k.claim_key = p.claim_key
  inner join reversed_claim as c on p.pool_claim_key = c.pool_claim_key
  left join raw.remit_line as l on r.file_key = l.file_key and r.remit_number = l.remit_number and k.remit_line_number = l.line_number
  where k.line_number is not null and not r.is_repeated and not coalesce(r.status_code in ('23', '25'), false)
),

-- Answers of one kind in the order of time; a reversal is before what came on its day. place: of an original, its number; of a reversal,
-- that of the original which it takes back: reversals whose original is unknown (more of them than originals so far) take none.
mirror_count as (
  select
    *,
    sum(1 - 2 * reversal_count) over history as balance,
    sum(reversal_count) over history as reversal_number,
    sum(1 - reversal_count) over history as original_number
  from answer
  window
    history as (
      partition by pool_claim_key, line_number, payer_id, claim_number, charge_amount, paid_amount
      order by remit_date, reversal_count desc, remit_order, remit_line_number
    )
),

mirror_place as (
  select
    *,
    case when reversal_count = 0 then original_number else reversal_number + least(0, min(balance) over history) end as place
  from mirror_count
  window
    history as (
      partition by pool_claim_key, line_number, payer_id, claim_number, charge_amount, paid_amount
      order by remit_date, reversal_count desc, remit_order, remit_line_number
    )
),

mirror_pair as (
  select
    r.pool_claim_key,
    r.line_number,
    r.remit_key,
    r.remit_line_number,
    o.remit_key as original_remit_key,
    o.remit_line_number as original_remit_line_number
  from mirror_place as r
  inner join mirror_place as o
    on
      r.pool_claim_key = o.pool_claim_key
      and r.line_number = o.line_number
      and r.payer_id = o.payer_id
      and r.claim_number = o.claim_number
      and r.charge_amount = o.charge_amount
      and r.paid_amount = o.paid_amount
      and r.place = o.place
  where r.reversal_count = 1 and o.reversal_count = 0
  qualify row_number() over (
      partition by o.pool_claim_key, o.line_number, o.remit_key, o.remit_line_number
      order by r.remit_date, r.remit_order, r.remit_line_number
    ) = 1
),

mirror_rest as (
  select a.*
  from answer as a
  left join mirror_pair as r
    on
      a.pool_claim_key = r.pool_claim_key
      and a.line_number = r.line_number
      and a.remit_key = r.remit_key
      and a.remit_line_number = r.remit_line_number
  left join mirror_pair as o
    on
      a.pool_claim_key = o.pool_claim_key
      and a.line_number = o.line_number
      and a.remit_key = o.original_remit_key
      and a.remit_line_number = o.original_remit_line_number
  where r.remit_key is null and o.remit_key is null
),

amount_count as (
  select
    *,
    sum(1 - 2 * reversal_count) over history as balance,
    sum(reversal_count) over history as reversal_number,
    sum(1 - reversal_count) over history as original_number
  from mirror_rest
  window
    history as (
      partition by pool_claim_key, line_number, payer_id, charge_amount, paid_amount
      order by remit_date, reversal_count desc, remit_order, remit_line_number
    )
),

amount_place as (
  select
    *,
    case when reversal_count = 0 then original_number else reversal_number + least(0, min(balance) over history) end as place
  from amount_count
  window
    history as (
      partition by pool_claim_key, line_number, payer_id, charge_amount, paid_amount
      order by remit_date, reversal_count desc, remit_order, remit_line_number
    )
),

amount_pair as (
  select
    r.pool_claim_key,
    r.line_number,
    r.remit_key,
    r.remit_line_number,
    o.remit_key as original_remit_key,
    o.remit_line_number as original_remit_line_number
  from amount_place as r
  inner join amount_place as o
    on
      r.pool_claim_key = o.pool_claim_key
      and r.line_number = o.line_number
      and r.payer_id = o.payer_id
      and r.charge_amount = o.charge_amount
      and r.paid_amount = o.paid_amount
      and r.place = o.place
  where r.reversal_count = 1 and o.reversal_count = 0
  qualify row_number() over (
      partition by o.pool_claim_key, o.line_number, o.remit_key, o.remit_line_number
      order by r.remit_date, r.remit_order, r.remit_line_number
    ) = 1
),

amount_rest as (
  select a.*
  from mirror_rest as a
  left join amount_pair as r
    on
      a.pool_claim_key = r.pool_claim_key
      and a.line_number = r.line_number
      and a.remit_key = r.remit_key
      and a.remit_line_number = r.remit_line_number
  left join amount_pair as o
    on
      a.pool_claim_key = o.pool_claim_key
      and a.line_number = o.line_number
      and a.remit_key = o.original_remit_key
      and a.remit_line_number = o.original_remit_line_number
  where r.remit_key is null and o.remit_key is null
),

-- On one day, the original is before its reversal.
same_day_count as (
  select
    *,
    sum(1 - 2 * reversal_count) over history as balance,
    sum(reversal_count) over history as reversal_number,
    sum(1 - reversal_count) over history as original_number
  from amount_rest
  window
    history as (
      partition by pool_claim_key, line_number, payer_id, claim_number, charge_amount, paid_amount
      order by remit_date, reversal_count, remit_order, remit_line_number
    )
),

same_day_place as (
  select
    *,
    case when reversal_count = 0 then original_number else reversal_number + least(0, min(balance) over history) end as place
  from same_day_count
  window
    history as (
      partition by pool_claim_key, line_number, payer_id, claim_number, charge_amount, paid_amount
      order by remit_date, reversal_count, remit_order, remit_line_number
    )
),

same_day_pair as (
  select
    r.pool_claim_key,
    r.line_number,
    r.remit_key,
    r.remit_line_number,
    o.remit_key as original_remit_key,
    o.remit_line_number as original_remit_line_number
  from same_day_place as r
  inner join same_day_place as o
    on
      r.pool_claim_key = o.pool_claim_key
      and r.line_number = o.line_number
      and r.payer_id = o.payer_id
      and r.claim_number = o.claim_number
      and r.charge_amount = o.charge_amount
      and r.paid_amount = o.paid_amount
      and r.place = o.place
  where r.reversal_count = 1 and o.reversal_count = 0
  qualify row_number() over (
      partition by o.pool_claim_key, o.line_number, o.remit_key, o.remit_line_number
      order by r.remit_date, r.remit_order, r.remit_line_number
    ) = 1
),

same_day_rest as (
  select a.*
  from amount_rest as a
  left join same_day_pair as r
    on
      a.pool_claim_key = r.pool_claim_key
      and a.line_number = r.line_number
      and a.remit_key = r.remit_key
      and a.remit_line_number = r.remit_line_number
  left join same_day_pair as o
    on
      a.pool_claim_key = o.pool_claim_key
      and a.line_number = o.line_number
      and a.remit_key = o.original_remit_key
      and a.remit_line_number = o.original_remit_line_number
  where r.remit_key is null and o.remit_key is null
),

earlier_count as (
  select
    *,
    sum(1 - 2 * reversal_count) over history as balance,
    sum(reversal_count) over history as reversal_number,
    sum(1 - reversal_count) over history as original_number
  from same_day_rest
  window
    history as (
      partition by pool_claim_key, line_number, payer_id, paid_amount > 0
      order by remit_date, reversal_count desc, remit_order, remit_line_number
    )
),

earlier_place as (
  select
    *,
    case when reversal_count = 0 then original_number else reversal_number + least(0, min(balance) over history) end as place
  from earlier_count
  window
    history as (
      partition by pool_claim_key, line_number, payer_id, paid_amount > 0
      order by remit_date, reversal_count desc, remit_order, remit_line_number
    )
),

earlier_pair as (
  select
    r.pool_claim_key,
    r.line_number,
    r.remit_key,
    r.remit_line_number,
    o.remit_key as original_remit_key,
    o.remit_line_number as original_remit_line_number
  from earlier_place as r
  inner join earlier_place as o
    on
      r.pool_claim_key = o.pool_claim_key
      and r.line_number = o.line_number
      and r.payer_id = o.payer_id
      and (r.paid_amount > 0) = (o.paid_amount > 0)
      and r.place = o.place
  where r.reversal_count = 1 and o.reversal_count = 0
  qualify row_number() over (
      partition by o.pool_claim_key, o.line_number, o.remit_key, o.remit_line_number
      order by r.remit_date, r.remit_order, r.remit_line_number
    ) = 1
),

pair as (
  select * from mirror_pair
  union all
  select * from amount_pair
  union all
  select * from same_day_pair
  union all
  select * from earlier_pair
)

select
  pool_claim_key,
  line_number,
  remit_key,
  nullif(remit_line_number, 0) as remit_line_number,
  original_remit_key,
  nullif(original_remit_line_number, 0) as original_remit_line_number
from pair
