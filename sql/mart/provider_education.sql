/* Provider education: one row a clinician and check with findings: how many, on how many accounts and days, the dollars that they carry,
and what to do and teach. Dollars of the directions stand in their own columns; a dollar that another finding of the line carries is not
counted again. */
select
  f.clinician_npi,
  f.check_id,
  c.title,
  c.direction,
  c.proof,
  c.severity,
  count(*) as finding_count,
  count(distinct f.patient_control_number) as account_count,
  min(f.service_date) as first_service_date,
  max(f.service_date) as last_service_date,
  cast(sum(case when f.direction = 'over' and f.at_risk_counted then coalesce(f.at_risk_amount, 0) else 0 end) as decimal(18, 2))
    as overpayment_risk_amount,
  cast(sum(case when f.direction = 'under' and f.at_risk_counted then coalesce(f.recoverable_amount, 0) else 0 end) as decimal(18, 2))
    as missed_revenue_amount,
  cast(sum(case when f.direction = 'denial' and f.at_risk_counted then coalesce(f.at_risk_amount, 0) else 0 end) as decimal(18, 2))
    as denial_risk_amount,
  c.fix,
  c.teach
from audit.finding as f
inner join audit.check_result as c on f.check_id = c.check_id
where f.clinician_npi is not null
group by f.clinician_npi, f.check_id, c.title, c.direction, c.proof, c.severity, c.fix, c.teach
