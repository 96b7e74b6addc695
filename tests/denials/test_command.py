"""`midpoint denials` as its users meet it: tables, CSV, JSON, and one line for whatever goes wrong."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main
from pipelines.denials.rates import Release

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def denials(release: Release, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    """The command, called in this process from a folder whose releases/current is of the generated claims."""
    shutil.copytree(release.folder, tmp_path / "releases" / "run")
    (tmp_path / "releases" / "current").symlink_to("run", target_is_directory=True)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["midpoint", "denials", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


YEAR = ("--from", "2025-01", "--to", "2025-12")


def test_the_table_of_the_issue(denials: Command) -> None:
    code, out, err = denials("--by", "payer", "--definition", "hfma_dollars", *YEAR)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert "hfma_dollars: Initially denied claims by gross charges. Gross charges of the claims initially denied" in lines[0]
    assert "Months       2025-01 to 2025-12, by submission date" in out
    assert "As of        2026-06-30" in out
    table = lines[lines.index("") + 1 :]
    assert table[0].split() == ["payer", "denied", "claims", "claims*", "denied", "$", "charged", "$*", "rate", "n"]
    width = len(table[1])
    assert all(len(line) == width for line in table if not line.startswith("*"))
    total = next(line for line in table if line.startswith("total"))
    assert "%" in total
    payers = [line for line in table[2:] if line[:1].isdigit()]
    cents = [int(line.split()[3].replace(",", "").replace(".", "")) for line in [*payers, total]]
    assert sum(cents[:-1]) == cents[-1]
    assert table[-1] == "* for each month the mean of the three months before it"


def test_csv_and_json_say_what_the_table_says(denials: Command) -> None:
    asked = ("--by", "carc", "--definition", "line_any", *YEAR)
    code, text, _ = denials(*asked, "--csv")
    assert code == 0
    assert text.count("\r\n") == text.count("\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    table: dict[str, Any] = json.loads(denials(*asked, "--json")[1])
    assert {row["as_of_date"] for row in rows} == {table["as_of_date"]} == {"2026-06-30"}
    assert [row["row_kind"] for row in rows] == ["group"] * len(table["rows"]) + ["total"]
    for row, same in zip(rows, [*table["rows"], table["total"]], strict=True):
        assert row["carc"] == (same.get("carc") or "")
        for key in ("numerator", "denominator", "rate_percent", "n", "denied_amount", "unit_amount"):
            assert row[key] == str(same[key]), key
    counts = [int(row["denied_count"]) for row in rows[:-1]]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == int(rows[-1]["denied_count"])
    assert "below every reason stand all units" in denials(*asked)[1]


def test_a_bridge_as_text_csv_and_json(denials: Command) -> None:
    _, out, _ = denials("--definition", "line_any", "--bridge", "hfma_dollars", *YEAR)
    _, same, _ = denials("--bridge", "line_any..hfma_dollars", *YEAR)
    assert out == same
    assert "line_any, claim lines: " in out
    assert "lines grouped into claims" in out
    assert "the mean of the three months before each month" in out
    rows = list(csv.DictReader(io.StringIO(denials("--bridge", "line_any..hfma_dollars", *YEAR, "--csv")[1], newline="")))
    assert [rows[0]["row_kind"], rows[-1]["row_kind"]] == ["start", "end"]
    assert sum(round(float(row["denied_amount"]) * 100) for row in rows[:-1]) == round(float(rows[-1]["denied_amount"]) * 100)
    table = json.loads(denials("--bridge", "line_any..hfma_dollars", *YEAR, "--json")[1])
    assert [step["reason"] for step in table["steps"]] == [row["reason"] for row in rows[1:-1]]


def test_months_that_are_not_mature_are_left_out_and_named(denials: Command) -> None:
    table = json.loads(denials("--definition", "hfma_volume", "--by", "month", "--from", "2026-01", "--mature", 90, "--json")[1])
    assert table["to"] == "2026-03"  # 90 days before 2026-06-30 is 2026-04-01
    assert table["months_not_mature"] == ["2026-04", "2026-05", "2026-06"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--definition", "hfma"), ("no definition hfma; there are line_any, default, hfma_dollars",)),
        (("--bridge", "default..hfma"), ("no definition hfma; there are",)),
        (("--bridge", "default"), ("default..default: both are the same",)),
        (("--bridge", "line_any", "--by", "payer"), ("leave --by out",)),
        (("--from", "2025-13"), ("--from 2025-13: not a month; give it as YYYY-MM, as 2025-01",)),
        (("--to", "25-01"), ("--to 25-01: not a month",)),
        (("--from", "2025-02", "--to", "2025-01"), ("--from 2025-02 is after --to 2025-01",)),
        (("--from", "2019-01", "--to", "2019-12"), ("no units of default by remit date", "the release has 2024-02 to 2026-06")),
        (("--from", "2026-06", "--mature", 90), ("less than 90 days old", "choose others")),
        (("--definition", "hfma_dollars", "--to", "2024-01"), ("no month before them for the denominator",)),
        (("--by", "doctor"), ("--by doctor: not known; there are payer, provider",)),
        (("--basis", "posting"), ("--basis posting: not known; there are service, submission, remit",)),
        (("--json", "--csv"), ("choose one",)),
        (("nosuch",), ("nosuch: not a release", "name a folder that midpoint audit has published")),
        (("--out", "nowhere"), ("nowhere/current: not a release",)),
    ],
)
def test_errors_are_one_line_that_names_the_remedy(denials: Command, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    code, out, err = denials(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith("midpoint: ")
    assert err.count("\n") == 1
    for word in words:
        assert word in err


def test_a_release_of_an_older_version_is_named(denials: Command) -> None:
    Path("releases/run/denial_month.parquet").unlink()
    code, _, err = denials()
    assert code == 1
    assert "this release has no table denial_month; run midpoint audit again" in err
