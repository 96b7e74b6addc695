/* Payments beside what was expected: one row a line (final, primary copy, professional or 0657) sent to a primary payer of which something
was allowed, that has an E(code) and no modifier that changes the price (unless a contract prices that modifier). expected_amount is for the
line's units; of a payer's own median, which is made of all clinicians, Medicare NP, PA and CNS are due 0.85. is_judged: by a contract, or
by a payer median of enough lines, what was allowed can be called short; is_short: it was less than reference.parameter's
paid_below_contract_percent of the contract, or paid_below_expected_percent of the median. short_amount is expected less allowed where that
is more than nothing, short by the threshold or not. */
with compared as (
  select
    a.claim_key,
    a.line_number,
    l.payer_id,
    coalesce(l.acp_code, l.procedure_code) as procedure_code,
    l.is_facility,
    cast(extract(year from l.service_date) as integer) as service_year,
    a.units,
    a.allowed_amount,
    a.expected_basis,
    a.expected_method || case when a.expected_basis = 'payer median' and a.is_reduced_fee then ', x 0.85' else '' end as expected_method,
    a.expected_count,
    case when a.expected_basis = 'payer median' and a.is_reduced_fee then 0.85 else 1 end as fee_share,
    a.expected_amount,
    a.expected_low_amount,
    a.expected_high_amount
  from core.line_amount as a
  inner join core.claim_line as l on a.claim_key = l.claim_key and a.line_number = l.line_number
  where
    a.is_remitted
    and a.allowed_amount > 0
    and a.expected_amount > 0
    and l.is_primary_copy
    and l.is_professional_service
    and coalesce(l.payer_sequence_code, 'P') = 'P'
    -- Part of a service, several at once, or an assistant: less is due.
    and not regexp_matches(
      replace(' ' || coalesce(l.modifiers, '') || ' ', ' ' || coalesce(a.contract_modifier, '-') || ' ', ' '),
      ' (26|TC|50|51|52|53|54|55|56|62|66|73|74|78|80|81|82|AS) '
    )
),

priced as (
  select
    claim_key,
    line_number,
    payer_id,
    procedure_code,
    is_facility,
    service_year,
    units,
    allowed_amount,
    expected_basis,
    expected_method,
    expected_count,
    expected_basis in ('contract', 'payer median') as is_judged,
    cast(round(expected_amount * fee_share, 2) as decimal(18, 2)) as expected_amount,
    cast(round(expected_low_amount * fee_share, 2) as decimal(18, 2)) as expected_low_amount,
    cast(round(expected_high_amount * fee_share, 2) as decimal(18, 2)) as expected_high_amount
  from compared
)

select
  p.*,
  p.is_judged
  and p.allowed_amount * 100
  < p.expected_amount * case p.expected_basis when 'contract' then q.paid_below_contract_percent else q.paid_below_expected_percent end
    as is_short,
  cast(greatest(p.expected_amount - p.allowed_amount, 0) as decimal(18, 2)) as short_amount
from priced as p
cross join reference.parameter as q
