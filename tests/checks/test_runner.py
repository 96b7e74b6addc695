"""The runner: statuses, overlaps, keys and the form of audit.finding; and the catalogue's refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.checks.catalogue import load_catalogue, read_check
from pipelines.checks.runner import COLUMNS, CheckResult, run_checks
from pipelines.checks.scenario import build_scenario, run_scenario
from pipelines.errors import MidpointError
from pipelines.settings import Settings
from pipelines.warehouse import connect

CHECKS = {check.id: check for check in load_catalogue()}
# Those that the story below was made for
TOLD = [CHECKS[i] for i in ["ACP-01", "ACP-02", "ACP-03", "ACP-04", "ACP-06", "ACP-07", "ACP-10", "ACP-20", "HOS-01", "HOS-02", "HOS-04"]]
AS_OF = Settings(as_of=date(2024, 12, 31))

FINDING_COLUMNS = (
    "check_id direction proof severity patient_control_number documentation_id claim_key line_number service_date clinician_npi"
    " billing_npi payer_id procedure_code modifiers units minutes billed_amount at_risk_amount recoverable_amount amount_method"
    " at_risk_counted evidence source_file transaction_set segment_number finding_key first_seen_date"
)

# 99291 and 10 minutes on one day: ACP-20 and ACP-03 meet on both lines, ACP-10 on none. U is documented and not billed.
STORY = """
claims:
  - {id: A, date: 2024-05-06, rendering: 1000000001, taxonomy: 207R00000X, lines: [99291, {code: 99497, modifiers: ["33", "25"]}, 99498]}
  - {id: U, date: 2024-05-06, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}
  - {id: O, date: 2024-05-06, rendering: 1000000001, taxonomy: 207R00000X, lines: [99498]}
remits:
  - {pcn: O, date: 2024-06-01, lines: [{code: 99498, paid: 0, cas: [CO-107 100.00]}]}
documentation:
  - {id: DA, pcn: A, date: 2024-05-06, npi: 1000000001, minutes: 10}
  - {id: DU, pcn: U, date: 2024-05-06, npi: 1000000001, minutes: 50, payer: PLAN}
  - {id: DO, pcn: O, date: 2024-05-06, npi: 1000000001, minutes: 20}
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = connect(":memory:", threads=1)
    build_scenario(connection, yaml.safe_load(STORY))
    yield connection
    connection.close()


