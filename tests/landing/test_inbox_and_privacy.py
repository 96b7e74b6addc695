"""The landing as a whole: what lies in an inbox lands once, is set aside with a reason, and names nobody."""

from __future__ import annotations

import gzip
import stat
import zipfile
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import MidpointError
from pipelines.landing import land as landing
from pipelines.landing.land import land
from pipelines.landing.privacy import Key, hashed, save_quarantine
from pipelines.settings import Settings
from pipelines.warehouse import connect

PRIVATE = ("ZIMMERHOLT", "PEGGY", "17 ELDERBERRY LANE", "19400315", "5550142", "MEMBER4711", "MRN-A0815", "SECRETNOTE")


def claims(control: str = "ACCT-1", *, birth: str = "19400315", day: str = "20250314", charge: str = "150") -> str:
    """A small 837P with one claim of one line, whose private elements are those of PRIVATE."""
    segments = [
        "ST*837*0001*005010X222A1",
        "BHT*0019*00*1*20250401*1200*CH",
        "NM1*41*2*SENDER*****46*S1",
        "NM1*40*2*RECEIVER*****46*R1",
        "HL*1**20*1",
        "NM1*85*2*CLINIC*****XX*1999900016",
        "HL*2*1*22*0",
        "SBR*P*18*******MB",
        "NM1*IL*1*ZIMMERHOLT*PEGGY****MI*MEMBER4711",
        "N3*17 ELDERBERRY LANE",
        "N4*TOWN*NY*10001",
        f"DMG*D8*{birth}*F",
        "PER*IC*PEGGY*TE*5550142",
        "NM1*PR*2*MEDICARE*****PI*99901",
        f"CLM*{control}*{charge}***11:B:1*Y*A*Y*Y",
        "REF*EA*MRN-A0815",
        "NTE*ADD*SECRETNOTE",
        "HI*ABK:Z515",
        "LX*1",
        f"SV1*HC:99497*{charge}*UN*1***1",
        f"DTP*472*D8*{day}",
    ]
    segments.append(f"SE*{len(segments) + 1}*0001")
    head = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250401*1200*^*00501*000000001*0*P*:"
    return "~\n".join([head, "GS*HC*S*R*20250401*1200*1*X*005010X222A1", *segments, "GE*1*1", "IEA*1*000000001"]) + "~\n"


class Room:
    """A warehouse and an inbox in one folder."""

    def __init__(self, folder: Path) -> None:
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.settings = Settings(warehouse=folder / "w.duckdb", out=folder / "releases")
        self.con = connect(self.settings.warehouse)

    def land(self) -> landing.Landing:
        return land(self.con, self.settings, [self.inbox])

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.con.execute(query).fetchall()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_lands_once_and_names_copies(room: Room) -> None:
    (room.inbox / "a.837").write_text(claims())
    assert len(room.land().files) == 1
    again = room.land()
    assert (again.files, again.known_count) == ([], 1)
    (room.inbox / "b.837").write_text(claims())
    room.land()
    assert room.rows("select path, status, duplicate_of_file_key from raw.file order by file_key") == [
        ("a.837", "accepted", None),
        ("b.837", "duplicate", 1),
    ]
    assert room.rows("select count(*) from raw.claim") == [(1,)]


def test_other_content_under_the_same_name_lands_beside_it_with_a_warning(room: Room) -> None:
    (room.inbox / "a.837").write_text(claims())
    room.land()
    (room.inbox / "a.837").write_text(claims(charge="151"))
    room.land()
    assert [r[0] for r in room.rows("select warnings like '%landed under this name before%' from raw.file order by file_key")] == [
        None,
        True,
    ]


def test_packed_files_are_read_and_damaged_ones_set_aside(room: Room) -> None:
    (room.inbox / "plain.837").write_text(claims("ACCT-0"))
    (room.inbox / "one.837.gz").write_bytes(gzip.compress(claims("ACCT-1").encode()))
    with zipfile.ZipFile(room.inbox / "two.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/a.837", claims("ACCT-2"))
        archive.writestr("b.837", claims("ACCT-3"))
    (room.inbox / "cut.gz").write_bytes(gzip.compress(claims("ACCT-4").encode())[:-20])
    with zipfile.ZipFile(room.inbox / "short.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c.837", claims("ACCT-5"))
    whole = (room.inbox / "short.zip").read_bytes()
    (room.inbox / "flipped.zip").write_bytes(whole[:60] + bytes(b ^ 0xFF for b in whole[60:80]) + whole[80:])
    (room.inbox / "short.zip").write_bytes(whole[:100])
    room.land()
    found = dict(room.rows("select path, status from raw.file"))
    assert found == {
        "plain.837": "accepted",
        "one.837.gz": "accepted",
        "two.zip/b.837": "accepted",
        "two.zip/x/a.837": "accepted",
        "cut.gz": "quarantined",
        "flipped.zip/c.837": "quarantined",
        "short.zip": "quarantined",
    }
    accounts = [r[0] for r in room.rows("select patient_control_number from raw.claim order by 1")]
    assert accounts == ["ACCT-0", "ACCT-1", "ACCT-2", "ACCT-3"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        (b"%PDF-1.7 not claims", "not_x12"),
        (claims().encode("utf-16"), "utf16"),
        (b"GS*HC*S*R*20250401*1200*1*X*005010X222A1~ST*837*0001~SE*2*0001~", "no_isa"),
        (b"ISA*00*too short~GS*HC~", "bad_isa"),
        (b"foo,bar\n1,2\n", "bad_documentation"),
    ],
)
def test_what_is_no_claim_file_is_set_aside_whole_and_beside_good_files(room: Room, content: bytes, reason: str) -> None:
    (room.inbox / "odd.837").write_bytes(content)
    with pytest.raises(MidpointError, match=r"^odd\.837: "):
        room.land()
    (room.inbox / "good.837").write_text(claims())
    room.land()
    assert room.rows("select unit, reason_code, byte_count from raw.quarantine") == [("file", reason, len(content))]
    assert room.rows("select path, status from raw.file order by 1") == [("good.837", "accepted"), ("odd.837", "quarantined")]


