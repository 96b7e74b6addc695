"""Import of reference files into the user's own folder: NCCI edits, the physician fee schedule, taxonomies, contract rates.

A file is read whole and checked before anything is written. What it says replaces the rows of the same things on the same days in the
user's own file, which begins as a copy of the shipped one. Code descriptors are read past.
What does not belong here: the form of the files (published) and of the rows (rows).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from pipelines.errors import MidpointError
from pipelines.reference.published import Published, read_published
from pipelines.reference.rows import DATED, Row, as_csv, check_overlaps, read_rows, without, without_same, write_files
from pipelines.warehouse import reference_files

ACP_CODES = ("99497", "99498")

# The order of an imported table's rows, before their dates.
SORTED_BY = {
    "contract_rate": ("payer_id", "procedure_code", "modifier"),
    "acp_eligible_taxonomy": ("taxonomy_prefix",),
    "fee_schedule": ("procedure_code",),
    "ncci_pair": ("column_1_code", "column_2_code"),
    "palliative_taxonomy": ("taxonomy_code",),
}

_AGAIN = "download it again"
_CODE = re.compile(r"[0-9A-Z]{5}")
_HEADER_LINES = 40  # published files have titles above their header, never more than this


@dataclass(frozen=True)
class Change:
    """What an import did to one table."""

    table: str
    path: Path  # the user's own file
    read_count: int  # rows of the published files
    taken_count: int  # of those, rows that matter here: now in the table
    replaced_count: int  # rows that were there and lost all or some of their days
    kept_count: int  # rows that stay as they were
    first_date: date  # days that the import speaks of
    last_date: date | None  # None: until a later import
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Import:
    """The rows of one table to put in, and which rows lose the days from first to last to them; None: those of a thing, its days."""

    table: str
    rows: list[Row]
    is_replaced: Callable[[Row], bool] | None
    first: date
    last: date | None
    read_count: int
    notes: tuple[str, ...] = ()


def import_ncci(paths: Sequence[Path], folder: Path) -> list[Change]:
    """Read the practitioner PTP edits of a quarter, one part or several, into ncci_pair.csv of the reference folder (made where missing).

    Taken are the pairs with an ACP code, on the dates that they carry. Raises MidpointError, naming file and line, where anything in a
    file does not fit; then nothing is changed. So do the other imports.
    """
    own = _own(folder)
    return _write([_ncci(paths, read_rows(own["ncci_pair"])[1])], own, folder)


def import_pfs(path: Path, folder: Path, valid_from: date | None = None, valid_to: date | None = None) -> list[Change]:
    """Read a PFS relative value file into fee_schedule.csv: the codes that checks price, national amounts in dollars.

    valid_from: default the first day of the release that the title names; valid_to: default the day before the next schedule that is there.
    """
    own = _own(folder)
    fees, pairs = read_rows(own["fee_schedule"])[1], read_rows(own["ncci_pair"])[1]
    return _write([_pfs(read_published(path, _PFS_FILES), fees, pairs, valid_from, valid_to)], own, folder)


def import_taxonomy(path: Path, folder: Path, valid_from: date | None = None, valid_to: date | None = None) -> list[Change]:
    """Read the NUCC taxonomy CSV into palliative_taxonomy.csv and acp_eligible_taxonomy.csv.

    valid_from: default the day on which the version in the file's name takes effect.
    """
    return _write(_taxonomy(read_published(path, _TAXONOMY_FILES), valid_from, valid_to), _own(folder), folder)


def import_contract(path: Path, folder: Path) -> list[Change]:
    """Read contract rates (a CSV with the columns of contract_rate.csv) into that file of the reference folder.

    A row takes the place of rows of the same payer, code and modifier on its own days; all else stays. Amounts are for one unit;
    medicare_percent is 110 for 110 % of the Medicare schedule.
    """
    own = _own(folder)
    return _write([_contract(path, {row.values["procedure_code"] for row in read_rows(own["fee_schedule"])[1]})], own, folder)


def _own(folder: Path) -> dict[str, Path]:
    """The files that apply before the import, by table."""
    return {path.stem: path for path in reference_files(folder if folder.is_dir() else None)}


def _write(imports: Iterable[_Import], own: dict[str, Path], folder: Path) -> list[Change]:
    texts: dict[Path, str] = {}
    changes: list[Change] = []
    for made in imports:
        columns, before = read_rows(own[made.table])
        if made.is_replaced is None:
            left = without_same(made.table, before, made.rows)
        else:
            left = without(before, made.first, made.last, made.is_replaced)
        key = SORTED_BY[made.table]
        after = sorted([*left, *made.rows], key=lambda r: (*(r.values[c] for c in key), r.valid_from or date.min))
        check_overlaps(own[made.table], made.table, after)
        path = folder / f"{made.table}.csv"
        texts[path] = as_csv(columns, after)
        kept = len({id(row) for row in before} & {id(row) for row in left})  # a row that lost days is another one
        changes.append(
            Change(made.table, path, made.read_count, len(made.rows), len(before) - kept, kept, made.first, made.last, made.notes)
        )
    write_files(texts)
    return changes


# --- NCCI practitioner procedure-to-procedure edits -------------------------------------------------------------------------------------

_NCCI_FILES = re.compile(r"ccipra.*\.txt", re.IGNORECASE)
_NCCI_COLUMNS = {"Effective Date": "effective", "Deletion Date": "deletion", "Modifier": "modifier"}


def _ncci(paths: Sequence[Path], before: list[Row]) -> _Import:
    """Inside the span of column 1 codes of a file, the file is taken to be all there is."""
    rows: list[Row] = []
    spans: list[tuple[str, str]] = []
    read_count = 0
    for path in paths:
        file = read_published(path, _NCCI_FILES)
        pairs, span, count = _pairs(file)
        check_overlaps(path, "ncci_pair", filter(_is_in_force, pairs))
        rows += pairs
        spans.append(span)
        read_count += count
    taken = [row for row in rows if _is_in_force(row)]
    names = ", ".join(f"{path} (column 1 codes {first} to {last})" for path, (first, last) in zip(paths, spans, strict=True))
    if not taken:
        raise MidpointError(f"{names}: no pair with {' or '.join(ACP_CODES)}; give the parts that have them, all at once")

    def is_replaced(row: Row) -> bool:
        return any(first <= row.values["column_1_code"] <= last for first, last in spans)

    standing = {_codes(row) for row in before if is_replaced(row) and row.valid_to is None}
    lost = sorted(standing - {_codes(row) for row in rows})
    if len(lost) * 2 > len(standing):
        raise MidpointError(
            f"{names}: names only {len(standing) - len(lost)} of the {len(standing)} pairs with ACP in force, though published files name"
            f" deleted pairs too; it is cut off or another file: {_AGAIN}"
        )
    notes = (f"no longer named: {', '.join('/'.join(pair) for pair in lost)}",) if lost else ()
    return _Import("ncci_pair", taken, is_replaced, min(row.valid_from or date.min for row in taken), None, read_count, notes)


def _codes(row: Row) -> tuple[str, str]:
    return row.values["column_1_code"], row.values["column_2_code"]


def _is_in_force(row: Row) -> bool:
    """Not so for pairs deleted as of the day on which they began (indicator 9)."""
    return row.values["modifier_indicator"] != "9" and (row.valid_from or date.min) <= (row.valid_to or date.max)


def _pairs(file: Published) -> tuple[list[Row], tuple[str, str], int]:
    """The pairs with an ACP code, the first and the last column 1 code of all pairs, and their number; every pair is checked."""
    if "ccioph" in file.name.lower():
        raise MidpointError(f"{file.path}: is the outpatient hospital file; give the practitioner file (ccipra…)")
    start = _header_row(file, ("column 1", "column 2"), "the NCCI practitioner PTP edits, as text or .xlsx")
    # The header may go on over the next lines, below empty first cells.
    body = start + 1
    while body < len(file.records) and not any(file.records[body][1][:2]):
        body += 1
    header = _columns([cells for _, cells in file.records[start:body]])
    places = {name: next((i for i, text in enumerate(header) if word in text), None) for name, word in _NCCI_COLUMNS.items()}
    effective, deletion, modifier = _found(file, start, places).values()
    if body == len(file.records):
        raise file.error(file.records[-1][0], f"no pairs below the header; the file is cut off: {_AGAIN}")
    source = f"NCCI practitioner procedure-to-procedure edits, {file.name}"
    rows: list[Row] = []
    for line, cells in file.records[body:]:
        if len(cells) <= max(effective, deletion, modifier):
            raise file.error(line, f"{len(cells)} cells where {len(header)} are wanted; the file is cut off: {_AGAIN}")
        for code in cells[:2]:
            if not _CODE.fullmatch(code):
                raise file.error(line, f"{code!r} is no procedure code; the file is damaged: {_AGAIN}")
        if cells[modifier] not in ("0", "1", "9"):
            raise file.error(line, f"modifier indicator {cells[modifier]!r} is none of 0, 1, 9; the file is damaged: {_AGAIN}")
        days = [_compact_date(text) if text not in ("*", "") else None for text in (cells[effective], cells[deletion])]
        for name, text, day in zip(_NCCI_COLUMNS, (cells[effective], cells[deletion]), days, strict=False):
            if day == date.min or (day is None and name == "Effective Date"):
                raise file.error(line, f"{name} {text!r} is no date YYYYMMDD; the file is cut off or damaged: {_AGAIN}")
        if cells[0] in ACP_CODES or cells[1] in ACP_CODES:
            values = {"column_1_code": cells[0], "column_2_code": cells[1], "modifier_indicator": cells[modifier]}
            rows.append(Row(line, values, days[0], days[1], source))
    firsts = [cells[0] for _, cells in file.records[body:]]
    return rows, (min(firsts), max(firsts)), len(firsts)


@cache
def _compact_date(text: str) -> date:
    """YYYYMMDD as a date; date.min where it is none."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{8}", text) else date.min
    except ValueError:
        return date.min


