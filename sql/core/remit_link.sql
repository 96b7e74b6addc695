/* Links of claim lines and remitted lines: every row of raw.remit_line at least once (once for each line that it answers), every claim
line at least once (once for each remitted line that answers it, else once with the reason why none does), and remittances without lines
spread over the lines of their claim. Within a linked claim, best first: line control number; procedure, modifiers, date, charge and units;
procedure, date and charge; a bundle (one remitted line whose charge is that of several lines added up which nothing else on the remittance
answers: those of its procedure and day, else of its procedure, of its day, of the claim; or, beside the line whose control number it
bears, the rest); procedure and date; procedure and charge; a payer's split of a line that is linked already; date and charge, where only
one line is left that has them (the payer changed the procedure and does not say from what). At last, what a remittance holds of another
claim of the account (several claims in one CLP). The submitted procedure (SVC06) counts where the payer changed it. */
with claim_line as (
  select
    claim_key,
    line_number,
    coalesce(procedure_code, revenue_code) as code,
    coalesce(modifiers, '') as modifiers,
    service_date,
    charge_amount,
    coalesce(units, 1) as units,
    line_control_number,
    assigned_number
  from core.claim_line
),

remit_line as (
  select
    r.remit_key,
    r.claim_key,
    l.line_number as remit_line_number,
    case
      when
        coalesce(l.original_procedure_qualifier, l.procedure_qualifier) = 'NU'
        then lpad(coalesce(l.original_procedure_code, l.procedure_code), 4, '0')
      else coalesce(l.original_procedure_code, l.procedure_code, lpad(l.revenue_code, 4, '0'))
    end as code,
    case
      when l.original_procedure_code is not null
        then concat_ws(' ', l.original_modifier_1, l.original_modifier_2, l.original_modifier_3, l.original_modifier_4)
      else concat_ws(' ', l.modifier_1, l.modifier_2, l.modifier_3, l.modifier_4)
    end as modifiers,
    coalesce(l.service_from_date, r.from_date, c.from_date) as service_date,
    abs(l.charge_amount) as charge_amount,
    abs(coalesce(l.original_units, l.paid_units, 1)) as units,
    l.line_control_number
  from raw.remit_line as l
  inner join core.remit_claim as r on l.file_key = r.file_key and l.remit_number = r.remit_number
  inner join core.claim_version as c on r.claim_key = c.claim_key
),

repeated_number as (
  select
    claim_key,
    line_control_number
  from claim_line
  where line_control_number is not null
  group by claim_key, line_control_number
  having count(*) > 1
),

by_number as (
  select
    r.remit_key,
    r.remit_line_number,
    r.claim_key,
    l.line_number,
    l.service_date,
    r.charge_amount - l.charge_amount as rest_amount
  from remit_line as r
  inner join claim_line as l on r.claim_key = l.claim_key and r.line_control_number = coalesce(l.line_control_number, l.assigned_number)
  left join repeated_number as d on l.claim_key = d.claim_key and l.line_control_number = d.line_control_number
  where d.claim_key is null and (l.line_control_number is not null or l.code = r.code)
  qualify row_number() over (partition by r.remit_key, r.remit_line_number order by l.line_number) = 1
),

open_remit_line as (
  select r.*
  from remit_line as r
  left join by_number as n on r.remit_key = n.remit_key and r.remit_line_number = n.remit_line_number
  where n.remit_key is null
),

open_remit as (
  select
    remit_key,
    claim_key
  from open_remit_line
  union
  select
    remit_key,
    claim_key
  from by_number
  where rest_amount > 0
),

open_claim_line as (
  select
    o.remit_key,
    l.*
  from open_remit as o
  inner join claim_line as l on o.claim_key = l.claim_key
  left join by_number as n on o.remit_key = n.remit_key and l.line_number = n.line_number
  where n.remit_key is null
),

-- The first line of a kind answers the first of that kind, the second the second.
content_remit as (
  select
    *,
    row_number() over (
      partition by remit_key, code, modifiers, service_date, charge_amount, units
      order by remit_line_number
    ) as occurrence_number
  from open_remit_line
),

content_claim as (
  select
    *,
    row_number() over (
      partition by remit_key, code, modifiers, service_date, charge_amount, units
      order by line_number
    ) as occurrence_number
  from open_claim_line
),

