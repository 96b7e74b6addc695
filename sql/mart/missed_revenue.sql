/* Missed revenue: one row a finding of direction under (is_finding), and one a line or documented service that was missed and has been worked
since, so that it is no finding any more. Tiers are never added into one number. A: denied and recoverable (on the remittances); B: paid short
on the claim's own facts; C: documented but not billed (only the record can tell). kind: which dollars of the line: denied, paid short,
patient share (that a modifier waives), not billed. is_counted: the row carries the dollars of its line and kind; over counted rows a dollar
stands once, in one tier.

recovery_status follows claims and remittances by itself. found; corrected claim seen: a later version of the claim, the same lines again, or a
first claim for what was not billed, after the denial or the finding; paid: net of all remittances something is paid or moved to the patient.
Lines denied at first and paid short at first are known from their remittances; what was found on a claim that has been replaced since, or was
not billed then, is known from the findings of earlier runs (audit.finding_history).

Measures: recoverable_amount (still open; 0 once paid or answered), recovered_amount (allowed, net, that came after; 0 until then). Both add
up over is_counted rows and over all rows. How the amount was made: amount_method, expected_amount with expected_n, expected_low_amount and
expected_high_amount (quartiles; null where the amount is stated by a contract or the schedule). Where it stands: source_* (claim line, or row
of the documentation), remit_* (the remittance line that denied it, else the last answer). days_left_to_file: to the payer's limit for filing
(payer policy), counted from the as-of date; negative: past; null: paid, or no limit known. */
with finding as (
  select
    f.check_id,
    c.title,
    c.family,
    f.proof,
    f.documentation_id,
    v.claim_key,
    f.line_number,
    f.service_date,
    f.clinician_npi,
    f.payer_id,
    f.minutes,
    f.recoverable_amount,
    f.amount_method,
    f.at_risk_counted,
    f.finding_key,
    f.first_seen_date
  from audit.finding as f
  inner join audit.check_result as c on f.check_id = c.check_id
  left join core.claim_version as v on f.claim_key = v.claim_id
  where f.direction = 'under'
),

-- Findings of earlier runs that are none now. Denials need no memory: their remittances tell.
gone as (
  select
    h.finding_key,
    h.first_seen_date,
    h.check_id,
    c.title,
    c.family,
    c.proof,
    v.claim_key,
    h.line_number,
    h.documentation_id,
    h.recoverable_amount,
    h.amount_method
  from audit.finding_history as h
  inner join audit.check_result as c on h.check_id = c.check_id
  cross join reference.parameter as q
  left join core.claim_version as v on h.claim_key = v.claim_id
  where
    c.direction = 'under'
    and c.check_id <> 'DEN-01'
    and c.check_id <> 'DEN-02'
    and h.first_seen_date <= q.as_of_date
    and not exists (
      select 1
      from finding as f
      where f.finding_key = h.finding_key
    )
),

denial_history as (
  select
    v.claim_key,
    h.line_number,
    min(h.first_seen_date) as first_seen_date,
    arg_min(h.finding_key, h.check_id) as finding_key
  from audit.finding_history as h
  cross join reference.parameter as q
  inner join core.claim_version as v on h.claim_key = v.claim_id
  where (h.check_id = 'DEN-01' or h.check_id = 'DEN-02') and h.first_seen_date <= q.as_of_date
  group by v.claim_key, h.line_number
),

-- Lines denied at first that no check flags (any more): won since, …
won as (
  select
    o.claim_key,
    o.line_number
  from core.line_outcome as o
  inner join core.claim_line as l on o.claim_key = l.claim_key and o.line_number = l.line_number
  where
    o.is_overturned
    and l.is_primary_copy
    and l.is_professional_service
    and not exists (
      select 1
      from finding as f
      where f.claim_key = o.claim_key and f.line_number = o.line_number and (f.check_id = 'DEN-01' or f.check_id = 'DEN-02')
    )
),

