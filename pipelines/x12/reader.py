"""Files to batches of tables: cuts the bytes into chunks, carries the context over the cuts, and runs the kernels.

A chunk holds many small files, or a part of a large one. A large file is cut before a claim, a remittance or a header, and the next
chunk starts with a copy of the segments that its claims still depend on (ISA, GS, ST and header, the open billing, subscriber and
patient loops), so that every chunk can be read by itself and memory does not grow with the file.
What does not belong here: the meaning of segments (envelope, claims837, remits835), storing (landing).
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from pipelines.x12.amounts import AMOUNT_COUNT, AMOUNTS, guessed_amounts
from pipelines.x12.columns import Buffers, allocate, to_arrow
from pipelines.x12.delimiters import first_segment, guessed_segments, has_isa
from pipelines.x12.envelope import (
    ASIDE_AMOUNT,
    ASIDE_BYTE,
    ASIDE_COLUMNS,
    ASIDE_ELEMENT,
    ASIDE_FILE,
    ASIDE_ID,
    ASIDE_REASON,
    ASIDE_SEGMENT,
    ASIDE_SET,
    ASIDE_SET_BYTE,
    ASIDE_SET_BYTES,
    ASIDE_WAS_SPLIT,
    FILE_COLUMNS,
    FILE_COUNTS,
    FILE_INTERCHANGES,
    FILE_KEY,
    FILE_SETS,
    NoteBuffers,
    walk,
)  # fmt: skip
from pipelines.x12.kernel import address, bytes_at, kernel, words_at
from pipelines.x12.segments import (
    PIECE_CLOSES,
    PIECE_COLUMNS,
    PIECE_DELTA,
    PIECE_START,
    code,
    index_segments,
    segment_id,
    span,
)  # fmt: skip
from pipelines.x12.state import (
    FINE,
    K_BAD,
    K_BAD_BYTE,
    K_BAD_SEGMENT,
    K_IN_GS,
    K_IN_ST,
    K_SEGMENT,
    K_SIZE,
    P_GS,
    P_HEADER_END,
    P_HL20,
    P_HL20_END,
    P_HL22,
    P_HL22_END,
    P_HL23,
    P_HL23_END,
    P_ISA,
    P_LX,
    P_LX_END,
    P_SIZE,
    P_ST,
    REASONS,
    TOO_LARGE,
    UNSUPPORTED,
)  # fmt: skip
from pipelines.x12.tables import TABLES

CHUNK_BYTES = 4 << 20
# A claim that does not end within this is no claim: the bytes are no X12, or damaged.
LARGEST_CHUNK = 256 << 20
HEAD_BYTES = 4096

SEGMENTS: tuple[str, ...] = ("clm", "lx", "sv", "clp", "svc", "cas", "plb")
WARNINGS = (
    "{n} optional values could not be read and were left empty",
    "{n} service lines without an LX",
    "{n} segments outside a transaction set",
    "{n} segments with an unknown identifier",
    "the last segment is not terminated",
    "{n} HI codes are empty",
    "{n} service lines of the other claim kind (SV1 in an 837I, SV2 in an 837P)",
    "{n} ISA headers with fewer than 16 elements",
)

_ENVELOPE = np.array([segment_id(s) for s in ("ST", "SE", "GS", "GE", "ISA", "IEA")])
_ST, _CLM, _HL, _CLP, _835 = (segment_id(s) for s in ("ST", "CLM", "HL", "CLP", "835"))
# Segments whose number, or number of elements, bounds the rows of a table.
_TALLIED = "ISA GS ST GE IEA CLM LX SV1 SV2 HI NTE SBR CAS SVD CLP SVC AMT QTY LQ MIA MOA TS2 TS3 PLB".split()  # noqa: SIM905
_TALLIED_IDS = np.array([segment_id(s) for s in _TALLIED])


@kernel
def _tally(ids_at: int, firsts_at: int, count: int, tally_at: int) -> None:
    """Segments and their marks by id, in the order of _TALLIED: two numbers each."""
    ids = words_at(ids_at)
    firsts = words_at(firsts_at)
    tally = words_at(tally_at)
    for i in range(count):
        for k in range(len(_TALLIED_IDS)):
            if ids[i] == _TALLIED_IDS[k]:
                tally[2 * k] += 1
                tally[2 * k + 1] += firsts[i + 1] - firsts[i]
                break


@kernel
def _last_cut(buf_at: int, ids_at: int, firsts_at: int, marks_at: int, low: int, high: int) -> int:
    """The last segment in low .. high - 1 before which a chunk may be cut, or -1.

    That is an envelope, or what begins a claim or a loop in the kind of transaction set that it stands in.
    """
    buf = bytes_at(buf_at)
    ids = words_at(ids_at)
    firsts = words_at(firsts_at)
    marks = words_at(marks_at)
    claim = remit = -1
    for i in range(high - 1, -1, -1):
        name = ids[i]
        if i >= low and remit < 0 and name == _CLP:
            remit = i
        elif i >= low and claim < 0 and (name == _CLM or name == _HL):
            claim = i
        for k in range(len(_ENVELOPE)):
            if name == _ENVELOPE[k]:
                found = max(claim, remit)
                if name == _ST:
                    a, b = span(buf, marks, firsts[i], firsts[i + 1], 1)
                    found = remit if code(buf, a, b) == _835 else claim
                return found if found >= 0 or i < low else i
    return max(claim, remit)


@dataclass(frozen=True)
class Source:
    """A file to read: its key on the ledger and how to open its content (already unpacked) for reading bytes."""

    file_key: int
    open: Callable[[], BinaryIO]

    @classmethod
    def from_path(cls, path: Path | str, file_key: int = 1) -> Source:
        return cls(file_key, lambda: Path(path).open("rb"))

    @classmethod
    def from_bytes(cls, content: bytes, file_key: int = 1) -> Source:
        return cls(file_key, lambda: io.BytesIO(content))


@dataclass(frozen=True)
class Aside:
    """A transaction set that is set aside, or (``unit``) a whole file; with transaction_set None, segments that stand in no set.

    Offsets and counts are bytes of the unpacked file. ``was_split``: rows of this set stand in earlier batches and must be taken back.
    """

    file_key: int
    transaction_set: int | None
    reason_code: str
    message: str
    segment_number: int | None
    byte_offset: int
    set_offset: int
    set_bytes: int
    was_split: bool = False
    control_number: str | None = None
    version_code: str | None = None
    unit: str = "transaction_set"
    amounts: dict[str, Decimal] = field(default_factory=dict[str, Decimal])  # by AMOUNTS, as far as they could be read
    unreadable_count: int = 0  # amounts that could not; 1 for a file in which nothing could be read


@dataclass(frozen=True)
class FileEnd:
    """A file that was read to its end: how many of each counted segment landed and were set aside, and what to warn of.

    ``amounts``: by AMOUNTS, summed over all of its bytes; what landed + what was set aside must come to the same.
    """

    file_key: int
    interchange_count: int
    transaction_set_count: int
    landed: dict[str, int]
    aside: dict[str, int]
    warnings: list[str]
    amounts: dict[str, Decimal]
    unreadable_count: int


@dataclass
class Batch:
    """What one chunk gave: the tables of tables.TABLES by name (private columns still plain), what was set aside, files that ended."""

    tables: dict[str, pa.Table]
    asides: list[Aside] = field(default_factory=list)
    files: list[FileEnd] = field(default_factory=list)
    byte_count: int = 0


def element_name(segment: int, element: int) -> str:
    """CLM02 from the numbers of the kernels."""
    letters = ""
    while segment > 0:
        letters = chr(segment & 255) + letters
        segment >>= 8
    return f"{letters}{element:02d}" if element else letters


def _refuse(head: bytes) -> tuple[str, str] | None:
    """Why a file that begins like this cannot be read as X12: (reason code, message), or None."""
    at = first_segment(head)
    body = head[at : at + 400]
    if not body:
        return "empty_file", "the file is empty; ask the sender for it again"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or body[:6] in (b"I\0S\0A\0", b"\0I\0S\0A"):
        return "utf16", "the file is UTF-16 text; save it as plain text (UTF-8 or Latin-1) and put it in again"
    if body[:3] != b"ISA":
        if body[:2] in (b"GS", b"ST") and not body[2:3].isalnum():
            return "no_isa", "no ISA header: the file starts inside an envelope; have the sender resend the whole interchange"
        return "not_x12", "not an X12 file: it does not start with ISA; put only 837, 835 and documentation files into the inbox"
    if not has_isa(body):
        return "bad_isa", "the ISA header does not have its 16 elements and a segment terminator; have the sender resend the file"
    return None


class _Chunker:
    """Fills chunks from files: gives (buffer, used bytes, pieces, context bytes)."""

    def __init__(self, sources: Iterable[Source], chunk_bytes: int) -> None:
        self.sources = iter(sources)
        self.chunk_bytes = chunk_bytes
        self.stream: BinaryIO | None = None
        self.head = b""
        self.file_key = 0
        self.offset = 0  # of the next unread byte in the current file, head included
        self.refused: list[tuple[Aside, FileEnd]] = []

    def next_file(self) -> bool:
        """Open the next file that looks like X12; files that do not are noted in ``refused``."""
        for source in self.sources:
            stream = source.open()
            head = stream.read(HEAD_BYTES)
            reason = _refuse(head)
            if reason is None:
                self.stream, self.head, self.file_key, self.offset = stream, head, source.file_key, 0
                return True
            self.refused.append(self._note(source.file_key, reason, head, stream))
            stream.close()
        self.stream = None
        return False

    def _note(self, file_key: int, reason: tuple[str, str], head: bytes, stream: BinaryIO) -> tuple[Aside, FileEnd]:
        looks = reason[0] in ("no_isa", "bad_isa")
        content = head + stream.read(LARGEST_CHUNK) if looks else head
        size = len(content)
        while more := stream.read(1 << 20):
            size += len(more)
        segments = list(guessed_segments(content)) if looks else []
        ids = Counter(elements[0] for elements in segments)
        aside = {s: ids["SV1"] + ids["SV2"] if s == "sv" else ids[s.upper()] for s in SEGMENTS}
        amounts, unreadable = guessed_amounts(segments)
        if size and not segments:
            unreadable = 1
        landed = dict.fromkeys(SEGMENTS, 0)
        return (
            Aside(file_key, None, *reason, None, 0, 0, size, unit="file", amounts=amounts, unreadable_count=unreadable),
            FileEnd(file_key, ids["ISA"], ids["ST"], landed, aside, [], amounts, unreadable),
        )

    def fill(self, context: bytes, carry: bytes, want: int) -> tuple[np.ndarray, int, np.ndarray] | None:
        """The next chunk: context and carried bytes of the current file, then new bytes up to ``want``; None at the end."""
        if self.stream is None and not self.next_file():
            return None
        room = max(want, len(context) + len(carry) + HEAD_BYTES) + HEAD_BYTES
        buf = np.empty(room, np.uint8)
        view = memoryview(buf)  # pyright: ignore[reportArgumentType]  # NumPy's stubs do not say that arrays are buffers
        used = 0
        pieces: list[list[int]] = []
        limit = room - HEAD_BYTES
        while self.stream is not None and used + len(self.head) <= limit:
            start = used
            opens = not context and self.offset == len(carry)
            for part in (context, carry, self.head):
                view[used : used + len(part)] = part
                used += len(part)
            delta = self.offset - len(carry) - start - len(context)
            self.offset += len(self.head)
            context = carry = self.head = b""
            closed = False
            while used < limit:
                got = self.stream.readinto(view[used:limit])  # type: ignore[attr-defined]  # every stream that we open has it
                if not got:
                    closed = True
                    break
                used += got
                self.offset += got
            pieces.append([start, used, 0, delta, self.file_key, int(opens), int(closed), 0])
            if not closed:
                break
            self.stream.close()
            self.next_file()
        return buf, used, np.array(pieces, np.int64).reshape(-1, PIECE_COLUMNS)


class _Scratch:
    """Index arrays that are used again for every chunk; nothing points into them afterwards."""

    def __init__(self) -> None:
        self.grow(1 << 18, 1 << 20)

    def grow(self, segments: int, marks: int) -> None:
        self.starts = np.empty(segments, np.int64)
        self.firsts = np.empty(segments, np.int64)
        self.ids = np.empty(segments, np.int64)
        self.marks = np.empty(marks, np.int64)

    def index(self, buf: np.ndarray, pieces: np.ndarray) -> tuple[int, bool]:
        while True:
            tried = pieces.copy()
            count, _, high = index_segments(
                address(buf), address(tried), len(tried), address(self.starts), address(self.firsts), address(self.ids), len(self.starts),
                address(self.marks), len(self.marks),
            )  # fmt: skip
            if count >= 0:
                pieces[:] = tried
                return count, high
            self.grow(2 * len(self.starts), 2 * len(self.marks))


def _buffers(scratch: _Scratch, count: int, files: int) -> tuple[Buffers, NoteBuffers]:
    """Buffers that are large enough for whatever the indexed segments may hold."""
    tally = np.zeros((len(_TALLIED), 2), np.int64)
    _tally(address(scratch.ids), address(scratch.firsts), count, address(tally))
    n = {name: int(tally[k, 0]) for k, name in enumerate(_TALLIED)}
    width = {name: int(tally[k, 1]) for k, name in enumerate(_TALLIED)}
    triplets = width["CAS"] // 3 + n["CAS"]
    rows = {
        "interchange": n["ISA"] + 1,
        "functional_group": n["GS"] + 1,
        "transaction_set": n["ST"] + 1,
        "claim": n["CLM"],
        "claim_diagnosis": width["HI"],
        "claim_line": n["LX"] + n["SV1"] + n["SV2"],
        "claim_note": n["NTE"],
        "claim_payer": n["SBR"],
        "claim_adjudication": n["SVD"] + triplets,
        "remit": n["CLP"],
        "remit_line": n["SVC"],
        "remit_adjustment": triplets,
        "remit_amount": n["AMT"] + n["QTY"],
        "remit_remark": n["LQ"] + 5 * (n["MIA"] + n["MOA"]),
        "remit_summary": width["TS2"] + width["TS3"],
        "provider_adjustment": width["PLB"],
    }
    return allocate([rows[table.name] + 1 for table in TABLES]), NoteBuffers(
        # one for each set, and one for each run of segments between envelopes
        aside=np.zeros((2 * n["ST"] + n["GS"] + n["GE"] + n["ISA"] + n["IEA"] + files + 2, ASIDE_COLUMNS), np.int64),
        files=np.zeros((files + 1, FILE_COLUMNS), np.int64),
        counts=np.zeros(2, np.int64),
        set_starts=np.zeros(len(TABLES), np.int64),
    )


def _context(buf: np.ndarray, starts: np.ndarray, P: np.ndarray, K: np.ndarray, cut: int) -> bytes:
    """The bytes that claims after the cut still depend on."""

    def loop(start: int, end: int) -> tuple[int, int]:
        return start, end if end >= 0 else cut

    ranges: list[tuple[int, int]] = []
    if P[P_ISA] >= 0:
        ranges.append((int(P[P_ISA]), int(P[P_ISA]) + 1))
    if K[K_IN_GS] and P[P_GS] >= 0:
        ranges.append((int(P[P_GS]), int(P[P_GS]) + 1))
    if K[K_IN_ST]:
        st = int(P[P_ST])
        ranges.append(loop(st, int(P[P_HEADER_END])))
        if K[K_BAD] == FINE:
            for first, last in ((P_HL20, P_HL20_END), (P_HL22, P_HL22_END), (P_HL23, P_HL23_END), (P_LX, P_LX_END)):
                if P[first] >= 0 and P[P_HEADER_END] >= 0:
                    ranges.append(loop(int(P[first]), int(P[last])))
    return b"".join(buf[int(starts[a]) : int(starts[b])].tobytes() for a, b in ranges)


def _aside(row: np.ndarray, sets: dict[tuple[int, int], dict[str, Any]]) -> Aside:
    code, message = REASONS[int(row[ASIDE_REASON])]
    where = element_name(int(row[ASIDE_ID]), int(row[ASIDE_ELEMENT])) if row[ASIDE_ID] > 0 else ""
    amounts, unreadable = _amounts(row[ASIDE_AMOUNT:])
    if row[ASIDE_SET] == 0:
        byte = int(row[ASIDE_BYTE])
        return Aside(
            int(row[ASIDE_FILE]), None, code, message.format(where=where), None, byte, byte, int(row[ASIDE_SET_BYTES]),
            amounts=amounts, unreadable_count=unreadable,
        )  # fmt: skip
    about = sets[int(row[ASIDE_FILE]), int(row[ASIDE_SET])]
    if row[ASIDE_REASON] == UNSUPPORTED:
        where = f"{about['transaction_code'] or 'a transaction set without ST01'} in version {about['version_code'] or '(none given)'}"
    return Aside(
        int(row[ASIDE_FILE]), int(row[ASIDE_SET]), code, message.format(where=where), int(row[ASIDE_SEGMENT]), int(row[ASIDE_BYTE]),
        int(row[ASIDE_SET_BYTE]), int(row[ASIDE_SET_BYTES]), bool(row[ASIDE_WAS_SPLIT]), about["control_number"], about["version_code"],
        amounts=amounts, unreadable_count=unreadable,
    )  # fmt: skip


def _amounts(cents: np.ndarray) -> tuple[dict[str, Decimal], int]:
    """The sums of the kernels by name, in dollars, and how many amounts could not be read."""
    *sums, unreadable = (int(v) for v in cents)
    return {name: Decimal(value).scaleb(-2) for name, value in zip(AMOUNTS, sums, strict=True)}, unreadable


def _file_end(row: np.ndarray) -> FileEnd:
    counts = [int(v) for v in row[FILE_COUNTS:]]
    return FileEnd(
        int(row[FILE_KEY]),
        int(row[FILE_INTERCHANGES]),
        int(row[FILE_SETS]),
        dict(zip(SEGMENTS, counts[:7], strict=True)),
        dict(zip(SEGMENTS, counts[7:14], strict=True)),
        [text.format(n=n) for text, n in zip(WARNINGS, counts[14:-AMOUNT_COUNT], strict=True) if n],
        *_amounts(row[-AMOUNT_COUNT:]),
    )


def _batch(out: Buffers, notes: NoteBuffers, buf: np.ndarray, high: bool, byte_count: int) -> Batch:
    tables = {t.name: to_arrow(t, out, buf, high) for k, t in enumerate(TABLES) if out.used[k]}
    sets: dict[tuple[int, int], dict[str, Any]] = {}
    if notes.counts[0] and "transaction_set" in tables:
        sets = {(row["file_key"], row["transaction_set"]): row for row in tables["transaction_set"].to_pylist() if not row["is_landed"]}
    return Batch(
        tables,
        [_aside(notes.aside[k], sets) for k in range(int(notes.counts[0]))],
        [_file_end(notes.files[k]) for k in range(int(notes.counts[1]))],
        byte_count,
    )


def read(sources: Iterable[Source], chunk_bytes: int = CHUNK_BYTES) -> Iterator[Batch]:
    """Read 837 and 835 files to batches of tables, in order, with flat memory.

    Every counted segment of a file is landed or set aside: FileEnd.landed + FileEnd.aside = segments in the file. Rows of a set that
    turns out broken only after a batch was given are named by Aside.was_split. Raises only what opening and reading the files raises.
    """
    chunks = _chunks(sources, chunk_bytes)
    with ThreadPoolExecutor(1, thread_name_prefix="x12-walk") as pool:
        # One thread walks the next chunk while the caller's makes Arrow tables of the last; the kernels release the GIL.
        ahead = pool.submit(next, chunks, None)
        while (chunk := ahead.result()) is not None:
            ahead = pool.submit(next, chunks, None)
            yield chunk if isinstance(chunk, Batch) else _batch(*chunk)


def _walk(
    scratch: _Scratch, buf: np.ndarray, lo: int, hi: int, pieces: np.ndarray, P: np.ndarray, K: np.ndarray, context: int,
    out: Buffers, notes: NoteBuffers,
) -> None:  # fmt: skip
    walk(
        address(buf), address(scratch.starts), address(scratch.firsts), address(scratch.ids), address(scratch.marks), lo, hi,
        address(pieces), len(pieces), address(P), address(K), context, *(address(array) for array in (*out, *notes)),
    )  # fmt: skip


def _chunks(sources: Iterable[Source], chunk_bytes: int) -> Iterator[Batch | tuple[Buffers, NoteBuffers, np.ndarray, bool, int]]:
    """Walked chunks (the arguments of _batch), and a Batch of its own for every file that is refused whole."""
    chunker = _Chunker(sources, chunk_bytes)
    scratch = _Scratch()
    P = np.full(P_SIZE, -1, np.int64)
    K = np.zeros(K_SIZE, np.int64)
    context = carry = b""
    want = chunk_bytes
    while True:
        filled = chunker.fill(context, carry, want)
        for aside, end in chunker.refused:
            yield Batch({}, [aside], [end])
        chunker.refused.clear()
        if filled is None:
            return
        buf, used, pieces = filled
        count, high = scratch.index(buf, pieces)
        last = pieces[-1]
        cut = count
        oversized = False
        if not last[PIECE_CLOSES]:
            # The first segment of the file's part is no cut, or nothing would be read; a file that only begins here may wait whole.
            single = len(pieces) == 1
            low = int(np.searchsorted(scratch.starts[:count], len(context) if single else int(last[PIECE_START])))
            cut = _last_cut(
                address(buf), address(scratch.ids), address(scratch.firsts), address(scratch.marks), low + 1 if single else low, count
            )  # fmt: skip
            if cut < 0 and not single:
                cut = count
            elif cut < 0 and used < LARGEST_CHUNK:
                want = 2 * used
                carry = buf[len(context) : used].tobytes()
                continue
            elif cut < 0:
                oversized = True
                cut = count
        out, notes = _buffers(scratch, count, len(pieces))
        replayed = int(np.searchsorted(scratch.starts[:count], len(context))) if context else 0

        if replayed:
            saved = K.copy()
            K[:] = 0
            first = pieces[:1].copy()
            first[0, PIECE_CLOSES] = 0
            P[:] = -1
            _walk(scratch, buf, 0, replayed, first, P, K, replayed, out, notes)
            K[:] = saved
            if out.used.any():
                out, notes = _buffers(scratch, count, len(pieces))  # rows of the context (TS2, TS3) stand in the chunk before
            notes.counts[:] = 0
            notes.set_starts[:] = 0
        _walk(scratch, buf, replayed, cut, pieces, P, K, replayed, out, notes)
        if oversized and K[K_IN_ST]:
            K[K_BAD], K[K_BAD_SEGMENT], K[K_BAD_BYTE] = TOO_LARGE, K[K_SEGMENT], scratch.starts[cut] + last[PIECE_DELTA]
        size = used - len(context)
        context = carry = b""
        if not last[PIECE_CLOSES]:
            context = _context(buf, scratch.starts, P, K, cut)
            if not (oversized and cut == replayed):
                carry = buf[int(scratch.starts[cut]) : used].tobytes()
            size -= len(carry)
        want = chunk_bytes
        yield out, notes, buf, high, size
