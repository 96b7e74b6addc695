"""Errors of how and where ACP was held: ACP-40 to ACP-42 (RULES.md sections 3 and 9)."""

from __future__ import annotations

from pipelines.synthetic.acp import intensive_stay, minutes_of
from pipelines.synthetic.episode import Episode
from pipelines.synthetic.recipes import error
from pipelines.synthetic.world import AUDIO_AT_HOME_ONLY, MEDICARE, NO_ICU


@error("ACP-40", since=AUDIO_AT_HOME_ONLY, payer=MEDICARE)
def telephone_away_from_home(e: Episode) -> None:
    """Audio alone since 2025 where the patient was not at home."""
    claim = e.claim(e.clinician("palliative", "family"), "02", "99497-93")
    e.note(claim, minutes_of(e, 0), {"modality": "audio", "audio_reason": "Patient has no camera"})
    e.plant("ACP-40", claim)


@error("ACP-41", payer=MEDICARE)
def video_billed_as_in_person(e: Episode) -> None:
    """Documented as video, billed without modifier and in an office."""
    claim = e.claim(e.clinician("palliative", "family"), "11", "99497")
    e.note(claim, minutes_of(e, 0), {"modality": "video"})
    e.plant("ACP-41", claim)


@error("ACP-41", since=AUDIO_AT_HOME_ONLY, payer=MEDICARE)
def telephone_without_reason(e: Episode) -> None:
    """Audio alone since 2025 without the reason for it."""
    claim = e.claim(e.clinician("palliative", "family"), "10", "99497-93")
    e.note(claim, minutes_of(e, 0), {"modality": "audio"})
    e.plant("ACP-41", claim)


@error("ACP-42", payer=NO_ICU)
def intensive_care_not_allowed(e: Episode) -> None:
    """This payer's policy does not pay for it; the record names the unit, or the hospital's claim shows it."""
    claim = e.claim(e.clinician("palliative"), "21", "99233", "99497")
    if e.world.happens(0.5):
        e.note(claim, minutes_of(e, 0), {"unit": e.world.one_of(("ICU", "MICU"))})
    else:
        e.note(claim, minutes_of(e, 0), {"unit": ""})
        intensive_stay(e, e.day)
    e.plant("ACP-42", claim, "99497")