carried as (
  select
    claim_key,
    line_number
  from finding
  where check_id = 'DEN-01' or check_id = 'DEN-02'
  union
  select
    claim_key,
    line_number
  from won
),

-- … or on a claim that was corrected after the denial; the corrected line, where it is denied too, has a row of its own.
corrected as (
  select
    k.claim_key,
    k.line_number,
    k.corrected_date,
    k.final_claim_key,
    k.final_line_number
  from core.corrected_line as k
  inner join core.line_outcome as o on k.claim_key = o.claim_key and k.line_number = o.line_number
  inner join core.claim_line as l on k.claim_key = l.claim_key and k.line_number = l.line_number
  left join core.claim_line as n on k.final_claim_key = n.claim_key and k.final_line_number = n.line_number
  left join carried as t on k.final_claim_key = t.claim_key and k.final_line_number = t.line_number
  where
    o.is_first_denied
    and k.corrected_date > o.first_remit_date
    and coalesce(n.is_primary_copy, coalesce(l.payer_sequence_code, 'P') = 'P')
    and t.claim_key is null
  qualify row_number() over (
      partition by
        k.final_claim_key, k.final_line_number,
        case when k.final_line_number is null then k.claim_key end, case when k.final_line_number is null then k.line_number end
      order by o.first_remit_date desc, k.claim_key, k.line_number
    ) = 1
),

-- Lines paid short at first, and in full after a reversal.
first_answer as (
  select
    a.claim_key,
    a.line_number,
    arg_min(a.allowed_amount, a.adjudication_number) as allowed_amount
  from core.adjudication as a
  inner join core.line_outcome as o on a.claim_key = o.claim_key and a.line_number = o.line_number
  where o.reversal_count > 0 and a.is_counted and not a.is_reversal and not a.is_duplicate_denial
  group by a.claim_key, a.line_number
),

made_good as (
  select
    p.claim_key,
    p.line_number,
    cast(p.allowed_amount - a.allowed_amount as decimal(18, 2)) as recovered_amount
  from core.payment_comparison as p
  inner join first_answer as a on p.claim_key = a.claim_key and p.line_number = a.line_number
  cross join reference.parameter as q
  where
    p.is_judged
    and not p.is_short
    and a.allowed_amount > 0
    and a.allowed_amount * 100
    < p.expected_amount * case p.expected_basis when 'contract' then q.paid_below_contract_percent else q.paid_below_expected_percent end
    and not exists (
      select 1
      from finding as f
      where f.claim_key = p.claim_key and f.line_number = p.line_number and f.family = 'denial'
    )
),

-- What was found on a claim that has been replaced since, and not again on the replacement; what was not billed and is now.
reworked_line as (
  select
    g.finding_key,
    g.family,
    k.claim_key,
    k.line_number,
    k.corrected_date,
    k.final_claim_key,
    k.final_line_number
  from gone as g
  inner join core.corrected_line as k on g.claim_key = k.claim_key and g.line_number = k.line_number
  where
    k.corrected_date is not null
    and not exists (
      select 1
      from finding as f
      where f.check_id = g.check_id and f.claim_key = k.final_claim_key and f.line_number = k.final_line_number
    )
),

billed_late as (
  select
    g.finding_key,
    d.patient_key,
    d.service_date,
    d.clinician_npi
  from gone as g
  inner join core.acp_session as s on g.documentation_id = s.documentation_id and not s.is_repeated
  inner join core.acp_day as d
    on s.patient_key = d.patient_key and s.service_date = d.service_date and s.clinician_npi is not distinct from d.clinician_npi
  where g.claim_key is null and d.is_billed
),

