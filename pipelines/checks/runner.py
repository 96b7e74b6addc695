"""The check runner: query → audit.check_result and audit.finding, with overlaps settled so that a dollar is counted once.

What does not belong here: what a check tests (sql/checks), its texts (catalogue), and publishing (pipelines.release).

A check's query gives every eligible row once, with COLUMNS. A row is a claim line (claim_key, line_number; documentation_id of the
documentation joined to it, if any), a whole claim (line_number null) or, where nothing was billed, a documentation row (claim_key null).
A check of clinicians gives CLINICIAN_COLUMNS: its row has no day of service, and its query keeps to the days of the check itself. The
runner adds what a finding tells about the line, and leaves out days of service before the check's valid_from and outside the look-back.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import date
from decimal import Decimal

import duckdb

from pipelines.checks.catalogue import Check
from pipelines.errors import MidpointError
from pipelines.settings import Settings
from pipelines.warehouse import service_bounds, transaction

COLUMNS = (
    "claim_key",
    "line_number",
    "documentation_id",
    "is_violation",
    "minutes",
    "at_risk_amount",
    "recoverable_amount",
    "amount_method",
    "evidence",
)
CLINICIAN_COLUMNS = ("clinician_npi", *COLUMNS[3:])

# RULES.md section 9: where findings of one direction meet on a line, the first of these carries the dollars, then the rest by id.
OVERLAP_ORDER = ("ACP-20", "ACP-01", "ACP-02", "ACP-03", "ACP-52", "ACP-04")

# What audit.finding_history keeps of a finding as it was last seen, for mart.missed_revenue to follow one that is gone since.
HISTORY = (
    "check_id VARCHAR",
    "claim_key VARCHAR",
    "line_number INTEGER",
    "documentation_id VARCHAR",
    "recoverable_amount DECIMAL(18,2)",
    "amount_method VARCHAR",
)

# What reviewers have decided, as pipelines.review loads it before the checks run; empty where nothing was.
REVIEW = (
    "finding_key VARCHAR",
    "review_number BIGINT",
    "status VARCHAR",
    "reason VARCHAR",
    "reviewer VARCHAR",
    "note VARCHAR",
    "reviewed_date DATE",
)

# The order in which findings are published.
FINDING_ORDER = "check_id, service_date, claim_key, line_number, documentation_id, clinician_npi"


@dataclass(frozen=True)
class CheckResult:
    """One row of audit.check_result. Counts and amounts are None unless the check was evaluated (passed or flagged)."""

    check_id: str
    slug: str
    title: str
    family: str
    direction: str
    proof: str
    severity: str
    status: str  # passed | flagged | not_evaluable | error
    reason: str | None  # why it is not evaluable, or the error
    eligible_count: int | None  # rows that the rule speaks of
    flagged_count: int | None  # of those, in violation
    at_risk_amount: Decimal | None  # dollars of all its findings
    recoverable_amount: Decimal | None
    counted_at_risk_amount: Decimal | None  # of those findings that carry the dollars of their line (at_risk_counted)
    counted_recoverable_amount: Decimal | None
    counts: str  # what is eligible
    amount_definition: str
    beyond_billed: str | None  # why its dollars are not those of a billed line; None: they are
    authority: str
    false_positives: str
    fix: str
    teach: str
    query_hash: str  # sha256 of the check's file
    seconds: float
    as_of_date: date


_RESULT_TYPES = {
    "str": "VARCHAR",
    "str | None": "VARCHAR",
    "int | None": "BIGINT",
    "Decimal | None": "DECIMAL(18,2)",
    "float": "DOUBLE",
    "date": "DATE",
}

# What a check may need, the query that finds it, and the reason given when it is absent.
_NEEDS = {
    "claims": ("select 1 from core.claim_version limit 1", "no claims were landed"),
    "remits": ("select 1 from core.remit_claim limit 1", "no remittances were landed"),
    "documentation": ("select 1 from raw.documentation_column limit 1", "no documentation file was landed"),
    "minutes": (
        "select 1 from raw.documentation_column where column_name in ('acp_minutes', 'acp_start', 'acp_stop') group by file_key"
        " having bool_or(column_name = 'acp_minutes') or count(*) = 2 limit 1",
        "no documentation file has the column acp_minutes, nor acp_start with acp_stop",
    ),
    "taxonomies": (
        "select 1 from core.clinician where clinician_taxonomy_code is not null limit 1",
        "no claim carries the taxonomy (PRV) of a clinician, so nobody's eligibility can be judged",
    ),
    "time_separation": (
        "select 1 from raw.documentation_column group by file_key having bool_or(column_name = 'time_separate')"
        " or count(*) filter (where column_name in ('em_minutes', 'encounter_minutes')) = 2"
        " and (bool_or(column_name = 'acp_minutes') or count(*) filter (where column_name in ('acp_start', 'acp_stop')) = 2) limit 1",
        "no documentation file has the column time_separate, nor em_minutes and encounter_minutes with the minutes of ACP",
    ),
    "author": (
        "select 1 from raw.documentation_column where column_name in ('author_npi', 'author_credential') limit 1",
        "no documentation file has the column author_npi or author_credential",
    ),
    "peers": (
        "select 1 from core.clinician_metric where p_value is not null limit 1",
        "no clinician has enough ACP and enough peers of the specialty to compare (thresholds metric_minimum_count, peer_minimum_count)",
    ),
    "hospice": ("select 1 from core.hospice_span limit 1", "no hospice evidence in the claims and remittances"),
    "care_units": (
        "select 1 from raw.documentation_column where column_name = 'unit'"
        " union all select 1 from core.claim_version where claim_type = 'institutional' limit 1",
        "no documentation file has the column unit, and no institutional claims were landed",
    ),
}

_FOUND = """
create or replace temp table found (
  check_id VARCHAR, family VARCHAR, direction VARCHAR, proof VARCHAR, severity VARCHAR, check_order INTEGER,
  claim_key BIGINT, line_number INTEGER, documentation_id VARCHAR, clinician_npi VARCHAR, service_date DATE,
  minutes INTEGER, at_risk_amount DECIMAL(18,2), recoverable_amount DECIMAL(18,2), amount_method VARCHAR, evidence VARCHAR
)
"""

# Whose each eligible row is, by month: the denominators of provider education. month and both NPIs are null where a row has none.
_TALLY = """
create or replace temp table tally (
  check_id VARCHAR, month DATE, clinician_npi VARCHAR, billing_npi VARCHAR, eligible_count BIGINT, flagged_count BIGINT
)
"""

_ELIGIBLE = """
create or replace temp table eligible as
select
  q.*, cast(null as varchar) as clinician_npi, coalesce(l.service_date, v.from_date, s.service_date) as service_date,
  coalesce(l.clinician_npi, s.clinician_npi) as work_npi, coalesce(l.billing_npi, v.billing_npi) as billing_npi
