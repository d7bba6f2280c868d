"""Releases what a run held: a person has looked at it, and it is recorded after all.

Promises: of each observation the paths that waited are recorded, as they were observed and in that order, save what has
gone back meanwhile, or came with a later version of its trial, from which nothing follows; nothing is asked of the
registry; what is released once is not released again. A release that was broken off and is done again goes on where it
stopped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from store.held import Kept
from store.json_text import decode
from store.unit_of_work import Database, Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.errors import NotFound
from tracker.domain.record import Json
from tracker.pipeline.holding import HeldMove, read_back
from tracker.pipeline.polling.legs import NOTHING_NEW
from tracker.pipeline.preparing import Prepared
from tracker.pipeline.recording import Recorder
from tracker.pipeline.standing import Standings, placed, seen_at
from tracker.pipeline.whereabouts import record_whereabouts
from tracker.views.held import HeldTrial, held_trials
from tracker.views.moves import last_move
from tracker.views.rows import instant_text

Show = Callable[[int, int], None]  # observations done, and of how many

_BATCH = 256
_NEAR_MOST = 3
_NEWEST_RUNS = 1000  # among which a mistyped one is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSummary:
    """What a release did: ``released`` observations made ``events``; from ``nothing`` further ones none followed.

    ``already``: those that had been released before.
    """

    run: str
    as_migration: bool
    released: int
    nothing: int
    events: int
    already: int


def release(
    database: Database,
    catalogue: Catalogue,
    run_id: str,
    *,
    as_migration: bool,
    show: Show = lambda _done, _total: None,
) -> ReleaseSummary:
    """Record what the run holds; ``as_migration``: as administrative changes that never alert.

    Raises NotFound, with near misses, for a run that is not on record or never held anything.
    """
    with database.reading() as transaction:
        total, already = transaction.held.totals(run_id)
        if not total:
            raise _not_found(transaction, run_id)
    done = ReleaseSummary(run=run_id, as_migration=as_migration, released=0, nothing=0, events=0, already=already)
    while True:
        with database.writing() as transaction:
            batch = _of_different_trials(transaction.held.next(run_id, limit=_BATCH))
            releasing = _Releasing(transaction, catalogue, run_id, as_migration=as_migration)
            releasing.record(batch)
            transaction.held.mark_released([kept.id for kept in batch], as_migration=as_migration)
        if not batch:
            return done
        done = replace(
            done,
            released=done.released + releasing.released,
            nothing=done.nothing + len(batch) - releasing.released,
            events=done.events + releasing.events,
        )
        show(done.released + done.nothing, total - already)


class _Releasing:
    """Records observations of trials that differ from each other, in one transaction."""

    def __init__(self, transaction: Transaction, catalogue: Catalogue, run_id: str, *, as_migration: bool) -> None:
        self._transaction = transaction
        self._catalogue = catalogue
        self._run_id = run_id
        self._as_migration = as_migration
        self.released = 0
        self.events = 0

    def record(self, batch: Sequence[Kept]) -> None:
        """Record those that have not gone back, in their order."""
        held = held_trials(self._transaction, [kept.observation.subject for kept in batch])
        released = self._transaction.held.released(held)
        self._standings = Standings(
            catalogue=self._catalogue,
            record_of=self._content,
            released_of=lambda trial_id: released.get(trial_id, ()),
        )
        for kept in batch:
            trial = held.get(kept.observation.subject)
            if kept.gone_back_at is not None:
                continue
            found = read_back(kept)
            if isinstance(found, HeldMove):
                events = 0 if trial is None or self._is_back(trial, found, kept) else self._move(found)
            else:
                events = self._change(trial, found, kept)
            self.released += events > 0
            self.events += events

    def _move(self, move: HeldMove) -> int:
        return record_whereabouts(
            self._transaction,
            trial_id=move.trial_id,
            now=move.now,
            into=move.into,
            data_on=move.data_on,
            observed_at=move.observed_at,
            run_id=self._run_id,
            source=move.source,
            is_migration=self._as_migration,
        )

    def _change(self, trial: HeldTrial | None, prepared: Prepared, kept: Kept) -> int:
        """Record the paths that waited, of an observation of a trial that is held, behind what lacks them."""
        observed_at, paths = kept.observation.observed_at, frozenset(kept.observation.paths)
        if trial is not None:
            standing = self._standings.standing(trial, prepared, observed_at, paths)
            paths -= self._standings.known(standing, prepared, paths)
            if not paths or self._standings.is_undone(trial, standing, prepared, paths):
                return 0
            prepared = placed(prepared, standing, paths=paths)
            observed_at = seen_at(standing, observed_at)
        recorder = Recorder(
            transaction=self._transaction,
            catalogue=self._catalogue,
            run_id=self._run_id,
            observed_at=observed_at,
            is_migration=self._as_migration,
        )
        recorder.record([prepared])
        return recorder.counts.events

    def _is_back(self, trial: HeldTrial, move: HeldMove, kept: Kept) -> bool:
        """Whether the registry was seen to show the record, or to have moved it elsewhere, since it was missed."""
        last = last_move(self._transaction.connection, trial.trial_id)
        if last is not None and last.recorded_at > instant_text(kept.held_at):
            return True
        missed_on, missed_at = move.data_on.isoformat(), instant_text(move.observed_at)
        sights = [(one.data_on and one.data_on.isoformat(), one.observed_at) for one in trial.timeline]
        sights += [(one.data_on, one.observed_at) for one in trial.sightings]
        return any(data_on and data_on >= missed_on and seen_at > missed_at for data_on, seen_at in sights)

    def _content(self, snapshot: str) -> Json:
        return decode(self._transaction.snapshots.get(snapshot))


def _of_different_trials(batch: Sequence[Kept]) -> list[Kept]:
    """The first of ``batch``, up to where a trial comes again."""
    found: dict[str, Kept] = {}
    for kept in batch:
        if kept.observation.subject in found:
            break
        found[kept.observation.subject] = kept
    return list(found.values())


def _not_found(transaction: Transaction, run_id: str) -> NotFound:
    holding = transaction.held.open_runs()
    runs = [run.run_id for run in transaction.runs.list(_NEWEST_RUNS, without=NOTHING_NEW)]
    if run_id in runs:
        hint = f"; those that do: {', '.join(holding)}" if holding else ", and no other run does"
        return NotFound(f"run {run_id} holds nothing{hint}")
    known = list(dict.fromkeys([*holding, *runs]))
    near = [one for one in known if run_id and one.startswith(run_id)] or get_close_matches(run_id, known, _NEAR_MOST)
    hint = f"did you mean {' or '.join(near[:_NEAR_MOST])}?" if near else "trialog runs lists them"
    return NotFound(f"there is no run {run_id}; {hint}")