by_content as (
  select
    r.remit_key,
    r.remit_line_number,
    r.claim_key,
    l.line_number
  from content_remit as r
  inner join content_claim as l
    on
      r.remit_key = l.remit_key
      and r.code = l.code
      and r.modifiers = l.modifiers
      and r.service_date = l.service_date
      and r.charge_amount = l.charge_amount
      and r.units = l.units
      and r.occurrence_number = l.occurrence_number
),

-- Units paid are not always those billed, and modifiers not always sent back: in their order they still tell lines of one charge apart.
price_remit as (
  select
    o.*,
    row_number() over (
      partition by o.remit_key, o.code, o.service_date, o.charge_amount
      order by o.modifiers, o.remit_line_number
    ) as occurrence_number
  from open_remit_line as o
  left join by_content as b on o.remit_key = b.remit_key and o.remit_line_number = b.remit_line_number
  where b.remit_key is null
),

price_claim as (
  select
    o.*,
    row_number() over (
      partition by o.remit_key, o.code, o.service_date, o.charge_amount
      order by o.modifiers, o.line_number
    ) as occurrence_number
  from open_claim_line as o
  left join by_content as b on o.remit_key = b.remit_key and o.line_number = b.line_number
  where b.remit_key is null
),

by_price as (
  select
    r.remit_key,
    r.remit_line_number,
    r.claim_key,
    l.line_number
  from price_remit as r
  inner join price_claim as l
    on
      r.remit_key = l.remit_key
      and r.code = l.code
      and r.service_date = l.service_date
      and r.charge_amount = l.charge_amount
      and r.occurrence_number = l.occurrence_number
),

bundle_claim as (
  select p.*
  from price_claim as p
  left join by_price as b on p.remit_key = b.remit_key and p.line_number = b.line_number
  where b.remit_key is null
),

-- What a remitted line may add up to: the open lines of its procedure and day, of its procedure, of its day, of the claim.
bundle_total as (
  select
    remit_key,
    1 as scope_number,
    code,
    service_date,
    sum(charge_amount) as charge_amount,
    count(*) as line_count
  from bundle_claim
  group by remit_key, code, service_date
  union all
  select
    remit_key,
    2 as scope_number,
    code,
    null as service_date,
    sum(charge_amount) as charge_amount,
    count(*) as line_count
  from bundle_claim
  group by remit_key, code
  union all
  select
    remit_key,
    3 as scope_number,
    null as code,
    service_date,
    sum(charge_amount) as charge_amount,
    count(*) as line_count
  from bundle_claim
  group by remit_key, service_date
  union all
  select
    remit_key,
    4 as scope_number,
    null as code,
    null as service_date,
    sum(charge_amount) as charge_amount,
    count(*) as line_count
  from bundle_claim
  group by remit_key
),

bundle_remit as (
  select
    p.remit_key,
    p.remit_line_number,
    p.code,
    p.service_date,
    p.charge_amount,
    2 as least_line_count
  from price_remit as p
  left join by_price as b on p.remit_key = b.remit_key and p.remit_line_number = b.remit_line_number
  where b.remit_key is null and p.charge_amount > 0
  union all
  select
    remit_key,
    remit_line_number,
    null as code,
    service_date,
    rest_amount as charge_amount,
    1 as least_line_count
  from by_number
  where rest_amount > 0
),

-- One reading for all bundles of a remittance, so that no line is in two of them.
bundle as (
  select
    r.remit_key,
    r.remit_line_number,
    t.scope_number,
    t.code,
    t.service_date
  from bundle_remit as r
  inner join bundle_total as t
    on r.remit_key = t.remit_key and r.charge_amount = t.charge_amount and r.least_line_count <= t.line_count
  where coalesce(r.code = t.code, t.code is null) and coalesce(r.service_date = t.service_date, t.service_date is null)
  qualify
    dense_rank() over (partition by r.remit_key order by t.scope_number) = 1
    and row_number() over (
      partition by r.remit_key, t.scope_number, t.code, t.service_date
      order by r.remit_line_number
    ) = 1
),

by_bundle as (
  select
    b.remit_key,
    b.remit_line_number,
    l.claim_key,
    l.line_number,
    case when b.scope_number <= 2 then 'medium' else 'low' end as confidence
  from bundle as b
  inner join bundle_claim as l
    on
      b.remit_key = l.remit_key
      and coalesce(b.code = l.code, true)
      and coalesce(b.service_date = l.service_date, true)
),

