/* Submissions: one row a transaction set (ST) of a file that landed rows, numbered in the order in which they were made: date and time of
the set (BHT), of its group, control number of its interchange, then file and place in the file. For 835s the day is that of the remittance.
*/
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
  t.payee_npi
from raw.transaction_set as t
inner join core.source_file as f on t.file_key = f.file_key and f.file_number is not null
left join raw.functional_group as g
  on t.file_key = g.file_key and t.interchange = g.interchange and t.functional_group = g.functional_group
left join raw.interchange as i on t.file_key = i.file_key and t.interchange = i.interchange
