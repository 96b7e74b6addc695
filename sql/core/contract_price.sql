/* Contract prices: one row a payer, procedure, modifier (null: any line), facility flag and period of the user's own contract rates
(reference.contract_rate), for one unit. A percentage is taken of the Medicare schedule of the day; a row without a procedure code holds for
every code of the schedule that has no row of its own (is_any_code). Where a contract names no facility amount its other one holds, as in
the schedule. */
with facility as (
  select false as is_facility
  union all
  select true as is_facility
),

stated as (
  select
    c.payer_id,
    c.procedure_code,
    c.modifier,
    false as is_any_code,
    f.is_facility,
    c.valid_from,
    c.valid_to,
    coalesce(case when f.is_facility then c.facility_amount end, c.non_facility_amount) as amount,
    'expected: contract'
    || case when f.is_facility and c.facility_amount is null then ', non-facility amount for want of a facility one' else '' end as method
  from reference.contract_rate as c
  cross join facility as f
  where c.procedure_code is not null and coalesce(c.non_facility_amount, c.facility_amount) is not null
),

of_medicare as (
  select
    c.payer_id,
    s.procedure_code,
    c.modifier,
    c.procedure_code is null as is_any_code,
    f.is_facility,
    greatest(coalesce(c.valid_from, s.valid_from), coalesce(s.valid_from, c.valid_from)) as valid_from,
    least(coalesce(c.valid_to, s.valid_to), coalesce(s.valid_to, c.valid_to)) as valid_to,
    coalesce(case when f.is_facility then s.facility_amount end, s.non_facility_amount) * c.medicare_percent / 100 as amount,
    'expected: contract, ' || regexp_replace(cast(c.medicare_percent as varchar), '\.?0+$', '') || ' % of the Medicare schedule'
    || case when f.is_facility and s.facility_amount is null then ', non-facility amount for want of a facility one' else '' end as method
  from reference.contract_rate as c
  inner join reference.fee_schedule as s
    on
      coalesce(c.procedure_code, s.procedure_code) = s.procedure_code
      and coalesce(c.valid_from <= s.valid_to, true)
      and coalesce(c.valid_to >= s.valid_from, true)
  cross join facility as f
  where c.medicare_percent is not null and coalesce(c.non_facility_amount, c.facility_amount) is null
)

select
  payer_id,
  procedure_code,
  modifier,
  is_any_code,
  is_facility,
  coalesce(valid_from, cast('0001-01-01' as date)) as valid_from,
  coalesce(valid_to, cast('9999-12-31' as date)) as valid_to,
  cast(amount as double) as amount,
  method
from stated
where amount is not null
union all
select
  payer_id,
  procedure_code,
  modifier,
  is_any_code,
  is_facility,
  coalesce(valid_from, cast('0001-01-01' as date)) as valid_from,
  coalesce(valid_to, cast('9999-12-31' as date)) as valid_to,
  cast(amount as double) as amount,
  method
from of_medicare
where amount is not null
