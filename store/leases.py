"""Leases: who alone may do a named thing now, and for how long.

It promises one holder at a time by the database's clock, a term that rises with every holder and is never used again,
and that a holder who was paused and wakes finds out: ``require``, called in the transaction of each of its writes,
raises once the lease passed to another, so that nothing of it is stored. It does not know what a lease is for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Update, insert, select, update

from store.dialect import Dialect
from store.errors import Conflict, InvalidInput
from store.holders import Holder, is_gone
from store.instants import instant_of, instant_text
from store.tables import LEASES


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease as it is held. ``acquired_at`` and ``expires_at`` are instants of the database's clock."""

    name: str
    term: int
    holder: Holder
    acquired_at: datetime
    expires_at: datetime


class LeaseHeld(Conflict):
    """Somebody else holds the lease: ``lease``."""

    def __init__(self, lease: Lease) -> None:
        super().__init__(lease)  # args rebuild the error when it is unpickled
        self.lease = lease

    def __str__(self) -> str:
        return f"the lease {self.lease.name!r} is held by {_who(self.lease)}; wait until it is given back"


class LeaseLost(Conflict):
    """The lease of ``lost`` has passed to another term, held by ``now``, or by nobody any more."""

    def __init__(self, lost: Lease, now: Lease | None) -> None:
        super().__init__(lost, now)
        self.lost = lost
        self.now = now

    def __str__(self) -> str:
        passed = f"has passed to {_who(self.now)}" if self.now else "has passed to another, who gave it back"
        return f"the lease {self.lost.name!r} of term {self.lost.term} {passed}; nothing more may be written under it"


class Leases:
    """The leases as one transaction sees and changes them."""

    def __init__(self, connection: Connection, *, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect

    def now(self) -> datetime:
        """The instant of the database's clock."""
        return self._dialect.database_now(self._connection)

    def current(self, name: str) -> Lease | None:
        """Who holds ``name``, also if its time is over; None where it was given back, or never taken."""
        row = self._row(name)
        return None if row is None or row["holder"] is None else _lease(row)

    def blocking(self, name: str, holder: Holder, *, gone: Callable[[Holder], bool] = is_gone) -> Lease | None:
        """The lease that keeps ``holder`` from ``name`` now; None where it may have it.

        It may where nobody holds it, where it held it itself, where the time is over, or where who held it is gone.
        """
        held = self.current(name)
        if held is None or held.holder.holder_id == holder.holder_id or held.expires_at <= self.now():
            return None
        return None if gone(held.holder) else held

    def acquire(self, name: str, holder: Holder, *, lasts_s: float, gone: Callable[[Holder], bool] = is_gone) -> Lease:
        """Take ``name`` for so many seconds, under a term of its own; LeaseHeld where somebody else has it."""
        blocking = self.blocking(name, holder, gone=gone)
        if blocking is not None:
            raise LeaseHeld(blocking)
        row, now = self._row(name), self.now()
        lease = Lease(
            name=name,
            term=1 if row is None else row["term"] + 1,
            holder=holder,
            acquired_at=now,
            expires_at=_end(now, lasts_s),
        )
        put = insert(LEASES) if row is None else update(LEASES).where(LEASES.c.name == name)
        self._connection.execute(put.values(**_values(lease)))
        return lease

    def renew(self, lease: Lease, *, lasts_s: float) -> Lease:
        """Hold a lease for so many seconds from now, also after its time if nobody took it; else LeaseLost."""
        ends = _end(self.now(), lasts_s)
        self._change(lease, _held(lease).values(expires_at=instant_text(ends)))
        return Lease(
            name=lease.name,
            term=lease.term,
            holder=lease.holder,
            acquired_at=lease.acquired_at,
            expires_at=ends,
        )

    def require(self, lease: Lease) -> None:
        """LeaseLost, unless the lease is still held under its term; until this transaction ends it then stays so."""
        wanted = select(LEASES.c.term).where(*_same(lease))
        if self._connection.execute(wanted).one_or_none() is None:
            raise LeaseLost(lease, self.current(lease.name))

    def release(self, lease: Lease) -> None:
        """Give a lease back; LeaseLost where it is not held any more."""
        columns = ("holder", "host", "pid", "numbering", "process_started", "acquired_at", "expires_at")
        self._change(lease, _held(lease).values(**dict.fromkeys(columns)))

    def _change(self, lease: Lease, change: Update) -> None:
        if self._connection.execute(change).rowcount == 0:
            raise LeaseLost(lease, self.current(lease.name))

    def _row(self, name: str) -> RowMapping | None:
        return self._connection.execute(select(LEASES).where(LEASES.c.name == name)).mappings().one_or_none()


def _same(lease: Lease) -> tuple[Any, ...]:
    return (
        LEASES.c.name == lease.name,
        LEASES.c.term == lease.term,
        LEASES.c.holder == lease.holder.holder_id,
    )


def _held(lease: Lease) -> Update:
    return update(LEASES).where(*_same(lease))


def _end(now: datetime, lasts_s: float) -> datetime:
    if not lasts_s >= 0:
        raise InvalidInput(f"a lease of {lasts_s} seconds; expected none or more")
    return now + timedelta(seconds=lasts_s)


def _who(lease: Lease) -> str:
    return f"process {lease.holder.pid} on {lease.holder.host} since {lease.acquired_at:%Y-%m-%d %H:%M:%S} UTC"


def _values(lease: Lease) -> dict[str, Any]:
    return {
        "name": lease.name,
        "term": lease.term,
        "holder": lease.holder.holder_id,
        "host": lease.holder.host,
        "pid": lease.holder.pid,
        "numbering": lease.holder.numbering,
        "process_started": lease.holder.process_started,
        "acquired_at": instant_text(lease.acquired_at),
        "expires_at": instant_text(lease.expires_at),
    }


def _lease(row: RowMapping) -> Lease:
    holder = Holder(
        holder_id=row["holder"],
        host=row["host"],
        pid=row["pid"],
        numbering=row["numbering"],
        process_started=row["process_started"],
    )
    return Lease(
        name=row["name"],
        term=row["term"],
        holder=holder,
        acquired_at=instant_of(row["acquired_at"]),
        expires_at=instant_of(row["expires_at"]),
    )