-- The lines whose money tells what came of it: after, and on the first answer before.
touched as (
  select
    b.finding_key,
    l.claim_key,
    l.line_number,
    true as is_after
  from billed_late as b
  inner join core.acp_line as l
    on b.patient_key = l.patient_key and b.service_date = l.service_date and b.clinician_npi is not distinct from l.clinician_npi
  union
  select
    r.finding_key,
    l.claim_key,
    l.line_number,
    true as is_after
  from reworked_line as r
  inner join core.acp_line as d on r.final_claim_key = d.claim_key and r.final_line_number = d.line_number
  inner join core.acp_line as l
    on
      d.patient_key = l.patient_key
      and d.service_date = l.service_date
      and d.clinician_npi is not distinct from l.clinician_npi
      and l.procedure_code = '99498'
  where r.family = 'time'
  union
  select
    r.finding_key,
    l.claim_key,
    l.line_number,
    false as is_after
  from reworked_line as r
  inner join core.claim_line as l on r.claim_key = l.claim_key and l.acp_code = '99498'
  where r.family = 'time'
  union
  select
    finding_key,
    final_claim_key as claim_key,
    final_line_number as line_number,
    true as is_after
  from reworked_line
  where family <> 'time' and final_line_number is not null
  union
  select
    finding_key,
    claim_key,
    line_number,
    false as is_after
  from reworked_line
  where family <> 'time'
),

first_money as (
  select
    t.finding_key,
    t.claim_key,
    t.line_number,
    arg_min(a.allowed_amount, a.adjudication_number) as allowed_amount,
    arg_min(a.paid_amount, a.adjudication_number) as paid_amount
  from touched as t
  inner join core.adjudication as a on t.claim_key = a.claim_key and t.line_number = a.line_number
  where not t.is_after and a.is_counted and not a.is_reversal and not a.is_duplicate_denial
  group by t.finding_key, t.claim_key, t.line_number
),

before_money as (
  select
    finding_key,
    sum(allowed_amount) as allowed_amount,
    sum(paid_amount) as paid_amount
  from first_money
  group by finding_key
),

after_money as (
  select
    t.finding_key,
    sum(o.allowed_amount) as allowed_amount,
    sum(o.paid_amount) as paid_amount,
    bool_or(o.claim_key is not null) as is_answered,
    max(o.last_remit_date) as answered_date,
    min(v.submission_date) as submission_date,
    sum(a.expected_amount) as expected_amount
  from touched as t
  inner join core.claim_version as v on t.claim_key = v.claim_key
  left join core.line_amount as a on t.claim_key = a.claim_key and t.line_number = a.line_number
  left join core.line_outcome as o on t.claim_key = o.claim_key and t.line_number = o.line_number
  where t.is_after
  group by t.finding_key
),

reworked as (
  select
    g.*,
    coalesce(r.corrected_date, m.submission_date) as corrected_date,
    coalesce(m.is_answered, false) as is_answered,
    m.answered_date,
    m.expected_amount,
    cast(
      greatest(
        case g.family
          when 'wellness' then coalesce(m.paid_amount, 0) - coalesce(b.paid_amount, 0)
          else coalesce(m.allowed_amount, 0) - coalesce(b.allowed_amount, 0)
        end,
        0
      ) as decimal(18, 2)
    ) as gained_amount
  from gone as g
  left join reworked_line as r on g.finding_key = r.finding_key
  left join billed_late as l on g.finding_key = l.finding_key
  left join after_money as m on g.finding_key = m.finding_key
  left join before_money as b on g.finding_key = b.finding_key
  where r.finding_key is not null or l.finding_key is not null
),

