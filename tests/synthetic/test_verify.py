"""`midpoint verify-truth`: every check of the catalogue finds exactly what was planted, and whatever is missed or wrong shows."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.cli import main
from pipelines.errors import MidpointError
from pipelines.summary import BALANCE, MUST_BE_ZERO
from pipelines.synthetic.answer_truth import LINKS, OUTCOMES
from pipelines.synthetic.answer_verify import verify_answers
from pipelines.synthetic.generate import generate_folder
from pipelines.synthetic.truth import Score, read_truth, score
from pipelines.synthetic.verify import verify

CLAIMS = 1_500


class Verified:
    """A small generated folder, its verification, and the warehouse that it was audited in."""

    def __init__(self, folder: Path, warehouse: Path, result: dict[str, Any]) -> None:
        self.folder, self.warehouse, self.result = folder, warehouse, result

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as con:
            return con.execute(query).fetchall()


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> Verified:
    work = tmp_path_factory.mktemp("verified")
    generate_folder(work / "run", CLAIMS, 11, 0.1)
    return Verified(work / "run", work / "kept.duckdb", verify(work / "run", work / "kept.duckdb"))


def test_every_check_finds_exactly_what_was_planted(verified: Verified) -> None:
    """Also the checks that come to the catalogue later; those that are not there yet are left out."""
    inexact = [check for check in verified.result["checks"] if not check["is_exact"]]
    assert inexact == []
    planted = {check_id for check_id, keys in read_truth(verified.folder / "truth.csv").items() if keys}
    found = {check["check_id"] for check in verified.result["checks"] if check["found"]}
    assert found == planted - set(verified.result["not_in_catalogue"])


def test_links_denials_overturns_and_short_payments_are_exact(verified: Verified) -> None:
    links, outcomes = verified.result["links"], verified.result["outcomes"]
    assert (links["wrong"], links["missed"], links["is_exact"]) == (0, 0, True)
    assert links["linked"] / links["remit_lines"] > 0.99
    assert {row["method"] for row in links["methods"]} >= {
        "line control number",
        "procedure, modifiers, date, charge and units",
        "bundle of lines",
    }
    assert [row for row in outcomes if not row["is_exact"]] == []
    assert [row["kind"] for row in outcomes if not row["planted"]] == []


# What is changed in a truth file, and what must show of it
TAMPERED = {
    "another line": (LINKS, "1", "9", lambda r: (r["links"]["wrong"], r["links"]["missed"]) == (1, 1)),
    "another amount": (OUTCOMES, ".00", ".01", lambda r: not r["outcomes"][0]["is_exact"] and r["outcomes"][0]["missed"]),
    "another outcome": (OUTCOMES, "false", "true", lambda r: any(row["planted"] > row["true_positives"] for row in r["outcomes"])),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_wrong_link_and_a_wrong_amount_show(what: str, verified: Verified, tmp_path: Path) -> None:
    name, old, new, shows = TAMPERED[what]
    for each in (LINKS, OUTCOMES):
        (tmp_path / each).write_text((verified.folder / each).read_text())
    header, first, *rest = (tmp_path / name).read_text().splitlines()
    column = 4 if name == LINKS else 0
    cells = first.split(",")
    place = next(i for i in range(len(cells) - 1 if name == LINKS else column, len(cells)) if old in cells[i])
    cells[place] = cells[place].replace(old, new)
    (tmp_path / name).write_text("\n".join([header, ",".join(cells), *rest]) + "\n")
    result = verify_answers(tmp_path, verified.warehouse)
    assert shows(result)
    assert not all(part["is_exact"] for part in (result["links"], *result["outcomes"]))


def test_a_folder_without_the_truth_of_its_links_is_told(verified: Verified, tmp_path: Path) -> None:
    with pytest.raises(MidpointError, match="truth_links"):
        verify_answers(tmp_path, verified.warehouse)


def test_it_balances_and_only_the_broken_sets_are_set_aside(verified: Verified) -> None:
    """So --strict would pass but for the transaction sets that are broken on purpose."""
    with duckdb.connect(str(verified.warehouse), read_only=True) as con:
        result = con.execute(BALANCE)
        names = [column[0] for column in result.description or ()]
        totals = dict(zip(names, result.fetchall()[0], strict=True))
    assert {key: totals[key] for key in MUST_BE_ZERO} == dict.fromkeys(MUST_BE_ZERO, 0)
    assert totals["transaction_sets"] > 100
    reasons = {row[0] for row in verified.rows("select message from raw.quarantine")}
    assert len(reasons) == 1
    assert "CLM02" in reasons.pop()
    assert verified.rows("select count(*) from raw.claim") == [(CLAIMS,)]
    broken = verified.rows("select count(*) from raw.quarantine")[0][0]
    unmatched = verified.rows("select count(*), min(reason), max(reason) from core.remit_claim where claim_key is null")[0]
    assert unmatched[0] <= broken
    assert unmatched[1] == unmatched[2] == "no claim with this patient control number" or unmatched[0] == 0


def test_nothing_is_left_behind_but_the_warehouse_that_was_asked_for(verified: Verified) -> None:
    made = {"inbox", "truth.csv", "truth_links.csv", "truth_outcomes.csv", "midpoint.toml", "reference"}
    assert {path.name for path in verified.folder.iterdir()} <= made
    assert verified.warehouse.exists()


PROFESSIONAL = "from core.claim_line where claim_type = 'professional'"
BELIEVABLE = {
    "lines a claim": (1.3, 3.0, "select count(*) / (select count(*) from raw.claim) from raw.claim_line"),
    "claims with ACP": (0.1, 0.4, "select count(distinct claim_key) / (select count(*) from raw.claim) from core.acp_line"),
    "ACP days with 99498": (0.15, 0.5, "select avg(cast(addon_units > 0 as integer)) from core.acp_day where is_billed"),
    "median documented minutes": (25, 45, "select median(acp_minutes) from core.acp_day where is_billed"),
    "lines denied at first": (0.01, 0.08, "select avg(cast(is_first_denied as integer)) from core.line_outcome"),
    "paid of charged": (
        0.2,
        0.55,
        "select sum(paid_amount) / sum(charge_amount) from core.remit_claim where status_code = '1' and not is_repeated",
    ),
    "replacements and voids": (0.005, 0.1, "select avg(cast(frequency_code in ('7', '8') as integer)) from raw.claim"),
    "remittances matched": (0.99, 1.0, "select avg(cast(claim_key is not null as integer)) from core.remit_claim"),
    "lines to Medicare": (0.5, 0.75, f"select avg(cast(payer_id = '99901' as integer)) {PROFESSIONAL}"),
    "lines outside an office": (0.2, 0.7, f"select avg(cast(place_of_service_code <> '11' as integer)) {PROFESSIONAL}"),
}


@pytest.mark.parametrize("what", BELIEVABLE)
def test_it_is_believable(verified: Verified, what: str) -> None:
    low, high, query = BELIEVABLE[what]
    assert low <= float(verified.rows(query)[0][0]) <= high


TRUTH = {"A-1": {"x/1": "story", "x/2": "story"}, "A-2": {"doc:1": "story"}}


def test_what_was_missed_and_what_was_wrong_shows() -> None:
    scores = {s.check_id: s for s in score(TRUTH, {"A-1": ["x/1", "y/9"], "A-3": ["z/1"]}, dict.fromkeys(("A-1", "A-2", "A-3"), "flagged"))}
    first, second, third = scores["A-1"], scores["A-2"], scores["A-3"]
    assert (first.planted, first.found, first.true_positives, first.precision, first.recall) == (2, 2, 1, 0.5, 0.5)
    assert (first.missed, first.wrong) == (("x/2 (story)",), ("y/9",))
    assert (second.precision, second.recall, second.is_exact) == (None, 0.0, False)
    assert (third.precision, third.recall, third.is_exact) == (0.0, None, False)


def test_a_check_that_is_not_evaluable_misses_what_was_planted() -> None:
    missing, nothing = score(TRUTH, {}, {"A-2": "not_evaluable", "A-9": "not_evaluable"})
    assert (missing.recall, missing.is_exact) == (0.0, False)
    assert (nothing.recall, nothing.precision, nothing.is_exact) == (None, None, True)


def test_an_error_planted_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text("check_id,key,recipe\nA-1,x/1,one\nA-1,x/1,two\n")
    with pytest.raises(MidpointError, match="twice"):
        read_truth(tmp_path / "truth.csv")


def links(**found: Any) -> dict[str, Any]:
    """Links of a verification, all right but for what is given."""
    made = {"remit_lines": 4, "linked": 3, "methods": [{"method": "line control number", "links": 3, "wrong": 0}], "wrong": 0, "missed": 0}
    return made | {"examples": {"wrong": [], "missed": []}, "is_exact": True} | found


def outcome(**found: Any) -> dict[str, Any]:
    """An outcome of a verification, exact but for what is given."""
    made = {"kind": "overturned", "planted": 2, "found": 2, "true_positives": 2, "planted_amount": Decimal("79.57")}
    return made | {"found_amount": Decimal("79.57"), "missed": [], "wrong": [], "is_exact": True} | found


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "Remitted lines linked: 3 of 4 (0.750)"),
        ({}, "overturned                2        2        2           79.57           79.57"),
        ({"links": links(wrong=1, is_exact=False)}, "wrong links: 1; missed links: 0"),
        ({"outcomes": [outcome(missed=["A 1"], is_exact=False)]}, "    missed: A 1"),
    ],
)
def test_links_and_outcomes_are_printed_and_exit_1_where_inexact(
    changed: dict[str, Any], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = {"folder": "run", "as_of": "2026-06-30", "claims": 9, "checks": [], "not_in_catalogue": [], "links": links()}
    result |= {"outcomes": [outcome()]} | changed
    monkeypatch.setattr("pipelines.synthetic.verify.verify", lambda *_: result)
    monkeypatch.setattr(sys, "argv", ["midpoint", "verify-truth", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == bool(changed)
    assert line in capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(("missed", "code"), [((), 0), (("x/1 (story)",), 1)])
def test_the_command_prints_a_line_a_check_and_exits_1_below_1(
    missed: tuple[str, ...], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = [Score("A-1", "flagged", 1, 1, 1, (), ()), Score("A-2", "flagged", 1, 1 - len(missed), 1 - len(missed), missed, ())]
    result = {
        "folder": "run",
        "as_of": "2026-06-30",
        "claims": 9,
        "checks": [s.as_mapping() for s in checks],
        "not_in_catalogue": [],
        "links": links(),
        "outcomes": [outcome()],
    }
    monkeypatch.setattr("pipelines.synthetic.verify.verify", lambda *_: result)
    monkeypatch.setattr(sys, "argv", ["midpoint", "verify-truth", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split() == ["A-1", "1", "1", "1", "1.000", "1.000"]
    assert ("    missed: x/1 (story)" in lines) == bool(missed)


def test_a_folder_that_was_not_generated_is_told(tmp_path: Path) -> None:
    with pytest.raises(MidpointError, match="midpoint generate"):
        verify(tmp_path)


def test_a_warehouse_that_is_there_is_not_used(verified: Verified) -> None:
    with pytest.raises(MidpointError, match="is there already"):
        verify(verified.folder, verified.warehouse)