# --- physician fee schedule -------------------------------------------------------------------------------------------------------------

_PFS_FILES = re.compile(r"PPRRVU(?!.*_QPP\.).*\.csv", re.IGNORECASE)
_PFS_NUMBERS = {
    # what it is → (words of its header, words that it has not)
    "WORK RVU": (("work",), ()),
    "NON-FAC PE RVU": (("non", "pe rvu"), ()),
    "FACILITY PE RVU": (("fac", "pe rvu"), ("non",)),
    "MP RVU": (("mp rvu",), ()),
    "NON-FACILITY TOTAL": (("non", "total"), ()),
    "FACILITY TOTAL": (("fac", "total"), ("non",)),
    "CONV FACTOR": (("conv", "factor"), ()),
}
_PAYABLE = ("A", "R", "T")  # status: active, restricted coverage, paid when alone
_TITLE = re.compile(r"(20\d\d) national physician fee schedule relative value file.*?\b(january|april|july|october)\b", re.IGNORECASE)
_QUARTERS = {"january": 1, "april": 4, "july": 7, "october": 10}
_OTHER_PRICED = ("G0181", "G0182", "G0402", "G0438", "G0439")

_Amounts = dict[str, tuple[Decimal, Decimal]]  # procedure code → non-facility and facility dollars


