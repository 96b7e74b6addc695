"""Payer policies: which row applies, what a row may say, and that one changed line changes exactly the findings that hang on it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.runner import run_checks
from pipelines.checks.scenario import build_scenario
from pipelines.errors import MidpointError
from pipelines.reference.policy import check_policy, explain, explained
from pipelines.reference.rows import check_reference, read_rows
from pipelines.settings import Settings
from pipelines.warehouse import SQL, connect, reference_files

SHIPPED = SQL / "reference" / "payer_policy.csv"
HEADER = SHIPPED.read_text(encoding="utf-8").splitlines()[0]


def own(folder: Path, *rows: str) -> Path:
    """A reference folder whose payer_policy.csv is the shipped one with these rows below."""
    folder.mkdir(exist_ok=True)
    (folder / "payer_policy.csv").write_text(SHIPPED.read_text(encoding="utf-8") + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder


def row(payer: str = "", business: str = "", valid_from: str = "2024-01-01", valid_to: str = "", **values: str) -> str:
    """A row of the policy medicare: in person only, unless said otherwise."""
    default = {"acp": "true", "person": "true", "video": "false", "audio": "false", "home": "false", "icu": "true", "gv": "false"}
    said = default | values
    flags = ",".join(said[name] for name in default)
    return f"medicare,{payer},{business},{flags},{said.get('days', '365')},{said.get('code', '')},{valid_from},{valid_to},contract"


# --- which row applies -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "modalities"),
    [
        ("2016-01-01", "in person"),
        ("2016-12-31", "in person"),
        ("2017-01-01", "in person; video"),
        ("2020-02-29", "in person; video"),
        ("2020-03-01", "in person; video; audio"),
        ("2024-12-31", "in person; video; audio"),
        ("2025-01-01", "in person; video; audio at home, with the reason for it"),
        ("2027-12-31", "in person; video; audio at home, with the reason for it"),
        ("2028-01-01", "in person; video"),
    ],
)
def test_what_medicare_covers_by_day(day: str, modalities: str) -> None:
    """RULES.md section 3."""
    shown = explained(explain(Settings(), None, None, date.fromisoformat(day)))
    assert shown["terms"]["Modalities"] == modalities
    assert shown["terms"]["Intensive care"] == "allowed"


def test_the_conservative_policy_is_seed_003() -> None:
    shown = explained(explain(Settings(policy="conservative"), "ANY", None, date(2026, 11, 21)))
    assert (shown["terms"]["Modalities"], shown["terms"]["Intensive care"]) == ("in person", "not allowed")


OWN_ROWS = (
    row("BLUE"),
    row("", "HM", video="true"),
    row("BLUE", "HM", audio="true"),
    row("BLUE", "", "2023-01-01", "2023-12-31"),
    row("X", "", "2024-02-01", "2024-03-31"),
)


@pytest.mark.parametrize(
    ("payer", "business", "day", "line", "why"),
    [
        ("BLUE", "HM", "2024-05-06", 10, "the row for payer BLUE and line of business HM is more specific than line 4, 8, 9"),
        ("BLUE", "CI", "2024-05-06", 8, "the row for payer BLUE is more specific than line 4"),
        ("X", None, "2024-03-31", 12, "the row for payer X is more specific than line 4"),
        ("X", None, "2024-04-01", 4, "no row for payer X is valid on that day, so the row for any payer applies"),
        ("BLUE", None, "2024-05-06", 8, "the row for payer BLUE is more specific than line 4"),
        ("OTHER", "HM", "2024-05-06", 9, "the row for line of business HM is more specific than line 4"),
        (
            "OTHER",
            "CI",
            "2024-05-06",
            4,
            "no row for payer OTHER or line of business CI is valid on that day, so the row for any payer applies",
        ),
        (None, None, "2024-05-06", 4, "the row for any payer applies"),
        ("BLUE", "HM", "2023-12-31", 11, "the row for payer BLUE is more specific than line 4"),
        ("BLUE", "HM", "2022-12-31", 4, "so the row for any payer applies"),
        ("BLUE", "HM", "2015-12-31", None, "no row of the policy is valid on that day"),
    ],
)
def test_the_most_specific_row_applies(
    tmp_path: Path, payer: str | None, business: str | None, day: str, line: int | None, why: str
) -> None:
    found = explain(Settings(reference=own(tmp_path, *OWN_ROWS)), payer, business, date.fromisoformat(day))
    assert (found.rule.line if found.rule else None) == line
    assert why in found.why
    reasons = {other.line: reason for other, reason in found.others}
    assert len(reasons) == 10 - (line is not None)
    if day == "2024-05-06" and payer == "OTHER":
        assert (reasons[8], reasons[2], reasons[5]) == ("for payer BLUE", "ended on 2016-12-31", "begins on 2025-01-01")


def test_the_model_agrees_with_the_rule_day_by_day(tmp_path: Path) -> None:
    """core.payer_policy, in periods, against the rule said in Python, on every day about which rows begin or end."""
    settings = Settings(reference=own(tmp_path, *OWN_ROWS))
    _, rows = read_rows(tmp_path / "payer_policy.csv")
    ours = [r for r in rows if r.values["policy"] == "medicare"]
    edges = {
        day for r in ours for end in (r.valid_from, r.valid_to) if end for day in (end.fromordinal(end.toordinal() + d) for d in (-1, 0, 1))
    }
    story = {
        "claims": [
            {"id": f"{p}{b}", "payer": p, "filing": b, "date": date(2024, 5, 6), "lines": [99213]}
            for p in ("BLUE", "X")
            for b in ("HM", "CI")
        ]
    }
    con = connect(":memory:", threads=1)
    build_scenario(con, story, settings.reference)
    for payer in ("BLUE", "X"):
        for business in ("HM", "CI"):
            for day in edges:
                fit = [
                    r
                    for r in ours
                    if r.holds_on(day) and r.values["payer_id"] in ("", payer) and r.values["filing_indicator_code"] in ("", business)
                ]
                best = max(fit, key=lambda r: (r.values["payer_id"], r.values["filing_indicator_code"], r.valid_from), default=None)
                found = con.execute(
                    "select coalesce(rule_payer_id, ''), coalesce(rule_filing_indicator_code, ''), rule_from from core.payer_policy"
                    " where payer_id = ? and filing_indicator_code = ? and ? between valid_from and valid_to",
                    [payer, business, day],
                ).fetchall()
                wanted = [(best.values["payer_id"], best.values["filing_indicator_code"], best.valid_from)] if best else []
                assert found == wanted, (payer, business, day)
    con.close()


# --- what a row may say ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (row("BLUE", video="yes"), "line 8: is_video_covered 'yes' is neither true nor false"),
        (row("BLUE", valid_from=""), "line 8: no valid_from; give the first day of the rule"),
        (row("BLUE", valid_from="1/1/2024"), "line 8: valid_from '1/1/2024' is no date; write YYYY-MM-DD"),
        (row("BLUE", valid_to="2023-12-31"), "line 8: valid_to 2023-12-31 is before valid_from 2024-01-01"),
        (row("BLUE", days="one year"), "line 8: timely_filing_days 'one year' is no whole number"),
        (row("BLUE", code="99213"), "line 8: acp_code_in_place '99213' is no HCPCS code like S0257"),
        (row("BLUE").removeprefix("medicare"), "line 8: no policy; give the name by which --policy picks the row"),
        (row("BLUE").removesuffix("contract"), "line 8: no source; say where the row comes from"),
        (row("BLUE").removesuffix(",contract"), "line 8: 14 cells under 15 columns"),
        (row(), "lines 4 and 8: both are valid for policy medicare, payer_id any, filing_indicator_code any on 2024-01-01"),
        (
            row("BLUE", valid_to="2024-06-30") + "\n" + row("BLUE", valid_from="2024-06-30"),
            "lines 8 and 9: both are valid for policy medicare, payer_id BLUE, filing_indicator_code any on 2024-06-30",
        ),
    ],
)
def test_a_wrong_row_is_one_line_that_names_it(tmp_path: Path, wrong: str, says: str) -> None:
    with pytest.raises(MidpointError) as error:
        check_policy(Settings(reference=own(tmp_path, wrong)))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_rows_that_follow_one_another_do_not_overlap(tmp_path: Path) -> None:
    check_policy(Settings(reference=own(tmp_path, row("BLUE", valid_to="2024-06-30"), row("BLUE", valid_from="2024-07-01"), row("RED"))))


def test_names_are_taken_from_the_file(tmp_path: Path) -> None:
    settings = Settings(reference=own(tmp_path, row().replace("medicare", "contract-2024")), policy="contract-2024")
    check_policy(settings)
    with pytest.raises(
        MidpointError, match=r"policy 'contract' is not known; .*payer_policy\.csv has medicare, conservative, contract-2024"
    ):
        check_policy(Settings(reference=tmp_path, policy="contract"))


@pytest.mark.parametrize("path", reference_files(), ids=lambda p: p.stem)
def test_each_shipped_row_is_dated_and_sourced(path: Path) -> None:
    _, rows = read_rows(path)
    assert rows or path.stem == "contract_rate", "contract rates are the user's own: none are shipped"
    assert [r.line for r in rows if not r.valid_from or not r.source] == []


def test_shipped_reference_data_do_not_overlap(tmp_path: Path) -> None:
    check_reference(None)
    twice = (SQL / "reference" / "specialty.csv").read_text(encoding="utf-8")
    (tmp_path / "specialty.csv").write_text(twice + "363L,50,Again,2020-01-01,,ours\n", encoding="utf-8")
    with pytest.raises(MidpointError, match=r"specialty\.csv, lines 12 and 15: both are valid for taxonomy_prefix 363L on 2020-01-01"):
        check_reference(tmp_path)


# --- one changed line --------------------------------------------------------------------------------------------------------------------

# For each rule of a policy a line that hangs on it, on both sides of the year 2025, at which one row of the policy follows another.
STORY = """
claims:
  - {id: AUDIO24, date: 2024-12-31, rendering: 1000000001, taxonomy: 207R00000X, pos: "10", lines: [{code: 99497, modifiers: ["93"]}]}
  - {id: AUDIO25, date: 2025-01-01, rendering: 1000000001, taxonomy: 207R00000X, pos: "10", lines: [{code: 99497, modifiers: ["93"]}]}
  - {id: AWAY24, date: 2024-12-31, rendering: 1000000001, taxonomy: 207R00000X, pos: "02", lines: [{code: 99497, modifiers: ["93"]}]}
  - {id: VIDEO24, date: 2024-12-31, rendering: 1000000001, taxonomy: 207R00000X, lines: [{code: 99497, modifiers: ["95"]}]}
  - {id: VIDEO25, date: 2025-01-01, rendering: 1000000001, taxonomy: 207R00000X, lines: [{code: 99497, modifiers: ["95"]}]}
  - {id: ICU24, date: 2024-12-31, rendering: 1000000001, taxonomy: 207R00000X, pos: "21", lines: [99497]}
  - {id: ICU25, date: 2025-01-01, rendering: 1000000001, taxonomy: 207R00000X, pos: "21", lines: [99497]}
  - {id: VISIT24, date: 2024-12-31, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}
  - {id: VISIT25, date: 2025-01-01, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}
  - {id: SHORT24, date: 2024-12-31, rendering: 1000000001, taxonomy: 207R00000X, lines: [99497]}
  - {id: INSTEAD24, date: 2024-12-31, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213, S0257]}
  - {id: INSTEAD25, date: 2025-01-01, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213, S0257]}
  - {id: HOSPICE, member: H, type: institutional, bill: "812", billing: 1000000008, admission: 2024-12-01, patient_status: "30",
       attending: 1000000001, date: 2024-12-01, through: 2025-01-31, lines: [{revenue: "0651", code: Q5001}]}
  - {id: ATTENDING24, member: H, date: 2024-12-31, rendering: 1000000001, taxonomy: 207R00000X, lines: [{code: 99213, modifiers: [GW]}]}
  - {id: ATTENDING25, member: H, date: 2025-01-01, rendering: 1000000001, taxonomy: 207R00000X, lines: [{code: 99213, modifiers: [GW]}]}
  - {id: CONSULTANT24, member: H, date: 2024-12-30, rendering: 1000000002, taxonomy: 207R00000X, lines: [{code: 99213, modifiers: [GW]}]}
