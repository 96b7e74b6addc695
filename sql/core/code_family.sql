/* Code families: one row a procedure code and revenue code that a claim line has (either may be null): acp, critical_care, awv (annual
wellness visit), hospice, em or other, the first that fits; family_rank is the place in that order. A code belongs to its family on
every day: the dates of the reference rows say when it may be billed, not what it is. A line that its payer's policy takes for ACP
(core.claim_line.acp_code) is acp whatever its code: who reads this says so. */
with code as (
  select distinct
    procedure_code,
    revenue_code
  from core.claim_line
),

procedure as (
  select distinct procedure_code
  from code
  where procedure_code is not null
),

procedure_family as (
  select
    c.procedure_code,
    min(
      case
        when c.procedure_code in ('99497', '99498') then 1
        when r.procedure_code is not null then 2
        when c.procedure_code in ('G0438', 'G0439') then 3
        when h.code is not null then 4
        when e.em_family is not null then 5
        else 6
      end
    ) as family_rank
  from procedure as c
  left join reference.critical_care as r on c.procedure_code = r.procedure_code
  left join reference.hospice_code as h on c.procedure_code = h.code and h.code_kind = 'procedure_code' and h.is_hospice_service
  left join reference.em_family as e on c.procedure_code between e.procedure_code_from and e.procedure_code_to
  group by c.procedure_code
),

hospice_revenue as (
  select distinct code as revenue_code
  from reference.hospice_code
  where code_kind = 'revenue_code' and is_hospice_service
),

ranked as (
  select
    c.procedure_code,
    c.revenue_code,
    case
      when coalesce(p.family_rank, 6) > 4 and v.revenue_code is not null then 4
      else coalesce(p.family_rank, 6)
    end as family_rank
  from code as c
  left join procedure_family as p on c.procedure_code = p.procedure_code
  left join hospice_revenue as v on c.revenue_code = v.revenue_code
)

select
  procedure_code,
  revenue_code,
  case family_rank
    when 1 then 'acp'
    when 2 then 'critical_care'
    when 3 then 'awv'
    when 4 then 'hospice'
    when 5 then 'em'
    else 'other'
  end as code_family,
  family_rank
from ranked