def _is_priced(code: str, pair_codes: frozenset[str]) -> bool:
    """Codes that checks put dollars on: visits and care management, both sides of the NCCI pairs with ACP, and a few of HCPCS."""
    return "99202" <= code <= "99499" or code in pair_codes or code in _OTHER_PRICED


def _pfs(file: Published, before: list[Row], pairs: list[Row], valid_from: date | None, valid_to: date | None) -> _Import:
    """Amounts = total relative value units x conversion factor, to the cent: national, locality factor 1."""
    start = _header_row(file, ("hcpcs", "mod"), "the PFS relative value file (PPRRVU….csv)")
    first = valid_from or _quarter(file, start)
    amounts, factor, read_count = _amounts(file, start, frozenset(code for row in pairs for code in _codes(row)))
    # A schedule holds until the next one that is there.
    later = [row.valid_from for row in before if row.values["procedure_code"] in amounts and row.valid_from and row.valid_from > first]
    last = valid_to or (min(later) - timedelta(1) if later else None)
    _check_order(file, first, last)
    source = f"Medicare physician fee schedule, national amount, locality factor 1, {file.name}"
    rows = [
        Row(0, {"procedure_code": code, "non_facility_amount": str(office), "facility_amount": str(facility)}, first, last, source)
        for code, (office, facility) in amounts.items()
    ]
    notes = (f"conversion factor {factor}", *(f"{code} {' / '.join(map(str, amounts[code]))}" for code in ACP_CODES))
    return _Import("fee_schedule", rows, lambda row: row.values["procedure_code"] in amounts, first, last, read_count, notes)


def _quarter(file: Published, start: int) -> date:
    title = next((found for _, cells in file.records[:start] if (found := _TITLE.search(" ".join(cells)))), None)
    if title is None:
        raise MidpointError(f"{file.path}: its title names no year and release; say from which day it is valid with --valid-from")
    return date(int(title[1]), _QUARTERS[title[2].lower()], 1)


def _check_order(file: Published, first: date, last: date | None) -> None:
    if last and last < first:
        raise MidpointError(f"{file.path}: would be valid from {first} to {last}; give a later --valid-to")


