"""Reviews from the dashboard: a finding's decisions so far, and the form that records the next; the audit after that shows them.

What does not belong here: what a status or a clock means (docs/review.md), and the database (pipelines.review.store).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dash import dcc, html

from dashboards.components.layout import notice
from dashboards.page import View
from pipelines.errors import MidpointError
from pipelines.review.lists import decide
from pipelines.review.store import STATUSES, open_store, reviews_of

# The form's fields, in the order in which their values come.
FIELDS = ("version", "status", "reason", "reviewer", "note")


def panel(view: View, finding: dict[str, Any]) -> list[Any]:
    """What was decided on a finding, and a form for the next decision; the last audit's status alone where there is no database."""
    key = finding["finding_key"]
    clock = f", {finding['clock']}" if finding["clock"] else ""
    days = f", {finding['days_left']:,} days left" if finding["days_left"] is not None else ""
    told: list[Any] = [html.P(["Status as of the audit: ", html.Strong(f"{finding['status']}{clock}{days}")], className="review-status")]
    path = view.releases.reviews if view.releases else None
    if path is None:
        return told
    past = decisions(path, key)
    if past:
        told.append(html.Ul([html.Li(_words(one)) for one in past], className="decisions"))
    return [*told, html.Details([html.Summary("Record a decision"), _form(key, past)], className="data review")]


def decisions(path: Path, key: str) -> list[sqlite3.Row]:
    """The decisions on a finding, oldest first; none where the database is not there or cannot be read."""
    if not path.is_file():
        return []
    try:
        with open_store(path) as store:
            return reviews_of(store).get(key, [])
    except MidpointError:
        return []


def _words(one: sqlite3.Row) -> str:
    said = "; ".join(text for text in (one["reason"], one["note"]) if text)
    return f"{one['reviewed_date']} {one['status']} by {one['reviewer']}" + (f": {said}" if said else "")


def _form(key: str, past: Sequence[sqlite3.Row]) -> html.Div:
    def name(part: str) -> dict[str, str]:
        return {"review": key, "part": part}

    def field(label: str, control: Any) -> html.Label:
        return html.Label([html.Span(label), control], className="review-field")

    version = str(past[-1]["review_number"]) if past else "0"
    return html.Div(
        [
            dcc.Input(id=name("version"), type="hidden", value=version),
            html.Fieldset(
                [
                    html.Legend("Status"),
                    dcc.RadioItems(id=name("status"), options=list(STATUSES), value=past[-1]["status"] if past else None, inline=True),
                ]
            ),
            field("Reason", dcc.Input(id=name("reason"), className="field", autoComplete="off", maxLength=200)),
            field("Reviewer", dcc.Input(id=name("reviewer"), className="field", maxLength=80)),
            field("Note (no patient’s name)", dcc.Textarea(id=name("note"), className="field", maxLength=1000)),
            html.Button("Record", id=name("record"), className="button"),
            html.Div(id=name("result"), **{"aria-live": "polite"}),
        ],
        className="review-form",
    )


def record(path: Path, key: str, values: Sequence[str | None]) -> html.Div:
    """Record what the form says, and say what came of it."""
    row = {"finding_key": key, "reviewed_date": ""} | {field: str(value or "").strip() for field, value in zip(FIELDS, values, strict=True)}
    if not row["status"]:
        return notice("Choose a status.", "warn")
    try:
        made = decide(row, path, "dashboard")
    except MidpointError as error:
        return notice(f"Not recorded: {error}", "bad")
    if made.conflicts:
        stored = made.conflicts[0]["stored"]
        words = (
            f"Not recorded: {stored['reviewer']} has decided “{stored['status']}” on {stored['reviewed_date']} meanwhile. Reload to see it."
        )
        return notice(words, "bad")
    if made.unchanged:
        return notice("That is what stands already.")
    return notice(f"Recorded as {row['status']} by {row['reviewer']}. The next audit shows it in its figures.")
