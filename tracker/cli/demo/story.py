"""The story of the demonstration: six made trials from January to June 2026, and what to ask on the way.

What happens is what trackers are for: a status that turns UNKNOWN without a word, a sponsor renamed silently, an
outcome reworded, a record merged into another, a trial that a search finds anew. Whoever tells it moves the time;
nothing in here waits or prints.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.cli.demo.trials import NEWCOMER, OUTCOMES, RENAMED, STALE, TWIN, newcomer
from tracker.simulator import edits
from tracker.simulator.draft import PRIMARY
from tracker.simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What is said, and the arguments of the commands that show it."""

    said: str
    commands: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A day: what ``happens`` at the registry before its release (None: it releases nothing), and what is asked.

    The first scene is told before the day begins, its commands and the others after the daemon has done the day's work.
    ``is_remembered``: what is received on this day is shown at the end.
    """

    on: date
    happens: Callable[[World], None] | None
    scenes: tuple[Scene, ...]
    is_remembered: bool = False


def opening(addresses: Sequence[str]) -> Scene:
    """What a person does before all goes by itself; ``addresses`` are told."""
    to = tuple(word for address in addresses for word in ("--to", address))
    return Scene(
        said="15 January 2026. Follow four trials of a made registry on this machine, and a search; ask to be told.",
        commands=(
            ("track", STALE, OUTCOMES, RENAMED, TWIN),
            ("track", "--name", "arthritis", "--query", "query.cond=psoriatic arthritis"),
            ("subscribe", "stale", *to, "--when", "unknown", "--when", "lapsing:60d"),
            ("subscribe", "changes", *to),
        ),
    )


def _nothing(world: World) -> None:
    """No edits; the registry's own clock may still turn a status."""


def _rewords_outcome(world: World) -> None:
    reworded = "Change in the main score from baseline"
    outcome = edits.item_changed(PRIMARY, "Change in the main score", measure=reworded, timeFrame="24 weeks")
    world.edit(OUTCOMES, outcome, edits.enrollment(210))


def _renames_sponsor(world: World) -> None:
    world.edit(RENAMED, edits.sponsor("Aldgate Kidney Care"), silent=True)


def _merges_and_registers(world: World) -> None:
    world.merge(TWIN, into=RENAMED)
    world.add(newcomer())


def _verifies_again(world: World) -> None:
    world.edit(STALE, edits.status("COMPLETED"))


CHAPTERS = (
    Chapter(
        on=date(2026, 1, 15),
        happens=None,
        scenes=(Scene(said="The daemon polls by itself, and takes in what is tracked.", commands=(("tracked",),)),),
    ),
    Chapter(
        on=date(2026, 2, 18),
        happens=_rewords_outcome,
        scenes=(
            Scene(said="18 February. A sponsor posts a new version; and a trial is about to turn UNKNOWN."),
            Scene(
                said="An outcome was reworded, and the enrollment halved.",
                commands=(("history", OUTCOMES, "--category", "outcomes", "--category", "enrollment"),),
            ),
            Scene(
                said="Who will turn UNKNOWN in the next 60 days? The rule says it in advance.",
                commands=(("stale", "--within", "60"),),
            ),
        ),
    ),
    Chapter(
        on=date(2026, 3, 10),
        happens=_renames_sponsor,
        scenes=(
            Scene(
                said="10 March. A sponsor is renamed without a word: no new version, no new post date.",
                commands=(("history", RENAMED),),
            ),
        ),
    ),
    Chapter(
        on=date(2026, 4, 1),
        happens=None,
        is_remembered=True,
        scenes=(
            Scene(said="1 April, the day foretold. The registry shows nothing yet; who asked is told all the same."),
        ),
    ),
    Chapter(
        on=date(2026, 4, 22),
        happens=_nothing,
        scenes=(
            Scene(
                said="22 April. The next release: the trial turned UNKNOWN, again without a new version.",
                commands=(("history", STALE), ("stale",)),
            ),
        ),
    ),
    Chapter(
        on=date(2026, 5, 21),
        happens=_merges_and_registers,
        scenes=(
            Scene(
                said="21 May. One record was merged into another, and the search finds a trial that is new.",
                commands=(("history", TWIN), ("tracked",), ("history", NEWCOMER)),
            ),
        ),
    ),
    Chapter(
        on=date(2026, 6, 3),
        happens=_verifies_again,
        scenes=(
            Scene(
                said="3 June. The sponsor of the UNKNOWN trial came back.",
                commands=(("history", STALE, "--category", "status"),),
            ),
            Scene(said="Can the ledger be trusted?", commands=(("verify",),)),
        ),
    ),
)
