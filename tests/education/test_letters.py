"""Letters: one page, the list's numbers, no patient; and the files beside them."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.documentation.extract import COLUMNS as EXTRACT
from pipelines.education.export import EXAMPLE_COLUMNS, IDENTIFYING, TELLING, deidentified, write_education
from pipelines.education.letters import Printer, html, letter
from pipelines.education.lists import COLUMNS, Lists, Release, education_lists, period_of
from pipelines.errors import MidpointError
from pipelines.settings import Education
from tests.dashboards.conftest import INBOX
from tests.education.conftest import npi
from tests.education.test_lists import PERIOD, peers

HOUSE = Education(organisation="Example Health", contact="extension 4711")


def people(lists: Lists) -> list[str]:
    return sorted({row["npi"] for row in lists.rows if row["level"] == "clinician" and row["flagged_count"]})


def test_every_letter_of_the_samples_is_one_page_with_the_lists_numbers(sample_lists: Lists) -> None:
    printer = Printer()
    assert people(sample_lists)
    for one in people(sample_lists):
        made = letter(sample_lists, one, HOUSE)
        assert made is not None
        assert len(printer.pictures(made)) == 1
        rows = {row["check_id"]: row for row in sample_lists.rows if row["npi"] == one and row["level"] == "clinician"}
        for check_id, rule, flagged, rate, _, at_risk, recoverable, _ in made["table"]:
            row = rows[check_id]
            assert rule == row["rule"]
            assert flagged == f"{row['flagged_count']:,} of {row['billed_count']:,}"
            assert rate == f"{100 * row['flagged_count'] / row['billed_count']:.1f} %"
            for shown, amount in ((at_risk, row["at_risk_amount"]), (recoverable, row["recoverable_amount"])):
                assert shown == (f"${amount:,.2f}" if amount else "—")
        page = html(made)
        assert made["run_id"] in page
        assert "no finding of wrongdoing" in page
        assert not re.search(r"(src|href)=", page)  # nothing beside it is needed


def test_the_longest_letter_is_one_page(sample_lists: Lists) -> None:
    """Six metrics, six rules with long titles, a picture, three long examples and steps."""
    made = next(letter(sample_lists, one, HOUSE) for one in people(sample_lists))
    assert made is not None
    long = "Professional service during hospice without modifier GV or GW, or without GV where the payer wants it from the attending"
    filled = dict(made) | {
        "metrics": [["ACP days per 100 days with an E/M visit", "1,234.5", "12,345", "1,234.5", "100", "< 0.0001*"]] * 6,
        "table": [["HOS-01", long, "12,345 of 67,890", "100.0 %", "12.3 % of 1,234 peers, p < 0.0001", "$123,456.78", "$123,456.78",
                   "no clear change"]] * 6,
        "plot": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 114" width="660" height="114"></svg>',
        "plot_title": long,
        "no_plot": "",
        "examples": [f"2026-01-06, 99498 × 3, 120 minutes documented, ref. 12345678: HOS-01 {long}."] * 3,
        "steps": ["While a patient has elected hospice, Medicare pays professional claims only with GV or GW; without either the line is"
                  " denied B9. Ask for the hospice status before the visit, and look at it again when the claim is made."] * 4,
        "organisation": "The Department of Revenue Integrity of a Very Large Regional Health System",
    }  # fmt: skip
    assert len(Printer().pictures(filled)) == 1


def test_the_same_letter_is_the_same_bytes(sample_lists: Lists) -> None:
    made = letter(sample_lists, people(sample_lists)[0], HOUSE)
    assert made is not None
    first = Printer().pdf(made)
    assert first.startswith(b"%PDF")
    assert first == Printer().pdf(made)


def test_words_of_files_are_no_markup(sample_lists: Lists) -> None:
    made = letter(sample_lists, people(sample_lists)[0], HOUSE)
    assert made is not None
    hostile = "#panic() *bold* <script>alert(1)</script> $x$"
    page = html(made | {"organisation": hostile})
    assert "<script>" not in page
    assert len(Printer().pictures(made | {"organisation": hostile})) == 1


def test_the_picture_shows_the_peers(by_hand: Callable[..., Release]) -> None:
    lists = education_lists(peers(by_hand), PERIOD, HOUSE)
    made = letter(lists, npi(12), HOUSE)
    assert made is not None
    assert made["plot"].count("<circle") == 12
    assert "You: 50.0 %" in made["plot"]
    assert "you 50.0 % (95 % interval 35.2 % to 64.8 %), 12 colleagues with median 0.0 %" in made["plot"]
    assert "80th percentile 4.0 %" in made["plot"]  # nine of 0 and three of 5 %: 0.8 x 11 = 8.8
    few = letter(lists, npi(13), HOUSE)
    assert few is not None
    assert not few["plot"]
    assert few["no_plot"] == "There is no picture of your colleagues: too few colleagues of your specialty have such services."


def test_files_hold_the_same_rows(sample_lists: Lists, tmp_path: Path) -> None:
    made = write_education(sample_lists, HOUSE, tmp_path / "education")
    folder = tmp_path / "education"
    table = pl.read_parquet(folder / "education.parquet")
    assert table.columns == list(COLUMNS)
    assert table.height == made["rows"] == len(sample_lists.rows)
    with (folder / "education.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["check_id"] for row in rows] == table["check_id"].to_list()
    assert sum(Decimal(row["at_risk_amount"]) for row in rows) == sum(row["at_risk_amount"] for row in sample_lists.rows)
    assert {path.stem for path in (folder / "letters").glob("*.pdf")} == set(people(sample_lists))
    assert {path.stem for path in (folder / "letters").glob("*.html")} == set(people(sample_lists))
    # The workbook: a sheet a topic beside the whole, real numbers and dates, frozen head.
    book = pl.read_excel(folder / "education.xlsx", sheet_id=0) if _has_excel() else None
    names = re.findall(r'<sheet name="([^"]+)"', zipfile.ZipFile(folder / "education.xlsx").read("xl/workbook.xml").decode())
    assert names == ["About", "All", *sorted({row["topic"].replace("&", "&amp;") for row in sample_lists.rows})]
    assert book is None or book["All"].height == len(rows)
    second = write_education(sample_lists, HOUSE, tmp_path / "education")
    assert second == made  # written again: the same bytes, and nothing left over
    assert [path.name for path in tmp_path.iterdir()] == ["education"]


def _has_excel() -> bool:
    try:
        import fastexcel  # noqa: F401  # pyright: ignore
    except ImportError:
        return False
    return True


def test_a_selection(sample_lists: Lists, tmp_path: Path) -> None:
    one = people(sample_lists)[0]
    made = write_education(sample_lists, HOUSE, tmp_path / "some", [one])
    assert made["letters"] == 1
    assert set(pl.read_parquet(tmp_path / "some" / "education.parquet")["npi"]) == {one}
    with pytest.raises(MidpointError, match="--npi 1234567893: nothing of it is flagged in 2025-04 to 2026-03"):
        write_education(sample_lists, HOUSE, tmp_path / "none", ["1234567893"])
    assert not (tmp_path / "none").exists()


# --- what is de-identified --------------------------------------------------------------------------


def identifiers(inbox: Path) -> set[str]:
    """Whatever in the samples names a patient: names, birth dates, members, accounts, records, claims, days of service, and note rows."""
    found: set[str] = set()
    for path in sorted(inbox.iterdir()):
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".csv":
            for row in csv.DictReader(text.splitlines()):
                found |= {row[name] for name in ("documentation_id", "patient_control_number", "mrn", "service_date") if row.get(name)}
            continue
        if not text.startswith("ISA"):
            continue
        element, end = text[3], text[105]
        is_patient = False
        for segment in text.split(end):
            parts = segment.strip().split(element)
            if parts[0] == "NM1":
                is_patient = parts[1] in ("IL", "QC", "74")
                if is_patient:
                    found |= {*parts[3:5], *parts[9:10]}
            elif parts[0] in ("CLM", "CLP"):
                found |= {parts[1], *(parts[7:8] if parts[0] == "CLP" else ())}
            elif (parts[0] == "REF" and parts[1] in ("EA", "SY", "6R", "F8")) or (parts[0] == "N3" and is_patient):
                found.add(parts[1 if parts[0] == "N3" else 2])
            elif parts[0] == "DMG":
                found.add(parts[2])
            elif parts[0] in ("DTP", "DTM") and parts[1] in ("472", "232", "233", "434", "435", "096"):
                found |= set(re.findall(r"\d{8}", parts[-1]))
    return {word for word in found if len(word) >= 5 and not word.isalpha()} | {w for w in found if w.isalpha() and len(w) >= 4}


def texts(folder: Path) -> Iterable[tuple[str, str]]:
    """Every file below in words: workbooks unpacked, tables read; PDFs are made of the letters' words, which are looked at themselves."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                yield from ((f"{path.name}/{name}", book.read(name).decode("utf-8", "replace")) for name in book.namelist())
        elif path.suffix == ".parquet":
            yield path.name, pl.read_parquet(path).write_csv()
        elif path.suffix != ".pdf" and path.is_file():
            yield path.name, path.read_text(encoding="utf-8")


