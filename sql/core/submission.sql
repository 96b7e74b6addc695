/* Submissions: one row a transaction set (ST) of a file that landed rows, numbered in the order in which they were made: date and time of
the set (BHT), of its group, control number of its interchange, then file and place in the file. For 835s the day is that of the remittance.
is_repeated: an 835 that a clearinghouse sent twice: every remittance in it stands in core.repeated_remit, or it holds none, and another one
of the same payer, trace number, amount and provider adjustments came before. Its payment counts once. */
with repeated as (
  select
    file_key,
    transaction_set,
    count(*) as remit_count
  from core.repeated_remit
  group by file_key, transaction_set
)

select
  t.file_key,
  t.transaction_set,
  f.file_number,
  f.file_id,
  t.kind,
  coalesce(t.production_date, t.payment_date, t.created_date, g.created_date) as submission_date,
  row_number() over (
    order by
      coalesce(t.production_date, t.payment_date, t.created_date, g.created_date),
      t.created_time,
      g.created_date,
      g.created_time,
      i.control_number,
      f.file_number,
      t.transaction_set
  ) as submission_number,
  t.payer_id as remit_payer_id,
  t.payer_name as remit_payer_name,
  t.payee_npi,
  case
    when coalesce(t.kind, '') <> '835' or t.trace_number is null then false
    when t.claim_count > 0 then coalesce(r.remit_count = t.claim_count, false)
    else
      row_number() over (
        partition by
          t.kind, t.claim_count, coalesce(t.payer_id, t.payer_name), t.trace_number, t.payment_amount, t.provider_adjustment_total_amount
        order by coalesce(t.production_date, t.payment_date, t.created_date), f.file_number, t.transaction_set
      ) > 1
  end as is_repeated
from raw.transaction_set as t
inner join core.source_file as f on t.file_key = f.file_key and f.file_number is not null
left join raw.functional_group as g
  on t.file_key = g.file_key and t.interchange = g.interchange and t.functional_group = g.functional_group
left join raw.interchange as i on t.file_key = i.file_key and t.interchange = i.interchange
left join repeated as r on t.file_key = r.file_key and t.transaction_set = r.transaction_set