def _amounts(file: Published, start: int, pair_codes: frozenset[str]) -> tuple[_Amounts, Decimal, int]:
    """The amounts of the codes that matter, the conversion factor, and how many rows the file has."""
    # The header stands on several lines, each column's words one below the other; a title line has a cell or two.
    stack = [cells for _, cells in file.records[max(0, start - 5) : start] if sum(map(bool, cells)) > 2]
    header = _columns([*stack, file.records[start][1]])
    places = {
        name: next((i for i, text in enumerate(header) if all(w in text for w in has) and not any(w in text for w in has_not)), None)
        for name, (has, has_not) in _PFS_NUMBERS.items()
    }
    places["STATUS CODE"] = next((i for i, text in enumerate(header) if "status" in text or text == "code"), None)
    found = _found(file, start, places)
    amounts: _Amounts = {}
    lines: dict[str, int] = {}
    factors: dict[Decimal, int] = {}  # and the line where each stands first
    read_count = 0
    for line, cells in file.records[start + 1 :]:
        if not any(cells[1:]):
            continue  # a foot note
        if len(cells) <= max(found.values()):
            raise file.error(line, f"{len(cells)} cells under {len(header)} columns; the file is cut off or damaged: {_AGAIN}")
        code, modifier = cells[0], cells[1]
        if not _CODE.fullmatch(code):
            raise file.error(line, f"{code!r} is no procedure code; the file is damaged: {_AGAIN}")
        read_count += 1
        if modifier or not _is_priced(code, pair_codes) or cells[found["STATUS CODE"]] not in _PAYABLE:
            continue
        if code in lines:
            raise file.error(line, f"{code} is on line {lines[code]} too; the file is damaged: {_AGAIN}")
        lines[code] = line
        value = {name: _number(file, line, name, cells[found[name]]) for name in _PFS_NUMBERS}
        for total, practice in (("NON-FACILITY TOTAL", "NON-FAC PE RVU"), ("FACILITY TOTAL", "FACILITY PE RVU")):
            parts = value["WORK RVU"] + value[practice] + value["MP RVU"]
            if abs(parts - value[total]) > Decimal("0.02"):
                raise file.error(line, f"{total} of {code} is {value[total]}, but its parts add up to {parts}; a column is out of place")
        factor = value["CONV FACTOR"]
        factors.setdefault(factor, line)
        if len(factors) > 1:
            known, before = next(iter(factors.items()))
            raise file.error(line, f"conversion factor {factor}, but {known} on line {before}; the file is damaged: {_AGAIN}")
        office, facility = (_cents(value[total] * factor) for total in ("NON-FACILITY TOTAL", "FACILITY TOTAL"))
        if office or facility:
            amounts[code] = (office, facility)
    missing = [code for code in ACP_CODES if code not in amounts]
    if missing:
        last = file.records[-1][0]
        raise file.error(last, f"no amount for {' and '.join(missing)} up to here; the file is cut off, or does not pay for ACP")
    return amounts, next(iter(factors)), read_count


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _number(file: Published, line: int, name: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise file.error(line, f"{name} {text!r} is no number; the file is damaged: {_AGAIN}") from error
    if not value.is_finite() or value < 0 or (name == "CONV FACTOR" and not 10 < value < 100):
        raise file.error(line, f"{name} {text} cannot be; a column is out of place, or the file is damaged: {_AGAIN}")
    return value


# --- taxonomies -------------------------------------------------------------------------------------------------------------------------

_TAXONOMY_FILES = re.compile(r"nucc_taxonomy.*\.csv", re.IGNORECASE)
_TAXONOMY_COLUMNS = ("Code", "Grouping", "Classification", "Specialization")
_TAXONOMY_CODE = re.compile(r"[0-9A-Z]{9}X")
_VERSION = re.compile(r"nucc_taxonomy_(\d\d)([01])\.", re.IGNORECASE)
_PALLIATIVE = "hospice and palliative medicine"
_PHYSICIANS = "allopathic & osteopathic physicians"

# Who may bill ACP (CMS ACP FAQ of 2016): our title → (group, whether the fee is reduced, column, its value, length of the prefix).
_ELIGIBLE = {
    "Physician": ("physician", "false", "Grouping", _PHYSICIANS, 2),
    "Nurse practitioner": ("nurse_practitioner", "true", "Classification", "nurse practitioner", 4),
    "Physician assistant": ("physician_assistant", "true", "Classification", "physician assistant", 4),
    "Clinical nurse specialist": ("clinical_nurse_specialist", "true", "Classification", "clinical nurse specialist", 4),
}


def _taxonomy(file: Published, valid_from: date | None, valid_to: date | None) -> list[_Import]:
    """The physicians' palliative taxonomies, and the code prefixes of those who may bill ACP."""
    records = _taxonomies(file)
    first = valid_from or _effective(file)
    _check_order(file, first, valid_to)
    source = f"Health care provider taxonomy, {file.name}"
    palliative = [
        Row(0, {"taxonomy_code": code, "title": f"{record['Classification'].capitalize()}: {_PALLIATIVE}"}, first, valid_to, source)
        for code, record in records.items()
        if record["Specialization"].lower() == _PALLIATIVE and record["Grouping"].lower() == _PHYSICIANS
    ]
    if not palliative:
        raise file.error(file.records[-1][0], f"no physicians' taxonomy of {_PALLIATIVE} up to here; the file is cut off: {_AGAIN}")
    eligible = [Row(0, _prefix(file, title, records), first, valid_to, source) for title in _ELIGIBLE]
    groups = [row.values["clinician_group"] for row in eligible]
    return [
        _Import("palliative_taxonomy", palliative, lambda _: True, first, valid_to, len(records)),
        _Import("acp_eligible_taxonomy", eligible, lambda row: row.values["clinician_group"] in groups, first, valid_to, len(records)),
    ]


def _taxonomies(file: Published) -> dict[str, dict[str, str]]:
    """Taxonomy code → its values by column; every row is checked."""
    start = _header_row(file, ("code", "grouping"), "the NUCC taxonomy CSV")
    header = [text.lower() for text in file.records[start][1]]
    places = _found(file, start, {name: header.index(name.lower()) if name.lower() in header else None for name in _TAXONOMY_COLUMNS})
    records: dict[str, dict[str, str]] = {}
    lines: dict[str, int] = {}
    for line, cells in file.records[start + 1 :]:
        if len(cells) != len(header):
            raise file.error(line, f"{len(cells)} cells under {len(header)} columns; the file is cut off or damaged: {_AGAIN}")
        code = cells[places["Code"]]
        if not _TAXONOMY_CODE.fullmatch(code):
            raise file.error(line, f"{code!r} is no taxonomy code; the file is damaged: {_AGAIN}")
        if lines.setdefault(code, line) != line:
            raise file.error(line, f"{code} is on line {lines[code]} too; the file is damaged: {_AGAIN}")
        records[code] = {name: " ".join(cells[place].split()) for name, place in places.items()}
    return records


def _effective(file: Published) -> date:
    """Version yy.0 takes effect on 1 April of 20yy, yy.1 on 1 October."""
    version = _VERSION.search(file.name)
    if version is None:
        raise MidpointError(
            f"{file.path}: its name has no version, as nucc_taxonomy_251.csv; say from which day it is valid with --valid-from"
        )
    return date(2000 + int(version[1]), 4 if version[2] == "0" else 10, 1)


def _prefix(file: Published, title: str, records: dict[str, dict[str, str]]) -> dict[str, str]:
    """The row of acp_eligible_taxonomy for a group: how its taxonomy codes begin, all in one way."""
    group, is_reduced, column, value, length = _ELIGIBLE[title]
    prefixes = sorted({code[:length] for code, record in records.items() if record[column].lower() == value})
    if len(prefixes) != 1:
        found = f"codes that begin with {', '.join(prefixes)}" if prefixes else "no codes"
        raise MidpointError(
            f"{file.path}: {column} {value!r} has {found}, where one beginning is wanted; edit acp_eligible_taxonomy.csv by hand"
        )
    return {"taxonomy_prefix": prefixes[0], "title": title, "clinician_group": group, "is_reduced_fee": is_reduced}


# --- contract rates ---------------------------------------------------------------------------------------------------------------------

_AMOUNTS = ("non_facility_amount", "facility_amount")
_CONTRACT_COLUMNS = ("payer_id", "procedure_code", "modifier", *_AMOUNTS, "medicare_percent")
_CONTRACT_REQUIRED = ("payer_id", "procedure_code")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_MONEY = re.compile(r"\d{1,9}(\.\d{1,2})?")
_PERCENT = re.compile(r"\d{1,4}(\.\d{1,4})?")


def _contract(path: Path, scheduled: set[str]) -> _Import:
    """``scheduled``: the codes of the fee schedule, which percentages are taken of."""
    path.stat()  # a file that is not there is told as such
    columns, read = read_rows(path)
    unknown = [column for column in columns if column not in (*_CONTRACT_COLUMNS, *DATED)]
    missing = [column for column in _CONTRACT_REQUIRED if column not in columns]
    if unknown or missing:
        wrong = f"column {', '.join(missing)} is missing" if missing else f"column {', '.join(unknown)} is not known"
        raise MidpointError(f"{path}, line 1: {wrong}; the columns are {', '.join((*_CONTRACT_COLUMNS, *DATED))}")
    if not read:
        raise MidpointError(f"{path}: no rows below the header; give one a rate")
    rows = [replace(row, values={column: row.values.get(column, "") for column in _CONTRACT_COLUMNS}) for row in read]
    for row in rows:
        if fault := _contract_fault(row):
            raise MidpointError(f"{path}, line {row.line}: {fault}")
    check_overlaps(path, "contract_rate", rows)
    last = max(row.valid_to or date.max for row in rows)
    of_schedule = {row.values["procedure_code"] for row in rows if row.values["medicare_percent"]}
    unpriced = sorted(of_schedule - scheduled - {""})
    notes = [f"payers {', '.join(sorted({row.values['payer_id'] for row in rows}))}"]
    if unpriced:
        notes.append(f"a percentage of nothing until their Medicare amounts are imported (pfs): {', '.join(unpriced)}")
    first = min(row.valid_from or date.min for row in rows)
    return _Import("contract_rate", rows, None, first, None if last == date.max else last, len(rows), tuple(notes))


def _contract_fault(row: Row) -> str | None:
    """What is wrong with a row of contract rates, the first thing found, and what to do about it."""
    values = row.values
    if not values["payer_id"]:
        return "no payer_id; give the payer's id as it stands in the claims"
    if row.valid_from is None:
        return "no valid_from; give the first day of the rate"
    if values["procedure_code"] and not _CODE.fullmatch(values["procedure_code"]):
        return f"procedure_code {values['procedure_code']!r} is no procedure code; write five letters or digits, as 99497"
    if values["modifier"] and not _MODIFIER.fullmatch(values["modifier"]):
        return f"modifier {values['modifier']!r} is no modifier; write two letters or digits, as 95, and one modifier a row"
    for column in _AMOUNTS:
        if values[column] and (not _MONEY.fullmatch(values[column]) or not Decimal(values[column])):
            return f"{column} {values[column]!r} is no amount above 0; write dollars and cents without signs, as 1080.50"
    percent = values["medicare_percent"]
    if percent and (not _PERCENT.fullmatch(percent) or not 10 <= Decimal(percent) <= 1000):
        return f"medicare_percent {percent!r} is no percentage from 10 to 1000; write 110 for 110 % of Medicare"
    has_amount = any(values[column] for column in _AMOUNTS)
    if has_amount and percent:
        return f"amounts and medicare_percent {percent} at once; leave one of them empty"
    if not has_amount and not percent:
        return "no rate; give non_facility_amount, facility_amount or medicare_percent"
    if has_amount and not values["procedure_code"]:
        return "amounts without a procedure_code; give the code (only a medicare_percent may hold for every code)"
    return None


# --- headers ----------------------------------------------------------------------------------------------------------------------------


def _header_row(file: Published, begins: tuple[str, str], what: str) -> int:
    """Place in the records of the row whose first two cells begin so."""
    for place, (_, cells) in enumerate(file.records[:_HEADER_LINES]):
        if len(cells) > 1 and all(" ".join(cell.lower().split()) == word for cell, word in zip(cells, begins, strict=False)):
            return place
    wanted = ", ".join(word.capitalize() for word in begins)
    raise MidpointError(f"{file.path}: no header row that begins with {wanted}; give {what}, as published")


def _columns(stack: Sequence[Sequence[str]]) -> list[str]:
    """The words of each column, of header lines one below the other, in small letters."""
    width = max(map(len, stack))
    return [" ".join(" ".join(cells[i] for cells in stack if i < len(cells)).lower().split()) for i in range(width)]


def _found(file: Published, start: int, places: dict[str, int | None]) -> dict[str, int]:
    """The places of the columns; MidpointError where one is missing."""
    missing = [name for name, place in places.items() if place is None]
    if missing:
        line, cells = file.records[start]
        shown = ", ".join(filter(None, cells)) or "nothing"
        raise file.error(line, f"column {', '.join(missing)} is missing; found {shown}; give the file as published")
    return {name: place for name, place in places.items() if place is not None}
