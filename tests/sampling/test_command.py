"""midpoint sample: draw, fill in, bring back, estimate; and what goes wrong in one line."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest

from pipelines.sampling.draw import choose, order_by_seed
from tests.command import Command

ROWS = """check_id,direction,proof,patient_control_number,claim_key,line_number,amount,counted
ACP-20,over,claim,P1,c1,1,80.00,true
ACP-01,over,chart,P1,c1,1,80.00,false
ACP-20,over,claim,P2,c2,1,70.00,true
ACP-20,over,claim,P3,c3,1,90.00,true
ACP-04,over,chart,P4,c4,1,60.00,true
ACP-04,over,chart,P5,c5,2,60.00,true
HOS-01,denial,claim,P6,c6,1,100.00,true
ACP-54,over,chart,P7,c7,1,,true
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A release of eight findings: six of direction over have dollars, one of them on a line that another carries."""
    import duckdb

    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "manifest.json").write_text('{"run_id": "2026-06-30-abc"}')
    (folder / "rows.csv").write_text(ROWS)
    with duckdb.connect() as con:
        con.execute(f"""
            copy (
              select check_id, direction, proof, patient_control_number, null::varchar as documentation_id, claim_key, line_number,
                date '2026-01-15' + (row_number() over ())::integer * 20 as service_date, '1' as clinician_npi, '2' as billing_npi,
                'M' as payer_id, '99497' as procedure_code, null::varchar as modifiers, 1 as units, null::integer as minutes,
                150.00::decimal(18, 2) as billed_amount, amount::decimal(18, 2) as at_risk_amount,
                null::decimal(18, 2) as recoverable_amount, 'x' as amount_method, counted as at_risk_counted, '{{}}' as evidence,
                'f' as source_file, 1 as transaction_set, 1 as segment_number, sha256(check_id || claim_key)[:24] as finding_key
              from read_csv('{folder}/rows.csv')
            ) to '{folder}/finding.parquet' (format parquet)
        """)
    return folder


def draw(midpoint: Command, release: Path, out: Path, *more: object) -> dict[str, object]:
    done = midpoint("sample", "draw", release, "--out", out, "--seed", 3, "--where", "direction=over", "--json", *more)
    assert done.code == 0, done.err
    return json.loads(done.out)


def answers(folder: Path, save: Path, given: dict[str, dict[str, str]]) -> Path:
    """The work list with ``given`` by account, saved as CSV."""
    with (folder / "worklist.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row |= given.get(row["patient_control_number"], {})
    with save.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return save


def test_a_dollar_is_in_the_frame_once(midpoint: Command, release: Path, tmp_path: Path) -> None:
    made = draw(midpoint, release, tmp_path / "s", "--size", 5)
    assert made["frame"]["count"] == 5  # type: ignore[index]
    assert made["frame"]["amount"] == "360.00"  # type: ignore[index]
    assert made["left_out"] == {"findings without dollars": 1, "findings whose dollars another finding of the frame carries": 1}


def test_the_same_seed_draws_the_same_bytes(midpoint: Command, release: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        draw(midpoint, release, tmp_path / name, "--size", 4, "--strata", "check")
    for name in ("frame.csv", "sample.csv", "manifest.json", "worklist.csv", "worklist.xlsx"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_the_order_of_a_seed_never_changes() -> None:
    """Written down once: SHA-256 of "7:1" … "7:6"."""
    import hashlib

    wanted = sorted(range(1, 7), key=lambda k: hashlib.sha256(b"7:%d" % k).hexdigest())
    assert order_by_seed(7, 6) == wanted == [4, 3, 2, 1, 5, 6]
    assert choose(["a", "b", "a", "b", "a", "b"], {"a": 1, "b": 2}, 7) == [4, 3, 2]


def test_from_list_to_estimate(midpoint: Command, release: Path, tmp_path: Path) -> None:
    """All five reviewed: the overpayment is known, in each estimator and stratum; 'no error' needs no amount."""
    draw(midpoint, release, tmp_path / "s", "--size", 5, "--strata", "amount", "--cuts", "65")
    who = {"reviewer": "R"}
    filled = answers(
        tmp_path / "s",
        tmp_path / "back.csv",
        {
            "P1": who | {"reviewed_amount": "$30.00", "decision": "overpayment"},
            "P2": who | {"decision": "no error"},
            "P3": who | {"decision": "No record"},
            "P4": who | {"reviewed_amount": "75", "decision": "underpayment"},
            "P5": who | {"reviewed_amount": "60"},
        },
    )
    done = midpoint("sample", "estimate", tmp_path / "s", filled, "--json")
    made = json.loads(done.out)
    assert [(row["point"], row["standard_error"], row["lower"]) for row in made["estimates"]] == [(125.0, 0, 125.0)] * 4
    assert [(s["stratum"], s["in_error_count"], s["point"]) for s in made["strata"]] == [
        ("1: to 65.00", 1, -15.0),
        ("2: over 65.00", 2, 140.0),
    ]
    assert "units in error" in midpoint("sample", "estimate", tmp_path / "s", filled).out
    table = list(csv.DictReader(midpoint("sample", "estimate", tmp_path / "s", filled, "--csv").out.splitlines()))
    assert [row["scope"] for row in table] == ["frame"] * 5 + ["stratum 1: to 65.00", "stratum 2: over 65.00"]


def test_a_worked_estimate_by_hand(midpoint: Command, release: Path, tmp_path: Path) -> None:
    """4 of 5, one stratum, overpayments 50, 0, 20 and 10: N·mean, N²(1-f)s²/n and t(0.95, 3) = 2.353363 by hand."""
    draw(midpoint, release, tmp_path / "s", "--size", 4)
    with (tmp_path / "s" / "worklist.csv").open(newline="") as file:
        drawn = [row["patient_control_number"] for row in csv.DictReader(file)]
    over = dict(zip(drawn, (50, 0, 20, 10), strict=True))
    amount = {"P1": 80, "P2": 70, "P3": 90, "P4": 60, "P5": 60}
    filled = answers(
        tmp_path / "s", tmp_path / "b.csv", {p: {"reviewer": "R", "reviewed_amount": str(amount[p] - d)} for p, d in over.items()}
    )
    row = json.loads(midpoint("sample", "estimate", tmp_path / "s", filled, "--json").out)["estimates"][0]
    # mean 20, s² = (900 + 400 + 0 + 100) / 3 = 466.667; SE = √(25 · 0.2 · 466.667 / 4) = 24.152
    assert (row["point"], row["standard_error"], row["t"]) == (100.0, 24.15, 2.353363)
    assert (row["lower"], row["upper"]) == (pytest.approx(100 - 2.353363 * 24.1523, abs=0.01), pytest.approx(156.84, abs=0.01))


def test_what_is_missing_is_stated(midpoint: Command, release: Path, tmp_path: Path) -> None:
    draw(midpoint, release, tmp_path / "s", "--size", 5)
    filled = answers(tmp_path / "s", tmp_path / "b.csv", {p: {"reviewer": "R", "decision": "no error"} for p in ("P1", "P2", "P3")})
    refused = midpoint("sample", "estimate", tmp_path / "s", filled)
    assert refused.code == 1
    assert "2 of 5 units are not answered" in refused.err
    assert refused.err.count("\n") == 1
    told = midpoint("sample", "estimate", tmp_path / "s", filled, "--missing", "overpayment")
    assert "2, counted as overpayment" in told.out
    assert (
        json.loads(midpoint("sample", "estimate", tmp_path / "s", filled, "--missing", "no-error", "--json").out)["estimates"][0]["point"]
        == 0
    )
    lines = filled.read_text().splitlines()
    filled.write_text("\n".join(lines[:-1]))  # a row that is gone is missing too
    assert "units are not answered" in midpoint("sample", "estimate", tmp_path / "s", filled).err


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"reviewed_amount": "ten"}, "reviewed_amount ten is no amount"),
        ({"reviewed_amount": "10.005"}, "is no amount"),
        ({"decision": "maybe"}, "decision maybe is none of"),
        ({"decision": "overpayment"}, "needs a reviewed_amount"),
        ({"decision": "overpayment", "reviewed_amount": "80"}, "does not go with reviewed_amount 80"),
        ({"decision": "no error", "reviewer": ""}, "reviewer is empty"),
        ({"amount": "81"}, "amount is 81, but 80.00 was drawn"),
        ({"unit_key": "zz"}, "unit_key zz is not in the sample"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(midpoint: Command, release: Path, tmp_path: Path, answer: dict[str, str], said: str) -> None:
    draw(midpoint, release, tmp_path / "s", "--size", 5)
    filled = answers(tmp_path / "s", tmp_path / "b.csv", {"P1": {"reviewer": "R"} | answer})
    with filled.open(newline="") as file:
        row = next(k for k, r in enumerate(csv.DictReader(file), 2) if r["patient_control_number"] == "P1")
    done = midpoint("sample", "estimate", tmp_path / "s", filled)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert f"row {row}: " in done.err
    assert said in done.err


@pytest.mark.parametrize("name", ["frame.csv", "sample.csv"])
def test_the_frame_and_the_sample_must_not_change(midpoint: Command, release: Path, tmp_path: Path, name: str) -> None:
    draw(midpoint, release, tmp_path / "s", "--size", 5)
    path = tmp_path / "s" / name
    path.write_text(path.read_text().replace("80.00", "81.00"))
    done = midpoint("sample", "estimate", tmp_path / "s", tmp_path / "s" / "worklist.csv")
    assert (done.code, "must not change" in done.err) == (1, True)


def test_a_sample_that_is_not_the_seeds_is_refused(midpoint: Command, release: Path, tmp_path: Path) -> None:
    draw(midpoint, release, tmp_path / "s", "--size", 3)
    path = tmp_path / "s" / "manifest.json"
    path.write_text(path.read_text().replace('"seed": 3', '"seed": 4'))
    done = midpoint("sample", "estimate", tmp_path / "s", tmp_path / "s" / "worklist.csv")
    assert (done.code, "not the one that seed 4 gives" in done.err) == (1, True)


def test_the_workbook_offers_the_decisions_and_comes_back(midpoint: Command, release: Path, tmp_path: Path) -> None:
    draw(midpoint, release, tmp_path / "s", "--size", 5)
    with zipfile.ZipFile(tmp_path / "s" / "worklist.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'type="list"' in sheet
    assert "no error,overpayment,underpayment,no record" in sheet
    done = midpoint("sample", "estimate", tmp_path / "s", tmp_path / "s" / "worklist.xlsx", "--missing", "overpayment", "--json")
    assert json.loads(done.out)["missing_count"] == 5


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--size", 1), "from 2 (two of each stratum) to 5 units"),
        (("--size", 6), "to 5 units can be drawn, not 6"),
        (("--size", 5, "--where", "colour=red"), "--where colour=red"),
        (("--size", 5, "--where", "payer=X"), "nothing can be drawn"),
        (("--size", 5, "--where", "months=2026"), "give YYYY-MM"),
    ],
)
def test_what_cannot_be_drawn(midpoint: Command, release: Path, tmp_path: Path, more: tuple[object, ...], said: str) -> None:
    done = midpoint("sample", "draw", release, "--out", tmp_path / "s", "--seed", 3, "--where", "direction=over", *more)
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert said in done.err
    assert not (tmp_path / "s").exists()


def test_a_drawn_sample_is_not_overwritten(midpoint: Command, release: Path, tmp_path: Path) -> None:
    draw(midpoint, release, tmp_path / "s", "--size", 3)
    done = midpoint("sample", "draw", release, "--out", tmp_path / "s", "--seed", 4, "--size", 3)
    assert (done.code, "not a new or empty folder" in done.err) == (1, True)


def test_plan_from_a_pilot(midpoint: Command, release: Path, tmp_path: Path) -> None:
    """All 5 reviewed, overpaid 50, 0, 0, 0, 0: s² = 500. ± 50 % of 50: n = 5 · 5 · 500 / ((25 / 1.6449)² + 2500) = 4.6 → 5; ± 300 %: 2."""
    draw(midpoint, release, tmp_path / "s", "--size", 5)
    given = {p: {"reviewer": "R", "decision": "no error"} for p in ("P2", "P3", "P4", "P5")}
    filled = answers(tmp_path / "s", tmp_path / "b.csv", given | {"P1": {"reviewer": "R", "reviewed_amount": "30"}})
    done = midpoint("sample", "plan", "--pilot", tmp_path / "s", "--pilot-list", filled, "--precision", 50, "--precision", 300, "--json")
    assert [row["size"] for row in json.loads(done.out)] == [5, 2]


def test_plan(midpoint: Command, release: Path) -> None:
    """1,000 units of $100, s $50, ± 5 % at 90 %: n0 = (1.6449 · 50 / 5)² = 270.6; 270.6 / 1.2706 = 212.9 → 213."""
    done = midpoint("sample", "plan", "--units", 1000, "--mean", 100, "--sd", 50, "--precision", 5, "--json")
    assert json.loads(done.out)[0]["size"] == 213
    done = midpoint("sample", "plan", release, "--where", "direction=over", "--precision", 1, "--strata", "check", "--json")
    assert json.loads(done.out)[0]["frame_count"] == 5
