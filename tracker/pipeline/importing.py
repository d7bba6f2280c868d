"""Imports records from files: read in parallel, recorded in order, a few hundred to a transaction.

Promises: what was reported as done is stored; an import that was broken off and run again ends with the same trials,
revisions and events as one that was not; a bad record is kept in quarantine and stops nothing; memory does not grow
with the length of the input. An import as such leaves no event in the ledger.
"""

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from store.unit_of_work import Database, Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.clock import require_aware
from tracker.pipeline.collector import collect_young, resting_collector
from tracker.pipeline.preparing import Prepared
from tracker.pipeline.reading import (
    BATCH_BYTES,
    BATCH_RECORDS,
    Outcome,
    Reading,
    ReadRecord,
    Unchanged,
    read_in_processes,
    read_inline,
)
from tracker.pipeline.recording import Counts, Recorder
from tracker.pipeline.rejecting import reject
from tracker.pipeline.spool import Spool
from tracker.source import RawRecord, Refusal
from tracker.sources.files import Survey
from tracker.sources.found import Skipped

INLINE_BYTES = 8_000_000  # a shorter import is over before worker processes have started
COMMIT_RECORDS = 1024
COMMIT_BYTES = 32_000_000  # of bodies waiting to be stored
FIRST_REFUSED = 5  # told in the summary; all are in quarantine


class RecordSource(Protocol):
    """Where records come from. Law: ``records`` yields the same, in the same order, each time it is asked."""

    bytes_done: int

    def survey(self) -> Survey:
        """How much there is, and which trials come more than once."""
        ...

    def records(self) -> Iterator[RawRecord | Refusal | Skipped]:
        """All that is there."""
        ...


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far an import is."""

    total_bytes: int
    bytes_done: int = 0
    records_done: int = 0
    records_stored: int = 0  # those of ``records_done`` that are not held back for a later version to come first


@dataclass(slots=True, kw_only=True)
class ImportSummary:
    """What an import did; ``records`` counts those that were read, good or bad.

    ``first_refused`` holds place and reason of the first few that were refused.
    """

    run_id: str
    records: int = 0
    rejected: int = 0
    first_refused: list[tuple[str, str]] = field(default_factory=list)
    skipped: int = 0
    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Imports into one database.

    ``processes`` read in parallel to the one that writes; ``commit_records`` is how many records, or a few more,
    share a transaction.
    """

    database: Database
    catalogue: Catalogue
    read: ReadRecord
    now: Callable[[], datetime]
    processes: int = 2
    commit_records: int = COMMIT_RECORDS

    def run(
        self,
        source: RecordSource,
        *,
        observed_at: datetime | None = None,
        show: Callable[[Progress], None] = lambda _: None,
    ) -> ImportSummary:
        """Import all of ``source``, observed at ``observed_at`` (default: now)."""
        survey = source.survey()
        running = _Run(
            importer=self,
            source=source,
            observed_at=require_aware(observed_at or self.now(), what="observed_at"),
            repeated=survey.repeated,
            progress=Progress(total_bytes=survey.total_bytes),
            show=show,
            summary=ImportSummary(run_id=str(uuid.uuid4())),
        )
        with closing(running.spool), resting_collector():
            running.read_all(inline=survey.total_bytes <= INLINE_BYTES)
            running.record_held_back()
        return running.summary


