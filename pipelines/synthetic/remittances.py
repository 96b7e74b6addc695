"""Plain visits with remittances that are hard to follow: in parts, bundled, recoded, out of order, and before their claim.

Nothing here is wrong with the claims. What does not belong here: payments that are sent twice (inbox_writer).
"""

from __future__ import annotations

from pipelines.synthetic.episode import Episode
from pipelines.synthetic.recipes import visit
from pipelines.synthetic.visits import DENIALS, office_visit

# What a payer may put in place of a test, at the same price.
RECODED = {"36415": "36416", "85025": "85027", "93000": "93010"}
DOCTORS = ("family", "internal", "cardiology", "nurse_practitioner")


@visit(2, days=110)
def answered_in_parts(e: Episode) -> None:
    """A visit and its tests; the payer answers the tests weeks after the visit."""
    claim = e.claim(e.clinician(*DOCTORS), "11", office_visit(e), "80053", "36415")
    e.answer(claim, after=e.answer(claim, part=(0,)), part=(1, 2))


@visit(1.5)
def tests_bundled(e: Episode) -> None:
    """A visit and two tests, which come back as one panel with the charge of both."""
    claim = e.claim(e.clinician(*DOCTORS), "11", office_visit(e), "80053", "85025")
    e.answer(claim).bundle = (1, 2)


@visit(1)
def one_code_bundled(e: Episode) -> None:
    """One test on two lines of a claim, which come back as one line of two units; denied at times, and paid on appeal."""
    claim = e.claim(e.clinician(*DOCTORS), "11", office_visit(e), "85025", "85025-91")
    denied = {"85025": e.world.one_of(DENIALS)} if e.world.happens(0.3) else None
    first = e.answer(claim, denied=denied)
    first.bundle = (1, 2)
    if denied:
        e.correct(first).bundle = (1, 2)


@visit(2)
def recoded(e: Episode) -> None:
    """A test comes back under another code, mostly with the one that was submitted beside it."""
    code = e.world.one_of(tuple(RECODED))
    answer = e.answer(e.claim(e.clinician(*DOCTORS), "11", office_visit(e), code))
    answer.recoded, answer.names_submitted = (1, RECODED[code]), e.world.happens(0.7)


@visit(2, days=165)
def corrected_out_of_order(e: Episode) -> None:
    """Denied and paid on appeal; the reversal comes in another payment than the correction, before it or after it."""
    claim = e.claim(e.clinician(*DOCTORS), "11", office_visit(e), "36415")
    denied = {e.world.one_of(claim.lines).code: e.world.one_of(DENIALS)}
    e.correct(e.answer(claim, denied=denied), cycles=e.world.one_of((-1, 1, 2)))


@visit(1, days=165)
def taken_back_for_good(e: Episode) -> None:
    """Paid, and reversed months later, with nothing in its place."""
    claim = e.claim(e.clinician(*DOCTORS), "11", office_visit(e), "36415")
    paid = e.answer(claim)
    e.reverse(paid, e.world.cycle_day(paid.day + e.world.between(20, 60)))


@visit(1, days=165)
def claim_file_late(e: Episode) -> None:
    """The claim comes in a file that was made after its remittance."""
    claim = e.claim(e.clinician(*DOCTORS), "11", office_visit(e), "80053")
    answer = e.answer(claim)
    claim.submitted = e.world.cycle_day(answer.day + e.world.between(5, 40))
