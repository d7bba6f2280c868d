"""Laws of a ledger that was polled while releases moved: each step is true, and nothing was overlooked.

Which records a poll saw in which release depends then on when the release came. So the ledger is held to the
simulator step by step, between the releases that the ledger itself names; and to each complete leg, behind which
nothing may be left that this leg can see.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from store.json_text import decode
from tests.following import Follower, Told, expected
from tracker.diffing.catalogue import default_catalogue
from tracker.diffing.compare import changes_between
from tracker.domain.staleness import staleness_of
from tracker.domain.whereabouts import Whereabouts
from tracker.ledger.events import RecordedTrialEvent
from tracker.simulator.net_changes import VISIBLE, NetChange
from tracker.simulator.net_changes import Leg as SeenBy
from tracker.simulator.truth import arrival
from tracker.simulator.world import World
from tracker.views.tables import TRIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A leg was complete at a release, given by its stamp, when the ledger had so many events."""

    leg: str
    stamp: str
    position: int


@dataclass(slots=True, kw_only=True)
class _Known:
    """What the ledger has of a trial: as of which release, and as of which its content, where that is older."""

    at: int
    content_at: int

    def changes(self, world: World, trial_id: str, until: int) -> list[NetChange]:
        """What is new until a release."""
        return world.truth.of_trial(trial_id, self.at, until, read_at=self.content_at)

    def move(self, world: World, trial_id: str, release: int) -> None:
        """The ledger has it as of another release."""
        self.at = release
        if world.truth.is_visible(trial_id, release):
            self.content_at = release


def untrue_steps(world: World, events: Sequence[tuple[RecordedTrialEvent, Told]]) -> list[str]:
    """The steps from release to release, as the ledger dates them, that are not the registry's net changes."""
    numbers = _numbers(world)
    steps: dict[str, dict[int, Counter[Told]]] = {}
    for recorded, told in events:
        revision = recorded.event.revision
        by_release = steps.setdefault(revision.trial_id, {})
        by_release.setdefault(numbers[str(revision.data_on)], Counter())[told] += 1
    return [fault for trial_id, found in sorted(steps.items()) for fault in _untrue(world, trial_id, found)]


def _untrue(world: World, trial_id: str, steps: dict[int, Counter[Told]]) -> Iterator[str]:
    known: _Known | None = None
    for release, found in steps.items():
        if known is None:
            known, changes = _Known(at=release, content_at=release), [arrival(trial_id)]
        else:
            changes = known.changes(world, trial_id, release)
            known.move(world, trial_id, release)
        wanted = expected(world, [(release, change) for change in changes])
        if wanted != found:
            yield f"{trial_id} in release {release}: missed {list(wanted - found)}, invented {list(found - wanted)}"


def overlooked(world: World, events: Sequence[tuple[RecordedTrialEvent, Told]], marks: Sequence[Mark]) -> list[str]:
    """What a complete leg could have seen and left out."""
    watching = _Watching(world=world, events=events)
    return [fault for mark in marks for fault in watching.faults(mark)]


def unlike_now(follower: Follower) -> list[str]:
    """The trials of which the ledger's newest record is not what the registry shows, or that are elsewhere."""
    world, found = follower.world, []
    with follower.lab.database.reading() as transaction:
        for row in transaction.connection.execute(TRIALS.select()):
            where = world.truth.where(row.trial_id, world.release.number)
            if (where == VISIBLE) != (row.whereabouts == Whereabouts.VISIBLE):
                found.append(f"{row.trial_id} is {where}, not {row.whereabouts}")
            elif where == VISIBLE:
                known = decode(transaction.snapshots.get(row.snapshot))
                shown = world.record_at(row.trial_id, world.release.number)
                changes = changes_between(known, shown, catalogue=default_catalogue())
                found += [f"{row.trial_id} differs in {change.path}" for change in changes]
    return found


@dataclass(slots=True, kw_only=True)
class _Watching:
    """Goes through the ledger from mark to mark."""

    world: World
    events: Sequence[tuple[RecordedTrialEvent, Told]]
    known: dict[str, _Known] = field(default_factory=dict)
    behind: set[str] = field(default_factory=set)
    release: int = -1
    place: int = 0

    def faults(self, mark: Mark) -> Iterator[str]:
        """What is left behind a mark though its leg can see it."""
        self._go_to(mark)
        leg = SeenBy(mark.leg)
        for trial_id in sorted(self.behind):
            known = self.known.get(trial_id)
            if known is None:
                is_there = self.world.truth.is_visible(trial_id, self.release)
                changes = [arrival(trial_id)] if is_there else []
            else:
                changes = known.changes(self.world, trial_id, self.release) if known.at < self.release else []
            if not changes:
                self.behind.discard(trial_id)
            left = [str(change.type) for change in changes if _can_see(leg, change)]
            if left and (leg is not SeenBy.DUE or self._is_foretold(trial_id)):
                yield f"{leg} at release {self.release} left out {left} of {trial_id}"

    def _is_foretold(self, trial_id: str) -> bool:
        """Whether the record that the ledger has of the trial has lapsed: only then is it asked for as due."""
        known = self.known.get(trial_id)
        record = None if known is None else self.world.record_at(trial_id, known.content_at)
        lapses_on = None if record is None else staleness_of(record).lapses_on
        return lapses_on is not None and lapses_on <= self.world.published.release_of(self.release).data_on

    def _go_to(self, mark: Mark) -> None:
        numbers = {one.timestamp: one.number for one in map(self.world.published.release_of, _all(self.world))}
        days = _numbers(self.world)
        before, self.release = self.release, numbers[mark.stamp]
        self.behind |= self.world.truth.touched(before, self.release)
        while self.place < len(self.events) and self.events[self.place][0].position <= mark.position:
            revision = self.events[self.place][0].event.revision
            release = days[str(revision.data_on)]
            known = self.known.setdefault(revision.trial_id, _Known(at=release, content_at=release))
            known.move(self.world, revision.trial_id, release)
            self.place += 1


def _can_see(leg: SeenBy, change: NetChange) -> bool:
    """A refresh reads what is shown; who is gone or merged is for another leg to say."""
    return leg in change.legs and (leg is not SeenBy.REFRESH or bool(change.path))


def _all(world: World) -> range:
    return range(world.release.number + 1)


def _numbers(world: World) -> dict[str, int]:
    """The releases by their data dates, each of which has one."""
    return {str(world.published.release_of(number).data_on): number for number in _all(world)}
