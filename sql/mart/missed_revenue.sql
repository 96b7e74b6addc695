/* Missed revenue: one row a finding of direction under, with its tier; tiers are never added into one number. A: denied and recoverable
(on the remits: DEN-01, DEN-02 and whatever else stands on a denied line); C: documented but not billed (only the record can tell);
B: paid short on the claim's own facts. is_counted: it carries the dollars of its line. */
select
  case
    when f.proof = 'chart' then 'C'
    when coalesce(o.is_denied, false) or f.check_id in ('DEN-01', 'DEN-02') then 'A'
    else 'B'
  end as tier,
  f.check_id,
  c.title,
  f.proof,
  f.patient_control_number,
  f.documentation_id,
  f.claim_key,
  f.line_number,
  f.service_date,
  f.clinician_npi,
  f.billing_npi,
  f.payer_id,
  f.procedure_code,
  f.minutes,
  f.recoverable_amount,
  f.amount_method,
  f.at_risk_counted as is_counted,
  f.finding_key,
  f.first_seen_date
from audit.finding as f
inner join audit.check_result as c on f.check_id = c.check_id
left join core.claim_version as v on f.claim_key = v.claim_id
left join core.line_outcome as o on v.claim_key = o.claim_key and f.line_number = o.line_number
where f.direction = 'under'
