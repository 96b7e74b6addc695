"""Whether the decisions of an ACP conversation elect "do not resuscitate": the one fact that the landing keeps of that sealed text.

The reading is strict, since a wrong yes accuses a claim: what was discussed, offered, deferred or said under a condition is no election;
comfort measures alone, or "do not intubate" alone, are none either. What does not belong here: reading notes (notes) and storing (landing).
"""

from __future__ import annotations

import re

_RESUSCITATION = r"(?:cpr|resuscitat\w*|chest compressions?)"
_WISH = r"(?:want|wish|desir|elect|choos|chose|prefer|opt|request|accept|agree|decide)\w*"
_FILLER = r"(?:\s+(?:to|for|be|have|receive|undergo|a|an|any|the|on|with)){0,3}"

# What elects it, in itself or by refusing resuscitation
_ELECTION = re.compile(
    r"\bdna?r(?:cca?)?\b"
    r"|\bdo[ -]not[ -](?:attempt[ -](?:to[ -])?)?resuscitat\w*"
    r"|\ballow(?:ing)?[ -](?:a[ -])?natural[ -]death"
    rf"|\bno[ -]{_RESUSCITATION}"
    rf"|\b(?:declin\w*|refus\w*|forgo\w*|(?:not|never)\s+(?:{_WISH}|for)){_FILLER}\s+{_RESUSCITATION}"
)
# What elects the contrary
_FULL_CODE = re.compile(
    rf"\bfull[ -](?:code|resuscitation)\b|\b{_WISH}{_FILLER}\s+(?:full\s+)?{_RESUSCITATION}|\b{_WISH}{_FILLER}\s+everything done"
)

# The word that governs what is said, before it (the nearest) or behind it: refused or undone, only talked of, or decided
_GOVERNOR = re.compile(
    rf"(?P<refused>\b(?:not|never)\s+(?:\w+\s+)?{_WISH}|\bnot\b|\bnever\b|\bno\b(?! change)|\b(?:declin|refus|reject|revok|rescind|revers"
    r"|withdr[ae]w|cancel|remov|discontinu|against|instead of|rather than|oppos|suspend|lift)\w*)"
    r"|(?P<talked>\b(?:discuss|review|explain|explor|offer|address|educat|counsel|inform|consider|think|thought|defer|postpon|undecid"
    r"|unsure|uncertain|ask|question|provid|gave|given|introduc|option|previous|former|from|was|were|had been|histor|versus|vs|pending)\w*)"
    rf"|(?P<decided>\b(?:{_WISH}|is|are|remain\w*|now|confirm\w*|sign(?:s|ed)|complet\w*|order\w*|made|status|execut\w*)\b)"
)
_CONDITION = re.compile(r"\b(?:if|when|unless|would|may|might|could|whether|in case|should)\b|\?")
_SENTENCE = re.compile(r"[.;\n!]|\bbut\b|\bhowever\b")
# What it was before, or is not any more, says nothing of what was elected.
_LEFT_BEHIND = re.compile(
    r"\bfrom (?:a )?(?:full code|dna?r\S*)(?: status)? (?=to\b)|\b(?:rather than|instead of) (?:a |be |being |remain\w* )*full code\b"
)
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")


def elects_dnr(decisions: str | None) -> bool | None:
    """Whether the text elects "do not resuscitate": the last clear statement counts; False without one. None where there is no text."""
    if decisions is None or not decisions.strip():
        return None
    text = _INITIALS.sub(lambda letters: letters[0].replace(".", "") + " ", decisions.lower().replace("’", "'"))
    text = _LEFT_BEHIND.sub("", re.sub(r"n't\b", " not", text))
    verdict = False
    for sentence in _SENTENCE.split(text):
        for _, said in sorted(_statements(sentence)):
            verdict = said
    return verdict


def _statements(sentence: str) -> list[tuple[int, bool]]:
    """(position, elects) of what the sentence clearly says."""
    if _CONDITION.search(sentence):
        return []
    elections = [(m, True) for m in _ELECTION.finditer(sentence)]
    taken = [m.span() for m, _ in elections]
    contrary = [(m, False) for m in _FULL_CODE.finditer(sentence) if not any(a < m.end() and m.start() < b for a, b in taken)]
    found: list[tuple[int, bool]] = []
    for match, elects in elections + contrary:
        says = _governed(sentence, match)
        if says is not None and (says or elects):  # that full code is refused does not elect the contrary
            found.append((match.start(), elects and says))
    return found


def _governed(sentence: str, match: re.Match[str]) -> bool | None:
    """True: decided, or plainly stated; False: refused; None: only talked of."""
    segment_start = max(sentence.rfind(mark, 0, match.start()) for mark in (",", ":")) + 1
    before = list(_GOVERNOR.finditer(sentence, 0, match.start()))
    nearest = before[-1] if before else None
    behind = [m.lastgroup for m in _GOVERNOR.finditer(sentence[match.end() :].split(",")[0])]
    if "refused" in behind:
        return False
    if nearest is not None and nearest.start() >= segment_start and nearest.lastgroup != "talked":
        return nearest.lastgroup == "decided"
    if behind:
        return True if behind[-1] == "decided" else None
    if nearest is not None and nearest.lastgroup == "talked":
        return None
    return True
