/* ---
id: ACP-41
title: Modifier and place of service of the ACP line contradict how the conversation was held, or audio alone without its reason
family: setting
direction: denial
proof: chart
severity: medium
needs: [claims, documentation, documentation.modality]
counts: Each ACP line whose day has a documented modality.
amount: E(code) of the ACP line
authority: >-
  CPT modifiers 95 and 93 and places of service 02 and 10 (codingintel.com/telemedicine-modifier-95); federal telehealth rules from
  2025-01-01 for audio alone (cchpca.org/federal)
valid_from: 2016-01-01
false_positives: >-
  A payer with modifiers of its own; a session left out of the extract. Before 2022 no modifier said audio alone, so 95, GT, 02 and 10 pass
  for it.
fix: >-
  Correct modifier and place of service to what was documented (95 or 02 or 10 for video, 93 for audio), or add the reason why it was audio
  alone when the record has it.
teach: >-
  The claim must say how the conversation was held: 95 for video, 93 for audio alone, neither when face to face. With audio alone at home,
  write down why the patient could not or would not use video.
--- */
with judged as (
  select
    s.*,
    a.documentation_id,
    a.acp_minutes,
    m.expected_amount,
    m.expected_method,
    y.policy_rule,
    case s.claim_modality
      when 'in_person' then not s.has_in_person
      when 'video' then not (s.has_video or (s.has_audio and a.service_date < '2022-01-01'))
      else not s.has_audio
    end as is_contradicted,
    s.is_audio_reason_missing and coalesce(y.is_audio_home_only, false) as is_reason_missing
  from core.acp_setting as s
  inner join core.acp_line as a on s.claim_key = a.claim_key and s.line_number = a.line_number
  inner join core.line_amount as m on s.claim_key = m.claim_key and s.line_number = m.line_number
  left join core.line_policy as y on s.claim_key = y.claim_key and s.line_number = y.line_number
  where s.is_documented
)

select
  claim_key,
  line_number,
  documentation_id,
  is_contradicted or is_reason_missing as is_violation,
  acp_minutes as minutes,
  expected_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  expected_method as amount_method,
  to_json(
    struct_pack(
      audio_reason_missing := is_reason_missing,
      claim_modality := claim_modality,
      documented_modality := concat_ws(
        ';',
        case when has_in_person then 'in_person' end,
        case when has_video then 'video' end,
        case when has_audio then 'audio' end
      ),
      policy := policy_rule
    )
  ) as evidence
from judged
