"""Which of a note's times is the ACP time: what each was spent on, sessions added, totals and clock compared.

Nothing is guessed: a time that is not said to be ACP time is none where the note records other work; two different totals give none.
What does not belong here: finding times (note_times), and billing rules: whether minutes suffice is for the checks to say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from pipelines.documentation.note_phrases import Hit, Hits
from pipelines.documentation.note_text import Note, Sentence
from pipelines.documentation.note_times import Clock, Time, clock_spans, clock_text, durations, find_clocks

_NO_ACP = {
    "whole": "is of the visit",
    "other": "is of another service",
    "mixed": "is shared with another service",
    "share": "is ACP only in part",
    "future": "is planned",
    "past": "is of another day",
    "rule": "is a rule, not a time spent",
}


@dataclass(slots=True)
class AcpTime:
    """What is read: minutes, clock times as minutes of the day, the words that gave them, and why not."""

    minutes: int | None = None
    start: int | None = None
    stop: int | None = None
    words: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    start_words: tuple[int, int] | None = None
    stop_words: tuple[int, int] | None = None
    reasons: list[str] = field(default_factory=list[str])


def read_time(note: Note, cues: Hits, edges: Hits, has_planning: bool, is_visit: bool) -> AcpTime:
    """The ACP time of a note. cues, edges: of note_times; has_planning: the note tells of advance care planning; is_visit: it records other
    work too.
    """
    found = AcpTime()
    clocks = find_clocks(note, edges)
    spans, single = clock_spans(note, clocks, edges)
    taken = {i for span in spans for i in range(span.start, span.stop)} | {i for clock in clocks for i in range(clock.start, clock.stop)}
    times = sorted([*spans, *durations(note, taken, cues)], key=lambda t: t.start)
    if not times and not single:
        found.reasons.append("no time is stated")
        return found
    _assign_roles(note, times, cues)
    candidates = _candidates(note, times, has_planning, is_visit, found)
    if candidates:
        _combine(note, candidates, found)
    elif not found.reasons:
        found.reasons.append("no time is stated")
    if found.start is None:
        _single_clocks(note, single, found, cues)
    return found


def _single_clocks(note: Note, singles: list[tuple[str, Clock]], found: AcpTime, cues: Hits) -> None:
    """A start without a stop is kept as such."""
    starts = [c for edge, c in singles if edge == "start" and not c.is_bare]
    if len(starts) == 1:
        clock = starts[0]
        sentence = note.sentence_at(clock.start)
        if sentence.in_acp or any(h.values & {"acp", "talk"} for h in cues.within(sentence.start, sentence.stop)):
            hour = clock.hour % 12 + (12 if clock.half == "pm" else 0) if clock.half else clock.hour
            found.start, found.start_words = hour * 60 + clock.minute, (clock.start, clock.stop)
            if found.minutes is None:
                found.reasons.append("a start without a stop")


# --- what a time was spent on ------------------------------------------------------------------------------------------------------------


def _assign_roles(note: Note, times: list[Time], cues: Hits) -> None:
    """Say of each time what it was spent on, from the words of its sentence."""
    wholes: set[int] = set()
    for n, time in enumerate(times):
        sentence = note.sentence_at(time.start)
        time.sentence = sentence.start
        lead = sentence.label if sentence.label and sentence.label[1] <= sentence.start else None
        before_from = sentence.start if n == 0 or times[n - 1].start < sentence.start else times[n - 1].stop
        after_to = sentence.stop if n + 1 == len(times) or times[n + 1].start >= sentence.stop else times[n + 1].start
        if before_from > sentence.start:  # what directly follows a time is its own
            before_from = _own_end(note.words, before_from, time.start)
        before = _between(cues, before_from, time.start)
        if lead and before_from == sentence.start:
            before = [*cues.within(*lead), *before]
        after = _between(cues, time.stop, after_to)
        is_own = bool(after) and after[-1].start == time.stop and note.words[after[-1].stop : after[-1].stop + 1] == ["="]
        if after_to < sentence.stop and after and not is_own and _is_label_of_next(note.words, after[-1], after_to):
            after = after[:-1]
        _assign_role(note, time, before, after, before_from, after_to)
        following = times[n + 1] if n + 1 < len(times) and after_to == times[n + 1].start else None
        if following and _is_part_of(note.words[time.stop : following.start]):
            rest = cues.within(following.stop, sentence.stop)
            time.is_part, wholes = True, wholes | {n + 1}
            time.role = (
                time.role
                if time.role in ("acp", "other")
                else _first_cue([h for h in rest if "whole" not in h.values], note.words)[0] or time.role
            )
        if n in wholes and time.role in ("", "acp", "talk", "total"):
            time.role = "whole"
        if time.role in ("", "total", "whole") and _is_shared_next(note, sentence, after, cues):
            time.role = "share"
    for n, time in enumerate(times):
        if time.is_part and n not in wholes and time.role in ("acp", "other", "whole"):
            behind = note.words[time.stop : min(time.stop + 8, note.sentence_at(time.start).stop)]
            _divide(times[:n], time.role, names_planning="acp" in behind or "planning" in behind)
    has_acp = False
    for time in times:
        if time.is_again and time.role in ("", "talk") and has_acp:
            time.role = "acp"
        has_acp = has_acp or time.role == "acp"
    for a, b in pairwise(times):
        if (
            b.role == ""
            and a.role in ("acp", "talk")
            and a.sentence == b.sentence
            and {"and", ",", "+", "&", "then", "plus"} & set(note.words[a.stop : b.start])
        ):
            b.role = a.role
    for a, b in pairwise(times):
        between = note.words[a.stop : b.start]
        if ((a.clock is None) != (b.clock is None) or between == ["("]) and len(between) <= 4 and a.sentence == b.sentence:
            plain = all(
                w in (",", "(", ")", "=", ":", "total", "-", "–", "for", "of", "a", "approximately", "is", "i.e", "or", "/", "time")
                for w in between
            )
            for this, other in ((a, b), (b, a)):
                if plain and this.role in ("", "total") and other.role in ("acp", "talk", "whole", "other"):
                    this.role = other.role


def _divide(earlier: list[Time], role: str, names_planning: bool) -> None:
    """What a part says of the time that it is a part of: 1:00–1:45, of which 10 minutes were of other work, is no ACP time as a whole;
    nor are 75 minutes, of which 30 were ACP. But 40 minutes of ACP, of which 15 went into the POLST, are.
    """
    whole = next((t for t in reversed(earlier) if not t.is_part), None)
    if whole is not None and whole.role in ("acp", "talk", "", "total"):
        if role != "acp":
            whole.role = "share"
        elif whole.role != "acp" or names_planning:
            whole.role = "whole"


def _is_label_of_next(words: list[str], hit: Hit, place: int) -> bool:
    """Whether a cue stands right before the next time: ACP 35, E/M 25."""
    return place - hit.stop <= 2 and all(w in (":", "=", "time", "-", "for") for w in words[hit.stop : place])


def _own_end(words: list[str], start: int, stop: int) -> int:
    """Where what belongs to the time that ends before ``start`` is over."""
    return next(
        (i for i in range(start, stop) if words[i] in (",", "and", ";", "(", ")", "plus", "+", "&", "=", ":", "|", "then", "with")), start
    )


def _is_part_of(words: list[str]) -> bool:
    """30 minutes of the 75-minute visit."""
    return (
        1 <= len(words) <= 5
        and words[0] == "of"
        and all(w in ("of", "the", "this", "a", "our", "total", "that", "his", "her", "today's", "today", "'s") for w in words)
    )


def _between(cues: Hits, start: int, stop: int) -> list[Hit]:
    return [h for h in cues.within(start, stop) if h.stop <= stop]


def _is_shared_next(note: Note, sentence: Sentence, after: list[Hit], cues: Hits) -> bool:
    """… of which more than half; or the sentence behind says it: More than 50 % was spent on ACP."""
    if any("share" in h.values for h in after):
        return True
    place = bisect_right(note.sentence_starts, sentence.start)
    if place >= len(note.sentences):
        return False
    following = note.sentences[place]
    return any("share" in h.values for h in cues.within(following.start, min(following.start + 8, following.stop)))


def _assign_role(note: Note, time: Time, before: list[Hit], after: list[Hit], before_from: int, after_to: int) -> None:
    words = note.words
    cut = next(
        (i for i in range(time.stop, after_to) if words[i] in (",", "and", ";", "(", "plus", "+", "&", "–", "while", "but")), after_to
    )
    near = [h for h in after if h.stop <= cut]
    far = list(after)
    if any("apart" in h.values for h in far):
        far = far[: next(n for n, h in enumerate(far) if "apart" in h.values)]
        near = near[: len(far)]
    told = [h for h in before if not _is_apart(h, before)]
    role, is_total = _first_cue(near, words)
    back, back_total = _last_cue(told, words)
    time.is_total = is_total or back_total
    time.is_again = any("again" in h.values for h in (*before, *near)) and not any("apart" in h.values for h in after)
    if _is_left_off(words, time.stop) or any(
        "future" in h.values
        and words[h.start] not in ("to", "until", "before", "can", "could", "may", "might")
        and words[h.stop : h.stop + 1] != [":"]
        for h in _since_comma(before, words, time.start)
    ):
        time.role = "future"
    elif (
        any("past" in h.values and h.start - time.stop <= 1 for h in near)
        or _is_dated(words, before_from, time.start)
        or _is_dated(words, time.stop, cut)
    ):
        time.role = "past"
    elif any("require" in h.values and (h in before or words[h.start] != "if") for h in (*before, *near)):
        time.role = "rule"
    elif any(
        "past" in h.values and words[h.start] not in ("already", "had", "had been") for h in _since_comma(before, words, time.start)
    ) and not any("today" in h.values for h in before):
        time.role = "past"
    elif any("share" in h.values for h in before if h.stop >= time.start - 3) or any(
        "share" in h.values
        and ["of", "which"] in (words[h.start - 2 : h.start], words[h.stop : h.stop + 2], words[h.stop - 1 : h.stop + 1])
        for h in far
    ):
        time.role = "share"
    elif any("all" in h.values for h in far) and any("acp" in h.values for h in far):
        time.role = "acp"
    elif role in ("acp", "other", "whole"):
        time.role = "mixed" if role == "acp" and _is_mixed(far, words) else role
    elif back in ("acp", "other", "whole"):
        time.role = back
    elif "talk" in (role, back):
        time.role = "talk"
    else:
        time.role = _first_cue(far, words)[0] or ("total" if time.is_total else "")
        if any("share" in h.values for h in far):
            time.role = "share"
    if words[time.start - 1 : time.start] == ["minus"]:
        time.is_part, time.role = True, "other"
    time.is_part = (
        time.is_part
        or _is_led_as_part(words, time.start)
        or words[time.stop : time.stop + 3] in (["of", "which", "was"], ["of", "which", "were"])
    )
    if (
        words[max(time.start - 2, before_from) : time.start] in (["of", "the"], ["of", "these"], ["of", "those"])
        and time.role in ("", "total", "acp", "talk")
        and not near
    ):
        time.role = "whole"


def _is_left_off(words: list[str], place: int) -> bool:
    """30 minutes were scheduled; 40 minutes planned."""
    behind = words[place : place + 3]
    while behind and behind[0] in ("were", "was", "are", "is", "been", "had"):
        behind = behind[1:]
    return behind[:1] in (["scheduled"], ["planned"], ["reserved"], ["blocked"], ["allotted"], ["booked"])


def _is_led_as_part(words: list[str], place: int) -> bool:
    """Of which 30 minutes; including 30 minutes; of this, 10 minutes; of this time 10 minutes."""
    stop = place
    while stop > 2 and words[stop - 1] in (",", "time", "approximately", "about", "~"):
        stop -= 1
    led = words[max(stop - 2, 0) : stop]
    if led in (["of", "which"], ["of", "that"], ["of", "it"], ["inclusive", "of"]) or led[-1:] in (["including"], ["includes"]):
        return True
    return led in (["of", "this"], ["of", "these"], ["of", "those"]) and (
        stop < place or words[stop - 3 : stop - 2] in ([], ["."], [","], ["("])
    )


def _since_comma(hits: list[Hit], words: list[str], stop: int) -> list[Hit]:
    """The hits behind the last comma before ``stop``, and not far before."""
    place = next((i for i in range(stop - 1, hits[0].start if hits else stop, -1) if words[i] in (",", ";", ":", ".")), stop - 13)
    return [h for h in hits if h.start > place]


def _is_dated(words: list[str], start: int, stop: int) -> bool:
    """On 3/2 spent 30 minutes …, in a note that tells of today apart from it."""
    dated = any(
        words[i].isdecimal() and words[i + 1] == "/" and words[i + 2].isdecimal() and len(words[i]) <= 2 and int(words[i + 2]) <= 31
        for i in range(start, max(stop - 2, start))
    )
    return dated and "today" in words and "today" not in words[start:stop]


def _is_apart(hit: Hit, hits: list[Hit]) -> bool:
    """Whether what a hit speaks of is named only to be set apart: exclusive of E/M."""
    return any("apart" in h.values and 0 <= hit.start - h.stop <= 4 for h in hits)


def _first_cue(hits: Iterable[Hit], words: list[str]) -> tuple[str, bool]:
    """What the words behind a time say of it first, and whether they call it a total."""
    talked, total = False, False
    for n, hit in enumerate(hits):
        values = hit.values
        if (
            "whole" in values
            and n == 0
            and words[hit.start - 2 : hit.start] in (["of", "the"], ["of", "this"], ["of", "our"], ["of", "today's"])
        ):
            continue
        if "apart" in values or ("including" in values and not values & {"acp", "talk"}):
            break
        if "acp" in values or (talked and "care" in values):
            return "acp", total
        if ("other" in values and "care" not in values) or "whole" in values:
            return ("other" if "other" in values else "whole"), total
        talked = talked or "talk" in values
        total = total or "total" in values
    return ("talk" if talked else ""), total


def _last_cue(hits: list[Hit], words: list[str]) -> tuple[str, bool]:
    """What the words before a time say of it last, and whether they call it a total."""
    total = any("total" in h.values for h in hits)
    talked = False
    for n in range(len(hits) - 1, -1, -1):
        values = hits[n].values
        if "acp" in values:
            earlier = hits[:n]
            if earlier and "including" in earlier[-1].values and any(h.values & {"total", "whole"} for h in earlier):
                return "whole", True
            if (
                earlier
                and "other" in earlier[-1].values
                and words[earlier[-1].stop : hits[n].start] in (["and"], ["&"], ["/"], ["+"], ["plus"])
            ):
                return "mixed", total
            return "acp", total
        if "care" in values:
            if talked or any(h.values & {"talk", "acp"} for h in hits[:n]):
                return "acp", total
            if "other" in values and words[hits[n].stop : hits[n].stop + 1] not in (["for"], ["x"], ["lasting"], ["("], [":"]):
                continue
        if "other" in values or "whole" in values:
            return ("other" if "other" in values else "whole"), total
        talked = talked or "talk" in values
    return ("talk" if talked else ""), total


def _is_mixed(hits: list[Hit], words: list[str]) -> bool:
    """Whether ACP shares its time with another service: ACP and symptom management."""
    place = next((n for n, h in enumerate(hits) if "acp" in h.values), None)
    if place is None:
        return False
    for hit in hits[place + 1 : place + 3]:
        gap = words[hits[place].stop : hit.start]
        if (
            hit.values & {"other", "whole"}
            and not hit.values & {"acp", "care"}
            and 1 <= len(gap) <= 3
            and gap[0] in ("and", "&", "/", "plus", ",", "+")
        ):
            return not words[hit.start].startswith("document")
    return False


# --- which is the ACP time ---------------------------------------------------------------------------------------------------------------


def _candidates(note: Note, times: list[Time], has_planning: bool, is_visit: bool, found: AcpTime) -> list[Time]:
    """The times that are ACP time: those said to be, else those of an ACP note that are said to be nothing else."""
    said = [t for t in times if t.role == "acp"]
    if said:  # with the total of several, which must be their sum
        of_them = [t for t in times if t.is_total and t.role in ("", "total") and t.sentence == said[-1].sentence and len(said) > 1]
        return sorted([*said, *of_them], key=lambda t: t.start)
    for t in times:
        if t.role in _NO_ACP:
            found.reasons.append(f"{_named(t)} {_NO_ACP[t.role]}")
    for roles in (("talk",), ("", "total")):
        open_times = [t for t in times if t.role in roles]
        if not open_times:
            continue
        if not has_planning:
            found.reasons.extend(f"{_named(t)} is not said to be ACP time, and no ACP is documented" for t in open_times)
        elif is_visit and not all(note.sentence_at(t.start).in_acp for t in open_times):
            found.reasons.extend(f"{_named(t)} is not said to be ACP time, and the note records a visit" for t in open_times)
        else:
            return open_times
    return []


def _named(time: Time) -> str:
    if time.clock:
        return f"{clock_text(time.clock[0])}–{clock_text(time.clock[1])}"
    return f"{time.minutes} minutes"


def _combine(note: Note, times: list[Time], found: AcpTime) -> None:
    """One number of minutes from the ACP times, or none and why."""
    clocks = _distinct([t for t in times if t.clock])
    stated = [t for t in times if not t.clock]
    by_clock = None
    if clocks:
        if any(
            a.clock and b.clock and a.clock[0] < b.clock[1] and b.clock[0] < a.clock[1]
            for n, a in enumerate(clocks)
            for b in clocks[n + 1 :]
        ):
            found.reasons.append(f"conflict: {', '.join(_named(t) for t in clocks)} overlap")
            return
        by_clock = sum(t.minutes for t in clocks)
        if len(clocks) == 1 and clocks[0].clock:
            found.start, found.stop = clocks[0].clock
            found.start_words = found.stop_words = (clocks[0].start, clocks[0].stop)
        else:
            found.reasons.append(f"{len(clocks)} sessions: no single start and stop")
    exact, conflict = _stated(note, [t for t in stated if t.bound in ("exact", "about")])
    lower = [t for t in stated if t.bound == "lower"]
    if conflict:
        found.reasons.append(f"conflict: {conflict}")
        return
    value = exact.minutes if exact else None
    if by_clock is not None and exact is not None and value is not None:
        slack = 5 if exact.bound == "about" else 1
        if abs(by_clock - value) > slack:
            found.reasons.append(f"conflict: {value} minutes stated, {by_clock} by the clock ({', '.join(_named(t) for t in clocks)})")
            return
        value = by_clock if exact.bound == "about" else min(by_clock, value)
    elif by_clock is not None:
        value = by_clock
    floor = max((t.minutes for t in lower), default=None)
    if value is not None and floor is not None and value < floor:
        found.reasons.append(f"conflict: {value} minutes and at least {floor} minutes")
        return
    if value is None and floor is not None:
        value = floor
        found.reasons.append(f"at least {floor} minutes are stated: the least is taken, never more")
    if value is None:
        for t in stated:
            what = "a range" if t.bound == "range" else "only an upper bound"
            found.reasons.append(f"{note.text[note.starts[t.start] : note.stops[t.stop - 1]]}: {what}, no number of minutes")
        return
    found.minutes = value
    used = [*clocks, *(t for t in stated if t.bound in ("exact", "about"))] or [t for t in lower if t.minutes == value]
    found.words = [(t.start, t.stop) for t in used]


def _distinct(times: list[Time]) -> list[Time]:
    seen: dict[tuple[int, int], Time] = {}
    for t in times:
        if t.clock:
            seen.setdefault(t.clock, t)
    return list(seen.values())


def _stated(note: Note, times: list[Time]) -> tuple[Time | None, str]:
    """The one duration that the stated ones make, or what conflicts: a total with its parts, sessions added, or the same said twice."""
    if not times:
        return None, ""
    totals = {t.minutes for t in times if t.is_total and not t.is_part}
    parts = [t for t in times if not (t.is_total and not t.is_part)]
    if len(totals) > 1:
        return None, " and ".join(f"{m} minutes" for m in sorted(totals)) + " as the total"
    if totals:
        total = next(t for t in times if t.is_total and not t.is_part)
        rest = [t.minutes for t in parts if not t.is_part]
        if not rest or set(rest) == {total.minutes} or sum(rest) == total.minutes:
            return total, ""
        return None, f"{total.minutes} minutes in all, but {' and '.join(str(m) for m in rest)} minutes"
    times = [t for t in times if not t.is_part] or list(times)
    first, *later = times
    if not later:
        return first, ""
    joined = [_adds(note, a, b) for a, b in zip(times, later, strict=False)]
    if all(joined):
        bound = "about" if any(t.bound == "about" for t in times) else "exact"
        return Time(first.start, times[-1].stop, sum(t.minutes for t in times), bound), ""
    if len({t.minutes for t in times}) == 1:
        exact = [t for t in times if t.bound == "exact"]
        return (exact or times)[0], ""
    # sessions, and their sum said again
    return None, " and ".join(f"{m} minutes" for m in dict.fromkeys(t.minutes for t in times))


def _adds(note: Note, a: Time, b: Time) -> bool:
    """Whether b comes on top of a: another, returned for; or both in one breath, 20 with the patient and 15 with her daughter."""
    if b.is_again:
        return True
    between = note.words[a.stop : b.start]
    return (
        a.sentence == b.sentence and a.minutes != b.minutes and len(between) <= 8 and any(w in ("and", "+", "plus", "&") for w in between)
    )
