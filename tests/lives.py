"""Random lives of a registry, followed by real polls while everything goes wrong, and held to the truth.

A *life* is drawn from its seed. Its kind says what is followed and what happens: the whole registry or a mix of queries
and ids; releases that come between polls or in the middle of them; migrations and vanishings that polls hold until a
person releases them, at once or later.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from store.runs import Run
from tests.accidents import Accidents
from tests.contract.pipeline.lab import Lab
from tests.following import Follower, expected, expected_members, firsts, following
from tests.steps import Mark, overlooked, unlike_now, untrue_steps
from tests.unit.simulator.worlds import made_world
from tracker.domain.query import parse_query
from tracker.pipeline.polling.legs import Leg
from tracker.simulator.evolution import Evolution
from tracker.simulator.net_changes import Leg as SeenBy
from tracker.simulator.scopes import Scope, Tracked, WholeRegistry
from tracker.simulator.sightings import seen_changes

QUERIES = {
    "recruiting": "filter.overallStatus=RECRUITING",
    "psoriasis": "query.cond=psoriasis",
    "late": "filter.advanced=AREA[Phase]PHASE3 AND (AREA[OverallStatus]COMPLETED OR AREA[OverallStatus]UNKNOWN)",
}
_TRACKED_SHARE = 0.1
_AT_ONCE = (1, 1, 1, 2, 4)  # releases that appear in one poll: with four, a leg gives up and goes on in the next
_SHOWN = 9


class Kind(StrEnum):
    """What a life is about."""

    REGISTRY = "registry"  # the whole registry is tracked
    SCOPE = "scope"  # tracked queries and tracked ids
    MOVING = "moving"  # releases appear while polls are under way
    ACCIDENTS = "accidents"  # migrations and vanishings are held, and released at once
    LATE = "late"  # migrations are held, and released some releases later: at the end nothing is lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A life to follow: as so many trials go through so many releases, ``legs`` run; at ``fault_rate`` of the requests
    something goes wrong."""

    kind: Kind
    seed: int
    trials: int
    releases: int
    legs: tuple[Leg, ...]
    fault_rate: float = 0.03
    page_size: int = 50

    def __str__(self) -> str:
        """The life in words, its seed among them."""
        return (
            f"{self.kind}, seed {self.seed}: {self.trials} trials, {self.releases} releases, "
            f"{', '.join(self.legs)}, faults {self.fault_rate}"
        )

    @property
    def has_accidents(self) -> bool:
        """Whether there are migrations and vanishings."""
        return self.kind in (Kind.ACCIDENTS, Kind.LATE)

    @property
    def seen_by(self) -> list[SeenBy]:
        """The legs as the simulator calls them."""
        return [SeenBy(leg.value) for leg in self.legs]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the ledger holds at the end: events of trials and of members, and how many observations were held."""

    events: int
    members: int
    held: int

    def __str__(self) -> str:
        """The counts in words."""
        return f"{self.events:,} events of trials, {self.members:,} of members, {self.held:,} observations held"


def follow(life: Life, url: str) -> Outcome:
    """Live, polling until every leg is complete after each release; the ledger must say the truth.

    Raises AssertionError where the ledger missed or invented anything, or does not verify; whatever goes wrong bears a
    note with the life and its seed.
    """
    world = made_world(life.trials, seed=life.seed)
    live = {Kind.MOVING: _live_moving, Kind.SCOPE: _live_in_scope}.get(life.kind, _live_whole)
    lab = Lab.open(url)
    try:
        with following(lab, world, page_size=life.page_size) as follower:
            outcome = live(life, follower)
        report = lab.verify()
        assert report.ok, report.reason
    except Exception as err:
        err.add_note(str(life))
        raise
    finally:
        lab.close()
    return outcome


def _live_whole(life: Life, follower: Follower) -> Outcome:
    """The whole registry is followed."""
    follower.track_all()
    return _compared(life, follower, lambda: WholeRegistry(follower.world))


def _live_in_scope(life: Life, follower: Follower) -> Outcome:
    """A tenth of the trials and three queries are followed."""
    ids = Random(life.seed).sample(follower.world.trial_ids(), round(life.trials * _TRACKED_SHARE))
    queries = {name: parse_query(text) for name, text in QUERIES.items()}
    follower.track(*ids)
    for name, query in queries.items():
        follower.track_query(name, query)
    parameters = {name: dict(query.parameters) for name, query in queries.items()}
    return _compared(life, follower, lambda: Tracked(follower.world, ids=ids, queries=parameters))


def _compared(life: Life, follower: Follower, scope_of: Callable[[], Scope]) -> Outcome:
    """Live from release to release, and compare the ledger with the simulator's own list of what could be seen."""
    world, scope = follower.world, scope_of()
    numbers, first = [world.release.number], firsts(world, scope_of())
    accidents = Accidents(follower, seed=life.seed, waits=life.kind is Kind.LATE)
    follower.server.faults.at_random(life.fault_rate, seed=life.seed)
    follower.poll_until_complete(*life.legs)
    evolution = Evolution(world, seed=life.seed)
    for _ in range(life.releases):
        if life.has_accidents:
            accidents.happen()
        numbers.append(evolution.step().number)
        follower.poll_until_complete(*life.legs, force=Leg.REFRESH in life.legs)
        follower.poll_until_complete(*life.legs)  # what is tracked since, in place of a merged one
        accidents.release()
    accidents.release_all()
    if life.has_accidents:
        assert accidents.held, "nothing was held"
    found = follower.told()
    if life.kind is Kind.LATE:
        unlike = unlike_now(follower)
        assert not unlike, "\n".join(unlike[:_SHOWN])
    else:
        _hold_to(first + expected(world, seen_changes(world, numbers, life.seen_by, scope=scope)), found)
    wanted_members = expected_members(world, scope.member_changes) if isinstance(scope, Tracked) else Counter()
    found_members = follower.told_of_members()
    _hold_to(wanted_members, found_members)
    return Outcome(events=found.total(), members=found_members.total(), held=accidents.held)


