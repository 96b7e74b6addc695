/* How and where ACP was held: one row a row of core.acp_line. claim_modality: of modifiers (93, FQ audio; 95, GT video) and place of
service (02, 10 video), in person otherwise. has_in_person, has_video, has_audio: the modalities of the day's sessions as documented, else
that of the claim; is_documented tells which. is_at_home: the documented place of service (10, 12), else that of the claim (10), null
where neither has one. is_icu: the documented unit of the day's sessions, else intensive or coronary care revenue (020x, 021x) of a final
institutional claim on the day; icu_evidence says which. */
with present as (
  select distinct file_key
  from raw.documentation_column
  where column_name = 'audio_reason'
),

session as (
  select
    s.patient_key,
    s.service_date,
    s.clinician_npi,
    d.modality,
    s.place_of_service_code in ('10', '12') as is_at_home,
    d.modality = 'audio' and d.sealed_audio_reason is null and p.file_key is not null as is_reason_missing,
    case
      when d.unit is not null
        then
          regexp_matches(
            lower(d.unit), '(icu|(^|[^a-z])ccu)([^a-z]|$)|intensive care|critical care|(coronary|cardiac) care unit'
          )
          and not regexp_matches(lower(d.unit), 'step[ -]?down|intermediate')
    end as is_icu
  from core.acp_session as s
  inner join raw.acp_documentation as d on s.file_key = d.file_key and s.row_number = d.row_number
  left join present as p on d.file_key = p.file_key
  where s.patient_key is not null and not s.is_repeated
),

day as (
  select
    patient_key,
    service_date,
    clinician_npi,
    bool_or(modality = 'in_person') as has_in_person,
    bool_or(modality = 'video') as has_video,
    bool_or(modality = 'audio') as has_audio,
    coalesce(bool_or(is_reason_missing), false) as is_audio_reason_missing,
    bool_or(is_at_home) as is_at_home,
    bool_and(is_icu) as is_icu
  from session
  group by patient_key, service_date, clinician_npi
),

line as (
  select
    a.claim_key,
    a.line_number,
    a.patient_key,
    a.service_date,
    a.clinician_npi,
    case
      when
        '93' in (l.modifier_1, l.modifier_2, l.modifier_3, l.modifier_4)
        or 'FQ' in (l.modifier_1, l.modifier_2, l.modifier_3, l.modifier_4)
        then 'audio'
      when
        '95' in (l.modifier_1, l.modifier_2, l.modifier_3, l.modifier_4)
        or 'GT' in (l.modifier_1, l.modifier_2, l.modifier_3, l.modifier_4)
        or l.place_of_service_code in ('02', '10')
        then 'video'
      else 'in_person'
    end as claim_modality,
    l.place_of_service_code = '10' as is_at_home
  from core.acp_line as a
  inner join core.claim_line as l on a.claim_key = l.claim_key and a.line_number = l.line_number
),

stay as (
  select
    n.claim_key,
    n.line_number,
    min(i.revenue_code) as revenue_code
  from line as n
  inner join core.claim_line as i on n.patient_key = i.patient_key and n.service_date between i.service_date and i.service_through_date
  where i.claim_type = 'institutional' and i.is_final and left(i.revenue_code, 3) in ('020', '021')
  group by n.claim_key, n.line_number
)

select
  n.claim_key,
  n.line_number,
  n.claim_modality,
  coalesce(d.has_in_person, d.has_video, d.has_audio) is not null as is_documented,
  coalesce(d.has_in_person, n.claim_modality = 'in_person') as has_in_person,
  coalesce(d.has_video, n.claim_modality = 'video') as has_video,
  coalesce(d.has_audio, n.claim_modality = 'audio') as has_audio,
  coalesce(d.is_audio_reason_missing, false) as is_audio_reason_missing,
  coalesce(d.is_at_home, n.is_at_home) as is_at_home,
  coalesce(d.is_icu, s.revenue_code is not null) as is_icu,
  case when d.is_icu is not null then 'documented unit' when s.revenue_code is not null then 'revenue ' || s.revenue_code end
    as icu_evidence
from line as n
left join day as d
  on n.patient_key = d.patient_key and n.service_date = d.service_date and n.clinician_npi is not distinct from d.clinician_npi
left join stay as s on n.claim_key = s.claim_key and n.line_number = s.line_number
