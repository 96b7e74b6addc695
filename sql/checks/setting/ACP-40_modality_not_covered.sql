/* ---
id: ACP-40
title: ACP held by video or telephone where the payer's policy does not cover that
family: setting
direction: over
proof: suggests
severity: high
needs: [claims]
counts: >-
  Each ACP line on whose day of service the payer's policy covers ACP. Its modality is the documented one, else that of modifier and place
  of service; where several were documented on the day, one that is covered is enough.
amount: allowed of the ACP line
authority: >-
  Payer policy (reference data); for Medicare the federal telehealth rules by date (medlawblog.com 2016-12, hospicenews.com 2020-05-04,
  codingintel.com, cchpca.org, mcguirewoods.com 2026-2); seed 003 (face to face only) for the policy conservative
valid_from: 2016-01-01
false_positives: >-
  A contract that covers what the policy's row does not: give the payer a row of its own. Modifier 95 or place of service 02 or 10 sent by
  mistake, the conversation having been face to face.
fix: >-
  Check how the conversation was held. When it was by a modality that the payer did not cover on that day, correct the claim and return the
  payment.
teach: >-
  Before ACP by video or telephone, ask what the payer covers on that day. Medicare pays for audio alone since 2025 only when the patient is
  at home and cannot or will not use video.
--- */
select
  s.claim_key,
  s.line_number,
  a.documentation_id,
  case
    when s.has_in_person and y.is_in_person_covered then false
    when s.has_video and y.is_video_covered then false
    when s.has_audio and y.is_audio_covered then y.is_audio_home_only and not coalesce(s.is_at_home, true)
    else true
  end as is_violation,
  a.acp_minutes as minutes,
  a.allowed_amount as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  a.amount_method,
  to_json(
    struct_pack(
      documented := s.is_documented,
      modality := concat_ws(
        ';',
        case when s.has_in_person then 'in_person' end,
        case when s.has_video then 'video' end,
        case when s.has_audio and s.is_at_home then 'audio at home' when s.has_audio then 'audio' end
      ),
      policy := y.policy_rule
    )
  ) as evidence
from core.acp_setting as s
inner join core.acp_line as a on s.claim_key = a.claim_key and s.line_number = a.line_number
inner join core.line_policy as y on s.claim_key = y.claim_key and s.line_number = y.line_number
where y.is_acp_covered