-- Every row, with the line that it is about and the line on which it is paid.
missed as (
  select
    case
      when f.proof = 'chart' then 'C'
      when coalesce(o.is_denied, false) or f.check_id = 'DEN-01' or f.check_id = 'DEN-02' then 'A'
      else 'B'
    end as tier,
    f.family,
    f.check_id,
    f.title,
    f.proof,
    f.documentation_id,
    f.claim_key,
    f.line_number,
    f.claim_key as paid_claim_key,
    f.line_number as paid_line_number,
    f.service_date,
    f.clinician_npi,
    f.payer_id,
    f.minutes,
    f.recoverable_amount,
    f.amount_method,
    f.at_risk_counted as is_counted,
    f.finding_key,
    f.first_seen_date,
    true as is_finding,
    case
      when f.check_id = 'DEN-01' or f.check_id = 'DEN-02'
        then
          case
            when not o.is_denied and (o.paid_amount > 0 or o.patient_responsibility_amount > 0) then 'paid'
            when d.resubmitted_date is not null then 'corrected claim seen'
          end
    end as recovery_status,
    d.resubmitted_date as corrected_date,
    cast(null as date) as answered_date,
    o.allowed_amount as recovered_amount
  from finding as f
  left join core.line_outcome as o on f.claim_key = o.claim_key and f.line_number = o.line_number
  left join core.line_denial as d on f.claim_key = d.claim_key and f.line_number = d.line_number
  union all
  select
    'A' as tier,
    'denial' as family,
    cast(null as varchar) as check_id,
    'Line denied at its first adjudication, paid or moved to the patient since' as title,
    'claim' as proof,
    cast(null as varchar) as documentation_id,
    w.claim_key,
    w.line_number,
    w.claim_key as paid_claim_key,
    w.line_number as paid_line_number,
    cast(null as date) as service_date,
    cast(null as varchar) as clinician_npi,
    cast(null as varchar) as payer_id,
    cast(null as integer) as minutes,
    cast(0 as decimal(18, 2)) as recoverable_amount,
    'paid or moved to the patient since' as amount_method,
    false as is_counted,
    h.finding_key,
    h.first_seen_date,
    false as is_finding,
    'paid' as recovery_status,
    d.resubmitted_date as corrected_date,
    cast(null as date) as answered_date,
    o.allowed_amount as recovered_amount
  from won as w
  inner join core.line_outcome as o on w.claim_key = o.claim_key and w.line_number = o.line_number
  left join core.line_denial as d on w.claim_key = d.claim_key and w.line_number = d.line_number
  left join denial_history as h on w.claim_key = h.claim_key and w.line_number = h.line_number
  union all
  select
    'A' as tier,
    'denial' as family,
    cast(null as varchar) as check_id,
    'Line denied at its first adjudication, on a claim that was corrected since' as title,
    'claim' as proof,
    cast(null as varchar) as documentation_id,
    k.claim_key,
    k.line_number,
    k.final_claim_key as paid_claim_key,
    k.final_line_number as paid_line_number,
    cast(null as date) as service_date,
    cast(null as varchar) as clinician_npi,
    cast(null as varchar) as payer_id,
    cast(null as integer) as minutes,
    case
      when k.final_line_number is null or o.paid_amount > 0 or o.patient_responsibility_amount > 0 then cast(0 as decimal(18, 2))
      else a.expected_amount
    end as recoverable_amount,
    case
      when k.final_line_number is null then 'not on the corrected claim'
      when o.paid_amount > 0 or o.patient_responsibility_amount > 0 then 'paid or moved to the patient since'
      else a.expected_method
    end as amount_method,
    k.final_line_number is not null
    and not coalesce(o.paid_amount > 0 or o.patient_responsibility_amount > 0, false)
    and coalesce(a.expected_amount > 0, false) as is_counted,
    h.finding_key,
    h.first_seen_date,
    false as is_finding,
    case when o.paid_amount > 0 or o.patient_responsibility_amount > 0 then 'paid' else 'corrected claim seen' end as recovery_status,
    k.corrected_date,
    cast(null as date) as answered_date,
    o.allowed_amount as recovered_amount
  from corrected as k
  left join core.line_outcome as o on k.final_claim_key = o.claim_key and k.final_line_number = o.line_number
  left join core.line_amount as a on k.final_claim_key = a.claim_key and k.final_line_number = a.line_number
  left join denial_history as h on k.claim_key = h.claim_key and k.line_number = h.line_number
  union all
  select
    'B' as tier,
    'denial' as family,
    cast(null as varchar) as check_id,
    'Line paid short at its first adjudication, and in full since' as title,
    'suggests' as proof,
    cast(null as varchar) as documentation_id,
    g.claim_key,
    g.line_number,
    g.claim_key as paid_claim_key,
    g.line_number as paid_line_number,
    cast(null as date) as service_date,
    cast(null as varchar) as clinician_npi,
    cast(null as varchar) as payer_id,
    cast(null as integer) as minutes,
    cast(0 as decimal(18, 2)) as recoverable_amount,
    'paid in full since' as amount_method,
    false as is_counted,
    h.finding_key,
    h.first_seen_date,
    false as is_finding,
    'paid' as recovery_status,
    cast(null as date) as corrected_date,
    o.last_remit_date as answered_date,
    g.recovered_amount
  from made_good as g
  inner join core.line_outcome as o on g.claim_key = o.claim_key and g.line_number = o.line_number
  left join gone as h on g.claim_key = h.claim_key and g.line_number = h.line_number and h.check_id = 'DEN-03'
  union all
  select
    case when r.proof = 'chart' then 'C' else 'B' end as tier,
    r.family,
    r.check_id,
    r.title,
    r.proof,
    r.documentation_id,
    r.claim_key,
    r.line_number,
    cast(null as bigint) as paid_claim_key,
    cast(null as integer) as paid_line_number,
    s.service_date,
    s.clinician_npi,
    s.payer_id,
    cast(null as integer) as minutes,
    case when r.is_answered then cast(0 as decimal(18, 2)) else least(r.recoverable_amount, r.expected_amount) end as recoverable_amount,
    case when r.is_answered then 'answered since' else r.amount_method end as amount_method,
    not r.is_answered and coalesce(least(r.recoverable_amount, r.expected_amount) > 0, false) as is_counted,
    r.finding_key,
    r.first_seen_date,
    false as is_finding,
    case when r.gained_amount > 0 then 'paid' else 'corrected claim seen' end as recovery_status,
    r.corrected_date,
    case when r.gained_amount > 0 then r.answered_date end as answered_date,
    r.gained_amount as recovered_amount
  from reworked as r
  left join core.acp_session as s on case when r.claim_key is null then r.documentation_id end = s.documentation_id and not s.is_repeated
),

