"""Whether the talk was voluntary, and how they met: in person, by video or by telephone.

What does not belong here: the words (note_words), and who took part (note_people).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.documentation import note_words as table
from pipelines.documentation.note_phrases import Hit, Hits, Phrases
from pipelines.documentation.note_text import Note, word_set

CONSENT = Phrases(
    {
        "voluntary": table.VOLUNTARY, "involuntary": table.INVOLUNTARY, "nothing": table.NOT_CONSENT, "willing": table.WILLING,
        "talk": table.TALK,
        "planning": table.PLANNING, "not": table.NOT, "refuse": table.REFUSE,
    }
)  # fmt: skip
MODES = Phrases(
    {
        "in_person": table.IN_PERSON, "in_place": table.IN_PLACE, "audio": table.AUDIO, "video": table.VIDEO, "nothing": table.NOT_MODE,
        "telehealth": table.TELEHEALTH,
        "switched": table.SWITCHED,
    }
)  # fmt: skip
_WISHING = word_set("wish want like agree consent interested ready willing")
_OWN_TALK = ("discuss", "talk", "convers", "speak", "review", "dialogue", "explor", "meeting")
_UNSURE = word_set("unable cannot can't couldn't unclear uncertain unsure whether unknown")
_TO_TALK = word_set(
    """
    offer offered to a an the in have having participate participating participation proceed proceeding with this further about engage
    engaging hold holding our today for be part of taking take voluntary voluntarily being continue continuing advance any more , we i
    patient some brief and
    """
)

_Place = tuple[int, int]  # words of the note


@dataclass(slots=True)
class Consent:
    """Whether it was voluntary, None where that is not said, with the words that say so, or why it is not told."""

    voluntary: bool | None = None
    words: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    reason: str = ""


@dataclass(slots=True)
class Modality:
    """in_person, video or audio, None where that is not said, with the words that say so, or why it is not told."""

    modality: str | None = None
    words: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    reason: str = ""


# --- whether it was voluntary ------------------------------------------------------------------------------------------------------------


def read_consent(note: Note, found: Hits, took_place: bool) -> Consent:
    """found: of CONSENT; took_place: the note tells of an ACP talk. Where none took place because it was declined, that is no consent."""
    yes: list[tuple[int, int]] = []
    no: list[tuple[int, int]] = []
    declined: list[tuple[int, int]] = []
    for hit in found.all:
        place = (hit.start, hit.stop)
        if "voluntary" in hit.values:
            says = _says_voluntary(note, hit)
            if says is not None:
                (yes if says else no).append(place)
        elif "involuntary" in hit.values:
            no.append(place)
        elif "willing" in hit.values and _is_consent(note, found, hit):
            (declined if _is_denied(note, hit) else yes).append(place)
        if hit.values & {"planning", "talk"} and ("planning" in hit.values or not took_place) and _is_declined(note, found, hit):
            declined.append(place)
    if declined and not took_place:
        yes, no = [], declined
    if yes and no:
        return Consent(reason="conflict: said to be voluntary and not to be")
    return Consent(bool(yes), yes or no) if yes or no else Consent(reason="not said")


def _says_voluntary(note: Note, hit: Hit) -> bool | None:
    words = note.words
    stop = hit.stop - (words[hit.stop - 1] in (":", "="))
    rest = words[stop : stop + 6]
    if (
        words[hit.start] == "vol"
        and hit.stop - hit.start == 1
        and hit.stop not in note.bounds
        and rest[:1] not in ([], ["."], [","], [";"], [")"])
    ):
        return None
    if rest[:1] in ([":"], ["?"], ["-"], ["–"], ["|"], ["="]):
        value = rest[1:2]
        if value in (["yes"], ["y"], ["no"], ["n"]):
            if rest[2:3] == ["/"] or (rest[2:3] == ["|"] and {"yes", "no"} <= set(rest)):
                return None
            return value[0][0] == "y"
        if value in (["not"], ["unknown"], ["n/a"], ["na"]) or not value:
            return None
    if rest[:2] in (["not", "documented"], ["not", "addressed"], ["unknown"]) or rest[:3] in (
        ["was", "not", "documented"],
        ["is", "not", "documented"],
    ):
        return None
    if not _UNSURE.isdisjoint(words[max(hit.start - 7, note.sentence_at(hit.start).start) : hit.start]):
        return None  # unable to confirm that it was voluntary
    return not _is_denied(note, hit)


def _is_denied(note: Note, hit: Hit) -> bool:
    first = next((i for i in range(hit.start, max(hit.start - 4, 0), -1) if i in note.bounds), max(hit.start - 4, 0))
    before = note.words[first : hit.start]
    for i, word in enumerate(before):
        if word in ("not", "never", "didn't", "doesn't", "isn't", "wasn't", "without", "no", "non") and not set(before[i:]) & {
            ".",
            ";",
            ",",
            "but",
        }:
            return True
    return False


def _is_consent(note: Note, found: Hits, hit: Hit) -> bool:
    """Whether what was agreed to or asked for is the talk."""
    words, i = note.words, hit.stop
    is_noun = words[hit.stop - 1] in ("consent", "permission", "agreement", "assent", "request", "of") or words[hit.start] in (
        "permission",
        "request",
    )
    if is_noun and not any(
        w in ("telehealth", "video", "telemedicine", "treatment", "procedure", "telephone") for w in words[hit.stop : hit.stop + 5]
    ):
        sentence = note.sentence_at(hit.start)
        first, last = sentence.start, sentence.stop
        is_off = any(w in ("deferred", "postponed", "declined", "cancelled", "not") for w in words[first:last])
        if not is_off and any(h.values & {"talk", "planning"} for h in found.within(first, last)):
            return True
    if words[max(hit.start - 2, 0) : hit.start] in (
        ["which", "she"],
        ["which", "he"],
        ["which", "patient"],
        ["which", "they"],
        ["that", "she"],
        ["that", "he"],
    ):
        return any("planning" in h.values for h in found.within(hit.start - 9, hit.start))
    if words[max(hit.start - 1, 0) : hit.stop] in (["and", "accepted"], ["and", "agreed"], ["but", "agreed"], ["and", "agrees"]):
        return any("planning" in h.values for h in found.within(max(hit.start - 8, note.sentence_at(hit.start).start), hit.start))
    while i < len(words) and i - hit.stop <= 9:
        following = found.at.get(i)
        if following is not None and following.values & {"talk", "planning"}:
            behind = words[following.stop : following.stop + 1]
            is_own = words[following.start].startswith(_OWN_TALK)
            return (is_own and behind != ["with"] and behind != ["it"]) or "planning" in following.values
        if words[i] not in _TO_TALK:
            return False
        i += 1
    return False


def _is_declined(note: Note, found: Hits, hit: Hit) -> bool:
    """declined ACP, ACP declined, not interested in ACP today."""
    words = note.words
    for i in range(hit.start - 1, max(hit.start - 7, -1), -1):
        before = found.at.get(i)
        if before is not None and before.values & {"refuse", "not"} and before.stop <= hit.start:
            return "refuse" in before.values or any(w in _WISHING for w in words[before.stop : hit.start])
        if i + 1 in note.bounds or (
            words[i] not in _TO_TALK | _WISHING and words[i] not in ("discuss", "discussing", "discussion", "having")
        ):
            break
    for i in range(hit.stop, min(hit.stop + 7, len(words))):
        behind = found.at.get(i)
        if behind is not None and "refuse" in behind.values and words[i].startswith(("declin", "refus")):
            return True
        if words[i] in (".", "|", "with") or (words[i] == "," and "offered" not in words[hit.stop : i]):
            break
    return False


# --- how they met ------------------------------------------------------------------------------------------------------------------------


def read_modality(note: Note, found: Hits, people: Hits, is_patient_there: bool, others: int) -> Modality:
    """found: of MODES; people: of note_people.PEOPLE; others: how many but the patient took part. Who joins by phone makes it no phone
    visit, unless the patient is not there and all others do.
    """
    of_visit, of_person, of_place, is_telehealth = _modes(note, found, people)
    if "video" in of_visit and all(note.words[a] in ("face", "f2f", "ftf") for a, _ in of_visit.get("in_person", [])):
        of_visit.pop("in_person", None)  # face to face by video
    if of_place and not is_telehealth and not of_visit.keys() & {"audio", "video"}:
        of_visit["in_person"] = [*of_visit.get("in_person", []), *of_place]
    is_of_all = not is_patient_there and sum(map(len, of_person.values())) >= others
    places = of_visit or (of_person if is_of_all else {})
    if len(places) == 1:
        (mode,) = places
        return Modality(mode, places[mode])
    if places:
        return Modality(reason=f"conflict: {' and '.join(sorted(places))}")
    return Modality(reason="telehealth, but neither video nor audio is said" if is_telehealth else "not said")


def _modes(note: Note, found: Hits, people: Hits) -> tuple[dict[str, list[_Place]], dict[str, list[_Place]], list[_Place], bool]:
    """Modes said of the visit, modes of single people, places that are in person where nothing else is said, whether telehealth is named.
    Where one was switched to, it alone is of the visit.
    """
    of_visit: dict[str, list[_Place]] = {}
    of_person: dict[str, list[_Place]] = {}
    of_place: list[_Place] = []
    is_telehealth = False
    for hit in found.all:
        mode = min(hit.values)
        before = found.ending.get(hit.start)
        if mode == "telehealth":
            is_telehealth = True
        elif mode == "in_place":
            of_place.append((hit.start, hit.stop))
        elif mode in ("in_person", "audio", "video"):
            if before is not None and "switched" in before.values:
                if note.words[hit.start - 1] == "to":
                    return {mode: [(hit.start, hit.stop)]}, {}, [], False
                continue
            target = of_person if mode != "in_person" and _is_of_person(note, people, hit) else of_visit
            target.setdefault(mode, []).append((hit.start, hit.stop))
    return of_visit, of_person, of_place, is_telehealth


def _is_of_person(note: Note, people: Hits, hit: Hit) -> bool:
    """son joined by phone; spoke with wife by telephone; called daughter: of that person, not of the visit."""
    words, sentence = note.words, note.sentence_at(hit.start)
    if words[hit.start] in ("called", "phoned"):
        return True
    if any(w in ("visit", "encounter", "conference", "only") for w in words[hit.start : hit.stop + 1]):
        return False
    before = people.within(max(hit.start - 9, sentence.start), hit.start)
    if len(before) > 1 and "patient" in before[0].values and words[hit.start - 1] != "(":
        between = words[before[0].stop : before[-1].start]
        if "and" in between and "," not in between and not {"joined", "participated", "with"} & set(words[before[-1].stop : hit.start]):
            return False  # patient and her mother seen by video
    if before and "patient" not in before[-1].values and not any(w in (";", ".") for w in words[before[-1].stop : hit.start]):
        return True
    after = people.within(hit.stop, min(hit.stop + 5, sentence.stop))
    return (
        bool(after)
        and "patient" not in after[0].values
        and words[hit.stop : hit.stop + 1] in (["with"], ["to"], ["call"], ["w/"], ["conversation"], ["discussion"])
    )