def findings(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    cursor = con.execute("select * from audit.finding order by check_id, claim_key, line_number, documentation_id")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def by_id(results: list[CheckResult]) -> dict[str, CheckResult]:
    return {result.check_id: result for result in results}


def test_statuses_counts_and_dollars(con: duckdb.DuckDBPyConnection) -> None:
    results = by_id(run_checks(con, AS_OF, TOLD))
    assert {i: (r.status, r.eligible_count, r.flagged_count) for i, r in results.items()} == {
        "ACP-01": ("passed", 3, 0),
        "ACP-02": ("passed", 3, 0),
        "ACP-03": ("flagged", 2, 2),
        "ACP-04": ("flagged", 1, 1),
        "ACP-06": ("flagged", 1, 1),
        "ACP-07": ("passed", 1, 0),
        "ACP-10": ("flagged", 2, 1),
        "ACP-20": ("flagged", 3, 2),
        "HOS-01": ("not_evaluable", None, None),
        "HOS-02": ("not_evaluable", None, None),
        "HOS-04": ("not_evaluable", None, None),
    }
    assert results["HOS-01"].reason == "no hospice evidence in the claims and remittances"
    assert results["HOS-01"].at_risk_amount is None
    # The dollars of A's lines are ACP-20's; ACP-03 shows them, and counts none of them.
    assert (results["ACP-20"].at_risk_amount, results["ACP-20"].counted_at_risk_amount) == (Decimal("152.79"), Decimal("152.79"))
    assert (results["ACP-03"].at_risk_amount, results["ACP-03"].counted_at_risk_amount) == (Decimal("152.79"), Decimal("0.00"))
    assert results["ACP-06"].recoverable_amount == Decimal("152.79")
    assert con.execute("select count(*), sum(flagged_count) from audit.check_result").fetchone() == (11, 7)


def test_results_carry_the_texts_of_their_check(con: duckdb.DuckDBPyConnection) -> None:
    """What a reader of a release wants to know of a rule stands in its row."""
    run_checks(con, AS_OF, TOLD)
    texts = "check_id, title, counts, amount_definition, authority, false_positives, fix, teach"
    told = {row[0]: row[1:] for row in con.execute(f"select {texts} from audit.check_result").fetchall()}
    assert told == {c.id: (c.title, c.counts, c.amount, c.authority, c.false_positives, c.fix, c.teach) for c in TOLD}


def test_findings_hold_what_the_design_says(con: duckdb.DuckDBPyConnection) -> None:
    run_checks(con, AS_OF, TOLD)
    rows = findings(con)
    assert " ".join(rows[0]) == FINDING_COLUMNS
    acp = next(r for r in rows if r["check_id"] == "ACP-20" and r["line_number"] == 2)
    assert acp["claim_key"][16:] == "-1"
    assert (acp["patient_control_number"], acp["modifiers"], acp["units"], acp["billed_amount"]) == ("A", "33 25", 1, 100)
    assert (acp["documentation_id"], acp["minutes"], acp["source_file"], acp["transaction_set"]) == ("DA", 10, "scenario-1", 1)
    assert json.loads(acp["evidence"]) == {"bundling_code": "99291"}
    unbilled = next(r for r in rows if r["check_id"] == "ACP-06")
    assert (unbilled["claim_key"], unbilled["line_number"], unbilled["documentation_id"]) == (None, None, "DU")
    assert (unbilled["patient_control_number"], unbilled["clinician_npi"], unbilled["payer_id"]) == ("U", "1000000001", "PLAN")
    assert (unbilled["service_date"], unbilled["source_file"], unbilled["at_risk_counted"]) == (
        date(2024, 5, 6),
        "scenario-documentation",
        True,
    )
    # Both over-findings of O's denied line have no dollars; the first by order stands for it.
    denied = {r["check_id"]: r["at_risk_counted"] for r in rows if r["patient_control_number"] == "O" and r["direction"] == "over"}
    assert denied == {"ACP-04": True, "ACP-10": False}
    assert all(list(json.loads(r["evidence"])) == sorted(json.loads(r["evidence"])) for r in rows)


def test_a_dollar_is_counted_once_per_line_and_direction(con: duckdb.DuckDBPyConnection) -> None:
    run_checks(con, AS_OF, list(CHECKS.values()))
    twice = con.execute(
        "select claim_key, line_number, documentation_id, direction from audit.finding where at_risk_counted"
        " group by all having count(*) <> 1"
    ).fetchall()
    assert twice == []


def test_a_finding_keeps_its_key_and_the_day_it_was_first_seen(con: duckdb.DuckDBPyConnection) -> None:
    some = [CHECKS["ACP-20"]]
    run_checks(con, Settings(as_of=date(2024, 8, 1)), some)
    first = findings(con)
    run_checks(con, Settings(as_of=date(2024, 9, 1)), some)
    assert findings(con) == first
    assert {r["first_seen_date"] for r in first} == {date(2024, 8, 1)}
    run_checks(con, Settings(as_of=date(2024, 7, 1)), some)
    assert {r["first_seen_date"] for r in findings(con)} == {date(2024, 7, 1)}


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select claim_key from core.no_such_table", "no_such_table"),
        ("select claim_key from core.acp_line", "the query gives claim_key; it must give claim_key, line_number"),
        (
            CHECKS["ACP-20"].sql.replace("is_bundled as is_violation", "cast(null as boolean) as is_violation"),
            "is_violation is null in 3 rows",
        ),
        (CHECKS["ACP-20"].sql + "cross join (values (1), (2)) as twice (n)", "3 eligible rows are there twice"),
    ],
)
def test_an_error_is_recorded_and_fails_the_run(con: duckdb.DuckDBPyConnection, sql: str, reason: str) -> None:
    broken = replace(CHECKS["ACP-20"], sql=sql)
    with pytest.raises(MidpointError, match="ACP-20"):
        run_checks(con, AS_OF, [broken, CHECKS["ACP-03"]])
    recorded = dict(con.execute("select check_id, status from audit.check_result").fetchall())
    assert recorded == {"ACP-20": "error", "ACP-03": "flagged"}
    (message,) = con.execute("select reason from audit.check_result where check_id = 'ACP-20'").fetchone() or ("",)
    assert reason in message


