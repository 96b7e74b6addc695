"""What was planted (truth.csv), and how the findings of an audit compare with it.

A finding's subject is named as it stands outside the warehouse: ``account/line`` of a claim line, ``account`` of a whole claim,
``doc:id`` of a documentation row, ``npi:number`` of a clinician. What does not belong here: planting (the recipes) and auditing (verify).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import MidpointError

COLUMNS = ("check_id", "key", "recipe")
EXAMPLES = 5


class TruthWriter:
    """Writes truth.csv as errors are planted; ``recipe`` says in which story."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(COLUMNS)
        self.count = 0

    def add(self, planted: Iterable[tuple[str, str]], recipe: str) -> None:
        """Errors as (check id, key)."""
        for check_id, key in planted:
            self._writer.writerow((check_id, key, recipe))
            self.count += 1

    def close(self) -> None:
        """The file is whole."""
        self._file.close()


def read_truth(path: Path) -> dict[str, dict[str, str]]:
    """check id → key → recipe. Raises MidpointError when it is no truth.csv, or plants one error twice."""
    truth: dict[str, dict[str, str]] = defaultdict(dict)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["key"] in truth[row["check_id"]]:
                    raise MidpointError(f"{path}: {row['check_id']} {row['key']} is planted twice; generate the folder anew")
                truth[row["check_id"]][row["key"]] = row["recipe"]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise MidpointError(f"{path}: cannot be read as truth; name a folder that midpoint generate has made") from error
    return dict(truth)


@dataclass(frozen=True)
class Score:
    """One check against the truth. precision and recall are None where there is nothing to divide by."""

    check_id: str
    status: str  # of audit.check_result
    planted: int
    found: int
    true_positives: int
    missed: tuple[str, ...]  # some of what was planted and not found: key (recipe)
    wrong: tuple[str, ...]  # some of what was found and not planted

    @property
    def precision(self) -> float | None:
        """Of what was found, the share that was planted."""
        return self.true_positives / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Of what was planted, the share that was found."""
        return self.true_positives / self.planted if self.planted else None

    @property
    def is_exact(self) -> bool:
        """All that was planted was found, and nothing else."""
        return self.planted == self.found == self.true_positives

    def as_mapping(self) -> dict[str, Any]:
        """For the table and for --json."""
        return asdict(self) | {"precision": self.precision, "recall": self.recall, "is_exact": self.is_exact}


def score(truth: Mapping[str, Mapping[str, str]], found: Mapping[str, Iterable[str]], statuses: Mapping[str, str]) -> list[Score]:
    """A Score for each check of ``statuses`` (check id → status of its result), by id. found: check id → keys."""
    scores: list[Score] = []
    for check_id in sorted(statuses):
        planted, keys = truth.get(check_id, {}), set(found.get(check_id, ()))
        scores.append(
            Score(
                check_id,
                statuses[check_id],
                len(planted),
                len(keys),
                len(keys & planted.keys()),
                tuple(f"{key} ({planted[key]})" for key in sorted(planted.keys() - keys)[:EXAMPLES]),
                tuple(sorted(keys - planted.keys())[:EXAMPLES]),
            )
        )
    return scores
