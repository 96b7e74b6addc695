/* Remitted claims: one row a CLP (raw.remit), linked to the claim version that it answers, or with the reason why it is not. Candidates
share the account (CLP01 = CLM01) and no known dates apart; the best by payer, sequence, member, payee, charge, frequency code, the payer's
claim number (a version that names it in F8 came after it; of copies, the one voided under it, and none voided under another), and the last
submission not later than the remittance. Frequency code 1 says nothing when as many claim numbers answered that account, charge and day
before as there are originals: payers echo it on the remittance of a replacement too. A reversal goes where the remittance that it reverses
went. is_other_payer: the remittance is of another payer than the claim was sent to (a crossover). is_repeated: sent again by a
clearinghouse (core.repeated_remit): kept, and never counted. */
with line_day as (
  select
    file_key,
    remit_number,
    min(service_from_date) as from_date,
    max(coalesce(service_through_date, service_from_date)) as through_date,
    count(*) as line_count
  from raw.remit_line
  group by file_key, remit_number
),

remit as (
  select
    s.file_number * 4294967296 + r.remit_number as remit_key,
    s.file_id || '-' || r.remit_number as remit_id,
    r.file_key,
    r.remit_number,
    r.transaction_set,
    r.segment_number,
    s.submission_date as remit_date,
    s.submission_number * 4294967296 + r.remit_number as remit_order,
    r.patient_control_number,
    r.status_code,
    coalesce(r.status_code = '22', false) as is_reversal,
    case
      when r.status_code in ('1', '19') then 'P'
      when r.status_code in ('2', '20') then 'S'
      when r.status_code in ('3', '21') then 'T'
    end as sequence_code,
    r.payer_claim_control_number,
    r.frequency_code,
    coalesce(s.remit_payer_id, s.remit_payer_name) as remit_payer_id,
    s.remit_payer_name,
    s.payee_npi,
    r.patient_member_key,
    r.member_key,
    r.charge_amount,
    r.paid_amount,
    r.patient_responsibility_amount,
    coalesce(r.from_date, d.from_date) as from_date,
    coalesce(r.through_date, r.from_date, d.through_date) as through_date,
    coalesce(d.line_count, 0) as line_count,
    t.remit_number is not null as is_repeated,
    case
      when a.patient_control_number is null then r.patient_control_number
      else r.patient_control_number
        || '|'
        || abs(r.charge_amount)
        || '|'
        || coalesce(cast(coalesce(r.from_date, d.from_date) as varchar), '')
    end as account_key
  from raw.remit as r
  inner join core.submission as s on r.file_key = s.file_key and r.transaction_set = s.transaction_set
  left join line_day as d on r.file_key = d.file_key and r.remit_number = d.remit_number
  left join core.repeated_remit as t on r.file_key = t.file_key and r.remit_number = t.remit_number
  left join core.crowded_account as a on r.patient_control_number = a.patient_control_number
),

several_numbers as (
  select
    account_key,
    remit_payer_id,
    abs(charge_amount) as charge_amount,
    from_date
  from remit
  where not is_reversal and payer_claim_control_number is not null
  group by account_key, remit_payer_id, abs(charge_amount), from_date
  having min(payer_claim_control_number) <> max(payer_claim_control_number)
),

first_answer as (
  select
    r.remit_key,
    r.account_key,
    r.remit_payer_id,
    s.charge_amount,
    r.from_date,
    min(r.remit_order) over (
      partition by r.account_key, r.remit_payer_id, s.charge_amount, r.from_date, r.payer_claim_control_number
    ) as number_order
  from remit as r
  inner join several_numbers as s
    on
      r.account_key = s.account_key
      and r.remit_payer_id is not distinct from s.remit_payer_id
      and abs(r.charge_amount) = s.charge_amount
      and r.from_date = s.from_date
  where
    not r.is_reversal
    and r.payer_claim_control_number is not null
    and not coalesce(r.status_code in ('23', '25'), false)
),

numbered as (
  select
    remit_key,
    dense_rank() over (partition by account_key, remit_payer_id, charge_amount, from_date order by number_order) as number_rank
  from first_answer
),

-- Where charge and first day leave more than 50 claims under one account, the member must agree too, and of claims that are alike in all
-- that is looked at below, the one submitted last stands for those of its day.
crowd as (
  select account_key
  from core.claim_version
  where account_key <> patient_control_number
  group by account_key
  having count(*) > 50
),

stand_in as (
  select v.claim_key
  from core.claim_version as v
  inner join crowd as g on v.account_key = g.account_key
  qualify row_number() over (
      partition by
        v.account_key, v.member_key, v.payer_id, v.payer_name, v.payer_sequence_code, v.billing_npi, v.charge_amount, v.frequency_code,
        v.from_date, v.through_date, v.submission_date
      order by v.submission_order desc
    ) = 1
),

claim as (
  select
    v.claim_key,
    v.submission_date,
    v.submission_order,
    case when g.account_key is null then v.account_key else v.account_key || '|' || coalesce(v.member_key, 0) end as account_key,
    v.payer_id,
    v.payer_name,
    v.payer_sequence_code,
    v.billing_npi,
    v.member_key,
    v.frequency_code,
    v.original_reference_number,
    v.charge_amount,
    v.from_date,
    v.through_date,
    p.voided_number
  from core.claim_version as v
  left join core.claim_repetition as p on v.claim_key = p.claim_key and p.voided_number is not null
  left join crowd as g on v.account_key = g.account_key
  left join stand_in as s on v.claim_key = s.claim_key
  where g.account_key is null or s.claim_key is not null
),

