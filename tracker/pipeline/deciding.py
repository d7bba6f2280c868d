"""What people decide to have tracked, or tracked no longer, and what became of it: one rule for every door.

It promises that what was resolved before (``tracker.pipeline.resolving``) is recorded in one transaction, and that
trials which the ledger does not hold yet are read at once. The registry is not asked here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store.unit_of_work import Database
from tracker.diffing.catalogue import Catalogue
from tracker.domain.query import Query
from tracker.domain.watching import Watched
from tracker.pipeline import tracking
from tracker.pipeline.resolving import Resolved, record_first_sights
from tracker.pipeline.tracking import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedNow:
    """What became of one thing that was to be tracked; ``matches`` counts what a query, or the registry, has today."""

    kind: str
    name: str | None
    alias: str | None = None
    query: str | None = None
    matches: int | None = None
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UntrackedNow:
    """What became of one thing that was not to be tracked any more.

    A trial goes ``along_with`` another that the registry merged with it; ``survivor`` is the trial that it was merged
    into and that is still tracked.
    """

    kind: str
    name: str | None
    alias: str | None
    was_tracked: bool
    along_with: str | None
    survivor: str | None


class Ground(Protocol):
    """What decisions need: a ledger, the catalogue of fields, the present instant, and ids unlike all before."""

    @property
    def database(self) -> Database: ...

    @property
    def catalogue(self) -> Catalogue: ...

    @property
    def now(self) -> Callable[[], datetime]: ...

    @property
    def new_id(self) -> Callable[[], str]: ...


@dataclass(frozen=True, slots=True)
class Deciding:
    """Decisions about one ledger."""

    ground: Ground

    def track_trials(self, found: Sequence[Resolved], *, with_history: bool = False) -> list[TrackedNow]:
        """Track trials; with their history, their records follow it, and come first without."""
        run_id = self.ground.new_id()
        pairs = [(one.trial_id, one.alias) for one in found]
        with self.ground.database.writing() as transaction:
            decisions = tracking.track_trials(transaction, pairs, with_history=with_history, run_id=run_id)
            if not with_history:
                record_first_sights(
                    transaction, found, catalogue=self.ground.catalogue, observed_at=self.ground.now(), run_id=run_id
                )
        return [TrackedNow(kind=Watched.TRIAL, name=one.name, alias=one.alias, is_new=one.is_new) for one in decisions]

    def track_query(self, name: str, query: Query, *, matches: int) -> TrackedNow:
        """Track a query."""
        with self.ground.database.writing() as transaction:
            decision = tracking.track_query(transaction, name=name, query=query, run_id=self.ground.new_id())
        return TrackedNow(kind=Watched.QUERY, name=name, query=str(query), matches=matches, is_new=decision.is_new)

    def track_registry(self, *, matches: int) -> TrackedNow:
        """Track the whole registry."""
        with self.ground.database.writing() as transaction:
            decision = tracking.track_registry(transaction, run_id=self.ground.new_id())
        return TrackedNow(kind=Watched.REGISTRY, name=None, matches=matches, is_new=decision.is_new)

    def untrack_trials(self, ids: Iterable[str]) -> list[UntrackedNow]:
        """Follow trials no longer; those that the registry merged with them go along."""
        with self.ground.database.writing() as transaction:
            decisions = tracking.untrack_trials(transaction, ids, run_id=self.ground.new_id())
        return [_untracked(Watched.TRIAL, one) for one in decisions]

    def untrack_query(self, name: str) -> UntrackedNow:
        """Follow a query no longer."""
        with self.ground.database.writing() as transaction:
            return _untracked(
                Watched.QUERY, tracking.untrack_query(transaction, name=name, run_id=self.ground.new_id())
            )

    def untrack_registry(self) -> UntrackedNow:
        """Follow the whole registry no longer; trials and queries of their own stay tracked."""
        with self.ground.database.writing() as transaction:
            return _untracked(Watched.REGISTRY, tracking.untrack_registry(transaction, run_id=self.ground.new_id()))


def _untracked(kind: Watched, one: Decision) -> UntrackedNow:
    return UntrackedNow(
        kind=kind,
        name=one.name or None,
        alias=one.alias,
        was_tracked=one.is_new,
        along_with=one.along_with,
        survivor=one.survivor,
    )