def test_nothing_de_identified_names_a_patient(sample_lists: Lists, tmp_path: Path) -> None:
    wanted = identifiers(INBOX)
    assert len(wanted) > 100
    days = {word for word in wanted if re.fullmatch(r"\d{8}", word)}
    wanted |= {f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in days}
    allowed = {str(sample_lists.release.as_of)} | {str(row[name]) for row in sample_lists.rows for name in ("due_date", "re_audit_date")}
    folder = tmp_path / "education"
    write_education(sample_lists, HOUSE, folder, is_deidentified=True)
    looked = dict(texts(folder))
    looked |= {f"letter {one}": repr(letter(sample_lists, one, HOUSE, True)) for one in people(sample_lists)}
    assert len(looked) > 10
    for name, text in looked.items():
        if name == "manifest.json":  # hashes of the files, in which any digits may stand
            continue
        hit = {word for word in wanted - allowed if re.search(rf"(?<![\w.]){re.escape(word)}(?![\w])", text)}
        assert not hit, name
    keys = [str(one[name]) for row in sample_lists.rows for one in row["examples"] for name in ("finding_key", "claim_key") if one[name]]
    assert keys
    assert not [key for key in keys for text in looked.values() if key in text]
    # The scan can find something: what is not de-identified has accounts and days.
    write_education(sample_lists, HOUSE, tmp_path / "open")
    assert any("ACP" in word and word in dict(texts(tmp_path / "open"))["education_example.csv"] for word in wanted)


