/* ACP records: one row a patient, day of service and clinician with documentation: what its sessions (none repeated) show of what the
record must show (RULES.md section 4). A fact is true where one session of the day shows it, false where all sessions could and none does,
and null where it stays open, because the file of a session has no such column. is_voluntary is false too where any session says N;
is_by_eligible_author is open where no author is named or known; is_dnr_elected is false where nothing says so. */
with present as (
  select
    file_key,
    bool_or(column_name = 'voluntary') as has_voluntary,
    bool_or(column_name = 'participants') as has_participants,
    bool_or(column_name = 'patient_present') as has_patient_present,
    bool_or(column_name = 'absence_reason') as has_absence_reason,
    bool_or(column_name = 'topics') and bool_or(column_name = 'documents') as has_content,
    bool_or(column_name = 'status_change') as has_status_change
  from raw.documentation_column
  group by file_key
),

-- M.D., FNP-BC and "Palliative Nurse Practitioner" as words between blanks, which the listed credentials are looked for among.
credential as (
  select distinct
    author_credential,
    service_date,
    ' ' || trim(regexp_replace(replace(upper(author_credential), '.', ''), '[^A-Z0-9]+', ' ', 'g')) || ' ' as words
  from raw.acp_documentation
  where author_credential is not null
),

author as (
  select
    c.author_credential,
    c.service_date,
    bool_or(r.is_acp_eligible) as is_eligible
  from credential as c
  inner join reference.clinician_credential as r
    on
      c.words like '% ' || upper(r.credential) || ' %'
      and c.service_date between coalesce(r.valid_from, c.service_date) and coalesce(r.valid_to, c.service_date)
  group by c.author_credential, c.service_date
),

session as (
  select
    s.patient_key,
    s.service_date,
    s.clinician_npi,
    d.voluntary,
    d.topics,
    d.participants,
    d.status_change,
    d.author_credential,
    case when d.voluntary is not null or p.has_voluntary then coalesce(d.voluntary = 'Y', false) end as is_voluntary,
    case when d.participants is not null or p.has_participants then d.participants is not null end as has_participants,
    case
      when d.patient_present is not null or p.has_patient_present then coalesce(d.patient_present = 'N', false)
      when ';' || d.participants || ';' like '%;patient;%' then false
    end as is_patient_absent,
    case when d.sealed_absence_reason is not null or p.has_absence_reason then d.sealed_absence_reason is not null end
      as has_absence_reason,
    case when s.is_acp_content or d.documents is not null then true when p.has_content then false end as is_acp_content,
    case when d.status_change is not null or p.has_status_change then coalesce(d.status_change = 'Y', false) end as is_status_changed,
    d.is_dnr_elected,
    case
      when d.author_npi = s.clinician_npi or a.is_eligible or n.is_acp_eligible then true
      when a.is_eligible is not null or n.is_acp_eligible is not null then false
    end as is_by_eligible_author
  from core.acp_session as s
  inner join raw.acp_documentation as d on s.file_key = d.file_key and s.row_number = d.row_number
  left join present as p on s.file_key = p.file_key
  left join author as a on d.author_credential = a.author_credential and d.service_date = a.service_date
  left join core.clinician_day as n on d.author_npi = n.clinician_npi and d.service_date = n.service_date
  where s.patient_key is not null and not s.is_repeated
)

select
  patient_key,
  service_date,
  clinician_npi,
  case
    when bool_or(voluntary = 'N') then false
    when bool_or(is_voluntary) then true
    when count(is_voluntary) = count(*) then false
  end as is_voluntary,
  coalesce(bool_or(voluntary = 'N'), false) as is_refused,
  case when bool_or(has_participants) then true when count(has_participants) = count(*) then false end as has_participants,
  case when bool_or(is_patient_absent) then true when count(is_patient_absent) = count(*) then false end as is_patient_absent,
  case when bool_or(has_absence_reason) then true when count(has_absence_reason) = count(*) then false end as has_absence_reason,
  case when bool_or(is_acp_content) then true when count(is_acp_content) = count(*) then false end as is_acp_content,
  case when bool_or(is_status_changed) then true when count(is_status_changed) = count(*) then false end as is_status_changed,
  coalesce(bool_or(status_change = 'N'), false) as is_status_unchanged,
  coalesce(bool_or(is_dnr_elected), false) as is_dnr_elected,
  case when bool_or(is_by_eligible_author) then true when count(is_by_eligible_author) = count(*) then false end as is_by_eligible_author,
  string_agg(distinct topics, '; ' order by topics) as topics,
  string_agg(distinct participants, '; ' order by participants) as participants,
  string_agg(distinct author_credential, '; ' order by author_credential) as author_credentials
from session
group by patient_key, service_date, clinician_npi
