"""Bytes to segments and elements, and single elements to values.

``index_segments`` finds every segment and element separator of a chunk in one pass over its bytes; nothing is copied.
The value functions read one element in place. What does not belong here: which element means what (claims837, remits835, envelope).
"""

from __future__ import annotations

from pipelines.x12.delimiters import ISA_LIMIT, read_isa
from pipelines.x12.kernel import Bytes, Words, bytes_at, kernel, words_at

NULL = -(2**63)  # "no value" in every number column of the kernels
BAD = -(2**63) + 1  # "there is something, but it is no number or date"

# Columns of the piece array: one row a file (or part of a file) in the chunk.
PIECE_START, PIECE_END, PIECE_FIRST_SEGMENT, PIECE_DELTA, PIECE_FILE_KEY, PIECE_OPENS, PIECE_CLOSES, PIECE_UNTERMINATED = range(8)
PIECE_COLUMNS = 8


def segment_id(name: str) -> int:
    """The number that stands for a segment id in the kernels, such as segment_id('CLM')."""
    value = 0
    for letter in name:
        value = value << 8 | ord(letter)
    return value


ID_ISA = segment_id("ISA")


@kernel
def index_segments(
    buf_at: int, pieces_at: int, piece_count: int, starts_at: int, firsts_at: int, ids_at: int, room: int, marks_at: int, mark_room: int
) -> tuple[int, int, bool]:
    """Index a chunk: where its segments start and where each element ends. Arguments are addresses of arrays, and their room.

    In: the bytes; pieces (PIECE_* columns), each starting with an ISA, which sets its delimiters, as does every later ISA.
    Out: ``starts[i]`` first byte of segment i; ``ids[i]``; ``marks[firsts[i]] .. marks[firsts[i+1] - 1]`` its separators, the last
    being its end, so that element j lies between marks[first + j - 1] + 1 and marks[first + j].
    Gives (segments, marks, whether a byte over 127 was seen); segments is -1 where the arrays are too small.
    An unterminated last segment is indexed only where the piece closes its file, and PIECE_UNTERMINATED is set.
    """
    buf = bytes_at(buf_at)
    pieces = words_at(pieces_at)
    starts = words_at(starts_at)
    firsts = words_at(firsts_at)
    ids = words_at(ids_at)
    marks = words_at(marks_at)
    room -= 2
    mark_room -= 64
    count = 0
    used = 0
    high = 0
    element = -1
    terminator = -1
    for p in range(piece_count):
        piece = p * PIECE_COLUMNS
        at = pieces[piece + PIECE_START]
        end = pieces[piece + PIECE_END]
        pieces[piece + PIECE_FIRST_SEGMENT] = count
        if pieces[piece + PIECE_OPENS] == 1:
            element = -1
            terminator = -1
            if at + 3 <= end and buf[at] == 0xEF and buf[at + 1] == 0xBB and buf[at + 2] == 0xBF:
                at += 3
        while True:
            while at < end and (buf[at] == terminator or (buf[at] <= 32 and buf[at] != element)):
                at += 1
            if at >= end:
                break
            if count >= room:
                return -1, 0, False
            if at + 3 < end and buf[at] == 73 and buf[at + 1] == 83 and buf[at + 2] == 65:
                found = read_isa(buf, at, end)
                if found[0] >= 0:
                    element = found[0]
                    terminator = found[3]
                elif at + ISA_LIMIT > end and pieces[piece + PIECE_CLOSES] == 0:
                    pieces[piece + PIECE_END] = at  # the rest of this header stands in the next chunk
                    break
            start = at
            first = used
            while at < end:
                byte = buf[at]
                high |= byte
                if byte == terminator:
                    break
                if byte == element:
                    if used >= mark_room:
                        return -1, 0, False
                    marks[used] = at
                    used += 1
                at += 1
            if at >= end:
                if pieces[piece + PIECE_CLOSES] == 0:
                    used = first
                    at = start
                    pieces[piece + PIECE_END] = start
                    break
                pieces[piece + PIECE_UNTERMINATED] = 1
            if used >= mark_room:
                return -1, 0, False
            marks[used] = at
            used += 1
            stop = marks[first]
            while stop > start and buf[stop - 1] <= 32:
                stop -= 1
            length = stop - start
            name = 0
            if length <= 3:
                for k in range(start, stop):
                    name = name << 8 | buf[k]
            else:
                name = -1
            starts[count] = start
            firsts[count] = first
            ids[count] = name
            count += 1
            at += 1
    starts[count] = pieces[(piece_count - 1) * PIECE_COLUMNS + PIECE_END]
    firsts[count] = used
    return count, used, high >= 128


@kernel
def _is_blank(byte: int) -> bool:
    # space and line ends only: other control characters may be separators, and an empty first component must stay one
    return byte == 32 or byte == 10 or byte == 13