documentation:
  - {id: DICU24, pcn: ICU24, date: 2024-12-31, npi: 1000000001, minutes: 30, unit: ICU}
  - {id: DICU25, pcn: ICU25, date: 2025-01-01, npi: 1000000001, minutes: 30, unit: ICU}
  - {id: DVISIT24, pcn: VISIT24, date: 2024-12-31, npi: 1000000001, minutes: 50}
  - {id: DVISIT25, pcn: VISIT25, date: 2025-01-01, npi: 1000000001, minutes: 50}
  - {id: DSHORT24, pcn: SHORT24, date: 2024-12-31, npi: 1000000001, minutes: 50}
  - {id: DINSTEAD24, pcn: INSTEAD24, date: 2024-12-31, npi: 1000000001, minutes: 50}
  - {id: DINSTEAD25, pcn: INSTEAD25, date: 2025-01-01, npi: 1000000001, minutes: 50}
"""
SET_BY_POLICY = ("ACP-06", "ACP-07", "ACP-40", "ACP-42", "HOS-01")
Findings = dict[tuple[str, str], str]  # check and account (documentation where nothing was billed) → dollars


@pytest.fixture(scope="module")
def audited() -> Callable[[Path | None], Findings]:
    """The findings of the story by the checks that ask a policy, with the reference data of a folder."""

    def run(folder: Path | None) -> Findings:
        con = connect(":memory:", threads=1)
        try:
            build_scenario(con, yaml.safe_load(STORY), folder)
            run_checks(con, Settings(as_of=date(2025, 6, 30)), [c for c in load_catalogue() if c.id in SET_BY_POLICY])
            found = con.execute(
                "select check_id, case when claim_key is null then documentation_id else patient_control_number end,"
                " coalesce(at_risk_amount, recoverable_amount)::varchar from audit.finding"
            ).fetchall()
        finally:
            con.close()
        return {(check, account): amount for check, account, amount in found}

    return run


@pytest.fixture(scope="module")
def shipped(audited: Callable[[Path | None], Findings]) -> Findings:
    return audited(None)


def test_the_findings_of_the_shipped_policy(shipped: Findings) -> None:
    assert shipped == {
        ("ACP-06", "DVISIT24"): "152.79",
        ("ACP-06", "DVISIT25"): "148.47",
        ("ACP-06", "DINSTEAD24"): "152.79",
        ("ACP-06", "DINSTEAD25"): "148.47",
        ("ACP-07", "SHORT24"): "70.90",
    }


@pytest.mark.parametrize(
    ("line", "changed", "added", "gone"),
    [
        (4, {"is_audio_covered": "false"}, {("ACP-40", "AUDIO24"): "81.89", ("ACP-40", "AWAY24"): "74.56"}, []),
        (4, {"is_audio_home_only": "true"}, {("ACP-40", "AWAY24"): "74.56"}, []),
        (5, {"is_audio_covered": "false"}, {("ACP-40", "AUDIO25"): "79.57"}, []),
        (4, {"is_video_covered": "false"}, {("ACP-40", "VIDEO24"): "81.89"}, []),
        (5, {"is_icu_allowed": "false"}, {("ACP-42", "ICU25"): "72.46"}, []),
        (4, {"is_gv_regardless": "true"}, {("HOS-01", "ATTENDING24"): None}, []),
        (4, {"is_acp_covered": "false"}, {}, [("ACP-06", "DVISIT24"), ("ACP-06", "DINSTEAD24"), ("ACP-07", "SHORT24")]),
        # S0257 stands for 99497: it is billed on one day; on the other 99497 alone is missed, for 99498 adds nothing to S0257.
        (
            4,
            {"acp_code_in_place": "S0257"},
            {("ACP-06", "DVISIT24"): "81.89"},
            [("ACP-06", "DVISIT24"), ("ACP-06", "DINSTEAD24"), ("ACP-07", "SHORT24")],
        ),
        (4, {"valid_to": "2024-12-30"}, {}, []),
        (3, {"is_video_covered": "false"}, {}, []),
        (7, {"is_video_covered": "false", "is_acp_covered": "false"}, {}, []),
        (4, {"timely_filing_days": "90", "source": "contract"}, {}, []),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, dict) and v and not isinstance(next(iter(v)), tuple) else None,
)
def test_one_changed_line_changes_exactly_its_findings(
    tmp_path: Path,
    audited: Callable[[Path | None], Findings],
    shipped: Findings,
    line: int,
    changed: dict[str, str],
    added: dict[tuple[str, str], str | None],
    gone: list[tuple[str, str]],
) -> None:
    lines: list[dict[str, Any]] = list(csv.DictReader(SHIPPED.read_text(encoding="utf-8").splitlines()))
    lines[line - 2] |= changed
    with (tmp_path / "payer_policy.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER.split(","))
        writer.writeheader()
        writer.writerows(lines)
    assert audited(tmp_path) == {key: amount for key, amount in shipped.items() if key not in gone} | added


# --- dollars where ACP is not covered, and S0257 -----------------------------------------------------------------------------------------


def test_nothing_is_expected_where_acp_is_not_covered(tmp_path: Path) -> None:
    """What the payer did allow counts all the same: a remittance is a fact."""
    story = """
    claims:
      - {id: OPEN, payer: NOACP, date: 2024-05-06, rendering: 1000000001, lines: [99497, 99213]}
      - {id: PAID, payer: NOACP, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
      - {id: OTHER, date: 2024-05-06, rendering: 1000000001, lines: [99497]}
    remits:
      - {pcn: PAID, payer: NOACP, date: 2024-06-01, lines: [{code: 99497, cas: [CO-45 40.00]}]}
    """
    con = connect(":memory:", threads=1)
    build_scenario(con, yaml.safe_load(story), own(tmp_path, row("NOACP", acp="false")))
    found = con.execute(
        "select l.patient_control_number, a.allowed_amount::varchar, a.expected_amount::varchar, a.amount_method from core.line_amount as a"
        " inner join core.claim_line as l on a.claim_key = l.claim_key and a.line_number = l.line_number"
        " where l.acp_code is not null order by 1"
    ).fetchall()
    con.close()
    assert [row[:3] for row in found] == [("OPEN", "0.00", "0.00"), ("OTHER", "81.89", "81.89"), ("PAID", "60.00", "0.00")]
    assert found[0][3] == "expected: nothing, for the payer's policy does not cover ACP"


def test_s0257_counts_as_99497_where_the_payer_takes_it(tmp_path: Path) -> None:
    story = """
    claims:
      - {id: TAKES, payer: BLUE, date: 2024-05-06, rendering: 1000000001, lines: [S0257]}
      - {id: EARLY, payer: BLUE, date: 2023-12-31, rendering: 1000000001, lines: [S0257]}
      - {id: OTHER, date: 2024-05-06, rendering: 1000000001, lines: [S0257]}
    """
    con = connect(":memory:", threads=1)
    build_scenario(con, yaml.safe_load(story), own(tmp_path, row("BLUE", code="S0257")))
    found = con.execute("select patient_control_number, procedure_code, acp_code from core.claim_line order by 1").fetchall()
    assert found == [("EARLY", "S0257", None), ("OTHER", "S0257", None), ("TAKES", "S0257", "99497")]
    day = con.execute("select primary_line_count, primary_units, is_billed from core.acp_day").fetchall()
    con.close()
    assert day == [(1, 1, True)]


def findings(story: str, folder: Path | None, check_id: str) -> list[tuple[str, Any]]:
    """Account (documentation where nothing was billed) and evidence of a check's findings."""
    con = connect(":memory:", threads=1)
    try:
        build_scenario(con, yaml.safe_load(story), folder)
        run_checks(con, Settings(), [check for check in load_catalogue() if check.id == check_id])
        found = con.execute(
            "select case when claim_key is null then documentation_id else patient_control_number end, evidence"
            " from audit.finding order by 1"
        ).fetchall()
    finally:
        con.close()
    return [(account, json.loads(evidence)) for account, evidence in found]


def test_gv_regardless_where_the_hospice_names_no_attending(tmp_path: Path) -> None:
    """The span comes from a denial alone: whoever sends GW may be the attending, whose GV is wanted."""
    story = """
    claims:
      - {id: DENIED, member: M, date: 2024-05-06, rendering: 1000000001, lines: [99213]}
      - {id: GW, member: M, date: 2024-05-06, rendering: 1000000002, lines: [{code: 99213, modifiers: [GW]}]}
      - {id: GV, member: M, date: 2024-05-06, rendering: 1000000003, lines: [{code: 99213, modifiers: [GV]}]}
    remits:
      - {pcn: DENIED, date: 2024-06-01, lines: [{code: 99213, paid: 0, cas: [CO-B9 100.00]}]}
    """
    assert [account for account, _ in findings(story, None, "HOS-01")] == ["DENIED"]
    found = findings(story, own(tmp_path, row("PAYER", gv="true", video="true", audio="true")), "HOS-01")
    assert [account for account, _ in found] == ["DENIED", "GW"]
    assert (found[1][1]["gv_regardless"], found[1][1]["policy"]) == (True, "medicare, payer PAYER, from 2024-01-01")


def test_what_was_not_billed_is_judged_by_the_payers_usual_line_of_business(tmp_path: Path) -> None:
    story = """
    claims:
      - {id: A, payer: BLUE, filing: HM, date: 2024-05-06, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}
      - {id: B, payer: BLUE, filing: HM, date: 2024-05-07, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}
      - {id: C, payer: BLUE, filing: CI, date: 2024-05-07, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}
      - {id: D, payer: RED, filing: CI, date: 2024-05-07, rendering: 1000000001, taxonomy: 207R00000X, lines: [99213]}
    documentation:
      - {id: DA, pcn: A, date: 2024-05-06, npi: 1000000001, minutes: 30}
      - {id: DC, pcn: C, date: 2024-05-07, npi: 1000000001, minutes: 30}
      - {id: DD, pcn: D, date: 2024-05-07, npi: 1000000001, minutes: 30}
      - {id: DE, pcn: A, date: 2024-05-08, npi: 1000000001, minutes: 30, payer: UNSEEN}
    """
    found = findings(story, own(tmp_path, row("", "HM", acp="false"), row("UNSEEN", days="90")), "ACP-06")
    assert [account for account, _ in found] == ["DD", "DE"]
    assert [evidence["file_by"] for _, evidence in found] == ["2025-05-07", "2024-08-06"]
    assert found[1][1]["policy"] == "medicare, payer UNSEEN, from 2024-01-01"
