"""Work lists as files: what is written comes back, as Excel and others save it."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.errors import MidpointError
from pipelines.worklist import Column, read_amount, read_day, read_list, write_list

COLUMNS = (Column("key"), Column("amount"), Column("day"), Column("answer", choices=("yes", "no")), Column("dollars", is_amount=True))
ROWS = [
    {"key": "0012", "amount": Decimal("70.10"), "day": date(2026, 1, 31), "answer": None, "dollars": None},
    {"key": "=1+1", "amount": Decimal("-3.00"), "day": None, "answer": "yes", "dollars": Decimal("1234.50")},
]


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv"])
def test_there_and_back(tmp_path: Path, name: str) -> None:
    write_list(tmp_path / name, COLUMNS, ROWS, "Title", ["Fill in"])
    (first, one), (second, two) = read_list(tmp_path / name, ("key",))
    assert (first, second) == (2, 3)
    assert (one["key"], two["key"]) == ("0012", "=1+1")
    assert [read_amount(row["amount"]) for row in (one, two)] == [Decimal("70.10"), Decimal("-3.00")]
    assert read_day(one["day"]) == date(2026, 1, 31)
    assert (one["answer"], two["answer"], read_amount(two["dollars"])) == ("", "yes", Decimal("1234.50"))


def test_what_a_spreadsheet_makes_of_it(tmp_path: Path) -> None:
    """Formatted text, numbers as floats, a formula's value, booleans, an empty row between: each as the user sees it, with its row."""
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["key", "value", "day"])
        sheet.write_rich_string(1, 0, "two ", book.add_format({"bold": True}), "parts")
        sheet.write_number(1, 1, 0.1 + 0.2)
        sheet.write_datetime(1, 2, datetime(2026, 2, 28), book.add_format({"num_format": "m/d/yyyy"}))
        sheet.write_string(3, 0, "later")
        sheet.write_formula(3, 1, "=B2*2", None, 12)
        sheet.write_boolean(3, 2, True)
    rows = read_list(tmp_path / "a.xlsx", ("key", "value"))
    assert rows[0][0] == 2
    assert rows[0][1]["key"] == "two parts"
    assert read_day(rows[0][1]["day"]) == date(2026, 2, 28)
    assert rows[1] == (4, {"key": "later", "value": "12", "day": "true"})


@pytest.mark.parametrize(
    ("text", "amount"), [("70.1", "70.10"), ("$1,234.50", "1234.50"), ("(12)", "-12.00"), (" -0.01 ", "-0.01"), ("1e2", "100.00")]
)
def test_amounts_as_people_write_them(text: str, amount: str) -> None:
    assert read_amount(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "ten", "1,2", "0.005", "nan", "inf", "1.234,50", "1e30"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the caller says what is wrong
        read_amount(text)


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    write_list(tmp_path / "a.xlsx", COLUMNS, ROWS, "Title", [])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as good, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            if name == "xl/workbook.xml":
                content = content.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>', 1)
            bad.writestr(name, content)
    with pytest.raises(MidpointError, match="declares entities"):
        read_list(tmp_path / "b.xlsx", ("key",))


@pytest.mark.parametrize(("header", "said"), [("key,other", "column amount is missing"), ("key,amount,key", "column key is there twice")])
def test_columns_that_do_not_fit(tmp_path: Path, header: str, said: str) -> None:
    (tmp_path / "a.csv").write_text(f"{header}\n1,2,3\n")
    with pytest.raises(MidpointError, match=said):
        read_list(tmp_path / "a.csv", ("key", "amount"))


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MidpointError, match=r"an \.xlsx or a \.csv"):
        write_list(tmp_path / "a.ods", COLUMNS, ROWS, "Title", [])
