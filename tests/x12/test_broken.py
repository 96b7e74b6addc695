"""What is set aside, by hand: each reason with its place, what lands beside it, and texts that once broke the reader.

What does not belong here: whole files with random breaks (test_against_oracle).
"""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import pytest

from pipelines.x12 import reader
from pipelines.x12.state import REASONS
from tests.x12.comparing import SIZES, SMALL, WHOLE, differences, read
from tests.x12.known import ISA, LOOPS, claim, claim_set, file, group, remit_set

GOOD = claim_set(*LOOPS, *claim("GOOD"), control="0002")
REMIT = ("CLP*A*1*100*70**MB*ICN", "SVC*HC:99497*100*70**1", "DTM*472*20250314", "CAS*CO*45*30")


def broken_claims(old: str, new: str) -> str:
    text = claim_set(*LOOPS, *claim("BAD"))
    assert old in text
    return text.replace(old, new, 1)


def broken_remits(old: str, new: str) -> str:
    text = remit_set(*REMIT, "PLB*1999900016*20251231*WO:X*5")
    assert old in text
    return text.replace(old, new, 1)


# what is broken, the reason, and the segment that the ledger must name
CLAIM_CASES = [
    ("SV1*HC:99497*100", "SV1*HC:99497*1,00", "bad_amount", "SV1"),
    ("SV1*HC:99497*100", "SV1*HC:99497*", "missing_amount", "SV1"),
    ("*UN*1*", "*UN*one*", "bad_number", "SV1"),
    # sixteen digits in ten-thousandths do not fit 64 bits; they came out as 0.8384
    ("*UN*1*", "*UN*1844674407370956*", "bad_number", "SV1"),
    ("CLM*BAD*100", "CLM*BAD*1e2", "bad_amount", "CLM"),
    ("D8*20250314", "D8*20250229", "bad_date", "DTP"),
    ("D8*20250314", "RD8*20250314-20259999", "bad_date", "DTP"),
    ("HL*2*1*22*0", "HL*2*1*20*0", "claim_outside_subscriber", "CLM"),
    ("HL*2*1*22*0", "HL*2*1*21*0", "claim_outside_subscriber", "CLM"),
    ("CLM*BAD*100***11:B:1*Y*A*Y*Y~", "", "claim_segment_outside_claim", "HI"),
    ("HI*ABK:Z515", "HI*ABK:Z515~SBR*S~CAS*CO*45*x", "bad_amount", "CAS"),
    # the CLM or HL that must stand between is lost: the next claim would be read into this one
    ("DTP*472*D8*20250314", "SBR*S", "segment_after_line", "SBR"),
    ("DTP*472*D8*20250314", "HI*ABK:Z515x", "segment_after_line", "HI"),
    ("DTP*472*D8*20250314", "NM1*85*2*OTHER", "segment_after_line", "NM1"),
    ("LX*1", "CLP*A*1*1*1", "foreign_segment", "CLP"),
    ("DTP*472*D8*20250314", "SVD*9*", "missing_amount", "SVD"),
]
REMIT_CASES = [
    ("CLP*A*1*100", "CLP*A*1*", "missing_amount", "CLP"),
    ("CLP*A*1*100*70*", "CLP*A*1*100*70*PR", "bad_amount", "CLP"),
    ("SVC*HC:99497*100*70", "SVC*HC:99497*100*7O", "bad_amount", "SVC"),
    ("**1~DTM", "**1x~DTM", "bad_number", "SVC"),
    ("DTM*472*20250314", "DTM*472*2025031", "bad_date", "DTM"),
    ("CAS*CO*45*30", "CAS*CO*45*30**97*", "missing_amount", "CAS"),
    ("CAS*CO*45*30", "AMT*B6*?", "bad_amount", "AMT"),
    ("BPR*I*70", "BPR*I*seventy", "bad_amount", "BPR"),
    ("WO:X*5", "WO:X*", "missing_amount", "PLB"),
    ("CLP*A*1*100*70**MB*ICN~", "", "claim_segment_outside_claim", "SVC"),
    ("CAS*CO*45*30", "NM1*QC*1*A", "segment_after_line", "NM1"),
    ("CAS*CO*45*30", "CLM*X*1", "foreign_segment", "CLM"),
]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(("old", "new", "reason", "where"), [*CLAIM_CASES, *REMIT_CASES])
def test_a_broken_set_is_named_and_the_good_one_lands(old: str, new: str, reason: str, where: str, sizes: tuple[int, int]) -> None:
    remit = (old, new, reason, where) in REMIT_CASES
    bad = broken_remits(old, new) if remit else broken_claims(old, new)
    first = group(bad, version="005010X221A1") if remit else group(bad)
    content = file(first, group(GOOD))
    found = read(content, sizes)
    (aside,) = found.asides
    lines = bad.split("~")
    untouched = (remit_set(*REMIT) if remit else claim_set(*LOOPS, *claim("BAD"))).split("~")
    named = [(line in untouched, number) for number, line in enumerate(lines, 1) if line.startswith(f"{where}*")]
    expected = min(named)[1]  # the changed one, else the first
    assert (aside.transaction_set, aside.reason_code, aside.segment_number) == (1, reason, expected)
    assert content[aside.byte_offset :].startswith(f"{lines[expected - 1]}~".encode())
    assert content[aside.set_offset : aside.set_offset + aside.set_bytes].decode() == bad
    assert (where in aside.message) or reason == "claim_outside_subscriber"
    assert [row["patient_control_number"] for row in found.tables["claim"]] == ["GOOD"]
    assert found.tables["remit"] == []
    assert aside.reason_code in {code for code, _ in REASONS.values()}


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("at", range(1, 8))
def test_a_claim_under_an_hl_of_another_level_is_never_landed(at: int, sizes: tuple[int, int]) -> None:
    """A cut between the HL and the CLM gave it to the subscriber before."""
    claims = [claim(f"C{n}") for n in range(9)]
    body = [*LOOPS, *(s for c in claims[:at] for s in c), "HL*3*2*21*0", *(s for c in claims[at:] for s in c)]
    found = read(file(group(claim_set(*body), GOOD)), sizes)
    assert [a.reason_code for a in found.asides] == ["claim_outside_subscriber"]
    assert [row["patient_control_number"] for row in found.tables["claim"]] == ["GOOD"]