answer as (
  select
    r.*,
    case when g.account_key is null then r.account_key else r.account_key || '|' || coalesce(r.member_key, 0) end as claim_account_key
  from remit as r
  left join crowd as g on r.account_key = g.account_key
),

candidate as (
  select
    r.remit_key,
    c.claim_key,
    coalesce(r.from_date <= c.through_date and r.through_date >= c.from_date, false) as is_date_match,
    coalesce(abs(r.charge_amount) = c.charge_amount, false) as is_charge_match,
    coalesce(r.remit_payer_id = c.payer_id or upper(r.remit_payer_name) = upper(c.payer_name), false) as is_payer_match,
    coalesce(r.payee_npi = c.billing_npi, false) as is_payee_match,
    coalesce(r.sequence_code = coalesce(c.payer_sequence_code, 'P'), false) as is_sequence_match,
    coalesce(r.member_key = c.member_key or r.patient_member_key = c.member_key, false) as is_member_match,
    coalesce(r.frequency_code = c.frequency_code, false) as is_frequency_match,
    coalesce(c.frequency_code in ('7', '8'), false) as is_change,
    coalesce(r.frequency_code = '1', false) as is_first_frequency,
    not coalesce(c.frequency_code = '8', false) as is_not_void,
    not coalesce(r.payer_claim_control_number = c.original_reference_number, false) as is_not_later,
    coalesce(r.payer_claim_control_number = c.voided_number, false) as is_voided_number,
    c.voided_number is null as is_not_apart,
    coalesce(c.submission_date <= r.remit_date, true) as is_in_time,
    c.submission_order
  from answer as r
  inner join claim as c on r.claim_account_key = c.account_key
  where coalesce(r.from_date <= c.through_date and r.through_date >= c.from_date, true)
),

echo as (
  select
    c.remit_key,
    c.claim_key,
    n.number_rank > count(*) filter (where not c.is_change) over (
      partition by c.remit_key, c.is_payer_match, c.is_sequence_match, c.is_member_match, c.is_payee_match, c.is_charge_match
    ) as is_echo
  from candidate as c
  inner join numbered as n on c.remit_key = n.remit_key
  where c.is_first_frequency
),

best as (
  select c.*
  from candidate as c
  left join echo as e on c.remit_key = e.remit_key and c.claim_key = e.claim_key
  where c.is_date_match or c.is_charge_match or c.is_payer_match or c.is_payee_match or c.is_member_match
  qualify row_number() over (
      partition by c.remit_key
      order by
        c.is_payer_match desc,
        c.is_sequence_match desc,
        c.is_member_match desc,
        c.is_payee_match desc,
        c.is_charge_match desc,
        c.is_frequency_match and not coalesce(e.is_echo, false) desc,
        c.is_not_void desc,
        c.is_voided_number desc,
        c.is_not_apart desc,
        c.is_not_later desc,
        c.is_in_time desc,
        c.submission_order desc
    ) = 1
),

first_answered as (
  select
    r.account_key,
    r.payer_claim_control_number,
    min(r.remit_date) as remit_date,
    arg_min(b.claim_key, r.remit_order) as claim_key
  from remit as r
  inner join best as b on r.remit_key = b.remit_key
  where not r.is_reversal
  group by r.account_key, r.payer_claim_control_number
),

reversed as (
  select
    v.remit_key,
    o.claim_key
  from remit as v
  inner join first_answered as o
    on v.account_key = o.account_key and v.payer_claim_control_number = o.payer_claim_control_number and v.remit_date >= o.remit_date
  where v.is_reversal
),

known_account as (
  select distinct account_key
  from core.claim_version
),

linked as (
  select
    r.*,
    coalesce(v.claim_key, b.claim_key) as claim_key,
    coalesce(b.is_payer_match, false) as is_payer_match,
    case
      when b.is_date_match and b.is_charge_match then 'high'
      when b.is_date_match or b.is_charge_match then 'medium'
      when b.remit_key is not null then 'low'
    end as confidence,
    k.account_key is not null as is_known_account
  from remit as r
  left join best as b on r.remit_key = b.remit_key
  left join reversed as v on r.remit_key = v.remit_key
  left join known_account as k on r.account_key = k.account_key
),

placed as (
  select
    l.*,
    coalesce(l.sequence_code <> coalesce(c.payer_sequence_code, 'P'), false) as is_other_sequence,
    coalesce(l.sequence_code = coalesce(c.payer_sequence_code, 'P'), false) as is_own_sequence
  from linked as l
  left join core.claim_version as c on l.claim_key = c.claim_key
)

select
  remit_key,
  remit_id,
  file_key,
  remit_number,
  transaction_set,
  segment_number,
  remit_date,
  remit_order,
  patient_control_number,
  status_code,
  is_reversal,
  payer_claim_control_number,
  remit_payer_id,
  charge_amount,
  paid_amount,
  patient_responsibility_amount,
  from_date,
  line_count,
  is_repeated,
  claim_key,
  confidence,
  (
    is_other_sequence
    or (
      sequence_code is null
      and claim_key is not null
      and bool_or(is_other_sequence) over (partition by claim_key, remit_payer_id)
      and not bool_or(is_own_sequence) over (partition by claim_key, remit_payer_id)
    )
  )
  and not (is_payer_match and not bool_or(is_own_sequence) over (partition by claim_key, remit_payer_id)) as is_other_payer,
  case
    when claim_key is not null then null
    when patient_control_number is null then 'no patient control number'
    when not is_known_account then 'no claim with this patient control number'
    else 'claims with this patient control number differ in dates, or agree in nothing else'
  end as reason
from placed
