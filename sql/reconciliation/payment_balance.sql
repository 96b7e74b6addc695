/* ---
name: payment_balance
stage: balance
order: 2
title: Payments = lines + claim level - provider adjustments
side: sender
unit: dollars
group: transaction set (835)
left: BPR02
right: SVC03 of all lines + what CLP04 adds to or takes from them at claim level - PLB
source: X12 005010X221, balancing (section 1.10.2); RULES.md section 7
means: The sender's own figures do not add up. They landed as sent and are counted as sent; ask the sender for a corrected file
--- */
with line as (
  select
    file_key,
    transaction_set,
    sum(paid_amount) as amount
  from raw.remit_line
  group by file_key, transaction_set
)

select
  f.path as source_file,
  t.transaction_set,
  1 as segment_number,
  'payment ' || coalesce(t.trace_number, t.control_number) as subject,
  t.payment_amount as left_amount,
  t.claim_paid_total_amount - t.provider_adjustment_total_amount as right_amount,
  coalesce(l.amount, 0) as line_payment_amount,
  t.claim_paid_total_amount - coalesce(l.amount, 0) as claim_level_amount,
  t.provider_adjustment_total_amount as provider_adjustment_amount
from raw.transaction_set as t
inner join raw.file as f on t.file_key = f.file_key
left join line as l on t.file_key = l.file_key and t.transaction_set = l.transaction_set
where t.kind = '835' and t.is_landed
