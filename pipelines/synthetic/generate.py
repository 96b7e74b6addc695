"""`midpoint generate`: plans a run, plays its episodes in the order of time, and writes inbox, truth and settings.

What does not belong here: what happens in an episode (the recipes) and how it is written (the writers).
"""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.errors import MidpointError
from pipelines.synthetic import (
    acp,
    errors_conflict,
    errors_content,
    errors_denial,
    errors_hospice,
    errors_palliative,
    errors_pattern,
    errors_setting,
    errors_time,
    errors_wellness,
    hospice,
    near_misses,
    remittances,
    visits,
)
from pipelines.synthetic.answer_truth import AnswerTruth
from pipelines.synthetic.documentation_writer import DocumentationWriter
from pipelines.synthetic.episode import Episode
from pipelines.synthetic.inbox_writer import SETTLED_DAYS, InboxWriter
from pipelines.synthetic.ledger import Ledger
from pipelines.synthetic.recipes import Kind, Recipe
from pipelines.synthetic.truth import TruthWriter
from pipelines.synthetic.world import NO_ICU, World
from pipelines.warehouse import SQL

STORIES = (
    visits, remittances, acp, near_misses, hospice, errors_time, errors_conflict, errors_wellness, errors_setting, errors_content,
    errors_pattern, errors_hospice, errors_palliative, errors_denial,
)  # fmt: skip
RECIPES = [recipe for story in STORIES for recipe in vars(story).values() if isinstance(recipe, Recipe)]

AS_OF = date(2026, 6, 30)
EARLIEST, LATEST = date(2025, 12, 31), date(2027, 12, 31)  # as-of dates under which every check has something to find
AUDITED_SHARE = 0.35  # of the episodes
CLAIMS_PER_EPISODE = 1.87  # on average
CERTAIN_CLAIMS, CERTAIN_PLANTS = 5_000, 3  # from so many claims on, each error is planted so often at least; below, once
LEAD = 1.02  # planned errors run so far ahead of the rest, so that the last one is placed before the end
BROKEN_SHARE = 1 / 4_000  # transaction sets that cannot be read, of the claims


Progress = Callable[[str, int, int], None]


def generate_folder(
    folder: Path, claims: int, seed: int, error_rate: float, as_of: date = AS_OF, progress: Progress | None = None
) -> dict[str, Any]:
    """Write ``folder``/inbox, the truth (truth.csv, truth_links.csv, truth_outcomes.csv) and midpoint.toml; the same arguments give the
    same bytes. Returns the counts of what was written.

    claims: CLM segments in readable transaction sets, of every version and payer. error_rate: share of the audited episodes (ACP, hospice,
    palliative care, denials) that carry a planted error, 0 to 1; where it is not 0 each error is planted a few times.
    Raises MidpointError where the folder is not empty or an argument is out of its range.
    """
    _check(folder, claims, error_rate, as_of)
    started = time.perf_counter()
    world = World(claims, seed, as_of.toordinal())
    folder.mkdir(parents=True, exist_ok=True)
    inbox = InboxWriter(folder / "inbox", world, claims)
    notes = DocumentationWriter(folder / "inbox" / "documentation")
    truth = TruthWriter(folder / "truth.csv")
    answers = AnswerTruth(folder)
    ledger = Ledger()
    next_report = 0
    for recipe, share in _plan(world.chance, claims, error_rate, lambda: inbox.claims):
        episode = _play(world, recipe, share)
        if inbox.claims + len(episode.claims) > claims:
            continue
        inbox.add(episode)
        notes.add(episode.notes)
        truth.add(episode.planted, recipe.name)
        answers.add(episode)
        ledger.add(episode)
        if world.happens(BROKEN_SHARE) or inbox.claims == claims:
            broken = _play(world, visits.new_patient, share)
            inbox.add_broken(broken)
            answers.add(broken, is_landed=False)
        if inbox.claims >= next_report:
            inbox.settle(world.first_day + int(share * (world.as_of - world.first_day)) - SETTLED_DAYS)
            next_report = inbox.claims + 2_000
            if progress:
                progress("generating claims", inbox.claims, claims)
    inbox.close()
    notes.close()
    truth.add(ledger.outstanding(), "ledger")
    truth.close()
    answers.close()
    _write_policies(folder / "reference" / "payer_policy.csv")
    (folder / "midpoint.toml").write_text(
        f"# Synthetic: midpoint generate DIR --claims {claims} --seed {seed} --error-rate {error_rate:g} --as-of {as_of}\n"
        f'inbox = ["inbox"]\nas_of = "{as_of}"\n' + ('reference = "reference"\n' if (folder / "reference").is_dir() else ""),
        encoding="utf-8",
    )
    return {
        "folder": str(folder),
        "claims": inbox.claims,
        "documentation_rows": notes.rows,
        "planted": truth.count,
        "as_of": as_of,
        "seconds": round(time.perf_counter() - started, 1),
    }