@pytest.mark.parametrize(
    ("lost", "check_id", "reason"),
    [
        ("delete from core.claim_version", "ACP-20", "no claims were landed"),
        ("delete from raw.documentation_column", "ACP-01", "no documentation file was landed"),
        (
            "delete from raw.documentation_column where column_name like 'acp%'",
            "ACP-03",
            "no documentation file has the column acp_minutes, nor acp_start",
        ),
        (
            "delete from raw.documentation_column where column_name in ('time_separate', 'em_minutes')",
            "ACP-05",
            "no documentation file has the column time_separate, nor em_minutes and encounter_minutes",
        ),
        (
            "delete from raw.documentation_column where column_name in ('time_separate', 'acp_minutes', 'acp_stop')",
            "ACP-05",
            "no documentation file has the column time_separate, nor em_minutes and encounter_minutes with the minutes of ACP",
        ),
        (
            "delete from raw.documentation_column where column_name = 'voluntary'",
            "ACP-06",
            "no documentation file has the column voluntary",
        ),
        (
            "delete from raw.documentation_column where column_name like 'author%'",
            "ACP-54",
            "no documentation file has the column author_npi or author_credential",
        ),
        ("delete from core.clinician_metric", "ACP-63", "no clinician has enough ACP and enough peers of the specialty"),
    ],
)
def test_what_a_check_needs(con: duckdb.DuckDBPyConnection, lost: str, check_id: str, reason: str) -> None:
    con.execute(lost)
    result = run_checks(con, AS_OF, [CHECKS[check_id]])[0]
    assert result.status == "not_evaluable"
    assert (result.reason or "").startswith(reason)


@pytest.mark.parametrize(("taxonomy", "outcome"), [("", ("not_evaluable", None)), ("taxonomy: 207R00000X, ", ("flagged", 1))])
def test_eligibility_is_not_judged_where_no_clinician_has_a_taxonomy(taxonomy: str, outcome: tuple[str, int | None]) -> None:
    """One clinician with a taxonomy is enough: those without are not eligible for the check, one by one."""
    story = f"""
    claims:
      - {{id: A, date: 2024-05-06, rendering: 1000000001, {taxonomy} lines: [99213]}}
      - {{id: B, date: 2024-05-06, rendering: 1000000002, lines: [99213]}}
    documentation:
      - {{id: DA, pcn: A, date: 2024-05-06, npi: 1000000001, minutes: 30}}
      - {{id: DB, pcn: B, date: 2024-05-06, npi: 1000000002, minutes: 30}}
    """
    with connect(":memory:", threads=1) as con:
        build_scenario(con, yaml.safe_load(story))
        result = run_checks(con, AS_OF, [CHECKS["ACP-06"]])[0]
    assert (result.status, result.eligible_count) == outcome
    assert (result.reason is None) is (result.status == "flagged")


@pytest.mark.parametrize(
    "lost", ["('em_minutes', 'acp_minutes')", "('time_separate', 'acp_stop')"], ids=["time_separate is there", "the minutes are"]
)
def test_either_way_of_keeping_time_apart_is_enough(con: duckdb.DuckDBPyConnection, lost: str) -> None:
    con.execute(f"delete from raw.documentation_column where column_name in {lost}")
    assert run_checks(con, AS_OF, [CHECKS["ACP-05"]])[0].status == "passed"


