"""Recovery over real files that arrive one after another: found, corrected claim seen, paid; the run knows it by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipelines.checks.catalogue import load_catalogue
from pipelines.checks.runner import run_checks
from pipelines.denials.definitions import build_units
from pipelines.landing.land import land
from pipelines.landing.schema import create_raw_tables
from pipelines.settings import Settings
from pipelines.warehouse import build_room, connect, load_reference, set_parameters

ISA = "ISA*00*          *00*          *ZZ*S              *ZZ*R              *{day6}*1200*^*00501*{number:09d}*0*T*:~"


def interchange(kind: str, day: str, number: int, body: str) -> str:
    """An interchange of one transaction set; its body begins after the ST. day: YYYYMMDD."""
    code, version = ("837", "005010X222A1") if kind == "HC" else ("835", "005010X221A1")
    start = f"ST*{code}*0001{'*' + version if kind == 'HC' else ''}~"
    count = (start + body).count("~") + 1
    return (
        ISA.format(day6=day[2:], number=number)
        + f"GS*{kind}*S*R*{day}*1200*{number}*X*{version}~{start}{body}SE*{count}*0001~GE*1*{number}~IEA*1*{number:09d}~"
    )


def claims(day: str, number: int, *pieces: str) -> str:
    head = (
        f"BHT*0019*00*B{number}*{day}*1200*CH~NM1*41*2*TESTGROUP*****46*S~PER*IC*TEST*TE*5555550100~NM1*40*2*TESTPAYER*****46*R~"
        "HL*1**20*1~NM1*85*2*TESTGROUP*****XX*1999900016~N3*1 TEST ST~N4*TESTVILLE*NJ*07000~REF*EI*990000001~"
    )
    return interchange("HC", day, number, head + "".join(piece.replace("HL*#", f"HL*{i}") for i, piece in enumerate(pieces, 2)))


def claim(account: str, member: str, service: str, code: str, frequency: str = "1", original: str = "") -> str:
    return (
        f"HL*#*1*22*0~SBR*P*18*******CI~NM1*IL*1*TESTPATIENT*{member}****MI*{member}~N3*1 TEST LANE~N4*TESTVILLE*NJ*07000~"
        f"DMG*D8*19500101*F~NM1*PR*2*TESTPAYER*****PI*99903~CLM*{account}*100***11:B:{frequency}*Y*A*Y*Y~"
        + (f"REF*F8*{original}~" if original else "")
        + f"HI*ABK:Z515~NM1*82*1*TESTDOCTOR*ECHO****XX*1999900164~PRV*PE*PXC*207Q00000X~LX*1~SV1*HC:{code}*100*UN*1***1~"
        f"DTP*472*D8*{service}~REF*6R*{account}-1~"
    )


def remits(day: str, number: int, *pieces: tuple[str, int]) -> str:
    paid = sum(amount for _, amount in pieces)
    head = (
        f"BPR*I*{paid}*C*ACH*CCP*01*999999992*DA*1*1999000001**01*999999984*DA*2*{day}~TRN*1*EFT{number}*1999000001~DTM*405*{day}~"
        "N1*PR*TESTPAYER*XV*99903~N3*1 TEST AVE~N4*TESTVILLE*NJ*07000~PER*BL*TEST*TE*5555550199~N1*PE*TESTGROUP*XX*1999900016~LX*1~"
    )
    return interchange("HP", day, number, head + "".join(text for text, _ in pieces))


def answer(account: str, service: str, code: str, paid: int, control: str, frequency: str = "1") -> tuple[str, int]:
    """Denied for want of information (CARC 16) where nothing is paid; else the rest is above the fee schedule."""
    adjustment = f"CAS*CO*{45 if paid else 16}*{100 - paid}~"
    return (
        f"CLP*{account}*1*100*{paid}**12*{control}*11*{frequency}~NM1*QC*1*TESTPATIENT*X****MI*X~"
        f"SVC*HC:{code}*100*{paid}**1~DTM*472*{service}~{adjustment}REF*6R*{account}-1~",
        paid,
    )


STEPS = {
    "2025-04-01": {
        "1_claims.edi": claims(
            "20250210",
            1,
            claim("PAYS", "M1", "20250203", "99497"),
            claim("CORR", "M2", "20250204", "99497"),
            claim("VISIT", "M3", "20250205", "99213"),
            claim("WARD", "M4", "20250206", "99213"),
        ),
        "1_remits.edi": remits(
            "20250301",
            2,
            answer("PAYS", "20250203", "99497", 0, "P1"),
            answer("CORR", "20250204", "99497", 0, "C1"),
            answer("VISIT", "20250205", "99213", 95, "V1"),
            answer("WARD", "20250206", "99213", 95, "W1"),
        ),
        "1_acp.csv": "documentation_id,service_date,rendering_npi,patient_control_number,acp_minutes,topics,voluntary\n"
        "D1,2025-02-03,1999900164,PAYS,20,directive,Y\nD2,2025-02-04,1999900164,CORR,20,directive,Y\n"
        "D3,2025-02-05,1999900164,VISIT,20,directive,Y\nD4,2025-02-06,1999900164,WARD,20,directive,Y\n",
    },
    "2025-05-01": {
        "2_claims.edi": claims(
            "20250410",
            3,
            claim("CORR", "M2", "20250204", "99497", "7", "C1"),
            claim("LATE", "M3", "20250205", "99497"),
            claim("LATER", "M4", "20250206", "99497"),
        ),
    },
    "2025-06-01": {
        "3_remits.edi": remits(
            "20250515",
            4,
            answer("PAYS", "20250203", "99497", 80, "P2"),
            answer("CORR", "20250204", "99497", 81, "C2", "7"),
            answer("LATE", "20250205", "99497", 82, "L1"),
            answer("LATER", "20250206", "99497", 0, "R1"),
        ),
        "4_remits.edi": remits("20250520", 5, answer("LATER", "20250206", "99497", 83, "R2")),
    },
}


def audited(folder: Path, as_of: str) -> list[tuple[str, ...]]:
    """SHOWN of the counted rows after what an audit does to the warehouse, over the inbox as it is now."""
    settings = Settings(inbox=(folder / "inbox",), warehouse=folder / "midpoint.duckdb", as_of=date.fromisoformat(as_of))
    con = connect(settings.warehouse, threads=1)
    try:
        create_raw_tables(con)
        land(con, settings, list(settings.inbox))
        load_reference(con)
        set_parameters(con, settings)
        build_room(con, "core")
        run_checks(con, settings, load_catalogue())
        build_units(con)
        build_room(con, "mart")
        found = con.execute(f"select {', '.join(SHOWN)} from mart.missed_revenue where is_counted order by all").fetchall()
    finally:
        con.close()
    return [tuple(map(str, row)) for row in found]


SHOWN = ("patient_control_number", "tier", "recovery_status", "recoverable_amount", "recovered_amount", "recovered_date", "first_seen_date")


def test_recovery_follows_the_files(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    seen: dict[str, list[tuple[str, ...]]] = {}
    for as_of, files in STEPS.items():
        for name, text in files.items():
            (inbox / name).write_text(text, encoding="utf-8")
        seen[as_of] = audited(tmp_path, as_of)
    # No payment of ACP yet: the schedule of 2025 outside a facility.
    assert seen["2025-04-01"] == [
        ("CORR", "A", "found", "79.57", "0.00", "None", "2025-04-01"),
        ("PAYS", "A", "found", "79.57", "0.00", "None", "2025-04-01"),
        ("VISIT", "C", "found", "79.57", "0.00", "None", "2025-04-01"),
        ("WARD", "C", "found", "79.57", "0.00", "None", "2025-04-01"),
    ]
    assert seen["2025-05-01"] == [
        ("CORR", "A", "corrected claim seen", "79.57", "0.00", "None", "2025-04-01"),
        ("PAYS", "A", "found", "79.57", "0.00", "None", "2025-04-01"),
        ("VISIT", "C", "corrected claim seen", "79.57", "0.00", "None", "2025-04-01"),
        ("WARD", "C", "corrected claim seen", "79.57", "0.00", "None", "2025-04-01"),
    ]
    assert seen["2025-06-01"] == [
        ("CORR", "A", "paid", "0.00", "81.00", "2025-05-15", "2025-04-01"),
        ("LATER", "A", "paid", "0.00", "83.00", "2025-05-20", "2025-06-01"),
        ("PAYS", "A", "paid", "0.00", "80.00", "2025-05-15", "2025-04-01"),
        ("VISIT", "C", "paid", "0.00", "82.00", "2025-05-15", "2025-04-01"),
        # Billed late, denied, and won: the dollars are tier A's, and no second time tier C's.
        ("WARD", "C", "corrected claim seen", "0.00", "0.00", "None", "2025-04-01"),
    ]
    # The history of denials needs no memory: a warehouse that gets all files at once tells the same of them.
    (tmp_path / "midpoint.duckdb").unlink()
    assert audited(tmp_path, "2025-06-01") == [
        ("CORR", "A", "paid", "0.00", "81.00", "2025-05-15", "None"),
        ("LATER", "A", "paid", "0.00", "83.00", "2025-05-20", "2025-06-01"),
        ("PAYS", "A", "paid", "0.00", "80.00", "2025-05-15", "2025-06-01"),
    ]
