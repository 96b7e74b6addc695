"""Precision and recall of the note reader by field, on the labelled notes: `python -m tests.documentation.note_scores [SET] [--errors]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.documentation.notes import FIELDS, NoteReading, read_note

FOLDER = Path(__file__).with_name("notes")
LISTS = ("participants", "topics", "documents")


@dataclass
class Score:
    """Values right, wrong (given, but not so labelled) and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    errors: list[str] = field(default_factory=list[str])

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def labelled_notes(name: str = "*") -> Iterator[dict[str, Any]]:
    """The notes of the sets whose file name fits."""
    for path in sorted(FOLDER.glob(f"{name}.yaml")):
        yield from _read(path)


@cache
def _read(path: Path) -> list[dict[str, Any]]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def expected(label: dict[str, Any]) -> dict[str, Any]:
    """A label in full: what it leaves out is empty; the patient is present where taking part."""
    whole: dict[str, Any] = {name: [] if name in (*LISTS, "decisions") else None for name in FIELDS} | label
    if "patient_present" not in label and "patient" in whole["participants"]:
        whole["patient_present"] = True
    return whole


def scores(name: str = "*") -> dict[str, Score]:
    """By field, over the sets whose file name fits. A list is scored word by word; decisions by whether they hold the labelled words."""
    table = {name: Score() for name in FIELDS}
    for entry in labelled_notes(name):
        reading = read_note(entry["note"])
        want = expected(entry["label"])
        for name_of_field, score in table.items():
            _score(score, entry["id"], name_of_field, want[name_of_field], reading)
    return table


def _score(score: Score, note_id: str, name: str, want: Any, reading: NoteReading) -> None:
    got = getattr(reading, name)
    if name in LISTS:
        score.right += len(set(want) & set(got))
        score.wrong += len(set(got) - set(want))
        score.missed += len(set(want) - set(got))
        is_right = set(want) == set(got)
    elif name == "decisions":
        held = [word for word in want if got and word.lower() in got.lower()]
        is_right = bool(want) == bool(got) and len(held) == len(want)
        score.right += bool(want) and is_right
        score.wrong += bool(got) and not is_right
        score.missed += bool(want) and not is_right
    else:
        is_right = want == got
        score.right += is_right and want is not None
        score.wrong += got is not None and not is_right
        score.missed += want is not None and not is_right
    if not is_right:
        score.errors.append(f"{note_id}: {name}: labelled {want}, read {got}")


def print_table(table: dict[str, Score]) -> str:
    """One line a field, then all fields together."""
    lines = [f"{'field':<16} {'precision':>9} {'recall':>7} {'right':>6} {'wrong':>6} {'missed':>6}"]
    total = Score()
    for name, score in table.items():
        lines.append(_line(name, score))
        total.right, total.wrong, total.missed = total.right + score.right, total.wrong + score.wrong, total.missed + score.missed
    return "\n".join([*lines, _line("all", total)])


def _line(name: str, score: Score) -> str:
    return f"{name:<16} {score.precision:>9.3f} {score.recall:>7.3f} {score.right:>6} {score.wrong:>6} {score.missed:>6}"


def main() -> None:
    """Print the table; with --errors every difference too."""
    names = [a for a in sys.argv[1:] if not a.startswith("-")] or ["*"]
    for name in names:
        table = scores(name)
        sys.stdout.write(f"{name}: {sum(1 for _ in labelled_notes(name))} notes\n{print_table(table)}\n")
        if "--errors" in sys.argv:
            sys.stdout.writelines(f"{error}\n" for score in table.values() for error in score.errors)


if __name__ == "__main__":
    main()
