"""The structure of a note: words with their places, sentences with their labels and sections, and the text that does not count.

What does not belong here: what words mean (note_words), and what the note says of a field (notes, note_times).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


# A word with its apostrophe (didn't), a number, or a single sign. A hyphen within a word (face-to-face) is none; one between numbers
# (30-35) is. Emphasis and quotation marks are passed over.
_TOKEN = re.compile(
    r"(?P<plain>[^\W\d_]{2,}(?:['’](?![sS]\b)[^\W\d_]+)?)"  # first, being most
    r"|(?P<tick>\[\s?[xX✓✔*]\s?\]|\(\s?[xX✓✔]\s?\)|[☑☒✓✔]|_{1,3}[xX✓]_{1,3})"
    r"|(?P<empty>\[[\s_]{0,3}\]|\([\s_]{1,3}\)|[☐□○❏❑✗✘]|(?<![^\s|])_{2,4}(?=[ ]{1,3}[A-Za-z]))"
    r"|(?P<options>\(\s?[yY](?:es)?\s?/\s?[nN]o?\s?\))"
    r"|(?P<leader>\.{3,})"
    r"|(?P<meridiem>[aApP]\.\s?[mM]\.?(?![\w]))"
    r"|(?P<word>(?:(?i:f2f\b|[whsfneadc]/[opuafmavwd](?![\w/])|w/o\b|w/)|[^\W\d_]+(?:['’](?![sS]\b)[^\W\d_]+)?))"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<prime>(?<=\d)['’′](?![\w\"'’]))"  # 20': minutes, where they are of planning
    r"|(?P<possessive>['’][sS]\b)"
    r"|(?P<hyphen>(?<![^\W_])-|-(?![^\W_])|(?<=\d)-(?=\d))"
    r"|(?P<sign>[^\s\w'’\"“”‘*#\[\]-])"
)
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|$)")
_BOX = re.compile(r"\[[ xX✓✔_]{0,3}\]|[☐☑☒□]")
_SENTENCE_END = re.compile(r"(?<=[.;])[ \t]+(?=[A-Z\[☐☑☒□])")
_BULLET = re.compile(r"\s*(?:(?:[-*•·▪◦‣–>]|\(?\d{1,2}[.)]|[a-z][.)])\s+|[•·▪◦‣]|#+\s*)")
_ABBREVIATIONS = word_set("dr mr mrs ms approx appx vs st jr sr e g i")
_UNFINISHED = word_set(
    """
    and or with the of to a an for her his their by in , that who is was were about regarding on w/ & be been has have as from including
    would will
    """
)
_PLANNED = word_set("acp goc planning")
WRAPPED_AT = 58  # a line this long may go on in the next
LABEL_WORDS = 9
MOST_WORDS = 160  # of a sentence
_BREATHS = word_set("and he she we they i patient but so then")
TITLE_WORDS = 8

# Headings that begin a part of the note. acp: whatever stands below is about advance care planning, until a heading of a visit.
_HEADINGS = {
    "acp": """
        advance care planning; advanced care planning; acp; goals of care; goc; serious illness conversation; family meeting;
        code status discussion; end of life planning; treatment preferences; current acp
        """,
    "visit": """
        hpi; history of present illness; chief complaint; cc; subjective; objective; exam; physical exam; physical examination; pe; vitals;
        vital signs; vs; labs; imaging; medications; meds; allergies; ros; review of systems; pmh; past medical history; social history; sh;
        family history; fh; assessment; a/p; ap; a; p; s; o; assessment and plan; assessment & plan; assessment/plan; plan; problem list;
        interval history; hospital course; impression; data
        """,
}
_SECTIONS = {name: tuple(" ".join(words.split()) for words in headings.split(";")) for name, headings in _HEADINGS.items()}

# Text of another day, brought over. A block runs to the end of its paragraph, to words of today, or to a rule that closes it.
_OF_ANOTHER = r"(?:prior|previous|last|old|earlier)"
_COPIED = re.compile(
    r"\b(?:cop(?:ied|y)[ -]*(?:and[ -]pasted?|forward(?:ed)?)?|(?:carried|pulled|brought)[ -](?:forward|over)|imported|reproduced)\b"
    r"(?=[^.\n]{0,30}(?:from|forward|over|note|:|\]))"
    r"|\b(?:per|from|see)\s(?:my\s|the\s|an?\s)?\d{1,2}/\d{1,2}(?:/\d{2,4})?\s(?:acp\s|palliative\s|goc\s|pcp\s)?note\b"
    r"|\b(?:per|from|see)\s(?:my\s|the\s|an?\s)?(?:acp\s|palliative\s|pcp\s)?"
    rf"(?:{_OF_ANOTHER}\s(?:acp\s|palliative\s|goc\s)?note|note\s(?:of|from|dated|on)\b)"
    rf"|\b(?:{_OF_ANOTHER}|past|historical)\s(?:acp|advanced?\scare\splanning|goals[ -]of[ -]care|goc)\b"
    r"(?=(?:\s(?:discussions?|conversations?|notes?|documentation|history|meetings?|visits?|sessions?|encounters?|talks?))?"
    r"[^.\n;]{0,20}(?:[:–—]|\d[/-]\d|\d{4}|\n|$))"
    r"|\bacp\shistory\b",
    re.IGNORECASE,
)
_TODAY = re.compile(
    r"\b(?:today|current|currently|this visit|now|new discussion|update|addendum"
    r"|end of (?:copied|copy|prior|previous|imported|carried)[^\n.]*)\b",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_CLOSING_RULE = re.compile(r"\n[ \t]*[-=_*~\[(#]{0,6}[ \t]*end of (?:cop|prior|prev|import|carr)[^\n]*", re.IGNORECASE)
_LINE_OF_TODAY = re.compile(r"\n[ \t\-*#]*(?=(?:today|current|this visit|now|new|update|addendum|acp today)\b)", re.IGNORECASE)
_HEADING_CHARS = re.compile(r"[^a-z0-9/& ]+")


@dataclass(slots=True)
class Sentence:
    """Words start to stop (exclusive), with what leads them."""

    start: int
    stop: int
    label: tuple[int, int] | None  # words of the heading or label above or before it; a label at its own beginning is part of it
    in_acp: bool  # under a heading of advance care planning
    in_visit: bool
    is_item: bool  # a bullet, a choice or a cell of a table
    is_ticked: bool
    is_heading: bool


@dataclass(slots=True)
class Words:
    """Words in lower case, and their places in the text."""

    text: str
    words: list[str] = field(default_factory=list[str])
    starts: list[int] = field(default_factory=list[int])
    stops: list[int] = field(default_factory=list[int])
    bounds: frozenset[int] = frozenset()  # words at which a sentence begins: no phrase goes over one

    def add(self, word: str, start: int, stop: int) -> None:
        self.words.append(word)
        self.starts.append(start)
        self.stops.append(stop)

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Where the words start to stop (exclusive) stand in the text."""
        return self.starts[start], self.stops[stop - 1]


