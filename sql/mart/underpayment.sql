/* Underpayment: one row a payer, procedure, setting (facility, non-facility), year of service and basis of the expected amount (contract,
payer median, payer ratio, schedule), of the lines that core.payment_comparison compares: allowed something, sent to a primary payer, no
modifier that changes the price. Only contract and payer median are judged (is_judged): the other two are national amounts, which differ
from a locality's without any payment being short.

Measures, additive: line_count, units, allowed_amount, expected_amount, short_line_count and short_amount (allowed less than expected, by
whatever), flagged_count and flagged_amount (below the threshold: the findings of DEN-03). Not additive: low, median and high quartile of
allowed / expected. */
select
  payer_id,
  procedure_code,
  case when is_facility then 'facility' else 'non-facility' end as setting,
  service_year,
  expected_basis,
  is_judged,
  count(*) as line_count,
  cast(sum(units) as decimal(18, 4)) as units,
  cast(sum(allowed_amount) as decimal(18, 2)) as allowed_amount,
  cast(sum(expected_amount) as decimal(18, 2)) as expected_amount,
  count(*) filter (where short_amount > 0) as short_line_count,
  cast(sum(short_amount) as decimal(18, 2)) as short_amount,
  count(*) filter (where is_short) as flagged_count,
  cast(coalesce(sum(short_amount) filter (where is_short), 0) as decimal(18, 2)) as flagged_amount,
  round(quantile_cont(cast(allowed_amount as double) / cast(expected_amount as double), 0.25), 4) as low_allowed_share,
  round(median(cast(allowed_amount as double) / cast(expected_amount as double)), 4) as median_allowed_share,
  round(quantile_cont(cast(allowed_amount as double) / cast(expected_amount as double), 0.75), 4) as high_allowed_share
from core.payment_comparison
group by payer_id, procedure_code, is_facility, service_year, expected_basis, is_judged
