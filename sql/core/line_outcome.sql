/* Outcomes: one row a claim line that was adjudicated: the first answer (core.line_answer) that is no reversal, and the net of all that
tell something (reversals netted). Where the history begins with a reversal, its original is unknown and the last answer stands alone.
is_overturned: denied at first, later paid or moved to the patient. */
with summed as (
  select
    claim_key,
    line_number,
    count(*) as adjudication_count,
    count(*) filter (where is_reversal) as reversal_count,
    arg_min(is_reversal, answer_number) as is_original_unknown,
    count(*) filter (where allowed_amount is null) as unknown_count,
    sum(allowed_amount) as allowed_amount,
    sum(paid_amount) as paid_amount,
    sum(patient_responsibility_amount) as patient_responsibility_amount,
    min(remit_date) as first_remit_date,
    max(remit_date) as last_remit_date,
    arg_min(is_denied, answer_number) filter (where not is_reversal) as is_first_denied,
    arg_min(coalesce(denial_reason_code, ''), answer_number) filter (where not is_reversal) as first_reason_code,
    arg_max(is_denied, answer_number) filter (where not is_reversal) as is_last_denied,
    arg_max(coalesce(denial_reason_code, ''), answer_number) filter (where not is_reversal) as last_reason_code,
    arg_max(allowed_amount, answer_number) filter (where not is_reversal) as last_allowed_amount,
    arg_max(paid_amount, answer_number) filter (where not is_reversal) as last_paid_amount,
    arg_max(patient_responsibility_amount, answer_number) filter (where not is_reversal) as last_patient_responsibility_amount,
    arg_max(allowed_method, answer_number) filter (where not is_reversal) as last_allowed_method
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
    cast(case when is_original_unknown then last_allowed_amount when unknown_count = 0 then allowed_amount end as decimal(18, 2))
      as allowed_amount,
    cast(case when is_original_unknown then last_paid_amount when unknown_count = 0 then paid_amount end as decimal(18, 2)) as paid_amount,
    cast(
      case
        when is_original_unknown then last_patient_responsibility_amount
        when unknown_count = 0 then patient_responsibility_amount
      end as decimal(18, 2)
    ) as patient_responsibility_amount,
    case
      when reversal_count > 0 and not is_original_unknown then 'net of ' || adjudication_count || ' adjudications'
      else last_allowed_method
    end as allowed_method,
    coalesce(is_first_denied, false) as is_first_denied,
    case when is_first_denied then first_reason_code end as first_denial_reason_code,
    coalesce(is_last_denied, false) as is_last_denied,
    case when is_last_denied then last_reason_code end as last_denial_reason_code
  from summed
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
  is_first_denied,
  first_denial_reason_code,
  is_last_denied and coalesce(allowed_amount, 0) = 0 as is_denied,
  last_denial_reason_code,
  is_first_denied and coalesce(paid_amount > 0 or patient_responsibility_amount > 0, false) as is_overturned
from net
