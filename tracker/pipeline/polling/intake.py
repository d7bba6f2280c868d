"""Takes what a leg reads into the ledger, some hundreds of records to a transaction.

Promises: what was flushed is stored, and taking it again stores nothing; a record that changed without a date of its
own having moved waits until ``settle``, which records it, or holds it where too many changed alike; a record that
cannot be read is kept in quarantine. Memory is that of one batch.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from store.json_text import decode, encode
from store.quarantine import Rejection
from store.unit_of_work import Database, Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.coverage import WHOLE
from tracker.domain.events import Origin
from tracker.domain.pointer import pattern_of
from tracker.domain.record import Json, nct_id, text_at
from tracker.domain.short_row import COVERAGE
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.holding import mark_gone_back
from tracker.pipeline.planning import Planner
from tracker.pipeline.polling.aside import Aside
from tracker.pipeline.polling.silent import SilentSight
from tracker.pipeline.preparing import LaterSight, Prepared, address_of, prepare
from tracker.pipeline.reading import unchanged
from tracker.pipeline.recording import Counts, Recorder
from tracker.pipeline.transitions import Transition
from tracker.pipeline.whereabouts import record_whereabouts
from tracker.registry import Release
from tracker.source import Observation, Place, RawRecord, Refusal
from tracker.sources.reading import read_record
from tracker.views.held import heads, held_trials
from tracker.views.polled import known_trials

BATCH_RECORDS = 256
BATCH_BYTES = 8_000_000
WITHHELD = "WITHHELD"


def is_withheld(row: Json) -> bool:
    """Whether a record, or its short row, is the stub that the registry shows of a trial that it withholds."""
    return text_at(row, "protocolSection", "statusModule", "overallStatus") == WITHHELD


@dataclass(slots=True, kw_only=True)
class Tally:
    """What came of what was read."""

    fetched: int = 0
    rejected: int = 0
    moves: int = 0
    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What one transaction stores."""

    observed_at: datetime
    moves: Sequence[tuple[str, Whereabouts, str | None]]
    refusals: Sequence[Refusal]
    prepared: Sequence[Prepared]
    sights: Sequence[LaterSight]
    differing: Mapping[str, frozenset[str]]


