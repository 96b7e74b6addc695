"""Clauses of a note: the topics they name, what is said to be done with each, and whether it came about today.

A mention of a topic belongs to the act that governs it: discussed, declined to discuss, will discuss, has on file.
What does not belong here: the words (note_words), and whether a mention counts (note_topics).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from pipelines.documentation import note_words as table
from pipelines.documentation.note_phrases import Hit, Hits, Phrases
from pipelines.documentation.note_text import Note, Sentence, word_set

TOPICS = Phrases(
    {f"{kind}/{topic}/{paper}": phrases for (kind, topic, paper), phrases in table.TOPICS.items()}
    | {"nothing": table.NOTHING, "planning": table.PLANNING}
)
ACTS = Phrases(
    {
        "talk": table.TALK, "prefer": table.PREFER + ";" + table.REFUSE, "refuse": table.REFUSE, "done": table.DONE, "fact": table.FACT,
        "negated": table.NEGATED, "not": table.NOT, "future": table.FUTURE, "past": table.PAST, "old": table.OLD, "today": table.TODAY,
        "yes": table.YES, "no": table.NO, "comfort": table.COMFORT, "later": table.LATER, "nothing": table.UNCHANGED,
    }
)  # fmt: skip
_MAIN = word_set("talk prefer done fact negated")
# Words between a topic and what is said of it behind: CPR and dialysis were both discussed
_LINKS = word_set(
    """
    left form forms document documents discussion planning preference preferences options option wishes orders was were is are be been being
    has have had also all both briefly and or , / ( ) : - – — & | ? again then fully thoroughly extensively at length in detail today this
    visit each use issues topics not not- now status with regard plan decision type treatment treatments support care need
    """
)
_NOUN_PARTS = word_set(
    """
    the a an his her their pt's patient's 's about regarding of on for re to both our my any : ( current overall long term possible
    potential use
    """
)
_STOPS = word_set("and that when who which as because since we i he she they so ; : ( ) . while until")
SOFT = word_set("but however although though whereas while except")
_ALL = word_set("all everything")  # but
_NEGATORS = word_set("no neither nor without not lacks")
_ADJECTIVES = word_set(
    """
    further more long term artificial prolonged aggressive future formal completed existing written known any a an the signed current new
    additional
    """
)
BASES = word_set(
    """
    discuss review complete address sign explore explain identify name revisit readdress confirm clarify fill talk obtain update continue
    stop avoid execute designate appoint finalize introduce consider counsel provide give assist verify reaffirm document establish select
    """
)
NAMING = word_set(
    """
    named name names naming designated designates designate appointed appoints appoint identified identifies selected selects nominated
    nominates assigned chose chosen chooses picks picked naming appointing designating will would serve serves
    """
)
_TALK_NOUNS = word_set("discussion discussions conversation conversations talk talking dialogue explanation education")
_ASKING = word_set(": ? - – =")
_AFTER_COMMA = word_set("and or all both not also no but as /")
_DETERMINERS = word_set("the her his their 's patient pt legal appointed designated acting a current named and &")
_ABOUT = word_set("about regarding of on re discussed reviewed")
_COMPANY = word_set("with w/ by d/w is per both via called phoned met spoke")
_DOES = word_set(
    """
    agrees agreed states stated present participated wants asked expressed understands elects elected declined requests who joined at
    unavailable available absent aware called updated unable
    """
)
_MONTHS = word_set(
    """
    january february march april may june july august september october november december jan feb mar apr jun jul aug sept sep oct nov dec
    """
)
_PROSE = 14  # words: a longer sentence is not led by the heading above it
PERSON_WORDS = frozenset(
    w
    for person, phrases in table.PEOPLE.items()
    if person != "surrogate"
    for p in phrases.split(";")
    if len(p.split()) == 1
    for w in p.strip().split("|")
)


@dataclass(slots=True)
class Mention:
    """A topic named, at places start to stop of its clause."""

    start: int
    stop: int
    kind: str  # care, order or matter
    topic: str
    paper: str
    is_negated: bool  # no POLST, neither dialysis
    is_old: bool  # a prior POLST
    words: tuple[int, int]  # of the note


@dataclass(slots=True)
class Act:
    """What is said to be done, at places start to stop of its clause, and whether it came about today."""

    start: int
    stop: int
    values: frozenset[str]
    word: str
    is_negative: bool = False
    is_future: bool = False
    is_past: bool = False
    is_wish: bool = False  # agreed to, wants to

    @property
    def came_about(self) -> bool:
        return not (self.is_negative or self.is_future or self.is_past)


@dataclass(slots=True)
class Clause:
    """The words of a clause, those of its label first (to place ``own``)."""

    sentence: Sentence
    places: list[int]
    words: list[str]
    own: int
    mentions: list[Mention]
    acts: list[Act]
    has_planning: bool = False  # advance care planning is named in it


def clauses_of(note: Note, sentence: Sentence, topics: Hits, acts: Hits) -> list[Clause]:
    """The clauses of a sentence, cut at but, while … and at dashes, with their mentions and acts; the label of the sentence leads each."""
    words = note.words
    bounds = [sentence.start]
    for i in range(sentence.start + 1, sentence.stop - 1):
        is_but = words[i] in SOFT and words[i - 1] not in _ALL
        if is_but or (words[i] in ("–", "—") and not words[i - 1].isdecimal()):
            bounds.append(i)
    bounds.append(sentence.stop)
    label = range(*sentence.label) if sentence.label and sentence.label[1] <= sentence.start else range(0)
    made: list[Clause] = []
    for first, stop in pairwise(bounds):
        places = [*label, *range(first, stop)]
        clause = Clause(sentence, places, [words[i] for i in places], len(label), [], [])
        for a, b, shift in ((label.start, label.stop, label.start), (first, stop, first - len(label))):
            for hit in topics.within(a, b):
                if "planning" in hit.values:
                    clause.has_planning = True
                elif "nothing" not in hit.values:
                    clause.mentions.append(_mention(clause, hit, shift))
            named = {i for m in clause.mentions for i in range(m.words[0], m.words[1])}
            for hit in acts.within(a, b):
                if hit.start not in named and hit.stop - 1 in named:  # would (go back to the hospital)
                    stop = next(i for i in range(hit.start, hit.stop) if i in named)
                    clause.acts.append(Act(hit.start - shift, stop - shift, hit.values, words[hit.start]))
                elif hit.stop - 1 not in named:
                    start = max((i + 1 for i in range(hit.start, hit.stop) if i in named), default=hit.start)
                    clause.acts.append(Act(start - shift, hit.stop - shift, hit.values, words[start]))
        _years(clause)
        made.append(clause)
    return made


def _mention(clause: Clause, hit: Hit, shift: int) -> Mention:
    kind, topic, paper = sorted(hit.values)[0].split("/")
    start = hit.start - shift
    before = start - 1
    is_old = False
    while before >= 0 and clause.words[before] in _ADJECTIVES | {"prior", "previous", "old", "earlier", "outside", "past"}:
        is_old = is_old or clause.words[before] in ("prior", "previous", "old", "earlier", "outside", "past", "existing")
        before -= 1
    is_negated = before >= 0 and (clause.words[before] in _NEGATORS or (clause.words[before] in SOFT and clause.words[before - 1] in _ALL))
    if before > 0 and clause.words[before] in ("or", "nor") and clause.mentions and clause.mentions[-1].stop == before:
        is_negated = clause.mentions[-1].is_negated  # no CPR or intubation
    return Mention(start, hit.stop - shift, kind, topic, paper, is_negated, is_old, (hit.start, hit.stop))


def _years(clause: Clause) -> None:
    """in 2019, in March: another day."""
    words = clause.words
    for i in range(1, len(words)):
        is_year = len(words[i]) == 4 and words[i].isdecimal() and words[i][:2] in ("19", "20")
        if (
            words[i] == "/"
            and i + 1 < len(words)
            and words[i - 1].isdecimal()
            and len(words[i + 1]) == 4
            and words[i + 1][:2] in ("19", "20")
        ):
            if i < 2 or words[i - 2] != "/":
                clause.acts.append(Act(i - 1, i + 2, frozenset(("past",)), "in"))  # 5/2025
        elif words[i - 1] in ("in", "since", "during") and (is_year or words[i] in _MONTHS):
            clause.acts.append(Act(i - 1, i + 1, frozenset(("past",)), "in"))
    clause.acts.sort(key=lambda a: a.start)


# --- whether an act came about today -----------------------------------------------------------------------------------------------------


def settle_acts(clause: Clause) -> None:
    """Mark the acts that are denied, planned or of another day."""
    ending = {act.stop: act for act in clause.acts}
    starting = {act.start: act for act in clause.acts}
    topic_ends = {m.stop for m in clause.mentions}
    used: set[int] = set()
    for act in clause.acts:
        if act.values & _MAIN:
            _look_before(clause, act, ending, topic_ends, used)
            _look_behind(clause, act, starting, used)
            _bare_form(clause, act)
    mains = [a for a in clause.acts if a.values & _MAIN]
    for act in clause.acts:
        if act.start in used or not act.values & {"past", "future"} or act.values & _MAIN:
            continue
        earlier = [a for a in mains if a.stop <= act.start and "," not in clause.words[a.stop : act.start] and act.start - a.stop <= 9]
        if "past" in act.values:
            if (
                earlier
                and "since" not in clause.words[act.start - 1 : act.start + 1]
                and "who" not in clause.words[earlier[-1].stop : act.start]
            ):
                earlier[-1].is_past = True
            elif act.start - clause.own <= 2:
                today = next((a.start for a in clause.acts if "today" in a.values and a.start > act.start), len(clause.words))
                for a in mains:
                    if act.start < a.start < today:
                        a.is_past = True
        elif earlier:
            if "prefer" in earlier[-1].values or clause.words[act.start : act.stop] == ["to", "be"]:
                continue
            if not earlier[-1].word.endswith("ed") and earlier[-1].word not in ("went", "met", "spoke", "regarding", "re", "about"):
                earlier[-1].is_future = True
        elif act.start <= clause.own + 1 or act.stop <= clause.own:
            for a in mains:
                if a.start > act.start and not a.word.endswith("ed"):
                    a.is_future = True


def _look_before(clause: Clause, act: Act, ending: dict[int, Act], topic_ends: set[int], used: set[int]) -> None:
    words, i, gap = clause.words, act.start, 0
    while i > 0 and gap <= 5:
        before = ending.get(i)
        if before is not None:
            values = before.values
            if values & {"not", "refuse", "future", "past", "old", "today", "prefer", "negated"} and not (
                values & {"talk", "done"} and "prefer" not in values
            ):
                used.add(before.start)
                act.is_negative = (
                    act.is_negative != bool((values & {"not"} and "no" not in values) or "no" in values)
                    if values & {"not", "no"}
                    else act.is_negative
                )
                act.is_negative = act.is_negative or bool(values & {"refuse", "negated"})
                act.is_future = act.is_future or "future" in values
                act.is_past = act.is_past or bool(values & {"past", "old"})
                act.is_wish = act.is_wish or ("prefer" in values and "refuse" not in values)
                if (
                    "talk" in act.values
                    and not act.word.startswith("focus")
                    and before.word in ("want", "wants", "wanting", "wishes", "wish", "would", "prefers")
                    and not act.is_negative
                ):
                    act.is_future = act.is_future or clause.words[act.start - 1] == "to"  # wants to talk about: not yet
                i = before.start
                continue
            if values & {"talk", "done", "fact"}:
                link = words[before.stop : act.start]
                if not link or link == ["to"]:
                    act.is_negative, act.is_future, act.is_past = (
                        act.is_negative or before.is_negative,
                        act.is_future or before.is_future,
                        act.is_past or before.is_past,
                    )
                elif link in (["or"], ["nor"], ["and"], ["/"], [","]) and (link != ["and"] or act.word in BASES or before.is_future):
                    act.is_negative = act.is_negative or (before.is_negative and link != [","] and (link != ["and"] or act.word in BASES))
                    act.is_future = act.is_future or before.is_future
                return
        if i in topic_ends or words[i - 1] in _STOPS or (words[i - 1] == "," and gap == 0):
            return
        i, gap = i - 1, gap + 1


def _look_behind(clause: Clause, act: Act, starting: dict[int, Act], used: set[int]) -> None:
    words, i = clause.words, act.stop
    for _ in range(5):
        if i >= len(words):
            return
        behind = starting.get(i)
        if behind is not None:
            values = behind.values
            if "yes" in values or "no" in values:
                rest = words[i : i + 4]
                if _is_answer(words, i) and words[i - 1] in _ASKING:
                    both = {"yes", "no"} <= set(rest) or {"y", "n"} <= set(rest)
                    act.is_negative = both or "no" in values
                return
            if "not" in values:
                act.is_negative = act.is_negative or words[behind.stop : behind.stop + 1] in (
                    ["done"],
                    ["held"],
                    ["had"],
                    ["completed"],
                    ["performed"],
                    [],
                )
                used.add(behind.start)
                return
            if values & {"negated", "refuse"}:
                act.is_negative = True
                used.add(behind.start)
            elif "future" in values and words[i] in ("pending", "tbd", "scheduled", "planned", "needed", "outstanding"):
                act.is_future = True
                used.add(behind.start)
            elif "past" in values and not (behind.stop in starting and starting[behind.stop].values & {"done", "talk"}):
                act.is_past = True
                used.add(behind.start)
            return
        if words[i] not in ("was", "were", "is", ":", "?", "-", "–", "has", "been", "(", "had", "be", "="):
            return
        i += 1


def _bare_form(clause: Clause, act: Act) -> None:
    """Complete POLST; patient to complete POLST: told to be done, not done."""
    words, place = clause.words, act.start
    if act.word not in BASES or clause.sentence.is_ticked or not act.values & {"talk", "done", "prefer"}:
        return
    before = words[place - 1] if place else ""
    if (place == clause.own or before == ":") and words[act.stop : act.stop + 1] != ["of"]:
        if "prefer" in act.values and clause.sentence.in_acp:
            return
        act.is_future = True
    elif before == "to" and not (act.is_wish or act.is_negative) and place >= 2:
        earlier = [a for a in clause.acts if a.stop <= place and a.values & {"talk", "done"} and a.came_about]
        if (words[place - 2] in PERSON_WORDS and not earlier) or ("done" in act.values and "talk" not in act.values and not earlier):
            act.is_future = True


# --- what governs a mention --------------------------------------------------------------------------------------------------------------


def governor(clause: Clause, mention: Mention) -> Act | None:
    """The act that a mention belongs to: one that follows close (CPR was discussed), else the nearest before, else one behind."""
    close = _close_behind(clause, mention)
    if close is not None and close.values & {"refuse", "negated"} and "answer" not in close.values:
        talk = [a for a in clause.acts if a.stop <= mention.start and "talk" in a.values and _is_before_topic(clause, a)]
        if any(a.word in _TALK_NOUNS for a in talk[-2:]) or (
            talk and clause.words[max(talk[-1].start - 1, 0)] in _TALK_NOUNS
        ):  # discussion of dialysis was declined
            talk[-1].is_negative = True
            return talk[-1]
    if close is not None and (close.is_past or "fact" in close.values):
        return _talked_over(clause, mention) or close
    if close is not None:
        return close
    before = [a for a in clause.acts if a.stop <= mention.start and a.values & _MAIN and _can_govern(clause, a, mention)]
    if before:
        nearest = before[-1]
        if (nearest.is_past or "fact" in nearest.values) and not nearest.is_negative:
            return _talked_over(clause, mention) or nearest
        return nearest
    behind = [a for a in clause.acts if a.start >= mention.stop and a.values & _MAIN and _can_govern(clause, a, mention)]
    behind = [a for a in behind if not _is_before_topic(clause, a) and a.values & {"talk", "prefer", "done"}]
    return behind[0] if behind else None


def _talked_over(clause: Clause, mention: Mention) -> Act | None:
    """What was done today with a thing that was there before: reviewed the living will on file; brought in living will, reviewed."""
    before = [a for a in clause.acts if a.stop <= mention.start and "talk" in a.values and a.came_about and a.start >= clause.own]
    if before:
        return before[-1]
    behind = [a for a in clause.acts if a.start >= mention.stop and a.values & {"talk", "done"} and a.came_about]
    behind = [a for a in behind if not _is_before_topic(clause, a) and not any(mention.stop <= m.start < a.start for m in clause.mentions)]
    return behind[0] if behind else None


def _can_govern(clause: Clause, act: Act, mention: Mention) -> bool:
    values = act.values
    if mention.kind == "care" and not values & {"talk", "prefer", "negated"}:
        return False
    if "fact" in values and act.word in ("has", "have", "having"):
        named = {i for m in clause.mentions for i in range(m.start, m.stop)}
        return all(
            i in named or clause.words[i] in _NOUN_PARTS | _ADJECTIVES | {"or", "and", ",", "no", "not"}
            for i in range(act.stop, mention.start)
        )
    is_led = act.stop <= clause.own <= mention.start
    if is_led and len(clause.words) - clause.own > _PROSE and not clause.sentence.is_item and mention.kind == "care":
        return False
    if mention.topic == "surrogate" and not mention.paper and is_role(clause, mention):
        return (
            bool(values & {"done", "prefer"})
            and act.stop <= mention.start
            and act.word in NAMING | {"wants", "wishes", "want", "chooses", "elects", "requests"}
        )
    return True


def _close_behind(clause: Clause, mention: Mention) -> Act | None:
    """The act that follows a mention, or the list that it is in, with nothing but links between."""
    words, i = clause.words, mention.stop
    mentions = {m.start: m for m in clause.mentions}
    acts = {a.start: a for a in clause.acts}
    is_passive = False
    while i < len(words):
        act = acts.get(i)
        following = words[i + 1] if i + 1 < len(words) else ""
        if act is not None and i == mention.stop and act.word in ("wishes", "wish") and following not in ("to", "for", "not", "that"):
            i = act.stop  # code status wishes
        elif act is not None and act.values & _MAIN and ("not" not in act.values or "negated" in act.values):
            is_plain_denial = "negated" in act.values and not act.values & {"talk", "done", "prefer"}
            governs = is_plain_denial or _can_govern(clause, act, mention)
            return act if governs and (is_passive or not _is_before_topic(clause, act)) else None
        elif act is not None and act.values & {"yes", "no"} and words[i - 1] in _ASKING and _is_answer(words, i):
            return _answered(clause, mention, act)
        elif act is not None and act.values & {"not", "today", "past", "future", "old", "later", "comfort"}:
            is_passive = is_passive or words[i - 1] in ("was", "were", "is", "are", "been")
            i = act.stop
        elif i in mentions:
            i = mentions[i].stop
        elif (
            (act is not None and "nothing" in act.values)
            or words[i] not in _LINKS
            or (words[i] == "," and i + 1 not in mentions and following not in _AFTER_COMMA)
        ):
            return None
        else:
            is_passive = is_passive or words[i] in ("was", "were", "been", "being", "are")
            i += 1
    return None


def _answered(clause: Clause, mention: Mention, act: Act) -> Act:
    """Discussed dialysis: No is of the discussion; CPR: No, of the treatment."""
    answer = _answer(clause, act)
    asked = [a for a in clause.acts if a.stop <= mention.start and a.values & {"talk", "done"} and _is_before_topic(clause, a)]
    if not asked:
        return answer
    asked[-1].is_negative = answer.is_negative
    return asked[-1]


def _is_answer(words: list[str], place: int) -> bool:
    """Whether a yes or no stands for itself: not the no of POLST: no CPR."""
    following = words[place + 1] if place + 1 < len(words) else ""
    return words[place] != "no" or not following.isalpha() or following in ("not", "she", "he", "patient", "per", "pt", "will", "due")


def _answer(clause: Clause, act: Act) -> Act:
    """CPR: No; POLST: Yes; Yes / No, neither chosen."""
    rest = set(clause.words[act.start : act.start + 4])
    unanswered = {"yes", "no"} <= rest or {"y", "n"} <= rest
    is_no = "no" in act.values
    kind = "negated" if unanswered else "answer"
    return Act(act.start, act.stop, frozenset((kind,)), act.word, is_negative=is_no or unanswered)


def _is_before_topic(clause: Clause, act: Act) -> bool:
    """Whether an act is followed at once by a topic of its own: reviewed POLST."""
    starts = {m.start for m in clause.mentions}
    i = act.stop
    while i < len(clause.words):
        if i in starts:
            return True
        if clause.words[i] not in _NOUN_PARTS:
            return False
        i += 1
    return False


def is_role(clause: Clause, mention: Mention) -> bool:
    """Whether surrogate, proxy, HCP … names somebody there rather than the matter: with the HCP, wife (HCPOA), daughter is HCP."""
    words, i = clause.words, mention.start - 1
    while i >= 0 and words[i] in _DETERMINERS:
        if words[i] in ("named", "designated", "appointed"):
            return False
        if words[i] in ("and", "&") and i and words[i - 1] in PERSON_WORDS:
            return True
        i -= 1
    before = words[i] if i >= 0 else ""
    if i != mention.start - 1 and before not in _ABOUT and _is_in_company(clause, mention, i):
        return True
    if before in _COMPANY:
        return True
    if before == "to":
        return i == 0 or words[i - 1] not in ("refer", "related", "changes")
    is_behind_person = i > 0 and words[i - 1] in PERSON_WORDS
    if before in ("/", "(") and is_behind_person:
        return True
    if before == "," and is_behind_person and words[i - 1] not in ("patient", "pt"):
        return True
    opens = max((n for n in range(max(i - 4, 0), i + 1) if words[n] == "("), default=0)
    if opens and words[opens - 1] in PERSON_WORDS and ")" not in words[opens : i + 1]:
        return True  # daughter (Jane, HCP)
    if before in PERSON_WORDS and before not in ("patient", "pt"):
        return True
    after = words[mention.stop] if mention.stop < len(words) else ""
    if after == "(" and mention.stop + 1 < len(words) and words[mention.stop + 1] in PERSON_WORDS:
        return clause.own == 0 or mention.start >= clause.own
    behind = words[mention.stop + 1 : mention.stop + 2]
    return after in _DOES and not (after == "updated" and behind in (["from"], ["to"]))


def _is_in_company(clause: Clause, mention: Mention, place: int) -> bool:
    """Whether a with stands before a role with no other topic and no act between: with Mr. Doe and his health care proxy."""
    lead = max((n for n in range(max(place - 7, 0), place + 1) if clause.words[n] in ("with", "w/")), default=-1)
    if lead < 0 or any(lead < m.start < mention.start for m in clause.mentions):
        return False
    return not any(lead < a.start < mention.start and a.values & {"talk", "done"} for a in clause.acts)
