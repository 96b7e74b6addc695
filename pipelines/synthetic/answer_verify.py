"""What an audit made of the remittances of a generated folder, against what they truly say: links, denials, overturns, short payments.

What does not belong here: making the truth (answer_truth), findings of the checks (truth), the audit itself (verify).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import MidpointError
from pipelines.synthetic.answer_truth import AMOUNTS, CLAIM_COLUMNS, FLAGS, LINKS, OUTCOMES, REMIT_COLUMNS, UNDERPAID
from pipelines.synthetic.inbox_writer import RESENT

EXAMPLES = 5
KINDS = dict(zip(FLAGS, ("denied at first", "overturned", "still denied", "underpaid"), strict=True))

# Every link of the warehouse in the columns of truth_links.csv; claim columns are null where a remitted line is linked to nothing.
FOUND_LINKS = """
create temp table found_link as
select
  r.payer_claim_control_number,
  r.status_code,
  cast(r.remit_date as varchar) as remit_date,
  cast(k.remit_line_number as varchar) as remit_line_number,
  v.patient_control_number,
  cast(v.submission_date as varchar) as submission_date,
  v.frequency_code,
  v.payer_sequence_code,
  cast(k.line_number as varchar) as line_number,
  k.method
from core.remit_link as k
inner join core.remit_claim as r on k.remit_key = r.remit_key
left join core.claim_version as v on k.claim_key = v.claim_key
"""

FOUND_OUTCOMES = f"""
create temp table found_outcome as
with underpaid as (
  select
    claim_key as claim_id,
    line_number
  from audit.finding
  where check_id = '{UNDERPAID}'
)

select
  v.patient_control_number,
  cast(v.submission_date as varchar) as submission_date,
  v.frequency_code,
  v.payer_sequence_code,
  cast(o.line_number as varchar) as line_number,
  cast(o.is_first_denied as varchar) as is_first_denied,
  cast(o.is_overturned as varchar) as is_overturned,
  cast(o.is_denied as varchar) as is_denied,
  cast(u.claim_id is not null as varchar) as is_underpaid,
  cast(l.charge_amount as varchar) as billed_amount,
  cast(o.allowed_amount as varchar) as allowed_amount,
  cast(o.paid_amount as varchar) as paid_amount
from core.line_outcome as o
inner join core.claim_line as l on o.claim_key = l.claim_key and o.line_number = l.line_number
inner join core.claim_version as v on o.claim_key = v.claim_key
left join underpaid as u on v.claim_id = u.claim_id and o.line_number = u.line_number
"""

# Trace numbers of payments in files that the generator names as sent again, and of those that core counts once.
REPEATS = f"""
with repeat as (
  select
    t.trace_number,
    regexp_matches(f.path, '{RESENT}_') as is_planted,
    s.is_repeated
  from raw.transaction_set as t
  inner join core.submission as s on t.file_key = s.file_key and t.transaction_set = s.transaction_set
  inner join core.source_file as f on t.file_key = f.file_key
  where t.kind = '835'
)

select
  count(*) filter (where is_planted) as planted,
  count(*) filter (where is_repeated) as found,
  count(distinct case when is_planted then trace_number end) filter (where is_planted) as planted_traces,
  (
    select count(*)
    from (select trace_number from repeat where is_planted intersect select trace_number from repeat where is_repeated)
  ) as true_positives