-- Answers to the lines listed, an earlier sending of the very same lines included.
listed as (
  select
    claim_key,
    line_number
  from missed
  where line_number is not null
  union
  select
    paid_claim_key as claim_key,
    paid_line_number as line_number
  from missed
  where paid_line_number is not null
),

asked as (
  select
    claim_key as sent_claim_key,
    claim_key,
    line_number
  from listed
  union all
  select
    v.claim_key as sent_claim_key,
    l.claim_key,
    l.line_number
  from listed as l
  inner join core.claim_version as v on l.claim_key = v.replaced_by_claim_key and v.final_reason = 'submitted again'
),

answer as (
  select
    k.claim_key,
    k.line_number,
    a.remit_key,
    a.remit_line_number,
    a.remit_date,
    a.is_denied,
    a.is_reversal,
    a.paid_amount > 0 or a.patient_responsibility_amount > 0 as is_paid,
    k.sent_claim_key <> k.claim_key as is_of_repetition,
    a.adjudication_number
  from asked as k
  inner join core.adjudication as a on k.sent_claim_key = a.claim_key and k.line_number = a.line_number
  where a.is_counted
),

denial as (
  select *
  from answer
  where is_denied
  qualify row_number() over (
      partition by claim_key, line_number
      order by remit_date, is_of_repetition desc, adjudication_number
    ) = 1
),

