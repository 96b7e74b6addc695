/* Outcomes: one row a claim line that was adjudicated: the first answer (core.line_answer) that is no reversal, and the net of all that
tell something (reversals netted). A reversal whose original is unknown takes nothing from what follows it.
is_overturned: denied at first, later paid or moved to the patient, since overturned_date. current_outcome: of the last answer that no
reversal has taken back, or what the net says where an earlier one still pays; reversal where none is left. first_outcome is unknown
where only reversals are known. */
with summed as (
  select
    claim_key,
    line_number,
    count(*) as adjudication_count,
    count(*) filter (where is_reversal) as reversal_count,
    count(*) filter (where is_known_reversal) as known_reversal_count,
    count(*) filter (where allowed_amount is null and (is_known_reversal or not is_reversal)) as unknown_count,
    sum(allowed_amount) filter (where is_known_reversal or not is_reversal) as allowed_amount,
    sum(paid_amount) filter (where is_known_reversal or not is_reversal) as paid_amount,
    sum(patient_responsibility_amount) filter (where is_known_reversal or not is_reversal) as patient_responsibility_amount,
    min(remit_date) as first_remit_date,
    max(remit_date) as last_remit_date,
    min(remit_date) filter (where not is_reversal) as first_answer_date,
    arg_min(outcome, answer_number) filter (where not is_reversal) as first_outcome,
    arg_min(is_denied, answer_number) filter (where not is_reversal) as is_first_denied,
    arg_min(coalesce(denial_reason_code, ''), answer_number) filter (where not is_reversal) as first_reason_code,
    arg_max(is_denied, answer_number) filter (where not is_reversal) as is_last_denied,
    arg_max(coalesce(denial_reason_code, ''), answer_number) filter (where not is_reversal) as last_reason_code,
    arg_max(allowed_method, answer_number) filter (where not is_reversal) as last_allowed_method,
    arg_max(outcome, answer_number) filter (where is_standing) as standing_outcome,
    arg_max(is_denied, answer_number) filter (where is_standing) as is_standing_denied,
    arg_max(coalesce(denial_reason_code, ''), answer_number) filter (where is_standing) as standing_reason_code,
    min(remit_date) filter (where is_standing and outcome in ('paid', 'patient')) as answered_date
  from core.line_answer
  where is_telling
  group by claim_key, line_number
),

net as (
  select
    claim_key,
    line_number,
    cast(adjudication_count as integer) as adjudication_count,
    cast(reversal_count as integer) as reversal_count,
    first_remit_date,
    last_remit_date,
    first_answer_date,
    answered_date,
    cast(case when unknown_count = 0 then allowed_amount end as decimal(18, 2)) as allowed_amount,
    cast(case when unknown_count = 0 then paid_amount end as decimal(18, 2)) as paid_amount,
    cast(case when unknown_count = 0 then patient_responsibility_amount end as decimal(18, 2)) as patient_responsibility_amount,
    case
      when known_reversal_count > 0 then 'net of ' || adjudication_count || ' adjudications'
      else last_allowed_method
    end as allowed_method,
    coalesce(first_outcome, 'unknown') as first_outcome,
    case
      when standing_outcome is null then 'reversal'
      when standing_outcome in ('paid', 'patient') or unknown_count > 0 then standing_outcome
      when paid_amount > 0 then 'paid'
      when patient_responsibility_amount > 0 then 'patient'
      else standing_outcome
    end as current_outcome,
    coalesce(is_first_denied, false) as is_first_denied,
    case when is_first_denied then first_reason_code end as first_denial_reason_code,
    coalesce(is_standing_denied, is_last_denied, false) as is_last_denied,
    case when coalesce(is_standing_denied, is_last_denied) then coalesce(standing_reason_code, last_reason_code) end
      as last_denial_reason_code
  from summed
),

judged as (
  select
    *,
    is_first_denied and current_outcome in ('paid', 'patient') as is_overturned
  from net
)

select
  claim_key,
  line_number,
  adjudication_count,
  reversal_count,
  first_remit_date,
  last_remit_date,
  allowed_amount,
  paid_amount,
  patient_responsibility_amount,
  allowed_method,
  first_outcome,
  current_outcome,
  is_first_denied,
  first_denial_reason_code,
  is_last_denied and coalesce(allowed_amount, 0) = 0 as is_denied,
  last_denial_reason_code,
  is_overturned,
  case when is_overturned then answered_date end as overturned_date,
  case when is_overturned then cast(date_diff('day', first_answer_date, answered_date) as integer) end as first_to_overturn_days
from judged