# Twenty days of 30 minutes each, and a hospice claim with Z51.5 alone whose line is denied too.
SUBJECTS = """
claims:
  - {id: A, date: 2024-05-06, rendering: 1000000001, taxonomy: 207Q00000X, lines: [99497], times: 20}
  - {id: B, date: 2024-05-06, rendering: 1000000002, taxonomy: 207Q00000X, lines: [99497], times: 20}
  - {id: H, type: institutional, bill: "812", date: 2024-05-01, attending: 1000000009, diagnoses: [Z51.5], lines: [{revenue: "0651",
     charge: 300.00}]}
documentation:
  - {id: DA, pcn: A, date: 2024-05-06, npi: 1000000001, minutes: 30, times: 20}
  - {id: DB, pcn: B, date: 2024-05-06, npi: 1000000002, minutes: 40, times: 20}
"""


@pytest.fixture
def subjects() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(":memory:", threads=1) as connection:
        build_scenario(connection, yaml.safe_load(SUBJECTS))
        yield connection


def test_a_finding_may_be_about_a_clinician(subjects: duckdb.DuckDBPyConnection) -> None:
    run_checks(subjects, AS_OF, [CHECKS["ACP-62"]])
    rows = findings(subjects)
    assert [(r["clinician_npi"], r["minutes"], r["at_risk_counted"]) for r in sorted(rows, key=lambda r: r["clinician_npi"])] == [
        ("1000000001", 30, True),
        ("1000000002", 40, True),
    ]
    for row in rows:
        assert {row[c] for c in ("patient_control_number", "claim_key", "line_number", "service_date", "documentation_id")} == {None}
        assert json.loads(row["evidence"])["acp_days"] == 20
    assert len({row["finding_key"] for row in rows}) == 2
    run_checks(subjects, AS_OF, [CHECKS["ACP-62"]])
    assert {r["finding_key"] for r in findings(subjects)} == {r["finding_key"] for r in rows}


def test_a_finding_may_be_about_a_whole_claim(subjects: duckdb.DuckDBPyConnection) -> None:
    run_checks(subjects, AS_OF, [CHECKS["PAL-05"]])
    (row,) = findings(subjects)
    assert (row["patient_control_number"], row["line_number"], row["service_date"]) == ("H", None, date(2024, 5, 1))
    assert (row["billed_amount"], row["at_risk_amount"], row["at_risk_counted"]) == (Decimal("300.00"), Decimal("300.00"), True)
    assert (row["procedure_code"], row["source_file"], row["payer_id"]) == (None, "scenario-1", "PAYER")
    assert row["claim_key"].endswith("-1")


def test_a_claim_s_dollars_count_only_where_none_of_its_lines_has_any(subjects: duckdb.DuckDBPyConnection) -> None:
    line = CHECKS["PAL-05"].sql.replace("cast(null as integer) as line_number", "1 as line_number")
    for check_id, amount, counted in (("HOS-91", "v.charge_amount", False), ("HOS-92", "cast(null as decimal(18, 2))", True)):
        other = replace(CHECKS["PAL-05"], id=check_id, sql=line.replace("v.charge_amount as at_risk", f"{amount} as at_risk"))
        run_checks(subjects, AS_OF, [other, CHECKS["PAL-05"]])
        assert {r["check_id"]: r["at_risk_counted"] for r in findings(subjects)} == {check_id: True, "PAL-05": counted}


def test_a_clinician_twice_is_an_error(subjects: duckdb.DuckDBPyConnection) -> None:
    doubled = replace(
        CHECKS["ACP-62"], sql=CHECKS["ACP-62"].sql.replace("cross join", "cross join (values (1), (2)) as twice (n) cross join")
    )
    with pytest.raises(MidpointError, match="2 eligible rows are there twice"):
        run_checks(subjects, AS_OF, [doubled])