@pytest.mark.parametrize("stray", ["CLP*X*1*1*1", "HL*9*8*22*0", "CLM*X*1"])
def test_a_segment_of_another_kind_means_the_same_wherever_a_chunk_is_cut(stray: str) -> None:
    """Chunks are cut before such segments, but they end no claim of this kind."""
    lines = [f"LX*{n}~SV1*HC:99497*10*UN*1***1~DTP*472*D8*20250314" for n in range(1, 30)]
    if stray.startswith("CLP"):
        content = file(group(claim_set(*LOOPS, "CLM*A*290***11:B:1*Y*A*Y*Y", *lines[:25], stray, *lines[25:])))
    else:
        services = [s for _ in range(30) for s in ("SVC*HC:99497*100*70**1", "CAS*CO*45*30", "LQ*HE*N1")]
        content = file(group(remit_set("CLP*A*1*100*70**MB*ICN", *services[:70], stray, *services[70:]), version="005010X221A1"))
    whole = read(content)
    for sizes in SMALL:
        cut = read(content, sizes)
        assert differences(whole.tables, cut.tables) == []
        assert [replace(a, was_split=False) for a in cut.asides] == whole.asides
        assert cut.ends == whole.ends


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(
    "second",
    [
        ISA.replace("*P*:~", "*P*X~"),  # a letter as component separator: this one crashed the process
        ISA.replace("*P*:~", "*P**~"),
        ISA.replace("*ZZ*R ", "*ZZ*~ "),  # so did a terminator inside the header
        ISA.replace("ISA*00*          ", "ISA*00"),
    ],
)
def test_a_second_isa_that_cannot_be_read_takes_nobody_down(second: str, sizes: tuple[int, int]) -> None:
    content = file(group(GOOD)) + file(group(claim_set(*LOOPS, *(s for n in range(9) for s in claim(f"C{n}")))), isa=second)
    found = read(content, sizes)
    (end,) = found.ends
    assert end.landed["clm"] + end.aside["clm"] == 10
    assert found.tables["claim"][0]["patient_control_number"] == "GOOD"
    assert differences(read(content, WHOLE).tables, found.tables) == []


