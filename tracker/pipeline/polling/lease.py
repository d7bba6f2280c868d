"""The lease of polls: one at a time on a ledger, whoever starts it and wherever.

Promises: who polls holds the lease until the poll ends, also while it waits; a second one is told who does, and has
written nothing; where the process that held it has ended, its runs are closed as broken off by whoever comes next; one
that was paused too long and wakes writes nothing more. Other writers need no lease.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

from store.holders import Holder, is_gone
from store.kept_lease import KeptLease
from store.leases import Lease, LeaseHeld, LeaseLost
from store.runs import Run
from store.unit_of_work import Database, Transaction
from tracker.domain.errors import Conflict

LEASE = "poll"
LASTS_S = 60.0
PROCESS_ENDED = "broken off: its process ended"
NO_SIGN_OF_LIFE = "broken off: it gave no sign of life, and another poll took over"

_LOG = structlog.get_logger()


@contextmanager
def polling(
    database: Database, holder: Holder, *, lasts_s: float = LASTS_S, now: Callable[[], datetime]
) -> Iterator[KeptLease]:
    """Hold the lease as long as the block lasts; raises Conflict where another poll is under way, or has taken over."""
    try:
        with KeptLease(database, _acquired(database, holder, lasts_s=lasts_s, now=now), lasts_s=lasts_s) as kept:
            yield kept
    except LeaseHeld as err:
        raise Conflict(
            f"another poll is under way: {_who(err.lease)}; nothing was done. Wait until it has ended"
        ) from err
    except LeaseLost as err:
        other = f"by {_who(err.now)}" if err.now else "by another, which has ended"
        raise Conflict(
            f"this poll was paused too long, and was taken over {other}; it has written nothing since. What came "
            "before is stored, nothing needs mending"
        ) from err


def state_of(transaction: Transaction, run: Run) -> str | None:
    """Of a run without an end, whether it is under way or broken off, in words; None of a finished one."""
    if run.finished_at is not None:
        return None
    lease = transaction.leases.current(LEASE)
    if lease is None or lease.term != run.term or is_gone(lease.holder):
        return PROCESS_ENDED
    if lease.expires_at <= transaction.leases.now():
        return f"no sign of life since {lease.expires_at:%Y-%m-%d %H:%M:%S} UTC: paused or broken off, {_who(lease)}"
    return f"under way: {_who(lease)}"


def _acquired(database: Database, holder: Holder, *, lasts_s: float, now: Callable[[], datetime]) -> Lease:
    with database.reading() as transaction:  # whoever polls may be writing just now: no need to wait for that
        blocking = transaction.leases.blocking(LEASE, holder)
    if blocking is not None:
        raise LeaseHeld(blocking)
    with database.writing() as transaction:
        before = transaction.leases.current(LEASE)
        lease = transaction.leases.acquire(LEASE, holder, lasts_s=lasts_s)
        other = None if before is None or before.holder.holder_id == holder.holder_id else before.holder
        is_paused = other is not None and not is_gone(other)
        broken = transaction.runs.break_off(now(), NO_SIGN_OF_LIFE if is_paused else PROCESS_ENDED)
    if other is not None:
        _LOG.warning("poll_taken_over", host=other.host, pid=other.pid, term=lease.term, runs=broken)
    return lease


def _who(lease: Lease) -> str:
    return f"process {lease.holder.pid} on {lease.holder.host} since {lease.acquired_at:%Y-%m-%d %H:%M:%S} UTC"
