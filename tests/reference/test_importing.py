"""Imports of published reference files: what they give, what they leave as it was, and that a bad file changes nothing.

The files of published/ are made by hand in the published layouts; their pairs and values are partly made up, and they hold no descriptors.
"""

from __future__ import annotations

import contextlib
import csv
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.errors import MidpointError
from pipelines.reference.importing import Change, import_ncci, import_pfs, import_taxonomy
from pipelines.warehouse import SQL, connect, load_reference

PUBLISHED = Path(__file__).parent / "published"
NCCI = PUBLISHED / "ccipra-example-f1.txt"
PFS = PUBLISHED / "PPRRVU2026_Example_nonQPP.csv"
TAXONOMY = PUBLISHED / "nucc_taxonomy_261.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def shipped(table: str) -> list[dict[str, str]]:
    return rows(SQL / "reference" / f"{table}.csv")


def dated(found: list[dict[str, str]], **values: str) -> list[tuple[str, ...]]:
    """Of the rows with these values, everything but the source."""
    return [tuple(v for k, v in row.items() if k not in ("source", *values)) for row in found if values.items() <= row.items()]


# --- NCCI --------------------------------------------------------------------------------------------------------------------------------


def test_ncci_pairs_come_with_their_dates(tmp_path: Path) -> None:
    (change,) = import_ncci([NCCI], tmp_path)
    made = rows(tmp_path / "ncci_pair.csv")
    assert (change.read_count, change.taken_count, change.replaced_count, change.kept_count) == (64, 60, 59, 0)
    assert change.notes == ("no longer named: 99497/G0337",)
    assert len(made) == 60
    assert {code for row in made for code in (row["column_1_code"], row["column_2_code"])} & {"20610", "99213", "G0337", "99401"} == set()
    assert dated(made, column_1_code="99221", column_2_code="99497") == [("1", "2016-01-01", "2025-12-31"), ("0", "2026-01-01", "")]
    assert dated(made, column_1_code="99455", column_2_code="99497") == [("0", "2016-01-01", "2025-03-31")]
    assert {row["source"] for row in made} == {"NCCI practitioner procedure-to-procedure edits, ccipra-example-f1.txt"}
    con = connect(":memory:")
    assert load_reference(con, tmp_path)["reference.ncci_pair"] == 60
    con.close()


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    import_ncci([NCCI], tmp_path)
    before = (tmp_path / "ncci_pair.csv").read_bytes()
    import_ncci([NCCI], tmp_path)
    assert (tmp_path / "ncci_pair.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["ncci_pair.csv"]


def test_pairs_before_the_first_date_of_the_file_stay(tmp_path: Path) -> None:
    later = tmp_path / NCCI.name
    later.write_bytes(NCCI.read_bytes().replace(b"\t20160101\t", b"\t20240101\t").replace(b"\t20180101\t", b"\t20240101\t"))
    import_ncci([later], tmp_path / "own")
    made = rows(tmp_path / "own" / "ncci_pair.csv")
    assert dated(made, column_1_code="99291", column_2_code="99497") == [("0", "2016-01-01", "2023-12-31"), ("0", "2024-01-01", "")]
    # No longer named from the file's first date on, so it ends the day before.
    assert dated(made, column_1_code="99497", column_2_code="G0337") == [("0", "2016-01-01", "2023-12-31")]


def test_a_part_speaks_for_its_own_codes_only(tmp_path: Path) -> None:
    """A quarter comes in parts by column 1 code: pairs outside the part's codes stay."""
    lines = NCCI.read_bytes().split(b"\r\n")
    part = tmp_path / "ccipra-part-f4.txt"
    part.write_bytes(b"\r\n".join([*lines[:6], *(line for line in lines[6:] if line.startswith(b"994"))]) + b"\r\n")
    (change,) = import_ncci([part], tmp_path / "own")
    made = rows(tmp_path / "own" / "ncci_pair.csv")
    assert change.kept_count == sum(not "99418" <= row["column_1_code"] <= "99497" for row in shipped("ncci_pair"))
    assert change.kept_count > 10
    assert dated(made, column_1_code="99291", column_2_code="99497") == [("0", "2016-01-01", "")]
    first = tmp_path / "ccipra-part-f1.txt"
    first.write_bytes(b"\r\n".join([*lines[:6], *(line for line in lines[6:] if not line.startswith(b"994"))]) + b"\r\n")
    import_ncci([first, part], tmp_path / "both")
    import_ncci([NCCI], tmp_path / "whole")
    assert [dated([row]) for row in rows(tmp_path / "both" / "ncci_pair.csv")] == [
        dated([row]) for row in rows(tmp_path / "whole" / "ncci_pair.csv")
    ]


@pytest.mark.parametrize("numbers", [False, True], ids=["text", "numbers"])
def test_ncci_as_a_workbook(tmp_path: Path, numbers: bool) -> None:
    """As published for Excel: one header row with line breaks in its cells; codes and dates may be numbers."""
    book = xlsxwriter.Workbook(str(tmp_path / "ccipra-example-f1.xlsx"), {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write(0, 0, "Example in the published layout")
    names = ("Column 1", "Column 2", "*=in existence\nprior to 1996", "Effective\nDate", "Deletion\nDate\n*=no data")
    sheet.write_row(2, 0, (*names, "Modifier\n0=not allowed\n1=allowed\n9=not applicable", "PTP Edit Rationale"))
    lines = NCCI.read_text(encoding="utf-8").splitlines()[6:]
    for number, line in enumerate(lines, 3):
        for column, cell in enumerate(line.split("\t")):
            if numbers and cell.isdecimal():
                sheet.write_number(number, column, int(cell))
            elif cell:
                sheet.write_string(number, column, cell)
    book.close()
    import_ncci([tmp_path / "ccipra-example-f1.xlsx"], tmp_path / "own")
    import_ncci([NCCI], tmp_path / "text")
    made, expected = (rows(tmp_path / folder / "ncci_pair.csv") for folder in ("own", "text"))
    assert [dated([row]) for row in made] == [dated([row]) for row in expected]


def test_what_is_wanted_is_found_in_an_archive(tmp_path: Path) -> None:
    archive = tmp_path / "rvu26a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("PPRRVU2026_Jan_QPP.csv", "other")
        file.writestr("GPCI2026.csv", "other")
        file.writestr(f"rvu26a/{PFS.name}", PFS.read_bytes())
    import_pfs(archive, tmp_path / "own")
    assert any(PFS.name in row["source"] for row in rows(tmp_path / "own" / "fee_schedule.csv"))
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("GPCI2026.csv", "other")
    with pytest.raises(MidpointError, match=r"rvu26a\.zip: holds GPCI2026\.csv; unpack it and give the one file that is meant"):
        import_pfs(archive, tmp_path / "own")


# --- fee schedule ------------------------------------------------------------------------------------------------------------------------


def test_amounts_are_units_times_factor_to_the_cent(tmp_path: Path) -> None:
    """The example's 99497 and 99498 have the totals of 2026, so they give RULES.md's amounts: 2.60 x 33.4009 = 86.84."""
    (change,) = import_pfs(PFS, tmp_path)
    made = rows(tmp_path / "fee_schedule.csv")
    assert (change.first_date, change.last_date, change.replaced_count) == (date(2026, 1, 1), None, 2)
    assert dated(made, procedure_code="99497", valid_from="2026-01-01") == [("86.84", "65.80", "")]
    assert dated(made, procedure_code="99498", valid_from="2026-01-01") == [("78.16", "63.46", "")]
    # 2.74 and 1.92 x 33.4009; a visit's modifier rows, unpaid codes and codes that nothing prices are left out.
    assert dated(made, procedure_code="99213") == [("91.52", "64.13", "2026-01-01", "")]
    assert {row["procedure_code"] for row in made} == {"99213", "99221", "99291", "99497", "99498", "G0182"}


def test_other_years_stay(tmp_path: Path) -> None:
    import_pfs(PFS, tmp_path, valid_from=date(2024, 3, 9))
    made = rows(tmp_path / "fee_schedule.csv")
    mine = ("99497", "99498")
    before = [row for row in shipped("fee_schedule") if row["valid_from"] != "2024-03-09"]
    assert [row for row in made if row["procedure_code"] in mine and row["valid_from"] != "2024-03-09"] == before
    # Until the schedule that follows.
    assert dated(made, procedure_code="99497", valid_from="2024-03-09") == [("86.84", "65.80", "2024-12-31")]


def test_a_schedule_inside_a_year_cuts_the_one_before(tmp_path: Path) -> None:
    import_pfs(PFS, tmp_path, date(2025, 7, 1), date(2025, 9, 30))
    assert [row[:4] for row in dated(rows(tmp_path / "fee_schedule.csv"), procedure_code="99498") if row[2].startswith("2025")] == [
        ("68.90", "68.57", "2025-01-01", "2025-06-30"),
        ("78.16", "63.46", "2025-07-01", "2025-09-30"),
        ("68.90", "68.57", "2025-10-01", "2025-12-31"),
    ]


def test_a_release_is_valid_from_its_quarter(tmp_path: Path) -> None:
    later = tmp_path / "PPRRVU2027_Jul.csv"
    later.write_bytes(PFS.read_bytes().replace(b"2026 National", b"2027 National").replace(b"January Release", b"July Release"))
    import_pfs(later, tmp_path / "own")
    assert [row[2:] for row in dated(rows(tmp_path / "own" / "fee_schedule.csv"), procedure_code="99497")][-2:] == [
        ("2026-01-01", "2027-06-30"),
        ("2027-07-01", ""),
    ]


def test_old_line_ends_and_letters(tmp_path: Path) -> None:
    old = tmp_path / PFS.name
    old.write_bytes(PFS.read_bytes().replace(b"\r\n", b"\r").replace(b",-,", b",caf\xe9,"))
    import_pfs(old, tmp_path / "own")
    import_pfs(PFS, tmp_path / "new")
    assert (tmp_path / "own" / "fee_schedule.csv").read_bytes() == (tmp_path / "new" / "fee_schedule.csv").read_bytes()


def test_no_descriptor_is_kept(tmp_path: Path) -> None:
    told = tmp_path / PFS.name
    told.write_bytes(PFS.read_bytes().replace(b",-,", b",SECRET WORDS,"))
    import_pfs(told, tmp_path / "own")
    assert "SECRET" not in (tmp_path / "own" / "fee_schedule.csv").read_text(encoding="utf-8")


# --- taxonomies --------------------------------------------------------------------------------------------------------------------------


def test_taxonomies_from_their_version_on(tmp_path: Path) -> None:
    changes = import_taxonomy(TAXONOMY, tmp_path)
    assert [(change.table, change.taken_count) for change in changes] == [("palliative_taxonomy", 10), ("acp_eligible_taxonomy", 4)]
    palliative = rows(tmp_path / "palliative_taxonomy.csv")
    # Version 26.1: from 1 October 2026. The example has a new one, and lacks one.
    assert dated(palliative, taxonomy_code="207UH0002X") == [("Example medicine: hospice and palliative medicine", "2026-10-01", "")]
    assert [row[1:] for row in dated(palliative, taxonomy_code="2086H0002X")] == [("2012-01-01", "2026-09-30")]
    assert [row[1:] for row in dated(palliative, taxonomy_code="207RH0002X")] == [("2012-01-01", "2026-09-30"), ("2026-10-01", "")]
    eligible = rows(tmp_path / "acp_eligible_taxonomy.csv")
    assert dated(eligible, valid_from="2026-10-01") == [
        ("20", "Physician", "physician", "false", ""),
        ("363A", "Physician assistant", "physician_assistant", "true", ""),
        ("363L", "Nurse practitioner", "nurse_practitioner", "true", ""),
        ("364S", "Clinical nurse specialist", "clinical_nurse_specialist", "true", ""),
    ]


def test_the_users_own_rows_of_other_groups_stay(tmp_path: Path) -> None:
    own = (SQL / "reference" / "acp_eligible_taxonomy.csv").read_text(encoding="utf-8") + "163W,Nurse,incident_to,false,2016-01-01,,ours\n"
    (tmp_path / "acp_eligible_taxonomy.csv").write_text(own, encoding="utf-8")
    import_taxonomy(TAXONOMY, tmp_path)
    assert dated(rows(tmp_path / "acp_eligible_taxonomy.csv"), taxonomy_prefix="163W") == [
        ("Nurse", "incident_to", "false", "2016-01-01", "")
    ]


# --- bad files ---------------------------------------------------------------------------------------------------------------------------

READ: dict[str, Callable[[Path, Path], list[Change]]] = {
    NCCI.name: lambda path, folder: import_ncci([path], folder),
    PFS.name: import_pfs,
    TAXONOMY.name: import_taxonomy,
}
FIRST = b"99291\t99497\t\t20160101\t*\t0\tExample\r\n"


def between(first: bytes, last: bytes) -> bytes:
    """The bytes of the NCCI example from one row to before another."""
    content = NCCI.read_bytes()
    return content[content.index(first) : content.index(last)]


BAD = [
    (NCCI, b"Deletion\t", b"Removal\t", "line 3: column Deletion Date is missing; found Column 1, Column 2"),
    (NCCI, b"Column 1\tColumn 2", b"Code\tWith", "no header row that begins with Column 1, Column 2; give the NCCI practitioner"),
    (NCCI, FIRST, b"99291\t99497\t\t2016\r\n", "line 18: 4 cells where 7 are wanted; the file is cut off: download it again"),
    (NCCI, FIRST, FIRST + FIRST, "lines 18 and 19: both are valid for column_1_code 99291, column_2_code 99497 on 2016-01-01"),
    (NCCI, FIRST, FIRST.replace(b"20160101", b"20161301"), "line 18: Effective Date '20161301' is no date YYYYMMDD"),
    (NCCI, FIRST, FIRST.replace(b"20160101", b"*"), "line 18: Effective Date '*' is no date YYYYMMDD"),
    (NCCI, FIRST, FIRST.replace(b"*", b"2016-05-06"), "line 18: Deletion Date '2016-05-06' is no date YYYYMMDD"),
    (NCCI, FIRST, FIRST.replace(b"\t0\t", b"\t2\t"), "line 18: modifier indicator '2' is none of 0, 1, 9"),
    (NCCI, FIRST, FIRST.replace(b"99291", b"9929"), "line 18: '9929' is no procedure code"),
    # Only its first and last pairs: it spans all codes, and lacks nearly all that stand.
    (
        NCCI,
        between(b"90791\t99497", b"99497\tG0473"),
        b"",
        "(column 1 codes 20610 to G0500): names only 1 of the 5",
    ),
    (NCCI, between(b"90791\t99497", b"G0500\t36000"), b"", "(column 1 codes 20610 to G0500): no pair with 99497 or 99498"),
    (PFS, b"CONV", b"", "line 7: column CONV FACTOR is missing; found HCPCS, MOD, DESCRIPTION"),
    (PFS, b"HCPCS,MOD", b"CODE,MOD", "no header row that begins with Hcpcs, Mod; give the PFS relative value file"),
    (
        PFS,
        b"National Physician",
        b"Local Physician",
        "its title names no year and release; say from which day it is valid with --valid-from",
    ),
    (PFS, b"99497,,-,A,,1.50", b"99497,,-,A,,1.60", "line 14: NON-FACILITY TOTAL of 99497 is 2.60, but its parts add up to 2.70"),
    (PFS, b"99497,,-,A,,1.50", b"99497,,-,A,,much", "line 14: WORK RVU 'much' is no number"),
    (PFS, b"99497,,-,A,", b"99497,,-,N,", "no amount for 99497 up to here; the file is cut off, or does not pay for ACP"),
    (PFS, b"99498,,", b"99497,,", "line 15: 99497 is on line 14 too"),
    (PFS, b"33.4009,09,0,99,0.00,0.00,0.00\r\nG0182", b"33.5675,09,0,99,0.00,0.00,0.00\r\nG0182", "conversion factor 33.5675, but 33.4009"),
    (PFS, PFS.read_bytes()[-500:], b"", "line 13: "),
    (TAXONOMY, b"Classification", b"Kind", "line 1: column Classification is missing; found Code, Grouping, Kind"),
    (TAXONOMY, b"207QH0002X", b"207RH0002X", "line 8: 207RH0002X is on line 7 too"),
    (TAXONOMY, b"207QH0002X", b"207QH0002", "line 7: '207QH0002' is no taxonomy code"),
    (TAXONOMY, b"Pastoral,,,,Individual", b"Pastoral", "line 2: 4 cells under 8 columns"),
    (TAXONOMY, b"363L00000X", b"367L00000X", "'nurse practitioner' has codes that begin with 363L, 367L, where one beginning is wanted"),
    (TAXONOMY, TAXONOMY.read_bytes()[300:], b"", "cut off"),
]


@pytest.mark.parametrize(("file", "old", "new", "says"), BAD, ids=[f"{bad[0].suffix[1:]}-{number}" for number, bad in enumerate(BAD)])
@pytest.mark.parametrize("has_own", [False, True], ids=["first", "again"])
def test_a_bad_file_changes_nothing(tmp_path: Path, file: Path, old: bytes, new: bytes, says: str, has_own: bool) -> None:
    own = tmp_path / "own"
    if has_own:
        READ[file.name](file, own)
    before = {path: path.read_bytes() for path in own.glob("*")}
    bad = tmp_path / file.name
    assert old in file.read_bytes()
    bad.write_bytes(file.read_bytes().replace(old, new, 1))
    with pytest.raises(MidpointError) as error:
        READ[file.name](bad, own)
    assert says in str(error.value)
    assert str(bad) in str(error.value)
    assert "\n" not in str(error.value)
    assert {path: path.read_bytes() for path in own.glob("*")} == before


@pytest.mark.parametrize(("file", "step"), [(NCCI, 131), (PFS, 97), (TAXONOMY, 61)], ids=["ncci", "pfs", "taxonomy"])
def test_a_file_cut_anywhere_is_refused_or_loses_none_of_the_rest(tmp_path: Path, file: Path, step: int) -> None:
    """Cut between two rows, a file cannot be told from a shorter one; what it then lacks stays as it was."""
    content = file.read_bytes()
    whole = content.rstrip(b"\r\n")
    for length in range(0, len(whole), step):
        (tmp_path / file.name).write_bytes(content[:length])
        own = tmp_path / f"own{length}"
        with contextlib.suppress(MidpointError):
            READ[file.name](tmp_path / file.name, own)
        for path in own.glob("*"):
            made = rows(path)
            column = next(iter(made[0]))
            assert {row[column] for row in shipped(path.stem)} <= {row[column] for row in made}, length


def test_other_files_are_named(tmp_path: Path) -> None:
    hospital = tmp_path / "ccioph-v1-f1.txt"
    hospital.write_bytes(NCCI.read_bytes())
    with pytest.raises(MidpointError, match="is the outpatient hospital file; give the practitioner file"):
        import_ncci([hospital], tmp_path / "own")
    binary = tmp_path / "x.xls"
    binary.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(100))
    with pytest.raises(MidpointError, match=r"x\.xls: is no text"):
        import_ncci([binary], tmp_path / "own")
    unnamed = tmp_path / "taxonomy.csv"
    unnamed.write_bytes(TAXONOMY.read_bytes())
    with pytest.raises(MidpointError, match="its name has no version, as nucc_taxonomy_251"):
        import_taxonomy(unnamed, tmp_path / "own")
    with pytest.raises(MidpointError, match="would be valid from 2026-01-01 to 2025-12-31"):
        import_pfs(PFS, tmp_path / "own", valid_to=date(2025, 12, 31))
    broken = tmp_path / "ccipra.zip"
    with zipfile.ZipFile(broken, "w") as file:
        file.writestr(NCCI.name, NCCI.read_bytes())
    damaged = bytearray(broken.read_bytes())
    damaged[60:80] = bytes(20)
    broken.write_bytes(damaged)
    with pytest.raises(MidpointError, match=r"ccipra\.zip: is damaged"):
        import_ncci([broken], tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_a_write_that_fails_leaves_both_tables_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_taxonomy(TAXONOMY, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipelines.reference.rows.os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        import_taxonomy(TAXONOMY, tmp_path, date(2027, 4, 1))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