@dataclass(slots=True)
class Note(Words):
    """A note taken apart: the words that count, in sentences, and those left out, by reason."""

    sentences: list[Sentence] = field(default_factory=list[Sentence])
    sentence_starts: list[int] = field(default_factory=list[int])
    left_out: dict[str, Words] = field(default_factory=dict[str, Words])

    def sentence_at(self, place: int) -> Sentence:
        """The sentence of a word."""
        return self.sentences[bisect_right(self.sentence_starts, place) - 1]

    def leave_out(self, why: str, word: str, start: int, stop: int) -> None:
        self.left_out.setdefault(why, Words(self.text)).add(word, start, stop)


def take_apart(text: str) -> Note:
    """The note's words and sentences, without choices left unticked or unfilled and without text copied from another day."""
    note = Note(text)
    reader = _Reader(note, _copied(text))
    for line in _LINE.finditer(text):
        if line.start() == line.end():
            break
        start = line.start()
        if _BOX.search(line.group()):  # Voluntary [x]. Topics: [x] CPR [ ] PEG
            for end in _SENTENCE_END.finditer(text, start, line.end()):
                reader.line(start, end.start())
                start = end.end()
        reader.line(start, line.end())
    reader.close()
    note.sentence_starts = [s.start for s in note.sentences]
    note.bounds = frozenset(note.sentence_starts)
    return note


