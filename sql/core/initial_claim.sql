/* Initial claims: one row a claim (its versions are one claim), by the submission that the payer answered first, which is the one that an
initial denial speaks of; where none is answered yet, by the first submission. A replacement, or the same claim sent again, is not another
claim. Left out: voids and what they withdrew, further payers' copies, and claims on which nothing is charged (notices of election): they
cannot be denied. answer_date: first answer of the claim's own payer that is no reversal, not forwarded (23), no predetermination (25) and
no duplicate denial; where there are duplicate denials only, the first of those (is_duplicate_only). */
with answer as (
  select
    claim_key,
    min(remit_date) filter (where not is_duplicate_denial) as answer_date,
    min(remit_date) as any_answer_date
  from core.adjudication
  where is_counted and not is_reversal
  group by claim_key
),

version as (
  select
    v.claim_key,
    v.family_key,
    v.version_number,
    v.submission_date,
    v.from_date as service_date,
    v.payer_id,
    v.payer_sequence_code,
    v.billing_npi,
    v.charge_amount,
    c.clinician_npi,
    c.code_family,
    c.is_facility,
    c.is_charged,
    bool_or(v.is_final and coalesce(c.has_primary_copy, true)) over (partition by v.family_key) as is_primary_copy,
    a.answer_date,
    a.any_answer_date
  from core.claim_version as v
  left join core.claim_chief as c on v.claim_key = c.claim_key
  left join answer as a on v.claim_key = a.claim_key
  where
    v.final_reason is distinct from 'void'
    and v.final_reason is distinct from 'void without its original'
    and v.final_reason is distinct from 'voided'
)

select
  claim_key,
  family_key,
  submission_date,
  service_date,
  payer_id,
  payer_sequence_code,
  billing_npi,
  charge_amount,
  clinician_npi,
  code_family,
  is_facility,
  coalesce(answer_date, any_answer_date) as answer_date,
  answer_date is null and any_answer_date is not null as is_duplicate_only
from version
where is_charged and is_primary_copy
qualify row_number() over (
    partition by family_key
    order by answer_date nulls last, any_answer_date nulls last, version_number
  ) = 1
