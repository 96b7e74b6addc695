/* ACP sessions: one row a row of raw.acp_documentation, with its minutes (acp_minutes, else stop - start, over midnight allowed; null =
not documented) and its patient: by medical record number where both sides carry one that names a patient (core.crowded_record), else by
patient control number. join_status: joined (ACP is billed by the clinician for the patient that day), not billed, patient not known, or
repeated (the same documentation_id in another file: the row with minutes counts, and of several that of the last file by name).
is_acp_content: a topic other than goals, or a document. A column that its file does not have is marked by has_..._column = false;
has_minutes_from_note: the note reader gave them. */
with present as (
  select
    file_key,
    bool_or(column_name = 'acp_minutes')
    or (bool_or(column_name = 'acp_start') and bool_or(column_name = 'acp_stop')) as has_minutes_column,
    bool_or(column_name = 'topics') as has_topics_column,
    bool_or(column_name = 'voluntary') as has_voluntary_column
  from raw.documentation_column
  group by file_key
),

documentation as (
  select
    d.*,
    case when w.mrn_key is null then d.mrn_key end as record_key,
    coalesce(d.acp_minutes, cast(
      extract(hour from d.acp_stop_time) * 60 + extract(minute from d.acp_stop_time)
      - extract(hour from d.acp_start_time) * 60 - extract(minute from d.acp_start_time)
      + case when d.acp_stop_time < d.acp_start_time then 1440 else 0 end as integer
    )) as minutes,
    coalesce(a.has_minutes_column, false) as has_minutes_column,
    coalesce(a.has_topics_column, false) as has_topics_column,
    coalesce(a.has_voluntary_column, false) as has_voluntary_column
  from raw.acp_documentation as d
  left join present as a on d.file_key = a.file_key
  left join core.crowded_record as w on d.mrn_key = w.mrn_key
),

counted as (
  select
    d.*,
    row_number() over (partition by d.documentation_id order by d.minutes is null, f.path desc, f.file_number, d.row_number) > 1
      as is_repeated
  from documentation as d
  inner join core.source_file as f on d.file_key = f.file_key
),

record as (
  select distinct
    d.documentation_id,
    p.patient_key
  from counted as d
  inner join core.patient as p on p.patient_key = 'mrn:' || d.record_key
  where not d.is_repeated
),

asked_line as (
  select distinct
    patient_control_number,
    service_date,
    rendering_npi
  from counted
  where not is_repeated and patient_control_number is not null
),

-- One row for lines that are alike here, however often the account was sent.
known_line as (
  select
    l.patient_control_number,
    l.service_date,
    l.clinician_npi,
    l.patient_key,
    v.mrn_key,
    l.is_primary_copy and l.acp_code is not null as is_billed,
    min(l.claim_id) as claim_id
  from asked_line as a
  inner join core.claim_line as l
    on a.patient_control_number = l.patient_control_number and a.service_date = l.service_date and a.rendering_npi = l.clinician_npi
  inner join core.claim_version as v on l.claim_key = v.claim_key
  group by
    l.patient_control_number, l.service_date, l.clinician_npi, l.patient_key, v.mrn_key,
    l.is_primary_copy and l.acp_code is not null
),

-- The account of a claim that carries another record number than the documentation is another patient's.
account_line as (
  select
    d.documentation_id,
    l.patient_key,
    l.is_billed,
    l.claim_id
  from counted as d
  inner join known_line as l
    on d.patient_control_number = l.patient_control_number and d.service_date = l.service_date and d.rendering_npi = l.clinician_npi
  where not d.is_repeated and coalesce(d.record_key = l.mrn_key, true)
),

account_claim as (
  select
    d.documentation_id,
    v.patient_key,
    coalesce(d.service_date between v.from_date and v.through_date, false) as is_in_dates,
    v.claim_id
  from counted as d
  inner join core.claim_version as v on d.patient_control_number = v.account_key
  where not d.is_repeated and coalesce(d.record_key = v.mrn_key, true)
),

account as (
  select
    documentation_id,
    patient_key
  from (
    select
      documentation_id,
      patient_key,
      case when is_billed then 1 else 2 end as rank_number,
      claim_id
    from account_line
    union all
    select
      documentation_id,
      patient_key,
      case when is_in_dates then 3 else 4 end as rank_number,
      claim_id
    from account_claim
  ) as found
  qualify row_number() over (partition by documentation_id order by rank_number, claim_id) = 1
),

placed as (
  select
    d.*,
    coalesce(r.patient_key, a.patient_key) as patient_key,
    case when r.patient_key is not null then 'medical record number' when a.patient_key is not null then 'patient control number' end
      as patient_method
  from counted as d
  left join record as r on d.documentation_id = r.documentation_id
  left join account as a on d.documentation_id = a.documentation_id
),

billed as (
  select distinct
    patient_key,
    service_date,
    clinician_npi
  from core.claim_line
  where is_primary_copy and is_professional_service and acp_code is not null
)

select
  p.documentation_id,
  p.file_key,
  p.row_number,
  p.patient_key,
  p.patient_method,
  p.is_repeated,
  case
    when p.is_repeated then 'repeated in another file'
    when p.patient_key is null then 'patient not known to the claims'
    when b.patient_key is null then 'not billed'
    else 'joined'
  end as join_status,
  p.patient_control_number,
  p.service_date,
  p.rendering_npi as clinician_npi,
  p.session_seq,
  p.minutes,
  case when p.acp_minutes is not null then 'minutes' when p.minutes is not null then 'start and stop' end as minutes_source,
  p.time_separate,
  p.em_minutes,
  p.encounter_minutes,
  coalesce(';' || p.from_note || ';' like '%;acp_minutes;%', false) as has_minutes_from_note,
  p.has_minutes_column,
  p.has_topics_column,
  p.has_voluntary_column,
  case
    when p.has_topics_column
      then
        coalesce(
          regexp_matches(lower(p.topics), '(code_status|ventilation|nutrition|dialysis|hospitalization|surrogate|directive|polst)'), false
        )
        or p.documents is not null
  end as is_acp_content,
  case when p.has_voluntary_column then coalesce(p.voluntary = 'N', false) end as is_not_voluntary,
  p.payer_id,
  p.pos as place_of_service_code
from placed as p
left join billed as b on p.patient_key = b.patient_key and p.service_date = b.service_date and p.rendering_npi = b.clinician_npi
