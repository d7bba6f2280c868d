"""Which net changes a tracker must have seen that ran certain legs at certain releases, and no others.

It promises the changes trial by trial, each against the last release at which that trial was read whole: what no
leg could see at one release, or nobody followed, comes with the next that reads the trial. A first run reads
everything that is followed.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from tracker.simulator.net_changes import Leg, NetChange
from tracker.simulator.scopes import Scope, WholeRegistry
from tracker.simulator.truth import arrival
from tracker.simulator.world import World

REREAD_DAYS = 7


def seen_changes(
    world: World,
    releases: Sequence[int],
    legs: Iterable[Leg],
    *,
    reread_days: int = REREAD_DAYS,
    scope: Scope | None = None,
) -> list[tuple[int, NetChange]]:
    """What was seen at each of ``releases`` but the first, as (release, change).

    ``releases`` rise; at each of them all ``legs`` run once. The delta leg reads whole what was posted since the
    latest post date of the release before, less ``reread_days``, and so sees silent changes there too. ``scope``: what
    is followed, the whole registry where it is None; it is moved to the last release.
    """
    tracker = _Tracker(world, frozenset(legs), timedelta(days=reread_days), scope or WholeRegistry(world))
    with world.lock:
        tracker.begin(releases[0])
        return [
            (release, change)
            for before, release in itertools.pairwise(releases)
            for change in tracker.run(before, release)
        ]


class _Tracker:
    def __init__(self, world: World, legs: frozenset[Leg], reread: timedelta, scope: Scope) -> None:
        self._world = world
        self._legs = legs
        self._reread = reread
        self._scope = scope
        self._known: set[str] = set()
        self._whole_at: dict[str, int] = {}  # of the trials that are behind: when they were last read whole
        self._hidden: dict[str, int] = {}  # of the trials that were seen to be hidden: the same

    def begin(self, release: int) -> None:
        """The first run."""
        self._scope.move_to(release)
        truth = self._world.truth
        self._known = {
            trial_id
            for trial_id in truth.touched(-1, release)
            if self._scope.is_followed(trial_id) and truth.is_visible(trial_id, release)
        }

    def run(self, before: int, release: int) -> Iterator[NetChange]:
        truth = self._world.truth
        self._scope.move_to(release)
        for trial_id in sorted(truth.touched(before, release) | self._whole_at.keys()):
            since = self._whole_at.pop(trial_id, before)
            changes = self._changes(trial_id, since, release)
            if self._scope.is_followed(trial_id) and self._is_seen(trial_id, changes):
                yield from changes
                if truth.is_visible(trial_id, release):
                    self._known.add(trial_id)
                    self._hidden.pop(trial_id, None)
                elif truth.is_visible(trial_id, since):
                    self._hidden[trial_id] = since
            elif changes:
                self._whole_at[trial_id] = since

    def _changes(self, trial_id: str, since: int, release: int) -> list[NetChange]:
        if trial_id in self._known:
            return self._world.truth.of_trial(trial_id, since, release, read_at=self._hidden.get(trial_id))
        return [arrival(trial_id)] if self._world.truth.is_visible(trial_id, release) else []

    def _is_seen(self, trial_id: str, changes: Iterable[NetChange]) -> bool:
        if any(change.legs & self._legs for change in changes) or self._scope.is_read(trial_id):
            return True
        return Leg.DELTA in self._legs and self._scope.is_reread(trial_id, self._reread)
