"""What the remittances of a run truly say: which claim line each remitted line answers (truth_links.csv), and what became of every line
that was denied at first, stands denied, or was paid short (truth_outcomes.csv). Written as the run goes; nothing is kept.

What does not belong here: comparing it with an audit (answer_verify).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pipelines.synthetic.episode import Answer, Claim, Denial, Episode, iso
from pipelines.synthetic.x12_writer import paid_before, settle

LINKS, OUTCOMES = "truth_links.csv", "truth_outcomes.csv"
# A claim version outside the warehouse: its account, when it was sent, and as what.
CLAIM_COLUMNS = ("patient_control_number", "submission_date", "frequency_code", "payer_sequence_code", "line_number")
REMIT_COLUMNS = ("payer_claim_control_number", "status_code", "remit_date", "remit_line_number")
AMOUNTS = ("billed_amount", "allowed_amount", "paid_amount")
FLAGS = ("is_first_denied", "is_overturned", "is_denied", "is_underpaid")
UNDERPAID = "DEN-03"  # who finds lines that were paid short


class AnswerTruth:
    """Writes both files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._files = [(folder / name).open("w", encoding="utf-8", newline="") for name in (LINKS, OUTCOMES)]
        self._links, self._outcomes = (csv.writer(file, lineterminator="\n") for file in self._files)
        self._links.writerow((*REMIT_COLUMNS, *CLAIM_COLUMNS))
        self._outcomes.writerow((*CLAIM_COLUMNS, *FLAGS, *AMOUNTS, "recipe"))

    def add(self, episode: Episode, *, is_landed: bool = True) -> None:
        """The answers of a finished episode. is_landed: its claims can be read; else its answers answer nothing that is known."""
        for answer in episode.answers:
            for ordinal, places in enumerate(answer.remitted(), 1):
                remit = (answer.number, answer.status, iso(answer.day), ordinal)
                for place in places:
                    self._links.writerow((*remit, *(_line_key(answer.claim, place) if is_landed else [""] * len(CLAIM_COLUMNS))))
        if is_landed:
            for row in _outcomes(episode):
                self._outcomes.writerow((*row, episode.recipe))

    def close(self) -> None:
        """The files are whole."""
        for file in self._files:
            file.close()


def _line_key(claim: Claim, place: int) -> tuple[str | int, ...]:
    return claim.account, iso(claim.submitted), claim.frequency, claim.sequence, place + 1


def _outcomes(episode: Episode) -> Iterator[tuple[str | int, ...]]:
    short = {key for check_id, key in episode.planted if check_id == UNDERPAID}
    for claim in episode.claims:
        answers = sorted(
            (a for a in episode.answers if a.is_counted and any(a.claim is c for c in _sendings(episode, claim))), key=lambda a: a.day
        )
        for place, line in enumerate(claim.lines):
            history = [a for a in answers if place in a.places()]
            said = [a for a in history if not _is_duplicate(a, place)]
            if not (said or history):
                continue
            flags, allowed, paid = _judge(said or history, place)
            flags = (*flags, f"{claim.account}/{place + 1}" in short and claim is _last(episode, claim))
            if any(flags):
                amounts = (f"{cents / 100:.2f}" for cents in (line.charge, allowed, paid))
                yield (*_line_key(claim, place), *(str(flag).lower() for flag in flags), *amounts)


def _last(episode: Episode, claim: Claim) -> Claim:
    """The last version of a claim."""
    return [c for c in episode.claims if c.account == claim.account and c.sequence == claim.sequence][-1]


def _sendings(episode: Episode, claim: Claim) -> list[Claim]:
    """The claim, with its earlier sendings where it only repeats them and is the last: what was said of them was said of it."""
    versions = [c for c in episode.claims if c.account == claim.account and c.sequence == claim.sequence]
    return versions if claim is versions[-1] and all(c.frequency == "1" for c in versions) else [claim]


def _is_duplicate(answer: Answer, place: int) -> bool:
    outcome = answer.outcomes[place]
    return isinstance(outcome, Denial) and outcome.reason == "18"


def _is_denied(answer: Answer, place: int) -> bool:
    line = answer.claim.lines[place]
    is_refusal = isinstance(answer.outcomes[place], Denial) and not _is_duplicate(answer, place)
    return is_refusal and paid_before(answer) is None and line.charge > 1


def _judge(history: list[Answer], place: int) -> tuple[tuple[bool, bool, bool], int, int]:
    """(denied at first, overturned, denied), and cents allowed and paid in all, of the answers to a line in the order of their days."""
    allowed = paid = patient = 0
    for answer in history:
        settled, sign = settle(answer, place), -1 if answer.is_reversal else 1
        paid += sign * settled.paid
        patient += sign * settled.patient
        outcome = answer.outcomes[place]
        is_sent = answer.payer.sends_allowed and paid_before(answer) is None and isinstance(outcome, int)
        allowed += sign * (outcome if is_sent and isinstance(outcome, int) else settled.paid + settled.patient)
    taken_back = {a.number for a in history if a.is_reversal}
    given = [a for a in history if not a.is_reversal]
    standing = [a for a in given if a.number not in taken_back] or given
    was_denied = bool(given) and _is_denied(given[0], place)
    is_denied = bool(standing) and _is_denied(standing[-1], place) and allowed == 0
    return (was_denied, was_denied and (paid > 0 or patient > 0), is_denied), allowed, paid
