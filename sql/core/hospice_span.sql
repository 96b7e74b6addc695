/* Hospice spans: one row a patient and an unbroken stretch of hospice days: evidence that overlaps or follows on the next day is one span.
Admission or notice to termination, revocation, discharge, or the last claim's last day, both days included: care is given on the day of
discharge too. A notice that nothing follows is a span of its day, for nothing says how long the election lasted. evidence lists the kinds
in order. */
with numbered as (
  select
    patient_key,
    start_date,
    end_date,
    evidence,
    is_end,
    coalesce(
      start_date > max(end_date) over (
        partition by patient_key
        order by start_date, end_date, claim_key, line_number
        rows between unbounded preceding and 1 preceding
      ) + interval 1 day,
      true
    ) as is_new,
    claim_key,
    line_number
  from core.hospice_evidence
),

island as (
  select
    *,
    sum(case when is_new then 1 else 0 end) over (
      partition by patient_key
      order by start_date, end_date, claim_key, line_number
      rows between unbounded preceding and current row
    ) as span_number
  from numbered
),

kind as (
  select distinct
    patient_key,
    span_number,
    evidence
  from island
),

listed as (
  select
    patient_key,
    span_number,
    string_agg(evidence, '; ' order by evidence) as evidence
  from kind
  group by patient_key, span_number
),

span as (
  select
    patient_key,
    span_number,
    min(start_date) as start_date,
    max(end_date) as end_date,
    count(*) as evidence_count,
    bool_or(is_end) as has_end
  from island
  group by patient_key, span_number
)

select
  s.patient_key,
  cast(s.span_number as integer) as span_number,
  s.start_date,
  s.end_date,
  s.has_end,
  cast(s.evidence_count as integer) as evidence_count,
  l.evidence
from span as s
inner join listed as l on s.patient_key = l.patient_key and s.span_number = l.span_number