class Intake:
    """Takes records in for one run of a leg, as of ``release``; ``source`` names the leg."""

    def __init__(
        self, database: Database, catalogue: Catalogue, *, run_id: str, source: str, now: Callable[[], datetime]
    ) -> None:
        self.tally = Tally()
        self.aside = Aside(database, source=source)
        self._database = database
        self._catalogue = catalogue
        self.begin(run_id)
        self.now = now
        self._source = source
        self._begin_batch()
        with database.reading() as transaction:
            self._holds_any = bool(transaction.held.open_runs())

    def begin(self, run_id: str) -> None:
        """Take what follows for this run."""
        self.run_id = self.aside.run_id = run_id

    def take(self, record: Json, release: Release) -> None:
        """Take a whole record; of a stub, that the trial is withheld."""
        self.tally.fetched += 1
        trial_id = nct_id(record) or ""
        if is_withheld(record):
            self.note(trial_id, Whereabouts.WITHHELD, release)
            return
        raw = encode(record)
        place = Place(file="ClinicalTrials.gov", member=trial_id)
        seen = read_record(RawRecord(place=place, raw=raw, kind="study"))
        if isinstance(seen, Refusal):
            self._refusals.append(seen)
            return
        if trial_id in self._pending:
            self.flush()
        self._release = release
        self._observations.append(replace(seen, source=self._source))
        self._pending.add(trial_id)
        self._size_bytes += len(raw)
        if len(self._pending) >= BATCH_RECORDS or self._size_bytes >= BATCH_BYTES:
            self.flush()

    def note(self, trial_id: str, now: Whereabouts, release: Release, *, into: str | None = None) -> None:
        """Note that a trial is withheld, merged or gone."""
        if trial_id in self._pending:
            self.flush()
        self._release = release
        self._moves.append((trial_id, now, into))
        self._pending.add(trial_id)

    def saw_rows(self, trial_ids: Sequence[str]) -> None:
        """Note that the short rows of trials say what is in the ledger."""
        for trial_id in trial_ids:
            self.aside.accidents.compared(trial_id, ())
        self.tally.counts.unchanged += len(trial_ids)
        if self._holds_any and trial_ids:
            with self._database.writing() as transaction:
                mark_gone_back(transaction, dict.fromkeys(trial_ids, ()), coverage=COVERAGE)

    def flush(self) -> None:
        """Store what was taken, but for what changed silently."""
        batch = self._looked_at()
        self._begin_batch()
        with self._database.writing() as transaction:
            self._store(transaction, batch)

    def settle(self) -> None:
        """Store the rest: what changed silently is recorded, or held where too many records changed alike."""
        self.flush()
        self.aside.settle(self._recorder)

    def place(self) -> int:
        """Store what was taken; answers the place behind what has been set aside so far."""
        self.flush()
        return self.aside.place()

    def forget(self, *, after: int = 0) -> None:
        """Store what was taken, and let go of what changed silently behind a place: it will be read again."""
        self.flush()
        self.aside.forget(after)

    def hold_moves(self, moves: Mapping[str, tuple[Whereabouts, str | None]], release: Release) -> None:
        """Hold where trials were seen to be, without events: too many moved at once."""
        self.aside.hold_moves(moves, release.data_on, observed_at=self.now())

    def close(self) -> None:
        """Let go of what was set aside."""
        self.aside.close()

    def _begin_batch(self) -> None:
        self._observations: list[Observation] = []
        self._moves: list[tuple[str, Whereabouts, str | None]] = []
        self._refusals: list[Refusal] = []
        self._pending: set[str] = set()
        self._size_bytes = 0

    def _looked_at(self) -> _Batch:
        """What is to be stored at once; what changed silently is set aside."""
        sights: list[LaterSight] = []
        moves = list(self._moves)
        differing: dict[str, frozenset[str]] = {}
        observed_at = self.now()
        with self._database.reading() as transaction:
            ids = [one.trial_id for one in self._observations]
            known, newest = known_trials(transaction.connection, ids), heads(transaction, ids)
            changed = []
            for one in self._observations:
                address = address_of(one.record, one.sections)
                is_back = one.trial_id in known and known[one.trial_id].whereabouts is not Whereabouts.VISIBLE
                if is_back:
                    moves.append((one.trial_id, Whereabouts.VISIBLE, None))
                head = newest.get(one.trial_id)
                same = unchanged(one, head) if head and head.snapshot == address else None
                if same is None:
                    changed.append((prepare(one, address=address), is_back))
                    continue
                self.aside.accidents.compared(one.trial_id, ())
                differing[one.trial_id] = frozenset()
                if same.sight:
                    sights.append(same.sight)
                else:
                    self.tally.counts.unchanged += 1
            prepared = self._told_apart(transaction, changed, observed_at, differing)
        return _Batch(
            observed_at=observed_at,
            moves=moves,
            refusals=self._refusals,
            prepared=prepared,
            sights=sights,
            differing=differing,
        )

    def _told_apart(
        self,
        transaction: Transaction,
        changed: Sequence[tuple[Prepared, bool]],
        observed_at: datetime,
        differing: dict[str, frozenset[str]],
    ) -> list[Prepared]:
        """Those of ``changed`` to be recorded at once; the others are set aside. Each comes with whether it is back.

        ``differing`` is told the paths in which each differs from what is held.
        """
        planner = Planner(
            catalogue=self._catalogue,
            record_of=lambda snapshot: decode(transaction.snapshots.get(snapshot)),
            address_of=address_of,
        )
        held = held_trials(transaction, [prepared.trial_id for prepared, _ in changed])
        at_once = []
        for prepared, is_back in changed:
            trial = held.get(prepared.trial_id)
            if trial is None:
                at_once.append(prepared)
                continue
            steps = planner.plan(trial, prepared.observed(observed_at)).transitions
            paths = differing[prepared.trial_id] = _paths(steps)
            is_silent = all(step.revision.origin is Origin.REGISTRY for step in steps)
            self.aside.accidents.compared(prepared.trial_id, paths if is_silent else ())
            if is_silent and paths and not is_back:
                self.aside.add(SilentSight(prepared=prepared, observed_at=observed_at, paths=paths))
            else:
                at_once.append(prepared)
        return at_once

    def _store(self, transaction: Transaction, batch: _Batch) -> None:
        for refusal in batch.refusals:
            transaction.quarantine.add(_rejection(refusal, run_id=self.run_id))
        for trial_id, now, into in batch.moves:
            assert self._release is not None
            self.tally.moves += record_whereabouts(
                transaction,
                trial_id=trial_id,
                now=now,
                into=into,
                data_on=self._release.data_on,
                observed_at=batch.observed_at,
                run_id=self.run_id,
                source=self._source,
            )
        recorder = self._recorder(transaction, batch.observed_at)
        recorder.record(batch.prepared)
        recorder.record_sights(batch.sights)
        self.tally.rejected += len(batch.refusals)
        if self._holds_any and batch.differing:
            mark_gone_back(transaction, batch.differing, coverage=WHOLE)

    def _recorder(self, transaction: Transaction, observed_at: datetime) -> Recorder:
        return Recorder(
            transaction=transaction,
            catalogue=self._catalogue,
            run_id=self.run_id,
            observed_at=observed_at,
            counts=self.tally.counts,
        )


def _paths(transitions: Iterable[Transition]) -> frozenset[str]:
    """The patterns of the paths that change."""
    told = (event for step in transitions for event in step.events if event.coverage is None)
    return frozenset(pattern_of(event.change.path) for event in told)


def _rejection(refusal: Refusal, *, run_id: str) -> Rejection:
    return Rejection(
        file=refusal.place.file,
        member=refusal.place.member,
        line=refusal.place.line,
        reason=refusal.reason,
        body=refusal.raw,
        size_bytes=refusal.size_bytes,
        sha256=refusal.sha256,
        run_id=run_id,
    )
