"""From the reviewed work list to the estimate: the list is held against the frame and the sample first, row by row.

What does not belong here: the formulas (statistics) and how the result is shown (command).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.errors import MidpointError
from pipelines.sampling import statistics as st
from pipelines.sampling.draw import DECISIONS, choose, file_sha256
from pipelines.worklist import read_amount, read_list

MISSING = ("refuse", "no-error", "overpayment")
TOLD = 5  # problems named one by one in the message


def read_sample(folder: Path) -> tuple[dict[str, Any], list[dict[str, str]], list[dict[str, str]]]:
    """(manifest, frame, sample) of a drawn sample. Raises MidpointError when any of them is not as it was drawn."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        tables: list[list[dict[str, str]]] = []
        for name in ("frame", "sample"):
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                tables.append(list(csv.DictReader(file)))
        wanted = {"frame": manifest["frame"]["sha256"], "sample": manifest["sample_sha256"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MidpointError(
            f"{folder}: not a sample (manifest.json, frame.csv, sample.csv); name a folder of midpoint sample draw"
        ) from error
    for name, sha256 in wanted.items():
        if file_sha256(folder / f"{name}.csv") != sha256:
            raise MidpointError(f"{folder / name}.csv: changed since it was drawn; the {name} must not change, so nothing can be estimated")
    frame, sample = tables
    sizes = {stratum["name"]: stratum["sample_count"] for stratum in manifest["strata"]}
    if [int(row["position"]) for row in sample] != choose([row["stratum"] for row in frame], sizes, manifest["seed"]):
        raise MidpointError(f"{folder}: the sample is not the one that seed {manifest['seed']} gives; nothing can be estimated")
    return manifest, frame, sample


def estimate(folder: Path, worklist: Path, missing: str = "refuse", confidence: float = 0.9) -> dict[str, Any]:
    """Estimates of the frame's overpayment from the reviewed list of the sample in ``folder``.

    missing: what a unit without an answer, or that is gone from the list, counts as; ``refuse``: nothing is estimated then.
    Raises MidpointError in one line that names the rows that cannot be read, or how many answers are missing.
    """
    manifest, frame, sample = read_sample(folder)
    answers = _answers(worklist, {row["unit_key"]: row for row in sample})
    unanswered = [row for row in sample if row["unit_key"] not in answers]
    if unanswered and missing == "refuse":
        named = ", ".join(row["sample_number"] for row in unanswered[:TOLD])
        more = "…" if len(unanswered) > TOLD else ""
        raise MidpointError(
            f"{worklist}: {len(unanswered)} of {len(sample)} units are not answered (sample_number {named}{more}); review them, or say what"
            " they count as with --missing no-error|overpayment"
        )
    reviewed = {
        row["unit_key"]: answers.get(row["unit_key"], Decimal(row["amount"]) if missing == "no-error" else Decimal()) for row in sample
    }
    strata = _strata(frame, sample, reviewed)
    try:
        totals = [st.estimate_total(strata, name, confidence) for name in st.ESTIMATORS if len(strata) > 1 or name != "ratio_separate"]
    except ValueError as error:
        raise MidpointError(f"{folder}: {error}") from error
    return {
        "run_id": manifest["run_id"],
        "of": manifest["of"],
        "filters": manifest["filters"],
        "seed": manifest["seed"],
        "frame": manifest["frame"],
        "confidence": confidence,
        "sample_count": len(sample),
        "answered_count": len(answers),
        "missing_count": len(unanswered),
        "missing_counted_as": missing if unanswered else None,
        "missing_sample_numbers": [int(row["sample_number"]) for row in unanswered],
        "estimates": [_told(total) for total in totals],
        "units_in_error": _told(st.estimate_count(strata, confidence)),
        "strata": [_stratum(stratum, confidence) for stratum in strata],
    }


def _answers(worklist: Path, sample: Mapping[str, Mapping[str, str]]) -> dict[str, Decimal]:
    """The correct amount of each unit that has an answer."""
    answers: dict[str, Decimal] = {}
    problems: list[str] = []
    seen: set[str] = set()
    for number, row in read_list(worklist, ("unit_key", "amount", "reviewed_amount", "decision", "reviewer")):
        try:
            key = row["unit_key"]
            if key not in sample:
                raise ValueError(f"unit_key {key or '(empty)'} is not in the sample")
            if key in seen:
                raise ValueError(f"unit_key {key} is there twice")
            seen.add(key)
            amount = Decimal(sample[key]["amount"])
            if _amount("amount", row["amount"]) != amount:
                raise ValueError(f"amount is {row['amount'] or '(empty)'}, but {amount} was drawn; leave it as it is")
            correct = _correct(row, amount)
            if correct is not None:
                answers[key] = correct
        except ValueError as error:
            problems.append(f"row {number}: {error}")
    if problems:
        more = f"; and {len(problems) - TOLD} more rows" if len(problems) > TOLD else ""
        raise MidpointError(f"{worklist}: {'; '.join(problems[:TOLD])}{more}; nothing was estimated")
    return answers


def _correct(row: Mapping[str, str], amount: Decimal) -> Decimal | None:
    decision = row["decision"].lower()
    if decision and decision not in DECISIONS:
        raise ValueError(f"decision {row['decision']} is none of {', '.join(DECISIONS)}")
    correct = _amount("reviewed_amount", row["reviewed_amount"]) if row["reviewed_amount"] else None
    if correct is None:
        if decision in ("overpayment", "underpayment"):
            raise ValueError(f"decision {decision} needs a reviewed_amount")
        if not decision:
            return None
        correct = amount if decision == "no error" else Decimal()
    fits = {"no error": correct == amount, "overpayment": correct < amount, "underpayment": correct > amount, "no record": correct == 0}
    if decision and not fits[decision]:
        raise ValueError(f"decision {decision} does not go with reviewed_amount {correct} of {amount}")
    if not row["reviewer"]:
        raise ValueError("reviewer is empty")
    return correct


def _amount(name: str, text: str) -> Decimal:
    try:
        return read_amount(text)
    except ValueError:
        raise ValueError(f"{name} {text or '(empty)'} is no amount in dollars and cents") from None


def _strata(frame: list[dict[str, str]], sample: list[dict[str, str]], reviewed: Mapping[str, Decimal]) -> list[st.Stratum]:
    names = sorted({row["stratum"] for row in frame})
    units: dict[str, list[Decimal]] = {name: [] for name in names}
    pairs: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for row in frame:
        units[row["stratum"]].append(Decimal(row["amount"]))
    for row in sample:
        amount = Decimal(row["amount"])
        pairs[row["stratum"]].append((float(amount), float(amount - reviewed[row["unit_key"]])))
    return [st.Stratum(name, len(units[name]), float(sum(units[name], Decimal())), tuple(pairs[name])) for name in names]


def _told(made: st.Estimate) -> dict[str, Any]:
    """Dollars to the cent, the rest to six places."""
    return {
        "estimator": made.estimator,
        "point": _rounded(made.point, 2),
        "standard_error": _rounded(made.standard_error, 2),
        "lower": _rounded(made.lower, 2),
        "upper": _rounded(made.upper, 2),
        "degrees_of_freedom": made.degrees,
        "t": _rounded(made.t, 6),
        "relative_precision": _rounded(made.relative_precision, 6),
        "why": made.why,
    }


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places) + 0.0


def _stratum(stratum: st.Stratum, confidence: float) -> dict[str, Any]:
    overpaid = [d for _, d in stratum.pairs]
    alone = st.estimate_total([stratum], "difference", confidence)
    return {
        "stratum": stratum.name,
        "frame_count": stratum.count,
        "frame_amount": round(stratum.amount, 2),
        "sample_count": stratum.sampled,
        "sample_amount": round(sum(x for x, _ in stratum.pairs), 2),
        "in_error_count": sum(d != 0 for d in overpaid),
        "sample_overpayment": round(sum(overpaid), 2),
        "mean_overpayment": round(sum(overpaid) / len(overpaid), 6),
        "standard_deviation": round(st.variance(overpaid) ** 0.5, 6),
        "point": _rounded(alone.point, 2),
        "standard_error": _rounded(alone.standard_error, 2),
        "lower": _rounded(alone.lower, 2),
        "upper": _rounded(alone.upper, 2),
    }
