/* ---
id: ACP-06
title: ACP documented with enough minutes, but not billed
family: time
direction: under
proof: chart
severity: medium
needs: [claims, documentation, minutes, documentation.topics, documentation.voluntary, taxonomies]
counts: >-
  Each patient, day and clinician with ACP documented, none billed, the patient known to the claims and the clinician's taxonomy known.
amount: E(99497) + supported units x E(99498)
beyond_billed: nothing was billed
authority: >-
  CMS ACP FAQ of 2016 and ACP fact sheet MLN909289 of March 2023 (what may be billed and by whom); CPT midpoint rule (practicons.com);
  seed 001
valid_from: 2016-01-01
false_positives: >-
  The service was billed under another NPI (incident to a physician's), or on a claim that is not in the inbox; the payer does not pay for
  ACP and has no row of its own in the payer policies; the place or the person present, which this check does not ask for, forbade it.
fix: Review the note; when it stands, bill 99497 (and 99498) within the payer's time for filing.
teach: A documented ACP conversation of 16 minutes or more by an eligible clinician may be billed, beside a visit of the same day.
--- */
select
  cast(null as bigint) as claim_key,
  cast(null as integer) as line_number,
  d.documentation_id,
  coalesce(
    d.acp_minutes >= 16
    and d.is_acp_content
    and not d.is_not_voluntary
    and d.is_acp_eligible
    and not d.is_primary_bundled
    and coalesce(y.is_acp_covered, true),
    false
  ) as is_violation,
  d.acp_minutes as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  cast(
    p.expected_amount + case when y.acp_code_in_place is null then coalesce(d.supported_addon_units, 0) else 0 end * a.expected_amount
    as decimal(18, 2)
  ) as recoverable_amount,
  coalesce(y.acp_code_in_place, '99497') || ' ' || p.expected_method
  || case when d.supported_addon_units > 0 and y.acp_code_in_place is null then '; 99498 ' || a.expected_method else '' end
    as amount_method,
  to_json(
    struct_pack(
      file_by := d.service_date + y.timely_filing_days,
      minutes_from_note := d.has_minutes_from_note,
      policy := y.policy_rule,
      sessions := d.session_count,
      supported_units := d.supported_addon_units,
      taxonomy := d.clinician_taxonomy_code
    )
  ) as evidence
from core.acp_day as d
inner join core.expected_allowed as p
  on
    p.procedure_code = '99497'
    and d.payer_id is not distinct from p.payer_id
    and d.is_facility = p.is_facility
    and d.is_reduced_fee = p.is_reduced_fee
    and d.service_date = p.service_date
inner join core.expected_allowed as a
  on
    a.procedure_code = '99498'
    and d.payer_id is not distinct from a.payer_id
    and d.is_facility = a.is_facility
    and d.is_reduced_fee = a.is_reduced_fee
    and d.service_date = a.service_date
left join core.payer_policy as y
  on d.payer_id is not distinct from y.payer_id and y.is_usual and d.service_date between y.valid_from and y.valid_to
where
  not d.is_billed
  and d.has_topics_column
  and d.has_voluntary_column
  and d.is_acp_eligible is not null