def _copied(text: str) -> list[tuple[int, int]]:
    """The stretches of text that are said to be of another day's note."""
    found: list[tuple[int, int]] = []
    closings = [match.span() for match in _CLOSING_RULE.finditer(text)]
    done = 0
    for match in _COPIED.finditer(text):
        if match.start() < done:
            continue
        line_start = max(text.rfind("\n", 0, match.start()), text.rfind("\r", 0, match.start())) + 1
        line_stop = _line_end(text, match.end())
        lead = text[line_start : match.start()].strip(" -=*_[(#>\t~")
        rest = text[match.end() : line_stop]
        is_block = not lead and (len(rest) < 60 and not re.search(r"\d\s*min|[.;]\s+\S|,", rest))
        stop = _block_end(text, line_stop, closings) if is_block else _remark_end(text, match, line_stop)
        found.append((line_start if not lead else match.start(), stop))
        done = stop
    return found


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _block_end(text: str, place: int, closings: list[tuple[int, int]]) -> int:
    """Below a heading: to the end of the paragraph, or to a line that begins with today's words; a rule closes what a rule opened.
    closings: such rules, in order.
    """
    closing = bisect_left(closings, (place, 0))
    if closing < len(closings):
        return closings[closing][1]
    blank = _BLANK_LINE.search(text, place + 1)
    stop = blank.start() if blank else len(text)
    today = _LINE_OF_TODAY.search(text, place, stop)
    return today.start() if today else stop


def _remark_end(text: str, match: re.Match[str], line_stop: int) -> int:
    """Within a line: to words of today, else to its end; a remark on earlier planning ends with its sentence."""
    today = _TODAY.search(text, match.end(), line_stop)
    stop = today.start() if today else line_stop
    if not re.match(r"cop|carr|pull|brought|import|repro", match.group(), re.IGNORECASE):
        end = re.compile(r"(?<!Dr)(?<!Mr)(?<!Mrs)(?<!Ms)[.;](?=\s+[A-Z])").search(text, match.end(), stop)
        if end:
            stop = end.start()
    return stop


