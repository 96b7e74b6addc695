/* Answers: one row a claim line and an adjudication of it that counts (core.adjudication), numbered in the order of time. What the payer
said of an earlier submission of the very same lines answers the last one too (is_of_repetition). is_telling: false for a duplicate denial
where there is any other answer, for then it says nothing. is_standing: no reversal, and none has taken it back; is_known_reversal: a
reversal whose original is known. */
with pooled as (
  select
    claim_key,
    line_number,
    adjudication_number,
    remit_key,
    remit_line_number,
    remit_date,
    is_reversal,
    is_denied,
    is_duplicate_denial,
    outcome,
    is_reversed,
    reverses_remit_key is not null as is_known_reversal,
    denial_reason_code,
    allowed_amount,
    allowed_method,
    paid_amount,
    patient_responsibility_amount,
    false as is_of_repetition
  from core.adjudication
  where is_counted
  union all
  select
    v.replaced_by_claim_key as claim_key,
    a.line_number,
    a.adjudication_number,
    a.remit_key,
    a.remit_line_number,
    a.remit_date,
    a.is_reversal,
    a.is_denied,
    a.is_duplicate_denial,
    a.outcome,
    a.is_reversed,
    a.reverses_remit_key is not null as is_known_reversal,
    a.denial_reason_code,
    a.allowed_amount,
    a.allowed_method,
    a.paid_amount,
    a.patient_responsibility_amount,
    true as is_of_repetition
  from core.adjudication as a
  inner join core.claim_version as v on a.claim_key = v.claim_key
  where a.is_counted and v.final_reason = 'submitted again' and v.replaced_by_claim_key is not null
)

select
  claim_key,
  line_number,
  cast(
    row_number() over (
      partition by claim_key, line_number
      order by remit_date, is_of_repetition desc, adjudication_number
    ) as integer
  ) as answer_number,
  remit_key,
  remit_line_number,
  remit_date,
  is_of_repetition,
  is_reversal,
  is_denied,
  is_duplicate_denial,
  not is_duplicate_denial or bool_and(is_duplicate_denial) over (partition by claim_key, line_number) as is_telling,
  outcome,
  not is_reversal and not is_reversed as is_standing,
  is_known_reversal,
  denial_reason_code,
  allowed_amount,
  allowed_method,
  paid_amount,
  patient_responsibility_amount
from pooled
