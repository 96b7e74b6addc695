"""What a recipe is: something that may happen to a patient, how often, and which errors it plants.

A recipe is a function of an Episode, made one by a decorator: a plain visit, a clean audited episode, or an episode with an error.
What does not belong here: the recipes themselves (visits, acp, hospice, errors_*) and how many of each a run has (generate).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from pipelines.synthetic.episode import Episode
from pipelines.synthetic.world import Payer

Play = Callable[[Episode], None]
SENT_DAYS = 45  # from a service to the as-of date, so that its claim is sent by then, whatever the billing cycle


class Kind(Enum):
    """Audited is what has to do with ACP, hospice, palliative coding or denials; a plain visit is what surrounds it."""

    VISIT = "visit"
    AUDITED = "audited"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What happens, and what the plan must know of it."""

    name: str
    play: Play
    kind: Kind
    weight: float = 1  # among those of its kind
    plants: tuple[str, ...] = ()  # the errors that it is for; companions of them are planted, too, but not promised
    days: int = SENT_DAYS  # from the first service to the as-of date at least
    since: date | None = None  # first day of service at the earliest, where the law makes the error
    payer: Payer | None = None
    episodes: int = 0  # that together make one clinician stand out; 0: each episode plants its own error


def visit(weight: float, *, days: int = SENT_DAYS) -> Callable[[Play], Recipe]:
    """A plain episode."""
    return lambda play: Recipe(play.__name__, play, Kind.VISIT, weight, days=days)


def clean(weight: float, *, days: int = SENT_DAYS, payer: Payer | None = None) -> Callable[[Play], Recipe]:
    """An audited episode in which everything is right."""
    return lambda play: Recipe(play.__name__, play, Kind.AUDITED, weight, days=days, payer=payer)


def error(
    *plants: str, weight: float = 1, days: int = SENT_DAYS, since: date | None = None, payer: Payer | None = None
) -> Callable[[Play], Recipe]:
    """An audited episode that plants errors."""
    return lambda play: Recipe(play.__name__, play, Kind.ERROR, weight, plants, days, since, payer)


def outlier(*plants: str, episodes: int) -> Callable[[Play], Recipe]:
    """Clean episodes that together make a clinician stand out; the ledger plants the error."""
    return lambda play: Recipe(play.__name__, play, Kind.ERROR, 0, plants, episodes=episodes)
