"""The inbox of a run: which file each claim and each answer goes to, as the clock of the run moves on.

A file holds the interchanges of one sender and payer in one period; each interchange is one transmission (or one payment) of one day.
Pieces wait until their day is over, or until there are many of them, so memory does not grow with the run. What does not belong here: the
segments.
"""

from __future__ import annotations

import gzip
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

from pipelines.synthetic.episode import Episode
from pipelines.synthetic.world import Group, Payer, World
from pipelines.synthetic.x12_writer import AnswerPiece, ClaimPiece, answer_interchange, answer_piece, claim_interchange, claim_piece

MOST_PIECES = 250  # of one transaction set
FILE_BYTES = 20_000_000
SETTLED_DAYS = 100  # this long after a day, hardly anything is still to come for it
RESEND_EVERY = 12  # of so many payments a clearinghouse sends one twice, in a file of its own
PACK_EVERY = 9  # of so many files one is compressed, gzip and zip by turns

RESENT = "835_resent"  # how files of payments that were sent before are named

_Key = tuple[str, str, str, int]  # kind, group, payer, day


class InboxWriter:
    """Writes below ``folder``; `close` writes what still waits, packs some files, and returns."""

    def __init__(self, folder: Path, world: World, claims: int) -> None:
        self.folder = folder
        self.period_months = 6 if claims < 10_000 else 3 if claims < 200_000 else 1
        self.claims = 0
        self._as_of = world.as_of
        self._groups = {group.key: group for group in (*world.groups, world.hospice, world.hospital)}
        self._payers: dict[str, Payer] = {}
        self._claims: dict[_Key, list[ClaimPiece]] = {}
        self._answers: dict[_Key, list[AnswerPiece]] = {}
        self._sizes: Counter[Path] = Counter()
        self._parts: Counter[Path] = Counter()
        self._number = self._payments = 0
        self._broken = 0

    def add(self, episode: Episode) -> None:
        """The claims and answers of a finished episode."""
        for claim in episode.claims:
            self._payers[claim.payer.key] = claim.payer
            key = ("837I" if claim.bill else "837P", claim.group.key, claim.payer.key, claim.submitted)
            pieces = self._claims.setdefault(key, [])
            pieces.append(claim_piece(claim))
            self.claims += 1
            if len(pieces) >= MOST_PIECES:
                self._write_claims(key)
        for answer in episode.answers:
            self._payers[answer.payer.key] = answer.payer
            key = ("835", answer.claim.group.key, answer.payer.key, answer.day)
            pieces = self._answers.setdefault(key, [])
            pieces.append(answer_piece(answer))
            if len(pieces) >= MOST_PIECES:
                self._write_answers(key)

    def settle(self, before: int) -> None:
        """Write what waits for days before ``before``."""
        for key in sorted(k for k in self._claims if k[3] < before):
            self._write_claims(key)
        for key in sorted(k for k in self._answers if k[3] < before):
            self._write_answers(key)

    def add_broken(self, episode: Episode) -> None:
        """A transaction set with these claims that cannot be read: an amount that is none. Its answers come all the same."""
        for claim in episode.claims:
            piece = claim_piece(claim)
            segments = piece.claim.split("*", 3)
            damaged = piece._replace(claim="*".join((*segments[:2], "1O5.OO", segments[3])))
            self._payers[claim.payer.key] = claim.payer
            self._write((("837I" if claim.bill else "837P"), claim.group.key, claim.payer.key, claim.submitted), [damaged])
            self._broken += 1
        for answer in episode.answers:
            self._answers.setdefault(("835", answer.claim.group.key, answer.payer.key, answer.day), []).append(answer_piece(answer))

    def close(self) -> None:
        """Write the rest, pack some of the files, and put a copy of one beside them, as when a file is sent twice."""
        self.settle(date.max.toordinal())
        if again := next(iter(sorted(self._sizes)), None):
            (self.folder / "claims" / f"again_{again.name}").write_bytes(again.read_bytes())
        for place, path in enumerate(sorted(self._sizes)):
            if place % PACK_EVERY == 4:
                _pack(path, as_zip=place // PACK_EVERY % 2 == 1)

    def _write_claims(self, key: _Key) -> None:
        self._write(key, self._claims.pop(key))

    def _write(self, key: _Key, pieces: list[ClaimPiece]) -> None:
        kind, group, payer, day = key
        self._number += 1
        text = claim_interchange(self._groups[group], self._payers[payer], kind, day, self._number, pieces)
        self._append(f"claims/{kind.lower()}", self._groups[group], self._payers[payer], day, 0, text)

    def _write_answers(self, key: _Key) -> None:
        _, group, payer, day = key
        pieces = self._answers.pop(key)
        self._number += 1
        sender = self._payers[payer]
        recovered = 1250 if self._number % 5 == 0 else 0
        trace = self._number
        text = answer_interchange(sender, self._groups[group], day, trace, pieces, recovered)
        self._append("remittances/835", self._groups[group], sender, day, sender.folder_delay, text)
        self._payments += 1
        if self._payments % RESEND_EVERY == 0:
            self._number += 1
            text = answer_interchange(sender, self._groups[group], day, self._number, pieces, recovered, trace)
            self._append(f"remittances/{RESENT}", self._groups[group], sender, day, sender.folder_delay, text)

    def _append(self, kind: str, group: Group, payer: Payer, day: int, delay: int, text: str) -> None:
        """To the file of the sender, payer and period; a full one is followed by a second part."""
        room, name = kind.split("/")
        stem = Path(room) / self._period(min(day + delay, self._as_of)) / f"{name}_{group.key.lower()}_{payer.key}_{self._period(day)}"
        path = self._part(stem)
        element, component, repetition, terminator = payer.separators
        if payer.separators != "*:^~":
            text = text.replace("*", element).replace(":", component).replace("^", repetition).replace("~", terminator)
        content = (text.replace(terminator, terminator + payer.line_end) if payer.line_end else text).encode("ascii")
        if self._sizes[path] and self._sizes[path] + len(content) > FILE_BYTES:
            self._parts[stem] += 1
            path = self._part(stem)
        self._sizes[path] += len(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(content)

    def _part(self, stem: Path) -> Path:
        number = self._parts[stem]
        return self.folder / stem.with_name(f"{stem.name}{f'_part{number + 1}' if number else ''}.edi")

    def _period(self, day: int) -> str:
        when = date.fromordinal(day)
        month = (when.month - 1) // self.period_months * self.period_months + 1
        return f"{when.year}-{month:02d}"


def _pack(path: Path, as_zip: bool) -> None:
    """The file compressed in its place, with no time in it, so that the same content gives the same bytes."""
    content = path.read_bytes()
    if as_zip:
        with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(path.name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    else:
        path.with_suffix(".edi.gz").write_bytes(gzip.compress(content, mtime=0))
    path.unlink()
