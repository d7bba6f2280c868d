"""Prunes old deliveries, some hundreds to a transaction, so that nobody waits long; broken off, it is done so far.

Promises that only attempts and contents of deliveries go that were settled before the age: never what still waits,
nor what an address has missed that may yet be mended; never events, snapshots or runs.
"""

from datetime import datetime, timedelta

from store.pruning import Pruned
from store.unit_of_work import Database
from tracker.domain.errors import InvalidInput

_LEAST = timedelta(days=1)


def prune(database: Database, *, older_than: timedelta, now: datetime) -> Pruned:
    """Prune what was settled longer ago, and answer how much that was. Raises InvalidInput for less than a day."""
    before = _before(older_than, now)
    pruned = Pruned()
    while True:
        with database.writing() as transaction:
            some = transaction.outbox.prune(before, now)
        if not some.deliveries:
            return pruned
        pruned += some


def prunable(database: Database, *, older_than: timedelta, now: datetime) -> Pruned:
    """How much ``prune`` would prune now; nothing is changed. Raises InvalidInput for less than a day."""
    with database.reading() as transaction:
        return transaction.outbox.prunable(_before(older_than, now))


def _before(older_than: timedelta, now: datetime) -> datetime:
    if older_than < _LEAST:
        raise InvalidInput("--older-than is less than a day; expected an age such as 180d")
    try:
        return now - older_than
    except OverflowError as err:
        raise InvalidInput(f"--older-than reaches {older_than.days:,} days back, before any date") from err