def _live_moving(life: Life, follower: Follower) -> Outcome:
    """Releases appear at some requests of a poll; what is polled then is complete at a later one."""
    world, evolution, random = follower.world, Evolution(follower.world, seed=life.seed), Random(life.seed)
    marks: list[Mark] = []

    def mark(run: Run) -> None:
        if run.complete:
            marks.append(Mark(leg=run.leg, stamp=str(run.release), position=follower.lab.events_count()))

    follower.done = mark
    follower.track_all()
    follower.server.faults.at_random(life.fault_rate, seed=life.seed)
    follower.poll_until_complete(*life.legs)
    while world.release.number < life.releases:
        wanted = min(world.release.number + random.choice(_AT_ONCE), life.releases)
        for _ in range(wanted - world.release.number):
            follower.server.after_requests(random.randint(1, _most_requests(life)), evolution.step)
        while world.release.number < wanted:
            follower.poll(*life.legs, force=Leg.REFRESH in life.legs)
    follower.poll_until_complete(*life.legs, force=Leg.REFRESH in life.legs)
    events = follower.events()
    faults = untrue_steps(world, events) + overlooked(world, events, marks)
    assert not faults, "\n".join(faults[:_SHOWN])
    return Outcome(events=len(events), members=0, held=0)


def _most_requests(life: Life) -> int:
    """About what a poll asks."""
    pages = life.trials // life.page_size + 1
    return len(life.legs) * 2 + pages * (2 + (Leg.REFRESH in life.legs))


def _hold_to(wanted: Counter[Any], found: Counter[Any]) -> None:
    missed, invented = sorted((wanted - found).elements()), sorted((found - wanted).elements())
    told = [f"missed {one}" for one in missed[:_SHOWN]] + [f"invented {one}" for one in invented[:_SHOWN]]
    assert not told, "\n".join([f"{len(missed)} missed, {len(invented)} invented", *told])
