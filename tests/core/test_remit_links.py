"""Links of remittances to claims and of their lines, from 837 and 835 text: what payers leave out, split, bundle, recode and take back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.core.x12_story import Story, claim, claim_file, facility_claim, remit_file

Tell = Callable[[dict[str, str]], Story]
HEAD = "NM1*QC*1*TESTPATIENT*ADA****MI*T1~"
DAY = "DTM*472*20240506~"


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    return lambda files: Story(tmp_path, files)


def test_a_remittance_before_its_claim(tell: Tell) -> None:
    """Dated before the claim's file was made, and landed first: linked all the same, as the only answer to the account."""
    early = remit_file(f"CLP*A*1*100*80**12*N1~{HEAD}SVC*HC:99213*100*80~{DAY}CAS*CO*45*20~REF*6R*A-1~", day="20240508")
    story = tell({"0_early.edi": early, "1_late.edi": claim_file(claim("A", "HC:99213*100*UN*1"), day="20240520")})
    assert story.links() == [("A", 1, 1, "line control number", "high")]
    assert story.history() == [("A", 1, "05-08", "paid", d("80.00"), d("0.00"), True, None)]


def test_a_claim_split_over_several_remittances(tell: Tell) -> None:
    """Two lines in one payment, the third in another, weeks later: each with its own history."""
    sent = claim_file(claim("A", "HC:99213*100*UN*1", "HC:99497*150*UN*1", "HC:93000*60*UN*1"), day="20240510")
    first = (
        f"CLP*A*1*250*140**12*N1~{HEAD}SVC*HC:99213*100*80~{DAY}CAS*CO*45*20~REF*6R*A-1~SVC*HC:99497*150*60~{DAY}CAS*CO*45*90~REF*6R*A-2~"
    )
    second = f"CLP*A*1*60*0**12*N2~{HEAD}SVC*HC:93000*60*0~{DAY}CAS*CO*50*60~REF*6R*A-3~"
    back = f"CLP*A*22*-60*0**12*N2~{HEAD}SVC*HC:93000*-60*0~{DAY}CAS*CO*50*-60~REF*6R*A-3~"
    again = f"CLP*A*1*60*12**12*N3~{HEAD}SVC*HC:93000*60*12~{DAY}CAS*CO*45*48~REF*6R*A-3~"
    files = {
        "837": sent,
        "a": remit_file(first, day="20240601"),
        "b": remit_file(second, day="20240615", number=2),
        "c": remit_file(back, again, day="20240715", number=3),
    }
    story = tell(files)
    assert story.outcome() == [
        ("A", 1, "paid", "paid", d("80.00"), False, None),
        ("A", 2, "paid", "paid", d("60.00"), False, None),
        ("A", 3, "denied", "paid", d("12.00"), True, 30),
    ]
    assert [row[:4] for row in story.history() if row[1] < 3] == [("A", 1, "06-01", "paid"), ("A", 2, "06-01", "paid")]


def test_several_claims_in_one_remittance(tell: Tell) -> None:
    """A payer puts two claims of an account together: what the one does not hold is the other's."""
    sent = claim_file(
        claim("A", "HC:99213*100*UN*1", "HC:93000*60*UN*1", numbers=False), claim("A", "HC:99497*150*UN*1", numbers=False), day="20240510"
    )
    lines = f"SVC*HC:99213*100*80~{DAY}CAS*CO*45*20~SVC*HC:93000*60*12~{DAY}CAS*CO*45*48~SVC*HC:99497*150*0~{DAY}CAS*CO*97*150~"
    story = tell({"837": sent, "835": remit_file(f"CLP*A*1*310*92**12*N1~{HEAD}{lines}", day="20240601")})
    assert story.rows(
        "select l.procedure_code, o.current_outcome, o.paid_amount from core.line_outcome o"
        " join core.claim_line l using (claim_key, line_number) order by 1"
    ) == [("93000", "paid", d("12.00")), ("99213", "paid", d("80.00")), ("99497", "denied", d("0.00"))]
    assert story.rows("select method, count(*) from core.remit_link group by 1 order by 2") in (
        [("another claim of the account", 1), ("procedure, modifiers, date, charge and units", 2)],
        [("procedure, modifiers, date, charge and units", 1), ("another claim of the account", 2)],
    )


