/* Claim versions: every submission (one row a row of raw.claim), its place in its claim's history (family_key, version_number) and the
final action. Final is the last replacement, else the last submission, after the last void; a void ends what came before it and is never
final. A replacement or void that is dated before its original still applies to it. final_reason says why a version is final or not;
replaced_by_claim_key names what took its place. */
with recursive climb as (
  select
    claim_key,
    target_claim_key as family_key,
    1 as depth_count
  from core.claim_replacement
  union all
  select
    c.claim_key,
    r.target_claim_key as family_key,
    c.depth_count + 1 as depth_count
  from climb as c
  inner join core.claim_replacement as r on c.family_key = r.claim_key
),

root as (
  select
    claim_key,
    arg_max(family_key, depth_count) as family_key
  from climb
  group by claim_key
),

member as (
  select
    claim_key,
    family_key
  from root
  union
  select
    family_key as claim_key,
    family_key
  from root
),

dated as (
  select
    m.claim_key,
    m.family_key,
    s.submission_order,
    coalesce(c.frequency_code in ('7', '8'), false) as is_change,
    coalesce(c.frequency_code = '8', false) as is_void,
    min(s.submission_order) filter (where not coalesce(c.frequency_code in ('7', '8'), false)) over (
      partition by m.family_key
    ) as original_order
  from member as m
  inner join core.claim_submission as s on m.claim_key = s.claim_key
  inner join raw.claim as c on s.file_key = c.file_key and s.claim_number = c.claim_number
),

numbered as (
  select
    *,
    row_number() over (
      partition by family_key
      order by
        case when is_change and submission_order < original_order then original_order else submission_order end,
        is_change,
        submission_order
    ) as version_number
  from dated
),

ended as (
  select
    *,
    coalesce(max(version_number) filter (where is_void) over (partition by family_key), 0) as void_number
  from numbered
),

settled as (
  select
    *,
    coalesce(
      max(version_number) filter (where is_change and version_number > void_number) over (partition by family_key),
      max(version_number) filter (where version_number > void_number) over (partition by family_key)
    ) as final_number
  from ended
),

history as (
  select
    s.*,
    f.claim_key as final_claim_key,
    f.is_change as is_final_change,
    v.claim_key as void_claim_key
  from settled as s
  left join settled as f on s.family_key = f.family_key and s.final_number = f.version_number
  left join settled as v on s.family_key = v.family_key and s.void_number = v.version_number
),

copied as (
  select distinct
    file_key,
    claim_number
  from raw.claim_payer
)

select
  b.claim_key,
  b.claim_id,
  b.file_key,
  b.claim_number,
  c.transaction_set,
  c.segment_number,
  b.submission_date,
  b.submission_order,
  c.claim_type,
  c.patient_control_number,
  b.account_key,
  b.patient_key,
  b.patient_basis,
  b.mrn_key,
  c.member_key,
  c.patient_age,
  coalesce(c.payer_id, c.payer_name) as payer_id,
  c.payer_name,
  c.payer_sequence_code,
  c.filing_indicator_code,
  p.file_key is not null as has_other_payer,
  c.billing_npi,
  c.billing_taxonomy_code,
  c.rendering_npi,
  c.rendering_taxonomy_code,
  c.attending_npi,
  c.attending_taxonomy_code,
  c.facility_code,
  c.facility_qualifier_code,
  c.frequency_code,
  c.original_reference_number,
  c.charge_amount,
  c.line_count,
  c.from_date,
  coalesce(c.through_date, c.from_date) as through_date,
  c.admission_date,
  c.discharge_date,
  c.patient_status_code,
  coalesce(h.family_key, b.claim_key) as family_key,
  cast(coalesce(h.version_number, 1) as integer) as version_number,
  case
    when h.claim_key is null then not coalesce(c.frequency_code = '8', false)
    else coalesce(h.version_number = h.final_number, false)
  end as is_final,
  case
    when c.frequency_code = '8' and h.original_order is null then 'void without its original'
    when c.frequency_code = '8' then 'void'
    when c.frequency_code = '7' and h.original_order is null and coalesce(h.version_number = h.final_number, true)
      then 'replacement without its original'
    when h.claim_key is null then 'only version'
    when h.version_number < h.void_number then 'voided'
    when h.version_number <> h.final_number and h.is_final_change then 'replaced'
    when h.version_number <> h.final_number then 'submitted again'
    when h.is_change then 'replacement'
    when h.void_number > 0 then 'submitted again after a void'
    else 'last of identical submissions'
  end as final_reason,
  case
    when h.is_void then null
    when h.version_number < h.void_number then h.void_claim_key
    when h.version_number <> h.final_number then h.final_claim_key
  end as replaced_by_claim_key,
  r.method as replacement_method
from core.claim_submission as b
inner join raw.claim as c on b.file_key = c.file_key and b.claim_number = c.claim_number
left join copied as p on b.file_key = p.file_key and b.claim_number = p.claim_number
left join history as h on b.claim_key = h.claim_key
left join core.claim_replacement as r on b.claim_key = r.claim_key
