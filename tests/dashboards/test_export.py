"""Exports: suppression in shared ones, real types in workbooks, and what is refused."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboards import export
from dashboards.app import make_app
from dashboards.page import load_pages
from dashboards.queries import Column, Table

BY_PAYER = Table(
    "t",
    "By payer",
    "",
    (
        Column("payer", "Payer"),
        Column("denied", "Denied", "count"),
        Column("lines", "Lines", "count"),
        Column("rate", "Rate", "rate", numerator="denied", denominator="lines"),
        Column("amount", "Dollars", "amount"),
    ),
    groups=("payer",),
)


def hidden(table: Table, rows: list[tuple[Any, ...]]) -> set[Any]:
    """Names of the rows without numbers; of such a row every number is gone."""
    made = export.suppressed(table, table.columns, rows)
    assert [row[0] for row in made] == [row[0] for row in rows]
    gone = {row[0] for row in made if export.HIDDEN in row}
    assert all(set(row[1:]) == {export.HIDDEN} for row in made if row[0] in gone)
    assert all(row in rows for row in made if row[0] not in gone)
    return gone


def test_a_small_count_takes_another_with_it() -> None:
    rows = [("a", 5, 100, 0.05, 1), ("b", 20, 100, 0.2, 1), ("c", 40, 100, 0.4, 1)]
    assert hidden(BY_PAYER, rows) == {"a", "b"}, "the total less b and c would tell a"


def test_eleven_is_shown_and_ten_is_not() -> None:
    assert hidden(BY_PAYER, [("a", 11, 100, 0, 1), ("b", 30, 100, 0, 1)]) == set()
    assert hidden(BY_PAYER, [("a", 10, 100, 0, 1), ("b", 30, 100, 0, 1), ("c", 30, 100, 0, 1)]) == {"a", "b"}


def test_a_table_by_two_names_hides_two_rows_at_least() -> None:
    """Each row is alone in its line, but the total of all would tell the one that is hidden."""
    columns = (Column("a", "A", "decimal"), Column("b", "B"), Column("n", "N", "count"), Column("share", "Share"))
    table = Table("t", "T", "", columns, groups=("a", "b"))
    made = export.suppressed(table, columns, [(1.0, "x", 3, "▲ 4.0 %"), (2.0, "y", 40, "new"), (3.0, "z", 50, "▼ 1.0 %")])
    assert made[0] == (1.0, "x", export.HIDDEN, export.HIDDEN), "the names stay, also where one is a number; a share in words goes"
    assert made[1] == (2.0, "y", export.HIDDEN, "new")
    assert made[2] == (3.0, "z", 50, "▼ 1.0 %")


def test_zero_is_no_small_count_and_hides_nothing() -> None:
    assert hidden(BY_PAYER, [("a", 0, 100, 0, 0), ("b", 30, 100, 0, 1)]) == set()


def test_the_rest_of_a_rate_is_a_count_too() -> None:
    rows = [("a", 95, 100, 0.95, 1), ("b", 30, 100, 0.3, 1), ("c", 40, 100, 0.4, 1)]
    assert "a" in hidden(BY_PAYER, rows), "five were not denied"


def test_of_two_groups_every_line_and_column_is_covered() -> None:
    table = Table("t", "t", "", (Column("x", "X"), Column("y", "Y"), Column("n", "N", "count")), groups=("x", "y"))
    rows = [(x, y, 5 if (x, y) == ("a", "p") else 50) for x in "abc" for y in "pqr"]
    made = export.suppressed(table, table.columns, rows)
    gone = [(x, y) for x, y, n in made if n == export.HIDDEN]
    assert ("a", "p") in gone
    for x in "abc":
        assert sum(g[0] == x for g in gone) != 1
    for y in "pqr":
        assert sum(g[1] == y for g in gone) != 1


def test_the_routes(releases: Path) -> None:
    client = make_app(releases).server.test_client()
    base = "http://127.0.0.1:8050"

    def get(path: str) -> Any:
        return client.get(path, base_url=base)

    for page in load_pages().values():
        for table in page.tables:
            assert get(f"/export/{table.name}.csv").status_code == 200, table.name
            assert get(f"/export/{table.name}.xlsx").status_code == 200, table.name
            shared = get(f"/export/{table.name}.xlsx?shared=1")
            assert shared.status_code == (400 if table.is_rows else 200), table.name
    assert get("/export/nothing.csv").status_code == 404
    assert get("/export/files.parquet").status_code == 404
    assert get("/export/files.csv?release=2020-01-01-000000000000").status_code == 400
    assert client.get("/", base_url="http://evil.example").status_code == 403


def test_a_shared_export_of_the_sample_shows_no_count_under_eleven(releases: Path) -> None:
    client = make_app(releases).server.test_client()
    for table in (table for page in load_pages().values() for table in page.tables if not table.is_rows):
        lines = client.get(f"/export/{table.name}.csv?shared=1", base_url="http://127.0.0.1").text.splitlines()
        place = [column.name for column in table.columns if not column.is_identifier]
        counts = [place.index(column.name) for column in table.columns if column.kind == "count"]
        for line in lines[1:]:
            cells = line.split(",")
            if export.HIDDEN not in line and not any('"' in cell for cell in cells):
                assert all(not 0 < int(float(cells[at] or 0)) < export.SMALL for at in counts), line


def test_a_workbook_has_real_types_a_frozen_header_and_says_what_it_is(releases: Path) -> None:
    client = make_app(releases).server.test_client()
    data = client.get("/export/overview-findings.xlsx?payer=99901&check=ACP-20", base_url="http://127.0.0.1").data
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        about, sheet = (book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2))
        styles = book.read("xl/styles.xml").decode()
    for words in ("2026-06-30", "99901", "ACP-20", "Treat this workbook as patient data"):
        assert words in about
    assert 'state="frozen"' in sheet
    assert "yyyy-mm-dd" in styles
    day = (date(2025, 3, 7) - date(1899, 12, 30)).days
    assert f"<v>{day}</v>" in sheet, "a date is a number of Excel's calendar"
    numbers = [round(float(text), 2) for text in re.findall(r"<v>([^<]+)</v>", sheet)]
    assert numbers.count(72.46) == 3, "dollars are numbers"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_text_of_a_csv_becomes_a_formula(text: str) -> None:
    made = "".join(export._csv((Column("a", "A"),), [(text,)]))
    assert made.splitlines()[1].startswith("'")
