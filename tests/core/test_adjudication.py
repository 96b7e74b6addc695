"""The adjudication history, from 837 and 835 text: order, reversals and what they take back, repeats, and first and current outcomes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest

from tests.core.x12_story import Story, claim, claim_file, remit_file

Tell = Callable[[dict[str, str]], Story]
VISIT = "HC:99213*100*UN*1"
SENT = claim_file(claim("A", VISIT), day="20240510")


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    return lambda files: Story(tmp_path, files)


def paid(number: str, amount: str, *, status: str = "1", account: str = "A", reference: str = "A-1") -> str:
    """A visit of 100 dollars, paid so much, the rest above the fee schedule."""
    rest = d("100") - d(amount)
    return (
        f"CLP*{account}*{status}*100*{amount}**12*{number}*11*1~NM1*QC*1*TESTPATIENT*ADA****MI*T1~"
        f"SVC*HC:99213*100*{amount}**1~DTM*472*20240506~CAS*CO*45*{rest}~REF*6R*{reference}~"
    )


def denied(number: str, *, account: str = "A", reason: str = "16", reference: str = "A-1") -> str:
    return (
        f"CLP*{account}*4*100*0**12*{number}*11*1~NM1*QC*1*TESTPATIENT*ADA****MI*T1~"
        f"SVC*HC:99213*100*0**1~DTM*472*20240506~CAS*CO*{reason}*100~REF*6R*{reference}~"
    )


def taken_back(number: str, amount: str, *, reason: str = "45", account: str = "A", reference: str = "A-1") -> str:
    """The reversal of a visit of 100 dollars that was paid so much."""
    rest = d(amount) - d("100")
    return (
        f"CLP*{account}*22*-100*-{amount}**12*{number}*11*1~NM1*QC*1*TESTPATIENT*ADA****MI*T1~"
        f"SVC*HC:99213*-100*-{amount}**1~DTM*472*20240506~CAS*CO*{reason}*{rest}~REF*6R*{reference}~"
    )


FIRST = remit_file(paid("N1", "80"), day="20240601")
BACK = remit_file(taken_back("N1", "80"), day="20240701", number=2)
AGAIN = remit_file(paid("N2", "60"), day="20240701", number=3)


@pytest.mark.parametrize("names", list(permutations(("a", "b", "c"))))
def test_reversal_and_correction_of_one_day_in_any_files(tell: Tell, names: tuple[str, str, str]) -> None:
    """Which file comes first, by name or by its number, changes nothing."""
    story = tell({"837": SENT, **dict(zip(names, (FIRST, BACK, AGAIN), strict=True))})
    assert story.history() == [
        ("A", 1, "06-01", "paid", d("80.00"), d("0.00"), True, None),
        ("A", 1, "07-01", "reversal", d("-80.00"), d("0.00"), True, 30),
        ("A", 1, "07-01", "paid", d("60.00"), d("0.00"), True, 0),
    ]
    assert story.outcome() == [("A", 1, "paid", "paid", d("60.00"), False, None)]


@pytest.mark.parametrize("correction_number", ["N1", "N2"])
@pytest.mark.parametrize("correction_day", ["20240625", "20240701"])
def test_a_correction_before_its_reversal(tell: Tell, correction_number: str, correction_day: str) -> None:
    """In an earlier interchange of the same day, or dated days before: the reversal takes the original back, whatever numbers say."""
    again = remit_file(paid(correction_number, "60"), day=correction_day, number=1)
    story = tell({"837": SENT, "a": FIRST, "b": again, "c": BACK})
    pairs = story.rows(
        "select o.remit_date, o.paid_amount, o.is_reversed from core.adjudication a"
        " join core.adjudication o on a.reverses_remit_key = o.remit_key"
    )
    assert [(str(day), amount, back) for day, amount, back in pairs] == [("2024-06-01", d("80.00"), True)]
    on_one_day = correction_day == "20240701"
    assert [row[3] for row in story.history()] == (["paid", "reversal", "paid"] if on_one_day else ["paid", "paid", "reversal"])
    assert story.outcome() == [("A", 1, "paid", "paid", d("60.00"), False, None)]


def test_the_same_amount_again_is_no_original(tell: Tell) -> None:
    """Denied, denied again with another reason under the same number, and only then the first is taken back: the last word stands."""
    files = {
        "837": SENT,
        "a": remit_file(denied("N1"), day="20240601"),
        "b": remit_file(denied("N1", reason="50"), day="20240620", number=2),
        "c": remit_file(taken_back("N1", "0", reason="16"), day="20240701", number=3),
    }
    story = tell(files)
    assert story.rows("select last_denial_reason_code, is_denied, current_outcome from core.line_outcome") == [("50", True, "denied")]


def test_a_reversal_whose_original_is_unknown_takes_nothing(tell: Tell) -> None:
    """The history begins in the middle, with the correction first in the file; a later original is taken back by its own reversal."""
    files = {
        "837": SENT,
        "a": remit_file(paid("N1", "75"), taken_back("N1", "80"), day="20240601"),
        "b": remit_file(taken_back("N1", "75"), day="20240701", number=2),
        "c": remit_file(paid("N1", "75"), day="20240702", number=3),
    }
    story = tell(files)
    assert story.rows("select remit_date::varchar, reverses_remit_key is null from core.adjudication where is_reversal order by 1") == [
        ("2024-06-01", True),
        ("2024-07-01", False),
    ]
    assert story.outcome() == [("A", 1, "paid", "paid", d("75.00"), False, None)]


def test_a_correction_beside_the_reversal_of_an_unknown_original(tell: Tell) -> None:
    """The correction comes first in the payment: it is no original of the reversal on its day."""
    story = tell({"837": SENT, "a": remit_file(paid("N1", "75"), taken_back("N1", "80"), day="20240601")})
    assert story.outcome() == [("A", 1, "paid", "paid", d("75.00"), False, None)]


def test_a_reversal_alone(tell: Tell) -> None:
    story = tell({"837": SENT, "a": FIRST, "b": BACK})
    assert story.outcome() == [("A", 1, "paid", "reversal", d("0.00"), False, None)]


def test_a_reversal_of_the_same_day(tell: Tell) -> None:
    """Paid and taken back in one payment, the reversal first in the file."""
    story = tell({"837": SENT, "a": remit_file(taken_back("N1", "80"), paid("N1", "80"), day="20240601")})
    assert [row[3] for row in story.history()] == ["paid", "reversal"]
    assert story.outcome() == [("A", 1, "paid", "reversal", d("0.00"), False, None)]


def test_overturned_after_so_many_days(tell: Tell) -> None:
    files = {
        "837": SENT,
        "a": remit_file(denied("N1"), day="20240601"),
        "b": remit_file(taken_back("N1", "0", reason="16"), paid("N2", "80"), day="20240711", number=2),
    }
    story = tell(files)
    assert story.outcome() == [("A", 1, "denied", "paid", d("80.00"), True, 40)]
    assert story.rows("select overturned_date::varchar from core.line_outcome") == [("2024-07-11",)]


def test_an_835_that_was_sent_twice_counts_once(tell: Tell) -> None:
    """Another control number, the same payer, trace number and amount. Another payer's, another trace's or another amount's is none."""
    twice = {f"twice{n}": remit_file(paid("N1", "80"), day="20240601", trace="EFT1", number=n) for n in (1, 2)}
    sent = claim_file(claim("A", VISIT), claim("B", VISIT), day="20240510")
    others = {
        "more": remit_file(paid("N1", "80"), paid("N5", "50", account="B", reference="B-1"), day="20240901", trace="EFT1", number=6),
        "trace": remit_file(paid("N3", "70"), day="20240701", trace="EFT2", number=3),
        "amount": remit_file(paid("N4", "60"), day="20240801", trace="EFT1", number=4),
        "payer": remit_file(paid("N1", "80"), day="20240601", trace="EFT1", payer="99999", number=5),
    }
    story = tell({"837": sent, **twice, **others})
    assert story.rows("select count(*) filter (where is_repeated), count(*) from core.submission where kind = '835'") == [(1, 6)]
    repeats = story.rows(
        "select r.remit_payer_id, a.paid_amount, a.outcome, a.is_counted from core.adjudication a join core.remit_claim r using (remit_key)"
        " where a.is_repeated"
    )
    assert repeats == [("99901", d("80.00"), "paid", False)]
    assert [row[4] for row in story.outcome()] == [d("370.00"), d("50.00")]


