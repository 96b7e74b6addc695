"""The sums over the bytes: the same as plain splitting gives, wherever a file is broken or cut, and what cannot be read is counted."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.x12.amounts import AMOUNTS
from tests.x12 import oracle, texts
from tests.x12.breaking import BREAKS, broken
from tests.x12.comparing import SIZES, read
from tests.x12.known import ISA, LOOPS, claim, claim_set, file, group, remit_set
from tests.x12.test_against_oracle import drawn

GOOD = claim_set(*LOOPS, *claim("GOOD"), control="0002")
REMIT = ("CLP*A*1*100*70**MB*ICN", "SVC*HC:99497*100*70**1", "DTM*472*20250314", "CAS*CO*45*30")
PLB = "PLB*1999900016*20251231*WO:X*5*L6*-0.50"
PLACES = {"CLM": (0, 2), "SV1": (1, 2), "SV2": (1, 3), "CLP": (3, 4), "SVC": (4, 3)}


def amounts(*values: str) -> dict[str, Decimal]:
    """By name, the missing ones 0."""
    return dict(zip(AMOUNTS, [Decimal(v) for v in values] + [Decimal(0)] * (len(AMOUNTS) - len(values)), strict=True))


def split_sums(content: bytes) -> tuple[dict[str, Decimal], int]:
    """All sums but BPR02's by plain splitting, and how many amounts cannot be read; the last amount of a file that breaks off is one."""
    segments, breaks_off = oracle.split(content)
    sums: Counter[str] = Counter(dict.fromkeys(AMOUNTS, Decimal(0)))
    unreadable = 0
    for segment in segments:
        if segment.id == "PLB":
            found = [(5, at + 1) for at in range(3, len(segment.elements), 2) if segment.at(at) or segment.at(at + 1)]
        else:
            found = [PLACES[segment.id]] if segment.id in PLACES else []
        for place, at in found:
            is_cut = breaks_off and segment is segments[-1] and at == len(segment.elements) - 1
            try:
                value = None if is_cut else oracle.number(segment.at(at), 2, exact=True)
            except ValueError:
                value = None
            if value is None:
                unreadable += 1
            else:
                sums[AMOUNTS[place]] += value
    return dict(sums), unreadable


@drawn(40)
@given(texts.files, st.sampled_from(SIZES))
def test_what_landed_is_what_the_bytes_say(content: texts.File, sizes: tuple[int, int]) -> None:
    found = read(content.content, sizes)
    rows = {
        "claim_charge_amount": [r["charge_amount"] for r in found.tables["claim"]],
        "line_charge_amount": [r["charge_amount"] or 0 for r in found.tables["claim_line"]],
        "payment_amount": [r["payment_amount"] or 0 for r in found.tables["transaction_set"]],
        "claim_paid_amount": [r["paid_amount"] for r in found.tables["remit"]],
        "line_paid_amount": [r["paid_amount"] for r in found.tables["remit_line"]],
        "provider_adjustment_amount": [r["amount"] for r in found.tables["provider_adjustment"]],
    }
    (end,) = found.ends
    assert end.amounts == {name: sum(values) for name, values in rows.items()}
    assert end.unreadable_count == 0


