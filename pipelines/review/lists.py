"""The work list of findings, out and back: what reviewers fill in, and how it is held against what others have decided since.

What does not belong here: the database (store), what a list looks like as a file (pipelines.worklist), how the result is shown (command).
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import MidpointError
from pipelines.review.store import STATUSES, add_review, known_keys, open_store, reviews_of
from pipelines.sampling.draw import where_clause
from pipelines.summary import read_manifest
from pipelines.worklist import Column, read_day, read_list, write_list

TAKE = ("file", "stored")
TOLD = 5  # problems named one by one in the message
SHOWN = (
    "check_id", "direction", "proof", "severity", "patient_control_number", "documentation_id", "claim_key", "line_number", "service_date",
    "clinician_npi", "billing_npi", "payer_id", "procedure_code", "modifiers", "units", "minutes", "billed_amount", "at_risk_amount",
    "recoverable_amount", "evidence", "source_file", "transaction_set", "segment_number",
)  # fmt: skip
WIDTHS = {"evidence": 50, "source_file": 28, "finding_key": 28, "patient_control_number": 22}
INSTRUCTIONS = (
    "Change the yellow columns of the findings that you have read, save the file, and bring it back with: midpoint review import FILE",
    "status: reviewed (you are looking into it: for an overpayment the 180 days of a good-faith investigation begin) · confirmed (it is "
    "one: the 60 days to report and return begin) · dismissed (it is none; give the reason) · corrected (the claim was corrected or the "
    "money returned) · open (whatever was decided before is taken back). new, open and gone are found out by the audit.",
    "reason: why, in a few words. reviewer: who decided; needed in every row that you change. note: anything else.",
    "reviewed_date: the day of the decision, as YYYY-MM-DD; empty: the day of the import. The clocks run from it.",
    "Rows that you do not change stay as they are; you may delete them. Leave finding_key and version alone: version tells whether "
    "somebody else has decided since.",
    "Reviews are published in the release's finding_status: write no patient's name into reason or note.",
)


@dataclass
class Imported:
    """What came of an import."""

    applied: list[str] = field(default_factory=list[str])  # finding keys
    unchanged: int = 0  # rows that say what is stored, or what they said when exported
    conflicts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    unreadable: list[str] = field(default_factory=list[str])


def export(release: Path, store_path: Path, where: Sequence[str], save: Path) -> int:
    """Write the release's findings that meet ``where`` as a work list, with what is decided now; returns how many rows.

    Beside the filters of a sample, ``status=…`` takes those of that status now. Raises MidpointError when it is no release or the file
    cannot be written.
    """
    run_id = read_manifest(release)["run_id"]
    statuses = {value.strip() for part in where if part.startswith("status=") for value in part.removeprefix("status=").split(",")}
    clause, values = where_clause("findings", [part for part in where if not part.startswith("status=")])
    finding, status = (
        "read_parquet('" + str(release / f"{name}.parquet").replace("'", "''") + "')" for name in ("finding", "finding_status")
    )
    try:
        with duckdb.connect() as con:
            result = con.execute(
                f"select f.finding_key, {', '.join(f'f.{name}' for name in SHOWN)}, s.first_seen_date, s.refund_due_date, s.days_left,"
                f" case when s.review_status is null then s.status else 'open' end as found_status"
                f" from (select * from {finding} where {clause}) as f inner join {status} as s on f.finding_key = s.finding_key"
                " order by f.check_id, f.service_date, f.finding_key",
                values,
            )
            names = [column[0] for column in result.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    except duckdb.Error as error:
        raise MidpointError(f"{release}: {str(error).splitlines()[0]}; audit again with this version for its finding_status") from error
    with open_store(store_path) as store:
        reviews = reviews_of(store)
    listed: list[dict[str, Any]] = []
    for row in rows:
        past = reviews.get(row["finding_key"], [])
        last = past[-1] if past else None
        row |= {
            "version": last["review_number"] if last else 0,
            "status": last["status"] if last else row["found_status"],
            "reason": last["reason"] if last else None,
            "note": last["note"] if last else None,
            "last_reviewer": last["reviewer"] if last else None,
            "last_reviewed_date": last["reviewed_date"] if last else None,
        }
        if not statuses or row["status"] in statuses:
            listed.append(row)
    open_columns = {"reason": 30, "reviewer": 18, "reviewed_date": 14, "note": 40}
    columns = [
        *(Column(name, WIDTHS.get(name, 14)) for name in ("finding_key", "version")),
        Column("status", 14, choices=("new", *STATUSES)),
        *(Column(name, width, is_open=True) for name, width in open_columns.items()),
        *(Column(name, 14) for name in ("last_reviewer", "last_reviewed_date", "first_seen_date", "refund_due_date", "days_left")),
        *(Column(name, WIDTHS.get(name, 14)) for name in SHOWN),
    ]
    write_list(save, columns, listed, f"Midpoint findings to review, release {run_id}", INSTRUCTIONS)
    return len(listed)


def bring_back(file: Path, store_path: Path, take: str | None = None, partial: bool = False, today: date | None = None) -> Imported:
    """Import a list that was exported and filled in; returns what was applied, what conflicts, and what cannot be read.

    take: what stands in a conflict (the finding was decided by somebody else since the export): ``file``, ``stored``, or neither.
    partial: apply the rows that can be read, though others cannot. Raises MidpointError, with nothing applied, on rows that cannot be
    read (without partial), each named by its number.
    """
    today = today or date.today()
    rows = read_list(file, ("finding_key", "version", "status", "reason", "reviewer", "note"))
    made = Imported()
    source = f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"
    recorded_at = datetime.now(UTC).isoformat(timespec="seconds")
    with open_store(store_path) as store:
        known, reviews = known_keys(store), reviews_of(store)
        wanted: list[dict[str, Any]] = []
        seen: set[str] = set()
        for number, row in rows:
            try:
                change = _change(row, known, reviews.get(row["finding_key"], []), seen, today)
            except ValueError as error:
                made.unreadable.append(f"row {number}: {error}")
                continue
            if change is None:
                made.unchanged += 1
            else:
                wanted.append(change | {"row": number})
        if made.unreadable and not partial:
            more = f"; and {len(made.unreadable) - TOLD} more rows" if len(made.unreadable) > TOLD else ""
            raise MidpointError(f"{file}: {'; '.join(made.unreadable[:TOLD])}{more}; nothing was applied")
        for change in wanted:
            _apply(store, change, take, made, {"recorded_at": recorded_at, "source": source})
    return made


def decide(row: Mapping[str, str], store_path: Path, source: str, today: date | None = None) -> Imported:
    """Record one decision, as a row of a list: finding_key, version (that it was made over), status, reason, reviewer, note, reviewed_date.

    Raises MidpointError where it cannot be read. Where somebody else has decided since that version, nothing is applied, and the
    conflict is returned.
    """
    made = Imported()
    with open_store(store_path) as store:
        try:
            change = _change(row, known_keys(store), reviews_of(store).get(row["finding_key"], []), set(), today or date.today())
        except ValueError as error:
            raise MidpointError(str(error)) from error
        if change is None:
            made.unchanged = 1
        else:
            origin = {"recorded_at": datetime.now(UTC).isoformat(timespec="seconds"), "source": source}
            _apply(store, change | {"row": 1}, None, made, origin)
    return made


def _apply(store: sqlite3.Connection, change: dict[str, Any], take: str | None, made: Imported, origin: Mapping[str, str]) -> None:
    stored, number = change.pop("stored"), change.pop("row")
    if stored is not None and take != "file":
        conflict = {"row": number, "finding_key": change["finding_key"], "file": _said(change), "stored": _said(stored)}
        made.conflicts.append(conflict | {"taken": take})
        return
    add_review(store, change, origin)
    made.applied.append(change["finding_key"])


def _said(review: Mapping[str, Any] | sqlite3.Row) -> dict[str, Any]:
    return {name: str(review[name] or "") for name in ("status", "reason", "reviewer", "note", "reviewed_date")}


def _change(row: Mapping[str, str], known: set[str], past: Sequence[sqlite3.Row], seen: set[str], today: date) -> dict[str, Any] | None:
    """What the row decides, with ``stored`` (the last review) where somebody else has decided since; None where it decides nothing.

    Raises ValueError where the row cannot be read.
    """
    key = row["finding_key"]
    if key not in known:
        raise ValueError(f"finding_key {key or '(empty)'} is not known; no audit has found it")
    if key in seen:
        raise ValueError(f"finding_key {key} is there twice")
    seen.add(key)
    version = int(row["version"]) if row["version"].isdigit() else -1
    if version != 0 and version not in {review["review_number"] for review in past}:
        raise ValueError(f"version {row['version'] or '(empty)'} is none of this finding's; leave it as it was exported")
    status = row["status"].lower()
    if status not in (*STATUSES, "new", "gone"):
        raise ValueError(f"status {row['status'] or '(empty)'} is none of {', '.join(STATUSES)}")
    day = _day(row.get("reviewed_date", ""), today)
    said = (status, row["reason"], row["note"])
    exported = next((review for review in past if review["review_number"] == version), None)
    before = _triple(exported) if exported else None
    untouched = said == before if before else status in ("new", "open", "gone") and not row["reason"] and not row["note"]
    if (
        untouched
        and (day is None or (exported is not None and day.isoformat() == exported["reviewed_date"]))
        and (not row["reviewer"] or (exported is not None and row["reviewer"] == exported["reviewer"]))
    ):
        return None
    if status in ("new", "gone"):
        raise ValueError(f"status {status} cannot be decided; choose one of {', '.join(STATUSES)}")
    if not row["reviewer"]:
        raise ValueError("reviewer is empty; who decided?")
    if status == "dismissed" and not row["reason"]:
        raise ValueError("reason is empty; why is it dismissed?")
    last = past[-1] if past else None
    if (
        last is not None
        and (_triple(last), last["reviewer"]) == (said, row["reviewer"])
        and (day is None or day.isoformat() == last["reviewed_date"])
    ):
        return None  # stored already: the same file once more
    return {
        "finding_key": key,
        "status": status,
        "reason": row["reason"] or None,
        "reviewer": row["reviewer"],
        "note": row["note"] or None,
        "reviewed_date": day or today,
        "stored": last if last is not None and last["review_number"] != version else None,
    }


def _triple(review: sqlite3.Row) -> tuple[str, str, str]:
    return review["status"], review["reason"] or "", review["note"] or ""


def _day(text: str, today: date) -> date | None:
    if not text:
        return None
    try:
        day = read_day(text)
    except ValueError:
        raise ValueError(f"reviewed_date {text} is not a date YYYY-MM-DD") from None
    if day > today:
        raise ValueError(f"reviewed_date {day} has not come yet")
    return day
