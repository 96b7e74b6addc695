"""The definitions: sound headers, what each counts in the story, the code families, and the page that shows them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.denials import definitions
from pipelines.denials.definitions import PLACES, build_units, load_definitions
from pipelines.denials.page import denials_page
from pipelines.errors import MidpointError
from pipelines.warehouse import connect
from tests.core.conftest import Built
from tests.denials.conftest import ROOT

# What each definition counts in the story: claim.line, ! where denied. Remittances of no claim are called "-".
LINES = "CUT.1 DEAR.1 DENIED.1! FREE.1 HALF.1 HALF.2! LATER.1 LONG.1 LONG.2! ODD.1 OLD.1! PAID.1 PAID.2 SECOND.1 SHARE.1"
CLAIMS = "CUT DEAR DENIED! FREE HALF! LATER LONG! ODD OLD! OPEN PAID SECOND SHARE TWICE"
COUNTED = {
    "default": LINES,
    "line_any": LINES.replace("CUT.1", "CUT.1!").replace("LATER.1", "LATER.1!") + " FREE.2! TWICE.1",
    "hfma_volume": CLAIMS,
    "hfma_dollars": CLAIMS,
    "primary_zero_pay": "CUT DEAR DENIED! FREE HALF LATER LATER! LONG LONG! ODD ODD OLD! NEW PAID SHARE! WRONG! -!",
}


def counted(con: duckdb.DuckDBPyConnection, definition: str) -> list[str]:
    rows = con.execute(
        "select coalesce(v.patient_control_number, '-'), u.line_number, u.is_denied, v.frequency_code from audit.denial_unit u"
        " left join core.claim_version v using (claim_key) where definition = ?",
        [definition],
    ).fetchall()
    named = [("NEW" if (name, frequency) == ("OLD", "7") else name, line, denied) for name, line, denied, frequency in rows]
    return sorted(f"{name}{f'.{line}' if line else ''}{'!' if denied else ''}" for name, line, denied in named)


@pytest.mark.parametrize("definition", PLACES)
def test_what_is_counted_and_what_is_denied(story: duckdb.DuckDBPyConnection, definition: str) -> None:
    assert counted(story, definition) == sorted(COUNTED[definition].split())


def test_the_months_and_dollars_of_each_basis(story: duckdb.DuckDBPyConnection) -> None:
    rows = story.execute(
        "select definition, date_basis, month, sum(unit_count)::int, sum(denied_count)::int, sum(unit_amount), sum(denied_amount)"
        " from mart.denial_month where definition in ('default', 'hfma_dollars') or date_basis = 'remit' group by all"
    ).fetchall()
    found = {(d, b, m): (n, k, ua, da) for d, b, m, n, k, ua, da in rows}
    d = Decimal
    assert found == {
        # LONG: a line of May and one of June, sent in June, answered in June and July; every other line is sent in May
        ("default", "service", "2024-05"): (14, 3, d("1400.00"), d("300.00")),
        ("default", "service", "2024-06"): (1, 1, d("100.00"), d("100.00")),
        ("default", "submission", "2024-05"): (13, 3, d("1300.00"), d("300.00")),
        ("default", "submission", "2024-06"): (2, 1, d("200.00"), d("100.00")),
        ("default", "remit", "2024-06"): (14, 3, d("1400.00"), d("300.00")),
        ("default", "remit", "2024-07"): (1, 1, d("100.00"), d("100.00")),
        # whole charges: HALF, PAID and LONG 200, DEAR 120, ten others 100; denied DENIED, HALF, OLD and LONG
        ("hfma_dollars", "service", "2024-05"): (14, 4, d("1720.00"), d("600.00")),
        ("hfma_dollars", "submission", "2024-05"): (13, 3, d("1520.00"), d("400.00")),
        ("hfma_dollars", "submission", "2024-06"): (1, 1, d("200.00"), d("200.00")),
        ("hfma_dollars", "remit", "2024-06"): (13, 4, d("1620.00"), d("600.00")),  # without OPEN
        ("hfma_volume", "remit", "2024-06"): (13, 4, d("1620.00"), d("600.00")),
        ("line_any", "remit", "2024-06"): (16, 6, d("1500.00"), d("500.00")),
        ("line_any", "remit", "2024-07"): (1, 1, d("100.00"), d("100.00")),
        # June from the 3rd on: LATER's answer of the 1st is out; DEAR says 110, HALF and PAID 200
        ("primary_zero_pay", "remit", "2024-05"): (1, 0, d("100.00"), d("0.00")),
        ("primary_zero_pay", "remit", "2024-06"): (12, 5, d("1410.00"), d("500.00")),
        ("primary_zero_pay", "remit", "2024-07"): (2, 1, d("200.00"), d("100.00")),
        ("primary_zero_pay", "remit", "2024-08"): (1, 1, d("100.00"), d("100.00")),
    }


def test_reasons_overturns_and_first_pass(story: duckdb.DuckDBPyConnection) -> None:
    pareto = story.execute(
        "select carc, denied_count, denied_amount, cumulative_amount, total_count, cause from mart.denial_reason"
        " where definition = 'hfma_dollars' order by rank_number"
    ).fetchall()
    d = Decimal
    assert pareto == [  # DENIED's larger adjustment is its 16; of equal dollars the lower code comes first
        ("151", 1, d("200.00"), d("200.00"), 4, "units_or_frequency"),
        ("97", 1, d("200.00"), d("400.00"), 4, "bundled"),
        ("16", 1, d("100.00"), d("500.00"), 4, "other"),
        ("4", 1, d("100.00"), d("600.00"), 4, "modifier_place_telehealth"),
    ]
    assert (
        story.execute("select carc, rarc from mart.denial_month where definition = 'default' and rarc is not null").fetchall()
        == [("16", "N20")] * 3
    )
    # OLD is denied on 2024-06-10 and paid as NEW 40 days later; LONG's denial of 2024-07-10 is 174 days old on 2024-12-31
    curve = story.execute(
        "select month, age_days, sum(denied_count)::int, sum(observed_count)::int, sum(overturned_count)::int from mart.denial_cohort"
        " where age_days in (30, 60, 180, 210) group by all order by all"
    ).fetchall()
    assert curve == [
        ("2024-06", 30, 3, 3, 0),
        ("2024-06", 60, 3, 3, 1),
        ("2024-06", 180, 3, 3, 1),
        ("2024-06", 210, 3, 0, 0),
        ("2024-07", 30, 1, 1, 0),
        ("2024-07", 60, 1, 1, 0),
        ("2024-07", 180, 1, 0, 0),
        ("2024-07", 210, 1, 0, 0),
    ]
    # 14 claims; OPEN has no answer and TWICE a duplicate denial only; four are denied
    first_pass = (
        "select sum(claim_count)::int, sum(answered_count)::int, sum(first_pass_count)::int, sum(first_pass_amount) from mart.first_pass"
    )
    assert story.execute(f"{first_pass} where date_basis = 'service'").fetchone() == (14, 12, 8, d("920.00"))


def test_code_families(build: Callable[[str], Built]) -> None:
    built = build("""
    claims:
      - {id: A, date: 2024-05-06, lines: [99498, 99291, G0439, 99213, 90832, G0182, Q5001]}
      - {id: H, type: institutional, bill: "812", date: 2024-05-06, lines: [
           {revenue: "0651"}, {revenue: "0657", code: 99497}, {revenue: "0120"}]}
    """)
    rows = built.rows("select coalesce(procedure_code, ''), coalesce(revenue_code, ''), code_family from core.code_family order by 1, 2")
    assert rows == [
        ("", "0120", "other"),
        ("", "0651", "hospice"),
        ("90832", "", "other"),
        ("99213", "", "em"),
        ("99291", "", "critical_care"),
        ("99497", "0657", "acp"),
        ("99498", "", "acp"),
        ("G0182", "", "hospice"),
        ("G0439", "", "awv"),
        ("Q5001", "", "hospice"),
    ]
    assert built.rows("select name, code_family, is_facility from core.claim_chief join claim using (claim_key) order by name") == [
        ("A", "acp", False),
        ("H", "acp", True),
    ]


def test_a_claim_of_a_policy_s_own_acp_code_is_acp(build: Callable[[str], Built]) -> None:
    built = build("""
    payer_policy: [{payer_id: PAYER, acp_code_in_place: S0257}]
    claims: [{id: A, date: 2024-05-06, lines: [99213, S0257]}]
    """)
    assert built.rows("select chief_line_number, code_family from core.claim_chief") == [(2, "acp")]


def test_a_claim_stands_under_the_reason_of_its_largest_denied_line(build: Callable[[str], Built]) -> None:
    built = build("""
    claims: [{id: A, date: 2024-05-06, lines: [99213, {code: 99497, units: 2}, 99498]}]
    remits:
      - {pcn: A, date: 2024-06-01, lines: [{code: 99213, paid: 0, cas: [CO-16 100.00]},
           {code: 99497, charge: 200, paid: 0, cas: [CO-97 200.00], remarks: [N20]}, {code: 99498, paid: 0, cas: [CO-107 100.00]}]}
    """)
    denial = built.rows("select denied_line_count, denied_line_amount, reason_code, remark_code from core.initial_denial")
    assert denial == [(3, Decimal("400.00"), "97", "N20")]


def test_the_page_is_that_of_the_headers() -> None:
    assert (ROOT / "docs" / "denials.md").read_text(encoding="utf-8") == denials_page(), "run make docs"


def test_every_step_is_one_of_the_bridge_s() -> None:
    sql = (ROOT / "sql" / "mart" / "denial_bridge.sql").read_text(encoding="utf-8")
    for _, step, up, down in definitions.STEPS:
        assert f"'{step}'" in sql
        assert up
        assert down
    assert len({step[1] for step in definitions.STEPS}) == len(definitions.STEPS)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("name: default", "name: other"), "name 'other' is none of default"),
        (("measure: count", "measure: dollars"), "measure 'dollars' is none of count, amount"),
        (("date: remit", "date: posting"), "date 'posting' is none of service, submission, remit"),
        (("unit: claim line\n", ""), "the header lacks, or has beside what it should, unit"),
        (("denominator_months: 0", "denominator_months: some"), "denominator_months must be a whole number"),
        (("unit: claim line", "unit: [claim"), "the header is no YAML"),
        (("/* ---", "/*"), "no header"),
    ],
)
def test_a_bad_header_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, str], said: str) -> None:
    for path in definitions.DEFINITIONS.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text())
    text = (tmp_path / "default.sql").read_text()
    (tmp_path / "default.sql").write_text(text.replace(*wrong, 1))
    monkeypatch.setattr(definitions, "DEFINITIONS", tmp_path)
    with pytest.raises(MidpointError, match=r"sql/definitions/default\.sql: ") as error:
        load_definitions()
    assert said in str(error.value)


def test_a_definition_too_few_or_without_its_columns_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in definitions.DEFINITIONS.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text().split("--- */")[0] + "--- */\nselect 1 as claim_key\n")
    monkeypatch.setattr(definitions, "DEFINITIONS", tmp_path)
    with connect(":memory:") as con, pytest.raises(MidpointError, match=r"definition line_any: its query must give claim_key, line_number"):
        build_units(con)
    (tmp_path / "line_any.sql").unlink()
    with pytest.raises(MidpointError, match=r"there must be line_any, default"):
        load_definitions()