# Claim lines (in order), remitted lines, and what each of these answers: (claim line, remitted line, method, confidence)
CONTENT = "procedure, modifiers, date, charge and units"
WITHOUT_NUMBERS = {
    "two lines of one code, told apart by their charge": (
        ["HC:36415*18*UN*1", "HC:36415:59*36*UN*1"],
        ["HC:36415:59*36*9~CAS*CO*45*27", "HC:36415*18*9~CAS*CO*45*9"],
        [(1, 2, CONTENT, "high"), (2, 1, CONTENT, "high")],
    ),
    "nothing paid, no units": (
        ["HC:36415*18*UN*1", "HC:36415:59*36*UN*2"],
        ["HC:36415:59*36*0**0~CAS*CO*97*36", "HC:36415*18*0**0~CAS*CO*97*18"],
        [(1, 2, "procedure, date and charge", "medium"), (2, 1, "procedure, date and charge", "medium")],
    ),
    "one charge, no units, told apart by their modifiers": (
        ["HC:85025*36*UN*1", "HC:85025:91*36*UN*1"],
        ["HC:85025:91*36*0**0~CAS*CO*97*36", "HC:85025*36*0**0~CAS*CO*97*36"],
        [(1, 2, "procedure, date and charge", "medium"), (2, 1, "procedure, date and charge", "medium")],
    ),
    "modifiers not sent back": (
        ["HC:99213:25*100*UN*1", "HC:93000*60*UN*1"],
        ["HC:93000*60*12~CAS*CO*45*48", "HC:99213*100*80~CAS*CO*45*20"],
        [(1, 2, "procedure, date and charge", "medium"), (2, 1, CONTENT, "high")],
    ),
    "the procedure changed, and the one submitted given": (
        ["HC:99214*140*UN*1", "HC:99213*100*UN*1"],
        ["HC:99213*140*80**1*HC:99214~CAS*CO*45*60", "HC:99213*100*70~CAS*CO*45*30"],
        [(1, 1, CONTENT, "high"), (2, 2, CONTENT, "high")],
    ),
    "the procedure changed, and nothing said": (
        ["HC:99214*140*UN*1", "HC:93000*60*UN*1"],
        ["HC:99213*140*80~CAS*CO*45*60", "HC:93000*60*12~CAS*CO*45*48"],
        [(1, 1, "date and charge, procedure changed", "low"), (2, 2, CONTENT, "high")],
    ),
    "the procedure changed, and two lines might be it": (
        ["HC:99214*140*UN*1", "HC:99215*140*UN*1"],
        ["HC:99213*140*80~CAS*CO*45*60"],
        [],
    ),
    "lines of one procedure and day in one": (
        ["HC:36415*18*UN*1", "HC:99213*100*UN*1", "HC:36415:91*18*UN*1"],
        ["HC:36415*36*10**2~CAS*CO*45*26", "HC:99213*100*80~CAS*CO*45*20"],
        [(1, 1, "bundle of lines", "medium"), (2, 2, CONTENT, "high"), (3, 1, "bundle of lines", "medium")],
    ),
    "a panel in place of its parts": (
        ["HC:82565*30*UN*1", "HC:84132*25*UN*1", "HC:99213*100*UN*1"],
        ["HC:99213*100*80~CAS*CO*45*20", "HC:80048*55*11~CAS*CO*45*44"],
        [(1, 2, "bundle of lines", "low"), (2, 2, "bundle of lines", "low"), (3, 1, CONTENT, "high")],
    ),
    "a sum that is not that of all open lines bundles nothing": (
        ["HC:82565*30*UN*1", "HC:84132*25*UN*1", "HC:84295*20*UN*1"],
        ["HC:80048*55*11~CAS*CO*45*44"],
        [],
    ),
    "one line paid in two": (
        ["HC:99498*200*UN*2"],
        ["HC:99498*100*60**1~CAS*CO*45*40", "HC:99498*100*50**1~CAS*CO*45*50"],
        [(1, 1, "procedure and date", "medium"), (1, 2, "procedure and date of a line already linked", "low")],
    ),
}


@pytest.mark.parametrize("what", WITHOUT_NUMBERS)
def test_without_line_control_numbers(tell: Tell, what: str) -> None:
    services, remitted, links = WITHOUT_NUMBERS[what]
    lines = "".join(f"SVC*{line.replace('~', '~' + DAY, 1)}~" for line in remitted)
    charge = sum(d(line.split("*")[1]) for line in remitted)
    paid = sum(d(line.split("~")[0].split("*")[2]) for line in remitted)
    remit = f"CLP*A*1*{charge}*{paid}**12*N1~{HEAD}{lines}"
    story = tell({"837": claim_file(claim("A", *services, numbers=False), day="20240510"), "835": remit_file(remit, day="20240601")})
    assert [link[1:] for link in story.links()] == links