def test_valid_to_ends_a_rule(con: duckdb.DuckDBPyConnection) -> None:
    ended = replace(CHECKS["ACP-20"], valid_to=date(2024, 5, 5))
    assert run_checks(con, AS_OF, [ended])[0].eligible_count == 0


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("acp20.sql", ("", ""), "the name must be <id>_<slug>.sql"),
        ("ACP-20_x.sql", ("/* ---", "/*"), "no header"),
        ("ACP-20_x.sql", ("title:", "- title:"), "the header is no YAML"),
        ("ACP-20_x.sql", ("severity: high\n", ""), "the header lacks severity"),
        ("ACP-20_x.sql", ("counts:", "count:"), "the header lacks counts"),
        ("ACP-20_x.sql", ("false_positives:", "false_positive:"), "the header lacks false_positives"),
        ("ACP-20_x.sql", ("severity: high", "severity: grave"), "severity 'grave' is none of high, medium, low"),
        ("ACP-20_x.sql", ("severity: high", "severity: high\ncolour: red"), "unknown keys: colour"),
        ("ACP-21_x.sql", ("", ""), "id ACP-20 is not the file name's ACP-21"),
        ("ACP-20_x.sql", ("family: conflict", "family: time"), "family time is not the folder's conflict"),
        ("ACP-20_x.sql", ("needs: [claims]", "needs: [claims, luck]"), "needs luck is none of claims"),
        ("ACP-20_x.sql", ("needs: [claims]", "needs: claims"), "needs must be a list"),
        ("ACP-20_x.sql", ("valid_from: 2016-01-01", "valid_from: always"), "must be dates"),
    ],
)
def test_a_wrong_header_is_one_clear_line(tmp_path: Path, name: str, change: tuple[str, str], message: str) -> None:
    folder = tmp_path / "conflict"
    folder.mkdir()
    path = folder / name
    path.write_text(CHECKS["ACP-20"].sql.replace(*change) if change[0] else CHECKS["ACP-20"].sql)
    with pytest.raises(MidpointError, match="conflict/") as caught:
        read_check(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_headers_are_complete() -> None:
    for check in CHECKS.values():
        assert check.valid_from == (date(2014, 10, 1) if check.id == "HOS-09" else date(2016, 1, 1))
        assert min(map(len, (check.title, check.counts, check.amount, check.authority, check.false_positives, check.fix, check.teach))) > 5
        assert all(column in check.sql for column in COLUMNS[3:])


def test_the_harness_sees_every_kind_of_difference(tmp_path: Path) -> None:
    path = tmp_path / "fires.yaml"
    path.write_text(
        STORY.strip()
        + """
about: all of it wrong
expect:
  status: passed
  eligible: 7
  findings: [{claim: A, line: 2, amount: 1.00, minutes: 11, counted: false, method: remittance,
    evidence: {bundling_code: 99291, color: red}}, {claim: U, line: 1}]
"""
    )
    assert run_scenario(CHECKS["ACP-20"], path).differences == (
        "status: expected passed, got flagged",
        "eligible: expected 7, got 3",
        "('A', 2): amount: expected 1.00, got 81.89",
        "('A', 2): minutes: expected 11, got 10",
        "('A', 2): counted: expected False, got True",
        "('A', 2): method: expected 'remittance' in 'expected: Medicare schedule'",
        "('A', 2): evidence color: expected red, got None",
        "no finding for ('U', 1)",
        "unexpected finding for ('A', 3): 70.90",
    )


def test_a_scenario_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fires.yaml"
    for text, message in (
        ("about: x\nexpect: {status: passed}\nclaim: []", "unknown keys: claim"),
        ("about: x", "about and expect"),
        ("a: [", "no YAML"),
    ):
        path.write_text(text)
        with pytest.raises(MidpointError, match=message):
            run_scenario(CHECKS["ACP-20"], path)


@pytest.mark.parametrize(
    ("as_of", "years", "is_looked_at"),
    [
        (date(2025, 5, 6), 1, True),  # the look-back's first day
        (date(2025, 5, 7), 1, False),
        (date(2025, 5, 7), 2, True),
        (date(2024, 5, 6), 1, True),  # its last day
        (date(2024, 5, 5), 1, False),
        (date(2024, 5, 5), 0, True),  # without a look-back every day is looked at
    ],
)
def test_days_outside_the_look_back_are_not_eligible(con: duckdb.DuckDBPyConnection, as_of: date, years: int, is_looked_at: bool) -> None:
    result = by_id(run_checks(con, Settings(as_of=as_of, lookback_years=years), TOLD))["ACP-20"]
    assert (result.status, result.eligible_count) == (("flagged", 3) if is_looked_at else ("passed", 0))
