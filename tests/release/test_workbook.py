"""The workbook: real types, a frozen header, and no text that becomes a formula."""

from __future__ import annotations

import csv
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from pipelines.release import workbook


def sheets(release: Path) -> tuple[str, str, str]:
    with zipfile.ZipFile(release / "findings.xlsx") as book:
        return (
            book.read("xl/workbook.xml").decode(),
            book.read("xl/worksheets/sheet1.xml").decode(),
            book.read("xl/worksheets/sheet2.xml").decode(),
        )


def test_sheets_and_frozen_header(release: Path) -> None:
    book, findings, checks = sheets(release)
    assert re.findall(r'<sheet name="([^"]+)"', book) == ["Findings", "Checks"]
    for sheet in (findings, checks):
        assert 'state="frozen"' in sheet
        assert "<autoFilter" in sheet


def test_text_stays_text(release: Path) -> None:
    _, findings, _ = sheets(release)
    assert "<f>" not in findings
    assert "<is><t>=1+1</t></is>" in findings


def test_dates_and_amounts_are_numbers(release: Path) -> None:
    _, findings, _ = sheets(release)
    assert re.search(r'<c r="I2" s="\d+"><v>45\d\d\d</v></c>', findings)  # service_date of 2024 as Excel's day number
    assert re.search(r"<v>81\.89</v>", findings)


def test_rows_are_those_of_the_table(release: Path) -> None:
    _, findings, _ = sheets(release)
    assert findings.count("<row ") == len((release / "finding.csv").read_text().splitlines())


def test_too_many_findings(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit the largest stay, and the sheet's name says so."""
    for name in ("finding.parquet", "check_result.parquet"):
        shutil.copy(release / name, tmp_path)
    monkeypatch.setattr(workbook, "ROW_LIMIT", 2)
    workbook.write_workbook(tmp_path, "run")
    book, findings, _ = sheets(tmp_path)
    assert "Findings (2 largest)" in book
    assert findings.count("<row ") == 3
    with (release / "finding.csv").open(newline="") as file:
        dollars = sorted((float(row["at_risk_amount"] or row["recoverable_amount"] or 0) for row in csv.DictReader(file)), reverse=True)
    for amount in dollars[:2]:
        assert f"<v>{amount:g}</v>" in findings
