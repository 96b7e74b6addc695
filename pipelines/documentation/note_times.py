"""The times in a note: durations and clock times, with their bounds and places.

What does not belong here: what a time was spent on, and which is the ACP time (note_acp_time).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.documentation import note_words as table
from pipelines.documentation.note_phrases import Hits, Phrases
from pipelines.documentation.note_text import Note, Sentence, word_set

MOST_MINUTES = 8 * 60  # a longer stretch is a shift, not a talk
_DAY = 24 * 60

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_NUMBERS = {word: value for value, word in enumerate(_SMALL.split())}
_TENS = dict(zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)) | {
    "fourty": 40
}
_MINUTE = word_set("minutes minute min mins minuets minuts minutess")
_HOUR = word_set("hour hours hr hrs h")
_DASH = word_set("- – —")
_TO = _DASH | {"to", "until", "till", "til", "through", "thru"}
_DOTTED = re.compile(r"\d{1,2}\.\d\d")
_RATES = word_set("ml cc mg mcg times once twice miles liters l units / per every")

CUES = Phrases(
    {
        "acp": ";".join([table.PLANNING, *(p for (kind, _, _), p in table.TOPICS.items() if kind != "care")]),
        "care": ";".join(p for (kind, _, _), p in table.TOPICS.items() if kind == "care"),
        "talk": table.TALKING,
        "total": table.TOTAL,
        "whole": table.WHOLE,
        "other": table.OTHER + "; non acp",
        "apart": table.APART,
        "including": table.INCLUDING,
        "share": table.SHARE + "; %",
        "all": table.ALL,
        "again": table.AGAIN,
        "future": table.FUTURE + "; plan",
        "past": table.PAST + table.OTHER_DAY,
        "today": table.THIS_DAY,
        "nothing": table.NO_VISIT,
        "require": table.REQUIRED,
    }
)  # fmt: skip
_AMOUNTS = Phrases(table.AMOUNTS)
_AMOUNTS_AFTER = Phrases(table.AMOUNTS_AFTER)
_NO_DURATION_BEFORE = Phrases({"no": table.NO_DURATION_BEFORE})
_NO_DURATION_AFTER = Phrases({"no": table.NO_DURATION_AFTER})
EDGES = Phrases({"start": table.START, "stop": table.STOP})
_SPENT_ON = word_set("on for in of were was spent to devoted dedicated minutes min total face the been being then")


@dataclass(slots=True)
class Time:
    """A stretch of time in the words start to stop (exclusive). bound: exact, about, lower (at least), upper (at most) or range."""

    start: int
    stop: int
    minutes: int
    bound: str = "exact"
    clock: tuple[int, int] | None = None  # minutes of the day
    role: str = ""  # acp, talk, total, whole, other, share, apart; "" = not said
    is_total: bool = False
    is_again: bool = False  # said to come on top of one before
    is_part: bool = False  # of another time
    sentence: int = -1


def clock_text(minute_of_day: int) -> str:
    """Minutes of the day as HH:MM."""
    return f"{minute_of_day // 60:02d}:{minute_of_day % 60:02d}"


# --- how long ----------------------------------------------------------------------------------------------------------------------------


def _number_before(words: list[str], stop: int) -> tuple[float, int] | None:
    """The number that ends before the word ``stop``: (value, first word)."""
    i = stop - 1
    if i < 0:
        return None
    if words[i] == ")" and i >= 2 and words[i - 2] == "(":  # thirty (30)
        inner = _number_before(words, i)
        if inner is None or inner[1] != i - 1:
            return None
        outer = _number_before(words, i - 2)
        return inner[0], outer[1] if outer else i - 2
    if words[i][0].isdecimal():
        return (float(words[i]), i) if len(words[i]) <= 5 else None
    return _word_number(words, i)


def _word_number(words: list[str], last: int) -> tuple[float, int] | None:
    word = words[last]
    if word in _TENS:
        value, first = _TENS[word], last
    elif word in _NUMBERS:
        value, first = _NUMBERS[word], last
        if value < 10 and last and words[last - 1] in _TENS:
            value, first = value + _TENS[words[last - 1]], last - 1
    elif word == "hundred":
        value, first = 0, last + 1
    else:
        return None
    before = first - 1
    if before > 0 and words[before] == "and":
        before -= 1
    if before > 0 and words[before] == "hundred" and words[before - 1] in ("one", "a", "two"):
        return value + (200 if words[before - 1] == "two" else 100), before - 1
    return (value, first) if word != "hundred" else None


def _hours_before(words: list[str], k: int) -> tuple[float, int] | None:
    """The minutes that the hour at word k counts, with what stands before it: half an hour, 1.5 hours, an hour."""
    i = k - 1
    if i < 0:
        return None
    if words[i] == "½" or words[max(i - 2, 0) : k] == ["1", "/", "2"]:
        first = i if words[i] == "½" else i - 2
        whole = first and words[first - 1].isdecimal() and len(words[first - 1]) == 1
        return (int(words[first - 1]) * 60 + 30, first - 1) if whole else (30, first)
    if words[i] in ("half", "quarter") and i >= 2 and words[i - 1] in ("a", "1") and words[i - 2] == "and":  # one and a half hours
        number = _number_before(words, i - 2)
        if number:
            return number[0] * 60 + (30 if words[i] == "half" else 15), number[1]
    article = i - 1 if words[i] in ("an", "a", "one") else i
    if article > 0 and words[article] == "of":
        article -= 1
    if article >= 0 and words[article] in ("half", "quarter", "quarters"):
        minutes = 30 if words[article] == "half" else 15
        first = article
        if words[article] == "quarters" and article and words[article - 1] == "three":
            minutes, first = 45, article - 1
        return minutes, first - 1 if first and words[first - 1] in ("a", "one") else first
    if words[i] == "an":
        return (60, i) if i == 0 or words[i - 1] not in _RATES else None
    number = _number_before(words, k)
    return (number[0] * 60, number[1]) if number else None


def durations(note: Note, taken: set[int], cues: Hits) -> list[Time]:
    """The times written as minutes or hours, and as numbers behind a label of minutes. taken: words that are clock times."""
    words = note.words
    found: list[Time] = []
    for k, word in enumerate(words):
        if word in _MINUTE or (word == "m" and k and words[k - 1].isdecimal() and _is_glued_or_labelled(note, k)):
            time = _minutes_at(note, k, taken)
            if time and found and found[-1].stop > time.start:
                found.pop()  # the hours of an hour and ten minutes
        elif word in _HOUR:
            time = _hours_at(note, k)
        else:
            continue
        if time and time.minutes <= _DAY and taken.isdisjoint(range(time.start, time.stop)):
            found.append(time)
    found = [time for time in found if words[time.start] in _MINUTE or _is_duration(note, time, cues)]
    return sorted([*found, *_bare_numbers(note, found, taken, cues)], key=lambda t: t.start)


def _is_glued_or_labelled(note: Note, k: int) -> bool:
    """40m; duration 40 m."""
    return note.starts[k] == note.stops[k - 1] or not {"duration", "time", "spent"}.isdisjoint(note.words[max(k - 5, 0) : k])


def _minutes_at(note: Note, k: int, taken: set[int]) -> Time | None:
    """The time whose unit is the word k, minutes: 40 minutes, 1 hr 10 min, 30+ min, minutes: 40."""
    words = note.words
    is_open = k > 0 and words[k - 1] in ("+", "plus")
    number = _number_before(words, k - 1 if is_open else k)
    if number is None:
        return _labelled(words, k, taken)
    minutes, first = number
    hour = first - 1
    if hour > 0 and words[hour] in ("and", ",", "&"):
        hour -= 1
    if hour > 0 and words[hour] in _HOUR and (hours := _hours_before(words, hour)):
        minutes, first = minutes + hours[0], hours[1]
    time = _bounded(note, first, k + 1, int(minutes))
    if is_open and time.bound == "exact":
        time.bound = "lower"
    return time


def _hours_at(note: Note, k: int) -> Time | None:
    """The time whose unit is the word k, hours: half an hour, 1.5 hours, an hour and a quarter."""
    words = note.words
    hours = _hours_before(words, k)
    if hours is None:
        return None
    minutes, stop = hours[0], k + 1
    if words[k + 1 : k + 3] == ["and", "a"] and words[k + 3 : k + 4] in (["half"], ["quarter"]):
        minutes, stop = minutes + (30 if words[k + 3] == "half" else 15), k + 4
    return _bounded(note, hours[1], stop, int(minutes))


def _labelled(words: list[str], k: int, taken: set[int]) -> Time | None:
    """Minutes: 40; Time (min) 33: the number behind the word k."""
    for i in range(k + 1, min(k + 6, len(words))):
        if words[i].isdecimal():
            is_value = int(words[i]) <= MOST_MINUTES and i not in taken and words[i + 1 : i + 2] not in (["/"], ["%"], [":"], ["-"])
            return Time(k, i + 1, int(words[i])) if is_value and words[i - 1] in (":", "=", ")", "-", "–", "|", words[k]) else None
        if words[i] not in (":", ")", "=", "spent", "acp", "of", "in", "for", "total", "-", "–", "time", "on", "discussion", "|"):
            return None
    return None


def _bounded(note: Note, first: int, stop: int, minutes: int) -> Time:
    """A duration with what bounds it: about, at least, at most, or the lower end of a range."""
    words = note.words
    if first >= 2 and (words[first - 1] in _DASH or words[first - 1] in ("to", "or", "and")):
        low = _number_before(words, first - 1)
        before_low = words[low[1] - 1] if low and low[1] else ""
        joins = words[first - 1] != "and" or before_low in ("between", ",", "today", "of", "acp", "lasting")
        if (
            low
            and 3 <= low[0] < minutes
            and joins
            and before_low not in ("/", "session", "in")
            and not (before_low == ":" and words[low[1] - 2][0].isdecimal())  # 10:16-30
            and words[low[1]] not in ("99497", "99498")
        ):
            return Time(low[1], stop, minutes, "range")
    before = [
        h
        for h in _AMOUNTS.find(note, max(first - 6, 0), first)
        if h.stop == first or words[h.stop : first] in (["a"], ["the"], ["an"], ["of"])
    ]
    if before:
        return Time(before[-1].start, stop, minutes, next(iter(before[-1].values)))
    after = [h for h in _AMOUNTS_AFTER.find(note, stop, min(stop + 3, len(words))) if h.start == stop]
    if after and not (words[stop] in ("+", "plus") and stop + 1 < len(words) and words[stop + 1][0].isdecimal()):
        return Time(first, after[0].stop, minutes, next(iter(after[0].values)))
    return Time(first, stop, minutes)


def _is_duration(note: Note, time: Time, cues: Hits) -> bool:
    """Whether the words around a time leave it one that was spent: not every 30 minutes, 10 minutes ago, 99498 each additional 30."""
    words = note.words
    first, stop = time.start, time.stop
    before = words[max(first - 3, 0) : first]
    if "each" in before or "every" in before or "add'l" in before:
        return False
    if before and before[-1] in ("first", "initial") and any(w in ("99497", "99498") for w in words[max(first - 12, 0) : stop + 12]):
        return False
    is_descriptor = words[first - 1 : first] in (["99497"], ["99498"]) or before[-2:] in (
        ["99497", "("],
        ["99498", "("],
        ["99498", "additional"],
    )
    if time.minutes == 30 and is_descriptor:
        return False
    after = [h for h in _NO_DURATION_AFTER.find(note, stop, min(stop + 3, len(words))) if h.start == stop]
    is_of_today = words[stop + 1 : stop + 2] in (["in"], ["today"], ["this"]) or (
        bool(after) and words[stop] in ("before", "after", "prior", "later") and _is_led_by_planning(note, cues, first)
    )
    if after and not is_of_today and not (words[stop] in ("/", "in", "of") and "acp" in words[stop : stop + 4]):
        return False
    ahead = [h for h in _NO_DURATION_BEFORE.find(note, max(first - 5, 0), first) if h.stop == first]
    if not ahead:
        return True
    following = cues.within(stop, stop + 7)
    if words[first - 2 : first] in (["stopped", "after"], ["ended", "after"], ["concluded", "after"], ["terminated", "after"]):
        return True
    is_open = words[first - 1] in ("after", "in", "over", "within", "last", "past")
    return is_open and any(h.values & {"talk", "acp"} and (h.start <= stop + 3 or "on" in words[stop : h.start]) for h in following)


def _is_led_by_planning(note: Note, cues: Hits, place: int) -> bool:
    """Whether the last cue before a word is of planning: ACP in two parts, 15 minutes before lunch …"""
    sentence = note.sentence_at(place)
    last = [h for h in cues.within(sentence.start, place) if h.values & {"acp", "other", "whole"}]
    return bool(last) and "acp" in last[-1].values


def _bare_numbers(note: Note, times: Sequence[Time], taken: set[int], cues: Hits) -> list[Time]:
    """Numbers without a unit that can only be minutes: of which 30 were ACP, (ACP 30), total ACP time: 40."""
    words = note.words
    inside = taken | {i for t in times for i in range(t.start, t.stop)}
    found: list[Time] = []
    for sentence in note.sentences:
        near = [t for t in times if sentence.start <= t.start < sentence.stop]
        for i in range(sentence.start, sentence.stop):
            word = words[i]
            if not word.isdecimal() or i in inside or not 0 < int(word) <= MOST_MINUTES:
                continue
            after = words[i + 1] if i + 1 < sentence.stop else "."
            before = words[i - 1] if i > sentence.start else ""
            if (
                after in ("/", "%", ":", "am", "pm", "-", "mg", "ml")
                or before in ("/", "-", "x", "day", "session")
                or after in _MINUTE
                or after in _HOUR
            ):
                continue
            if (near and _is_share(note, i, sentence, cues)) or _is_labelled_time(note, i, sentence):
                found.append(Time(i, i + 1, int(word), is_part=before == "which" or after == "of"))
    return found


def _is_share(note: Note, i: int, sentence: Sentence, cues: Hits) -> bool:
    """Whether the number i, in a sentence that tells of minutes, is a share of them: of which 30 …, 25 were spent on ACP, (ACP 30)."""
    words = note.words
    if (words[i - 1] == "which" and i > sentence.start) or words[i + 1 : i + 3] in (
        ["of", "which"],
        ["of", "those"],
        ["of", "these"],
        ["of", "them"],
    ):
        return True
    if words[i + 1 : i + 3] == ["of", "the"] and i + 3 < sentence.stop and words[i + 3].isdecimal():
        return True
    place = i + 1
    while place < sentence.stop and words[place] in _SPENT_ON:
        place += 1
    is_followed = place > i + 1 and place in cues.at and "acp" in cues.at[place].values
    is_led = i in cues.ending and "acp" in cues.ending[i].values
    return is_followed or (is_led and (i + 1 >= sentence.stop or words[i + 1] in (")", ",", ".", "minutes")))


def _is_labelled_time(note: Note, i: int, sentence: Sentence) -> bool:
    """ACP time: 40; Total time spent = 35 (1 to 3 digits, at the end of what is said)."""
    words = note.words
    if i + 1 < sentence.stop and words[i + 1] not in (".", ",", ";", ")", "|"):
        return False
    label = words[max(i - 7, sentence.start) : i]
    if not label or label[-1] not in (":", "=", "time", "is", "was", "spent", "duration"):
        return False
    return ("time" in label or "duration" in label) and any(
        w in label for w in ("acp", "spent", "total", "planning", "duration", "discussion")
    )


# --- from when to when -------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Clock:
    """A time of day in the words start to stop (exclusive)."""

    start: int
    stop: int
    hour: int
    minute: int
    half: str = ""  # am, pm
    is_bare: bool = False  # four digits, or an hour alone: a time only beside another


def find_clocks(note: Note, edges: Hits) -> list[Clock]:
    """Everything that may be a time of day: 10:05, 2 pm, 1405, noon; and 13.05 where it is said to be a start or stop."""
    words = note.words
    found: list[Clock] = []
    i, count = 0, len(words)
    while i < count:
        word = words[i]
        clock = None
        if word == "noon" or word == "midnight":
            clock = Clock(i, i + 1, 12, 0, "pm" if word == "noon" else "am")
        elif word.isdecimal() and not (
            i and words[i - 1] in ("/", ":", "#") and note.stops[i - 1] == note.starts[i] and not (found and found[-1].stop == i - 1)
        ):
            if (
                len(word) <= 2
                and i + 2 < count
                and words[i + 1] == ":"
                and len(words[i + 2]) == 2
                and words[i + 2].isdecimal()
                and note.starts[i + 2] - note.starts[i] == len(word) + 1
            ):
                stop = i + 5 if words[i + 3 : i + 4] == [":"] and words[i + 4 : i + 5] and words[i + 4].isdecimal() else i + 3
                clock = Clock(i, stop, int(word), int(words[i + 2]))
            elif len(word) == 4 and (
                words[i + 1 : i + 2] not in (["/"], [":"], ["%"], ["ml"], ["mg"]) or note.starts[i + 1] > note.stops[i]
            ):
                clock = Clock(i, i + 1, int(word[:2]), int(word[2:]), is_bare=True)
            elif len(word) <= 2 and words[i + 1 : i + 2] in (["am"], ["pm"]):
                clock = Clock(i, i + 1, int(word), 0)
        elif _DOTTED.fullmatch(word) and (edge := edges.ending.get(i)) is not None and words[edge.start] not in ("from", "until"):
            hour, minute = word.split(".")  # time in 13.05; but potassium from 3.20
            clock = Clock(i, i + 1, int(hour), int(minute))
        if clock is None or clock.hour > 23 or clock.minute > 59:
            i += 1
            continue
        if not clock.half and words[clock.stop : clock.stop + 1] in (["am"], ["pm"], ["a"], ["p"]) and 1 <= clock.hour <= 12:
            is_letter = len(words[clock.stop]) == 1
            if not is_letter or note.starts[clock.stop] == note.stops[clock.stop - 1]:
                clock.half, clock.stop = words[clock.stop][0] + "m", clock.stop + 1
        elif words[clock.stop : clock.stop + 1] in (["hrs"], ["hours"], ["h"]):
            clock.stop, clock.is_bare = clock.stop + 1, False
        found.append(clock)
        i = clock.stop
    return found


def clock_spans(note: Note, clocks: list[Clock], edges: Hits) -> tuple[list[Time], list[tuple[str, Clock]]]:
    """Pairs of clock times as times, and single ones that are said to be a start or a stop."""
    words = note.words
    spans: list[Time] = []
    singles: list[tuple[str, Clock]] = []
    used: set[int] = set()
    for n, clock in enumerate(clocks):
        if clock.start in used:
            continue
        following = clocks[n + 1] if n + 1 < len(clocks) else None
        left = _bare_hour(note, clock)
        if left is not None:
            pair = (left, clock)
        elif following is not None and _are_joined(note, clock, following, edges):
            pair = (clock, following)
        else:
            edge = _edge(edges, words, clock)
            if edge and not (clock.is_bare and _is_year(clock)):
                singles.append((edge, clock))
            continue
        a, b = pair
        if a.is_bare and b.is_bare and _is_year(a) and _is_year(b) and not _edge(edges, words, a):
            continue
        span = _span(a, b)
        if span:
            used.update((a.start, b.start))
            spans.append(Time(a.start, b.stop, (span[1] - span[0]) % _DAY, clock=span))
    return spans, [(edge, clock) for edge, clock in singles if clock.start not in used]


def _is_year(clock: Clock) -> bool:
    return clock.hour in (19, 20)


def _bare_hour(note: Note, clock: Clock) -> Clock | None:
    """The 2 of 2–2:40 pm, which is a time only by what follows."""
    words, i = note.words, clock.start
    is_between = i > 2 and words[i - 1] == "and" and words[i - 3] == "between"
    if (
        i < 2
        or (words[i - 1] not in _TO and not is_between)
        or not words[i - 2].isdecimal()
        or len(words[i - 2]) > 2
        or not 1 <= int(words[i - 2]) <= 12
    ):
        return None
    before = words[i - 3] if i > 2 else ""
    if before in ("/", ":", "-") or not (clock.half or before == "from"):
        return None
    return Clock(i - 2, i - 1, int(words[i - 2]), 0)


def _are_joined(note: Note, a: Clock, b: Clock, edges: Hits) -> bool:
    """Whether two clock times are the ends of one stretch: joined by a dash, to, or between … and; or labelled start and stop."""
    words = note.words
    between = words[a.stop : b.start]
    if not between and note.text[note.stops[a.stop - 1] : note.starts[b.start]].strip() in _DASH:
        return True
    if len(between) == 1 and (between[0] in _TO or (between[0] == "/" and not (a.is_bare and b.is_bare and _is_year(a)))):
        return True
    if between == ["and"] and "between" in words[max(a.start - 2, 0) : a.start]:
        return True
    if len(between) == 2 and between[0] in _TO and between[1] in ("about", "approximately", "~", "around"):
        return True
    return b.start - a.stop <= 24 and _edge(edges, words, a) == "start" and _edge(edges, words, b) == "stop"


def _edge(edges: Hits, words: list[str], clock: Clock) -> str:
    """start or stop, where a word close before the clock time says so."""
    hit = edges.last_before(clock.start)
    if hit is None:
        return ""
    gap = words[hit.stop : clock.start]
    is_close = len(gap) <= 4 and not any(w.isdecimal() or w == ";" for w in gap)
    return next(iter(hit.values)) if is_close else ""


def _span(a: Clock, b: Clock) -> tuple[int, int] | None:
    """Minutes of the day of both ends. Without am and pm, hours count to 24; one am or pm serves both where the stretch stays short."""

    def at(clock: Clock, half: str) -> int:
        hour = clock.hour
        if half and hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        return hour * 60 + clock.minute

    halves = [(a.half, b.half)]
    if a.half and not b.half:
        other = "am" if a.half == "pm" else "pm"
        halves = [(a.half, a.half), (a.half, other)]
    elif b.half and not a.half:
        other = "am" if b.half == "pm" else "pm"
        halves = [(b.half, b.half), (other, b.half)]
    elif not a.half and a.hour <= 12 and b.hour <= 12 and b.hour * 60 + b.minute < a.hour * 60 + a.minute:
        halves = [("", "pm")]
    for half_a, half_b in halves:
        start, stop = at(a, half_a), at(b, half_b)
        if 0 < (stop - start) % _DAY <= MOST_MINUTES:
            return start, stop
    return None