last_answer as (
  select *
  from answer
  where not is_reversal
  qualify row_number() over (
      partition by claim_key, line_number
      order by remit_date desc, is_of_repetition, adjudication_number desc
    ) = 1
),

payment as (
  select
    m.claim_key,
    m.line_number,
    min(a.remit_date) as paid_date
  from missed as m
  inner join denial as d on m.claim_key = d.claim_key and m.line_number = d.line_number
  inner join answer as a on m.paid_claim_key = a.claim_key and m.paid_line_number = a.line_number
  where a.is_paid and not a.is_reversal and a.remit_date >= d.remit_date
  group by m.claim_key, m.line_number
),

-- n and quartiles of what was not billed: of the codes that it is priced with.
unbilled_price as (
  select
    cast(null as bigint) as claim_key,
    cast(null as integer) as line_number,
    s.documentation_id,
    case
      when coalesce(d.supported_addon_units, 0) = 0 or y.acp_code_in_place is not null then p.expected_count
      when p.expected_count < a.expected_count then p.expected_count
      when p.expected_count is not null then a.expected_count
    end as expected_count,
    p.expected_low_amount
    + case when y.acp_code_in_place is null and d.supported_addon_units > 0 then d.supported_addon_units * a.expected_low_amount else 0 end
      as expected_low_amount,
    p.expected_high_amount
    + case when y.acp_code_in_place is null and d.supported_addon_units > 0 then d.supported_addon_units * a.expected_high_amount else 0 end
      as expected_high_amount
  from finding as f
  inner join core.acp_session as s on f.documentation_id = s.documentation_id and not s.is_repeated
  inner join core.acp_day as d
    on s.patient_key = d.patient_key and s.service_date = d.service_date and s.clinician_npi is not distinct from d.clinician_npi
  inner join core.expected_allowed as p
    on
      p.procedure_code = '99497'
      and d.payer_id is not distinct from p.payer_id
      and d.is_facility = p.is_facility
      and d.is_reduced_fee = p.is_reduced_fee
      and d.service_date = p.service_date
  inner join core.expected_allowed as a
    on
      a.procedure_code = '99498'
      and d.payer_id is not distinct from a.payer_id
      and d.is_facility = a.is_facility
      and d.is_reduced_fee = a.is_reduced_fee
      and d.service_date = a.service_date
  left join core.payer_policy as y
    on d.payer_id is not distinct from y.payer_id and y.is_usual and d.service_date between y.valid_from and y.valid_to
  where f.family = 'time' and f.claim_key is null
  union all
  select
    l.claim_key,
    l.line_number,
    cast(null as varchar) as documentation_id,
    e.expected_count,
    (l.supported_addon_units - l.addon_units) * e.expected_low_amount as expected_low_amount,
    (l.supported_addon_units - l.addon_units) * e.expected_high_amount as expected_high_amount
  from finding as f
  inner join core.acp_line as l on f.claim_key = l.claim_key and f.line_number = l.line_number
  inner join core.expected_allowed as e
    on
      e.procedure_code = '99498'
      and l.payer_id is not distinct from e.payer_id
      and l.is_facility = e.is_facility
      and l.is_reduced_fee = e.is_reduced_fee
      and l.service_date = e.service_date
  where f.family = 'time'
)

