"""Replays the ledger into the views: all of it after a rebuild, or into empty copies to verify.

Promises: the rows are those that were written live. Memory is that of a few hundred revisions.
"""

from collections.abc import Callable, Iterator
from itertools import groupby, islice

from store.json_text import decode
from store.unit_of_work import Database, Transaction
from tracker.ledger.events import RecordedTrialEvent
from tracker.ledger.ledger import Ledger
from tracker.ledger.subscription_events import RecordedSubscriptionEvent
from tracker.ledger.subscription_ledger import SubscriptionLedger
from tracker.ledger.watch_events import RecordedWatchEvent
from tracker.ledger.watch_ledger import WatchLedger
from tracker.views.rows import RevisionRecorded, Row, columns_read
from tracker.views.state import VIEWS, empty_views, make_views, views_fault, views_version
from tracker.views.subscription_writer import SubscriptionWriter
from tracker.views.tables import VERSION
from tracker.views.watch_writer import WatchWriter
from tracker.views.writer import ViewWriter

_BATCH_REVISIONS = 256
_BATCH_ACTS = 1024

Show = Callable[[int, int], None]  # position reached, position of the ledger's head


def ensure_views(database: Database, *, show: Show) -> None:
    """Make or rebuild the views where they are missing or of another version."""
    with database.reading() as transaction:
        if views_version(transaction.connection) == VERSION:
            return
    rebuild(database, show=show)


def rebuild(database: Database, *, show: Show) -> int:
    """Recreate the views from the ledger in one transaction and answer the number of events replayed.

    Readers go on seeing the old views until it commits; writers wait.
    """
    with database.writing() as transaction:
        return make_anew(transaction, show=show)


def make_anew(transaction: Transaction, *, show: Show) -> int:
    """The same inside one transaction of the caller's."""
    if views_fault(transaction.connection) is None:
        empty_views(transaction.connection)
    else:
        make_views(transaction.connection)
    count = replay(transaction, ViewWriter(transaction.connection), show=show)
    count += replay_watching(transaction, WatchWriter(transaction.connection))
    count += replay_subscribing(transaction, SubscriptionWriter(transaction.connection))
    transaction.checkpoints.reset(VIEWS, transaction.events.head().position)
    return count


def replay(transaction: Transaction, writer: ViewWriter, *, show: Show) -> int:
    """Write what all events of trials make of the views, and answer their number."""
    head = transaction.events.head().position
    count = 0
    for batch in _batches(_revisions_recorded(transaction)):
        writer.apply(batch)
        count += sum(len(recorded.events) for recorded in batch)
        show(batch[-1].events[-1].position, head)
    return count


def replay_watching(transaction: Transaction, writer: WatchWriter) -> int:
    """Write what all events of watching make of the views, and answer their number."""
    count = 0
    for batch in watching_read(transaction):
        writer.apply(batch)
        count += len(batch)
    return count


def replay_subscribing(transaction: Transaction, writer: SubscriptionWriter) -> int:
    """Write what all events of subscriptions make of the views, and answer their number."""
    count = 0
    for batch in subscribing_read(transaction):
        writer.apply(batch)
        count += len(batch)
    return count


def revisions_read(transaction: Transaction, *, after: int = 0) -> Iterator[list[RecordedTrialEvent]]:
    """The events behind a position, those of one revision that were recorded together at a time, others alone."""
    for _, group in groupby(Ledger(transaction).read(after=after), key=_written_together):
        yield list(group)


def watching_read(transaction: Transaction) -> Iterator[list[RecordedWatchEvent]]:
    """The events of watching in the order of their positions, some at a time."""
    recorded = WatchLedger(transaction).read()
    while batch := list(islice(recorded, _BATCH_ACTS)):
        yield batch


def subscribing_read(transaction: Transaction) -> Iterator[list[RecordedSubscriptionEvent]]:
    """The events of subscriptions in the order of their positions, some at a time."""
    recorded = SubscriptionLedger(transaction).read()
    while batch := list(islice(recorded, _BATCH_ACTS)):
        yield batch


def _revisions_recorded(transaction: Transaction) -> Iterator[RevisionRecorded]:
    for events in revisions_read(transaction):
        revision = events[0].event.revision
        is_content = not (revision.is_link or events[0].is_beside_revisions)
        facts = _facts(transaction, revision.snapshot) if is_content else None
        yield RevisionRecorded(events=events, facts=facts)


def _facts(transaction: Transaction, snapshot: str) -> Row:
    return columns_read(decode(transaction.snapshots.get(snapshot)))


def _written_together(recorded: RecordedTrialEvent) -> tuple[str, int, int | None, int | None]:
    revision = recorded.event.revision
    alone = recorded.position if recorded.is_beside_revisions else None
    return revision.trial_id, revision.number, revision.predecessor, alone


def _batches(revisions: Iterator[RevisionRecorded]) -> Iterator[list[RevisionRecorded]]:
    while batch := list(islice(revisions, _BATCH_REVISIONS)):
        yield batch
