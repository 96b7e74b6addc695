"""The reader on known texts, on the sample files cut in every way, and on broken files: nothing is lost, and nothing depends on chunks."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.x12.reader import Aside, FileEnd, Source, read

INBOX = Path(__file__).parents[2] / "data_samples" / "inbox"
SEGMENTS = {"clm": ("CLM",), "lx": ("LX",), "sv": ("SV1", "SV2"), "clp": ("CLP",), "svc": ("SVC",), "cas": ("CAS",), "plb": ("PLB",)}


def content(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


SAMPLES = {p.name: content(p) for p in sorted(INBOX.iterdir()) if p.suffix != ".csv"}


class Result:
    """All batches of one reading, put together."""

    def __init__(self, texts: Iterable[bytes], chunk_bytes: int = 4 << 20) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.asides: list[Aside] = []
        self.ends: dict[int, FileEnd] = {}
        for batch in read([Source.from_bytes(t, k) for k, t in enumerate(texts, 1)], chunk_bytes):
            for name, table in batch.tables.items():
                self.tables.setdefault(name, []).extend(table.to_pylist())
            for aside in batch.asides:
                if aside.was_split:
                    gone = (aside.file_key, aside.transaction_set)
                    for name in self.tables:
                        if name != "transaction_set":
                            self.tables[name] = [r for r in self.tables[name] if (r["file_key"], r.get("transaction_set")) != gone]
                self.asides.append(aside)
            self.ends.update({end.file_key: end for end in batch.files})

    def rows(self, name: str) -> list[dict[str, Any]]:
        return sorted(self.tables.get(name, []), key=repr)


def counted(text: bytes, element: str, terminator: str) -> dict[str, int]:
    """Segments by plain splitting."""
    ids = [s.strip().split(element, 1)[0] for s in text.decode("latin-1").split(terminator)]
    return {name: sum(ids.count(i) for i in wanted) for name, wanted in SEGMENTS.items()}


def separators(text: bytes) -> tuple[str, str]:
    decoded = text.decode("latin-1")
    return decoded[3], decoded.split(decoded[3])[16][1]


@pytest.mark.parametrize("chunk_bytes", [300, 1_000, 5_000])
def test_tables_do_not_depend_on_chunks_or_on_neighbours(chunk_bytes: int) -> None:
    whole = Result(SAMPLES.values())
    pieces = Result(SAMPLES.values(), chunk_bytes)
    assert pieces.tables.keys() == whole.tables.keys()
    for name in whole.tables:
        assert pieces.rows(name) == whole.rows(name), name
    assert pieces.ends == whole.ends
    assert [(a.file_key, a.reason_code, a.segment_number, a.byte_offset) for a in pieces.asides] == [
        (a.file_key, a.reason_code, a.segment_number, a.byte_offset) for a in whole.asides
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_cut_anywhere_loses_no_segment(name: str) -> None:
    text = SAMPLES[name]
    element, terminator = separators(text)
    for stop in range(120, len(text), 61):
        cut = text[:stop]
        result = Result([cut], chunk_bytes=2_000)
        end = result.ends[1]
        assert {s: end.landed[s] + end.aside[s] for s in SEGMENTS} == counted(cut, element, terminator), stop
        landed = sum(r["is_landed"] for r in result.rows("transaction_set"))
        assert end.transaction_set_count == landed + len(result.asides), stop
        assert {a.reason_code for a in result.asides} <= {"truncated", "no_se"} or name == "837p_truncated.edi"


ISA = "ISA*00*          *00*          *ZZ*S              *ZZ*R              *250401*1200*^*00501*000000001*0*P*:~"


def claim_file(*body: str, version: str = "005010X222A1") -> bytes:
    inner = ["ST*837*0001*" + version, "BHT*0019*00*R1*20250401*1200*CH", *body]
    return "".join(
        f"{s}~"
        for s in [ISA[:-1], f"GS*HC*S*R*20250401*1200*1*X*{version}", *inner, f"SE*{len(inner) + 1}*0001", "GE*1*1", "IEA*1*000000001"]
    ).encode()


def remit_file(*body: str) -> bytes:
    inner = ["ST*835*0001", *body]
    head = [ISA[:-1], "GS*HP*S*R*20250401*1200*1*X*005010X221A1"]
    return "".join(f"{s}~" for s in [*head, *inner, f"SE*{len(inner) + 1}*0001", "GE*1*1", "IEA*1*000000001"]).encode()


PARTIES = (
    "HL*1**20*1", "PRV*BI*PXC*207QH0002X", "NM1*85*2*CLINIC*****XX*1999900016", "REF*EI*123456789", "HL*2*1*22*0", "SBR*P*18*G1******MB",
    "NM1*IL*1*A*B****MI*M1", "DMG*D8*19400101*F", "NM1*PR*2*MEDICARE*****PI*99901",
)  # fmt: skip


def test_other_payer_loops_do_not_overwrite_the_claims_own_values() -> None:
    result = Result(
        [
            claim_file(
                *PARTIES,
                "CLM*A1*200***21:B:7*Y*A*Y*Y***********8",
                "DTP*435*D8*20250310",
                "REF*F8*ICN9",
                "REF*D9*CH7",
                "NM1*82*1*DOC*****XX*1999900024",
                "PRV*PE*PXC*207RH0002X",
                "SBR*S*18*******CI",
                "CAS*PR*1*5**2*6",
                "AMT*D*70",
                "NM1*IL*1*X*Y****MI*OTHER",
                "NM1*PR*2*SECOND*****PI*77777",
                "DTP*573*D8*20250320",
                "REF*F8*OTHERICN",
                "NM1*82*1*Z*****XX*1999900099",
                "LX*1",
                "SV1*HC:99497:25:33*150.5*UN*1*02**1:2**Y",
                "DTP*472*RD8*20250314-20250315",
                "REF*6R*L1",
                "NM1*82*1*LINE*****XX*1999900032",
                "PRV*PE*PXC*363LF0000X",
                "SVD*77777*60*HC:99497**1",
                "CAS*CO*45*90.5",
                "DTP*573*D8*20250321",
                "LX*2",
                "SV1*HC:99498*49.5*UN*2.5***1",
                "DTP*472*D8*20250314",
            )
        ]
    )
    (claim,) = result.rows("claim")
    known = {
        "patient_control_number": "A1", "charge_amount": Decimal("200.00"), "facility_code": "21", "facility_qualifier_code": "B",
        "frequency_code": "7", "delay_reason_code": "8", "payer_sequence_code": "P", "filing_indicator_code": "MB", "payer_id": "99901",
        "member_id": "M1", "birth_date": "19400101", "rendering_npi": "1999900024", "rendering_taxonomy_code": "207RH0002X",
        "original_reference_number": "ICN9", "clearinghouse_number": "CH7", "billing_npi": "1999900016", "is_dependent": False,
        "line_count": 2, "line_charge_amount": Decimal("200.00"), "is_balanced": True,
    }  # fmt: skip
    assert {k: claim[k] for k in known} == known
    assert str(claim["admission_date"]) == "2025-03-10"
    assert [str(claim[k]) for k in ("from_date", "through_date")] == ["2025-03-14", "2025-03-15"]
    (payer,) = result.rows("claim_payer")
    assert [payer[k] for k in ("payer_sequence_code", "payer_id", "member_id", "claim_control_number")] == [
        "S",
        "77777",
        "OTHER",
        "OTHERICN",
    ]
    assert (payer["paid_amount"], str(payer["adjudication_date"])) == (Decimal("70.00"), "2025-03-20")
    lines = sorted(result.tables["claim_line"], key=lambda r: r["line_number"])
    assert [(r["procedure_code"], r["modifier_1"], r["modifier_2"], r["units"], r["charge_amount"]) for r in lines] == [
        ("99497", "25", "33", Decimal("1.0000"), Decimal("150.50")),
        ("99498", None, None, Decimal("2.5000"), Decimal("49.50")),
    ]
    assert [(r["rendering_npi"], r["rendering_taxonomy_code"], r["line_control_number"]) for r in lines] == [
        ("1999900032", "363LF0000X", "L1"),
        (None, None, None),
    ]
    assert (lines[0]["diagnosis_pointer_2"], lines[0]["place_of_service_code"], lines[0]["emergency_code"]) == (2, "02", "Y")
    adjudications = sorted(result.tables["claim_adjudication"], key=lambda r: r["segment_number"] * 10 + int(r["reason_code"] or 0))
    assert [(r["line_number"], r["payer_ordinal"], r["payer_id"], r["row_kind"], r["reason_code"], r["amount"]) for r in adjudications] == [
        (None, 1, None, "adjustment", "1", Decimal("5.00")),
        (None, 1, None, "adjustment", "2", Decimal("6.00")),
        (1, None, "77777", "payment", None, Decimal("60.00")),
        (1, None, "77777", "adjustment", "45", Decimal("90.50")),
    ]
    assert {str(r["adjudication_date"]) for r in adjudications if r["line_number"]} == {"2025-03-21"}


def test_institutional_claim_with_its_codes() -> None:
    result = Result(
        [
            claim_file(
                *PARTIES,
                "CLM*H1*100***81:A:2**A*Y*Y",
                "DTP*434*RD8*20250301-20250331",
                "DTP*435*DT*202502280800",
                "CL1*3*1*30",
                "HI*ABK:C3490:::::::Y",
                "HI*BH:27:D8:20250228*BH:42:D8:20250331",
                "HI*BE:61:::12345.67*BG:07",
                "NM1*71*1*ATT*****XX*1999900040",
                "PRV*AT*PXC*207RH0002X",
                "LX*1",
                "SV2*0657*HC:99497*100*UN*1",
                "DTP*472*D8*20250310",
                version="005010X223A2",
            )
        ]
    )
    (claim,) = result.rows("claim")
    assert [claim[k] for k in ("claim_type", "facility_code", "facility_qualifier_code", "frequency_code")] == [
        "institutional",
        "81",
        "A",
        "2",
    ]
    assert [str(claim[k]) for k in ("statement_from_date", "statement_through_date", "admission_date")] == [
        "2025-03-01",
        "2025-03-31",
        "2025-02-28",
    ]
    assert [claim[k] for k in ("admission_type_code", "patient_status_code", "attending_npi", "attending_taxonomy_code")] == [
        "3",
        "30",
        "1999900040",
        "207RH0002X",
    ]
    codes = sorted(result.tables["claim_diagnosis"], key=lambda r: r["hi_ordinal"])
    assert [(r["family"], r["code"], r["code_ordinal"]) for r in codes] == [
        ("diagnosis", "C3490", 1),
        ("occurrence", "27", 1),
        ("occurrence", "42", 2),
        ("value", "61", 1),
        ("condition", "07", 1),
    ]
    assert (codes[0]["present_on_admission_code"], str(codes[1]["code_date"]), codes[3]["code_amount"]) == (
        "Y",
        "2025-02-28",
        Decimal("12345.67"),
    )
    (line,) = result.rows("claim_line")
    assert (line["revenue_code"], line["procedure_code"]) == ("0657", "99497")


REMIT_HEAD = ("BPR*I*65*C*ACH************20250420", "TRN*1*T1*1999", "N1*PR*PAYER*XV*99901", "N1*PE*CLINIC*XX*1999900016", "LX*1")


def test_remittance_with_all_its_parts() -> None:
    result = Result(
        [
            remit_file(
                *REMIT_HEAD,
                "TS3*1999900016*11*20251231*2*200",
                "CLP*A1*1*200*70*20*MB*ICN1*11*1",
                "CAS*CO*97*10**96*5**94*1**45*2**253*1**A1*1",
                "NM1*QC*1*A*B****MI*M1",
                "NM1*82*1*D*****XX*1999900024",
                "MOA***MA01*MA18",
                "REF*EA*MRN1",
                "DTM*232*20250314",
                "SVC*HC:99497:25*150*70**1*HC:99498*2",
                "DTM*472*20250314",
                "CAS*CO*45*40",
                "CAS*PR*1*20**2*20",
                "REF*6R*L1",
                "AMT*B6*110",
                "LQ*HE*N130",
                "SVC*HC:99498*50*0",
                "CAS*CO*45*30",
                "PLB*1999900016*20251231*WO:ICN8*5.5*L6*-.5",
            )
        ]
    )
    (remit,) = result.rows("remit")
    assert (remit["adjustment_amount"], remit["patient_adjustment_amount"]) == (Decimal("130.00"), Decimal("40.00"))
    assert (remit["is_balanced"], remit["is_patient_share_balanced"], str(remit["from_date"])) == (True, False, "2025-03-14")
    assert (remit["patient_member_id"], remit["rendering_npi"], remit["medical_record_number"]) == ("M1", "1999900024", "MRN1")
    first, second = sorted(result.tables["remit_line"], key=lambda r: r["line_number"])
    assert (first["original_procedure_code"], first["original_units"], first["allowed_amount"]) == (
        "99498",
        Decimal("2.0000"),
        Decimal("110.00"),
    )
    assert (first["is_balanced"], second["is_balanced"], first["line_control_number"]) == (True, False, "L1")
    claim_level = [r for r in result.tables["remit_adjustment"] if r["line_number"] is None]
    assert [(r["adjustment_ordinal"], r["reason_code"], r["amount"]) for r in claim_level] == [
        (1, "97", 10), (2, "96", 5), (3, "94", 1), (4, "45", 2), (5, "253", 1), (6, "A1", 1),
    ]  # fmt: skip
    assert [(r["source_code"], r["remark_code"]) for r in sorted(result.tables["remit_remark"], key=lambda r: r["remark_code"])] == [
        ("MOA", "MA01"),
        ("MOA", "MA18"),
        ("LQ", "N130"),
    ]
    assert [(r["reason_code"], r["reference_id"], r["amount"]) for r in result.tables["provider_adjustment"]] == [
        ("WO", "ICN8", Decimal("5.50")),
        ("L6", None, Decimal("-0.50")),
    ]
    assert [(r["segment_code"], r["element_number"], r["value"]) for r in result.tables["remit_summary"]] == [
        ("TS3", 4, 2),
        ("TS3", 5, 200),
    ]
    (made,) = result.rows("transaction_set")
    assert (made["payment_amount"], made["claim_paid_total_amount"], made["provider_adjustment_total_amount"]) == (65, 70, 5)
    assert (made["payer_id"], made["payee_npi"], made["trace_number"], made["is_balanced"]) == ("99901", "1999900016", "T1", False)


@pytest.mark.parametrize(
    ("old", "new", "reason", "segment"),
    [
        ("SV1*HC:99497*150", "SV1*HC:99497*15O", "bad_amount", 14),
        ("SV1*HC:99497*150", "SV1*HC:99497*1.505", "bad_amount", 14),
        ("SV1*HC:99497*150", "SV1*HC:99497*", "missing_amount", 14),
        ("CLM*A1*150", "CLM*A1*", "missing_amount", 12),
        ("D8*20250314", "D8*20250230", "bad_date", 15),
        ("HL*2*1*22*0", "HL*2*1*20*0", "claim_outside_subscriber", 12),
        ("CLM*A1*150***11:B:1*Y*A*Y*Y~", "", "claim_segment_outside_claim", 12),
        ("SE*16*0001~", "", "no_se", 15),
        ("X222A1~BHT", "X291~BHT", "", 0),
    ],
)
def test_a_broken_set_is_set_aside_and_the_next_one_lands(old: str, new: str, reason: str, segment: int) -> None:
    good = claim_file(*PARTIES, "CLM*A1*150***11:B:1*Y*A*Y*Y", "LX*1", "SV1*HC:99497*150*UN*1***1", "DTP*472*D8*20250314").decode()
    body = good[good.index("ST*") : good.index("GE*")]
    assert old in body
    text = good.replace(body, body.replace(old, new) + body.replace("*0001", "*0002")).encode()
    result = Result([text], chunk_bytes=400)
    end = result.ends[1]
    if not reason:  # GS08 names the version, whatever ST03 says
        assert (result.asides, end.landed["clm"]) == ([], 2)
        return
    (aside,) = result.asides
    assert (aside.reason_code, aside.segment_number, aside.transaction_set) == (reason, segment, 1)
    assert text[aside.byte_offset :].startswith((b"SV1", b"CLM", b"DTP", b"LX", b"ST"))
    whole = text[aside.set_offset : aside.set_offset + aside.set_bytes].decode()
    assert whole == body.replace(old, new)
    assert (len(result.rows("claim")), end.landed["clm"], end.landed["sv"]) == (1, 1, 1)
    assert result.rows("claim")[0]["claim_number"] == 1


@pytest.mark.parametrize(
    ("element", "component", "terminator"),
    [("|", ">", "\n"), ("*", ":", "\x1e"), ("\x1d", "\x1f", "\x1c"), ("~", "^", "_"), ("*", "<", "\r\n")],
)
def test_delimiters_come_from_the_content(element: str, component: str, terminator: str) -> None:
    text = claim_file(*PARTIES, "CLM*A1*150***11:B:1*Y*A*Y*Y", "LX*1", "SV1*HC:99497:25*150*UN*1***1", "DTP*472*D8*20250314").decode()
    other = text.translate(str.maketrans({"*": element, ":": component})).replace("~" if element != "~" else "\0", terminator)
    if element == "~":
        other = terminator.join(s.replace("*", element).replace(":", component) for s in text.split("~"))
    result = Result([b"\xef\xbb\xbf" + other.encode(), text.encode()])
    assert [r["modifier_1"] for r in result.rows("claim_line")] == ["25", "25"]
    assert not result.asides


def test_latin_1_and_utf_8_text() -> None:
    text = claim_file(*PARTIES, "CLM*ÄÖ-1*150***11:B:1*Y*A*Y*Y", "LX*1", "SV1*HC:99497*150*UN*1***1").decode()
    result = Result([text.encode("latin-1"), text.encode("utf-8")])
    assert [r["patient_control_number"] for r in result.rows("claim")] == ["ÄÖ-1", "ÄÖ-1"]


def test_text_columns_survive_arrow() -> None:
    """Views of short and long text, and nulls, are valid Arrow."""
    text = claim_file(*PARTIES, "CLM*" + "LONG-CONTROL-NUMBER-1" + "*150***11:B:1*Y*A*Y*Y", "LX*1", "SV1*HC:99497*150*UN*1***1")
    for batch in read([Source.from_bytes(text)]):
        for table in batch.tables.values():
            table.validate(full=True)
            assert isinstance(table, pa.Table)
