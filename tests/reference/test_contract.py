"""Contract rates: their import, that a bad file changes nothing, and that they come before every other expected amount."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from pipelines.checks.scenario import build_scenario
from pipelines.errors import MidpointError
from pipelines.reference.importing import import_contract
from pipelines.reference.rows import check_reference
from pipelines.warehouse import connect, load_reference

HEADER = "payer_id,procedure_code,modifier,non_facility_amount,facility_amount,medicare_percent,valid_from,valid_to,source\n"
GOOD = (
    HEADER
    + "99903,99497,,90.00,80,,2024-01-01,2025-12-31,contract 2024\n"
    + "99903,99497,95,70,,,2024-01-01,,contract 2024\n"
    + "99903,,,,,110,2024-01-01,,contract 2024\n"
)


def put(folder: Path, text: str, name: str = "contract.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def made(folder: Path) -> list[tuple[str, ...]]:
    with (folder / "contract_rate.csv").open(newline="", encoding="utf-8") as file:
        return [tuple(row)[:-1] for row in list(csv.reader(file))[1:]]


def test_an_import(tmp_path: Path) -> None:
    (change,) = import_contract(put(tmp_path, GOOD), tmp_path / "own")
    assert (change.table, change.read_count, change.taken_count, change.replaced_count, change.kept_count) == ("contract_rate", 3, 3, 0, 0)
    assert (str(change.first_date), change.last_date, change.notes) == ("2024-01-01", None, ("payers 99903",))
    assert made(tmp_path / "own") == [
        ("99903", "", "", "", "", "110", "2024-01-01", ""),
        ("99903", "99497", "", "90.00", "80", "", "2024-01-01", "2025-12-31"),
        ("99903", "99497", "95", "70", "", "", "2024-01-01", ""),
    ]
    check_reference(tmp_path / "own")
    con = connect(":memory:")
    assert load_reference(con, tmp_path / "own")["reference.contract_rate"] == 3
    con.close()


def test_a_later_import_replaces_the_same_things_on_its_days_only(tmp_path: Path) -> None:
    import_contract(put(tmp_path, GOOD), tmp_path / "own")
    header = "payer_id,procedure_code,non_facility_amount,valid_from,valid_to,source\n"
    later = header + "99903,99497,95,2025-07-01,,amendment\n99904,99498,60,2025-01-01,,new\n"
    (change,) = import_contract(put(tmp_path, later), tmp_path / "own")
    assert (change.taken_count, change.replaced_count, change.kept_count) == (2, 1, 2)
    assert made(tmp_path / "own") == [
        ("99903", "", "", "", "", "110", "2024-01-01", ""),
        ("99903", "99497", "", "90.00", "80", "", "2024-01-01", "2025-06-30"),
        ("99903", "99497", "", "95", "", "", "2025-07-01", ""),
        ("99903", "99497", "95", "70", "", "", "2024-01-01", ""),
        ("99904", "99498", "", "60", "", "", "2025-01-01", ""),
    ]


def test_a_percentage_of_what_has_no_schedule_is_told(tmp_path: Path) -> None:
    (change,) = import_contract(put(tmp_path, HEADER + "P,99213,,,,120,2024-01-01,,c\n"), tmp_path / "own")
    assert change.notes[-1] == "a percentage of nothing until their Medicare amounts are imported (pfs): 99213"


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("P,99497,,90,,,2024-01-01,,", "line 3: no source; say where the row comes from"),
        (",99497,,90,,,2024-01-01,,c", "line 3: no payer_id; give the payer's id as it stands in the claims"),
        ("P,99497,,90,,,,,c", "line 3: no valid_from; give the first day of the rate"),
        ("P,99497,,90,,,01/02/2024,,c", "line 3: valid_from '01/02/2024' is no date; write YYYY-MM-DD"),
        ("P,99497,,90,,,2024-01-01,2023-01-01,c", "line 3: valid_to 2023-01-01 is before valid_from 2024-01-01"),
        ("P,9949,,90,,,2024-01-01,,c", "line 3: procedure_code '9949' is no procedure code; write five letters or digits"),
        ("P,99497,95 25,90,,,2024-01-01,,c", "line 3: modifier '95 25' is no modifier; write two letters or digits"),
        ("P,99497,,$90,,,2024-01-01,,c", "line 3: non_facility_amount '$90' is no amount above 0; write dollars and cents without signs"),
        ("P,99497,,90,0.00,,2024-01-01,,c", "line 3: facility_amount '0.00' is no amount above 0"),
        ("P,99497,,90.125,,,2024-01-01,,c", "line 3: non_facility_amount '90.125' is no amount above 0"),
        ("P,99497,,,,1.10,2024-01-01,,c", "line 3: medicare_percent '1.10' is no percentage from 10 to 1000; write 110 for 110 %"),
        ("P,99497,,90,,110,2024-01-01,,c", "line 3: amounts and medicare_percent 110 at once; leave one of them empty"),
        ("P,99497,,,,,2024-01-01,,c", "line 3: no rate; give non_facility_amount, facility_amount or medicare_percent"),
        ("P,,,90,,,2024-01-01,,c", "line 3: amounts without a procedure_code; give the code"),
        ("P,99497,,90", "line 3: 4 cells under 9 columns"),
        ("X,99497,,91,,,2024-06-01,,c", "lines 2 and 3: both are valid for payer_id X, procedure_code 99497, modifier any on 2024-06-01"),
    ],
)
def test_a_bad_row_changes_nothing(tmp_path: Path, row: str, wanted: str) -> None:
    own = tmp_path / "own"
    import_contract(put(tmp_path, GOOD), own)
    before = (own / "contract_rate.csv").read_bytes()
    with pytest.raises(MidpointError) as error:
        import_contract(put(tmp_path, f"{HEADER}X,99497,,90,,,2024-01-01,,c\n{row}\n"), own)
    assert wanted in str(error.value)
    assert "\n" not in str(error.value)
    assert (own / "contract_rate.csv").read_bytes() == before
    assert [path.name for path in own.iterdir()] == ["contract_rate.csv"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (HEADER, "no rows below the header"),
        (HEADER.replace("y_amount,m", "ty_amount,m"), "line 1: column facilitty_amount is not known; the columns are payer_id"),
        ("payer_id,non_facility_amount,valid_from,valid_to,source\n", "line 1: column procedure_code is missing; the columns are"),
        ("payer_id,procedure_code\n", "column valid_from, valid_to, source is missing"),
    ],
)  # fmt: skip
def test_a_file_of_another_form(tmp_path: Path, text: str, wanted: str) -> None:
    with pytest.raises(MidpointError, match=r"contract\.csv") as error:
        import_contract(put(tmp_path, text), tmp_path / "own")
    assert wanted in str(error.value)
    assert not (tmp_path / "own").exists()


def test_the_contract_comes_first_and_quartiles_tell_what_a_median_is_made_of() -> None:
    """Ten lines of PLAN allowed 70 to 79; SIGNED has a contract, RATIO three lines at half the schedule and one at three quarters of it."""
    days = range(1, 11)
    lines = ", ".join(f"{{code: 99497, date: 2024-06-{d:02d}}}" for d in days)
    paid = ", ".join(f"{{code: 99497, date: 2024-06-{d:02d}, allowed: {69 + d}}}" for d in days)
    story = f"""
    contract_rate:
      - {{payer_id: SIGNED, procedure_code: "99497", non_facility_amount: 90, valid_to: 2024-06-30}}
      - {{payer_id: SIGNED, medicare_percent: 120}}
    claims:
      - {{id: A, payer: PLAN, date: 2024-06-01, through: 2024-06-10, rendering: 1000000001, lines: [{lines}]}}
      - {{id: B, payer: SIGNED, date: 2024-06-03, rendering: 1000000001, lines: [99497, 99498]}}
      - {{id: C, payer: SIGNED, date: 2024-07-01, rendering: 1000000001, pos: "21", lines: [99497]}}
      - {{id: D, payer: NONE, date: 2024-06-03, rendering: 1000000001, lines: [99497]}}
      - {{id: E1, payer: RATIO, date: 2024-06-03, rendering: 1000000001, lines: [99497]}}
      - {{id: E2, payer: RATIO, date: 2024-06-04, rendering: 1000000001, lines: [99497]}}
      - {{id: E3, payer: RATIO, date: 2024-06-05, rendering: 1000000001, lines: [99497]}}
      - {{id: E4, payer: RATIO, date: 2024-06-06, rendering: 1000000001, lines: [99498]}}
    remits:
      - {{pcn: A, payer: PLAN, date: 2024-11-01, from: 2024-06-01, through: 2024-06-10, lines: [{paid}]}}
      - {{pcn: B, payer: SIGNED, date: 2024-07-01, lines: [{{code: 99497, allowed: 10}}, {{code: 99498, allowed: 10}}]}}
      - {{pcn: E1, payer: RATIO, date: 2024-07-01, lines: [{{code: 99497, allowed: 40.945}}]}}
      - {{pcn: E2, payer: RATIO, date: 2024-07-01, lines: [{{code: 99497, allowed: 40.945}}]}}
      - {{pcn: E3, payer: RATIO, date: 2024-07-01, lines: [{{code: 99497, allowed: 40.945}}]}}
      - {{pcn: E4, payer: RATIO, date: 2024-07-01, lines: [{{code: 99498, allowed: 53.175}}]}}
    """.replace("40.945", "40.94").replace("53.175", "53.18")
    con = connect(":memory:", threads=1)
    try:
        build_scenario(con, yaml.safe_load(story))
        found = con.execute(
            "select distinct payer_id, procedure_code, is_facility, expected_basis, expected_amount::double, expected_count,"
            " expected_low_amount::double, expected_high_amount::double, expected_method from core.expected_allowed"
            " where procedure_code = '99497' or payer_id = 'SIGNED' order by all"
        ).fetchall()
    finally:
        con.close()
    assert found == [
        ("NONE", "99497", False, "schedule", 81.89, None, None, None, "expected: Medicare schedule"),
        ("PLAN", "99497", False, "payer median", 74.5, 10, 72.25, 76.75, "expected: payer median, n = 10"),
        # Ratios .4999, .4999, .4999, .7501: the upper quartile is a quarter of the way from the third to the fourth.
        ("RATIO", "99497", False, "payer ratio", 40.94, 4, 40.94, 46.06, "expected: payer ratio to the Medicare schedule, n = 4"),
        ("SIGNED", "99497", False, "contract", 90.0, None, None, None, "expected: contract"),
        # From July on the percentage: 1.2 x 74.56 in a facility.
        ("SIGNED", "99497", True, "contract", 89.47, None, None, None, "expected: contract, 120 % of the Medicare schedule"),
        ("SIGNED", "99498", False, "contract", 85.08, None, None, None, "expected: contract, 120 % of the Medicare schedule"),
        ("SIGNED", "99498", True, "contract", 84.29, None, None, None, "expected: contract, 120 % of the Medicare schedule"),
    ]