def counted(flagged: int, billed: int, check_id: str = "X-01", number: int = 0) -> dict[str, Any]:
    return {"level": "clinician", "npi": npi(number), "check_id": check_id, "flagged_count": flagged, "billed_count": billed,
            "prior_flagged_count": 0, "prior_billed_count": 0, "rate": flagged / billed, "at_risk_amount": Decimal(5)}  # fmt: skip


def test_small_counts_are_hidden_with_one_more() -> None:
    rows = [counted(10, 100, number=1), counted(50, 100, number=2), counted(11, 100, number=3), counted(95, 100, "X-02", 4)]
    made = deidentified(rows)
    assert [row["flagged_count"] for row in made] == [None, 50, None, None]  # 10 is small; 11 is the least beside it; 5 of 100 are left
    assert [row["suppressed"] for row in made] == ["a count under 11", "", "beside a count under 11", "a count under 11"]
    assert made[0]["at_risk_amount"] is None
    assert made[0]["rate"] is None
    none = deidentified([counted(0, 50), counted(11, 50, number=1)])
    assert [row["flagged_count"] for row in none] == [0, 11]


def test_identifying_columns_are_left_out(sample_lists: Lists, tmp_path: Path) -> None:
    write_education(sample_lists, HOUSE, tmp_path / "e", is_deidentified=True, with_letters=False)
    assert not set(pl.read_parquet(tmp_path / "e" / "education_example.parquet").columns) & set(IDENTIFYING)
    assert not set(pl.read_parquet(tmp_path / "e" / "education.parquet").columns) & set(TELLING)
    assert set(IDENTIFYING) < set(EXAMPLE_COLUMNS)
    assert "patient_control_number" in EXTRACT  # which the scan above reads by its name


def test_the_period_is_told(sample_lists: Lists) -> None:
    assert sample_lists.period == period_of(date(2026, 6, 30), 12)
