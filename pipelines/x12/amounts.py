"""What the bytes say in dollars: the chief amounts of every segment, summed whether its transaction set lands or is set aside.

They are read apart from the rows (claims837, remits835), so that what landed can be held against them. What does not belong here: rows,
and what an amount means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from pipelines.x12.kernel import Bytes, Words, kernel
from pipelines.x12.segments import BAD, NULL, decimal, segment_id, span
from pipelines.x12.state import K_AMOUNT, K_FILE_AMOUNT, K_UNREADABLE

# What is summed, in cents in the kernels: CLM02; SV102 and SV203; BPR02; CLP04; SVC03; PLB04, 06, …
AMOUNTS: tuple[str, ...] = (
    "claim_charge_amount", "line_charge_amount", "payment_amount", "claim_paid_amount", "line_paid_amount", "provider_adjustment_amount",
)  # fmt: skip
A_CHARGE, A_LINE_CHARGE, A_PAYMENT, A_PAID, A_LINE_PAID, A_PROVIDER = range(6)
AMOUNT_COUNT = 7  # the six, and how many could not be read

_CLM, _SV1, _SV2, _BPR, _CLP, _SVC, _PLB = (segment_id(s) for s in ("CLM", "SV1", "SV2", "BPR", "CLP", "SVC", "PLB"))


@kernel
def _place(name: int) -> tuple[int, int]:
    """Which sum an amount of this segment belongs to, and its element; -1 where there is none."""
    if name == _SVC:
        return A_LINE_PAID, 3
    if name == _SV1:
        return A_LINE_CHARGE, 2
    if name == _SV2:
        return A_LINE_CHARGE, 3
    if name == _CLP:
        return A_PAID, 4
    if name == _CLM:
        return A_CHARGE, 2
    if name == _BPR:
        return A_PAYMENT, 2
    if name == _PLB:
        return A_PROVIDER, 4  # the first of several
    return -1, 0


@kernel
def _add(buf: Bytes, marks: Words, first: int, last: int, element: int, place: int, K: Words) -> None:
    a, b = span(buf, marks, first, last, element)
    value = decimal(buf, a, b, 2, True)
    if value == NULL or value == BAD:
        K[K_UNREADABLE] += 1
    else:
        K[K_AMOUNT + place] += value


@kernel
def add_amounts(buf: Bytes, marks: Words, first: int, last: int, name: int, K: Words) -> None:
    """Add what the segment (marks first .. last - 1) says to the sums of its transaction set, or of the segments outside any."""
    place, element = _place(name)
    if place < 0:
        return
    if name != _PLB:
        _add(buf, marks, first, last, element, place, K)
        return
    for j in range(3, last - first, 2):
        a, b = span(buf, marks, first, last, j)
        x, y = span(buf, marks, first, last, j + 1)
        if b > a or y > x:
            _add(buf, marks, first, last, j + 1, place, K)


@kernel
def distrust_last(buf: Bytes, marks: Words, first: int, last: int, name: int, K: Words) -> None:
    """The file breaks off in this segment: an amount that is its last element may have lost digits, so it is taken back as unreadable."""
    place, element = _place(name)
    end = last - first - 1
    if place < 0 or end < element or (name == _PLB and end % 2 == 1) or (name != _PLB and end != element):
        return
    a, b = span(buf, marks, first, last, end)
    value = decimal(buf, a, b, 2, True)
    if value != NULL and value != BAD:
        K[K_AMOUNT + place] -= value
        K[K_UNREADABLE] += 1


@kernel
def settle_amounts(K: Words, is_kept: bool) -> None:
    """End of a transaction set, or of segments outside any: its sums go to the file's, if they are ``is_kept``, and start anew."""
    for k in range(AMOUNT_COUNT):
        if is_kept:
            K[K_FILE_AMOUNT + k] += K[K_AMOUNT + k]
        K[K_AMOUNT + k] = 0


def guessed_amounts(segments: Iterable[list[str]]) -> tuple[dict[str, Decimal], int]:
    """The same sums by name, and how many amounts could not be read, of segments whose separators were guessed."""
    elements = {"CLM": (0, 2), "SV1": (1, 2), "SV2": (1, 3), "BPR": (2, 2), "CLP": (3, 4), "SVC": (4, 3)}
    sums, unreadable = [Decimal("0.00")] * len(AMOUNTS), 0
    for name, *values in segments:
        if name == "PLB":
            found = [(5, amount) for reason, amount in zip(values[2::2], [*values[3::2], ""], strict=False) if reason or amount]
        else:
            found = [(place, values[at - 1] if at <= len(values) else "") for place, at in [elements[name]]] if name in elements else []
        for place, text in found:
            if re.fullmatch(r"[+-]?(\d{1,14}\.?\d{0,2}0*|\.\d{1,2}0*)", text, re.ASCII):
                sums[place] += Decimal(text).quantize(Decimal("0.01"))
            else:
                unreadable += 1
    return dict(zip(AMOUNTS, sums, strict=True)), unreadable