class _Reader:
    """Takes one line after the other and closes sentences where they end."""

    def __init__(self, note: Note, copied: list[tuple[int, int]]) -> None:
        self.note = note
        self.copied = copied  # stretches of text, in order
        self.next_copied = 0
        self.has_empty_squares = "□" in note.text or "☐" in note.text
        self.section = ""
        self.heading: tuple[int, int] | None = None  # leads the lines below
        self.heading_is_title = False
        self.had_items = False
        self.start = 0  # of the open sentence
        self.label: tuple[int, int] | None = None
        self.flags = (False, False, False)  # item, ticked, heading
        self.last_length = 0

    def close(self, stop: int | None = None) -> None:
        """End the open sentence before the word stop."""
        stop = len(self.note.words) if stop is None else stop
        item, ticked, heading = self.flags
        while self.start < stop:
            cut = self._cut(self.start, stop)
            self.note.sentences.append(
                Sentence(self.start, cut, self.label, self.section == "acp", self.section == "visit", item, ticked, heading)
            )
            self.start = cut
        self.start = stop
        self.flags = (False, False, False)

    def _cut(self, start: int, stop: int) -> int:
        """Dictation without a stop is cut where it takes breath."""
        if stop - start <= MOST_WORDS:
            return stop
        words = self.note.words
        window = range(start + MOST_WORDS - 1, start + MOST_WORDS // 2, -1)
        return next((i for i in window if words[i] in _BREATHS), start + MOST_WORDS)

    def line(self, start: int, stop: int) -> None:
        note = self.note
        line = note.text[start:stop]
        if not line.strip():
            self.close()
            if not self.heading_is_title:
                self.heading = None
            self.last_length = 0
            return
        bullet = _BULLET.match(line)
        first = len(note.words)
        boxes, sentence_ends = self._words(start + (bullet.end() if bullet else 0), stop)
        words = note.words
        question = next((i for i in range(first + 1, min(first + LABEL_WORDS, len(words) - 1)) if words[i] == "?"), 0)
        if question and ":" not in words[first : question + 2]:  # Who was present? Patient
            words[question] = ":"
            sentence_ends = [end for end in sentence_ends if end != question + 1]
        if len(words) == first and not boxes:  # a rule
            self.close(first)
            return
        colon = self._label(first)
        is_new = bool(bullet) or bool(boxes) or colon > 0 or not self._goes_on(first, line)
        title = self._title(first, line, colon) if not boxes else ""
        if is_new:
            self.close(first)
            if self.had_items and not bullet and not boxes and not self.heading_is_title:
                self.heading = None
            if colon > 0 and not bullet and not boxes and colon < len(words) and not self.heading_is_title:
                self.heading = None
            self.label = self.heading
        self.had_items = bool(bullet) or bool(boxes)
        self._enter(first, colon, title)
        if title or (colon > 0 and colon == len(words)):
            self.flags = (False, False, True)
            self.close()
            is_title = not (colon > 0) and len(words) - first > 3
            self.heading = None if is_title or title == "visit" else (first, len(words))
            self.heading_is_title = bool(title) and colon == 0
            self.label = self.heading
        elif boxes:
            self._choices(first, boxes, colon)
        else:
            self.flags = (bool(bullet), False, False)
            for end in sentence_ends:
                self._end(first, end)
        self.last_length = len(line.rstrip())

    def _end(self, first: int, end: int) -> None:
        """A sentence of this line ends before the word ``end``; what a label led goes on behind a semicolon or a bar."""
        words, mark = self.note.words, self.note.words[end - 1]
        start, item = self.start, self.flags[0]
        own = self._label(start, end)
        self.close(end)
        if mark == ";" and (own or self.label):
            self.label = (start, own) if own else self.label
            self.flags = (True, False, False)
        elif mark == "|":
            is_first = start <= first + 1 and any(words[i] != "|" for i in range(first, end))
            if is_first and self.label is self.heading and not own:
                self.label = (first, end)
                self.note.sentences[-1].is_heading = True
            self.flags = (True, False, False)
        else:
            self.label = self.heading
            self.flags = (item, False, False)

    def _words(self, start: int, stop: int) -> tuple[list[tuple[int, bool]], list[int]]:
        """Add the words of a line; gives its boxes (word before which each stands, whether ticked) and where sentences end."""
        note, boxes, ends = self.note, list[tuple[int, bool]](), list[int]()
        words, starts, stops = note.words, note.starts, note.stops
        braced = 0
        for match in _TOKEN.finditer(note.text, start, stop):
            kind = match.lastgroup
            word = match.group().lower()
            if kind == "plain" or kind == "word":
                if "’" in word:
                    word = word.replace("’", "'")
            elif kind == "meridiem":
                word = word[0] + "m"
            elif kind == "possessive":
                word = "'s"
            elif kind == "leader":
                word = ":"
            elif kind == "number" and len(word) > 9:
                word = "#"  # an account, no amount
            elif kind == "options" or (kind == "prime" and _PLANNED.isdisjoint(words[-5:-1])):
                continue
            elif kind == "prime":
                word = "min"
            if self.copied and self._is_copied(match.start()):
                note.leave_out("copied from another day", word, match.start(), match.end())
                if words and (not ends or ends[-1] != len(words)):
                    ends.append(len(words))
                continue
            if word == "{" or word == "}":
                braced = 1 if word == "{" else 0
                continue
            if braced:
                note.leave_out("an unfilled choice", word, match.start(), match.end())
                continue
            if word == "■" and self.has_empty_squares:
                kind = "tick"
            if kind == "tick" or kind == "empty":
                boxes.append((len(words), kind == "tick"))
                continue
            starts.append(match.start())
            stops.append(match.end())
            words.append(word)
            if word in ";?!|" or (word == "." and self._ends(match.end(), stop)):
                ends.append(len(words))
        return boxes, [end for end in ends if words[end - 1] != "?" or words[end : end + 1] not in (["yes"], ["no"], ["y"], ["n"], [":"])]

    def _is_copied(self, place: int) -> bool:
        while self.next_copied < len(self.copied) and self.copied[self.next_copied][1] <= place:
            self.next_copied += 1
        return self.next_copied < len(self.copied) and self.copied[self.next_copied][0] <= place

    def _ends(self, place: int, stop: int) -> bool:
        """Whether the full stop before ``place`` ends a sentence."""
        text, words = self.note.text, self.note.words
        before = words[-2] if len(words) > 1 else ""
        if before in _ABBREVIATIONS or (len(before) == 1 and before.isalpha() and text[place - 2].isupper()):
            return False
        following = text[place : place + 1]
        return following.isspace() or not following or following.isupper() or following in ")\"'”’*"

    def _label(self, first: int, stop: int | None = None) -> int:
        """The word after the colon of a label that begins at ``first``; 0 where there is none."""
        words = self.note.words
        for i in range(first + 1, min(first + LABEL_WORDS, len(words) if stop is None else stop)):
            if words[i] == ":":
                is_clock = words[i - 1].isdecimal() and i + 1 < len(words) and words[i + 1].isdecimal()
                return 0 if is_clock else i + 1
            if words[i] in ".;|?!" or (words[i] == "," and i > first + 4):
                return 0
        return 0

    def _goes_on(self, first: int, line: str) -> bool:
        """Whether a line continues the sentence of the line before: that was wrapped, or ends with a word that wants another."""
        words = self.note.words
        if self.start >= first or self.flags[2]:
            return False
        if words[first - 1] in ".;?!|:":
            return False
        if words[first - 1] in _UNFINISHED:
            return True
        return self.last_length >= WRAPPED_AT

    def _title(self, first: int, line: str, colon: int) -> str:
        """The section that a heading without text behind it begins, or "other"; "" where the line is none."""
        words = self.note.words
        count = len(words) - first
        if colon and colon < len(words):
            return ""
        bare = line.strip().strip("#*=_- \t:")
        if count > TITLE_WORDS + 1 or any(w.isdecimal() for w in words[first:]) or words[-1] in ".,;?!":
            return ""
        known = _section(bare)
        is_marked = line.lstrip().startswith(("#", "**", "==")) or (bare.isupper() and count > 1)
        if (
            colon
            or is_marked
            or (known and bare[:1].isupper() and count <= 5 and not set(words[first:]) & {"with", "w/", "discussed", "held"})
        ):
            return known or "other"
        return ""

    def _enter(self, first: int, colon: int, title: str) -> None:
        """The section changes with headings and with labels that name one."""
        words = self.note.words
        named = title if title in ("acp", "visit") else ""
        if not named and colon:
            named = _section(" ".join(words[first : colon - 1]))
        if named:
            self.section = named

    def _choices(self, first: int, boxes: list[tuple[int, bool]], colon: int) -> None:
        """Cut a line at its tick boxes: a ticked choice is a sentence under the line's label, an unticked one is left out."""
        note, stop = self.note, len(self.note.words)
        places = [place for place, _ in boxes]
        last = stop - 1 if note.words[first:] and note.words[-1] in (".", ";") else stop
        is_behind = places[-1] >= last and places[0] > (colon if first < colon < places[0] or len(boxes) > 1 else first)
        starts, stops = ([first, *places[:-1]], places) if is_behind else (places, [*places[1:], stop])
        if is_behind:  # Family [x] (son): what stands in parentheses belongs to the box before it
            for n in range(1, len(starts)):
                if note.words[starts[n] : starts[n] + 1] == ["("] and ")" in note.words[starts[n] : stops[n]]:
                    starts[n] = stops[n - 1] = note.words.index(")", starts[n], stops[n]) + 1
        lead = starts[0]
        line = [(note.words[i], note.starts[i], note.stops[i]) for i in range(first, stop)]
        del note.words[first:], note.starts[first:], note.stops[first:]
        choices = [(line[a - first : b - first], ticked) for a, b, (_, ticked) in zip(starts, stops, boxes, strict=True)]
        kept = [words for words, ticked in choices if ticked]
        for words in [words for words, ticked in choices if not ticked] + ([line[: lead - first]] if not kept else []):
            for word in words:
                note.leave_out("left unticked", *word)
        if not kept:
            self.label = self.heading
            return
        for word in line[: lead - first]:
            note.add(*word)
        label = (first, lead) if lead > first else self.heading
        if lead > first and not all(_is_answer([word for word, _, _ in words]) for words, _ in choices):
            self.flags = (True, False, True)
            self.close()
        for words in kept:  # "Voluntary: [x] Yes [ ] No" reads "Voluntary: Yes"
            for word in words:
                note.add(*word)
            if self.start >= lead:
                self.label = label
            self.flags = (True, True, False)
            self.close()
        self.label = self.heading


def _is_answer(words: list[str]) -> bool:
    plain = [w for w in words if w.isalpha() or w == "n/a"]
    return len(plain) == 1 and plain[0] in ("yes", "no", "y", "n", "n/a", "na", "unknown")


def _section(heading: str) -> str:
    """acp, visit, or "" for a heading that is of neither."""
    plain = " ".join(_HEADING_CHARS.sub(" ", heading.lower()).split())
    if plain in _SECTIONS["visit"]:
        return "visit"
    for words in _SECTIONS["acp"]:
        if plain == words or plain.startswith((words + " ", words + "/")):
            return "acp"
    return ""