near_link as (
  select
    remit_key,
    remit_line_number,
    line_number
  from by_content
  union all
  select
    remit_key,
    remit_line_number,
    line_number
  from by_price
  union all
  select
    remit_key,
    remit_line_number,
    line_number
  from by_bundle
),

near_remit as (
  select distinct
    remit_key,
    remit_line_number
  from near_link
),

day_remit as (
  select
    o.*,
    row_number() over (partition by o.remit_key, o.code, o.service_date order by o.remit_line_number) as occurrence_number
  from open_remit_line as o
  left join near_remit as b on o.remit_key = b.remit_key and o.remit_line_number = b.remit_line_number
  where b.remit_key is null
),

day_claim as (
  select
    o.*,
    row_number() over (partition by o.remit_key, o.code, o.service_date order by o.line_number) as occurrence_number
  from open_claim_line as o
  left join near_link as b on o.remit_key = b.remit_key and o.line_number = b.line_number
  where b.remit_key is null
),

by_day as (
  select
    r.remit_key,
    r.remit_line_number,
    r.claim_key,
    l.line_number
  from day_remit as r
  inner join day_claim as l
    on
      r.remit_key = l.remit_key
      and r.code = l.code
      and r.service_date = l.service_date
      and r.occurrence_number = l.occurrence_number
),

charge_remit as (
  select
    o.* exclude (occurrence_number),
    row_number() over (partition by o.remit_key, o.code, o.charge_amount order by o.remit_line_number) as occurrence_number
  from day_remit as o
  left join by_day as b on o.remit_key = b.remit_key and o.remit_line_number = b.remit_line_number
  where b.remit_key is null
),

charge_claim as (
  select
    o.* exclude (occurrence_number),
    row_number() over (partition by o.remit_key, o.code, o.charge_amount order by o.line_number) as occurrence_number
  from day_claim as o
  left join by_day as b on o.remit_key = b.remit_key and o.line_number = b.line_number
  where b.remit_key is null
),

by_charge as (
  select
    r.remit_key,
    r.remit_line_number,
    r.claim_key,
    l.line_number
  from charge_remit as r
  inner join charge_claim as l
    on
      r.remit_key = l.remit_key
      and r.code = l.code
      and r.charge_amount = l.charge_amount
      and r.occurrence_number = l.occurrence_number
),

by_split as (
  select
    r.remit_key,
    r.remit_line_number,
    r.claim_key,
    min(l.line_number) as line_number
  from charge_remit as r
  left join by_charge as c on r.remit_key = c.remit_key and r.remit_line_number = c.remit_line_number
  inner join claim_line as l on r.claim_key = l.claim_key and r.code = l.code and r.service_date = l.service_date
  where c.remit_key is null
  group by r.remit_key, r.remit_line_number, r.claim_key
),

last_remit as (
  select
    r.*,
    count(*) over (partition by r.remit_key, r.service_date, r.charge_amount) as like_count
  from charge_remit as r
  left join by_charge as c on r.remit_key = c.remit_key and r.remit_line_number = c.remit_line_number
  left join by_split as s on r.remit_key = s.remit_key and r.remit_line_number = s.remit_line_number
  where c.remit_key is null and s.remit_key is null
),

last_claim as (
  select
    l.*,
    count(*) over (partition by l.remit_key, l.service_date, l.charge_amount) as like_count
  from charge_claim as l
  left join by_charge as c on l.remit_key = c.remit_key and l.line_number = c.line_number
  where c.remit_key is null
),

by_recoding as (
  select
    r.remit_key,
    r.remit_line_number,
    r.claim_key,
    l.line_number
  from last_remit as r
  inner join last_claim as l on r.remit_key = l.remit_key and r.service_date = l.service_date and r.charge_amount = l.charge_amount
  where r.like_count = 1 and l.like_count = 1 and r.charge_amount > 0
),

-- Lines of other claims of the account, which one CLP may hold too.
stray as (
  select
    r.*,
    v.account_key,
    v.family_key,
    v.patient_key,
    coalesce(v.payer_id, '') as payer_id,
    row_number() over (
      partition by r.remit_key, r.code, r.modifiers, r.service_date, r.charge_amount, r.units
      order by r.remit_line_number
    ) as place_number
  from last_remit as r
  inner join core.claim_version as v on r.claim_key = v.claim_key
  left join by_recoding as b on r.remit_key = b.remit_key and r.remit_line_number = b.remit_line_number
  where b.remit_key is null
),

