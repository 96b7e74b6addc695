/* Adjudications: one row a claim line and a remittance that answers it, in the order of time (of one day: reversals before what follows
them). allowed: AMT*B6, else paid + patient responsibility; 0 where denied; negative on a reversal. is_denied is the default definition:
charge above 0.01, nothing allowed (or nothing paid and nothing left to the patient), no reversal, and a denial reason on the line (as the
reasons are grouped on the day of the remittance). Exact duplicates are counted apart. is_counted: by the payer that the claim was sent
to, and neither forwarded (23), nor a predetermination (25), nor sent again by a clearinghouse (is_repeated). Where the remittance has no
service lines, the amounts are known for claims of one line, and for those that got nothing; a bundle's amounts are shared by charge, to
the cent; a reason at the claim counts for its lines that do not add up by their own. outcome: predetermination, forwarded, reversal;
denied, duplicate; paid, else patient (all that is allowed is left to the patient), else zero_charge; else unknown: nothing is paid and no
reason denies it (capitation, another payer has paid all). Of a claim paid without service lines, the outcome is the claim's. A reversal
names what it takes back (reverses_remit_key, null where the original is not known), and is_reversed marks that. days_since_previous: from
the answer before, whichever payer's. */
with reason as (
  select
    d.file_key,
    d.remit_number,
    d.line_number,
    d.reason_code,
    coalesce(a.is_denial, true) as is_denial,
    abs(d.amount) as amount,
    d.adjustment_ordinal
  from raw.remit_adjustment as d
  inner join core.remit_claim as r on d.file_key = r.file_key and d.remit_number = r.remit_number
  left join reference.adjustment_reason as a
    on
      d.reason_code = a.reason_code
      and coalesce(r.remit_date between coalesce(a.valid_from, r.remit_date) and coalesce(a.valid_to, r.remit_date), a.valid_to is null)
  where d.reason_code is not null and coalesce(a.is_denial or a.is_duplicate, true)
),

main_reason as (
  select
    *,
    bool_or(is_denial) over (partition by file_key, remit_number, line_number) as has_denial_reason,
    bool_or(reason_code = 'B9') over (partition by file_key, remit_number, line_number) as has_hospice_reason
  from reason
  qualify row_number() over (
      partition by file_key, remit_number, line_number
      order by is_denial desc, amount desc, adjustment_ordinal, reason_code
    ) = 1
),

-- A reason at the claim counts for lines that do not add up by their own adjustments.
whole_reason as (
  select *
  from main_reason
  where line_number is null
),

claim_size as (
  select
    claim_key,
    count(*) as line_count
  from core.claim_line
  group by claim_key
),

-- One remitted line for several: each gets what its charge is of theirs, rounded so that the cents add up to what was remitted.
bundled as (
  select distinct
    remit_key,
    remit_line_number
  from core.remit_link
  where method = 'bundle of lines'
),

share as (
  select
    k.remit_key,
    k.remit_line_number,
    k.line_number,
    cast(sum(c.charge_amount) over (partition by k.remit_key, k.remit_line_number order by k.line_number) as double)
    / cast(sum(c.charge_amount) over (partition by k.remit_key, k.remit_line_number) as double) as through_share,
    cast(sum(c.charge_amount) over (partition by k.remit_key, k.remit_line_number order by k.line_number) - c.charge_amount as double)
    / cast(sum(c.charge_amount) over (partition by k.remit_key, k.remit_line_number) as double) as from_share
  from bundled as b
  inner join core.remit_link as k on b.remit_key = k.remit_key and b.remit_line_number = k.remit_line_number
  inner join core.claim_line as c on k.claim_key = c.claim_key and k.line_number = c.line_number
),

line as (
  select
    k.claim_key,
    k.line_number,
    k.remit_key,
    k.remit_line_number,
    k.method,
    r.remit_date,
    r.remit_order,
    r.status_code,
    r.is_reversal,
    r.is_other_payer,
    r.is_repeated,
    r.paid_amount as claim_paid_amount,
    r.patient_responsibility_amount as claim_patient_responsibility_amount,
    case
      when h.remit_key is not null then sign(l.charge_amount) * c.charge_amount
      when k.remit_line_number is not null then l.charge_amount
      when n.line_count = 1 then r.charge_amount
      else c.charge_amount
    end as charge_amount,
    case
      when h.remit_key is not null
        then cast(round(l.paid_amount * h.through_share, 2) - round(l.paid_amount * h.from_share, 2) as decimal(18, 2))
      when k.remit_line_number is not null then l.paid_amount
      when n.line_count = 1 or (r.paid_amount = 0 and coalesce(r.patient_responsibility_amount, 0) = 0) then r.paid_amount
    end as paid_amount,
    case
      when h.remit_key is not null
        then
          cast(
            round(coalesce(l.patient_adjustment_amount, 0) * h.through_share, 2)
            - round(coalesce(l.patient_adjustment_amount, 0) * h.from_share, 2) as decimal(18, 2)
          )
      when k.remit_line_number is not null then coalesce(l.patient_adjustment_amount, 0)
      when n.line_count = 1 or (r.paid_amount = 0 and coalesce(r.patient_responsibility_amount, 0) = 0)
        then coalesce(r.patient_responsibility_amount, 0)
    end as patient_responsibility_amount,
    case
      when h.remit_key is null then l.allowed_amount
      else cast(round(l.allowed_amount * h.through_share, 2) - round(l.allowed_amount * h.from_share, 2) as decimal(18, 2))
    end as sent_allowed_amount,
    coalesce(m.reason_code, w.reason_code) as denial_reason_code,
    coalesce(m.has_denial_reason, w.has_denial_reason, false) as has_denial_reason,
    coalesce(m.reason_code, w.reason_code) is not null as has_denial_or_duplicate_reason,
    coalesce(m.has_hospice_reason, w.has_hospice_reason, false) as has_hospice_reason,
    h.remit_key is not null as is_shared
  from core.remit_link as k
  inner join core.remit_claim as r on k.remit_key = r.remit_key
  inner join core.claim_line as c on k.claim_key = c.claim_key and k.line_number = c.line_number
  inner join claim_size as n on k.claim_key = n.claim_key
  left join raw.remit_line as l on r.file_key = l.file_key and r.remit_number = l.remit_number and k.remit_line_number = l.line_number
  left join main_reason as m
    on r.file_key = m.file_key and r.remit_number = m.remit_number and k.remit_line_number is not distinct from m.line_number
  left join whole_reason as w on not l.is_balanced and r.file_key = w.file_key and r.remit_number = w.remit_number
  left join share as h
    on k.remit_key = h.remit_key and k.remit_line_number = h.remit_line_number and k.line_number = h.line_number
),

