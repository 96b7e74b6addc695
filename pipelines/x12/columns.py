"""Column buffers that the kernels fill and Arrow takes over without a copy, and the field lists that say which element goes where.

A text value is written as an Arrow string view: sixteen bytes that hold a short text itself, or point into the chunk's own bytes.
Numbers, dates and flags are 64-bit integers (amounts in cents, units in ten-thousandths, dates in days) until ``to_arrow``.
All tables of a chunk share one array of text cells and one of number cells, and fields are read by one loop over a field list: kernels
with a call for every field took minutes to compile.
What does not belong here: what a column means (tables) and the loops that segments stand in (claims837, remits835, envelope).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pipelines.x12.kernel import Bytes, Words, kernel
from pipelines.x12.segments import BAD, NULL, code, day, decimal, integer, part, segment_id, span
from pipelines.x12.state import BAD_AMOUNT, BAD_NUMBER, K_SEGMENT, K_SET, K_WARN, MISSING_AMOUNT, W_OPTIONAL, fail
from pipelines.x12.tables import TABLES, Table, column

AMOUNT_PLACES = 2
UNITS_PLACES = 4

# --- buffers ---------------------------------------------------------------------------------------


class Out(NamedTuple):
    """Pointers to the buffers of a chunk, as kernels see them.

    The view of (column, row) is text[2 * cell] and text[2 * cell + 1] with cell = text_base[column] + row; a number is
    number[number_base[column] + row]; used[table] rows are filled, in the order of TABLES. fields, choices and words: the constants
    that the functions of those names made.
    """

    text: Words
    number: Words
    text_base: Words
    number_base: Words
    used: Words
    fields: Words
    choices: Words
    words: Words


class Buffers(NamedTuple):
    """The same as arrays, which whoever calls a kernel keeps alive."""

    text: np.ndarray
    number: np.ndarray
    text_base: np.ndarray
    number_base: np.ndarray
    used: np.ndarray
    fields: np.ndarray
    choices: np.ndarray
    words: np.ndarray


# First number column of each table, and one past the last; the same for text columns.
_NUMBER_SPANS = np.cumsum([0] + [len(t.numbers) for t in TABLES])
_TEXT_SPANS = np.cumsum([0] + [len(t.texts) for t in TABLES])
TABLE_NUMBER = {t.name: k for k, t in enumerate(TABLES)}


def allocate(rows: list[int]) -> Buffers:
    """Buffers for at most ``rows[k]`` rows of TABLES[k]."""
    text_base = np.concatenate([[0], np.cumsum(np.repeat(rows, np.diff(_TEXT_SPANS)))])
    number_base = np.concatenate([[0], np.cumsum(np.repeat(rows, np.diff(_NUMBER_SPANS)))])
    return Buffers(
        np.zeros((int(text_base[-1]), 2), np.int64),
        np.empty(int(number_base[-1]), np.int64),
        text_base.astype(np.int64),
        number_base.astype(np.int64),
        np.zeros(len(TABLES), np.int64),
        _FIELDS,
        _CHOICES,
        _WORD_VIEWS,
    )


@kernel
def add_row(out: Out, table: int) -> int:
    """A new row with every column null; gives its place. Text cells beyond the used rows are zero, which is null."""
    row = out.used[table]
    for c in range(_NUMBER_SPANS[table], _NUMBER_SPANS[table + 1]):
        out.number[out.number_base[c] + row] = NULL
    out.used[table] = row + 1
    return row


@kernel
def take_back(out: Out, table: int, rows: int) -> None:
    """Drop all but the first rows of a table."""
    for c in range(_TEXT_SPANS[table], _TEXT_SPANS[table + 1]):
        for row in range(rows, out.used[table]):
            out.text[2 * (out.text_base[c] + row)] = 0
    out.used[table] = rows


@kernel
def add_body_row(out: Out, table: int, file_key: int, K: Words) -> int:
    """A new row with its provenance (tables.PROVENANCE are the first three number columns)."""
    row = add_row(out, table)
    c = _NUMBER_SPANS[table]
    out.number[out.number_base[c] + row] = file_key
    out.number[out.number_base[c + 1] + row] = K[K_SET]
    out.number[out.number_base[c + 2] + row] = K[K_SEGMENT]
    return row


@kernel
def put(out: Out, place: int, row: int, buf: Bytes, a: int, b: int) -> None:
    """Write bytes a .. b as text; null where they are empty."""
    length = b - a
    if length <= 0:
        return
    cell = out.text_base[place] + row
    head = length
    if length <= 12:
        tail = 0
        for k in range(min(length, 4)):
            head |= int(buf[a + k]) << (32 + 8 * k)
        for k in range(4, length):
            tail |= int(buf[a + k]) << (8 * (k - 4))
        out.text[2 * cell] = head
        out.text[2 * cell + 1] = tail
    else:
        for k in range(4):
            head |= int(buf[a + k]) << (32 + 8 * k)
        out.text[2 * cell] = head
        out.text[2 * cell + 1] = a << 32


@kernel
def set_number(out: Out, place: int, row: int, value: int) -> None:
    """Write a number, date or flag."""
    out.number[out.number_base[place] + row] = value


@kernel
def get_number(out: Out, place: int, row: int) -> int:
    """Read a number that was written."""
    return out.number[out.number_base[place] + row]


_WORDS = bytearray()  # our own words that are longer than a view holds; second data buffer of every text column
_WORD_VIEWS = np.zeros((64, 2), np.int64)
_word_count = 0


def word(text: str) -> int:
    """A constant text, by the number under which ``put_word`` knows it."""
    global _word_count
    raw = text.encode("ascii")
    if len(raw) <= 12:
        view = len(raw).to_bytes(4, "little") + raw.ljust(12, b"\0")
    else:
        view = len(raw).to_bytes(4, "little") + raw[:4] + (1).to_bytes(4, "little") + len(_WORDS).to_bytes(4, "little")
        _WORDS.extend(raw)
    _WORD_VIEWS[_word_count] = np.frombuffer(view, "<i8")
    _word_count += 1
    return _word_count - 1


@kernel
def put_word(out: Out, place: int, row: int, number: int) -> None:
    """Write a constant text made by ``word``."""
    cell = out.text_base[place] + row
    out.text[2 * cell] = out.words[2 * number + 0]
    out.text[2 * cell + 1] = out.words[2 * number + 1]


# --- field lists -----------------------------------------------------------------------------------

# How a field is read. needed: empty or unreadable sets the transaction set aside; strict: unreadable does; else unreadable is null and
# counted as a warning. npi: text, where NM108 is XX.
_READINGS = ("text", "npi", "amount_needed", "amount_strict", "amount", "units_strict", "units", "day", "integer")
R_TEXT, R_NPI, R_AMOUNT_NEEDED, R_AMOUNT_STRICT, R_AMOUNT, R_UNITS_STRICT, R_UNITS, R_DAY, R_INTEGER = range(9)
_Q_XX = segment_id("XX")


# All field lists in one array: rows of (element, component or 0, column, reading). A list is
# named by one integer, first row * 65536 + one past the last.
_FIELDS = np.zeros((256, 4), np.int64)
_field_count = 0


def fields(table: Table, text: str) -> int:
    """A field list, as one integer, from words such as ``2:charge_amount:amount_needed 5-1:facility_code``."""
    global _field_count
    first = _field_count
    for item in text.split():
        where, name, *reading = item.split(":")
        element, _, component = where.partition("-")
        _FIELDS[_field_count] = int(element), int(component or 0), column(table, name), _READINGS.index(reading[0] if reading else "text")
        _field_count += 1
    return first << 16 | _field_count


@kernel
def fill(
    out: Out, row: int, fields: int, buf: Bytes, marks: Words, first: int, last: int, component: int, K: Words, name: int, byte: int
) -> None:
    """Read the fields of one segment (marks first .. last - 1, id ``name``, at ``byte`` of the file) into a row."""
    for f in range(fields >> 16, fields & 0xFFFF):
        element = out.fields[4 * f + 0]
        a, b = span(buf, marks, first, last, element)
        if out.fields[4 * f + 1] > 0:
            a, b = part(buf, a, b, component, out.fields[4 * f + 1])
        place = out.fields[4 * f + 2]
        reading = out.fields[4 * f + 3]
        if reading == R_TEXT:
            put(out, place, row, buf, a, b)
            continue
        if reading == R_NPI:
            x, y = span(buf, marks, first, last, 8)
            if code(buf, x, y) == _Q_XX:
                put(out, place, row, buf, a, b)
            continue
        if reading == R_DAY:
            value = day(buf, a, b)
        elif reading == R_INTEGER:
            value = integer(buf, a, b)
        elif reading == R_UNITS or reading == R_UNITS_STRICT:
            value = decimal(buf, a, b, UNITS_PLACES, False)
        else:
            value = decimal(buf, a, b, AMOUNT_PLACES, True)
        if value == BAD:
            value = NULL
            if reading == R_AMOUNT_NEEDED or reading == R_AMOUNT_STRICT:
                fail(K, BAD_AMOUNT, name, element, byte)
            elif reading == R_UNITS_STRICT:
                fail(K, BAD_NUMBER, name, element, byte)
            else:
                K[K_WARN + W_OPTIONAL] += 1
        elif value == NULL and reading == R_AMOUNT_NEEDED:
            fail(K, MISSING_AMOUNT, name, element, byte)
        out.number[out.number_base[place] + row] = value


# --- single values ---------------------------------------------------------------------------------


@kernel
def optional(value: int, K: Words) -> int:
    """A value on which nothing depends: where it is unreadable it is null, and counted as a warning."""
    if value == BAD:
        K[K_WARN + W_OPTIONAL] += 1
        return NULL
    return value


@kernel
def needed_amount(value: int, K: Words, name: int, element: int, byte: int) -> int:
    """An amount that totals depend on: where it is empty or no amount, the transaction set is set aside."""
    if value == BAD:
        fail(K, BAD_AMOUNT, name, element, byte)
        return 0
    if value == NULL:
        fail(K, MISSING_AMOUNT, name, element, byte)
        return 0
    return value


# --- choices ---------------------------------------------------------------------------------------

# All choices in one array: rows of (qualifier, column, second column or -1).
_CHOICES = np.zeros((256, 3), np.int64)
_choice_count = 0


def choices(*rows: tuple[str, int, int]) -> int:
    """A small table from qualifiers to what they choose, such as NM101 to the columns of a provider; searched by ``lookup``."""
    global _choice_count
    first = _choice_count
    for qualifier, one, two in rows:
        _CHOICES[_choice_count] = segment_id(qualifier), one, two
        _choice_count += 1
    return first << 16 | _choice_count


@kernel
def lookup(out: Out, rows: int, qualifier: int) -> int:
    """The row of a choice, or -1."""
    for k in range(rows >> 16, rows & 0xFFFF):
        if out.choices[3 * k] == qualifier:
            return k
    return -1


@kernel
def chosen(out: Out, row: int) -> int:
    """What the choice at ``row`` names."""
    return out.choices[3 * row + 1]


@kernel
def chosen_too(out: Out, row: int) -> int:
    """The second thing that the choice at ``row`` names, or -1."""
    return out.choices[3 * row + 2]


# --- to Arrow --------------------------------------------------------------------------------------


def _bits(mask: np.ndarray) -> pa.Buffer:
    return pa.py_buffer(np.packbits(mask, bitorder="little"))


def _text_array(views: np.ndarray, data: list[pa.Buffer], high: bool) -> pa.Array:
    rows = len(views)
    filled = (views[:, 0] & 0xFFFFFFFF) != 0
    if not filled.any():
        return pa.nulls(rows, pa.string_view())
    valid = None if filled.all() else _bits(filled)
    array = pa.Array.from_buffers(pa.string_view(), rows, [valid, pa.py_buffer(views), *data])
    if not high:
        return array
    # Bytes over 127 somewhere in the chunk: text is UTF-8 where it reads as such, else Latin-1.
    raw = pa.Array.from_buffers(pa.binary_view(), rows, array.buffers())
    try:
        return raw.cast(pa.string_view())
    except pa.ArrowInvalid:
        return pa.array([None if v is None else _decoded(v) for v in raw.to_pylist()], pa.string_view())


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


_ARROW = {
    "amount": pa.decimal128(18, AMOUNT_PLACES),
    "units": pa.decimal128(18, UNITS_PLACES),
    "date": pa.date32(),
    "count": pa.int32(),
    "big": pa.int64(),
    "flag": pa.bool_(),
}


def _number_array(values: np.ndarray, kind: str) -> pa.Array:
    filled = values != NULL
    rows = len(values)
    arrow = _ARROW[kind]
    if not filled.any():
        return pa.nulls(rows, arrow)
    valid = None if filled.all() else _bits(filled)
    if kind in ("amount", "units"):
        wide = np.empty((rows, 2), np.int64)
        wide[:, 0] = values
        wide[:, 1] = values >> 63
        body = pa.py_buffer(wide)
    elif kind == "flag":
        body = _bits(values == 1)
    elif kind == "big":
        body = pa.py_buffer(values)
    else:
        body = pa.py_buffer(values.astype(np.int32))
    return pa.Array.from_buffers(arrow, rows, [valid, body])


def to_arrow(table: Table, out: Buffers, buf: np.ndarray, high: bool) -> pa.Table:
    """The filled rows as an Arrow table with the columns of ``table``; text points into ``buf``, which it keeps alive.

    ``high``: whether the chunk has a byte over 127, so that text has to be checked for being UTF-8.
    """
    rows = int(out.used[TABLE_NUMBER[table.name]])
    data = [pa.py_buffer(buf), pa.py_buffer(bytes(_WORDS))]
    arrays: list[pa.Array] = []
    for name, kind in table.columns:
        place = column(table, name)
        if kind in ("text", "private"):
            base = int(out.text_base[place])
            arrays.append(_text_array(out.text[base : base + rows], data, high))
        else:
            base = int(out.number_base[place])
            arrays.append(_number_array(out.number[base : base + rows], kind))
    return pa.Table.from_arrays(arrays, names=[c for c, _ in table.columns])