from repeat
"""


def verify_answers(folder: Path, warehouse: Path) -> dict[str, Any]:
    """Compare core of ``warehouse`` with truth_links.csv and truth_outcomes.csv of ``folder``.

    Returns ``links``: remit_lines, linked (remitted lines with a link), methods (rows of method, links, wrong), wrong and missed (counts of
    links), examples of both, is_exact; and ``outcomes``: for each kind (denied at first, overturned, still denied, underpaid; 835s sent
    twice) planted, found, true_positives, planted_amount and found_amount (dollars billed; paid where overturned, allowed where underpaid),
    examples of what was missed and wrong, is_exact. A line is found only where its amounts are to the cent.
    Raises MidpointError where a truth file is not there.
    """
    for name in (LINKS, OUTCOMES):
        if not (folder / name).is_file():
            raise MidpointError(f"{folder}: holds no {name}; generate the folder anew")
    with duckdb.connect(str(warehouse), read_only=True) as con:
        for table, name in (("true_link", LINKS), ("true_outcome", OUTCOMES)):
            con.execute(f"create temp table {table} as from read_csv(?, header = true, all_varchar = true)", [str(folder / name)])
        con.execute(FOUND_LINKS)
        con.execute(FOUND_OUTCOMES)
        outcomes = [_outcome(con, flag, kind) for flag, kind in KINDS.items()]
        return {"links": _links(con), "outcomes": [*outcomes, _repeats(con)]}


def _links(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    columns = ", ".join((*REMIT_COLUMNS, *CLAIM_COLUMNS))
    remit = ", ".join(REMIT_COLUMNS)
    con.execute(
        f"""
        create temp table wrong_link as
        select f.* from found_link as f
        anti join true_link as t on {" and ".join(f"f.{c} is not distinct from t.{c}" for c in (*REMIT_COLUMNS, *CLAIM_COLUMNS))}
        where f.remit_line_number is not null and f.line_number is not null
        """
    )
    missed = con.execute(
        f"""
        select {columns} from true_link where line_number is not null
        except
        select {columns} from found_link
        """
    ).fetchall()
    wrong = con.execute(f"select {columns}, method from wrong_link order by all limit {EXAMPLES}").fetchall()
    remit_lines, linked = con.execute(
        f"select count(*), count(*) filter (where is_linked) from"
        f" (select {remit}, max(line_number is not null) as is_linked from found_link where remit_line_number is not null group by {remit})"
    ).fetchall()[0]
    methods = con.execute(
        """
        select f.method, count(*), (select count(*) from wrong_link as w where w.method = f.method)
        from found_link as f where f.method is not null group by f.method order by 2 desc, 1
        """
    ).fetchall()
    wrong_count = sum(row[2] for row in methods)
    return {
        "remit_lines": remit_lines,
        "linked": linked,
        "methods": [{"method": method, "links": links, "wrong": bad} for method, links, bad in methods],
        "wrong": wrong_count,
        "missed": len(missed),
        "examples": {"wrong": [_words(row) for row in wrong], "missed": [_words(row) for row in sorted(missed, key=str)[:EXAMPLES]]},
        "is_exact": not wrong_count and not missed,
    }


def _outcome(con: duckdb.DuckDBPyConnection, flag: str, kind: str) -> dict[str, Any]:
    amount = {"is_overturned": "paid_amount", "is_underpaid": "allowed_amount"}.get(flag, "billed_amount")
    columns = ", ".join((*CLAIM_COLUMNS, *AMOUNTS))
    planted, found = (f"select {columns} from {table} where {flag} = 'true'" for table in ("true_outcome", "found_outcome"))
    missed = con.execute(f"{planted} except {found}").fetchall()
    wrong = con.execute(f"{found} except {planted}").fetchall()
    sums = [
        con.execute(f"select count(*), coalesce(sum(cast({amount} as decimal(18, 2))), 0) from ({rows})").fetchall()[0]
        for rows in (planted, found)
    ]
    return {
        "kind": kind,
        "planted": sums[0][0],
        "found": sums[1][0],
        "true_positives": sums[0][0] - len(missed),
        "planted_amount": sums[0][1],
        "found_amount": sums[1][1],
        "missed": [_words(row) for row in sorted(missed, key=str)[:EXAMPLES]],
        "wrong": [_words(row) for row in sorted(wrong, key=str)[:EXAMPLES]],
        "is_exact": not missed and not wrong,
    }


def _repeats(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    planted, found, traces, true = con.execute(REPEATS).fetchall()[0]
    return {
        "kind": "835s sent twice",
        "planted": planted,
        "found": found,
        "true_positives": true,
        "planted_amount": None,
        "found_amount": None,
        "missed": [],
        "wrong": [],
        "is_exact": planted == found == true == traces,
    }


def _words(row: tuple[Any, ...]) -> str:
    return " ".join("-" if value is None else str(value) for value in row)
