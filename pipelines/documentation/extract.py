"""The ACP documentation extract (CSV or Parquet) to one typed table, with the bad rows set aside and named.

The columns are those of docs/documentation_extract.md. What does not belong here: hashing of the MRN and storing (landing), minutes from
start and stop (core), what a note says (notes), and any billing rule.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import time
from itertools import islice
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.documentation.notes import NoteReading, read_note
from pipelines.errors import MidpointError

PARQUET_MAGIC = b"PAR1"
UTF8_BOM = b"\xef\xbb\xbf"
DELIMITERS = (",", ";", "\t", "|")
HEAD_BYTES = 1 << 16
CHUNK_ROWS = 20_000
MOST_MINUTES = 24 * 60
# A longer field is an opened quote that nobody closed, not a note.
csv.field_size_limit(1 << 20)

MODALITIES = {
    "in_person": "in_person",
    "face_to_face": "in_person",
    "video": "video",
    "audio_video": "video",
    "audio": "audio",
    "audio_only": "audio",
    "telephone": "audio",
    "phone": "audio",
}
FLAGS = {"y": "Y", "yes": "Y", "true": "Y", "1": "Y", "n": "N", "no": "N", "false": "N", "0": "N"}
TOPICS = ("code_status", "ventilation", "nutrition", "dialysis", "hospitalization", "surrogate", "directive", "polst", "goals")
PARTICIPANTS = (
    "patient", "spouse", "wife", "husband", "partner", "daughter", "son", "child", "children", "mother", "father", "parent", "sister",
    "brother", "sibling", "grandchild", "niece", "nephew", "aunt", "uncle", "cousin", "in_law", "friend", "neighbor", "family", "surrogate",
    "proxy", "hcp", "agent", "poa", "guardian", "conservator", "decision_maker", "caregiver", "interpreter", "nurse", "social_worker",
    "chaplain", "physician", "clinician", "attorney", "other",
)  # fmt: skip
DOCUMENTS = ("advance_directive", "polst", "living_will", "hcp")
# What a list or a reason says when there is none: as good as empty.
NOTHING = ["", "none", "nil", "no", "na", "n/a", "not_applicable"]


def _slug(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all(r"[\s-]+", "_")


def _text(text: pl.Expr) -> pl.Expr:
    return text


def _date(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(r"^\d{4}-\d{2}-\d{2}$")).then(text).str.to_date("%Y-%m-%d", strict=False)


def _npi(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(r"^[0-9]{10}$")).then(text)


def _integer(text: pl.Expr) -> pl.Expr:
    # Spreadsheets and data frames write 40.0 for 40 where a column has gaps.
    return text.str.extract(r"^([0-9]{1,9})(?:\.0*)?$").cast(pl.Int32)


def _minutes(text: pl.Expr) -> pl.Expr:
    value = _integer(text)
    return pl.when(value <= MOST_MINUTES).then(value)


def _time(text: pl.Expr) -> pl.Expr:
    hours_and_minutes = text.str.extract(r"^(\d{1,2}:\d{2})(?::\d{2})?$")
    seconds = text.str.extract(r":\d{2}:(\d{2})$").fill_null("00")
    return pl.concat_str(hours_and_minutes, seconds, separator=":").str.to_time("%H:%M:%S", strict=False)


def _modality(text: pl.Expr) -> pl.Expr:
    return _slug(text).replace_strict(MODALITIES, default=None, return_dtype=pl.String)


def _flag(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().replace_strict(FLAGS, default=None, return_dtype=pl.String)


def _words(text: pl.Expr) -> pl.Expr:
    joined = _slug(text).str.replace_all(r"_*;[_;]*", ";").str.strip_chars(";_")
    return pl.when(~joined.is_in(NOTHING)).then(joined)


def _reason(text: pl.Expr) -> pl.Expr:
    return pl.when(~_slug(text).str.strip_chars("_.").is_in(NOTHING)).then(text)


def _participants(text: pl.Expr) -> pl.Expr:
    # Whoever took part is kept as a word for who they are; a name that stands with or instead of it is not.
    known = _words(text).str.split(";").list.eval(pl.element().str.extract(rf"(?:^|_)({'|'.join(PARTICIPANTS)})(?:_|$)").fill_null("other"))
    return known.list.join(";")


def _pos(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(r"^[0-9]{1,2}$")).then(text.str.zfill(2))


@dataclass(frozen=True)
class Kind:
    """How a text (trimmed, empty = null) becomes a value; null where it cannot be read, and `complaint` says why the row is set aside."""

    dtype: pl.DataType
    parse: Callable[[pl.Expr], pl.Expr]
    reason_code: str = ""
    complaint: str = ""  # empty: every text is good


TEXT = Kind(pl.String(), _text)
DATE = Kind(pl.Date(), _date, "bad_date", "is not a date YYYY-MM-DD")
NPI = Kind(pl.String(), _npi, "bad_npi", "is not 10 digits")
MINUTES = Kind(pl.Int32(), _minutes, "bad_minutes", f"is not a whole number from 0 to {MOST_MINUTES}")
ORDINAL = Kind(pl.Int32(), _integer, "bad_integer", "is not a whole number")
TIME = Kind(pl.Time(), _time, "bad_time", "is not a time HH:MM")
MODALITY = Kind(pl.String(), _modality, "bad_modality", "is none of in_person, video, audio")
FLAG = Kind(pl.String(), _flag, "bad_flag", "is neither Y nor N")
WORDS = Kind(pl.String(), _words)
REASON = Kind(pl.String(), _reason)
PEOPLE = Kind(pl.String(), _participants)
POS = Kind(pl.String(), _pos, "bad_pos", "is not a two-digit place of service")

COLUMNS = {
    "documentation_id": TEXT,
    "service_date": DATE,
    "rendering_npi": NPI,
    "patient_control_number": TEXT,
    "mrn": TEXT,
    "acp_minutes": MINUTES,
    "acp_start": TIME,
    "acp_stop": TIME,
    "session_seq": ORDINAL,
    "modality": MODALITY,
    "audio_reason": REASON,
    "unit": TEXT,
    "participants": PEOPLE,
    "patient_present": FLAG,
    "absence_reason": REASON,
    "voluntary": FLAG,
    "topics": WORDS,
    "documents": WORDS,
    "decisions": TEXT,
    "status_change": FLAG,
    "time_separate": FLAG,
    "em_minutes": MINUTES,
    "encounter_minutes": MINUTES,
    "author_npi": NPI,
    "author_credential": TEXT,
    "payer_id": TEXT,
    "pos": POS,
    "note_text": TEXT,
}
REQUIRED = ("documentation_id", "service_date", "rendering_npi")
PATIENT = ("patient_control_number", "mrn")
VOCABULARY = {"topics": TOPICS, "documents": DOCUMENTS}
# What the note reader gives where the row's own field is empty
FROM_NOTE = (
    "acp_minutes", "acp_start", "acp_stop", "modality", "participants", "patient_present", "voluntary", "topics", "documents", "decisions",
)  # fmt: skip
UNREAD = "unread"  # in from_note: the reader failed on the note
# Where the table's column is not called as the file's: times end in _time, and of the note only its presence is kept.
STORED_AS = {"acp_start": "acp_start_time", "acp_stop": "acp_stop_time", "note_text": "has_note_text"}


@dataclass(frozen=True)
class Rejected:
    """A row set aside: its line in the file, where the record starts (the header is 1), or the ordinal of the Parquet row; the reason,
    which never quotes the row; and its own bytes (of a Parquet row: its columns as JSON)."""

    row_number: int
    reason_code: str
    message: str
    raw: bytes


@dataclass(frozen=True)
class Documentation:
    """One extract: its good rows, its bad ones, and what is to be said of the file.

    rows: columns and types of raw.acp_documentation without file_key, and `mrn` in clear for the landing to hash. Where a row has a note,
    the note reader fills its empty fields; `from_note` names them.
    columns: the documented columns that the file has, by those names, and those that its notes fill; any other is null in every row of
    `rows`, not an empty value.
    extra_columns: the columns that are ignored, as the file names them.
    """

    rows: pl.DataFrame
    columns: list[str]
    extra_columns: list[str]
    rejected: list[Rejected] = field(default_factory=list[Rejected])
    warnings: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class _Header:
    columns: dict[str, int]  # documented name → position in the file
    extra: list[str]


@dataclass(frozen=True)
class _Chunk:
    """Some rows as text: `row_number` and a String column for each column that the file has; raw(i) gives the bytes of the i-th row."""

    rows: pl.DataFrame
    raw: Callable[[int], bytes]


def looks_like_documentation(head: bytes) -> bool:
    """Whether a file that begins with these bytes is an extract: Parquet, or a header row that has two of its columns."""
    return head.startswith(PARQUET_MAGIC) or _sniff(head)[1] >= 2


def read_documentation(content: bytes, name: str) -> Documentation:
    """Read a whole extract; `name`: for messages. MidpointError: a required column is missing, or a Parquet file is damaged."""
    rejected: list[Rejected] = []
    warnings: list[str] = []
    if content.startswith(PARQUET_MAGIC):
        header, chunks = _parquet(content, name)
    else:
        header, chunks = _delimited(content, name, rejected, warnings)
    frames: list[pl.DataFrame] = [_typed(pl.DataFrame(schema={"row_number": pl.Int32}))[0]]
    seen: dict[str, int] = {}
    for chunk in chunks:
        good, bad = _sift(chunk, seen)
        frames.append(good)
        rejected.extend(bad)
    rows = pl.concat(frames)
    rejected.sort(key=lambda r: r.row_number)
    has = header.columns.keys() | (set(FROM_NOTE) if rows["has_note_text"].any() else set())
    warnings.extend(_remarks(rows, has, bool(rejected)))
    return Documentation(rows, [c for c in COLUMNS if c in has], header.extra, rejected, warnings)


def _remarks(rows: pl.DataFrame, columns: Set[str], has_rejected: bool) -> Iterator[str]:
    if "acp_minutes" not in columns and not {"acp_start", "acp_stop"} <= columns:
        yield "no column acp_minutes, nor acp_start with acp_stop: checks that need minutes are not evaluable on it"
    if rows.is_empty() and not has_rejected:
        yield "no rows below the header"
    unread = rows["from_note"].eq(UNREAD).sum()
    if unread:
        yield f"note_text: {unread} notes could not be read by the note reader; their rows keep their own fields"
    for column, words in VOCABULARY.items():
        strange = rows.select(pl.col(column).str.split(";").list.set_difference(list(words)).list.len() > 0).to_series().sum()
        if strange:
            yield f"{column}: {strange} rows have words other than {', '.join(words)}"


# --- header -----------------------------------------------------------------------------------------------------------------------------


def _canonical(label: str) -> str:
    return "_".join(label.replace("-", " ").replace("_", " ").lower().split())


def _shown(labels: Sequence[str], is_header: bool) -> str:
    """The labels for a message; hidden where the first row looks like data, which may name patients."""
    if not is_header and not all(re.fullmatch(r"[a-z_][a-z0-9_ .-]*", label.strip()) for label in labels):
        return f"the first row has {len(labels)} fields, none of them a column's name"
    return ", ".join(" ".join(label.split()) for label in labels) or "none"


def _header(labels: Sequence[str], name: str) -> _Header:
    """Place each documented column; MidpointError where one that is required is missing or any stands twice."""
    columns: dict[str, int] = {}
    extra: list[str] = []
    for position, label in enumerate(labels):
        column = _canonical(label)
        if column in columns:
            raise MidpointError(f"{name}: the column {column} stands twice in the header; leave one and run again")
        if column in COLUMNS:
            columns[column] = position
        elif column:
            extra.append(" ".join(label.split()))
    missing = [column for column in REQUIRED if column not in columns]
    if not any(column in columns for column in PATIENT):
        missing.append(" or ".join(PATIENT))
    if missing:
        found = _shown(labels, bool(columns))
        raise MidpointError(
            f"{name}: the ACP documentation lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}; "
            f"columns found: {found}; add what is missing (docs/documentation_extract.md has the list) and run again"
        )
    return _Header(columns, extra)


# --- delimited text ---------------------------------------------------------------------------------------------------------------------


def _lines(content: bytes) -> list[bytes]:
    # splitlines of bytes breaks at LF, CRLF and CR only, unlike that of str, and leaves each record's own bytes to be set aside.
    return content.removeprefix(UTF8_BOM).splitlines(keepends=True)


def _sniff(content: bytes) -> tuple[str, int]:
    """The delimiter that finds most of the documented columns in the header row (else the most fields), and how many it finds."""
    lines = [line.decode("utf-8", errors="replace") for line in _lines(content[:HEAD_BYTES])]

    def score(delimiter: str) -> tuple[int, int]:
        labels = next((record for record in csv.reader(lines, delimiter=delimiter) if any(map(str.strip, record))), [])
        return len(COLUMNS.keys() & {_canonical(label) for label in labels}), len(labels)

    delimiter = max(DELIMITERS, key=score)
    return delimiter, score(delimiter)[0]


def _encoding(content: bytes, warnings: list[str]) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        warnings.append("not valid UTF-8, read as Latin-1")
        return "latin-1"
    return "utf-8"


class _Record(NamedTuple):
    start: int  # index of its first line
    end: int  # index after its last line
    fields: list[str]
    error: bool = False


def _records(lines: list[bytes], encoding: str, delimiter: str) -> Iterator[_Record]:
    """The records of a text; blank lines are passed over. Where quotes do not pair, only the line on which the record starts is lost and
    reading goes on at the next, so that an open quote does not swallow the good rows behind it."""
    start = 0
    while start < len(lines):
        base = start
        reader = csv.reader((lines[i].decode(encoding) for i in range(base, len(lines))), delimiter=delimiter, strict=True)
        try:
            for fields in reader:
                end = base + reader.line_num
                if fields:
                    yield _Record(start, end, fields)
                start = end
        except csv.Error:
            yield _Record(start, start + 1, [], error=True)
            start += 1


def _delimited(content: bytes, name: str, rejected: list[Rejected], warnings: list[str]) -> tuple[_Header, Iterator[_Chunk]]:
    encoding, (delimiter, _) = _encoding(content, warnings), _sniff(content)
    lines = _lines(content)
    records = (r for r in _records(lines, encoding, delimiter) if r.error or any(map(str.strip, r.fields)))
    labels = next(records, _Record(0, 0, []))
    header = _header(labels.fields, name)
    return header, _text_chunks(lines, records, header, len(labels.fields), rejected)


def _text_chunks(
    lines: list[bytes], records: Iterator[_Record], header: _Header, field_count: int, rejected: list[Rejected]
) -> Iterator[_Chunk]:
    def raw(record: _Record) -> bytes:
        return b"".join(lines[record.start : record.end])

    while batch := list(islice(records, CHUNK_ROWS)):
        whole: list[_Record] = []
        for record in batch:
            if len(record.fields) == field_count:
                whole.append(record)
            elif record.error:
                rejected.append(
                    Rejected(record.start + 1, "bad_quotes", "a quoted field is not closed, or text stands behind its quote", raw(record))
                )
            else:
                message = f"has {len(record.fields)} fields, the header has {field_count}"
                rejected.append(Rejected(record.start + 1, "field_count", message, raw(record)))
        if whole:
            values = list(zip(*(record.fields for record in whole), strict=True))
            numbers = pl.Series("row_number", [record.start + 1 for record in whole], dtype=pl.Int32)
            texts = [pl.Series(column, values[position], dtype=pl.String) for column, position in header.columns.items()]
            yield _Chunk(pl.DataFrame([numbers, *texts]), lambda i, whole=whole: raw(whole[i]))


# --- Parquet ----------------------------------------------------------------------------------------------------------------------------


def _parquet(content: bytes, name: str) -> tuple[_Header, Iterator[_Chunk]]:
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        header = _header(file.schema_arrow.names, name)
    except (pa.ArrowException, OSError) as e:
        raise _damaged(name) from e
    return header, _parquet_chunks(file, header, name)


def _damaged(name: str) -> MidpointError:
    return MidpointError(f"{name}: begins like a Parquet file but is cut short or damaged; export it again")


def _parquet_chunks(file: pq.ParquetFile, header: _Header, name: str) -> Iterator[_Chunk]:
    labels = file.schema_arrow.names
    ordinal = 1
    try:
        for batch in file.iter_batches(CHUNK_ROWS, columns=[labels[p] for p in header.columns.values()]):
            frame = pl.DataFrame(batch)
            texts = [_as_text(frame[labels[position]], column, name) for column, position in header.columns.items()]
            numbers = pl.Series("row_number", range(ordinal, ordinal + len(frame)), dtype=pl.Int32)
            rows = pl.DataFrame([numbers, *texts])
            yield _Chunk(rows, lambda i, rows=rows: json.dumps(rows.drop("row_number").row(i, named=True), ensure_ascii=False).encode())
            ordinal += len(frame)
    except (pa.ArrowException, OSError) as e:
        raise _damaged(name) from e


def _as_text(values: pl.Series, column: str, name: str) -> pl.Series:
    """A Parquet column as the text that a CSV would hold."""
    values = values.alias(column)
    dtype = values.dtype
    if dtype.is_float() or dtype.is_decimal():
        if dtype.is_float():
            values = values.fill_nan(None)
        whole = values.cast(pl.Int64, strict=False)
        return values.cast(pl.String).set(whole.cast(dtype) == values, None).fill_null(whole.cast(pl.String))
    if dtype == pl.Boolean:
        return values.replace_strict({True: "Y", False: "N"}, return_dtype=pl.String)
    if dtype == pl.Time or (isinstance(dtype, pl.Datetime) and COLUMNS[column] is TIME):
        return values.dt.strftime("%H:%M:%S")
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        return values.dt.strftime("%Y-%m-%d")
    if isinstance(dtype, pl.List):
        return values.cast(pl.List(pl.String)).list.join(";")
    if dtype.is_integer() or isinstance(dtype, (pl.String, pl.Categorical, pl.Enum, pl.Null)):
        return values.cast(pl.String)
    raise MidpointError(f"{name}: the column {column} holds {dtype}, which is not a plain value; export it as text and run again")


# --- rows -------------------------------------------------------------------------------------------------------------------------------


def _typed(texts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Text to typed rows, and beside each row `reason_code` and `message` (null = good). Absent columns are null throughout."""
    text = pl.col(pl.String).str.strip_chars()
    given = texts.with_columns(pl.when(text != "").then(text).name.keep())
    given = given.with_columns(pl.lit(None, pl.String).alias(c) for c in COLUMNS if c not in texts.columns)
    values = given.select("row_number", *(kind.parse(pl.col(c)).alias(c) for c, kind in COLUMNS.items()))
    complaints: list[tuple[pl.Series, str, str]] = [(given[c].is_null(), "missing_value", f"{c} is empty") for c in REQUIRED]
    no_patient = given[PATIENT[0]].is_null() & given[PATIENT[1]].is_null()
    complaints.append((no_patient, "no_patient", f"{' and '.join(PATIENT)} are both empty"))
    for column, kind in COLUMNS.items():
        if kind.complaint:
            complaints.append((given[column].is_not_null() & values[column].is_null(), kind.reason_code, f"{column} {kind.complaint}"))
    problems = pl.select(
        pl.coalesce(pl.when(is_bad).then(pl.lit(code)) for is_bad, code, _ in complaints).alias("reason_code"),
        pl.concat_str(
            [pl.when(is_bad).then(pl.lit(message)) for is_bad, _, message in complaints], separator="; ", ignore_nulls=True
        ).alias("message"),
    )
    values = _with_notes(values)
    private = values["mrn"]
    rows = values.drop("mrn").with_columns(pl.col("note_text").is_not_null()).rename(STORED_AS)
    return rows.with_columns(private), problems


