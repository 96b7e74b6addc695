/* Expected allowed amounts, E(code): one row a payer, procedure, facility flag, reduced-fee flag and day of service that a check may have
to price (core.priced_line, its lines of place of service 34 outside a facility too, both ACP codes on every ACP day, and E/M lines outside
the places of their family at both rates). One unit. First that applies (expected_basis): (contract) the user's own contract rate of the
payer, x 0.85 for Medicare NP, PA and CNS; (payer median) the payer's median allowed for code, facility flag and year, n at least
reference.parameter.expected_minimum_count; (payer ratio) the payer's median ratio to the Medicare schedule x schedule; (schedule) the
schedule, x 0.85 for Medicare NP, PA and CNS. expected_count is the n of a median, expected_low_amount and expected_high_amount are the
quartiles of what it was taken of (own allowed amounts; ratios x schedule): null where the amount is stated, by contract or schedule. */
with acp_code as (
  select '99497' as procedure_code
  union all
  select '99498' as procedure_code
),

asked as (
  select
    d.payer_id,
    c.procedure_code,
    d.is_facility,
    d.is_reduced_fee,
    d.service_date
  from core.acp_day as d
  cross join acp_code as c
  union
  select
    payer_id,
    procedure_code,
    is_facility,
    is_reduced_fee,
    service_date
  from core.priced_line
  union
  select
    payer_id,
    procedure_code,
    not is_facility as is_facility,
    is_reduced_fee,
    service_date
  from core.priced_line
  where place_of_service_code = '34'
  union
  select
    payer_id,
    procedure_code,
    true as is_facility,
    is_reduced_fee,
    service_date
  from core.em_line
  where not is_family_place
  union
  select
    payer_id,
    procedure_code,
    false as is_facility,
    is_reduced_fee,
    service_date
  from core.em_line
  where not is_family_place
),

scheduled as (
  select
    a.*,
    cast(extract(year from a.service_date) as integer) as service_year,
    coalesce(case when a.is_facility then f.facility_amount end, f.non_facility_amount) as schedule_amount,
    a.is_facility and f.facility_amount is null and f.non_facility_amount is not null as is_facility_amount_missing
  from asked as a
  left join reference.fee_schedule as f
    on
      a.procedure_code = f.procedure_code
      and a.service_date between coalesce(f.valid_from, a.service_date) and coalesce(f.valid_to, a.service_date)
),

asked_code as (
  select distinct procedure_code
  from asked
),

allowed as (
  select
    l.payer_id,
    a.procedure_code,
    l.is_facility,
    cast(extract(year from l.service_date) as integer) as service_year,
    l.service_date,
    cast(o.allowed_amount as double) / cast(coalesce(nullif(l.units, 0), 1) as double) as unit_allowed
  from core.claim_line as l
  inner join core.line_outcome as o on l.claim_key = o.claim_key and l.line_number = o.line_number
  inner join asked_code as a on coalesce(l.acp_code, l.procedure_code) = a.procedure_code
  where l.is_primary_copy and l.is_professional_service and l.payer_id is not null and o.allowed_amount > 0
),

own_median as (
  select
    payer_id,
    procedure_code,
    is_facility,
    service_year,
    median(unit_allowed) as unit_allowed,
    quantile_cont(unit_allowed, 0.25) as low_unit_allowed,
    quantile_cont(unit_allowed, 0.75) as high_unit_allowed,
    count(*) as line_count
  from allowed
  group by payer_id, procedure_code, is_facility, service_year
),

scheduled_line as (
  select
    a.payer_id,
    a.unit_allowed / cast(coalesce(case when a.is_facility then f.facility_amount end, f.non_facility_amount) as double) as schedule_ratio
  from allowed as a
  inner join reference.fee_schedule as f
    on
      a.procedure_code = f.procedure_code
      and a.service_date between coalesce(f.valid_from, a.service_date) and coalesce(f.valid_to, a.service_date)
),

