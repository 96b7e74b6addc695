"""Envelopes: ISA, GS and ST with their trailers, control counts and balances, and what is set aside.

``walk`` goes once over the indexed segments of a chunk and hands the inside of each transaction set to its reader.
What does not belong here: how chunks are cut (reader) and what stands inside a transaction set (claims837, remits835).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipelines.x12.amounts import AMOUNT_COUNT, add_amounts, distrust_last, settle_amounts
from pipelines.x12.claims837 import body_837
from pipelines.x12.columns import TABLE_NUMBER, Out, add_row, fields, fill, get_number, put, put_word, set_number, take_back, word
from pipelines.x12.delimiters import read_isa
from pipelines.x12.kernel import Bytes, Words, bytes_at, kernel, words_at
from pipelines.x12.remits835 import body_835
from pipelines.x12.segments import (
    BAD,
    ID_ISA,
    NULL,
    PIECE_CLOSES,
    PIECE_COLUMNS,
    PIECE_DELTA,
    PIECE_END,
    PIECE_FILE_KEY,
    PIECE_FIRST_SEGMENT,
    PIECE_OPENS,
    PIECE_UNTERMINATED,
    code,
    segment_id,
    short_day,
    span,
)  # fmt: skip
from pipelines.x12.state import (
    FINE,
    K_AMOUNT,
    K_ASIDE,
    K_BAD,
    K_BAD_BYTE,
    K_BAD_ELEMENT,
    K_BAD_ID,
    K_BAD_SEGMENT,
    K_CHARGES,
    K_CLAIM,
    K_CLAIM_BEFORE,
    K_CLAIMS,
    K_GROUP,
    K_GROUPS_FOUND,
    K_GS_BYTE,
    K_IN_GS,
    K_IN_ISA,
    K_IN_ST,
    K_INTERCHANGE,
    K_ISA_BYTE,
    K_KIND,
    K_LANDED,
    K_LINES,
    K_PAID,
    K_PLB_SUM,
    K_REMIT,
    K_REMIT_BEFORE,
    K_SEEN,
    K_SEGMENT,
    K_SET,
    K_SET_BYTE,
    K_SETS_FOUND,
    K_SIZE,
    K_STRAY_BYTE,
    K_STRAY_ID,
    K_STRAYS,
    K_UNBALANCED_CLAIMS,
    K_UNBALANCED_LINES,
    K_WARN,
    KIND_835,
    KIND_837P,
    KIND_UNSUPPORTED,
    NO_ENVELOPE,
    NO_HEADER,
    NO_TRAILER,
    P_BHT,
    P_BPR,
    P_COMPONENT,
    P_GS,
    P_HEADER_END,
    P_ISA,
    P_PAYEE_N1,
    P_PAYEE_REF,
    P_PAYER_N1,
    P_PAYER_REF,
    P_PRODUCTION,
    P_RECEIVER,
    P_REPETITION,
    P_SIZE,
    P_ST,
    P_SUBMITTER,
    P_TRN,
    TRUNCATED,
    UNSUPPORTED,
    W_BAD_ISA,
    W_OUTSIDE,
    W_UNTERMINATED,
    count,
    fail,
)  # fmt: skip
from pipelines.x12.tables import FUNCTIONAL_GROUP, INTERCHANGE, TRANSACTION_SET, column

T_INTERCHANGE, T_GROUP, T_SET = TABLE_NUMBER["interchange"], TABLE_NUMBER["functional_group"], TABLE_NUMBER["transaction_set"]
FIRST_BODY_TABLE, TABLE_COUNT = TABLE_NUMBER["claim"], len(TABLE_NUMBER)  # from the first on, what the readers of a set write

ISA = fields(
    INTERCHANGE,
    "5:sender_qualifier 6:sender_id 7:receiver_qualifier 8:receiver_id 10:created_time 12:version_code 13:control_number 15:usage_code",
)
IEA = fields(INTERCHANGE, "1:declared_group_count:integer 2:trailer_control_number")
GS = fields(
    FUNCTIONAL_GROUP,
    "1:functional_id_code 2:sender_code 3:receiver_code 4:created_date:day 5:created_time 6:control_number 8:version_code",
)
GE = fields(FUNCTIONAL_GROUP, "1:declared_transaction_set_count:integer 2:trailer_control_number")
ST = fields(TRANSACTION_SET, "1:transaction_code 2:control_number 3:version_code")
SE = fields(TRANSACTION_SET, "1:declared_segment_count:integer 2:trailer_control_number")
GS_VERSION = fields(TRANSACTION_SET, "8:version_code")
BHT = fields(TRANSACTION_SET, "2:purpose_code 3:reference_id 4:created_date:day 5:created_time 6:claim_or_encounter_code")
SUBMITTER = fields(TRANSACTION_SET, "9:submitter_id")
RECEIVER = fields(TRANSACTION_SET, "9:receiver_id")
BPR = fields(
    TRANSACTION_SET,
    "1:handling_code 2:payment_amount:amount 3:credit_debit_code 4:payment_method_code 16:payment_date:day",
)
TRN = fields(TRANSACTION_SET, "2:trace_number 3:payer_identifier")
PAYER_REF = fields(TRANSACTION_SET, "2:payer_id")
PAYER_N1 = fields(TRANSACTION_SET, "2:payer_name 4:payer_id")
PAYEE_NPI = fields(TRANSACTION_SET, "4:payee_npi")
PAYEE_TAX = fields(TRANSACTION_SET, "4:payee_tax_id")
PAYEE_REF = fields(TRANSACTION_SET, "2:payee_tax_id")
PRODUCTION = fields(TRANSACTION_SET, "2:production_date:day")

I_FILE, I_ORDINAL, I_BYTE, I_DATE, I_FOUND = (
    column(INTERCHANGE, n) for n in ("file_key", "interchange", "byte_offset", "created_date", "found_group_count")
)
I_ELEMENT, I_COMPONENT, I_REPETITION, I_TERMINATOR = (
    column(INTERCHANGE, n) for n in ("element_separator", "component_separator", "repetition_separator", "segment_terminator")
)
G_FILE, G_INTERCHANGE, G_ORDINAL, G_BYTE, G_FOUND = (
    column(FUNCTIONAL_GROUP, n) for n in ("file_key", "interchange", "functional_group", "byte_offset", "found_transaction_set_count")
)
S_FILE, S_ORDINAL, S_INTERCHANGE, S_GROUP, S_BYTE, S_BYTES, S_KIND, S_FOUND, S_LANDED = (
    column(TRANSACTION_SET, n)
    for n in (
        "file_key", "transaction_set", "interchange", "functional_group", "byte_offset", "byte_count", "kind", "found_segment_count",
        "is_landed",
    )
)  # fmt: skip
S_PAYMENT, S_CLAIMS, S_LINES, S_CHARGES, S_PAID, S_PLB, S_UNBALANCED_CLAIMS, S_UNBALANCED_LINES, S_BALANCED = (
    column(TRANSACTION_SET, n)
    for n in (
        "payment_amount", "claim_count", "line_count", "charge_total_amount", "claim_paid_total_amount", "provider_adjustment_total_amount",
        "unbalanced_claim_count", "unbalanced_line_count", "is_balanced",
    )
)  # fmt: skip

ID_GS, ID_ST, ID_SE, ID_GE, ID_IEA, ID_TA1, ID_BPR = (segment_id(s) for s in ("GS", "ST", "SE", "GE", "IEA", "TA1", "BPR"))
CODE_837, CODE_835, Q_XX, Q_FI = segment_id("837"), segment_id("835"), segment_id("XX"), segment_id("FI")
VERSIONS = np.array([list(v) for v in (b"005010X222", b"005010X223", b"005010X221")], np.int64)  # in the order of the KIND_ numbers
KIND_WORDS = min([word(k) for k in ("unsupported", "837P", "837I", "835")])  # in the order of the KIND_ numbers

# Columns of the array of what is set aside, one row a transaction set, or (ASIDE_SET 0) a run of segments outside every set.
(
    ASIDE_FILE, ASIDE_SET, ASIDE_REASON, ASIDE_SEGMENT, ASIDE_ID, ASIDE_ELEMENT, ASIDE_BYTE, ASIDE_SET_BYTE, ASIDE_SET_BYTES,
    ASIDE_WAS_SPLIT, ASIDE_AMOUNT,
) = range(11)  # fmt: skip
ASIDE_COLUMNS = ASIDE_AMOUNT + AMOUNT_COUNT
# Columns of the array of finished files: key, interchanges, sets, then landed (7), set aside (7), warnings (8) and amounts (7).
FILE_KEY, FILE_INTERCHANGES, FILE_SETS, FILE_COUNTS = range(4)
FILE_COLUMNS = 3 + 7 + 7 + 8 + AMOUNT_COUNT


class Notes(NamedTuple):
    """What a chunk gives besides rows, as kernels see it."""

    aside: Words  # ASIDE_* columns
    files: Words  # FILE_* columns
    counts: Words  # rows of aside, rows of files
    set_starts: Words  # rows that each table had when the current transaction set began, for taking back a broken one


class NoteBuffers(NamedTuple):
    """The same as arrays, which whoever calls ``walk`` keeps alive."""

    aside: np.ndarray
    files: np.ndarray
    counts: np.ndarray
    set_starts: np.ndarray


@kernel
def _same(buf: Bytes, a: int, b: int, x: int, y: int) -> bool:
    if b - a != y - x:
        return False
    for k in range(b - a):
        if buf[a + k] != buf[x + k]:
            return False
    return True


@kernel
def _kind(buf: Bytes, transaction: int, a: int, b: int) -> int:
    """Kind of a transaction set from ST01 and a version text, which may have an addendum (A1, A2, …) behind it."""
    if b - a < 10:
        return KIND_UNSUPPORTED
    for kind in range(KIND_837P, KIND_835 + 1):
        if transaction == (CODE_835 if kind == KIND_835 else CODE_837):
            k = 0
            while k < 10 and buf[a + k] == VERSIONS[kind - 1, k]:
                k += 1
            if k == 10:
                return kind
    return KIND_UNSUPPORTED


@kernel
def _fill_from(out: Out, row: int, fields: int, segment: int, buf: Bytes, firsts: Words, marks: Words, K: Words) -> None:
    """Fields of a segment that was noted before; nothing where there was none."""
    if segment >= 0:
        fill(out, row, fields, buf, marks, firsts[segment], firsts[segment + 1], 0, K, 0, 0)


@kernel
def _close_set(
    buf: Bytes, firsts: Words, marks: Words, P: Words, K: Words, out: Out, notes: Notes, file_key: int, end_byte: int,
    trailer: int, context: int,
) -> None:  # fmt: skip
    """Write the row of the open transaction set; where it is broken, take its rows back and note why. ``trailer``: its SE, or -1."""
    bad = K[K_BAD] != FINE
    row = add_row(out, T_SET)
    st = P[P_ST]
    set_number(out, S_FILE, row, file_key)
    set_number(out, S_ORDINAL, row, K[K_SET])
    if K[K_IN_ISA] == 1:
        set_number(out, S_INTERCHANGE, row, K[K_INTERCHANGE])
    if K[K_IN_GS] == 1:
        set_number(out, S_GROUP, row, K[K_GROUP])
    set_number(out, S_BYTE, row, K[K_SET_BYTE])
    set_number(out, S_BYTES, row, end_byte - K[K_SET_BYTE])
    set_number(out, S_FOUND, row, K[K_SEGMENT])
    set_number(out, S_LANDED, row, 0 if bad else 1)
    put_word(out, S_KIND, row, KIND_WORDS + K[K_KIND])
    _fill_from(out, row, ST, st, buf, firsts, marks, K)
    if P[P_GS] >= 0:
        # GS08 names the version, unless only ST03 names one that is read here
        a, b = span(buf, marks, firsts[P[P_GS]], firsts[P[P_GS] + 1], 8)
        x, y = span(buf, marks, firsts[st], firsts[st + 1], 1)
        if b > a and (K[K_KIND] == KIND_UNSUPPORTED or _kind(buf, code(buf, x, y), a, b) == K[K_KIND]):
            _fill_from(out, row, GS_VERSION, P[P_GS], buf, firsts, marks, K)
    _fill_from(out, row, SE, trailer, buf, firsts, marks, K)
    _fill_from(out, row, BHT, P[P_BHT], buf, firsts, marks, K)
    _fill_from(out, row, SUBMITTER, P[P_SUBMITTER], buf, firsts, marks, K)
    _fill_from(out, row, RECEIVER, P[P_RECEIVER], buf, firsts, marks, K)
    _fill_from(out, row, BPR, P[P_BPR], buf, firsts, marks, K)
    _fill_from(out, row, TRN, P[P_TRN], buf, firsts, marks, K)
    _fill_from(out, row, PAYER_REF, P[P_PAYER_REF], buf, firsts, marks, K)
    _fill_from(out, row, PAYER_N1, P[P_PAYER_N1], buf, firsts, marks, K)
    s = P[P_PAYEE_N1]
    if s >= 0:
        a, b = span(buf, marks, firsts[s], firsts[s + 1], 3)
        qualifier = code(buf, a, b)
        if qualifier == Q_XX:
            _fill_from(out, row, PAYEE_NPI, s, buf, firsts, marks, K)
        elif qualifier == Q_FI:
            _fill_from(out, row, PAYEE_TAX, s, buf, firsts, marks, K)
    _fill_from(out, row, PAYEE_REF, P[P_PAYEE_REF], buf, firsts, marks, K)
    _fill_from(out, row, PRODUCTION, P[P_PRODUCTION], buf, firsts, marks, K)
    target = K_LANDED
    if bad:
        target = K_ASIDE
        # numbers count what landed: how far a broken set was read depends on how chunks were cut
        K[K_CLAIM] = K[K_CLAIM_BEFORE]
        K[K_REMIT] = K[K_REMIT_BEFORE]
        for k in range(FIRST_BODY_TABLE, TABLE_COUNT):
            take_back(out, k, notes.set_starts[k])
        n = notes.counts[0]
        notes.aside[n * ASIDE_COLUMNS + ASIDE_FILE] = file_key
        notes.aside[n * ASIDE_COLUMNS + ASIDE_SET] = K[K_SET]
        notes.aside[n * ASIDE_COLUMNS + ASIDE_REASON] = K[K_BAD]
        notes.aside[n * ASIDE_COLUMNS + ASIDE_SEGMENT] = K[K_BAD_SEGMENT]
        notes.aside[n * ASIDE_COLUMNS + ASIDE_ID] = K[K_BAD_ID]
        notes.aside[n * ASIDE_COLUMNS + ASIDE_ELEMENT] = K[K_BAD_ELEMENT]
        notes.aside[n * ASIDE_COLUMNS + ASIDE_BYTE] = K[K_BAD_BYTE]
        notes.aside[n * ASIDE_COLUMNS + ASIDE_SET_BYTE] = K[K_SET_BYTE]
        notes.aside[n * ASIDE_COLUMNS + ASIDE_SET_BYTES] = end_byte - K[K_SET_BYTE]
        notes.aside[n * ASIDE_COLUMNS + ASIDE_WAS_SPLIT] = 1 if st < context else 0
        for k in range(AMOUNT_COUNT):
            notes.aside[n * ASIDE_COLUMNS + ASIDE_AMOUNT + k] = K[K_AMOUNT + k]
        notes.counts[0] = n + 1
    else:
        set_number(out, S_CLAIMS, row, K[K_CLAIMS])
        set_number(out, S_LINES, row, K[K_LINES])
        set_number(out, S_CHARGES, row, K[K_CHARGES])
        set_number(out, S_UNBALANCED_CLAIMS, row, K[K_UNBALANCED_CLAIMS])
        set_number(out, S_UNBALANCED_LINES, row, K[K_UNBALANCED_LINES])
        balanced = K[K_UNBALANCED_CLAIMS] == 0
        if K[K_KIND] == KIND_835:
            set_number(out, S_PAID, row, K[K_PAID])
            set_number(out, S_PLB, row, K[K_PLB_SUM])
            balanced = balanced and K[K_UNBALANCED_LINES] == 0 and get_number(out, S_PAYMENT, row) == K[K_PAID] - K[K_PLB_SUM]
        set_number(out, S_BALANCED, row, 1 if balanced else 0)
    for k in range(7):
        K[target + k] += K[K_SEEN + k]
        K[K_SEEN + k] = 0
    settle_amounts(K, True)
    K[K_IN_ST] = 0
    K[K_BAD] = FINE
    P[P_ST] = -1


@kernel
def _close_strays(K: Words, notes: Notes, file_key: int, end_byte: int) -> None:
    """The end of a run of segments outside transaction sets: where claims or remittances are among them, note it as set aside."""
    if K[K_STRAYS] > 0:
        n = notes.counts[0] * ASIDE_COLUMNS
        notes.aside[n + ASIDE_FILE] = file_key
        notes.aside[n + ASIDE_SET] = 0
        notes.aside[n + ASIDE_REASON] = NO_HEADER
        notes.aside[n + ASIDE_ID] = K[K_STRAY_ID]
        notes.aside[n + ASIDE_BYTE] = K[K_STRAY_BYTE]
        notes.aside[n + ASIDE_SET_BYTE] = K[K_STRAY_BYTE]
        notes.aside[n + ASIDE_SET_BYTES] = end_byte - K[K_STRAY_BYTE]
        for k in range(AMOUNT_COUNT):
            notes.aside[n + ASIDE_AMOUNT + k] = K[K_AMOUNT + k]
        notes.counts[0] += 1
    if K[K_IN_ST] == 0:
        settle_amounts(K, K[K_STRAYS] > 0)
    K[K_STRAYS] = 0
    K[K_STRAY_ID] = 0


@kernel
def _close_group(buf: Bytes, firsts: Words, marks: Words, P: Words, K: Words, out: Out, file_key: int, trailer: int) -> None:
    row = add_row(out, T_GROUP)
    set_number(out, G_FILE, row, file_key)
    if K[K_IN_ISA] == 1:
        set_number(out, G_INTERCHANGE, row, K[K_INTERCHANGE])
    set_number(out, G_ORDINAL, row, K[K_GROUP])
    set_number(out, G_BYTE, row, K[K_GS_BYTE])
    set_number(out, G_FOUND, row, K[K_SETS_FOUND])
    _fill_from(out, row, GS, P[P_GS], buf, firsts, marks, K)
    _fill_from(out, row, GE, trailer, buf, firsts, marks, K)
    K[K_IN_GS] = 0
    P[P_GS] = -1


@kernel
def _close_interchange(buf: Bytes, firsts: Words, marks: Words, P: Words, K: Words, out: Out, file_key: int, trailer: int) -> None:
    row = add_row(out, T_INTERCHANGE)
    first, last = firsts[P[P_ISA]], firsts[P[P_ISA] + 1]
    set_number(out, I_FILE, row, file_key)
    set_number(out, I_ORDINAL, row, K[K_INTERCHANGE])
    set_number(out, I_BYTE, row, K[K_ISA_BYTE])
    set_number(out, I_FOUND, row, K[K_GROUPS_FOUND])
    a, b = span(buf, marks, first, last, 9)
    created = short_day(buf, a, b)
    set_number(out, I_DATE, row, NULL if created == BAD else created)
    put(out, I_ELEMENT, row, buf, marks[first], marks[first] + 1)
    put(out, I_COMPONENT, row, buf, marks[first + 15] + 1, marks[first + 15] + 2)
    if P[P_REPETITION] >= 0:
        put(out, I_REPETITION, row, buf, marks[first + 10] + 1, marks[first + 10] + 2)
    put(out, I_TERMINATOR, row, buf, marks[last - 1], marks[last - 1] + 1)
    _fill_from(out, row, ISA, P[P_ISA], buf, firsts, marks, K)
    _fill_from(out, row, IEA, trailer, buf, firsts, marks, K)
    K[K_IN_ISA] = 0


@kernel
def _close_all(
    buf: Bytes, firsts: Words, marks: Words, P: Words, K: Words, out: Out, notes: Notes, file_key: int, end_byte: int,
    context: int, down_to: int,
) -> None:  # fmt: skip
    """Close what an unexpected header, or the end of the file, leaves open: the set (1), the group (2) and the interchange (3)."""
    _close_strays(K, notes, file_key, end_byte)
    if K[K_IN_ST] == 1:
        _close_set(buf, firsts, marks, P, K, out, notes, file_key, end_byte, -1, context)
    if down_to >= 2 and K[K_IN_GS] == 1:
        _close_group(buf, firsts, marks, P, K, out, file_key, -1)
    if down_to >= 3 and K[K_IN_ISA] == 1:
        _close_interchange(buf, firsts, marks, P, K, out, file_key, -1)


@kernel
def _forget(P: Words, start: int) -> None:
    for k in range(start, P_SIZE):
        if k != P_COMPONENT and k != P_REPETITION:
            P[k] = -1


@kernel
def walk(
    buf_at: int, starts_at: int, firsts_at: int, ids_at: int, marks_at: int, lo: int, hi: int, pieces_at: int, piece_count: int, P_at: int,
    K_at: int, context: int, text_at: int, number_at: int, text_base_at: int, number_base_at: int, used_at: int, fields_at: int,
    choices_at: int, word_views_at: int, aside_at: int, files_at: int, counts_at: int, set_starts_at: int,
) -> None:  # fmt: skip
    """Read segments lo .. hi - 1 of a chunk, whose pieces are files or parts of files. Arguments are addresses of arrays.

    In: what index_segments gave, and pieces. In and out: P and K (state). Out: the buffers of ``Out`` and ``Notes``.
    ``context``: number of leading segments that repeat the header and loops that the chunk continues.
    """
    buf = bytes_at(buf_at)
    starts = words_at(starts_at)
    firsts = words_at(firsts_at)
    ids = words_at(ids_at)
    marks = words_at(marks_at)
    pieces = words_at(pieces_at)
    P = words_at(P_at)
    K = words_at(K_at)
    out = Out(
        words_at(text_at),
        words_at(number_at),
        words_at(text_base_at),
        words_at(number_base_at),
        words_at(used_at),
        words_at(fields_at),
        words_at(choices_at),
        words_at(word_views_at),
    )
    notes = Notes(words_at(aside_at), words_at(files_at), words_at(counts_at), words_at(set_starts_at))
    for p in range(piece_count):
        piece = p * PIECE_COLUMNS
        first_segment = pieces[piece + PIECE_FIRST_SEGMENT]
        last_segment = pieces[piece + PIECE_COLUMNS + PIECE_FIRST_SEGMENT] if p + 1 < piece_count else hi
        if last_segment > hi:
            last_segment = hi
        file_key = pieces[piece + PIECE_FILE_KEY]
        delta = pieces[piece + PIECE_DELTA]
        i = first_segment
        if i < lo:
            i = lo
        elif pieces[piece + PIECE_OPENS] == 1:
            for k in range(K_SIZE):
                K[k] = 0
            for k in range(P_SIZE):
                P[k] = -1
        while i < last_segment:
            name = ids[i]
            first = firsts[i]
            last = firsts[i + 1]
            byte = starts[i] + delta
            if name == ID_ISA:
                if K[K_IN_ST] == 1:
                    fail(K, NO_TRAILER, name, 0, byte)
                _close_all(buf, firsts, marks, P, K, out, notes, file_key, byte, context, 3)
                if read_isa(buf, starts[i], pieces[piece + PIECE_END])[0] < 0:  # the same judgement as when the chunk was indexed
                    K[K_WARN + W_BAD_ISA] += 1
                    i += 1
                    continue
                K[K_INTERCHANGE] += 1
                K[K_IN_ISA] = 1
                K[K_ISA_BYTE] = byte
                K[K_GROUPS_FOUND] = 0
                _forget(P, 0)
                P[P_ISA] = i
                P[P_COMPONENT] = buf[marks[first + 15] + 1]
                a, b = span(buf, marks, first, last, 11)
                P[P_REPETITION] = buf[a] if b - a == 1 and not (65 <= buf[a] <= 90 or 97 <= buf[a] <= 122 or 48 <= buf[a] <= 57) else -1
            elif name == ID_GS:
                if K[K_IN_ST] == 1:
                    fail(K, NO_TRAILER, name, 0, byte)
                _close_all(buf, firsts, marks, P, K, out, notes, file_key, byte, context, 2)
                K[K_GROUP] += 1
                K[K_GROUPS_FOUND] += 1
                K[K_SETS_FOUND] = 0
                K[K_IN_GS] = 1
                K[K_GS_BYTE] = byte
                P[P_GS] = i
            elif name == ID_ST:
                if K[K_IN_ST] == 1:
                    fail(K, NO_TRAILER, name, 0, byte)
                _close_all(buf, firsts, marks, P, K, out, notes, file_key, byte, context, 1)
                K[K_SET] += 1
                K[K_SETS_FOUND] += 1
                K[K_IN_ST] = 1
                K[K_BAD] = FINE
                K[K_SEGMENT] = 1
                K[K_SET_BYTE] = byte
                for k in range(K_CLAIMS, K_SEEN):
                    K[k] = 0
                K[K_CLAIM_BEFORE] = K[K_CLAIM]
                K[K_REMIT_BEFORE] = K[K_REMIT]
                _forget(P, P_ST)
                P[P_ST] = i
                for k in range(TABLE_COUNT):
                    notes.set_starts[k] = out.used[k]
                a, b = span(buf, marks, first, last, 1)
                transaction = code(buf, a, b)
                kind = KIND_UNSUPPORTED
                if K[K_IN_GS] == 1 and P[P_GS] >= 0:
                    a, b = span(buf, marks, firsts[P[P_GS]], firsts[P[P_GS] + 1], 8)
                    kind = _kind(buf, transaction, a, b)
                if kind == KIND_UNSUPPORTED:
                    a, b = span(buf, marks, first, last, 3)
                    kind = _kind(buf, transaction, a, b)
                K[K_KIND] = kind
                if kind == KIND_UNSUPPORTED:
                    fail(K, UNSUPPORTED, name, 1, byte)
                elif K[K_IN_ISA] == 0 or K[K_IN_GS] == 0:
                    fail(K, NO_ENVELOPE, name, 0, byte)
            elif name == ID_SE:
                if K[K_IN_ST] == 1:
                    K[K_SEGMENT] += 1
                    end = marks[last - 1] + 1
                    if i + 1 == last_segment and pieces[piece + PIECE_UNTERMINATED] == 1:
                        # The file ends in this SE: it counts where it is whole, that is, where it names its set.
                        end -= 1
                        a, b = span(buf, marks, first, last, 2)
                        st = P[P_ST]
                        x, y = span(buf, marks, firsts[st], firsts[st + 1], 2)
                        if b == a or not _same(buf, a, b, x, y):
                            fail(K, TRUNCATED, name, 0, byte)
                    _close_set(buf, firsts, marks, P, K, out, notes, file_key, end + delta, i, context)
                else:
                    K[K_WARN + W_OUTSIDE] += 1
            elif name == ID_GE:
                if K[K_IN_ST] == 1:
                    fail(K, NO_TRAILER, name, 0, byte)
                _close_all(buf, firsts, marks, P, K, out, notes, file_key, byte, context, 1)
                if K[K_IN_GS] == 1:
                    _close_group(buf, firsts, marks, P, K, out, file_key, i)
                else:
                    K[K_WARN + W_OUTSIDE] += 1
            elif name == ID_IEA:
                if K[K_IN_ST] == 1:
                    fail(K, NO_TRAILER, name, 0, byte)
                _close_all(buf, firsts, marks, P, K, out, notes, file_key, byte, context, 2)
                if K[K_IN_ISA] == 1:
                    _close_interchange(buf, firsts, marks, P, K, out, file_key, i)
                else:
                    K[K_WARN + W_OUTSIDE] += 1
            elif K[K_IN_ST] == 0:
                if name != ID_TA1:
                    K[K_WARN + W_OUTSIDE] += 1
                    if K[K_STRAY_ID] == 0:
                        K[K_STRAY_ID] = name
                        K[K_STRAY_BYTE] = byte
                    K[K_STRAYS] += count(K, K_ASIDE, name)
                    add_amounts(buf, marks, first, last, name, K)
            else:
                stop = i + 1
                while stop < last_segment:
                    name = ids[stop]
                    if name == ID_SE or name == ID_ST or name == ID_GE or name == ID_GS or name == ID_IEA or name == ID_ISA:
                        break
                    stop += 1
                if K[K_BAD] != FINE:
                    if P[P_HEADER_END] < 0:
                        P[P_HEADER_END] = i
                    a, b = span(buf, marks, firsts[P[P_ST]], firsts[P[P_ST] + 1], 1)
                    is_remit = code(buf, a, b) == CODE_835
                    for k in range(i, stop):
                        if count(K, K_SEEN, ids[k]) == 1 or (is_remit and ids[k] == ID_BPR):  # an 820 has a BPR too
                            add_amounts(buf, marks, firsts[k], firsts[k + 1], ids[k], K)
                        K[K_SEGMENT] += 1
                elif K[K_KIND] == KIND_835:
                    body_835(buf, starts, firsts, ids, marks, i, stop, P, K, file_key, delta, out)
                else:
                    body_837(buf, starts, firsts, ids, marks, i, stop, P, K, file_key, delta, out)
                i = stop
                continue
            i += 1
        if pieces[piece + PIECE_CLOSES] == 1:
            if pieces[piece + PIECE_UNTERMINATED] == 1:
                K[K_WARN + W_UNTERMINATED] += 1
                k = last_segment - 1
                distrust_last(buf, marks, firsts[k], firsts[k + 1], ids[k], K)
            end_byte = pieces[piece + PIECE_END] + delta
            if K[K_IN_ST] == 1:
                if K[K_BAD_SEGMENT] == K[K_SEGMENT] and pieces[piece + PIECE_UNTERMINATED] == 1:
                    K[K_BAD] = FINE  # what was wrong was wrong because the file breaks off there
                fail(K, TRUNCATED, 0, 0, end_byte)
            _close_all(buf, firsts, marks, P, K, out, notes, file_key, end_byte, context, 3)
            n = notes.counts[1]
            notes.files[n * FILE_COLUMNS + FILE_KEY] = file_key
            notes.files[n * FILE_COLUMNS + FILE_INTERCHANGES] = K[K_INTERCHANGE]
            notes.files[n * FILE_COLUMNS + FILE_SETS] = K[K_SET]
            for k in range(22 + AMOUNT_COUNT):
                notes.files[n * FILE_COLUMNS + FILE_COUNTS + k] = K[K_LANDED + k]
            notes.counts[1] = n + 1