def _check(folder: Path, claims: int, error_rate: float, as_of: date) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MidpointError(f"{folder}: is not an empty folder; name one that is new or empty, for nothing is overwritten")
    if claims < 1:
        raise MidpointError(f"claims must be 1 or more, not {claims}")
    if not 0 <= error_rate <= 1:
        raise MidpointError(f"error rate must lie between 0 and 1, not {error_rate:g}")
    if not EARLIEST <= as_of <= LATEST:
        raise MidpointError(f"as-of date must lie between {EARLIEST} and {LATEST}, where every check has a rule in force, not {as_of}")


def _plan(chance: random.Random, claims: int, error_rate: float, done: Callable[[], int]) -> Iterator[tuple[Recipe, float]]:
    """Recipes, one after the other, with the share of the run that is behind them, until ``done`` claims are enough.

    The errors are counted out beforehand and lie evenly in the run; the rest is drawn as it comes.
    """
    episodes = claims / CLAIMS_PER_EPISODE
    errors = _counted_out(episodes * AUDITED_SHARE * error_rate, claims) if error_rate else []
    chance.shuffle(errors)
    clean_share = max(episodes * AUDITED_SHARE - len(errors), 0) / max(episodes - len(errors), 1)
    drawn = {kind: _drawer(chance, [r for r in RECIPES if r.kind is kind]) for kind in (Kind.VISIT, Kind.AUDITED)}
    placed = 0
    while (made := done()) < claims:
        share = made / claims
        if placed < len(errors) and placed <= share * LEAD * len(errors):
            placed += 1
            yield errors[placed - 1], share
        else:
            yield drawn[Kind.AUDITED if chance.random() < clean_share else Kind.VISIT](), share


def _counted_out(wanted: float, claims: int) -> list[Recipe]:
    """So many episodes with errors, by weight; each error a few times at least."""
    errors = [r for r in RECIPES if r.kind is Kind.ERROR]
    weight = sum(r.weight for r in errors)
    least = CERTAIN_PLANTS if claims >= CERTAIN_CLAIMS else 1
    return [r for r in errors for _ in range(r.episodes or max(least, round(wanted * r.weight / weight)))]


def _drawer(chance: random.Random, recipes: list[Recipe]) -> Callable[[], Recipe]:
    """Draws recipes by weight."""
    weights: list[float] = []
    for recipe in recipes:
        weights.append(recipe.weight + (weights[-1] if weights else 0))
    return lambda: chance.choices(recipes, cum_weights=weights)[0]


def _play(world: World, recipe: Recipe, share: float) -> Episode:
    """One episode, that begins about where ``share`` of the run's time is over."""
    first = max(world.first_day, recipe.since.toordinal() if recipe.since else 0)
    last = world.as_of - recipe.days
    day = min(max(first + int(share * (last - first)) + world.between(-10, 10), first), last)
    episode = Episode(world, recipe.name, world.new_patient(day, recipe.payer), day)
    recipe.play(episode)
    episode.close()
    return episode


def _write_policies(path: Path) -> None:
    """The shipped payer policies, and those of one payer that does not pay for ACP in intensive care; nothing where none are shipped."""
    shipped = SQL / "reference" / path.name
    if not shipped.is_file():
        return
    with shipped.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    own = [
        row | {"payer_id": NO_ICU.id, "is_icu_allowed": "false", "source": "Synthetic"}
        for row in rows
        if row["policy"] == "medicare" and not row["payer_id"] and not row["filing_indicator_code"]
    ]
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows + own)
