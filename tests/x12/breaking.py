"""Ways to break a valid file, each named, so that a failing example says what was done.

A break works on the segments as they are written (texts.File.pieces) or on the bytes. What does not belong here: what ought to come of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

from tests.x12.texts import File

BAD_AMOUNTS = ("abc", "1,000.00", "$5", "1.005", "1e3", "", "-", ".", "1.2.3", "99999999999999999999", "NaN", "12-")
BAD_DATES = ("20240230", "2024013", "ABCDEFGH", "00000000", "20241301", "20230229", "2024-01-15", "0", "99990100")
BAD_UNITS = ("one", "1,5", "--1", "1.2.3", "", "12345678901234567890")
HL_LEVELS = ("20", "21", "24", "", "XX", "99", "23", "22", "2A")
VERSIONS = ("004010X098A1", "004010X091A1", "005010X224A2", "005010X291", "", "005010X22", "X", "005010X222A1", "005010X221A1")
# segment id → elements that hold an amount, a date or a quantity on which something depends
AMOUNTS = {
    "CLM": (2,), "SV1": (2,), "SV2": (3,), "CAS": (3, 6), "SVD": (2,), "CLP": (3, 4, 5), "SVC": (2, 3), "BPR": (2,), "PLB": (4, 6),
    "AMT": (2,),
}  # fmt: skip
DATES = {"DTP": (3,), "DTM": (2,)}
UNITS = {"SV1": (4,), "SV2": (5,), "SVC": (5,), "QTY": (2,), "HL": (1,)}
SOFT = {
    "HI": (1, 2), "TS3": (3, 4, 5), "TS2": (1, 2), "CLP": (12,), "SV1": (7,), "BHT": (4,), "BPR": (16,), "SBR": (1,), "GS": (4,),
    "ISA": (9,),
}  # fmt: skip
STRAYS = (
    "CLM*STRAY*1***11:B:1*Y*A*Y*Y", "LX*9", "SV1*HC:99497*1*UN*1***1", "CAS*CO*45*1", "HL*9*8*21*0", "HL*9**20*1", "HL*9*8*22*0",
    "HL*9*8*23*0", "CLP*STRAY*1*1*1", "SVC*HC:99497*1*1", "PLB*1*20240101*WO*1", "SE*5*0001", "ST*837*0099*005010X222A1", "ST*835*0099",
    "ST", "GE*1*1", "IEA*1*000000001", "GS*HC*S*R*20240101*1200*9*X*005010X222A1", "TA1*000000001*240101*1200*A*000", "ZZZ*1", "LONGNAME*1",
    "", "*", "ISA*00", "NM1", "SV2**HC:99497*1*UN*1", "N1*PR", "HI",
)  # fmt: skip


@dataclass(frozen=True)
class Broken:
    """A broken file: what was broken and how."""

    file: File
    how: str
    seed: int

    @property
    def content(self) -> bytes:
        return BREAKS[self.how](self.file, Random(self.seed))


def _join(file: File, pieces: list[str]) -> bytes:
    return "".join(pieces).encode(file.encoding)


def _separators(file: File, place: int) -> tuple[str, str, str]:
    """Element and component separator and terminator at a segment: those of the interchange it stands in."""
    isas = [k for k, piece in enumerate(file.pieces) if piece.startswith("ISA") and k <= place]
    chosen = file.interchanges[len(isas) - 1].separators
    return chosen.element, chosen.component, chosen.terminator


def _truncate(file: File, random: Random) -> bytes:
    return file.content[: random.randint(0, len(file.content))]


def _truncate_at_segment(file: File, random: Random) -> bytes:
    return _join(file, file.pieces[: random.randint(1, len(file.pieces))])


def _choose(file: File, random: Random, *ids: str) -> int | None:
    found = [k for k, piece in enumerate(file.pieces) if not ids or piece.split(_separators(file, k)[0])[0] in ids]
    return random.choice(found) if found else None


def _drop(*ids: str) -> Callable[[File, Random], bytes]:
    def drop(file: File, random: Random) -> bytes:
        place = _choose(file, random, *ids)
        return _join(file, [p for k, p in enumerate(file.pieces) if k != place])

    return drop


def _repeat(file: File, random: Random) -> bytes:
    place = _choose(file, random) or 0
    return _join(file, file.pieces[: place + 1] + file.pieces[place:])


def _swap(file: File, random: Random) -> bytes:
    pieces = list(file.pieces)
    one, two = random.randrange(len(pieces)), random.randrange(len(pieces))
    pieces[one], pieces[two] = pieces[two], pieces[one]
    return _join(file, pieces)


def _insert(file: File, random: Random) -> bytes:
    place = random.randint(1, len(file.pieces))
    element, component, terminator = _separators(file, place - 1)
    stray = random.choice(STRAYS).replace("*", "\0").replace(":", component).replace("\0", element)
    return _join(file, [*file.pieces[:place], stray + terminator, *file.pieces[place:]])


def _replace(where: dict[str, tuple[int, ...]], values: tuple[str, ...]) -> Callable[[File, Random], bytes]:
    def replace(file: File, random: Random) -> bytes:
        place = _choose(file, random, *where)
        if place is None:
            return file.content
        element, _, terminator = _separators(file, place)
        body, end, rest = file.pieces[place].partition(terminator)
        parts = body.split(element)
        at = random.choice(where[parts[0]])
        parts += [""] * (at + 1 - len(parts))
        value = random.choice(values)
        parts[at] = value.replace(element, "").replace(terminator, "")
        return _join(file, [*file.pieces[:place], element.join(parts) + end + rest, *file.pieces[place + 1 :]])

    return replace


def _garbage(file: File, random: Random) -> bytes:
    place = random.randint(0, len(file.content))
    return file.content[:place] + random.randbytes(random.randint(1, 40)) + file.content[place:]


def _flip(file: File, random: Random) -> bytes:
    place = random.randrange(len(file.content))
    return file.content[:place] + random.randbytes(1) + file.content[place + 1 :]


BREAKS: dict[str, Callable[[File, Random], bytes]] = {
    "truncate": _truncate,
    "truncate at a segment": _truncate_at_segment,
    "drop a trailer": _drop("SE", "GE", "IEA"),
    "drop a header": _drop("ST", "GS", "ISA"),
    "drop an HL or SBR": _drop("HL", "SBR"),
    "drop a loop's header": _drop("CLM", "LX", "SV1", "SV2", "CLP", "SVC", "BPR"),
    "drop a segment": _drop(),
    "repeat a segment": _repeat,
    "swap segments": _swap,
    "insert a segment": _insert,
    "bad amount": _replace(AMOUNTS, BAD_AMOUNTS),
    "bad date": _replace(DATES, BAD_DATES),
    "bad quantity": _replace(UNITS, BAD_UNITS),
    "bad value that nothing depends on": _replace(SOFT, (*BAD_AMOUNTS, *BAD_DATES)),
    "wrong count": _replace({"SE": (1, 2), "GE": (1, 2), "IEA": (1, 2), "ST": (2,), "GS": (6,)}, ("0", "99", "X", "")),
    "other HL level": _replace({"HL": (3,)}, HL_LEVELS),
    "other version": _replace({"GS": (8,), "ST": (3, 1)}, (*VERSIONS, "270", "999", "837")),
    "garbage bytes": _garbage,
    "another byte": _flip,
}


def broken(files: st.SearchStrategy[File], *hows: str) -> st.SearchStrategy[Broken]:
    return st.builds(Broken, files, st.sampled_from(hows or tuple(BREAKS)), st.integers(0, 2**32))