@kernel
def span(buf: Bytes, marks: Words, first: int, last: int, j: int) -> tuple[int, int]:
    """Element j (1 is the first after the id) of the segment whose marks are first .. last - 1, trimmed; empty where there is none."""
    if first + j >= last:
        return 0, 0
    a = marks[first + j - 1] + 1
    b = marks[first + j]
    while a < b and _is_blank(buf[a]):
        a += 1
    while b > a and _is_blank(buf[b - 1]):
        b -= 1
    return a, b


@kernel
def part(buf: Bytes, a: int, b: int, separator: int, k: int) -> tuple[int, int]:
    """Component k (1 is the first) of the composite at a .. b, trimmed; empty where there is none."""
    while k > 1 and a < b:
        while a < b and buf[a] != separator:
            a += 1
        if a >= b:
            return 0, 0
        a += 1
        k -= 1
    stop = a
    while stop < b and buf[stop] != separator:
        stop += 1
    while a < stop and _is_blank(buf[a]):
        a += 1
    while stop > a and _is_blank(buf[stop - 1]):
        stop -= 1
    return a, stop


@kernel
def code(buf: Bytes, a: int, b: int) -> int:
    """A short code as a number, as segment_id makes it; 0 when empty, -1 when longer than six characters."""
    if b - a > 6:
        return -1
    value = 0
    for k in range(a, b):
        value = value << 8 | buf[k]
    return value


@kernel
def decimal(buf: Bytes, a: int, b: int, places: int, exact: bool) -> int:
    """A decimal number times 10**places. NULL when empty, BAD when it is none or has more than 14 digits before the point.

    Digits beyond ``places`` are BAD where ``exact`` and not zero (money is never rounded), else rounded half up.
    """
    if a >= b:
        return NULL
    negative = False
    if buf[a] == 45 or buf[a] == 43:
        negative = buf[a] == 45
        a += 1
    value = 0
    digits = 0
    after = -1
    round_up = False
    for k in range(a, b):
        byte = buf[k]
        if byte == 46 and after < 0:
            after = 0
        elif 48 <= byte <= 57:
            digits += 1
            if after < 0 or after < places:
                if value >= 10**17:
                    return BAD
                value = value * 10 + (byte - 48)
                if after >= 0:
                    after += 1
            elif exact:
                if byte != 48:
                    return BAD
            elif after == places:
                round_up = byte >= 53
                after += 1
        else:
            return BAD
    if digits == 0:
        return BAD
    if after < 0:
        after = 0
    while after < places:
        if value >= 10**17:
            return BAD
        value *= 10
        after += 1
    if value >= 10 ** (14 + places):
        return BAD
    if round_up:
        value += 1
    return -value if negative else value


@kernel
def integer(buf: Bytes, a: int, b: int) -> int:
    """A whole number. NULL when empty, BAD when it is none."""
    if a >= b:
        return NULL
    value = 0
    for k in range(a, b):
        if not 48 <= buf[k] <= 57:
            return BAD
        value = value * 10 + (buf[k] - 48)
        if value > 2_000_000_000:
            return BAD
    return value


@kernel
def _civil_day(value: int) -> int:
    """The number CCYYMMDD as days since 1970-01-01, or BAD."""
    year = value // 10000
    month = value // 100 % 100
    date = value % 100
    if year < 1800 or month < 1 or month > 12 or date < 1:
        return BAD
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    longest = 31
    if month == 2:
        longest = 29 if leap else 28
    elif month == 4 or month == 6 or month == 9 or month == 11:
        longest = 30
    if date > longest:
        return BAD
    # count days with the year starting in March
    y = year - 1 if month <= 2 else year
    era = y // 400
    yoe = y - era * 400
    doy = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + date - 1
    doe = yoe * 365 + yoe // 4 - yoe // 100 + doy
    return era * 146097 + doe - 719468


@kernel
def day(buf: Bytes, a: int, b: int) -> int:
    """CCYYMMDD, with or without a time behind it (4, 6 or 8 digits), as days since 1970-01-01. NULL when empty, BAD when it is no date."""
    if a >= b:
        return NULL
    length = b - a
    if length != 8 and length != 12 and length != 14 and length != 16:
        return BAD
    for k in range(a + 8, b):
        if not 48 <= buf[k] <= 57:
            return BAD
    value = integer(buf, a, a + 8)
    return BAD if value < 0 else _civil_day(value)


@kernel
def days(buf: Bytes, a: int, b: int) -> tuple[int, int]:
    """A date or a range of dates (CCYYMMDD or CCYYMMDD-CCYYMMDD), told by its shape, since senders mix up D8 and RD8."""
    hyphen = a
    while hyphen < b and buf[hyphen] != 45:
        hyphen += 1
    if hyphen >= b:
        one = day(buf, a, b)
        return one, one
    return day(buf, a, hyphen), day(buf, hyphen + 1, b)


@kernel
def short_day(buf: Bytes, a: int, b: int) -> int:
    """YYMMDD of ISA09, this century, or CCYYMMDD, as days since 1970-01-01. NULL or BAD as in day."""
    if b - a != 6:
        return day(buf, a, b)
    value = integer(buf, a, b)
    return BAD if value < 0 else _civil_day(20000000 + value)
