/* KPIs that claims and remittances cannot give: one row a KPI of the revenue cycle that needs a ledger, what is missing, what input would
give it, and which table of the release comes nearest. They are listed so that nobody takes their absence for a zero: none of them has a
number. */
select
  k.kpi,
  'needs ledger' as status,
  k.why,
  k.needed_input,
  k.nearest_table
from (
  values
  (
    'Net days in accounts receivable',
    'An open balance is the ledger''s: claims and remittances know no transfers, credits, payments by patients or write-offs.',
    'Accounts receivable by account at each month''s end, and net patient service revenue by month',
    'payer_timing'
  ),
  (
    'Accounts receivable over 90 days',
    'The age of an open balance needs the balance.',
    'Aged trial balance by account and payer at each month''s end',
    'timely_filing'
  ),
  (
    'Cost to collect',
    'What billing costs stands in no claim.',
    'General ledger: cost of the revenue cycle by month; cash collected by month',
    'none'
  ),
  (
    'Denial write-offs',
    'A remittance tells what was denied, not what was given up.',
    'Adjustment transactions by account, date and transaction code',
    'missed_revenue'
  ),
  (
    'Bad debt and charity care',
    'Both are decided after the remittance, on the patient''s balance.',
    'Adjustment transactions by account, date and transaction code',
    'none'
  ),
  (
    'Net collection rate',
    'What patients and later payers paid, and what was written off by contract, is posted in the ledger.',
    'Payments and adjustments by account, date and transaction code',
    'underpayment'
  ),
  (
    'Patient collections, point-of-service cash',
    'Payments by patients are on no remittance.',
    'Patient payments by account, date and place',
    'none'
  ),
  (
    'Cash as a percentage of net patient service revenue',
    'Net revenue is an accounting figure.',
    'General ledger: net patient service revenue and cash by month',
    'none'
  ),
  (
    'Discharged, not final billed',
    'Services without a claim leave no trace here, but for documented ACP.',
    'Open encounters by date of service, with their charges',
    'timely_filing'
  ),
  (
    'Clean claim rate at the scrubber',
    'What was edited before it was sent, or rejected by the clearinghouse, is not in the files.',
    'Claim edits and rejections (277CA) by claim and date',
    'first_pass'
  ),
  (
    'Credit balances',
    'A credit is a balance of the ledger; a takeback (PLB) shows only once the payer takes it.',
    'Credit balances by account and payer',
    'exposure'
  )
) as k (kpi, why, needed_input, nearest_table)
