/* ---
id: ACP-63
title: A clinician's ACP billing is far above that of the specialty's peers
family: pattern
direction: info
proof: suggests
severity: low
needs: [claims, taxonomies, peers]
counts: >-
  Each clinician who billed ACP, with at least one metric of core.clinician_metric that can be tested: enough of the clinician's own
  (threshold metric_minimum_count, 10) and enough peers of the specialty with as much (peer_minimum_count, 10). Flagged where a metric has
  p < 0.05 and lies above the 90th percentile, which means that more than 90 % of the peers have less. The test is two-sided and normal:
  two proportions or two Poisson counts (given their sum) with the correction for continuity, or two means with their own variances, the
  clinician against all peers together.
amount: none; a pattern to look at
authority: >-
  CMS comparative billing reports (ratio against specialty peers, with a test; informational, no wrongdoing implied); the metrics and
  numbers are the project's
valid_from: 2016-01-01
false_positives: >-
  A palliative or geriatric practice under a general taxonomy, sicker patients, a team that leaves all ACP to one of its members. Up to six
  metrics are tested a clinician, so some are outliers by chance; with large counts even small differences have a small p.
fix: Read a sample of the clinician's notes before drawing any conclusion.
teach: Your ACP billing differs from that of colleagues of your specialty. It may be right; be sure that each note shows why.
--- */
with compared as (
  select
    *,
    p_value < 0.05 and percentile > 90 as is_outlier,
    metric || ' ' || cast(cast(round(ratio, 2) as decimal(18, 2)) as varchar)
    || ' against ' || cast(cast(round(peer_ratio, 2) as decimal(18, 2)) as varchar)
    || ' (n ' || cast(cast(denominator as bigint) as varchar)
    || ', peers ' || cast(peer_count as varchar)
    || ', percentile ' || cast(cast(round(percentile, 1) as decimal(18, 1)) as varchar)
    || ', p ' || case when p_value < 0.0001 then '< 0.0001' else cast(cast(round(p_value, 4) as decimal(18, 4)) as varchar) end
    || ')' as comparison
  from core.clinician_metric
  where p_value is not null
)

select
  clinician_npi,
  bool_or(is_outlier) as is_violation,
  cast(null as integer) as minutes,
  cast(null as decimal(18, 2)) as at_risk_amount,
  cast(null as decimal(18, 2)) as recoverable_amount,
  cast(null as varchar) as amount_method,
  to_json(
    struct_pack(
      metrics_tested := cast(count(*) as integer),
      outliers := string_agg(comparison, '; ' order by metric) filter (where is_outlier),
      specialty := min(specialty)
    )
  ) as evidence
from compared
group by clinician_npi
