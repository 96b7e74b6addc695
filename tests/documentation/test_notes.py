"""The note reader: its precision and recall on the labelled notes, and what holds of any text."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.documentation import notes
from pipelines.documentation.extract import DOCUMENTS, MODALITIES, PARTICIPANTS, TOPICS
from pipelines.documentation.notes import FIELDS, read_note
from pipelines.errors import MidpointError
from tests.documentation.note_scores import expected, labelled_notes, print_table, scores

NOTES = list(labelled_notes())
PRECISION, RECALL = 0.98, 0.95


def test_precision_and_recall_by_field() -> None:
    table = scores()
    shown = print_table(table)
    print(shown)
    below = {name: (s.precision, s.recall) for name, s in table.items() if s.precision < PRECISION or s.recall < RECALL}
    assert below == {}, shown


def test_the_labelled_set_is_large_and_speaks_the_extract_s_words() -> None:
    assert len(NOTES) >= 240
    assert len({entry["id"] for entry in NOTES}) == len(NOTES)
    for entry in NOTES:
        label = expected(entry["label"])
        assert set(label) == set(FIELDS), entry["id"]
        assert set(label["topics"]) <= set(TOPICS), entry["id"]
        assert set(label["documents"]) <= set(DOCUMENTS), entry["id"]
        assert set(label["participants"]) <= set(PARTICIPANTS), entry["id"]
        assert label["modality"] in (None, *MODALITIES.values()), entry["id"]


def test_a_score_counts_what_is_wrong_and_what_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure itself: a reader that says nothing has no recall, one that says too much loses precision."""
    monkeypatch.setattr("tests.documentation.note_scores.read_note", lambda _: notes.NoteReading())
    assert scores()["acp_minutes"].recall == 0
    monkeypatch.setattr("tests.documentation.note_scores.read_note", lambda _: notes.NoteReading(acp_minutes=-1, topics=list(TOPICS)))
    assert scores()["acp_minutes"].precision == 0
    assert scores()["topics"].precision < PRECISION
    assert scores()["topics"].recall == 1


def check(text: str) -> dict[str, Any]:
    """Read a text and check what holds of every reading; gives it as JSON."""
    read = read_note(text).as_json()
    assert list(read) == [*FIELDS, "spans", "reasons"]
    for name, spans in read["spans"].items():
        assert name in FIELDS
        for span in spans:
            assert 0 <= span["start"] < span["end"] <= len(text)
            assert text[span["start"] : span["end"]] == span["text"]
    for name in FIELDS:
        is_given = read[name] not in (None, [])
        assert is_given == bool(read["spans"].get(name)), (name, read)
        assert is_given or read["reasons"].get(name), (name, read)
    assert read["acp_minutes"] is None or 0 <= read["acp_minutes"] <= 1440
    assert set(read["topics"]) <= set(TOPICS)
    assert set(read["documents"]) <= set(DOCUMENTS)
    assert set(read["participants"]) <= set(PARTICIPANTS)
    assert read["modality"] in (None, "in_person", "video", "audio")
    for name in ("topics", "documents", "participants"):
        assert {span["value"] for span in read["spans"].get(name, [])} == set(read[name])
    return read


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    check(text)


# Pieces of notes in any order meet more of the reader than letters do.
PIECES = sorted({piece for entry in NOTES for piece in itertools.chain(entry["note"].split(" "), entry["note"].split("\n"))})


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*PIECES, "[x]", "[ ]", "☐", "\n", "\n\n", ":", ";", "(", ")", "-", "10:05", "30", "minutes"]), max_size=40)
)
def test_any_pieces_of_notes_are_read(pieces: list[str]) -> None:
    check(" ".join(pieces))


def test_values_have_their_words_and_missing_ones_a_reason() -> None:
    for entry in NOTES:
        read = check(entry["note"])
        assert check(entry["note"]) == read, entry["id"]  # and twice the same


def steps(text: str) -> int:
    """How many steps of the interpreter reading takes: the same on every machine."""
    count = 0

    def trace(frame: FrameType, _event: str, _argument: object) -> Callable[..., Any]:
        nonlocal count
        count += 1
        frame.f_trace_opcodes = True
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        read_note(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "a", "a\n", "(", "30 minutes ", "10:05-10:47 ", "patient and ", "[ ] ", "[x] CPR [ ] PEG ", "ACP: ", "not discussed CPR, ",
        "copied from note of 3/2: CPR\n", "copied from note\nCPR\n\n", "voluntary agreed to ", "prior ACP 2/1: 30 minutes. ", "| a ",
        "1 hr and ", "Patient (", "DNR; ", "and of which 10 were ACP ",
    ],
)  # fmt: skip
def test_the_steps_of_reading_are_linear(piece: str) -> None:
    """Four times the text takes about four times the steps; with the square it would be sixteen times. benchmarks/notes.py times it."""
    assert steps(piece * 160) < 5 * steps(piece * 40)


def test_steps_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure itself: a reader that looks at every pair is found out."""
    monkeypatch.setattr(notes, "_read", lambda text: [a < b for a in text for b in text])  # type: ignore[reportUnknownLambdaType]
    assert steps("a" * 240) > 12 * steps("a" * 60)


def test_a_failure_tells_nothing_of_the_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> None:
        raise KeyError(text)

    monkeypatch.setattr(notes, "take_apart", fail)
    with pytest.raises(MidpointError, match=r"KeyError, test_notes\.py:\d+") as caught:
        read_note("SECRETNAME spoke of CPR")
    assert "SECRETNAME" not in str(caught.value)
    assert caught.value.__suppress_context__