def test_a_payment_in_two_sets_keeps_all_its_claims(tell: Tell) -> None:
    """Parts of a payment that both name its whole amount are no repeats, but for the claim that stands in both."""

    def part(number: int, account: str, amount: str) -> str:
        other = paid(f"N{account}", amount, account=account, reference=f"{account}-1")
        return remit_file(paid("N1", "80"), other, day="20240601", trace="EFT1", payment="200", number=number)

    sent = claim_file(claim("A", VISIT), claim("B", VISIT), claim("C", VISIT), day="20240510")
    story = tell({"837": sent, "a": part(1, "B", "70"), "b": part(2, "C", "50")})
    assert story.rows("select count(*) filter (where is_repeated) from core.submission") == [(0,)]
    assert story.rows("select patient_control_number from core.remit_claim where is_repeated") == [("A",)]
    assert [row[4] for row in story.outcome()] == [d("80.00"), d("70.00"), d("50.00")]


@pytest.mark.parametrize(
    ("remit", "outcome"),
    [
        ("CLP*A*1*100*80*20*12*N~SVC*HC:99213*100*80~CAS*PR*2*20~", "paid"),
        ("CLP*A*1*100*0*80*12*N~SVC*HC:99213*100*0~CAS*CO*45*20~CAS*PR*1*80~", "patient"),
        ("CLP*A*1*100*0**12*N~SVC*HC:99213*100*0~CAS*CO*97*100~", "denied"),
        ("CLP*A*1*100*0**12*N~SVC*HC:99213*100*0~CAS*CO*18*100~", "duplicate"),
        ("CLP*A*1*100*0**12*N~SVC*HC:99213*100*0~CAS*CO*24*100~", "unknown"),
        ("CLP*A*23*100*0**12*N~SVC*HC:99213*100*0~CAS*OA*109*100~", "forwarded"),
        ("CLP*A*25*100*0**12*N~SVC*HC:99213*100*0~CAS*OA*101*100~", "predetermination"),
        ("CLP*A*1*0*0**12*N~SVC*HC:99213*0*0~", "zero_charge"),
        ("CLP*A*22*-100*-80**12*N~SVC*HC:99213*-100*-80~CAS*CO*45*-20~", "reversal"),
        # A whole claim without service lines: the claim's outcome.
        ("CLP*A*1*100*80**12*N~CAS*CO*45*20~", "paid"),
        ("CLP*A*4*100*0**12*N~CAS*CO*29*100~", "denied"),
    ],
)
def test_outcomes(tell: Tell, remit: str, outcome: str) -> None:
    charge = "0" if outcome == "zero_charge" else "100"
    story = tell({"837": claim_file(claim("A", f"HC:99213*{charge}*UN*1"), day="20240510"), "835": remit_file(remit, day="20240601")})
    assert story.rows("select outcome from core.adjudication") == [(outcome,)]
