"""The note reader: from the text of a note to fields of the ACP documentation extract, with the words that gave each value.

It reads by plain rules over word tables: what was talked about, done or decided at this visit counts; what was declined, put off, planned,
done on another day, copied forward or left unticked does not. It never guesses: what the note leaves open stays empty, with the reason.
docs/note_reader.md says what counts as what. The text of a note is given back to whoever gave it, and goes nowhere else: no log, no error
message. What does not belong here: the structure of a note (note_text), times, topics, people (note_times, note_topics, note_people).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.documentation import note_clauses, note_consent, note_people, note_times
from pipelines.documentation.note_acp_time import AcpTime, read_time
from pipelines.documentation.note_consent import Consent, Modality, read_consent, read_modality
from pipelines.documentation.note_people import PeopleReading, read_people
from pipelines.documentation.note_phrases import Lexicon, Phrases
from pipelines.documentation.note_text import Note, take_apart
from pipelines.documentation.note_times import clock_text
from pipelines.documentation.note_topics import TopicReading, read_topics
from pipelines.documentation.note_words import STAFF, VISIT_SIGNS
from pipelines.errors import MidpointError

LEXICON = Lexicon(
    {
        "topics": note_clauses.TOPICS,
        "acts": note_clauses.ACTS,
        "cues": note_times.CUES,
        "edges": note_times.EDGES,
        "people": note_people.PEOPLE,
        "parts": note_people.PARTS,
        "frame": note_people.FRAME,
        "consent": note_consent.CONSENT,
        "modes": note_consent.MODES,
        "visit": Phrases({"visit": VISIT_SIGNS}),
    }
)
TOPIC_ORDER = ("code_status", "ventilation", "nutrition", "dialysis", "hospitalization", "surrogate", "directive", "polst", "goals")
_NO_TALK = "no advance care planning talk is told of"
MOST_BYTES = 4 << 20  # a larger file is no note
_NO_TEXT = {b"PK\x03\x04": "a Word or zip file", b"%PDF": "a PDF", b"{\\rtf": "an RTF file", b"\xd0\xcf\x11\xe0": "a Word file"}
DOCUMENT_ORDER = ("advance_directive", "polst", "living_will", "hcp")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters start to end (exclusive) of the note."""

    start: int
    end: int
    text: str
    value: str = ""  # of a list: the word that it gave


@dataclass(slots=True)
class NoteReading:
    """What a note says. None or an empty list: not said; reasons (field → why) tell what was passed over and why a value is missing."""

    acp_minutes: int | None = None
    acp_start: str | None = None  # HH:MM
    acp_stop: str | None = None
    voluntary: bool | None = None
    participants: list[str] = field(default_factory=list[str])
    patient_present: bool | None = None
    topics: list[str] = field(default_factory=list[str])
    documents: list[str] = field(default_factory=list[str])
    modality: str | None = None
    decisions: str | None = None
    spans: dict[str, list[Span]] = field(default_factory=dict[str, list[Span]])
    reasons: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def as_json(self) -> dict[str, Any]:
        """The reading as DESIGN.md section 6 has it."""
        values: dict[str, Any] = {name: getattr(self, name) for name in FIELDS}
        values["spans"] = {name: [_as_json(span) for span in spans] for name, spans in self.spans.items()}
        values["reasons"] = self.reasons
        return values


def _as_json(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.text} | ({"value": span.value} if span.value else {})


FIELDS = (
    "acp_minutes", "acp_start", "acp_stop", "voluntary", "participants", "patient_present", "topics", "documents", "modality", "decisions",
)  # fmt: skip


def load_note(path: Path) -> str:
    """The text of the file, or of standard input where the path is ``-``. Raises MidpointError, which never quotes it."""
    if str(path) == "-":
        content, shown = sys.stdin.buffer.read(MOST_BYTES + 1), "standard input"
    elif path.is_dir():
        raise MidpointError(f"{path}: is a folder; name one note's text file, or - for standard input")
    elif not path.exists():
        raise MidpointError(f"{path}: not there; name one note's text file, or - for standard input")
    else:
        with path.open("rb") as file:
            content, shown = file.read(MOST_BYTES + 1), str(path)
    kind = next((what for magic, what in _NO_TEXT.items() if content.startswith(magic)), "")
    if kind or b"\0" in content:
        raise MidpointError(f"{shown}: is {kind or 'no text file'}; save the note as plain text (UTF-8) and run again")
    if len(content) > MOST_BYTES:
        raise MidpointError(f"{shown}: is larger than {MOST_BYTES >> 20} MB; give the text of one note")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if not text.strip():
        raise MidpointError(f"{shown}: is empty; give the text of one note")
    return text