def test_missing_and_empty_inboxes(tmp_path: Path) -> None:
    room = Room(tmp_path)
    with pytest.raises(MidpointError, match="there is no file in it"):
        room.land()
    with pytest.raises(MidpointError, match="nowhere: no such file or folder"):
        land(room.con, room.settings, [Path("nowhere")])


def test_own_output_in_the_inbox_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.837").write_text(claims())
    settings = Settings(warehouse=tmp_path / "w.duckdb", out=tmp_path / "releases")
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "finding.csv").write_text("check_id,direction\n")
    con = connect(settings.warehouse)
    assert [f.item.path for f in land(con, settings, [tmp_path]).files] == ["a.837"]
    assert land(con, settings, [tmp_path]).files == []


def test_nothing_of_the_patient_is_stored(room: Room) -> None:
    (room.inbox / "a.837").write_text(claims())
    broken = claims("ACCT-2").replace("SV1*HC:99497*150", "SV1*HC:99497*ABC")
    (room.inbox / "b.837").write_text(broken)
    (room.inbox / "doc.csv").write_text(
        "documentation_id,service_date,rendering_npi,mrn,participants,decisions,absence_reason\n"
        "D1,2025-03-14,1999900016,MRN-A0815,daughter Peggy Zimmerholt,Zimmerholt wants DNR,Peggy asleep\n"
    )
    room.land()
    room.con.execute("checkpoint")
    stored = room.settings.warehouse.read_bytes().upper()
    assert [word for word in PRIVATE if word.encode() in stored] == []
    tables = [r[0] for r in room.rows("select table_name from duckdb_tables() where schema_name = 'raw'")]
    text = "\n".join(str(row) for table in tables for row in room.rows(f"select * from raw.{table}")).upper()
    assert [word for word in PRIVATE if word in text] == []
    kept = room.rows("select participants, sealed_decisions is not null, is_dnr_elected from raw.acp_documentation")
    assert kept == [("daughter", True, True)]
    # the same patient in both sources
    assert room.rows("select c.mrn_key = d.mrn_key from raw.claim as c, raw.acp_documentation as d") == [(True,)]
    saved = save_quarantine(room.con, room.settings, room.inbox.parent / "opened")
    start, stop = broken.index("ST*"), broken.index("GE*")
    assert [p.read_text().rstrip() for p in saved] == [broken[start:stop].rstrip()]
    assert stat.S_IMODE(saved[0].stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("19400315", "20250314", 84),
        ("19400314", "20250314", 85),
        ("19240229", "20250314", 90),
        ("20260101", "20250314", None),
        ("1940031", "20250314", None),
    ],
)
def test_age_at_service(room: Room, birth: str, day: str, age: int | None) -> None:
    (room.inbox / "a.837").write_text(claims(birth=birth, day=day))
    room.land()
    assert room.rows("select patient_age from raw.claim") == [(age,)]


def test_key_file_is_private_whole_and_the_right_one(room: Room) -> None:
    (room.inbox / "a.837").write_text(claims())
    room.land()
    path = room.settings.key_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secret = path.read_text()
    for content, complaint in (("", "holds 0 bytes"), ("00" * 32, "another warehouse")):
        path.write_text(content)
        with pytest.raises(MidpointError, match=complaint):
            room.land()
    path.unlink()
    with pytest.raises(MidpointError, match="is missing"):
        room.land()
    path.write_text(secret)
    assert room.land().known_count == 1


@pytest.mark.parametrize(("text", "same_as"), [(" Ab-1 ", "AB-1"), ("äö", "ÄÖ"), ("", None), ("   ", None)])
def test_blanks_and_case_make_no_other_identifier(text: str, same_as: str | None) -> None:
    key = Key(bytes(range(32)))

    def value(kind: str, plain: str | None) -> int | None:
        query = f"select {hashed(kind, 'x')} from (select cast($x as varchar) as x)"
        return duckdb.connect().execute(query, {"x": plain, "hash_key": key.hash_key}).fetchall()[0][0]

    assert value("mrn", text) == value("mrn", same_as)
    assert (value("mrn", text) is None) == (same_as is None)
    assert same_as is None or len({value("mrn", text), value("member", text), value("mrn", "AB-2")}) == 3


def test_a_failure_leaves_nothing_of_its_group(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    (room.inbox / "a.837").write_text(claims())

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(landing, "_write_files", fail)
    with pytest.raises(OSError, match="disk full"):
        room.land()
    assert room.rows("select (select count(*) from raw.claim) + (select count(*) from raw.file)") == [(0,)]
    monkeypatch.undo()
    assert len(room.land().files) == 1
