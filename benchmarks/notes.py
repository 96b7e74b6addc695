"""Speed of the note reader: notes and megabytes a second on the labelled notes, and on texts that ask most of it.

    PYTHONPATH=. .venv/bin/python benchmarks/notes.py [--rounds 5]

Processor time of one core, the best of the rounds. The last column: the time of a text over that of a quarter of it; about 4 is linear.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from pipelines.documentation.notes import read_note
from tests.documentation.note_scores import labelled_notes

WORST = (
    "30 minutes ", "10:05-10:47 ", "patient and ", "[ ] ", "[x] CPR [ ] PEG ", "ACP: ", "not discussed CPR, ", "copied from note\nCPR\n\n",
    "| a ", "1 hr and ", "CPR: no; ",
)  # fmt: skip
SIZE = 40_000  # characters


def seconds(texts: Sequence[str], rounds: int) -> float:
    """The best time to read them all."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for text in texts:
            read_note(text)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Print one line for the labelled notes and one for each text of a repeated piece."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    notes = [entry["note"] for entry in labelled_notes()]
    took, size = seconds(notes, rounds), sum(map(len, notes))
    sys.stdout.write(f"{len(notes)} labelled notes of {size // len(notes)} characters: {len(notes) / took:,.0f} notes a second\n")
    for name, text in [("labelled notes in one", "\n\n".join(notes)), *((piece, piece * (SIZE // len(piece))) for piece in WORST)]:
        whole, quarter = seconds([text], rounds), seconds([text[: len(text) // 4]], rounds)
        sys.stdout.write(f"{name!r:<32} {len(text) / whole / 1e6:6.2f} MB a second {whole / quarter:6.1f}\n")


if __name__ == "__main__":
    main()
