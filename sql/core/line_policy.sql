/* The payer policy of lines: one row a row of core.priced_line on whose day of service the run's policy has a row for its payer: the
period of core.payer_policy that holds the day, by the line's own payer and line of business. */
select
  l.claim_key,
  l.line_number,
  y.policy_rule,
  y.is_acp_covered,
  y.is_in_person_covered,
  y.is_video_covered,
  y.is_audio_covered,
  y.is_audio_home_only,
  y.is_icu_allowed,
  y.is_gv_regardless,
  y.timely_filing_days,
  y.acp_code_in_place
from core.priced_line as p
inner join core.claim_line as l on p.claim_key = l.claim_key and p.line_number = l.line_number
inner join core.payer_policy as y
  on
    l.payer_id is not distinct from y.payer_id
    and l.filing_indicator_code is not distinct from y.filing_indicator_code
    and l.service_date between y.valid_from and y.valid_to
