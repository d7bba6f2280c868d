"""Reads raw records in worker processes: what is unchanged by hash ends here, the rest is prepared.

Workers look up what is held by themselves, so that an unchanged record costs a parse, a dump and a hash, one of the
very bytes that were read before costs a hash, and neither is sent back. Results come in the order of the input. For a
few records no process is started.
"""

import hashlib
import os
import re
import signal
import threading
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context, parent_process

from store.unit_of_work import Database
from tracker.domain.record import data_on
from tracker.pipeline.collector import collect_young, rest_collector
from tracker.pipeline.preparing import LaterSight, Prepared, address_of, prepare
from tracker.source import Observation, RawRecord, Refusal
from tracker.views.held import Head, heads

BATCH_RECORDS = 128
BATCH_BYTES = 2_000_000
BATCHES_AHEAD = 8  # per worker: enough to read while a commit is written

_ID = re.compile(rb"NCT\d{8}")  # the first in a record is nearly always its own

ReadRecord = Callable[[RawRecord], Observation | Refusal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A record whose content is that of its trial's newest revision.

    ``sight`` is kept where it is of a later release than the one known to have shown that content first.
    """

    trial_id: str
    sight: LaterSight | None = None


Outcome = Prepared | Unchanged | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How workers read: with which reader, against which database, which trials are never taken for unchanged."""

    database_url: str
    read: ReadRecord
    repeated: frozenset[str]


def _untold() -> datetime:
    raise RuntimeError("a worker stores nothing, and so is not told the time")


class Worker:
    """Reads batches of raw records against one database."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._database = Database.open(reading.database_url, clock=_untold)

    def read(self, batch: Sequence[RawRecord]) -> list[Outcome]:
        """What came of each record, in order."""
        guesses = [match.group().decode() if (match := _ID.search(raw.raw)) else None for raw in batch]
        guessed = {guess for guess in guesses if guess is not None}
        heads_by_id: dict[str, Head | None] = {**dict.fromkeys(guessed), **self._heads(guessed)}
        return [self._read_one(raw, guess, heads_by_id) for raw, guess in zip(batch, guesses, strict=True)]

    def _read_one(self, raw: RawRecord, guess: str | None, heads_by_id: dict[str, Head | None]) -> Outcome:
        """Done with one record before the next is parsed: its tree is freed while it is still in the cache."""
        digest = hashlib.sha256(raw.raw).digest()
        if guess is not None and self._was_read(raw, guess, digest, heads_by_id[guess]):
            return Unchanged(trial_id=guess)
        result = self._reading.read(raw)
        if isinstance(result, Refusal):
            return result
        if result.trial_id not in heads_by_id:
            heads_by_id[result.trial_id] = self._heads([result.trial_id]).get(result.trial_id)
        return self._outcome(result, digest, heads_by_id[result.trial_id])

    def _was_read(self, raw: RawRecord, trial_id: str, digest: bytes, head: Head | None) -> bool:
        """Whether these very bytes gave the trial's newest revision."""
        return (
            head is not None
            and head.digest == digest
            and raw.expected_id in (None, trial_id)
            and trial_id not in self._reading.repeated
        )

    def close(self) -> None:
        """Let the database go."""
        self._database.close()

    def _outcome(self, observation: Observation, digest: bytes, head: Head | None) -> Outcome:
        address = address_of(observation.record, observation.sections)
        if head and address == head.snapshot and observation.trial_id not in self._reading.repeated:
            same = unchanged(observation, head, digest=digest)
            if same is not None:
                return same
        return prepare(observation, address=address, digest=digest)

    def _heads(self, trial_ids: Collection[str]) -> dict[str, Head]:
        if not trial_ids:
            return {}
        with self._database.reading() as transaction:
            return heads(transaction, trial_ids)


def unchanged(observation: Observation, head: Head, *, digest: bytes | None = None) -> Unchanged | None:
    """What an observation with the newest content is; None where planning must say, as of an earlier release."""
    shown_on = data_on(observation.record)
    if observation.coverage != head.coverage:
        return None
    if shown_on == head.data_on:
        return Unchanged(trial_id=observation.trial_id)
    if shown_on is None or (head.data_on is not None and shown_on < head.data_on):
        return None
    sight = LaterSight(
        trial_id=observation.trial_id,
        revision=head.revision,
        snapshot=head.snapshot,
        coverage=head.coverage,
        data_on=shown_on,
        source=observation.source,
        digest=digest,
    )
    return Unchanged(trial_id=observation.trial_id, sight=sight)


def read_inline(batches: Iterable[Sequence[RawRecord]], reading: Reading) -> Generator[list[Outcome]]:
    """Read in this process."""
    worker = Worker(reading)
    try:
        for batch in batches:
            yield worker.read(batch)
    finally:
        worker.close()


def read_in_processes(
    batches: Iterable[Sequence[RawRecord]], reading: Reading, *, processes: int
) -> Generator[list[Outcome]]:
    """Read in worker processes, at most a few batches ahead of the one that is asked for."""
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(reading,))
    waiting: deque[Future[list[Outcome]]] = deque()
    try:
        for batch in batches:
            with _interrupts_held():
                waiting.append(pool.submit(_read, batch))
            if len(waiting) >= processes * BATCHES_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_worker: list[Worker] = []  # the one of this process, made when the process begins


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C is for this process, which winds up in order: a worker begun meanwhile never hears it.

    A worker inherits what is blocked, so that it cannot be met by Ctrl-C while it is still loading; here it is
    heard when the block ends.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows, where Ctrl-C does not come as a signal
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _end_with_parent() -> None:
    """End this worker when its parent has been killed; it would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _begin(reading: Reading) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it could not be held
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker[:] = [Worker(reading)]
    rest_collector()


def _read(batch: Sequence[RawRecord]) -> list[Outcome]:
    collect_young()
    return _worker[0].read(batch)