ratio as (
  select
    payer_id,
    median(schedule_ratio) as schedule_ratio,
    quantile_cont(schedule_ratio, 0.25) as low_schedule_ratio,
    quantile_cont(schedule_ratio, 0.75) as high_schedule_ratio,
    count(*) as line_count
  from scheduled_line
  group by payer_id
),

priced as (
  select
    s.payer_id,
    s.procedure_code,
    s.is_facility,
    s.is_reduced_fee,
    s.service_date,
    s.is_facility_amount_missing,
    case
      when coalesce(c.amount, g.amount) is not null then 'contract'
      when m.line_count >= q.expected_minimum_count then 'payer median'
      when r.schedule_ratio is not null and s.schedule_amount is not null then 'payer ratio'
      when s.schedule_amount is not null then 'schedule'
    end as expected_basis,
    coalesce(c.amount, g.amount) as contract_amount,
    case when c.amount is not null then c.method else g.method end as contract_method,
    m.unit_allowed,
    m.low_unit_allowed,
    m.high_unit_allowed,
    m.line_count as median_count,
    r.schedule_ratio,
    r.low_schedule_ratio,
    r.high_schedule_ratio,
    r.line_count as ratio_count,
    cast(s.schedule_amount as double) as schedule_amount,
    case when s.is_reduced_fee then 0.85 else 1 end as fee_share
  from scheduled as s
  cross join reference.parameter as q
  left join own_median as m
    on
      s.payer_id = m.payer_id and s.procedure_code = m.procedure_code and s.is_facility = m.is_facility and s.service_year = m.service_year
  left join ratio as r on s.payer_id = r.payer_id
  left join core.contract_price as c
    on
      not c.is_any_code
      and c.modifier is null
      and s.payer_id = c.payer_id
      and s.procedure_code = c.procedure_code
      and s.is_facility = c.is_facility
      and s.service_date between c.valid_from and c.valid_to
  left join core.contract_price as g
    on
      g.is_any_code
      and g.modifier is null
      and s.payer_id = g.payer_id
      and s.procedure_code = g.procedure_code
      and s.is_facility = g.is_facility
      and s.service_date between g.valid_from and g.valid_to
)

select
  payer_id,
  procedure_code,
  is_facility,
  is_reduced_fee,
  service_date,
  cast(
    case expected_basis
      when 'contract' then round(contract_amount * fee_share, 2)
      when 'payer median' then round(unit_allowed, 2)
      when 'payer ratio' then round(schedule_ratio * schedule_amount, 2)
      when 'schedule' then round(schedule_amount * fee_share, 2)
    end as decimal(18, 2)
  ) as expected_amount,
  cast(
    case expected_basis
      when 'payer median' then round(low_unit_allowed, 2)
      when 'payer ratio' then round(low_schedule_ratio * schedule_amount, 2)
    end as decimal(18, 2)
  ) as expected_low_amount,
  cast(
    case expected_basis
      when 'payer median' then round(high_unit_allowed, 2)
      when 'payer ratio' then round(high_schedule_ratio * schedule_amount, 2)
    end as decimal(18, 2)
  ) as expected_high_amount,
  case expected_basis when 'payer median' then median_count when 'payer ratio' then ratio_count end as expected_count,
  expected_basis,
  case expected_basis
    when 'contract' then contract_method || case when is_reduced_fee then ', x 0.85' else '' end
    when 'payer median' then 'expected: payer median, n = ' || median_count
    when 'payer ratio' then 'expected: payer ratio to the Medicare schedule, n = ' || ratio_count
    when 'schedule' then 'expected: Medicare schedule' || case when is_reduced_fee then ' x 0.85' else '' end
    else 'expected: no own payments and no schedule'
  end
  || case
    when expected_basis in ('payer ratio', 'schedule') and is_facility_amount_missing
      then ', non-facility amount for want of a facility one'
    else ''
  end as expected_method
from priced