def _with_notes(values: pl.DataFrame) -> pl.DataFrame:
    """Fill the empty fields of rows with a note from it, and add `from_note`: the fields filled, joined by ;, null where none was."""
    columns = {name: values[name].to_list() for name in FROM_NOTE}
    filled: list[str | None] = []
    for i, text in enumerate(values["note_text"].to_list()):
        given = {name: column[i] for name, column in columns.items()}
        if text is None or None not in given.values():
            filled.append(None)
            continue
        try:
            from_note = _from_note(read_note(text), given)
        except MidpointError:
            filled.append(UNREAD)
            continue
        for name, value in from_note.items():
            columns[name][i] = value
        filled.append(";".join(from_note) or None)
    return values.with_columns(
        *(pl.Series(name, column, dtype=values.schema[name]) for name, column in columns.items()), pl.Series("from_note", filled, pl.String)
    )


def _from_note(reading: NoteReading, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a note for the fields that are empty. Times are taken together: a row with minutes, or with a start or a stop of its
    own, keeps to its own clock, and a start and stop that contradict the note's minutes are not passed on.
    """
    has_own_clock = given["acp_start"] is not None or given["acp_stop"] is not None
    read: dict[str, Any] = {
        "acp_minutes": None if given["acp_start"] is not None and given["acp_stop"] is not None else reading.acp_minutes,
        "acp_start": None,
        "acp_stop": None,
        "modality": reading.modality,
        "participants": ";".join(reading.participants) or None,
        "patient_present": _yes_no(reading.patient_present),
        "voluntary": _yes_no(reading.voluntary),
        "topics": ";".join(reading.topics) or None,
        "documents": ";".join(reading.documents) or None,
        "decisions": reading.decisions,
    }
    if given["acp_minutes"] is None and not has_own_clock and reading.acp_minutes is not None and reading.acp_start and reading.acp_stop:
        read |= {"acp_start": time.fromisoformat(reading.acp_start), "acp_stop": time.fromisoformat(reading.acp_stop)}
    return {name: value for name, value in read.items() if given[name] is None and value is not None}


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "Y" if value else "N"


def _sift(chunk: _Chunk, seen: dict[str, int]) -> tuple[pl.DataFrame, list[Rejected]]:
    """Good rows typed, bad rows with their reason. seen: documentation_id → row number of the rows that are good so far; grows."""
    rows, problems = _typed(chunk.rows)
    numbers = rows["row_number"].to_list()
    is_good = [True] * len(rows)
    rejected: list[Rejected] = []
    for i, (identifier, code, message) in enumerate(
        zip(rows["documentation_id"].to_list(), problems["reason_code"].to_list(), problems["message"].to_list(), strict=True)
    ):
        if code is None and seen.setdefault(identifier, numbers[i]) != numbers[i]:
            code, message = "duplicate_id", f"documentation_id is that of row {seen[identifier]}, which is kept"
        if code is not None:
            is_good[i] = False
            rejected.append(Rejected(numbers[i], code, message, chunk.raw(i)))
    return rows.filter(pl.Series(is_good, dtype=pl.Boolean)), rejected
