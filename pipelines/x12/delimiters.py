"""Delimiters from the content: the ISA header says which bytes separate elements, components, repetitions and segments.

What does not belong here: cutting segments (segments) and what the ISA's control numbers mean (envelope).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from pipelines.x12.kernel import Bytes, address, bytes_at, kernel

# An ISA is 106 bytes by the standard; real ones are shorter or longer, since senders forget to pad. Ours may be this long.
ISA_LIMIT = 400


@kernel
def _is_word(byte: int) -> bool:
    return (48 <= byte <= 57) or (65 <= byte <= 90) or (97 <= byte <= 122) or byte == 32 or byte >= 128


@kernel
def read_isa(buf: Bytes, at: int, end: int) -> tuple[int, int, int, int, int]:
    """Split the ISA at ``at`` by its elements.

    Gives (element, component, repetition, segment) separators as bytes and the position after the header.
    The repetition separator is -1 where ISA11 is no separator (``U`` in older files). All five are -1 where it is no ISA header:
    fewer than sixteen elements, a letter or digit as separator, two separators alike, or a segment separator inside the header.
    """
    bad = (-1, -1, -1, -1, -1)
    if at + 4 > end or buf[at] != 73 or buf[at + 1] != 83 or buf[at + 2] != 65:
        return bad
    element = int(buf[at + 3])
    if _is_word(element):
        return bad
    repetition = -1
    seen = 0
    last = -1
    position = at + 3
    stop = min(end, at + ISA_LIMIT)
    while position < stop:
        if buf[position] == element:
            seen += 1
            if seen == 12 and position - last == 2 and not _is_word(int(buf[last + 1])):
                repetition = int(buf[last + 1])
            last = position
            if seen == 16:
                break
        position += 1
    if seen < 16 or last + 2 >= end:
        return bad
    component = int(buf[last + 1])
    segment = int(buf[last + 2])
    if _is_word(component) or _is_word(segment) or element in (component, segment) or component == segment:
        return bad
    for k in range(at, last + 2):
        if buf[k] == segment:
            return bad
    return element, component, repetition, segment, last + 3


@kernel
def _read_isa_at(buf_at: int, end: int) -> tuple[int, int, int, int, int]:
    return read_isa(bytes_at(buf_at), 0, end)


def has_isa(content: bytes) -> bool:
    """Whether a usable ISA header stands at the start of ``content``."""
    array = np.frombuffer(content, np.uint8)
    return _read_isa_at(address(array), len(array))[0] >= 0


def first_segment(content: bytes) -> int:
    """Where the first segment starts: after a byte-order mark, white space and control characters."""
    at = 3 if content[:3] == b"\xef\xbb\xbf" else 0
    while at < len(content) and content[at] <= 32:
        at += 1
    return at


def guessed_segments(content: bytes) -> Iterator[list[str]]:
    """The elements of each segment of X12 text that has no usable ISA, for the ledger: separators are guessed from GS, ST or the first id.

    Nothing where it does not look like X12. Never used to read claims.
    """
    match = re.match(rb"(?:\xef\xbb\xbf)?\s*(?:ISA|GS|ST|BHT|BPR)([^A-Za-z0-9\s])", content[:64])
    if not match:
        return
    element = match.group(1)
    after = re.search(rb"([^A-Za-z0-9\s]|[\r\n])\s*(?:GS|ST|BHT|BPR|NM1|TRN|GE|SE)" + re.escape(element), content[match.end() : 4096])
    if not after:
        return
    for segment in content.split(after.group(1)):
        name, *values = segment.lstrip(b"\x00\t\r\n\x0b\x0c \xef\xbb\xbf").split(element)
        if name := name[:8].strip():
            yield [name.decode("latin-1"), *(value.strip().decode("latin-1") for value in values)]
