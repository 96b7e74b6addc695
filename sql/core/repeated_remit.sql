/* Repeated remittances: one row a CLP (raw.remit) that a clearinghouse sent again: another set of the same payer, trace number and payment
amount (TRN02, BPR02), earlier by its date, holds the same remittance: account, status, claim number, charge, paid amount. So a payment cut
into several sets keeps all its claims, each once. */
with payment as (
  select
    t.file_key,
    t.transaction_set,
    coalesce(t.payer_id, t.payer_name) as payer_id,
    t.trace_number,
    t.payment_amount,
    coalesce(t.production_date, t.payment_date, t.created_date) as remit_date,
    f.file_number,
    count(*) over (partition by coalesce(t.payer_id, t.payer_name), t.trace_number, t.payment_amount) as set_count
  from raw.transaction_set as t
  inner join core.source_file as f on t.file_key = f.file_key and f.file_number is not null
  where t.is_landed and t.trace_number is not null and t.payment_amount is not null
),

-- The first of a kind in one set is the first of that kind in the other.
remit as (
  select
    p.*,
    r.remit_number,
    r.patient_control_number,
    r.status_code,
    r.payer_claim_control_number,
    r.charge_amount,
    r.paid_amount,
    row_number() over (
      partition by
        r.file_key, r.transaction_set, r.patient_control_number, r.status_code, r.payer_claim_control_number, r.charge_amount, r.paid_amount
      order by r.remit_number
    ) as occurrence_number
  from payment as p
  inner join raw.remit as r on p.file_key = r.file_key and p.transaction_set = r.transaction_set
  where p.set_count > 1
),

numbered as (
  select
    file_key,
    transaction_set,
    remit_number,
    row_number() over (
      partition by
        payer_id, trace_number, payment_amount, patient_control_number, status_code, payer_claim_control_number, charge_amount, paid_amount,
        occurrence_number
      order by remit_date, file_number, transaction_set
    ) as sending_number
  from remit
)

select
  file_key,
  transaction_set,
  remit_number
from numbered
where sending_number > 1
