"""Records events of watching: the ledger, its views and their checkpoint, in the caller's write transaction."""

from collections.abc import Iterable, Iterator
from itertools import islice

from store.unit_of_work import Transaction
from tracker.ledger.watch_events import WatchEvent
from tracker.ledger.watch_ledger import WatchLedger
from tracker.views.state import VIEWS
from tracker.views.watch_writer import WatchWriter

_BATCH_EVENTS = 1024  # a query may find a hundred thousand trials at once


def record_watching(transaction: Transaction, events: Iterable[WatchEvent], *, run_id: str) -> None:
    """Record ``events``, all of one stream, in their order."""
    ledger, writer = WatchLedger(transaction), WatchWriter(transaction.connection)
    for batch in _batches(iter(events)):
        recorded = ledger.append(batch, run_id=run_id)
        writer.apply(recorded)
        transaction.checkpoints.move(VIEWS, recorded[-1].position)


def _batches(events: Iterator[WatchEvent]) -> Iterator[list[WatchEvent]]:
    while batch := list(islice(events, _BATCH_EVENTS)):
        yield batch
