"""The headers of sql/reconciliation, the page made of them, and what differs in files that senders got wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.errors import MidpointError
from pipelines.reconciliation import identities as module
from pipelines.reconciliation.identities import IDENTITIES, SIDES, STAGES, load_identities
from pipelines.reconciliation.page import identity_page
from tests.reconciliation.conftest import Audited
from tests.x12.known import LOOPS, claim, claim_set, file, group, remit_set

ROOT = Path(__file__).parents[2]
REMIT = ("CLP*A*1*100*70*10*MB*ICN", "SVC*HC:99497*100*70**1", "DTM*472*20250314", "CAS*CO*45*20", "CAS*PR*2*10")


def test_the_identities_are_in_the_order_of_the_money() -> None:
    found = load_identities()
    assert {i.name for i in found} == {path.stem for path in IDENTITIES.glob("*.sql")}
    assert [i.stage for i in found] == [stage for stage in STAGES for i in found if i.stage == stage]
    assert {i.side for i in found} == set(SIDES)
    assert {i.side for i in found if i.stage == "balance"} == {"sender"} == {i.side for i in found if i.side != "ours"}
    assert len({(i.stage, i.order) for i in found}) == len(found)


def test_the_page_is_made_from_the_headers() -> None:
    """`make docs` writes it anew."""
    assert (ROOT / "docs" / "reconciliation.md").read_text(encoding="utf-8") == identity_page(load_identities())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("/* ---", "/*", "no header"),
        ("side: ours", "side: theirs", "side 'theirs' is none of ours, sender"),
        ("unit: dollars\n", "", "the header lacks unit"),
        ("unit: dollars", "unit: dollars\ncolour: red", "unknown keys: colour"),
        ("name: claim_charge_core", "name: other", "name other is not the file's"),
        ("unit: dollars", "unit: [", "no YAML"),
    ],
)
def test_a_wrong_header_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, words: str) -> None:
    text = (IDENTITIES / "claim_charge_core.sql").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "claim_charge_core.sql").write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(module, "IDENTITIES", tmp_path)
    with pytest.raises(MidpointError, match=r"sql/reconciliation/claim_charge_core\.sql: ") as raised:
        load_identities()
    assert words in str(raised.value)


def remits(*segments: str) -> bytes:
    return file(group(remit_set(*segments), version="005010X221A1"))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("BPR*I*70", "BPR*I*70.01", {"payment_balance": Decimal("0.01")}),
        ("CLP*A*1*100*70*10", "CLP*A*1*100*70*9", {"patient_share_balance": Decimal(-1)}),
        ("SVC*HC:99497*100*70", "SVC*HC:99497*100*69", {"remit_line_balance": Decimal(1), "remit_paid_balance": Decimal(1)}),
        ("CLP*A*1*100*70", "CLP*A*1*105*70", {"remit_claim_balance": Decimal(5)}),
    ],
)
def test_a_remittance_out_of_balance_is_the_senders(
    audited: Callable[..., Audited], old: str, new: str, expected: dict[str, Decimal]
) -> None:
    content = remits(*REMIT)
    assert old.encode() in content
    made = audited(remit=content.replace(old.encode(), new.encode(), 1), claims=file(group(claim_set(*LOOPS, *claim("A")))))
    found = made.verify()
    assert {i["identity"]: i["difference_amount"] for i in found["identities"] if i["differing_count"]} == expected
    assert {(row["source_file"], row["transaction_set"]) for row in found["differences"]} == {("remit.edi", 1)}
    assert all(row["segment_number"] for row in found["differences"])
    parts = json.loads(next(i["parts"] for i in found["identities"] if i["identity"] == "adjudicated_charge"))
    assert parts["sender"] == str(expected.get("remit_line_balance", Decimal(0)).quantize(Decimal("0.01")))


def test_the_parts_of_a_charge(audited: Callable[..., Audited]) -> None:
    """Paid, patient, contractual, denied and other, each to its own: 100 = 40 + 10 + 20 + 25 + 5."""
    cas = ("CAS*CO*45*20**97*25", "CAS*PR*2*10", "CAS*OA*23*5")
    content = remits("CLP*A*1*100*40*10*MB*ICN", "SVC*HC:99497*100*40**1", "DTM*472*20250314", *cas).replace(b"BPR*I*70", b"BPR*I*40")
    (found,) = [i for i in audited(remit=content).verify()["identities"] if i["identity"] == "adjudicated_charge"]
    assert json.loads(found["parts"]) == {
        "paid": "40.00", "patient": "10.00", "contractual": "20.00", "denied": "25.00", "other": "5.00", "sender": "0.00",
    }  # fmt: skip


def test_claim_level_payments_tie_without_lines(audited: Callable[..., Audited]) -> None:
    """A remittance without lines: its payment goes to the claim's one line, or stays at claim level where there are two."""
    two = (
        claim_set(*LOOPS, *claim("A"))
        .replace("CLM*A*100", "CLM*A*200")
        .replace("SE*14", "LX*2~SV1*HC:99498*100*UN*1***1~DTP*472*D8*20250314~SE*17")
    )
    content = remits("CLP*A*1*200*70**MB*ICN", "CAS*CO*45*130", "DTM*232*20250314")
    found = {i["identity"]: i for i in audited(claims=file(group(two)), remit=content).verify()["identities"]}
    assert [name for name, identity in found.items() if identity["differing_count"]] == []
    assert json.loads(found["remit_paid_linked"]["parts"]) == {"adjudicated": "0.00", "unlinked": "0.00", "claim_level": "70.00"}


def test_an_amount_that_cannot_be_read_is_counted(audited: Callable[..., Audited]) -> None:
    """A damaged charge, and a file that is no X12: neither is taken for zero."""
    bad = claim_set(*LOOPS, *claim("BAD"), control="0002").replace("CLM*BAD*100", "CLM*BAD*1OO")
    made = audited(claims=file(group(claim_set(*LOOPS, *claim("A")), bad)), scan=b"%PDF-1.7\n" + bytes(range(256)))
    found = made.verify()
    identities = {i["identity"]: i for i in found["identities"]}
    assert found["difference_count"] == 0
    assert found["set_aside_unreadable_count"] == identities["claim_charge_read"]["unreadable_count"] == 2
    assert json.loads(identities["claim_charge_read"]["parts"]) == {"landed": "100.00", "set_aside": "0.00"}
    assert json.loads(identities["line_charge_read"]["parts"]) == {"landed": "100.00", "set_aside": "100.00"}
    assert identities["payment_read"]["unreadable_count"] == 1  # the scan alone
