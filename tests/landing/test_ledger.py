"""What raw.file and raw.quarantine say: kinds, versions, control totals and balances as warnings, and a reason for all that did not land.

What does not belong here: archives, privacy and the key (test_inbox_and_privacy), how sets are judged (tests/x12).
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from pipelines.landing import land as landing
from pipelines.landing.land import land
from pipelines.landing.privacy import save_quarantine
from pipelines.settings import Settings
from pipelines.warehouse import connect
from pipelines.x12 import reader
from tests.x12.known import LOOPS, claim, claim_set, file, group, remit_set

GOOD = file(group(claim_set(*LOOPS, *claim("A"))))
REMIT = ("CLP*A*1*100*70**MB*ICN", "SVC*HC:99497*100*70**1", "DTM*472*20250314", "CAS*CO*45*30")
UNBALANCED = "charge less adjustments differs from payment (transaction set 1: "
REMITS = group(remit_set(*REMIT), version="005010X221A1")


class Room:
    """A warehouse and an inbox in one folder."""

    def __init__(self, folder: Path) -> None:
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.settings = Settings(warehouse=folder / "w.duckdb", out=folder / "releases")
        self.con = connect(self.settings.warehouse)

    def land(self, **contents: bytes) -> None:
        """Put these into the inbox (named f.837 for ``f``) and land it."""
        for name, content in contents.items():
            (self.inbox / f"{name}.837").write_bytes(content)
        land(self.con, self.settings, [self.inbox])

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.con.execute(query).fetchall()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_a_clean_file_has_no_warning(room: Room) -> None:
    room.land(a=GOOD)
    assert room.rows("select kind, version, status, reason, warnings, interchange_count, transaction_set_count from raw.file") == [
        ("837P", "005010X222A1", "accepted", None, None, 1, 1)
    ]


def test_a_file_of_claims_and_remits(room: Room) -> None:
    room.land(a=file(group(claim_set(*LOOPS, *claim("A"))), REMITS))
    assert room.rows("select kind, version, landed_clm, landed_clp, landed_cas, warnings from raw.file") == [
        ("835+837P", "005010X221A1+005010X222A1", 1, 1, 1, None)
    ]


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        ("SE*14*0001", "SE*13*0001", "SE01 differs from the segments found (transaction set 1 says 13, found 14)"),
        ("SE*14*0001", "SE*14*0009", "SE02 differs from ST02 (transaction set 1 says 0009, found 0001)"),
        ("GE*1*1", "GE*2*1", "GE01 differs from the transaction sets found (functional group 1 says 2, found 1)"),
        ("GE*1*1", "GE*1*7", "GE02 differs from GS06 (functional group 1 says 7, found 1)"),
        ("GE*1*1~", "", "no GE closes the group (functional group 1)"),
        ("IEA*1*000000001", "IEA*3*000000001", "IEA01 differs from the groups found (interchange 1 says 3, found 1)"),
        ("IEA*1*000000001", "IEA*1*000000002", "IEA02 differs from ISA13 (interchange 1 says 000000002, found 000000001)"),
        ("IEA*1*000000001~", "", "no IEA closes the interchange (interchange 1)"),
        ("IEA*1*000000001~", "IEA*1*000000001", "the last segment is not terminated"),
        ("CLM*A*100", "CLM*A*101", "CLM02 differs from the sum of the lines (transaction set 1: 1 of 1 claims)"),
        ("LX*1~", "", "1 service lines without an LX"),
        ("LX*1~", "LX*1~ZZZ*1~", "1 segments with an unknown identifier"),
        ("BHT*0019*00*R*20250401", "BHT*0019*00*R*2025", "1 optional values could not be read and were left empty"),
        ("HI*ABK:Z515", "HI*ABK:Z515*ABF:", "1 HI codes are empty"),
        (
            "SV1*HC:99497*100*UN*1***1",
            "SV2*0657*HC:99497*100*UN*1",
            "1 service lines of the other claim kind (SV1 in an 837I, SV2 in an 837P)",
        ),
    ],
)
def test_what_does_not_agree_is_a_warning_and_no_refusal(room: Room, old: str, new: str, warning: str) -> None:
    assert old in GOOD.decode()
    room.land(a=GOOD.decode().replace(old, new).encode())
    ((status, landed, warnings),) = room.rows("select status, landed_clm, warnings from raw.file")
    assert (status, landed) == ("accepted", 1)
    counts = ("SE01 differs from the segments found (transaction set 1 says 14, found ",)  # dropping a segment changes that as well
    assert [w for w in str(warnings).split("; ") if not w.startswith(counts)] == [warning]


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        ("BPR*I*70", "BPR*I*71", "BPR02 differs from payments less provider adjustments (transaction set 1 says 71.00, found 70.00)"),
        ("CLP*A*1*100*70", "CLP*A*1*100*69", UNBALANCED + "1 of 1 claims, 0 of 1 lines)"),
        ("SVC*HC:99497*100*70", "SVC*HC:99497*90*70", UNBALANCED + "0 of 1 claims, 1 of 1 lines)"),
    ],
)
def test_remits_that_do_not_balance(room: Room, old: str, new: str, warning: str) -> None:
    room.land(a=file(REMITS.replace(old, new)))
    assert room.rows("select status, warnings from raw.file") == [("accepted", warning)]


def test_provider_adjustments_and_reversals_balance(room: Room) -> None:
    reversal = ("CLP*A*22*-100*-70**MB*ICN", "SVC*HC:99497*-100*-70**-1", "CAS*CO*45*-30")
    body = remit_set(*REMIT, *reversal, "PLB*1999900016*20251231*WO:X*-70")
    room.land(a=file(group(body, version="005010X221A1")))
    assert room.rows("select warnings from raw.file") == [(None,)]
    assert room.rows("select is_balanced, is_patient_share_balanced from raw.remit order by remit_number") == [(True, True), (True, None)]


def test_segments_outside_every_set_are_set_aside_with_a_reason(room: Room) -> None:
    """An ST that is lost takes its claims with it: they must not vanish behind a warning."""
    lost = claim_set(*LOOPS, *claim("LOST"), control="0002").split("~", 1)[1]
    room.land(a=file(group(claim_set(*LOOPS, *claim("A")), lost)))
    assert room.rows("select status, landed_clm, aside_clm from raw.file") == [("partial", 1, 1)]
    assert room.rows("select count(*) > 0 from raw.quarantine") == [(True,)]
    saved = b"".join(path.read_bytes() for path in save_quarantine(room.con, room.settings, room.inbox.parent / "opened"))
    assert b"CLM*LOST*100" in saved


def test_a_partial_file_keeps_the_broken_set_and_its_place(room: Room) -> None:
    bad = claim_set(*LOOPS, *claim("BAD"), control="0002").replace("SV1*HC:99497*100", "SV1*HC:99497*1OO")
    content = file(group(claim_set(*LOOPS, *claim("A")), bad))
    room.land(a=content)
    ((status, reason, landed, aside),) = room.rows("select status, reason, landed_sv, aside_sv from raw.file")
    assert (status, landed, aside) == ("partial", 1, 1)
    assert str(reason).startswith("transaction set 2: SV102 is not an amount")
    assert room.rows("select unit, transaction_set, control_number, version_code, reason_code, segment_number from raw.quarantine") == [
        ("transaction_set", 2, "0002", "005010X222A1", "bad_amount", 12)
    ]
    assert room.rows("select byte_offset, byte_count from raw.quarantine") == [(content.index(b"SV1*HC:99497*1OO"), len(bad))]
    (saved,) = save_quarantine(room.con, room.settings, room.inbox.parent / "opened")
    assert saved.read_bytes().decode() == bad
    assert room.rows("select patient_control_number from raw.claim") == [("A",)]


def test_rows_of_a_set_that_breaks_in_a_later_chunk_are_taken_back(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "HEAD_BYTES", 450)
    monkeypatch.setattr(reader, "CHUNK_BYTES", 1)
    whole = reader.read
    monkeypatch.setattr(reader, "read", lambda sources: whole(sources, 1))
    bad = claim_set(*LOOPS, *(s for n in range(40) for s in claim(f"B{n}")), "CLM*BAD*x", control="0002")
    room.land(a=file(group(bad, claim_set(*LOOPS, *claim("A")))))
    assert room.rows("select patient_control_number from raw.claim") == [("A",)]
    assert room.rows("select count(*) from raw.claim_line") == [(1,)]
    assert room.rows("select is_landed from raw.transaction_set order by transaction_set") == [(False,), (True,)]
    assert room.rows("select landed_clm, aside_clm from raw.file") == [(1, 41)]


def test_groups_of_files_are_transactions_of_their_own(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was committed before a failure stays; the next run lands the rest."""
    monkeypatch.setattr(landing, "TRANSACTION_BYTES", len(GOOD) + 1)
    write = landing._write_files
    calls: list[int] = []

    def fail_later(con: object, group: list[landing.LandedFile]) -> None:
        calls.append(len(group))
        if len(calls) == 2:
            raise OSError("disk full")
        write(con, group)  # type: ignore[arg-type]

    monkeypatch.setattr(landing, "_write_files", fail_later)
    contents = {name: GOOD.replace(b"CLM*A*", f"CLM*{name}*".encode()) for name in "abc"}
    with pytest.raises(OSError, match="disk full"):
        room.land(**contents)
    assert room.rows("select patient_control_number from raw.claim") == [("a",)]
    monkeypatch.undo()
    room.land()
    assert room.rows("select path, status from raw.file order by path") == [(f"{n}.837", "accepted") for n in "abc"]
    assert room.rows("select count(distinct file_key), count(*) from raw.claim") == [(3, 3)]


def _zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_every_member_of_an_archive_is_on_the_ledger(room: Room) -> None:
    room.land(a=_zipped(("m.837", GOOD), ("m.837", GOOD.replace(b"CLM*A*", b"CLM*B*"))), b=_zipped(), c=_zipped((".hidden", b"x")), d=GOOD)
    assert room.rows("select patient_control_number from raw.claim order by 1") == [("A",), ("B",)]
    found = dict(room.rows("select path, status from raw.file where not path like 'a.837%' and path <> 'd.837'"))
    assert found == {"b.837": "quarantined", "c.837": "quarantined"}
    assert room.rows("select distinct reason_code from raw.quarantine") == [("empty_archive",)]
