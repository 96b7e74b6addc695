"""The report's section Money: tiers by recovery beside the exposure, never one sum; an older release is told, not failed."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal
from html import unescape
from pathlib import Path

import duckdb

from pipelines.release.report import write_report


def section(page: Path) -> list[list[str]]:
    """The rows of the section's tables, as the texts of their cells."""
    text = page.read_text(encoding="utf-8")
    found = re.search(r'<section aria-labelledby="money">.*?</section>', text, re.DOTALL)
    assert found is not None
    rows = re.findall(r"<tr>(.*?)</tr>", found[0], re.DOTALL)
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row] for row in cells]


def test_tiers_by_recovery_beside_the_exposure(release: Path, tmp_path: Path) -> None:
    rows = section(write_report(release, tmp_path / "report.html"))
    assert rows[1:6] == [
        ["A: denied and recoverable", "found", "1", "$70.90", "$0.00", "0", "0"],
        ["", "paid", "1", "$0.00", "$81.89", "0", "0"],
        ["B: paid short on the claim’s own facts", "found", "—", "—", "—", "—", "—"],
        ["C: documented but not billed", "found", "2", "$223.69", "$0.00", "0", "0"],  # 81.89 + 2 x 70.90
        ["Proof", "Lines", "At risk", "Estimated"],
    ]
    with duckdb.connect() as con:
        exposed = con.execute(f"select sum(at_risk_amount) from '{release}/exposure.parquet' where is_counted").fetchall()[0][0]
    shown = [Decimal(row[2].lstrip("$").replace(",", "")) for row in rows[6:9] if row[2] != "—"]
    assert sum(shown) == exposed > 0
    # No row adds tiers, or sets one side against the other.
    assert len(rows) == 9
    text = " ".join(cell for row in rows for cell in row)
    assert "$294.59" not in text  # A + C


def test_a_release_without_these_tables(release: Path, tmp_path: Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(release, older)
    for path in older.glob("exposure.*"):
        path.unlink()
    page = write_report(older, tmp_path / "report.html").read_text(encoding="utf-8")
    assert "before its tables held recovery and exposure" in page