@pytest.mark.parametrize("how", BREAKS)
@drawn(10)
@given(data=st.data())
def test_a_broken_file_is_summed_to_the_end(how: str, data: st.DataObject) -> None:
    content = data.draw(broken(texts.files, how)).content
    found = read(content, data.draw(st.sampled_from(SIZES)))
    if any(a.unit == "file" for a in found.asides):
        return  # refused whole: its separators are guessed
    (end,) = found.ends
    sums, unreadable = split_sums(content)
    assert {k: v for k, v in end.amounts.items() if k != "payment_amount"} == {k: v for k, v in sums.items() if k != "payment_amount"}
    landed = sum(r["charge_amount"] for r in found.tables["claim"])
    assert landed + sum(a.amounts["claim_charge_amount"] for a in found.asides) == end.amounts["claim_charge_amount"]
    assert end.unreadable_count - unreadable in (0, *range(1, content.count(b"BPR") + 1))
    assert sum(a.unreadable_count for a in found.asides) == end.unreadable_count


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(
    ("bad", "version", "expected", "unreadable"),
    [
        (claim_set(*LOOPS, *claim("A"), *claim("B"), "CLM*C*x"), "005010X222A1", amounts("200", "200"), 1),
        (claim_set(*LOOPS, *claim("A")).replace("SV1*HC:99497*100", "SV1*HC:99497*"), "005010X222A1", amounts("100"), 1),
        (claim_set(*LOOPS, "CLP*A*1*100*70"), "005010X222A1", amounts("0", "0", "0", "70"), 0),
        (claim_set(*LOOPS, *claim("A"), version="004010X098A1"), "004010X098A1", amounts("100", "100"), 0),
        (remit_set(*REMIT, PLB).replace("*70**1", "*7O**1"), "005010X221A1", amounts("0", "0", "70", "70", "0", "4.50"), 1),
        (remit_set(*REMIT, PLB), "004010X091A1", amounts("0", "0", "70", "70", "70", "4.50"), 0),
        (remit_set(*REMIT).replace("BPR*I*70", "BPR*I*seventy"), "005010X221A1", amounts("0", "0", "0", "70", "70"), 1),
        ("ST*820*0001~BPR*C*500~SE*3*0001~", "005010X218", amounts(), 0),  # a premium payment is no remittance
    ],
    ids=["charge", "empty", "foreign", "old 837", "line", "old 835", "payment", "820"],
)
def test_what_is_set_aside_in_dollars(
    bad: str, version: str, expected: dict[str, Decimal], unreadable: int, sizes: tuple[int, int]
) -> None:
    found = read(file(group(bad, version=version), group(GOOD)), sizes)
    (aside,) = found.asides
    assert (aside.amounts, aside.unreadable_count) == (expected, unreadable)
    both = amounts("100", "100")
    assert found.ends[0].amounts == {name: expected[name] + both[name] for name in AMOUNTS}


def test_segments_in_no_set() -> None:
    lost = claim_set(*LOOPS, *claim("LOST"), control="0002").split("~", 1)[1]
    found = read(file(group(GOOD, lost)))
    assert [(a.transaction_set, a.amounts) for a in found.asides] == [(None, amounts("100", "100"))]
    assert found.ends[0].amounts == amounts("200", "200")


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(
    ("end", "expected", "unreadable"),
    [
        ("CLM*A*100", amounts("0"), 1),  # of 1000?
        ("CLM*A*100*", amounts("100"), 0),
        ("CLM*A", amounts("0"), 1),
        ("CLM*A*100***11:B:1*Y*A*Y*Y~LX*1~SV1*HC:99497*10", amounts("100"), 1),
    ],
)
def test_an_amount_in_which_the_file_breaks_off(end: str, expected: dict[str, Decimal], unreadable: int, sizes: tuple[int, int]) -> None:
    whole = file(group(claim_set(*LOOPS, "CLM*A*"))).decode()
    content = whole[: whole.index("CLM*A*")] + end
    (aside,) = read(content.encode(), sizes).asides
    assert (aside.amounts, aside.unreadable_count) == (expected, unreadable)


@pytest.mark.parametrize(
    ("content", "expected", "unreadable"),
    [
        (group(GOOD), amounts("100", "100"), 0),
        (group(remit_set(*REMIT, PLB)), amounts("0", "0", "70", "70", "70", "4.50"), 0),
        (group(GOOD.replace("CLM*GOOD*100", "CLM*GOOD*1OO")), amounts("0", "100"), 1),
        (file(group(GOOD), isa=ISA.replace("*P*:~", "~")).decode(), amounts("100", "100"), 0),
        ("%PDF-1.7 whatever", amounts(), 1),
        ("", amounts(), 0),
    ],
    ids=["no ISA", "no ISA, 835", "no ISA, damaged", "bad ISA", "no X12", "empty"],
)
def test_a_file_that_is_refused_whole(content: str, expected: dict[str, Decimal], unreadable: int) -> None:
    found = read(content.encode())
    (aside,), (end,) = found.asides, found.ends
    assert (aside.amounts, aside.unreadable_count) == (end.amounts, end.unreadable_count) == (expected, unreadable)