def test_a_bundle_bears_the_number_of_its_first_line(tell: Tell) -> None:
    """Line 1's number and the charge of lines 1 and 2: the cents are shared by charge, and add up."""
    sent = claim_file(claim("A", "HC:99213*100*UN*1", "HC:93000*50*UN*1", "HC:36415*18*UN*1"), day="20240510")
    bundle = f"SVC*HC:99213*150*70.01~{DAY}CAS*CO*45*62.48~CAS*PR*2*17.51~REF*6R*A-1~AMT*B6*87.52~"
    alone = f"SVC*HC:36415*18*9~{DAY}CAS*CO*45*9~REF*6R*A-3~"
    story = tell({"837": sent, "835": remit_file(f"CLP*A*1*168*79.01*17.51*12*N1~{HEAD}{bundle}{alone}", day="20240601")})
    assert [link[1:] for link in story.links()] == [
        (1, 1, "line control number", "high"),
        (2, 1, "bundle of lines", "low"),
        (3, 2, "line control number", "high"),
    ]
    assert story.rows(
        "select line_number, charge_amount, paid_amount, patient_responsibility_amount, allowed_amount from core.adjudication order by 1"
    ) == [
        (1, d("100.00"), d("46.67"), d("11.67"), d("58.35")),
        (2, d("50.00"), d("23.34"), d("5.84"), d("29.17")),
        (3, d("18.00"), d("9.00"), d("0.00"), d("9.00")),
    ]
    assert story.rows("select sum(paid_amount), sum(patient_responsibility_amount), sum(charge_amount) from core.adjudication") == [
        (d("79.01"), d("17.51"), d("168.00"))
    ]
    assert story.rows(
        "select count(*) from core.adjudication where allowed_method = 'allowed on the remittance, its share of a bundle'"
    ) == [(2,)]


def test_a_bundle_reversed(tell: Tell) -> None:
    sent = claim_file(claim("A", "HC:36415*18*UN*1", "HC:36415*18*UN*1", numbers=False), day="20240510")
    first = f"CLP*A*1*36*10.01**12*N1~{HEAD}SVC*HC:36415*36*10.01**2~{DAY}CAS*CO*45*25.99~"
    back = f"CLP*A*22*-36*-10.01**12*N1~{HEAD}SVC*HC:36415*-36*-10.01**2~{DAY}CAS*CO*45*-25.99~"
    story = tell({"837": sent, "a": remit_file(first, day="20240601"), "b": remit_file(back, day="20240701", number=2)})
    assert story.outcome() == [
        ("A", 1, "paid", "reversal", d("0.00"), False, None),
        ("A", 2, "paid", "reversal", d("0.00"), False, None),
    ]


def test_a_facilitys_days_rolled_up(tell: Tell) -> None:
    """Revenue lines of several days, remitted as one by revenue code over the stay."""
    sent = claim_file(
        facility_claim("A", "0120**500*DA*1", "0120**500*DA*1", "0250**80*UN*4", bill="11:A:1", through="20240508"),
        day="20240510",
        kind="837I",
    )
    remit = (
        f"CLP*A*1*1080*700**12*N1*11*1~{HEAD}DTM*232*20240506~DTM*233*20240508~"
        "SVC*NU:0120*1000*660**2~DTM*150*20240506~DTM*151*20240508~CAS*CO*45*340~SVC*NU:0250*80*40**4~CAS*CO*45*40~"
    )
    story = tell({"837": sent, "835": remit_file(remit, day="20240601")})
    assert [link[1:] for link in story.links()] == [
        (1, 1, "bundle of lines", "medium"),
        (2, 1, "bundle of lines", "medium"),
        (3, 2, CONTENT, "high"),
    ]
    assert story.rows("select line_number, paid_amount from core.line_outcome order by 1") == [
        (1, d("330.00")),
        (2, d("330.00")),
        (3, d("40.00")),
    ]