select
  m.tier,
  case
    when m.family = 'time' then 'not billed'
    when m.family = 'wellness' then 'patient share'
    when m.tier = 'A' then 'denied'
    else 'paid short'
  end as kind,
  m.check_id,
  m.title,
  m.proof,
  coalesce(l.patient_control_number, s.patient_control_number) as patient_control_number,
  m.documentation_id,
  v.claim_id as claim_key,
  m.line_number,
  coalesce(l.service_date, m.service_date) as service_date,
  coalesce(l.clinician_npi, m.clinician_npi) as clinician_npi,
  l.billing_npi,
  coalesce(l.payer_id, m.payer_id) as payer_id,
  l.procedure_code,
  m.minutes,
  l.charge_amount as billed_amount,
  m.recoverable_amount,
  m.amount_method,
  case m.family
    when 'time' then case when m.is_finding then m.recoverable_amount end
    when 'denial' then coalesce(p.expected_amount, a.expected_amount)
  end as expected_amount,
  case m.family
    when 'time' then u.expected_count
    when 'denial' then coalesce(p.expected_count, a.expected_count)
  end as expected_n,
  cast(
    case m.family
      when 'time' then u.expected_low_amount
      when 'denial' then coalesce(p.expected_low_amount, a.expected_low_amount)
    end as decimal(18, 2)
  ) as expected_low_amount,
  cast(
    case m.family
      when 'time' then u.expected_high_amount
      when 'denial' then coalesce(p.expected_high_amount, a.expected_high_amount)
    end as decimal(18, 2)
  ) as expected_high_amount,
  m.is_counted,
  m.is_finding,
  coalesce(m.recovery_status, 'found') as recovery_status,
  case when m.tier = 'A' then d.remit_date end as denied_date,
  m.corrected_date as corrected_claim_date,
  case when m.recovery_status = 'paid' then coalesce(m.answered_date, y.paid_date) end as recovered_date,
  case when m.recovery_status = 'paid' then coalesce(m.recovered_amount, 0) else cast(0 as decimal(18, 2)) end as recovered_amount,
  cast(
    case
      when m.recovery_status = 'paid' then null
      else date_diff('day', q.as_of_date, cast(coalesce(l.service_date, m.service_date) + t.timely_filing_days as date))
    end as integer
  ) as days_left_to_file,
  m.finding_key,
  m.first_seen_date,
  f.path as source_file,
  l.transaction_set,
  l.segment_number,
  s.row_number as source_row_number,
  rf.path as remit_file,
  r.transaction_set as remit_transaction_set,
  coalesce(rl.segment_number, r.segment_number) as remit_segment_number
from missed as m
cross join reference.parameter as q
left join core.claim_version as v on m.claim_key = v.claim_key
left join core.claim_line as l on m.claim_key = l.claim_key and m.line_number = l.line_number
left join core.acp_session as s on case when m.claim_key is null then m.documentation_id end = s.documentation_id and not s.is_repeated
left join core.source_file as f on coalesce(l.file_key, s.file_key) = f.file_key
left join core.line_amount as a
  on coalesce(m.paid_claim_key, m.claim_key) = a.claim_key and coalesce(m.paid_line_number, m.line_number) = a.line_number
left join core.payment_comparison as p on m.claim_key = p.claim_key and m.line_number = p.line_number
left join unbilled_price as u
  on
    m.is_finding
    and m.claim_key is not distinct from u.claim_key
    and m.line_number is not distinct from u.line_number
    and case when m.claim_key is null then m.documentation_id end is not distinct from u.documentation_id
left join denial as d on m.claim_key = d.claim_key and m.line_number = d.line_number
left join payment as y on m.claim_key = y.claim_key and m.line_number = y.line_number
left join last_answer as z on m.claim_key = z.claim_key and m.line_number = z.line_number
left join core.remit_claim as r on case when m.tier = 'A' then coalesce(d.remit_key, z.remit_key) else z.remit_key end = r.remit_key
left join core.source_file as rf on r.file_key = rf.file_key
left join raw.remit_line as rl
  on
    r.file_key = rl.file_key
    and r.remit_number = rl.remit_number
    and case when m.tier = 'A' and d.remit_key is not null then d.remit_line_number else z.remit_line_number end = rl.line_number
left join core.payer_policy as t
  on
    coalesce(l.payer_id, m.payer_id) is not distinct from t.payer_id
    and coalesce(l.service_date, m.service_date) between t.valid_from and t.valid_to
    and case when m.claim_key is null then t.is_usual else l.filing_indicator_code is not distinct from t.filing_indicator_code end
