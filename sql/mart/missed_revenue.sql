/* Missed revenue: one row a finding of direction under (is_finding), and one a line or documented service that was missed and has been
worked since, so that it is no finding any more. Tiers are never added into one number. A: denied and recoverable (on the remittances);
B: paid short on the claim's own facts; C: documented but not billed (only the record can tell). kind: which dollars of the line: denied,
paid short, patient share (that a modifier waives), not billed. is_counted: the row carries the dollars of its line and kind; over
counted rows a dollar stands once, in one tier.

recovery_status follows claims and remittances by itself. found; corrected claim seen: a later version of the claim, the same lines
again, or a first claim for what was not billed, after the denial or the finding; paid: net of all remittances something is paid or moved
to the patient. Lines denied at first and paid short at first are known from their remittances; what was found on a claim that has been
replaced since, or was not billed then, is known from the findings of earlier runs (audit.finding_history).

Measures, additive over is_counted rows: recoverable_amount (still open; 0 once paid or answered; over findings it is the sum that their
checks count), recovered_amount (allowed, net, that came after; 0 until then). How the amount was made: amount_method, expected_amount
with expected_n, expected_low_amount and expected_high_amount (quartiles; null where the amount is stated by a contract or the schedule).
Where it stands: source_* (claim line, or row of the documentation), remit_* (the remittance line that denied it, else the last answer).
days_left_to_file: to the payer's limit for filing (payer policy), counted from the as-of date; negative: past; null: paid, or no limit
known. is_in_exposure: the same line has a finding of direction over. submission_date, first_remit_date, code_family and setting are those
of mart.finding_context, and for what is no finding any more made the same way. */
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
    f.minutes,
    f.recoverable_amount,
    f.amount_method,
    f.finding_key,
    f.first_seen_date
  from audit.finding as f
  inner join audit.check_result as c on f.check_id = c.check_id
  left join core.claim_version as v on f.claim_key = v.claim_id
  where f.direction = 'under'
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
    f.minutes,
    f.recoverable_amount,
    f.amount_method,
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
  select *
  from mart.worked_denial
  union all
  select *
  from mart.worked_finding
),

kinds as (
  select
    *,
    case
      when family = 'time' then 'not billed'
      when family = 'wellness' then 'patient share'
      when tier = 'A' then 'denied'
      else 'paid short'
    end as kind
  from missed
),

exposed as (
  select distinct
    claim_key,
    line_number
  from audit.finding
  where direction = 'over' and line_number is not null
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
)

select
  m.tier,
  m.kind,
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
  case when m.claim_key is null then w.payer_id else l.payer_id end as payer_id,
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
  row_number() over (
    partition by m.claim_key, m.line_number, case when m.claim_key is null then m.documentation_id end, m.kind
    order by coalesce(m.recoverable_amount, 0) = 0, m.is_finding desc, m.check_id, m.finding_key
  ) = 1 as is_counted,
  m.is_finding,
  x.claim_key is not null as is_in_exposure,
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
  coalesce(rl.segment_number, r.segment_number) as remit_segment_number,
  coalesce(n.submission_date, v.submission_date) as submission_date,
  coalesce(n.first_remit_date, o.first_remit_date) as first_remit_date,
  case when l.acp_code is not null then 'acp' else coalesce(n.code_family, g.code_family, 'acp') end as code_family,
  coalesce(
    n.setting,
    case
      when l.claim_type = 'institutional' or coalesce(l.is_facility, w.is_facility) then 'facility'
      when coalesce(l.is_facility, w.is_facility) is not null then 'non-facility'
    end
  ) as setting
from kinds as m
cross join reference.parameter as q
left join core.claim_version as v on m.claim_key = v.claim_key
left join core.claim_line as l on m.claim_key = l.claim_key and m.line_number = l.line_number
left join core.acp_session as s on case when m.claim_key is null then m.documentation_id end = s.documentation_id and not s.is_repeated
left join core.acp_day as w
  on s.patient_key = w.patient_key and s.service_date = w.service_date and s.clinician_npi is not distinct from w.clinician_npi
left join core.source_file as f on coalesce(l.file_key, s.file_key) = f.file_key
left join exposed as x on v.claim_id = x.claim_key and m.line_number = x.line_number
left join core.line_amount as a
  on coalesce(m.paid_claim_key, m.claim_key) = a.claim_key and coalesce(m.paid_line_number, m.line_number) = a.line_number
left join core.payment_comparison as p on m.claim_key = p.claim_key and m.line_number = p.line_number
left join core.acp_line as j on m.claim_key = j.claim_key and m.line_number = j.line_number
left join core.acp_missing as u
  on
    m.is_finding
    and m.family = 'time'
    and coalesce(j.patient_key, s.patient_key) = u.patient_key
    and coalesce(j.service_date, s.service_date) = u.service_date
    and coalesce(j.clinician_npi, s.clinician_npi) is not distinct from u.clinician_npi
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
    case when m.claim_key is null then w.payer_id else l.payer_id end is not distinct from t.payer_id
    and coalesce(l.service_date, m.service_date) between t.valid_from and t.valid_to
    and case when m.claim_key is null then t.is_usual else l.filing_indicator_code is not distinct from t.filing_indicator_code end
left join mart.finding_context as n on m.finding_key = n.finding_key
left join core.line_outcome as o on m.claim_key = o.claim_key and m.line_number = o.line_number
left join core.code_family as g
  on
    l.claim_key is not null
    and l.procedure_code is not distinct from g.procedure_code
    and l.revenue_code is not distinct from g.revenue_code