judged as (
  select
    *,
    coalesce(
      not is_reversal
      and charge_amount > 0.01
      and (
        coalesce(sent_allowed_amount, paid_amount + patient_responsibility_amount) = 0
        or (paid_amount = 0 and patient_responsibility_amount = 0)
      ),
      false
    ) as is_nothing_allowed
  from line
),

priced as (
  select
    claim_key,
    line_number,
    remit_key,
    remit_line_number,
    method,
    remit_date,
    remit_order,
    status_code,
    is_reversal,
    is_other_payer,
    is_repeated,
    not is_other_payer and not is_repeated and not coalesce(status_code in ('23', '25'), false) as is_counted,
    case
      when status_code = '25' then 'predetermination'
      when status_code = '23' then 'forwarded'
      when is_reversal then 'reversal'
      when is_nothing_allowed and has_denial_reason then 'denied'
      when is_nothing_allowed and has_denial_or_duplicate_reason then 'duplicate'
      when coalesce(paid_amount, claim_paid_amount) > 0 then 'paid'
      when coalesce(patient_responsibility_amount, claim_patient_responsibility_amount) > 0 then 'patient'
      when charge_amount <= 0.01 then 'zero_charge'
      else 'unknown'
    end as outcome,
    charge_amount,
    paid_amount,
    patient_responsibility_amount,
    case
      when is_nothing_allowed and has_denial_or_duplicate_reason then 0
      when is_reversal and paid_amount = 0 and patient_responsibility_amount = 0 then 0
      when is_reversal then -abs(coalesce(sent_allowed_amount, paid_amount + patient_responsibility_amount))
      else coalesce(sent_allowed_amount, paid_amount + patient_responsibility_amount)
    end as allowed_amount,
    case
      when is_nothing_allowed and has_denial_or_duplicate_reason then 'denied'
      when sent_allowed_amount is not null then 'allowed on the remittance'
      when paid_amount is not null then 'paid + patient responsibility'
    end
    || case when is_shared and not (is_nothing_allowed and has_denial_or_duplicate_reason) then ', its share of a bundle' else '' end
      as allowed_method,
    denial_reason_code,
    is_nothing_allowed and has_denial_reason as is_denied,
    is_nothing_allowed and has_denial_or_duplicate_reason and not has_denial_reason as is_duplicate_denial,
    has_hospice_reason and not is_reversal as is_hospice_denial
  from judged
),

-- On one day, what takes back an earlier answer comes first, and what takes back an answer of that day comes last.
placed as (
  select
    p.*,
    r.original_remit_key as reverses_remit_key,
    o.remit_key is not null as is_reversed,
    case
      when not p.is_reversal then 2
      when t.remit_date = p.remit_date then 3
      else 1
    end as place_of_day
  from priced as p
  left join core.line_reversal as r
    on
      p.remit_key = r.remit_key
      and p.line_number = r.line_number
      and p.remit_line_number is not distinct from r.remit_line_number
  left join core.remit_claim as t on r.original_remit_key = t.remit_key
  left join core.line_reversal as o
    on
      p.remit_key = o.original_remit_key
      and p.line_number = o.line_number
      and p.remit_line_number is not distinct from o.original_remit_line_number
)

select
  claim_key,
  line_number,
  remit_key,
  remit_line_number,
  cast(row_number() over history as integer) as adjudication_number,
  method,
  remit_date,
  cast(
    date_diff(
      'day',
      max(case when not is_repeated then remit_date end) over (
        partition by claim_key, line_number
        order by remit_date, place_of_day, remit_order, remit_line_number
        rows between unbounded preceding and 1 preceding
      ),
      remit_date
    ) as integer
  ) as days_since_previous,
  status_code,
  outcome,
  is_reversal,
  is_reversed,
  reverses_remit_key,
  is_other_payer,
  is_repeated,
  is_counted,
  charge_amount,
  paid_amount,
  patient_responsibility_amount,
  cast(allowed_amount as decimal(18, 2)) as allowed_amount,
  allowed_method,
  denial_reason_code,
  is_denied,
  is_duplicate_denial,
  is_hospice_denial
from placed
window
  history as (
    partition by claim_key, line_number
    order by remit_date, place_of_day, remit_order, remit_line_number
  )