@dataclass(slots=True, kw_only=True)
class _Run:
    """One import under way."""

    importer: Importer
    source: RecordSource
    observed_at: datetime
    repeated: frozenset[str]
    progress: Progress
    show: Callable[[Progress], None]
    summary: ImportSummary
    spool: Spool = field(default_factory=Spool)
    found_bad: list[Refusal] = field(default_factory=list)
    found_bad_bytes: int = 0

    def read_all(self, *, inline: bool) -> None:
        """Read everything; record what comes once, hold back what comes again."""
        reading = Reading(database_url=self.importer.database.url, read=self.importer.read, repeated=self.repeated)
        batches = self._batches()
        outcomes = (
            read_inline(batches, reading)
            if inline
            else read_in_processes(batches, reading, processes=self.importer.processes)
        )
        with closing(outcomes):  # ends the worker processes, also when broken off
            waiting: list[Outcome] = []
            size_bytes = 0
            for batch in outcomes:
                waiting += batch
                size_bytes += sum(map(_size_bytes, batch))
                count = len(waiting) + len(self.found_bad)
                if count >= self.importer.commit_records or size_bytes + self.found_bad_bytes >= COMMIT_BYTES:
                    self._commit(waiting)
                    waiting, size_bytes = [], 0
            self._commit(waiting)

    def record_held_back(self) -> None:
        """Record the trials of which several versions came, each trial's together."""
        waiting: list[list[Prepared]] = []
        for versions in self.spool.groups():
            waiting.append(versions)
            if sum(map(len, waiting)) >= self.importer.commit_records:
                self._commit_versions(waiting)
                waiting = []
        self._commit_versions(waiting)

    def _batches(self) -> Iterator[list[RawRecord]]:
        """Raw records in batches for the workers; what is no record is dealt with on the way."""
        batch: list[RawRecord] = []
        bad_count = size_bytes = 0
        for found in self.source.records():
            if isinstance(found, Skipped):
                self.summary.skipped += 1
            elif isinstance(found, Refusal):
                self.found_bad.append(found)
                self.found_bad_bytes += len(found.raw)
                bad_count += 1
            else:
                batch.append(found)
            size_bytes += 0 if isinstance(found, Skipped) else len(found.raw)
            if len(batch) + bad_count >= BATCH_RECORDS or size_bytes >= BATCH_BYTES:
                yield batch
                batch, bad_count, size_bytes = [], 0, 0
        if batch:
            yield batch

    def _commit(self, outcomes: Sequence[Outcome]) -> None:
        refused = self.found_bad + [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        prepared = [outcome for outcome in outcomes if isinstance(outcome, Prepared)]
        once = [one for one in prepared if one.trial_id not in self.repeated]
        for one in prepared:
            if one.trial_id in self.repeated:
                self.spool.add(one)
        unchanged = [outcome for outcome in outcomes if isinstance(outcome, Unchanged)]
        sights = [one.sight for one in unchanged if one.sight]
        if refused or once or sights:
            with self.importer.database.writing() as transaction:
                for refusal in refused:
                    reject(transaction, refusal, run_id=self.summary.run_id)
                recorder = self._recorder(transaction)
                recorder.record(once)
                recorder.record_sights(sights)
        self.summary.counts.unchanged += len(unchanged) - len(sights)
        self.summary.rejected += len(refused)
        room = FIRST_REFUSED - len(self.summary.first_refused)
        self.summary.first_refused += [(str(refusal.place), refusal.reason) for refusal in refused[:room]]
        self.summary.records += len(outcomes) + len(self.found_bad)
        held_back = len(prepared) - len(once)
        self.progress.records_stored += len(outcomes) + len(self.found_bad) - held_back
        self.found_bad, self.found_bad_bytes = [], 0
        self._report()

    def _commit_versions(self, groups: Sequence[Sequence[Prepared]]) -> None:
        if not groups:
            return
        with self.importer.database.writing() as transaction:
            recorder = self._recorder(transaction)
            for versions in groups:
                recorder.record_versions(versions)
        self.progress.records_stored += sum(map(len, groups))
        self._report()

    def _recorder(self, transaction: Transaction) -> Recorder:
        return Recorder(
            transaction=transaction,
            catalogue=self.importer.catalogue,
            run_id=self.summary.run_id,
            observed_at=self.observed_at,
            counts=self.summary.counts,
        )

    def _report(self) -> None:
        self.progress.bytes_done = self.source.bytes_done
        self.progress.records_done = self.summary.records
        self.show(self.progress)
        collect_young()


def _size_bytes(outcome: Outcome) -> int:
    if isinstance(outcome, Prepared):
        return len(outcome.packed.body)
    return len(outcome.raw) if isinstance(outcome, Refusal) else 0


def usual_processes() -> int:
    """As many workers as there are processors; the writer is idle while they read, and they while it waits."""
    return max(1, min(4, os.cpu_count() or 1))