@pytest.mark.parametrize(
    ("remit", "outcome", "amounts"),
    [
        # Paid as a whole: the claim's outcome, and no line's amount, for nobody has said it.
        ("CLP*A*1*1080*700**12*N1*11*1~CAS*CO*45*380~", "paid", None),
        ("CLP*A*1*1080*0*1080*12*N1*11*1~CAS*PR*1*1080~", "patient", None),
        ("CLP*A*4*1080*0**12*N1*11*1~CAS*CO*29*1080~", "denied", d("0.00")),
        # With lines that say nothing of why, and the reason at the claim.
        ("CLP*A*4*1080*0**12*N1*11*1~CAS*CO*29*1080~SVC*NU:0120*1000*0~SVC*NU:0250*80*0~", "denied", d("0.00")),
    ],
)
def test_claim_adjustments_without_service_lines(tell: Tell, remit: str, outcome: str, amounts: Decimal | None) -> None:
    sent = claim_file(facility_claim("A", "0120**1000*DA*2", "0250**80*UN*4", bill="11:A:1"), day="20240510", kind="837I")
    story = tell({"837": sent, "835": remit_file(remit, day="20240601")})
    assert story.rows("select line_number, outcome, paid_amount from core.adjudication order by 1") == [
        (1, outcome, amounts),
        (2, outcome, amounts),
    ]


def test_a_facility_claim_of_one_line_is_known_to_the_cent(tell: Tell) -> None:
    sent = claim_file(facility_claim("A", "0651*HC:Q5001*7750*DA*31", bill="81:A:2"), day="20240510", kind="837I")
    remit = "CLP*A*1*7750*6800.10**12*N1*81*2~CAS*CO*45*811.12~CAS*CO*253*138.78~"
    story = tell({"837": sent, "835": remit_file(remit, day="20240601")})
    assert story.rows("select outcome, paid_amount from core.adjudication") == [("paid", d("6800.10"))]


def test_zero_charge_lines(tell: Tell) -> None:
    """Reported, not billed: linked, neither paid nor denied, whatever reason stands on them."""
    sent = claim_file(claim("A", "HC:99497*150*UN*1", "HC:1123F*0*UN*1"), day="20240510")
    lines = f"SVC*HC:99497*150*80~{DAY}CAS*CO*45*70~REF*6R*A-1~SVC*HC:1123F*0*0~{DAY}REF*6R*A-2~LQ*HE*N620~"
    story = tell({"837": sent, "835": remit_file(f"CLP*A*1*150*80**12*N1~{HEAD}{lines}", day="20240601")})
    assert story.outcome() == [
        ("A", 1, "paid", "paid", d("80.00"), False, None),
        ("A", 2, "zero_charge", "zero_charge", d("0.00"), False, None),
    ]


def test_takebacks_by_provider_adjustment(tell: Tell) -> None:
    """With a reversal the withheld cash is the reversal's; without one it is the claim's; without a reference it is nobody's."""
    visit = "HC:99213*100*UN*1"
    sent = claim_file(*(claim(account, visit) for account in "ABC"), day="20240510")

    def paid(account: str, status: str = "1", sign: str = "") -> str:
        line = f"SVC*HC:99213*{sign}100*{sign}80~{DAY}CAS*CO*45*{sign}20~REF*6R*{account}-1~"
        return f"CLP*{account}*{status}*{sign}100*{sign}80**12*ICN{account}~{HEAD}{line}"

    files = {
        "837": sent,
        "a": remit_file(paid("A"), paid("B"), paid("C"), day="20240601"),
        # A is reversed: its balance is carried forward, and withheld from the next payment.
        "b": remit_file(paid("A", "22", "-"), day="20240701", adjustments="FB:ICNA*-80", number=2),
        "c": remit_file(day="20240715", adjustments="WO:ICNA T1*80*WO:ICNB*80*WO:C*30*WO*5*L6:ICNC*-1*WO:ICNX*7", number=3),
    }
    story = tell(files)
    found = story.rows(
        "select reason_code, reference_id, p.amount, v.patient_control_number, p.method, is_netted, takeback_amount, p.reason"
        " from core.provider_adjustment p left join core.claim_version v using (claim_key) order by remit_date, adjustment_ordinal"
    )
    number, account = "payer's claim number", "patient control number"
    assert found == [
        ("FB", "ICNA", d("-80.00"), "A", number, True, d("0.00"), None),
        ("WO", "ICNA T1", d("80.00"), "A", number, True, d("0.00"), None),
        ("WO", "ICNB", d("80.00"), "B", number, False, d("80.00"), None),
        ("WO", "C", d("30.00"), "C", account, False, d("30.00"), None),
        ("WO", None, d("5.00"), None, None, False, d("0.00"), "no reference"),
        ("L6", "ICNC", d("-1.00"), None, None, False, d("0.00"), "no takeback"),
        ("WO", "ICNX", d("7.00"), None, None, False, d("0.00"), "the reference names no claim that this payer answered"),
    ]
    assert story.rows("select sum(paid_amount) from core.line_outcome") == [(d("160.00"),)]