def read_note(text: str) -> NoteReading:
    """Read one note. Any text is taken, in time linear in its length. Should the reader fail, the MidpointError says where, and nothing of
    the note.
    """
    try:
        return _read(text)
    except Exception as error:  # its message, or that of what it came from, could quote the note
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        line = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else "unknown"
        raise MidpointError(
            f"the note reader failed on this note ({type(error).__name__}, {line}); report this line, without the note"
        ) from None


def _read(text: str) -> NoteReading:
    note = take_apart(text)
    hits = LEXICON.find(note)
    is_visit = bool(hits["visit"].all) or any(s.in_visit for s in note.sentences)
    topics = read_topics(note, hits["topics"], hits["acts"], is_visit)
    is_planning = bool(topics.topics) or topics.has_talk or (topics.has_planning and not topics.is_refused)
    time = read_time(note, hits["cues"], hits["edges"], is_planning, is_visit)
    took_place = bool(topics.topics) or topics.has_talk or time.minutes is not None or time.start is not None
    people = read_people(note, hits["people"], hits["parts"], hits["frame"]) if took_place else PeopleReading()
    reading = NoteReading()
    _put_time(note, time, reading)
    _put_people(note, people, took_place, reading)
    _put_consent(note, read_consent(note, hits["consent"], took_place), reading)
    is_there, others = "patient" in people.participants, len(people.participants.keys() - STAFF - {"patient"})
    modality = read_modality(note, hits["modes"], hits["people"], is_there, others) if took_place else Modality(reason=_NO_TALK)
    _put_modality(note, modality, reading)
    _put_topics(note, topics, reading)
    return reading


def _spans(note: Note, places: Iterable[tuple[int, int]], value: str = "") -> list[Span]:
    found: list[Span] = []
    for start, stop in places:
        first, last = note.span(start, stop)
        found.append(Span(first, last, note.text[first:last], value))
    return found


def _spans_by_value(note: Note, places: Mapping[str, list[tuple[int, int]]]) -> list[Span]:
    return [span for value, own in places.items() for span in _spans(note, sorted(set(own)), value)]


def _put_time(note: Note, time: AcpTime, reading: NoteReading) -> None:
    reading.acp_minutes = time.minutes
    if time.words:
        reading.spans["acp_minutes"] = _spans(note, time.words)
    for name, value, words in (("acp_start", time.start, time.start_words), ("acp_stop", time.stop, time.stop_words)):
        if value is not None and words is not None:
            setattr(reading, name, clock_text(value))
            reading.spans[name] = _spans(note, [words])
        else:
            reading.reasons[name] = ["not said"]
    if time.reasons:
        reading.reasons["acp_minutes"] = list(dict.fromkeys(time.reasons))


def _put_people(note: Note, people: PeopleReading, took_place: bool, reading: NoteReading) -> None:
    reading.participants, reading.patient_present = list(people.participants), people.patient_present
    if people.participants:
        reading.spans["participants"] = _spans_by_value(note, people.participants)
    if people.patient_present is not None:
        reading.spans["patient_present"] = _spans(note, sorted(set(people.presence_words)))
    if not took_place:
        reading.reasons |= {"participants": [_NO_TALK], "patient_present": [_NO_TALK]}
    for name, why in people.reasons.items():
        reading.reasons[name] = [why]


def _put_consent(note: Note, consent: Consent, reading: NoteReading) -> None:
    reading.voluntary = consent.voluntary
    if consent.words:
        reading.spans["voluntary"] = _spans(note, sorted(set(consent.words)))
    else:
        reading.reasons["voluntary"] = [consent.reason]


def _put_modality(note: Note, modality: Modality, reading: NoteReading) -> None:
    reading.modality = modality.modality
    if modality.words:
        reading.spans["modality"] = _spans(note, sorted(set(modality.words)))
    else:
        reading.reasons["modality"] = [modality.reason]


def _put_topics(note: Note, topics: TopicReading, reading: NoteReading) -> None:
    reading.topics = [name for name in TOPIC_ORDER if name in topics.topics]
    reading.documents = [name for name in DOCUMENT_ORDER if name in topics.documents]
    for name, found, passed in (("topics", topics.topics, topics.passed), ("documents", topics.documents, topics.papers_passed)):
        if found:
            reading.spans[name] = _spans_by_value(note, {word: found[word] for word in getattr(reading, name)})
        why = [f"{word}: {reason}" for word, reason in passed.items() if word not in found]
        if why or not found:
            reading.reasons[name] = why or ["none is told of"]
    if topics.decisions:
        reading.spans["decisions"] = _spans(note, sorted(set(topics.decisions)))
        reading.decisions = "; ".join(" ".join(span.text.split()) for span in reading.spans["decisions"])
    else:
        reading.reasons["decisions"] = ["none is told of"]
