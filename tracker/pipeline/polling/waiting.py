"""What waits of some trials, and whether what is seen of them now waits already.

It promises to write nothing. A difference waits already where releasing what is held of it would leave the trial as it
is seen now; where it has another value, or something was recorded that would stand behind it, it has to be held anew.
"""

from collections.abc import Collection
from datetime import datetime

from store.held import Kept
from store.json_text import decode
from store.snapshots import unpack
from store.unit_of_work import Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.record import Json
from tracker.pipeline.holding import read_back
from tracker.pipeline.polling.silent import SilentSight
from tracker.pipeline.preparing import Prepared
from tracker.pipeline.standing import Standings
from tracker.views.held import HeldTrial, held_trials


class Waiting:
    """What waits of ``trial_ids`` (some hundreds at most), as ``transaction`` sees it when this is made."""

    def __init__(self, transaction: Transaction, catalogue: Catalogue, trial_ids: Collection[str]) -> None:
        waiting = transaction.held.waiting(trial_ids)
        self._kept = {
            trial_id: [one for one in all_kept if one.observation.packed] for trial_id, all_kept in waiting.items()
        }
        self._trials = held_trials(transaction, [trial_id for trial_id, kept in self._kept.items() if kept])
        released = transaction.held.released(self._trials)
        self._standings = Standings(
            catalogue=catalogue,
            record_of=lambda snapshot: decode(transaction.snapshots.get(snapshot)),
            released_of=lambda trial_id: released.get(trial_id, ()),
        )

    def paths(self, trial_id: str) -> frozenset[str]:
        """The patterns of the paths of a trial that wait."""
        return frozenset(path for kept in self._kept.get(trial_id, ()) for path in kept.observation.paths)

    def not_held(self, sight: SilentSight, paths: frozenset[str]) -> frozenset[str]:
        """Those of ``paths`` in which what was seen does not wait already."""
        trial = self._trials.get(sight.prepared.trial_id)
        newest = {path: kept for path in paths if (kept := self._newest(sight.prepared.trial_id, path))}
        if trial is None or not newest:
            return paths
        seen = decode(unpack(sight.prepared.packed))
        already: set[str] = set()
        for kept in {one.id: one for one in newest.values()}.values():
            of_this = frozenset(path for path, one in newest.items() if one is kept)
            found = read_back(kept)
            assert isinstance(found, Prepared)
            already |= self._same(trial, found, kept.observation.observed_at, seen=seen, paths=of_this)
        return paths - already

    def _newest(self, trial_id: str, path: str) -> Kept | None:
        speaking = [kept for kept in self._kept.get(trial_id, ()) if path in kept.observation.paths]
        return max(speaking, key=lambda kept: (kept.observation.observed_at, kept.id), default=None)

    def _same(
        self, trial: HeldTrial, held: Prepared, held_at: datetime, *, seen: Json, paths: frozenset[str]
    ) -> frozenset[str]:
        shown = held.observed(held_at).read()
        scope = held.coverage
        same = paths - self._standings.differ(scope.project(shown), scope.project(seen), paths)
        return frozenset(path for path in same if self._standings.standing(trial, held, held_at, [path]).is_last)
