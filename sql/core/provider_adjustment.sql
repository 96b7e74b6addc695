/* Provider adjustments: one row a reason and amount pair of a PLB (raw.provider_adjustment); a positive amount is withheld from the
payment. Takebacks are overpayment recoveries (WO, WU), balances carried forward (FB), offsets for another provider (OB), recovery
allowances (B3) and returned payments (72). Where the reference names a claim of that payer (its claim number CLP07, or the account CLM01,
alone or before or after a space), the claim is linked. The cash that a payer withholds for a reversed claim is the reversal's, which the
claim's net holds already: is_netted. takeback_amount is what no reversal accounts for, of sets that no clearinghouse has sent again; it
is a fact of the claim, and is not spread over its lines. */
with pair as (
  select
    p.file_key,
    p.transaction_set,
    p.segment_number,
    p.adjustment_ordinal,
    s.submission_date as remit_date,
    coalesce(s.remit_payer_id, s.remit_payer_name) as remit_payer_id,
    s.payee_npi,
    s.is_repeated,
    p.reason_code,
    p.reference_id,
    p.amount,
    coalesce(p.reason_code in ('WO', 'WU', 'FB', 'OB', 'B3', '72'), false) as is_takeback
  from raw.provider_adjustment as p
  inner join core.submission as s on p.file_key = s.file_key and p.transaction_set = s.transaction_set
),

word as (
  select
    file_key,
    transaction_set,
    segment_number,
    adjustment_ordinal,
    remit_payer_id,
    reference_id as claim_number
  from pair
  where is_takeback and reference_id is not null
  union
  select
    file_key,
    transaction_set,
    segment_number,
    adjustment_ordinal,
    remit_payer_id,
    split_part(reference_id, ' ', 1) as claim_number
  from pair
  where is_takeback and reference_id is not null
  union
  select
    file_key,
    transaction_set,
    segment_number,
    adjustment_ordinal,
    remit_payer_id,
    split_part(reference_id, ' ', 2) as claim_number
  from pair
  where is_takeback and reference_id is not null
),

answered as (
  select distinct
    remit_payer_id,
    payer_claim_control_number,
    patient_control_number,
    claim_key
  from core.remit_claim
  where claim_key is not null
),

named as (
  select
    w.file_key,
    w.transaction_set,
    w.segment_number,
    w.adjustment_ordinal,
    a.claim_key,
    'payer''s claim number' as method
  from word as w
  inner join answered as a on w.remit_payer_id = a.remit_payer_id and w.claim_number = a.payer_claim_control_number
  union
  select
    w.file_key,
    w.transaction_set,
    w.segment_number,
    w.adjustment_ordinal,
    a.claim_key,
    'patient control number' as method
  from word as w
  inner join answered as a on w.remit_payer_id = a.remit_payer_id and w.claim_number = a.patient_control_number
),

found as (
  select
    file_key,
    transaction_set,
    segment_number,
    adjustment_ordinal,
    min(claim_key) as claim_key,
    max(claim_key) as last_claim_key,
    max(method) as method
  from named
  group by file_key, transaction_set, segment_number, adjustment_ordinal
),

reversed as (
  select distinct
    claim_key,
    remit_payer_id
  from core.remit_claim
  where is_reversal and not is_repeated and claim_key is not null
),

linked as (
  select
    p.*,
    case when f.claim_key = f.last_claim_key then f.claim_key end as claim_key,
    case when f.claim_key = f.last_claim_key then f.method end as method,
    case
      when not p.is_takeback then 'no takeback'
      when p.reference_id is null then 'no reference'
      when f.claim_key is null then 'the reference names no claim that this payer answered'
      when f.claim_key <> f.last_claim_key then 'the reference names several claims'
    end as reason
  from pair as p
  left join found as f
    on
      p.file_key = f.file_key
      and p.transaction_set = f.transaction_set
      and p.segment_number = f.segment_number
      and p.adjustment_ordinal = f.adjustment_ordinal
)

select
  l.file_key,
  l.transaction_set,
  l.segment_number,
  l.adjustment_ordinal,
  l.remit_date,
  l.remit_payer_id,
  l.payee_npi,
  l.reason_code,
  l.reference_id,
  l.amount,
  l.is_repeated,
  l.is_takeback,
  l.claim_key,
  l.method,
  l.reason,
  r.claim_key is not null as is_netted,
  case
    when l.is_takeback and not l.is_repeated and l.claim_key is not null and r.claim_key is null then l.amount
    else cast(0 as decimal(18, 2))
  end as takeback_amount
from linked as l
left join reversed as r on l.claim_key = r.claim_key and l.remit_payer_id = r.remit_payer_id
