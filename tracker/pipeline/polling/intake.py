"""Takes what a leg reads into the ledger, some hundreds of records to a transaction.

Promises: what was flushed is stored, and taking it again stores nothing; a record that changed without a date of its
own having moved waits until ``settle``, which records it, or holds it where too many changed alike; a record that
cannot be read is kept in quarantine. Memory is that of one batch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

import structlog

from store.json_text import encode
from store.unit_of_work import Database, Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.coverage import WHOLE
from tracker.domain.record import Json, data_on, is_withheld, nct_id
from tracker.domain.short_row import COVERAGE
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.polling.aside import Aside
from tracker.pipeline.polling.sorting import sort_out
from tracker.pipeline.preparing import Prepared
from tracker.pipeline.recording import Counts, Recorder
from tracker.pipeline.rejecting import reject
from tracker.pipeline.settling import settle_held
from tracker.pipeline.whereabouts import record_whereabouts
from tracker.registry import Release
from tracker.source import Observation, Place, RawRecord, Refusal
from tracker.sources.ctgov.seen_ids import SeenIds
from tracker.sources.reading import read_record

_LOG = structlog.get_logger()

BATCH_RECORDS = 256
BATCH_BYTES = 8_000_000


@dataclass(slots=True, kw_only=True)
class Tally:
    """What came of what was read: trials, each once, and the events of where they are.

    ``same`` are those that said what is in the ledger, of the present reading alone.
    """

    same: SeenIds = field(default_factory=SeenIds)
    changed: SeenIds = field(default_factory=SeenIds)
    rejected: SeenIds = field(default_factory=SeenIds)
    moves: int = 0
    counts: Counts = field(default_factory=Counts)

    @property
    def unchanged(self) -> int:
        """How many said in the present reading what was in the ledger before all readings."""
        return self.same.count_without(self.changed)

    @property
    def events(self) -> int:
        """How many events all readings recorded."""
        return self.counts.events + self.moves


class _Move(NamedTuple):
    """Where a trial was seen to be, and the date of the release that showed it."""

    trial_id: str
    now: Whereabouts
    into: str | None
    data_on: date


class Intake:
    """Takes records in for one run of a leg, as of ``release``; ``source`` names the leg."""

    def __init__(
        self, database: Database, catalogue: Catalogue, *, run_id: str, source: str, now: Callable[[], datetime]
    ) -> None:
        self.tally = Tally()
        self.aside = Aside(database, catalogue, source=source)
        self._database = database
        self._catalogue = catalogue
        self.run_id = self.aside.run_id = run_id
        self.now = now
        self._source = source
        self._begin_batch()
        with database.reading() as transaction:
            self._holds_any = bool(transaction.held.open_runs())

    def read_anew(self) -> None:
        """Count what follows as a reading of its own."""
        self.tally.same = SeenIds()

    def take(self, record: Json, release: Release) -> None:
        """Take a whole record; of a stub, that the trial is withheld."""
        trial_id = nct_id(record) or ""
        if is_withheld(record):
            self._note(_Move(trial_id, Whereabouts.WITHHELD, None, data_on(record) or release.data_on))
            return
        raw = encode(record)
        place = Place(file="ClinicalTrials.gov", member=trial_id)
        seen = read_record(RawRecord(place=place, raw=raw, kind="study"))
        if isinstance(seen, Refusal):
            self._refusals.append(seen)
            self.tally.rejected.add(trial_id)
            return
        if trial_id in self._pending:
            self.flush()
        self._observations.append(replace(seen, source=self._source))
        self._shown_on[trial_id] = data_on(record) or release.data_on
        self._pending.add(trial_id)
        self._size_bytes += len(raw)
        if len(self._pending) >= BATCH_RECORDS or self._size_bytes >= BATCH_BYTES:
            self.flush()

    def note(self, trial_id: str, now: Whereabouts, release: Release, *, into: str | None = None) -> None:
        """Note that a trial is merged or gone, as ``release`` shows; no answer dates that, so let it be sure."""
        self._note(_Move(trial_id, now, into, release.data_on))

    def saw_rows(self, trial_ids: Sequence[str]) -> None:
        """Note that the short rows of trials say what is in the ledger."""
        for trial_id in trial_ids:
            self.aside.accidents.compared(trial_id, ())
            self.tally.same.add(trial_id)
        if (self._holds_any or self.aside.held) and trial_ids:
            with self._database.writing() as transaction:
                settle_held(transaction, self._catalogue, dict.fromkeys(trial_ids, ()), coverage=COVERAGE)

    def flush(self) -> None:
        """Store what was taken, but for what changed silently."""
        observations, moves, refusals = self._observations, self._moves, self._refusals
        shown_on = self._shown_on
        self._begin_batch()
        if not observations and not moves and not refusals:
            return
        observed_at = self.now()
        with self._database.reading() as transaction:
            found = sort_out(transaction, observations, catalogue=self._catalogue, observed_at=observed_at)
        silent = {sight.prepared.trial_id for sight in found.silent}
        for trial_id, paths in found.differing.items():
            self.aside.accidents.compared(trial_id, paths if trial_id in silent else ())
        for sight in found.silent:
            self.aside.add(sight)
        moves += [_Move(trial_id, Whereabouts.VISIBLE, None, shown_on[trial_id]) for trial_id in found.back]
        with self._database.writing() as transaction:
            for refusal in refusals:
                reject(transaction, refusal, run_id=self.run_id)
            self._move(transaction, moves, observed_at)
            recorder = self._recorder(transaction, observed_at)
            recorder.record(found.at_once)
            recorder.record_sights(found.sights)
            self._count([one.trial_id for one in observations if one.trial_id not in silent], recorder)
            if (self._holds_any or self.aside.held) and found.differing:
                settle_held(transaction, self._catalogue, found.left(), coverage=WHOLE)

    def settle(self) -> None:
        """Store the rest: what changed silently is recorded, or held where too many records changed alike."""
        self.flush()
        self.aside.settle(self._record)

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
        self._shown_on: dict[str, date] = {}
        self._moves: list[_Move] = []
        self._refusals: list[Refusal] = []
        self._pending: set[str] = set()
        self._size_bytes = 0

    def _note(self, move: _Move) -> None:
        if move.trial_id in self._pending:
            self.flush()
        self._moves.append(move)
        self._pending.add(move.trial_id)

    def _move(self, transaction: Transaction, moves: Sequence[_Move], observed_at: datetime) -> None:
        for move in moves:
            self.tally.moves += record_whereabouts(
                transaction,
                trial_id=move.trial_id,
                now=move.now,
                into=move.into,
                data_on=move.data_on,
                observed_at=observed_at,
                run_id=self.run_id,
                source=self._source,
            )

    def _record(self, transaction: Transaction, observed_at: datetime, batch: Sequence[Prepared]) -> None:
        """Record what had been set aside."""
        recorder = self._recorder(transaction, observed_at)
        recorder.record(batch)
        self._count([prepared.trial_id for prepared in batch], recorder)

    def _count(self, trial_ids: Sequence[str], recorder: Recorder) -> None:
        for trial_id in recorder.changed:
            self.tally.changed.add(trial_id)
            _LOG.debug("change_recorded", trial=trial_id)  # before the commit, whose failure is told by who meets it
        for trial_id in trial_ids:
            if trial_id not in self.tally.changed:
                self.tally.same.add(trial_id)

    def _recorder(self, transaction: Transaction, observed_at: datetime) -> Recorder:
        return Recorder(
            transaction=transaction,
            catalogue=self._catalogue,
            run_id=self.run_id,
            observed_at=observed_at,
            counts=self.tally.counts,
        )
