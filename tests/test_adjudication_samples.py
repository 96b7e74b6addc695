"""The five adjudication histories of data_samples/adjudication: the whole chain, X12 to release, line by line as worked out by hand.

What each history shows: data_samples/adjudication/README.md.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.dashboards.conftest import make_release

SAMPLES = Path(__file__).parents[1] / "data_samples" / "adjudication"
SCENARIOS = sorted(path.name for path in SAMPLES.iterdir() if path.is_dir())
NET = {
    "net_allowed_amount": "allowed_amount",
    "net_paid_amount": "paid_amount",
    "net_patient_responsibility_amount": "patient_responsibility_amount",
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def published(release: Path) -> list[dict[str, str]]:
    """The release's adjudications with the outcome of their line, in the columns of expected.csv."""
    lines = {(row["claim_key"], row["line_number"]): row for row in read(release / "claim_line.csv")}
    rows = read(release / "adjudication.csv")
    numbers = {(row["claim_key"], row["line_number"], row["remit_key"]): row["adjudication_number"] for row in rows}
    found: list[dict[str, str]] = []
    for row in rows:
        line = lines[row["claim_key"], row["line_number"]]
        own = {"reverses": numbers.get((row["claim_key"], row["line_number"], row["reverses_remit_key"]), "")}
        found.append(line | row | own | {name: line[column] for name, column in NET.items()})
    return sorted(found, key=lambda row: (row["patient_control_number"], int(row["line_number"]), int(row["adjudication_number"])))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_history_is_as_worked_out_by_hand(scenario: str, tmp_path: Path) -> None:
    expected = read(SAMPLES / scenario / "expected.csv")
    release = make_release(tmp_path, sorted((SAMPLES / scenario).glob("*.edi")), date(2026, 6, 30)) / "current"
    assert [{name: row[name] for name in expected[0]} for row in published(release)] == expected
    assert {row["is_balanced"] for row in read(release / "transaction_set.csv")} == {"true"}
    assert read(release / "quarantine.csv") == []


def test_the_expected_nets_are_the_sums_of_their_rows() -> None:
    """What was worked out by hand adds up by itself."""
    for scenario in SCENARIOS:
        rows = read(SAMPLES / scenario / "expected.csv")
        for line in {(row["patient_control_number"], row["line_number"]) for row in rows}:
            history = [row for row in rows if (row["patient_control_number"], row["line_number"]) == line]
            for net, column in NET.items():
                assert {Decimal(row[net]) for row in history} == {sum(Decimal(row[column]) for row in history)}, (scenario, line, net)


def test_the_five_scenarios_are_there() -> None:
    assert SCENARIOS == [
        "correction_before_reversal",
        "denied_then_paid",
        "paid_reversed_corrected",
        "partial_denial",
        "reversal_without_correction",
    ]
