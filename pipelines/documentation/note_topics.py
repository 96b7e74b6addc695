"""What was talked about, which documents were reviewed or completed, and what was decided.

What does not belong here: clauses and what governs a mention (note_clauses), times (note_times), people (note_people).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.documentation.note_clauses import (
    BASES,
    NAMING,
    PERSON_WORDS,
    SOFT,
    TOPICS,
    Act,
    Clause,
    Mention,
    clauses_of,
    governor,
    is_role,
    settle_acts,
)
from pipelines.documentation.note_phrases import Hits
from pipelines.documentation.note_text import Note, Sentence, word_set

_BEHIND_CARE = word_set("per with at , . ; or and / nor ) | but if under - – & ever in ( for")
_FILLED = word_set(
    """
    completed signed executed updated filled notarized notarised witnessed revised done scanned completes signs
    """
)
_BUT = word_set("but except")
_BOTH = word_set("both all these this it they which")
_EDGES = word_set(", - – | ) ; . :")
_NOT_COMPLETED = ("not completed", "declined", "negated", "answered no", "not done")
_THESE = word_set("neither none both all these those either it this that")
_MATTERS = word_set("wishes preferences discussion options vs versus status form")  # DNR status is no decision
_SUBJECTS = word_set("he she they i we who - – : ; , ( ) and but")


@dataclass(slots=True)
class TopicReading:
    """topics, documents: name → words that gave it; decisions: stretches of words; passed: why a mention does not count."""

    topics: dict[str, list[tuple[int, int]]] = field(default_factory=dict[str, list[tuple[int, int]]])
    documents: dict[str, list[tuple[int, int]]] = field(default_factory=dict[str, list[tuple[int, int]]])
    decisions: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    passed: dict[str, str] = field(default_factory=dict[str, str])
    papers_passed: dict[str, str] = field(default_factory=dict[str, str])
    has_planning: bool = False  # advance care planning is named
    has_talk: bool = False  # and is not said to have been declined, planned or left out
    is_refused: bool = False  # a talk was declined


def read_topics(note: Note, topics: Hits, acts: Hits, is_visit: bool) -> TopicReading:
    """Read topics, documents and decisions. topics, acts: of note_clauses; is_visit: the note records other work, so what is merely listed
    is no talk.
    """
    reader = _Reader(note, topics, acts)
    for number, sentence in enumerate(note.sentences):
        if sentence.is_heading:
            reader.heading(number, sentence)
        elif sentence.label or topics.within(sentence.start, sentence.stop) or acts.within(sentence.start, sentence.stop):
            reader.sentence(sentence)
    return reader.finish(is_visit)


class _Reader:
    """Goes from clause to clause; what one leaves open, a later one or the whole note may settle."""

    def __init__(self, note: Note, topics: Hits, acts: Hits) -> None:
        self.note, self.topics, self.acts = note, topics, acts
        self.reading = TopicReading()
        self.listed: list[tuple[Clause, Mention]] = []  # named, and no act governs them
        self.facts: list[tuple[Clause, Mention]] = []  # of the clause before: there, or done on another day
        self.last_papers: list[str] = []
        self.completed: set[str] = set()
        self.not_completed: set[str] = set()

    def heading(self, number: int, sentence: Sentence) -> None:
        """Advance care planning in a heading makes it the matter of the note; goals of care count where something stands below."""
        found = self.topics.within(sentence.start, sentence.stop)
        self.reading.has_planning = self.reading.has_planning or any("planning" in h.values for h in found)
        if not all(below.is_heading for below in self.note.sentences[number + 1 : number + 3]):
            for hit in found:
                if any(value.startswith("matter/goals") for value in hit.values):
                    self.reading.topics.setdefault("goals", []).append((hit.start, hit.stop))

    def sentence(self, sentence: Sentence) -> None:
        has_choice = False  # in the clause before: accepts BiPAP
        for clause in clauses_of(self.note, sentence, self.topics, self.acts):
            settle_acts(clause)
            facts: list[tuple[Clause, Mention]] = []
            for mention in clause.mentions:
                act = governor(clause, mention)
                verdict = _judge(clause, mention, act)
                if verdict == "open" and mention.kind == "care" and mention.start > clause.own and clause.words[clause.own] in _BUT:
                    verdict = "yes" if has_choice else "not discussed"  # accepts BiPAP but not intubation; CPR discussed but not dialysis
                if verdict in ("a fact of the record", "of another day"):
                    facts.append((clause, mention))
                if verdict == "open":
                    self.listed.append((clause, mention))
                else:
                    self._enter(clause, mention, act, verdict)
            self._take_up_facts(clause)
            self._planning(clause)
            self._undone(clause)
            if any(act.start >= clause.own and _is_bare_decision(clause, act) for act in clause.acts):
                self._decision(clause)
            self.facts = facts
            has_choice = any("prefer" in a.values and a.came_about for a in clause.acts)

    def finish(self, is_visit: bool) -> TopicReading:
        """Settle what was only listed, and which documents were talked about but not completed."""
        reading = self.reading
        is_planning = reading.has_planning or bool(reading.topics)
        for clause, mention in self.listed:
            why = _why_not_listed(clause, mention, is_planning, is_visit)
            if why:
                reading.passed.setdefault(mention.topic, why)
            else:
                self._enter(clause, mention, None, "yes")
        for paper in self.not_completed - self.completed:
            if reading.documents.pop(paper, None):
                reading.papers_passed[paper] = "not completed"
        for why, words in self.note.left_out.items():
            for hit in TOPICS.find(words):
                if not hit.values & {"nothing", "planning"}:
                    _, topic, paper = min(hit.values).split("/")
                    reading.passed.setdefault(topic, why)
                    if paper:
                        reading.papers_passed.setdefault(paper, why)
        return reading

    def _enter(self, clause: Clause, mention: Mention, act: Act | None, verdict: str) -> None:
        reading = self.reading
        if verdict != "yes":
            reading.passed.setdefault(mention.topic, verdict)
            if mention.paper:
                reading.papers_passed.setdefault(mention.paper, verdict)
                if verdict in _NOT_COMPLETED and not (act and "fact" in act.values):
                    self.not_completed.add(mention.paper)
            return
        reading.topics.setdefault(mention.topic, []).append(mention.words)
        is_done = act is not None and "done" in act.values
        is_wanted = act is not None and ("prefer" in act.values or (is_done and act.is_wish))
        paper = mention.paper or ("hcp" if mention.topic == "surrogate" and is_done and act and act.word in _FILLED else "")
        if paper and not is_wanted:
            reading.documents.setdefault(paper, []).append(mention.words)
            if is_done:
                self.completed.add(paper)
        if _is_decision(clause, mention, act):
            self._decision(clause)

    def _take_up_facts(self, clause: Clause) -> None:
        """Has a living will and an HCP on file; both reviewed."""
        is_of_them = not clause.mentions and clause.words[clause.own] in _BOTH
        if is_of_them and any("talk" in a.values and a.came_about for a in clause.acts):
            for earlier, mention in self.facts:
                self._enter(earlier, mention, None, "yes")

    def _planning(self, clause: Clause) -> None:
        """Whether the clause tells of advance care planning, as done or as refused."""
        reading = self.reading
        if clause.has_planning:
            reading.has_planning = reading.has_planning or not _is_denied(clause)
            is_open = any(a.values & {"not", "refuse", "negated", "future", "past"} or a.word.startswith("offer") for a in clause.acts)
            reading.has_talk = reading.has_talk or not is_open
        if any("refuse" in a.values for a in clause.acts):
            is_of_talk = clause.has_planning or any("talk" in a.values and a.is_negative for a in clause.acts)
            reading.is_refused = reading.is_refused or is_of_talk

    def _undone(self, clause: Clause) -> None:
        """POLST reviewed, not signed: of the document before it; not ready to complete it today: of those of the last clause."""
        papers = [m.paper for m in clause.mentions if m.paper]
        for act in clause.acts:
            if "done" in act.values and act.is_negative:
                named = [m.paper for m in clause.mentions if m.stop <= act.start]
                self.not_completed.update(named[-1:] if clause.mentions else self.last_papers)
        self.last_papers = papers or self.last_papers

    def _decision(self, clause: Clause) -> None:
        first, stop = clause.places[clause.own], clause.places[-1] + 1
        words = self.note.words
        while first < stop - 1 and (words[first] in SOFT or words[first] in _EDGES):
            first += 1
        while stop - 1 > first and words[stop - 1] in _EDGES:
            stop -= 1
        if (first, stop) not in self.reading.decisions[-3:]:
            self.reading.decisions.append((first, stop))


def _is_denied(clause: Clause) -> bool:
    """No ACP today; ACP: not discussed this visit."""
    if any(a.came_about and a.values & {"talk", "done"} for a in clause.acts):
        return False
    is_none = any(
        w in ("no", "without") and not {"acp", "advance", "advanced"}.isdisjoint(clause.words[i : i + 4])
        for i, w in enumerate(clause.words)
    )
    return is_none or (any(a.is_negative or "negated" in a.values for a in clause.acts) and not clause.mentions)


# --- whether a mention counts ------------------------------------------------------------------------------------------------------------


def _judge(clause: Clause, mention: Mention, act: Act | None) -> str:
    """yes, open (only listed), or why not."""
    if mention.kind != "care" and mention.is_negated and not (act and act.values & {"prefer"} and mention.kind == "order"):
        return "negated" if not _is_no_change(clause, mention) else "no change"
    if (
        mention.is_negated
        and act is not None
        and "talk" in act.values
        and clause.words[mention.start - 1] in ("neither", "nor", "or", "but", "except")
    ):
        return "not discussed"
    if mention.kind == "care" and mention.is_negated and clause.words[mention.start - 1 : mention.start] == ["no"]:
        behind = clause.words[mention.stop : mention.stop + 1]
        if not behind or behind[0] in _BEHIND_CARE:
            return "open" if act is None else "yes"
        return "a fact of the record"
    if act is None:
        return "open"
    return _judge_by(mention, act, any("talk" in a.values and a.came_about for a in clause.acts))


def _is_no_change(clause: Clause, mention: Mention) -> bool:
    return "change" in clause.words[max(mention.start - 4, 0) : mention.start]


def _judge_by(mention: Mention, act: Act, was_discussed: bool) -> str:
    values = act.values
    is_choice = mention.kind in ("care", "order") or mention.topic == "code_status"
    if act.is_past:
        return "of another day"
    if "answer" in values:
        return "yes" if not act.is_negative or mention.kind in ("care", "order") else "answered no"
    if "talk" in values:
        return "not discussed" if act.is_negative else "planned" if act.is_future else "yes"
    if act.word in ("remains", "remained", "remaining", "continues", "continued") and not act.is_wish and not was_discussed:
        return "open"
    if "prefer" in values and is_choice:
        return "an order" if act.is_future and act.word in BASES else "yes"
    if "done" in values:
        return "not completed" if act.is_negative else "planned" if act.is_future else "yes"
    if "prefer" in values:
        return "declined" if act.is_negative or "refuse" in values else "planned" if act.is_future else "yes"
    if "fact" in values:
        return "a fact of the record"
    return "not done"


def _why_not_listed(clause: Clause, mention: Mention, is_planning: bool, is_visit: bool) -> str:
    """Why a mention that no act governs does not count; "" where it does: a ticked choice, an item or a label of a planning note."""
    sentence = clause.sentence
    if sentence.is_ticked:
        return ""
    in_planning = sentence.in_acp or clause.has_planning or (is_planning and not is_visit and not sentence.in_visit)
    if not in_planning or mention.is_old or (mention.topic == "surrogate" and not mention.paper and is_role(clause, mention)):
        return "only named"
    own = [a for a in clause.acts if a.start >= clause.own and "prefer" not in a.values]
    if any(a.values & {"past", "future", "fact"} for a in own):
        return "of another day or planned"
    if mention.kind != "care" or mention.is_negated:
        return ""
    mates = [m for m in clause.mentions if m is not mention]
    length = len(clause.words) - clause.own
    is_item = (sentence.is_item and length <= 7) or (sentence.in_acp and length <= 4)
    return "" if is_item or len(mates) > 1 or any(m.kind != "care" for m in mates) else "only named"


# --- decisions ---------------------------------------------------------------------------------------------------------------------------


def _is_decision(clause: Clause, mention: Mention, act: Act | None) -> bool:
    if act is None:
        if mention.kind == "order":
            if not _MATTERS.isdisjoint(clause.words[mention.stop - 1 : mention.stop + 1]):
                return False
            is_value = any(m.topic == "code_status" and m.kind == "matter" and m.stop <= mention.start for m in clause.mentions)
            return is_value or clause.sentence.in_acp or mention.start == clause.own or ":" in clause.words[: mention.start]
        return mention.kind == "care" and mention.is_negated
    values = act.values
    if "answer" in values:
        return mention.kind in ("care", "order")
    if "prefer" in values:
        if act.start and clause.words[act.start - 1] == "who":
            return False
        return _is_finite(clause, act) and (mention.kind in ("care", "order") or mention.topic in ("code_status", "surrogate"))
    if "done" in values:
        is_named = (
            mention.topic == "surrogate"
            and not mention.paper
            and not (NAMING | {"updated", "changed"}).isdisjoint(clause.words[act.start : act.stop])
            and not PERSON_WORDS.isdisjoint(clause.words)
        )
        return is_named or mention.topic == "code_status"
    if "talk" in values:
        if act.word in ("decisions", "decision", "outcome", "outcomes", "preferences") and clause.words[act.stop : act.stop + 1] == [":"]:
            return mention.kind in ("care", "order")
        if _is_said_by_paper(clause, mention):
            return False
        if (mention.kind == "care" and mention.is_negated) or (mention.kind == "order" and mention.topic == "hospitalization"):
            return True
        if mention.kind == "order":
            is_affirmed = act.word.startswith(("confirm", "affirm", "reaffirm"))
            is_status = any(
                m.topic == "code_status" and m.kind == "matter" and m.stop <= mention.start <= m.stop + 5 for m in clause.mentions
            )
            return is_affirmed or (is_status and act.start < mention.start)
    return False


def _is_said_by_paper(clause: Clause, mention: Mention) -> bool:
    """Reviewed the MOLST (DNR, no feeding tube): what a document that was only talked over says was decided before."""
    opens = max((i for i in range(max(mention.start - 12, 0), mention.start) if clause.words[i] == "("), default=0)
    return bool(opens) and ")" not in clause.words[opens : mention.start] and any(m.paper and m.stop <= opens for m in clause.mentions)


def _is_bare_decision(clause: Clause, act: Act) -> bool:
    words = clause.words
    behind = words[act.stop : act.stop + 4]
    if "comfort" in act.values:
        led = [a for a in clause.acts if a.stop <= act.start and ("prefer" in a.values or a.word.startswith("focus"))]
        if clause.words[act.start - 1 : act.start] == [":"] and any(m.stop <= act.start for m in clause.mentions):
            return True  # POLST completed: full treatment
        return bool(led) and led[-1].came_about and not any("talk" in a.values and a.is_negative for a in clause.acts)
    if "later" in act.values:
        return True
    if act.word.startswith("decision"):
        return not {"deferred", "postponed", "pending", "defer"}.isdisjoint(behind)
    if not act.came_about:
        return False
    if act.word in NAMING and act.word not in ("will", "would", "serve", "serves"):
        return not PERSON_WORDS.isdisjoint(behind) and "patient" not in behind
    if "trial" in words[act.start : act.stop]:
        return any(m.kind == "care" for m in clause.mentions)
    return "prefer" in act.values and bool(behind) and behind[0] in _THESE and _is_finite(clause, act)


def _is_finite(clause: Clause, act: Act) -> bool:
    """Whether somebody decides: she declines; not what was only talked about: discussed stopping dialysis, what if she stopped."""
    before = clause.words[max(act.start - 4, 0) : act.start]
    if act.word in ("withdrawal", "trial") and any("talk" in a.values and a.stop <= act.start for a in clause.acts):
        return False
    if act.word.endswith("ing") or not {"if", "what", "whether", "how"}.isdisjoint(before):
        return False
    if not any("talk" in a.values and a.stop <= act.start and a.start >= clause.own for a in clause.acts):
        return True
    return not (PERSON_WORDS | _SUBJECTS).isdisjoint(before)
