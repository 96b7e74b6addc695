/* Payers by line of business: one row a payer id (its name where no id was sent; null: unknown) and claim filing indicator of the claims,
and one without indicator for payers of the documentation and for the unknown one. is_usual: the line of business that most of the payer's
claims are filed under, once a payer: it stands in where a service was not billed. */
with named as (
  select
    payer_id,
    filing_indicator_code,
    1 as claim_count
  from core.claim_version
  union all
  select distinct
    payer_id,
    cast(null as varchar) as filing_indicator_code,
    0 as claim_count
  from raw.acp_documentation
  union all
  select
    cast(null as varchar) as payer_id,
    cast(null as varchar) as filing_indicator_code,
    0 as claim_count
),

counted as (
  select
    payer_id,
    filing_indicator_code,
    sum(claim_count) as claim_count
  from named
  group by payer_id, filing_indicator_code
)

select
  payer_id,
  filing_indicator_code,
  cast(claim_count as bigint) as claim_count,
  row_number() over (partition by payer_id order by claim_count desc, filing_indicator_code nulls last) = 1 as is_usual
from counted