@pytest.mark.parametrize("sizes", SMALL)
def test_rows_given_before_the_break_are_taken_back(sizes: tuple[int, int]) -> None:
    claims = [s for n in range(40) for s in claim(f"C{n}")]
    content = file(group(claim_set(*LOOPS, *claims, "CLM*BAD*x"), GOOD))
    given = 0
    with mock.patch.object(reader, "HEAD_BYTES", sizes[1]):
        for batch in reader.read([reader.Source.from_bytes(content)], sizes[0]):
            given += batch.tables["claim"].num_rows if "claim" in batch.tables else 0
    found = read(content, sizes)
    assert given > 1
    assert [(a.was_split, a.reason_code) for a in found.asides] == [(True, "bad_amount")]
    assert [(r["patient_control_number"], r["claim_number"]) for r in found.tables["claim"]] == [("GOOD", 1)]
    assert found.ends[0].aside["clm"] == 41


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("drop", ["SE*14*0001~", "SE*14*0001~GE*2*1~", "SE*14*0001~GE*2*1~IEA*1*000000001~"])
def test_a_set_without_its_se(drop: str, sizes: tuple[int, int]) -> None:
    text = file(group(GOOD, claim_set(*LOOPS, *claim("BAD")))).decode()
    assert drop in text
    content = text.replace(drop, "").encode()
    found = read(content, sizes)
    (aside,) = found.asides
    assert (aside.transaction_set, aside.reason_code, aside.segment_number) == (2, "truncated" if "IEA" in drop else "no_se", 13)
    assert aside.byte_offset == aside.set_offset + aside.set_bytes
    assert content[aside.set_offset : aside.byte_offset].decode() == claim_set(*LOOPS, *claim("BAD")).replace("SE*14*0001~", "")
    assert [row["patient_control_number"] for row in found.tables["claim"]] == ["GOOD"]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("version", ["004010X098A1", "005010X224A2", "005010X291", "005010X298"])
def test_other_versions_are_named(version: str, sizes: tuple[int, int]) -> None:
    found = read(file(group(claim_set(*LOOPS, *claim("OLD"), version=version), version=version), group(GOOD)), sizes)
    (aside,) = found.asides
    assert (aside.reason_code, aside.version_code) == ("unsupported_version", version)
    assert version in aside.message
    assert [row["patient_control_number"] for row in found.tables["claim"]] == ["GOOD"]


def test_a_set_without_an_envelope() -> None:
    for content in (file(GOOD), file(group(GOOD)) + group(GOOD).encode()):
        found = read(content)
        assert [a.reason_code for a in found.asides] == ["no_envelope"]


def test_a_claim_without_end_is_set_aside_and_memory_stays_flat() -> None:
    endless = [f"NTE*ADD*{'x' * 200}" for _ in range(200)]
    content = file(group(claim_set(*LOOPS, *claim("BAD"), *endless), GOOD))
    with mock.patch.object(reader, "LARGEST_CHUNK", 10_000):
        found = read(content, SMALL[0])
    assert [a.reason_code for a in found.asides] == ["no_boundary"]
    assert found.asides[0].was_split
    assert [row["patient_control_number"] for row in found.tables["claim"]] == ["GOOD"]
    assert (found.ends[0].landed["clm"], found.ends[0].aside["clm"]) == (1, 1)


@pytest.mark.parametrize(
    ("content", "reason", "claims"),
    [
        (b"", "empty_file", 0),
        (b" \r\n\t", "empty_file", 0),
        (b"%PDF-1.7\n", "not_x12", 0),
        (b"ISAAC NEWTON~", "bad_isa", 0),
        (file(group(GOOD)).decode().encode("utf-16"), "utf16", 0),
        (file(group(GOOD)).decode().encode("utf-16-be"), "utf16", 0),
        (group(GOOD).encode(), "no_isa", 1),
        (b"\xef\xbb\xbf\n" + group(GOOD).encode(), "no_isa", 1),
        (GOOD.encode(), "no_isa", 1),
        (file(group(GOOD, GOOD), isa=ISA.replace("*P*:~", "~")), "bad_isa", 2),
    ],
)
def test_files_that_are_refused_whole(content: bytes, reason: str, claims: int) -> None:
    good = file(group(GOOD))
    found = read([good, content, good])
    assert [(a.file_key, a.transaction_set, a.reason_code) for a in found.asides] == [(2, None, reason)]
    assert found.asides[0].set_bytes == len(content)
    assert (found.ends[1].landed["clm"], found.ends[1].aside["clm"]) == (0, claims)
    assert [row["file_key"] for row in found.tables["claim"]] == [1, 3]
