"""Stories told in X12: 837 and 835 files whose segments a test writes, landed by the reader and built into core.

A test gives what stands inside: CLM to REF of its claims, CLP to LQ of its remittances. What surrounds them (envelopes, submitter, payer,
patient, payment) is filled in here. What does not belong here: stories in rows (the scenarios of pipelines.checks).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.landing.land import land
from pipelines.settings import Settings
from pipelines.warehouse import build_room, connect, load_reference, set_parameters

PAYER = "99901"
AS_OF = date(2024, 12, 31)


def money(text: str) -> Decimal:
    """An amount as it is sent."""
    return Decimal(text or "0")


def claim(account: str, *services: str, frequency: str = "1", reference: str = "", day: str = "20240506", numbers: bool = True) -> str:
    """A claim of one day: services as 'HC:99213*100*UN*1' (SV1), each with a line control number unless ``numbers`` is false."""
    charge = sum(money(service.split("*")[1]) for service in services)
    parts = [f"CLM*{account}*{charge}***11:B:{frequency}*Y*A*Y*Y~", f"REF*F8*{reference}~" if reference else "", "HI*ABK:I5022~"]
    for number, service in enumerate(services, 1):
        parts.append(f"LX*{number}~SV1*{service}***1~DTP*472*D8*{day}~")
        parts.append(f"REF*6R*{account}-{number}~" if numbers else "")
    return "".join(parts)


def facility_claim(account: str, *services: str, bill: str = "13:A:1", day: str = "20240506", through: str = "") -> str:
    """An institutional claim: services as '0510*HC:99213*100*UN*1' (SV2), without line control numbers and dates of their own."""
    charge = sum(money(service.split("*")[2]) for service in services)
    lines = "".join(f"LX*{number}~SV2*{service}~" for number, service in enumerate(services, 1))
    return f"CLM*{account}*{charge}***{bill}**A*Y*Y~DTP*434*RD8*{day}-{through or day}~CL1*3*1*01~HI*ABK:I5022~{lines}"


def claim_file(*claims: str, day: str, kind: str = "837P", payer: str = PAYER, number: int = 1) -> str:
    """An 837 of one subscriber, sent on a day."""
    version = "005010X222A1" if kind == "837P" else "005010X223A2"
    body = (
        f"ST*837*0001*{version}~BHT*0019*00*{number}*{day}*1200*CH~NM1*41*2*TESTSENDER*****46*S1~NM1*40*2*TESTPAYER*****46*{payer}~"
        "HL*1**20*1~NM1*85*2*TESTCLINIC*****XX*1999900016~HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*TESTPATIENT*ADA****MI*T1~"
        f"DMG*D8*19390208*F~NM1*PR*2*TESTPAYER*****PI*{payer}~{''.join(claims)}"
    )
    return envelope("HC", version, day, number, body)


def remit_file(
    *remits: str, day: str, payer: str = PAYER, trace: str = "", adjustments: str = "", payment: str = "", number: int = 1
) -> str:
    """An 835 of one payment. trace: TRN02, else the day; adjustments: PLB03 and on; payment: BPR02 where it is not what balances."""
    paid = sum(money(s.split("*")[4]) for remit in remits for s in remit.split("~") if s.startswith("CLP*"))
    withheld = sum(money(amount) for amount in adjustments.split("*")[1::2])
    body = (
        f"ST*835*0001~BPR*I*{payment or paid - withheld}*C*ACH*CCP*01*1*DA*2*1999000001**01*3*DA*4*{day}~"
        f"TRN*1*{trace or f'T{payer}{day}{number}'}*1999000001~DTM*405*{day}~N1*PR*TESTPAYER*XV*{payer}~REF*2U*{payer}~"
        f"N1*PE*TESTCLINIC*XX*1999900016~LX*1~{''.join(remits)}" + (f"PLB*1999900016*{day[:4]}1231*{adjustments}~" if adjustments else "")
    )
    return envelope("HP", "005010X221A1", day, number, body)


def envelope(functional: str, version: str, day: str, number: int, body: str) -> str:
    """ISA to IEA around one transaction set without its SE."""
    segments = body.count("~") + 1
    return (
        f"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *{day[2:]}*1200*^*00501*{number:09d}*0*T*:~"
        f"GS*{functional}*S*R*{day}*1200*{number}*X*{version}~{body}SE*{segments}*0001~GE*1*{number}~IEA*1*{number:09d}~"
    ).replace("~", "~\n")


def build_folder(con: duckdb.DuckDBPyConnection, folder: Path, work: Path) -> None:
    """Land the files of a folder and build core (work: a folder for the key file)."""
    settings = Settings(warehouse=work / "midpoint.duckdb", key_file=work / "owner.key", out=work / "releases", as_of=AS_OF)
    land(con, settings, [folder])
    load_reference(con)
    set_parameters(con, settings)
    build_room(con, "core")


class Story:
    """Core built from files written here: ``files`` as name → text."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        inbox = folder / "inbox"
        inbox.mkdir()
        for name, text in files.items():
            (inbox / name).write_text(text, encoding="ascii")
        self.con = connect(":memory:", threads=1)
        build_folder(self.con, inbox, folder)
        aside = self.con.execute("select message from raw.quarantine").fetchall()
        if aside:
            raise AssertionError(aside)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()

    def history(self, account: str = "") -> list[tuple[Any, ...]]:
        """Each claim line's adjudications in order: account, line, date, outcome, paid, patient, counted, days since the one before."""
        where = f"where l.patient_control_number = '{account}'" if account else ""
        return self.rows(
            "select l.patient_control_number, a.line_number, strftime(a.remit_date, '%m-%d'), a.outcome, a.paid_amount,"
            " a.patient_responsibility_amount, a.is_counted, a.days_since_previous"
            f" from core.adjudication a join core.claim_line l using (claim_key, line_number) {where}"
            " order by 1, l.claim_id, 2, a.adjudication_number"
        )

    def outcome(self) -> list[tuple[Any, ...]]:
        """Each claim line's outcome: account, line, first, current, net paid, overturned and after how many days."""
        return self.rows(
            "select l.patient_control_number, o.line_number, o.first_outcome, o.current_outcome, o.paid_amount, o.is_overturned,"
            " o.first_to_overturn_days"
            " from core.line_outcome o join core.claim_line l using (claim_key, line_number) order by 1, l.claim_id, 2"
        )

    def links(self) -> list[tuple[Any, ...]]:
        """Remitted lines and the claim lines that they answer: account, claim line, remitted line, method, confidence."""
        return self.rows(
            "select l.patient_control_number, k.line_number, k.remit_line_number, k.method, k.confidence"
            " from core.remit_link k join core.claim_line l using (claim_key, line_number) where k.remit_key is not null order by all"
        )