stray_account as (
  select distinct account_key
  from stray
),

sibling as (
  select
    l.*,
    v.account_key,
    v.family_key,
    v.patient_key,
    coalesce(v.payer_id, '') as payer_id,
    row_number() over (
      partition by
        v.account_key, v.patient_key, coalesce(v.payer_id, ''), l.code, l.modifiers, l.service_date, l.charge_amount, l.units
      order by v.submission_order, l.line_number
    ) as place_number
  from core.claim_version as v
  inner join stray_account as a on v.account_key = a.account_key
  inner join claim_line as l on v.claim_key = l.claim_key
  where v.is_final
),

by_account as (
  select
    r.remit_key,
    r.remit_line_number,
    l.claim_key,
    l.line_number
  from stray as r
  inner join sibling as l
    on
      r.account_key = l.account_key
      and r.patient_key = l.patient_key
      and r.payer_id = l.payer_id
      and r.code = l.code
      and r.modifiers = l.modifiers
      and r.service_date = l.service_date
      and r.charge_amount = l.charge_amount
      and r.units = l.units
      and r.place_number = l.place_number
  where r.family_key <> l.family_key
),

linked as (
  select
    remit_key,
    remit_line_number,
    claim_key,
    line_number,
    'line control number' as method,
    'high' as confidence
  from by_number
  union all
  select
    *,
    'procedure, modifiers, date, charge and units' as method,
    'high' as confidence
  from by_content
  union all
  select
    *,
    'procedure, date and charge' as method,
    'medium' as confidence
  from by_price
  union all
  select
    remit_key,
    remit_line_number,
    claim_key,
    line_number,
    'bundle of lines' as method,
    confidence
  from by_bundle
  union all
  select
    *,
    'procedure and date' as method,
    'medium' as confidence
  from by_day
  union all
  select
    *,
    'procedure and charge' as method,
    'low' as confidence
  from by_charge
  union all
  select
    *,
    'procedure and date of a line already linked' as method,
    'low' as confidence
  from by_split
  union all
  select
    *,
    'date and charge, procedure changed' as method,
    'low' as confidence
  from by_recoding
  union all
  select
    *,
    'another claim of the account' as method,
    'low' as confidence
  from by_account
),

claim_level as (
  select
    r.remit_key,
    cast(null as integer) as remit_line_number,
    r.claim_key,
    l.line_number,
    case when r.claim_key is not null then 'claim without lines on the remittance' end as method,
    case when r.claim_key is not null then 'low' end as confidence,
    r.reason
  from core.remit_claim as r
  left join claim_line as l on r.claim_key = l.claim_key
  where r.line_count = 0
),

answered as (
  select distinct
    claim_key,
    line_number
  from linked
  union
  select
    claim_key,
    line_number
  from claim_level
  where claim_key is not null and line_number is not null
),

remitted_claim as (
  select claim_key from core.remit_claim
  where claim_key is not null
  union
  select claim_key from linked
)

select
  remit_key,
  remit_line_number,
  claim_key,
  line_number,
  method,
  confidence,
  cast(null as varchar) as reason
from linked
union all
select
  remit_key,
  remit_line_number,
  claim_key,
  line_number,
  method,
  confidence,
  reason
from claim_level
union all
select
  r.remit_key,
  l.line_number as remit_line_number,
  null as claim_key,
  null as line_number,
  null as method,
  null as confidence,
  coalesce(r.reason, 'no line of the claim has this procedure on this date or for this charge') as reason
from raw.remit_line as l
inner join core.remit_claim as r on l.file_key = r.file_key and l.remit_number = r.remit_number
left join linked as k on r.remit_key = k.remit_key and l.line_number = k.remit_line_number
where k.remit_key is null
union all
select
  null as remit_key,
  null as remit_line_number,
  l.claim_key,
  l.line_number,
  null as method,
  null as confidence,
  case when c.claim_key is null then 'no remittance for this claim' else 'the claim''s remittances hold no such line' end as reason
from claim_line as l
left join answered as a on l.claim_key = a.claim_key and l.line_number = a.line_number
left join remitted_claim as c on l.claim_key = c.claim_key
where a.claim_key is null