from ({query}) as q
left join core.claim_line as l on q.claim_key = l.claim_key and q.line_number = l.line_number
left join core.claim_version as v on case when q.line_number is null then q.claim_key end = v.claim_key
left join core.acp_session as s on case when q.claim_key is null then q.documentation_id end = s.documentation_id and not s.is_repeated
where coalesce(l.service_date, v.from_date, s.service_date) between ? and ?
"""

_ELIGIBLE_CLINICIAN = """
create or replace temp table eligible as
select
  cast(null as bigint) as claim_key, cast(null as integer) as line_number, cast(null as varchar) as documentation_id, q.*,
  cast(null as date) as service_date, q.clinician_npi as work_npi, cast(null as varchar) as billing_npi
from ({query}) as q
"""

_FINDING = """
create or replace table audit.finding as
with located as (
  select
    f.check_id,
    f.direction,
    f.proof,
    f.severity,
    coalesce(l.patient_control_number, v.patient_control_number, s.patient_control_number) as patient_control_number,
    f.documentation_id,
    coalesce(l.claim_id, v.claim_id) as claim_key,
    f.line_number,
    f.service_date,
    coalesce(l.clinician_npi, s.clinician_npi, f.clinician_npi) as clinician_npi,
    coalesce(l.billing_npi, v.billing_npi) as billing_npi,
    coalesce(l.payer_id, v.payer_id, s.payer_id) as payer_id,
    l.procedure_code,
    l.modifiers,
    l.units,
    f.minutes,
    coalesce(l.charge_amount, v.charge_amount) as billed_amount,
    f.at_risk_amount,
    f.recoverable_amount,
    f.amount_method,
    -- A claim's own dollars are those of its lines, so they count where no line of it has any. Overpaid is what a line was allowed, for any
    -- reason; missed are other dollars in each family: units not billed, patient share, denied or paid short.
    row_number() over (
      partition by
        f.claim_key, f.line_number, case when f.claim_key is null then f.documentation_id end, f.clinician_npi, f.direction,
        case when f.direction = 'under' then f.family end
      order by coalesce(f.at_risk_amount, 0) = 0 and coalesce(f.recoverable_amount, 0) = 0, f.check_order
    ) = 1
    and not (
      v.claim_key is not null
      and coalesce(bool_or(f.line_number is not null and (f.at_risk_amount <> 0 or f.recoverable_amount <> 0)) over (
        partition by f.claim_key, f.direction
      ), false)
    ) as at_risk_counted,
    f.evidence,
    p.path as source_file,
    coalesce(l.transaction_set, v.transaction_set) as transaction_set,
    coalesce(l.segment_number, v.segment_number) as segment_number,
    left(
      sha256(
        concat_ws(
          '|', f.check_id, coalesce(l.claim_id, v.claim_id, ''), coalesce(cast(f.line_number as varchar), ''),
          coalesce(f.documentation_id, ''), f.clinician_npi
        )
      ),
      24
    ) as finding_key
  from found as f
  left join core.claim_line as l on f.claim_key = l.claim_key and f.line_number = l.line_number
  left join core.claim_version as v on case when f.line_number is null then f.claim_key end = v.claim_key
  left join core.acp_session as s on case when f.claim_key is null then f.documentation_id end = s.documentation_id and not s.is_repeated
  left join core.source_file as p on coalesce(l.file_key, v.file_key, s.file_key) = p.file_key
)
select located.*, least(coalesce(h.first_seen_date, $as_of), $as_of) as first_seen_date
from located
left join audit.finding_history as h on located.finding_key = h.finding_key
order by {order}
"""


def run_checks(con: duckdb.DuckDBPyConnection, settings: Settings, checks: Sequence[Check]) -> list[CheckResult]:
    """Run the checks on core.*, replace audit.check_result, audit.check_month and audit.finding, and return the results in the order given.

    audit.check_month: check_id x month of service x clinician_npi x billing_npi, with eligible_count and flagged_count, both additive.
    first_seen_date of a finding is the earliest as-of date with which this warehouse found it (audit.finding_history).
    Raises MidpointError, after everything is recorded, when a check ended in an error: its status is error, never passed.
    """
    con.execute(_FOUND)
    con.execute(_TALLY)
    order = _check_order(checks)
    results = [_run_check(con, settings, check, order[check.id]) for check in checks]
    with transaction(con):
        _write_findings(con, settings)
        counted = _counted_amounts(con)
        results = [
            r if r.flagged_count is None else replace(r, counted_at_risk_amount=a, counted_recoverable_amount=b)
            for r in results
            for a, b in [counted.get(r.check_id, (Decimal("0.00"), Decimal("0.00")))]
        ]
        _write_results(con, results)
        con.execute("create or replace table audit.check_month as select * from tally order by all")
    con.execute("drop table if exists found")
    con.execute("drop table if exists tally")
    con.execute("drop table if exists eligible")
    failed = [f"{r.check_id} ({r.reason})" for r in results if r.status == "error"]
    if failed:
        raise MidpointError(f"checks that ended in an error, so the audit is not complete: {'; '.join(failed)}")
    return results


def _check_order(checks: Sequence[Check]) -> dict[str, int]:
    def rank(check_id: str) -> tuple[int, str]:
        return (OVERLAP_ORDER.index(check_id) if check_id in OVERLAP_ORDER else len(OVERLAP_ORDER), check_id)

    return {check_id: place for place, check_id in enumerate(sorted((c.id for c in checks), key=rank))}


def _run_check(con: duckdb.DuckDBPyConnection, settings: Settings, check: Check, order: int) -> CheckResult:
    started = time.perf_counter()
    status, reason, counts = "error", None, (None, None, None, None)
    try:
        reason = _why_not_evaluable(con, check)
        if reason is not None:
            status = "not_evaluable"
        else:
            counts = _evaluate(con, settings, check, order)
            status = "flagged" if counts[1] else "passed"
    except (duckdb.Error, MidpointError) as error:
        reason = str(error).splitlines()[0]
    return CheckResult(
        check_id=check.id,
        slug=check.slug,
        title=check.title,
        family=check.family,
        direction=check.direction,
        proof=check.proof,
        severity=check.severity,
        status=status,
        reason=reason,
        eligible_count=counts[0],
        flagged_count=counts[1],
        at_risk_amount=counts[2],
        recoverable_amount=counts[3],
        counted_at_risk_amount=None,
        counted_recoverable_amount=None,
        counts=check.counts,
        amount_definition=check.amount,
        beyond_billed=check.beyond_billed,
        authority=check.authority,
        false_positives=check.false_positives,
        fix=check.fix,
        teach=check.teach,
        query_hash=check.query_hash,
        seconds=round(time.perf_counter() - started, 3),
        as_of_date=settings.as_of,
    )


def tables_read(check: Check) -> set[str]:
    """The core tables that running this check alone looks at: those of its query, of its needs and of what a finding tells."""
    texts = [check.sql, _ELIGIBLE, _FINDING, *(_NEEDS[need][0] for need in check.needs if need in _NEEDS)]
    return {table for text in texts for table in re.findall(r"\bcore\.\w+", text)}


def _why_not_evaluable(con: duckdb.DuckDBPyConnection, check: Check) -> str | None:
    for need in check.needs:
        if need in _NEEDS:
            query, reason = _NEEDS[need]
            found = con.execute(query).fetchone()
        else:
            column = need.removeprefix("documentation.")
            reason = f"no documentation file has the column {column}"
            found = con.execute("select 1 from raw.documentation_column where column_name = ? limit 1", [column]).fetchone()
        if found is None:
            return reason
    return None


def _evaluate(con: duckdb.DuckDBPyConnection, settings: Settings, check: Check, order: int) -> tuple[int, int, Decimal, Decimal]:
    """Eligible rows, rows in violation, and their dollars; the violations are added to ``found``."""
    columns = tuple(column[0] for column in con.execute(f"select * from ({check.sql}) as query limit 0").description or ())
    if columns == CLINICIAN_COLUMNS:
        con.execute(_ELIGIBLE_CLINICIAN.format(query=check.sql))
    elif columns == COLUMNS:
        first, last = service_bounds(settings)
        con.execute(_ELIGIBLE.format(query=check.sql), [max(first, check.valid_from), min(last, check.valid_to or date.max)])
    else:
        raise MidpointError(
            f"the query gives {', '.join(columns)}; it must give {', '.join(COLUMNS)}, or clinician_npi for the first three"
        )
    row = con.execute(
        """
        select
          count(*),
          count(*) filter (where is_violation),
          coalesce(sum(at_risk_amount) filter (where is_violation), 0)::decimal(18, 2),
          coalesce(sum(recoverable_amount) filter (where is_violation), 0)::decimal(18, 2),
          count(*) filter (where is_violation is null),
          count(*) - count(distinct (claim_key, line_number, case when claim_key is null then documentation_id end, clinician_npi))
        from eligible
        """
    ).fetchone()
    assert row is not None  # an aggregate without groups gives one row
    if row[4]:
        raise MidpointError(f"is_violation is null in {row[4]} rows")
    if row[5]:
        raise MidpointError(f"{row[5]} eligible rows are there twice")
    con.execute(
        "insert into found select ?, ?, ?, ?, ?, ?, claim_key, line_number, documentation_id, clinician_npi, service_date,"
        " minutes, at_risk_amount, recoverable_amount, amount_method, evidence from eligible where is_violation",
        [check.id, check.family, check.direction, check.proof, check.severity, order],
    )
    con.execute(
        "insert into tally select ?, date_trunc('month', service_date), work_npi, billing_npi, count(*),"
        " count(*) filter (where is_violation) from eligible group by all",
        [check.id],
    )
    return row[0], row[1], row[2], row[3]


def _write_findings(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    prepare_memory(con)
    con.execute(_FINDING.format(order=FINDING_ORDER), {"as_of": settings.as_of})
    names = [column.split()[0] for column in HISTORY]
    con.execute(
        f"insert into audit.finding_history (finding_key, first_seen_date, last_seen_date, {', '.join(names)})"
        f" select finding_key, first_seen_date, cast($as_of as date), {', '.join(names)} from audit.finding"
        " on conflict (finding_key) do update set last_seen_date = greatest(finding_history.last_seen_date, excluded.last_seen_date),"
        f" {', '.join(f'{name} = excluded.{name}' for name in ('first_seen_date', *names))}",
        {"as_of": settings.as_of},
    )


def prepare_memory(con: duckdb.DuckDBPyConnection) -> None:
    """Make audit.finding_history (one row a finding ever found) and audit.review where they are not there yet."""
    con.execute("create schema if not exists audit")
    con.execute("create table if not exists audit.finding_history (finding_key VARCHAR PRIMARY KEY, first_seen_date DATE NOT NULL)")
    for column in ("last_seen_date DATE", *HISTORY):
        con.execute(f"alter table audit.finding_history add column if not exists {column}")
    con.execute(f"create table if not exists audit.review ({', '.join(REVIEW)})")


def _counted_amounts(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[Decimal, Decimal]]:
    rows = con.execute(
        "select check_id, coalesce(sum(at_risk_amount), 0)::decimal(18, 2), coalesce(sum(recoverable_amount), 0)::decimal(18, 2)"
        " from audit.finding where at_risk_counted group by check_id"
    ).fetchall()
    return {check_id: (at_risk, recoverable) for check_id, at_risk, recoverable in rows}


def _write_results(con: duckdb.DuckDBPyConnection, results: Sequence[CheckResult]) -> None:
    columns = ", ".join(f"{f.name} {_RESULT_TYPES[str(f.type)]}" for f in fields(CheckResult))
    con.execute(f"create or replace table audit.check_result ({columns})")
    marks = ", ".join("?" for _ in fields(CheckResult))
    for result in results:
        con.execute(f"insert into audit.check_result values ({marks})", list(astuple(result)))
