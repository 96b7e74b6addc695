"""The whole command on data_samples/inbox: every finding and every cent as worked out by hand, every segment accounted for.

What does not belong here: cases of one rule (tests/checks) or of the reader (tests/x12). What each claim shows: data_samples/README.md.
"""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1] / "data_samples"
INBOX = SAMPLES / "inbox"
BROKEN = "837p_truncated.edi"
DOCUMENTATION = "acp_documentation.csv"
X12_FILES = sorted(path.name for path in INBOX.iterdir() if path.name != DOCUMENTATION)
EXPECTED_COLUMNS = (SAMPLES / "expected_findings.csv").read_text().splitlines()[0].split(",")
COUNTED = {"clm": ("CLM",), "lx": ("LX",), "sv": ("SV1", "SV2"), "clp": ("CLP",), "svc": ("SVC",), "cas": ("CAS",), "plb": ("PLB",)}


@dataclass(frozen=True)
class Run:
    """One run of the command: what it printed and the release that `current` pointed at afterwards."""

    output: str
    release: Path
    findings: bytes

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.release / f"{name}.csv").open(newline="") as file:
            return list(csv.DictReader(file))


def audit(folder: Path) -> Run:
    """Run `midpoint audit` on the samples with everything it writes below `folder`."""
    command = [str(Path(sys.executable).with_name("midpoint")), "audit", str(INBOX), "--as-of", "2026-06-30"]
    command += ["--warehouse", str(folder / "midpoint.duckdb"), "--out", str(folder / "releases")]
    done = subprocess.run(command, cwd=folder, env=os.environ | {"COLUMNS": "200"}, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    release = (folder / "releases" / "current").resolve()
    return Run(done.stdout + done.stderr, release, (release / "finding.csv").read_bytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.fixture(scope="module")
def first(folder: Path) -> Run:
    return audit(folder)


@pytest.fixture(scope="module")
def second(folder: Path, first: Run) -> Run:
    return audit(folder)


def segments(name: str) -> list[list[str]]:
    """The segments of one sample file, cut with plain splits, each a list of elements; an unfinished last one is left out."""
    data = (INBOX / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("ascii")
    element, terminator = text[3], text[105]
    return [piece.strip("\n").split(element) for piece in text.split(terminator)[:-1]]


def comparable(row: dict[str, str]) -> tuple[str, ...]:
    """The columns of the expected file as text: numbers without trailing zeros, so that 1 and 1.0000 are the same."""

    def plain(column: str) -> str:
        value = row[column]
        is_number = column.endswith(("amount", "units", "minutes", "line_number"))
        return f"{Decimal(value).normalize():f}" if value and is_number else value.lower() if column == "at_risk_counted" else value

    return tuple(plain(column) for column in EXPECTED_COLUMNS)


def test_findings_are_exactly_those_worked_out_by_hand(first: Run) -> None:
    with (SAMPLES / "expected_findings.csv").open(newline="") as file:
        expected = Counter(comparable(row) for row in csv.DictReader(file))
    found = Counter(comparable(row) for row in first.rows("finding"))
    assert found - expected == Counter(), "found but not expected"
    assert expected - found == Counter(), "expected but not found"


def test_the_checks_of_the_samples_are_all_evaluable_and_have_silent_lines(first: Run) -> None:
    results = {row["check_id"]: row for row in first.rows("check_result")}
    with (SAMPLES / "expected_findings.csv").open(newline="") as file:
        fired = Counter(row["check_id"] for row in csv.DictReader(file))
    for check_id, count in fired.items():
        result = results[check_id]
        assert (result["status"], int(result["flagged_count"])) == ("flagged", count), check_id
        # Every denial of the samples was left alone, and the one G0182 is wrong.
        assert int(result["eligible_count"]) > count or check_id in ("DEN-02", "HOS-10"), f"{check_id} has no silent line"


def test_only_the_broken_file_and_the_bad_row_are_set_aside(first: Run) -> None:
    files = {Path(row["path"]).name: row for row in first.rows("file")}
    assert set(files) == {path.name for path in INBOX.iterdir()}
    assert {name for name, row in files.items() if row["status"] != "accepted"} == {BROKEN, DOCUMENTATION}
    assert files[BROKEN]["status"] == files[DOCUMENTATION]["status"] == "partial"
    assert (files[BROKEN]["landed_clm"], files[BROKEN]["aside_clm"]) == ("1", "2")
    aside = {Path(row["source_file"]).name: row for row in first.rows("quarantine")}
    assert len(first.rows("quarantine")) == len(aside) == 2
    assert (aside[BROKEN]["unit"], aside[BROKEN]["transaction_set"], aside[DOCUMENTATION]["unit"]) == ("transaction_set", "2", "row")
    assert "SE" in aside[BROKEN]["message"]
    assert "service_date" in aside[DOCUMENTATION]["message"]
    for name, row in aside.items():
        assert files[name]["reason"]
        assert name in first.output
        assert row["message"] in " ".join(first.output.split())


@pytest.mark.parametrize("name", X12_FILES)
def test_every_segment_is_landed_or_set_aside(name: str, first: Run) -> None:
    counted = Counter(segment[0] for segment in segments(name))
    row = next(row for row in first.rows("file") if Path(row["path"]).name == name)
    for column, ids in COUNTED.items():
        in_file = sum(counted[i] for i in ids)
        assert int(row[f"landed_{column}"]) + int(row[f"aside_{column}"]) == in_file, column
        assert name == BROKEN or int(row[f"aside_{column}"]) == 0, column
    assert int(row["transaction_set_count"]) == counted["ST"]
    assert int(row["interchange_count"]) == counted["ISA"]
    assert name == BROKEN or not row["warnings"]


def test_a_second_run_changes_nothing_and_says_so(first: Run, second: Run) -> None:
    assert second.findings == first.findings
    assert "nothing new" in second.output.lower()
    assert "nothing new" not in first.output.lower()


@pytest.mark.parametrize("name", X12_FILES)
def test_control_counts_are_right_but_in_the_broken_file(name: str) -> None:
    wrong: list[str] = []
    opened: dict[str, tuple[int, str]] = {}
    sets = groups = 0
    for number, segment in enumerate(segments(name)):
        match segment[0]:
            case "ISA":
                opened["IEA"], groups = (number, segment[13]), 0
            case "GS":
                opened["GE"], groups, sets = (number, segment[6]), groups + 1, 0
            case "ST":
                opened["SE"], sets = (number, segment[2]), sets + 1
            case "SE" | "GE" | "IEA" as trailer:
                begin, control = opened.pop(trailer)
                count = {"SE": number - begin + 1, "GE": sets, "IEA": groups}[trailer]
                if (int(segment[1]), segment[2]) != (count, control):
                    wrong.append("*".join(segment))
            case _:
                pass
    assert wrong == []
    assert set(opened) == ({"SE", "GE", "IEA"} if name == BROKEN else set())


@pytest.mark.parametrize("name", X12_FILES)
def test_claims_and_remittances_balance_to_the_cent(name: str) -> None:
    """CLM02 = Σ line charges; SVC02 − ΣCAS = SVC03; CLP03 − ΣCAS = CLP04; CLP05 = ΣPR but on reversals; ΣCLP04 − ΣPLB = BPR02."""
    owed: dict[str, Decimal] = {}
    reversal = False

    def close(*keys: str) -> None:
        for key in keys:
            assert owed.pop(key, Decimal(0)) == 0, key

    for segment in segments(name):
        value = {i: Decimal(text) for i, text in enumerate(segment) if i and text.lstrip("-").replace(".", "", 1).isdigit()}
        match segment[0]:
            case "CLM":
                close("claim")
                owed["claim"] = value[2]
            case "SV1" | "SV2":
                owed["claim"] -= value[2 if segment[0] == "SV1" else 3]
            case "BPR":
                owed["payment"] = value[2]
            case "CLP":
                close("line", "remit", "share")
                reversal = segment[2] == "22"
                owed |= {"remit": value[3] - value[4], "share": value.get(5, Decimal(0)), "payment": owed["payment"] - value[4]}
            case "SVC":
                close("line")
                owed["line"] = value[2] - value[3]
            case "CAS" if "remit" in owed:
                for at in range(3, len(segment), 3):
                    owed["line"] -= value[at]
                    owed["remit"] -= value[at]
                    owed["share"] -= value[at] if segment[1] == "PR" and not reversal else 0
            case "PLB":
                owed["payment"] += sum(value[at] for at in range(4, len(segment), 2))
            case "SE":
                close("claim", "line", "remit", "share", "payment")
            case _:
                pass
