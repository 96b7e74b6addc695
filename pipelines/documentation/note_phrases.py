"""Finds the phrases of word tables in a note: the longest at each word, in one pass, in time linear in the note.

What does not belong here: the tables (note_words) and what is made of what is found (notes, note_times, note_topics, note_people).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from pipelines.documentation.note_text import Words

_VOWELS = frozenset("aeiou")


class Hit(NamedTuple):
    """Words start to stop (exclusive) of a note are a phrase that stands for these values."""

    start: int
    stop: int
    values: frozenset[str]


class Hits:
    """The phrases found, in order; none within another."""

    __slots__ = ("_starts", "all", "at", "ending")

    def __init__(self, hits: Iterable[Hit]) -> None:
        self.all = list(hits)
        self._starts = [h.start for h in self.all]
        self.at = {h.start: h for h in self.all}  # by first word
        self.ending = {h.stop: h for h in self.all}  # by the word behind

    def within(self, start: int, stop: int) -> list[Hit]:
        """Those that begin among the words start to stop (exclusive)."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, stop)]

    def last_before(self, place: int) -> Hit | None:
        """The last that ends at the word ``place`` or before it."""
        n = bisect_left(self._starts, place) - 1
        return self.all[n] if n >= 0 and self.all[n].stop <= place else None


class _Entry(NamedTuple):
    """The phrases that begin with one word: what the word alone stands for, the words that may follow it, and how long they are."""

    alone: frozenset[str] | None
    seconds: frozenset[str]
    lengths: tuple[int, ...]  # longest first, without 1


class Phrases:
    """Tables of phrases (value → phrases, as note_words writes them), ready to be found."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        values: dict[tuple[str, ...], frozenset[str]] = {}
        in_capitals: dict[tuple[str, ...], bool] = {}
        for value, phrases in tables.items():
            for words in _all_spellings(phrases):
                key = tuple(word.lower() for word in words)
                values[key] = values.get(key, frozenset()) | {value}
                in_capitals[key] = in_capitals.get(key, True) and any(len(w) > 1 and w.isupper() for w in words)
        keys: dict[str, list[tuple[str, ...]]] = {}
        for key in values:
            keys.setdefault(key[0], []).append(key)
        self.entries = {
            word: _Entry(
                values.get((word,)),
                frozenset(key[1] for key in own if len(key) > 1),
                tuple(sorted({len(key) for key in own} - {1}, reverse=True)),
            )
            for word, own in keys.items()
        }
        self._values = values
        self._in_capitals = frozenset(key for key, needed in in_capitals.items() if needed)

    def match(self, note: Words, place: int, entry: _Entry) -> Hit | None:
        """The longest phrase that begins at the word ``place``, which has this entry; none goes over the beginning of a sentence."""
        words = note.words
        if place + 1 < len(words) and words[place + 1] in entry.seconds:
            for length in entry.lengths:
                key = tuple(words[place : place + length])
                found = self._values.get(key)
                if found is None or len(key) < length or not note.bounds.isdisjoint(range(place + 1, place + length)):
                    continue
                if key not in self._in_capitals or _stands_in_capitals(note, place):
                    return Hit(place, place + length, found)
        if entry.alone is None or ((words[place],) in self._in_capitals and not _stands_in_capitals(note, place)):
            return None
        return Hit(place, place + 1, entry.alone)

    def find(self, note: Words, start: int = 0, stop: int | None = None) -> list[Hit]:
        """The phrases among the words start to stop (exclusive)."""
        stop = len(note.words) if stop is None else stop
        hits: list[Hit] = []
        free = start
        for place in range(start, stop):
            if place >= free and (entry := self.entries.get(note.words[place])) is not None:
                hit = self.match(note, place, entry)
                if hit is not None and hit.stop <= stop:
                    free = hit.stop
                    hits.append(hit)
        return hits


class Lexicon:
    """Several Phrases, found in one pass; a word may belong to a phrase of each."""

    def __init__(self, phrases: Mapping[str, Phrases]) -> None:
        self._names = list(phrases)
        self._phrases = list(phrases.values())
        self._by_word: dict[str, list[tuple[int, _Entry]]] = {}
        for n, table in enumerate(self._phrases):
            for word, entry in table.entries.items():
                self._by_word.setdefault(word, []).append((n, entry))

    def find(self, note: Words) -> dict[str, Hits]:
        """name → what of that name's phrases is in the note."""
        found: list[list[Hit]] = [[] for _ in self._names]
        free = [0] * len(self._names)
        by_word, phrases = self._by_word, self._phrases
        for place, word in enumerate(note.words):
            for n, entry in by_word.get(word, ()):
                if place >= free[n]:
                    hit = phrases[n].match(note, place, entry)
                    if hit is not None:
                        free[n] = hit.stop
                        found[n].append(hit)
        return {name: Hits(hits) for name, hits in zip(self._names, found, strict=True)}


def _stands_in_capitals(note: Words, place: int) -> bool:
    """Whether a word is in capitals and its surroundings are not."""
    start, stop = note.starts[place], note.stops[place]
    return note.text[start:stop].rstrip("s").isupper() and any(c.islower() for c in note.text[max(start - 25, 0) : start + 25])


def _all_spellings(phrases: str) -> Iterator[tuple[str, ...]]:
    for phrase in phrases.split(";"):
        yield from _spellings(phrase)
        if "health care" in phrase:
            yield from _spellings(phrase.replace("health care", "healthcare"))


def _spellings(phrase: str) -> Iterator[tuple[str, ...]]:
    """Every sequence of words that a phrase stands for."""
    choices: list[tuple[str, ...]] = []
    for word in phrase.split():
        is_optional = word.endswith("?") and len(word) > 1
        options = word.removesuffix("?").split("|") if len(word) > 1 else [word]
        forms = tuple(form for option in options for form in _forms(option))
        choices.append((*forms, "") if is_optional else forms)
    for words in product(*choices):
        kept = tuple(word for word in words if word)
        if kept:
            yield kept


def _forms(word: str) -> tuple[str, ...]:
    """sign~ → sign, signs, signed, signing."""
    if not word.endswith("~") or len(word) == 1:
        return (word,)
    base = word[:-1]
    if base.endswith("e"):
        return (base, base + "s", base + "d", base[:-1] + "ing")
    if base.endswith("y") and base[-2] not in _VOWELS:
        return (base, base[:-1] + "ies", base[:-1] + "ied", base + "ing")
    plural = base + ("es" if base.endswith(("s", "sh", "ch", "x", "z")) else "s")
    return (base, plural, base + "ed", base + "ing")
