"""Which net changes a tracker must have seen that ran certain legs at certain releases, and no others.

It promises the changes trial by trial, each against the last release at which that trial was read whole: what no
leg could see at one release comes with the next that reads the trial. A first run reads everything.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from tracker.domain.record import posted_on
from tracker.simulator.net_changes import Leg, NetChange
from tracker.simulator.world import World

REREAD_DAYS = 7


def seen_changes(
    world: World, releases: Sequence[int], legs: Iterable[Leg], *, reread_days: int = REREAD_DAYS
) -> list[tuple[int, NetChange]]:
    """What was seen at each of ``releases`` but the first, as (release, change).

    ``releases`` rise; at each of them all ``legs`` run once. The delta leg reads whole what was posted since the
    latest post date of the release before, less ``reread_days``, and so sees silent changes there too.
    """
    tracker = _Tracker(world, frozenset(legs), reread_days)
    with world.lock:
        return [
            (release, change)
            for before, release in itertools.pairwise(releases)
            for change in tracker.run(before, release)
        ]


class _Tracker:
    def __init__(self, world: World, legs: frozenset[Leg], reread_days: int) -> None:
        self._world = world
        self._legs = legs
        self._reread_days = reread_days
        self._whole_at: dict[str, int] = {}  # of the trials that are behind: when they were last read whole
        self._hidden: dict[str, int] = {}  # of the trials that were seen to be hidden: the same

    def run(self, before: int, release: int) -> Iterator[NetChange]:
        truth = self._world.truth
        for trial_id in sorted(truth.touched(before, release) | self._whole_at.keys()):
            since = self._whole_at.pop(trial_id, before)
            changes = truth.of_trial(trial_id, since, release, read_at=self._hidden.get(trial_id))
            if any(change.legs & self._legs for change in changes) or self._is_reread(trial_id, before, release):
                yield from changes
                if truth.is_visible(trial_id, release):
                    self._hidden.pop(trial_id, None)
                elif truth.is_visible(trial_id, since):
                    self._hidden[trial_id] = since
            elif changes:
                self._whole_at[trial_id] = since

    def _is_reread(self, trial_id: str, before: int, release: int) -> bool:
        watermark = self._world.published.release_of(before).posted_until
        if Leg.DELTA not in self._legs or watermark is None:
            return False
        posted = posted_on(self._world.record_at(trial_id, release))
        return posted is not None and posted >= watermark - timedelta(days=self._reread_days)
