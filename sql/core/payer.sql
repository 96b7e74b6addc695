/* Payers: one row a payer id of the claims (its name where no id was sent). is_medicare: claims are filed to it as Medicare Part A or B
(MA, MB). */
select
  payer_id,
  min(payer_name) as payer_name,
  bool_or(coalesce(filing_indicator_code in ('MA', 'MB'), false)) as is_medicare,
  count(*) as claim_count
from core.claim_version
where payer_id is not null
group by payer_id
