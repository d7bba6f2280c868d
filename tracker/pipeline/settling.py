"""What becomes of held differences without a release, as polls see the registry and the ledger agree again.

Promises: a path that is again as it was before the observation is marked as gone back; one of which a version with a
new date brought the held value is marked as known, since the ledger tells of it already; one that such a version
brought with another value still waits, and a release puts it before that version. Nothing is dropped.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from store.held import Kept
from store.json_text import decode
from store.unit_of_work import Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.coverage import Coverage, coverage_of
from tracker.domain.record import Json
from tracker.pipeline.holding import HeldMove, read_back
from tracker.pipeline.standing import Standings
from tracker.views.held import HeldTrial, held_trials


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fates:
    """Of the paths of an observation, those that went back, and those that are known."""

    gone: frozenset[str]
    known: frozenset[str]


def settle_held(
    transaction: Transaction, catalogue: Catalogue, seen: Mapping[str, Collection[str]], *, coverage: Coverage
) -> int:
    """Mark what needs no release any more, of trials that the registry shows as the ledger has them.

    ``seen``: of each trial (some hundreds at most) the patterns of the paths in which it differs from the ledger,
    compared inside ``coverage``. What the coverage cannot see stays held, and so does what differs. Where that is so of
    some of its paths, an observation is held anew, by its own run, for the rest. Answers how many were marked.
    """
    waiting = [kept for all_kept in transaction.held.waiting(seen).values() for kept in all_kept]
    moves = [kept.id for kept in waiting if not kept.observation.packed]  # gone back: the record is seen at all
    agreed = [
        (kept, paths)
        for kept in waiting
        if (paths := _agreed(kept, differing=seen[kept.observation.subject], coverage=coverage))
    ]
    trials = held_trials(transaction, list({kept.observation.subject for kept, _ in agreed}))
    settling = _Settling(transaction, catalogue, trials)
    for kept, paths in agreed:
        if kept.observation.subject in trials:
            settling.settle(trials[kept.observation.subject], kept, paths)
    transaction.held.mark_gone_back([*moves, *settling.gone])
    transaction.held.mark_known(settling.known)
    return len(moves) + len(settling.gone) + len(settling.known)


class _Settling:
    """Says what to mark; what still waits of an observation that is marked is held anew."""

    def __init__(self, transaction: Transaction, catalogue: Catalogue, trial_ids: Collection[str]) -> None:
        self._transaction = transaction
        released = transaction.held.released(trial_ids)
        self._standings = Standings(
            catalogue=catalogue,
            record_of=self._record_of,
            released_of=lambda trial_id: released.get(trial_id, ()),
        )
        self.gone: list[int] = []
        self.known: list[int] = []

    def settle(self, trial: HeldTrial, kept: Kept, agreed: Collection[str]) -> None:
        """Settle the paths of an observation in which the registry and the ledger agree."""
        fates = self._fates(trial, kept, agreed)
        if not fates.gone and not fates.known:
            return
        (self.gone if fates.gone else self.known).append(kept.id)
        rest = frozenset(kept.observation.paths) - (fates.gone or fates.known)
        if rest:
            narrowed = replace(kept.observation, paths=tuple(sorted(rest)))
            self._transaction.held.put_many(kept.run_id, [narrowed])

    def _fates(self, trial: HeldTrial, kept: Kept, agreed: Collection[str]) -> _Fates:
        found, observed_at = read_back(kept), kept.observation.observed_at
        assert not isinstance(found, HeldMove)
        gone: set[str] = set()
        known: set[str] = set()
        for path in agreed:
            standing = self._standings.standing(trial, found, observed_at, [path])
            if self._standings.is_as_before(trial, standing, found, [path]):
                gone.add(path)
            else:
                known |= self._standings.known(standing, found, [path])
        return _Fates(gone=frozenset(gone), known=frozenset(known))

    def _record_of(self, snapshot: str) -> Json:
        return decode(self._transaction.snapshots.get(snapshot))


def _agreed(kept: Kept, *, differing: Collection[str], coverage: Coverage) -> frozenset[str]:
    """The paths of an observation in which the registry, as far as it was seen, says what the ledger says."""
    paths = kept.observation.paths
    return frozenset(path for path in paths if path not in differing and coverage >= coverage_of([path]))
