"""Who took part, and whether the patient was present.

What does not belong here: the words (note_words), and consent and modality (note_consent).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.documentation import note_words as table
from pipelines.documentation.note_phrases import Hit, Hits, Phrases
from pipelines.documentation.note_text import Note, Sentence, word_set

PEOPLE = Phrases(table.PEOPLE | {"nobody": table.NOBODY})
PARTS = Phrases({"absent": table.ABSENT, "there": table.THERE, "incapable": table.INCAPACITY, "says": table.SAYS})
FRAME = Phrases(
    {
        "roster": table.ROSTER, "apart": table.APART_FROM, "future": table.FUTURE, "past": table.PAST, "today": table.TODAY,
        "talk": table.TALK,
        "planning": table.PLANNING, "nothing": "living will|wills; follow up acp|discussion|conversation|meeting|visit",
    }
)  # fmt: skip
# Words between the members of a list of people: his wife and both adult sons
_CHAIN = word_set(
    """
    pts patients i me and & , / + his her their the our my a an two both 2 three 3 adult elder eldest older younger youngest as well along
    including hospice palliative bedside legal only alone other several also court unit care one or local team inpatient w/ ( – - hospital
    spanish staff long longtime term time 's
    """
)
_LEADS = word_set("with w/ w between among d/w alongside")
_TOLD = word_set(
    """
    contacted
    counseling counselling educating informing updating engaging called phoned reached counseled counselled informed told updated educated
    asked engaged interviewed provided gave assisted helped offered via through
    """
)
_INCLUDED = word_set("included include includes were are")
_OPENING = (["were"], ["was"], ["included"], ["include"], ["-"], ["–"], ["are"])
_TALKED_ABOUT = word_set(
    """
    discussed form forms designation identified named is was : reviewed document documents completed signed paperwork designated appointed
    selected confirmed for information selection discussion updated chosen role
    """
)
_OF = word_set("from of for about than on at in")
_WEAKLY = word_set("seen evaluated examined came presents presented arrived comes")
_LISTED = word_set("and & / + , his her their both two 2 three 3 adult only alone the")
_CHAIN_PAIRS = frozenset((("as", "well"), ("well", "as"), ("along", "with"), ("including", "the")))
_BASES = word_set("discuss talk speak meet call review contact involve include follow schedule reach update arrange")
_HE = word_set("he son sons stepson father dad brother brothers husband husb grandson nephew uncle")
_SHE = word_set("she daughter daughters dtr dtrs stepdaughter mother mom mum sister sisters wife granddaughter niece aunt")
_SOFT = word_set("but however although though whereas while except")
_RELATIVES = frozenset(table.PEOPLE) - table.STAFF - {"patient", "surrogate", "family", "attorney", "guardian", "caregiver"}


@dataclass(slots=True)
class PeopleReading:
    """participants: word → words of the note that gave it, patient first; patient_present: None where not said."""

    participants: dict[str, list[tuple[int, int]]] = field(default_factory=dict[str, list[tuple[int, int]]])
    patient_present: bool | None = None
    presence_words: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    reasons: dict[str, str] = field(default_factory=dict[str, str])


def read_people(note: Note, people: Hits, parts: Hits, frame: Hits) -> PeopleReading:
    """Who took part. people, parts, frame: of the phrases above."""
    reading = PeopleReading()
    _Attendance(note, Hits(_persons(note, people)), parts, frame).read(reading)
    return reading


def _persons(note: Note, people: Hits) -> list[Hit]:
    """The people named. Mr. and Mrs. stand for the patient, but not behind another word for the same person."""
    found: list[Hit] = []
    for hit in people.all:
        if "nobody" in hit.values or (note.words[hit.start] in ("mr", "mrs", "ms", "miss") and found and found[-1].stop == hit.start):
            continue
        found.append(hit)
    return found


# --- who took part -----------------------------------------------------------------------------------------------------------------------


class _Attendance:
    """Weighs each person named: there by what is said outright, there by what they say, or absent."""

    def __init__(self, note: Note, people: Hits, parts: Hits, frame: Hits) -> None:
        self.note, self.people, self.parts, self.frame = note, people, parts, frame
        self.explicit: dict[str, list[tuple[int, int]]] = {}
        self.weak: dict[str, list[tuple[int, int]]] = {}
        self.absent: dict[str, list[tuple[int, int]]] = {}
        self.is_subject = False  # the patient begins a sentence: who is he or she later
        self.bodily: list[tuple[int, int]] = []  # the patient is said to be present
        self.incapable: list[tuple[int, int]] = []

    def read(self, reading: PeopleReading) -> None:
        for sentence in self.note.sentences:
            self._sentence(sentence)
        self._settle(reading)

    def _sentence(self, sentence: Sentence) -> None:
        words = self.note.words
        roster = self._roster(sentence)
        for hit in self.people.within(sentence.start, sentence.stop):
            place = (hit.start, hit.stop)
            person = self._person(hit, sentence)
            if person is None:
                continue
            self.is_subject = self.is_subject or (
                person == "patient" and hit.start == sentence.start and words[hit.stop : hit.stop + 1] != [":"]
            )
            verdict = self._verdict(hit, sentence, roster, person)
            if verdict == "absent":
                self.absent.setdefault(person, []).append(place)
            elif verdict == "there":
                self.explicit.setdefault(person, []).append(place)
            elif verdict == "says":
                self.weak.setdefault(person, []).append(place)
        for hit in self.parts.within(sentence.start, sentence.stop):
            if "incapable" in hit.values and not self._is_about_another(hit, sentence):
                self.incapable.append((hit.start, hit.stop))
        for i in range(sentence.start + 1, sentence.stop):
            if words[i] in ("him", "her", "them") and words[i - 1] in ("with", "w/") and self._is_free(sentence, i - 1):
                following = words[i + 1] if i + 1 < sentence.stop else "."
                if following in (
                    "and",
                    ",",
                    ".",
                    "&",
                    "/",
                    "today",
                    "about",
                    "in",
                    "at",
                    "for",
                    "regarding",
                    "to",
                    "alone",
                    ")",
                    ";",
                    "re",
                    "including",
                ):
                    self.weak.setdefault("patient", []).append((i, i + 1))
            elif words[i - 1] in ("he", "she") and i + 1 < sentence.stop:
                part = self.parts.at.get(i) or (self.parts.at.get(i + 1) if words[i] in ("is", "was") else None)
                if part is not None and (("says" in part.values) or words[part.start] in ("accompanied", "here")):
                    who = "patient" if words[part.start] == "accompanied" else "somebody"
                    if who == "patient" or not self._is_of_relative(i - 1):
                        self.weak.setdefault(who, []).append((i - 1, i))

    def _is_of_relative(self, place: int) -> bool:
        """Whether he or she may be the relative named last, not far before."""
        named = self.people.last_before(place)
        if named is None or place - named.stop > 14:
            return False
        words = self.note.words
        return any({words[place], words[i]} <= some for some in (_HE, _SHE) for i in range(named.start, named.stop))

    def _is_about_another(self, hit: Hit, sentence: Sentence) -> bool:
        before = self.people.within(sentence.start, hit.start)
        return bool(before) and "patient" not in before[-1].values and not any("patient" in h.values for h in before)

    def _person(self, hit: Hit, sentence: Sentence) -> str | None:
        """Whom a hit names; None for the patient's (wife), and for a Mr. who is said to be somebody else."""
        words = self.note.words
        (person,) = sorted(hit.values)[:1]
        if person == "child" and words[hit.stop : hit.stop + 2] == ["(", "ren"]:
            return None
        if words[hit.stop : hit.stop + 1] == ["'s"] and hit.stop < sentence.stop:
            if person == "patient" and words[hit.stop + 1 : hit.stop + 2] in (
                ["permission"],
                ["consent"],
                ["request"],
                ["agreement"],
                ["own"],
            ):
                self.weak.setdefault("patient", []).append((hit.start, hit.stop))
            return None
        if words[hit.start] in ("mr", "mrs", "ms", "miss"):
            for other in self.people.within(hit.stop, min(hit.stop + 6, sentence.stop)):
                between = words[hit.stop : other.start]
                if "(" in between or ("," in between and "and" not in between):
                    return None
        return person

    def _roster(self, sentence: Sentence) -> tuple[str, int]:
        """(roster or absent, the word from which the list runs), where a label begins one."""
        words = self.note.words
        ranges = [(sentence.start, min(sentence.start + 8, sentence.stop))]
        if sentence.label and sentence.label[1] <= sentence.start:
            ranges.append(sentence.label)
        for n, (start, stop) in enumerate(ranges):
            for hit in self.frame.within(start, stop):
                if "roster" not in hit.values:
                    continue
                behind = words[hit.stop : hit.stop + 3]
                is_label = behind[:1] in ([":"], ["|"])
                if n == 1 and (is_label or hit.stop >= stop - 1):
                    return "roster", sentence.start
                is_opening = (
                    (":" in behind and not any(w.isdecimal() for w in behind)) or behind[:1] in _OPENING or words[hit.stop - 1] in _INCLUDED
                )
                if n == 0 and (is_label or (hit.start == start and is_opening)):
                    return "roster", hit.stop
            for hit in self.parts.within(start, stop):
                if "absent" in hit.values and hit.start == start and words[hit.stop : hit.stop + 1] == [":"]:
                    return "absent", hit.stop
        return "", -1

    def _verdict(self, hit: Hit, sentence: Sentence, roster: tuple[str, int], person: str) -> str:
        words = self.note.words
        kind, place = self._part_behind(hit, sentence)
        before = self._word_before(hit.start, sentence)
        later = self._later(hit, sentence) if not kind and person == "patient" else ""
        if "incapable" in (kind, later):
            return ""
        kind = later if later == "absent" else kind
        if person == "surrogate" and self._is_matter(hit, sentence):
            return ""
        if person == "interpreter":
            behind = words[hit.stop : hit.stop + 3]
            return "" if before in ("no", "declined", "without", "offered") or {"declined", "refused", "not"} & set(behind) else "there"
        if kind == "absent" or before in ("without", "no", "not", "except", "nor", "neither"):
            return "absent"
        if kind == "there" and (answer := self._answer(place[1])) is not None:
            return "there" if answer else "absent"
        if kind == "there" and any("absent" in h.values for h in self.parts.within(place[1], min(place[1] + 5, sentence.stop))):
            if person == "patient":
                self.bodily.append(place)
            return "absent"
        if roster[0] and hit.start >= roster[1]:
            return "absent" if roster[0] == "absent" else "there"
        if sentence.is_ticked and self._is_list(sentence) and person != "surrogate":
            return "there"
        if kind == "there" and words[place[0]] not in _WEAKLY and not self._is_other_day(sentence, hit.start):
            return "there"
        if self._is_led(hit, sentence):
            return "there"
        if self._stands_alone(hit, sentence):
            return "there"
        kind = kind or later
        if not kind and person == "patient" and words[hit.start - 1 : hit.start] == [":"] and hit.start - 1 in self.frame.ending:
            kind = "says" if "planning" in self.frame.ending[hit.start - 1].values else ""
        if person == "patient" and words[hit.stop : hit.stop + 1] in (["only"], ["alone"]):
            return "there"
        named = self.people.ending.get(hit.start - 1) if words[hit.start - 1] == "(" and hit.start > sentence.start else None
        if named is not None and named.start >= sentence.start:  # HCP (daughter)
            return self._verdict(named, sentence, roster, min(named.values))
        if kind == "says" and before in _OF:
            return ""  # estranged from his children and wants …
        if (
            kind == "says"
            and words[hit.start - 1 : hit.start] in (["her"], ["his"], ["their"], ["'s"])
            and any("says" in h.values for h in self.parts.within(sentence.start, hit.start))
        ):
            return ""  # daughter states her father would …
        if kind in ("says", "there") and not self._is_other_day(sentence, hit.start) and not (sentence.in_visit and person != "patient"):
            return "says"
        return ""

    def _later(self, hit: Hit, sentence: Sentence) -> str:
        """Patient, drowsy but arousable, agreed; (pt with stroke, aphasic, unable to participate): what the subject of a sentence or of a
        parenthesis is said to do, with nobody else before the verb.
        """
        words = self.note.words
        is_enclosed = hit.start > sentence.start and words[hit.start - 1] == "("
        if not is_enclosed and hit.start - sentence.start > 1 and words[hit.start - 1] != ":":
            return ""
        stop = next((i for i in range(hit.stop, sentence.stop) if words[i] == ")"), sentence.stop) if is_enclosed else sentence.stop
        said = next((h for h in self.parts.within(hit.stop, stop) if h.values & {"says", "incapable", "absent", "there"}), None)
        if said is None or self.people.within(hit.stop, said.start):
            return ""
        return next(kind for kind in ("absent", "incapable", "says", "there") if kind in said.values)

    def _is_matter(self, hit: Hit, sentence: Sentence) -> bool:
        """Whether a surrogate, proxy, HCP … is talked about, not with: surrogate discussed, health care proxy form, agent identified."""
        words = self.note.words
        behind = words[hit.stop] if hit.stop < sentence.stop else "."
        if behind in _TALKED_ABOUT:
            return True
        led = self._word_before(hit.start, sentence)
        if led in ("is", "was", "named", "as"):
            return True
        return (sentence.is_ticked and not sentence.label) or led in (
            "about",
            "regarding",
            "of",
            "as",
            "a",
            "an",
            "be",
            "named",
            "names",
            "discussed",
            "reviewed",
            "on",
            "re",
        )

    def _answer(self, place: int) -> bool | None:
        """Patient present: Y."""
        words = self.note.words
        if words[place : place + 1] in ([":"], ["?"]) and place + 1 < len(words):
            rest = set(words[place + 1 : place + 5])
            if rest & {"yes", "y"} and rest & {"no", "n"}:
                return None
            return True if words[place + 1] in ("yes", "y") else False if words[place + 1] in ("no", "n") else None
        return None

    def _word_before(self, start: int, sentence: Sentence) -> str:
        words, i = self.note.words, start - 1
        while i >= sentence.start and words[i] in ("the", "his", "her", "their"):
            i -= 1
        return words[i] if i >= sentence.start else ""

    def _part_behind(self, hit: Hit, sentence: Sentence) -> tuple[str, tuple[int, int]]:
        """What is said right behind a person, or behind the list that the person is in: absent, there, incapable, says."""
        words, i, gap = self.note.words, hit.stop, 0
        is_joined = True  # to the last person of the list by and, not by a comma
        for_ill = False  # patient with … not present
        while i < sentence.stop and gap <= 6:
            part = self.parts.at.get(i)
            if part is not None:
                kind = next((k for k in ("absent", "there", "incapable", "says") if k in part.values), "")
                is_denied = kind == "there" and words[i - 1] in ("not", "no")
                if kind == "says" and {"-", "–"} & set(words[hit.stop : i]):
                    return "", (i, i)
                if kind == "says" and "," in words[hit.stop : i] and not any(h.start > hit.stop for h in self.people.within(hit.stop, i)):
                    return "", (i, i)
                if kind in ("absent", "incapable"):
                    return (kind if is_joined else ""), (part.start, part.stop)
                if not is_denied:
                    return ("" if for_ill else kind), (part.start, part.stop)
                i = part.stop
                continue
            if words[i] == "(" and (behind := self._behind_parenthesis(i, sentence)):
                i = behind
                continue
            other = self.people.at.get(i)
            if other is not None:
                link = words[max(i - 4, hit.stop) : i]
                if not any(w in ("and", "&", ",", "/", "+", "=") for w in link):
                    return "", (i, i)
                is_joined = is_joined and "," not in link
                i, gap = other.stop, 0
                continue
            word = words[i]
            if word in _SOFT or word in (";", "|", ":", "that", "because", "as") or (word == "," and gap):
                return "", (i, i)
            for_ill = for_ill or word in ("with", "w/")
            gap += word not in (
                ",",
                "and",
                "(",
                ")",
                "is",
                "was",
                "were",
                "are",
                "has",
                "also",
                "both",
                "/",
                "who",
                "she",
                "he",
                ".",
            ) and not self._is_name(i)
            i += 1
        return "", (i, i)

    def _is_name(self, index: int) -> bool:
        return self.note.text[self.note.starts[index]].isupper() and self.note.words[index].isalpha()

    def _behind_parenthesis(self, place: int, sentence: Sentence) -> int:
        """The word behind a parenthesis that only says who somebody is: daughter (Jane, HCP); 0 where it says more."""
        words = self.note.words
        close = next((i for i in range(place, min(place + 16, sentence.stop)) if words[i] == ")"), 0)
        says_more = any(h.values & {"absent", "there", "incapable"} for h in self.parts.within(place, close))
        return close + 1 if close and not says_more else 0

    def _is_led(self, hit: Hit, sentence: Sentence) -> bool:
        """Whether a talk was with the person: met with patient and her daughter; counseled patient; joined by son."""
        words, i, strange = self.note.words, hit.start - 1, 0
        while i >= sentence.start:
            word = words[i]
            if word in _LEADS:
                return self._is_free(sentence, i)
            if word == "of" and words[i - 1] == "presence":
                return True
            if word == "to" and words[i - 1] in ("call", "calls") and not self._has_talk(sentence):
                return False  # a phone call to update on condition
            if word == "to" and i and self._is_talk(i - 1):
                return self._is_free(sentence, i)
            if word == "by" and i and words[i - 1] in ("joined", "accompanied", "attended", "signed", "completed", "initiated"):
                return self._is_free(sentence, i)
            if word == ")":
                opens = max((k for k in range(sentence.start, i) if words[k] == "("), default=sentence.start)
                if opens not in self.people.ending and (i - opens > 5 or any(w.isdecimal() for w in words[opens:i])):
                    return False
                i = opens - 1
                continue
            if (words[i - 1], word) in _CHAIN_PAIRS or (word, words[i + 1]) in _CHAIN_PAIRS:
                i -= 1
                continue
            if word in _TOLD:
                return self._is_free(sentence, i)
            other = self.people.ending.get(i + 1)
            if other is not None:
                i, strange = other.start - 1, 0
                continue
            if word not in _CHAIN:
                place = self.note.starts[i]
                is_titled = i > sentence.start and (
                    words[i - 1] in ("mr", "mrs", "ms", "miss") or words[i - 2 : i] in (["mr", "."], ["mrs", "."], ["ms", "."])
                )
                is_name = is_titled or (self.note.text[place].isupper() and word.isalpha() and i > sentence.start)
                strange += 1
                if not is_name or strange > 3:
                    return False
            i -= 1
        return False

    def _has_talk(self, sentence: Sentence) -> bool:
        return any(h.values & {"talk", "planning"} for h in self.frame.within(sentence.start, sentence.stop))

    def _is_talk(self, index: int) -> bool:
        words = self.note.words
        hit = self.frame.ending.get(index + 1)
        return words[index] in ("call", "calls", "spoke", "explained", "talked", "listened", "reviewed", "provided", "presented") or (
            hit is not None and "talk" in hit.values
        )

    def _is_free(self, sentence: Sentence, place: int) -> bool:
        """Whether what leads to the word ``place`` is of today, and a talk: not lives with, will discuss with, discussed last week with."""
        words = self.note.words
        first = max((i for i in range(sentence.start, place) if words[i] in _SOFT or words[i] == ";"), default=sentence.start)
        hits = self.frame.within(first, place + 1)
        comma = max((i for i in range(first, place) if words[i] == ","), default=first - 1)
        near = [h for h in hits if h.start > comma]
        if any("apart" in h.values and h.stop >= place - 3 for h in near):
            return False
        if any(
            "future" in h.values
            and words[h.start] not in ("can", "could", "may", "might", "until", "before")
            and words[h.stop : h.stop + 1] != [":"]
            for h in near
        ):
            return False
        later = [
            h
            for h in self.frame.within(place, sentence.stop)
            if "future" in h.values and words[h.start] in ("next", "tomorrow", "at", "upcoming", "later")
        ]
        if (
            later
            and "," not in words[place : later[0].start]
            and self.frame.within(first, place)[-1:]
            and words[self.frame.within(first, place)[-1].start] not in ("met", "discussed", "spoke")
        ):
            return False
        label = self.frame.within(*sentence.label) if sentence.label and sentence.label[1] <= sentence.start else []
        if any("future" in h.values for h in label) or (
            words[sentence.start] in _BASES and words[sentence.start + 1 : sentence.start + 2] not in (["of"], ["up"])
        ):
            return False
        if words[max(place - 3, first) : place] and any(
            w in ("not", "unable", "without", "never", "didn't") for w in words[max(place - 4, first) : place]
        ):
            return False
        return not self._is_other_day(sentence, place)

    def _is_other_day(self, sentence: Sentence, place: int) -> bool:
        words = self.note.words
        first = max((i for i in range(sentence.start, place) if words[i] in _SOFT or words[i] == ";"), default=sentence.start)
        hits = self.frame.within(first, sentence.stop)
        past = [h for h in hits if "past" in h.values and words[h.start] not in ("already", "had")]
        years = [
            i for i in range(place, min(place + 6, sentence.stop)) if len(words[i]) == 4 and words[i].isdecimal() and words[i - 1] == "in"
        ]
        if years and not any("today" in h.values for h in hits):
            return True
        if not past or any("today" in h.values for h in hits):
            return False
        return any(h.start - first <= 2 or 0 <= h.start - place <= 4 or 0 <= place - h.stop <= 3 for h in past)

    def _is_list(self, sentence: Sentence) -> bool:
        """Whether a sentence names people and nothing else."""
        words = self.note.words
        covered = {i for h in self.people.within(sentence.start, sentence.stop) for i in range(h.start, h.stop)}
        return all(i in covered or words[i] in _CHAIN or words[i] in (".", ")") for i in range(sentence.start, sentence.stop))

    def _stands_alone(self, hit: Hit, sentence: Sentence) -> bool:
        """Whether people stand between commas or stops with nothing else: 30 minutes, patient and wife, code status."""
        words = self.note.words
        first, last = hit.start, hit.stop
        while first > sentence.start and (words[first - 1] in _LISTED or first in self.people.ending):
            first = self.people.ending[first].start if first in self.people.ending else first - 1
        while last < sentence.stop and (words[last] in _LISTED or last in self.people.at):
            last = self.people.at[last].stop if last in self.people.at else last + 1
        opens = first == sentence.start or words[first] == "," or words[first - 1] in (",", ":", "–", "-", ".", "|")
        if words[last : last + 1] == ["("] and ")" in words[last : last + 4]:
            last = words.index(")", last) + 1  # guardian (sister)
        closes = last == sentence.stop or words[last - 1] == "," or words[last] in (".", "–", "-", "|", ":", ";")
        if "surrogate" in hit.values and len(self.people.within(first, last)) < 2:
            return False
        if words[last : last + 1] == [":"] and len(self.people.within(first, last)) < 2:
            return False
        if words[first - 1] == "(" and (words[last : last + 1] == [")"] or words[last - 1] == ",") and first - 1 in self.frame.ending:
            return "planning" in self.frame.ending[first - 1].values  # ACP (patient, wife)
        if not (opens and closes) or (words[first - 1] == ":" and first - sentence.start > 6):
            return False
        if words[first - 1] == ":" and first - 1 in self.people.ending and "family" in self.people.ending[first - 1].values:
            return True  # family: wife, daughter
        whole = first == sentence.start and (last >= sentence.stop - 1 or sentence.stop - sentence.start <= 5)
        label = sentence.label if sentence.label and sentence.label[1] <= sentence.start else (sentence.start, sentence.start)
        is_label_value = any(
            "planning" in h.values or "talk" in h.values for h in (*self.frame.within(*label), *self.frame.within(sentence.start, first))
        )
        if whole:
            return len(self.people.within(first, last)) > 1 or not sentence.label
        return (
            is_label_value
            or any("talk" in h.values or "planning" in h.values for h in self.frame.within(sentence.start, sentence.stop))
            or "minutes" in words[sentence.start : sentence.stop]
            or "min" in words[sentence.start : sentence.stop]
        )

    def _settle(self, reading: PeopleReading) -> None:
        """From the evidence to the list: absence said outright beats what somebody is quoted to say."""
        incapable = bool(self.incapable)
        others = {p for p in (*self.explicit, *self.weak) if p not in ("patient", "somebody") and p not in table.STAFF}
        there = {
            person: places
            for person, places in self.explicit.items()
            if person not in self.absent or len(places) > len(self.absent[person])
        }
        for person, places in self.weak.items():
            if person == "somebody" or person in self.absent:
                continue
            if person == "patient" and incapable and others:
                continue
            there.setdefault(person, places)
        is_patient_open = not incapable and "patient" not in there and "patient" not in self.absent
        if "somebody" in self.weak and is_patient_open and (not there or self.is_subject):
            there["patient"] = self.weak["somebody"]  # she made it clear
        if set(there) & _RELATIVES:
            there.pop("family", None)
            if "surrogate" in there and all(self._is_beside_relative(p) for p in there["surrogate"]):
                del there["surrogate"]
        if "guardian" in there:
            there.pop("surrogate", None)
            if set(there) & _RELATIVES and all(self._is_beside_relative(p) for p in there["guardian"]):
                del there["guardian"]
        for one, several in (("mother", "parent"), ("father", "parent"), ("sister", "sibling"), ("brother", "sibling")):
            if one in there:
                there.pop(several, None)
        names = sorted(there, key=lambda p: (p != "patient", there[p][0]))
        reading.participants = {name: there[name] for name in names}
        if not names:
            reading.reasons["participants"] = "nobody is said to have taken part"
        if "patient" in there:
            reading.patient_present, reading.presence_words = True, there["patient"]
        elif self.bodily:
            reading.patient_present, reading.presence_words = True, self.bodily
        elif "patient" in self.absent:
            reading.patient_present, reading.presence_words = False, self.absent["patient"]
        elif incapable and others:
            reading.patient_present, reading.presence_words = False, self.incapable
        else:
            reading.reasons["patient_present"] = "not said"

    def _is_beside_relative(self, place: tuple[int, int]) -> bool:
        """daughter (HCPOA); wife, health care proxy; HCP (daughter); daughter/HCP."""
        words = self.note.words
        for hit in self.people.within(max(place[0] - 4, 0), place[1] + 4):
            if hit.values & _RELATIVES:
                between = words[hit.stop : place[0]] if hit.stop <= place[0] else words[place[1] : hit.start]
                if len(between) <= 4 and "and" not in between and "&" not in between:
                    return True
        return False
