"""A daemon's place among those on its database: on record while it lives, and the poller if nobody else is.

Promises: one of all daemons is the poller, by the lease ``poller`` of the database's clock; one that cannot renew it,
or was paused past its end, is the poller no longer, and what it still writes under it is refused; at the end both are
given back. It never raises: a database that is not there for a while is asked again.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

import structlog

from store.errors import StoreError
from store.holders import Holder, this_process
from store.kept_lease import KeptLease
from store.leases import Lease, LeaseHeld, LeaseLost
from store.unit_of_work import Database

LEASE = "poller"
POLLER, DELIVERER = "poller", "deliverer"
SILENT_AFTER_S = 60.0  # a daemon that gave no sign of life for so long is not called alive

_LOG = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class Presence:
    """One daemon's place. ``lasts_s``: how long it stays the poller without a sign of life."""

    database: Database
    version: str
    lasts_s: Callable[[], float]
    holder: Holder = field(default_factory=this_process)
    _kept: KeptLease | None = None
    _giving_back: ExitStack = field(default_factory=ExitStack)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _has_ended: bool = False
    failure: str | None = None  # why the last sign of life could not be given
    was_poller: bool = False  # when it was last known who is
    other: Holder | None = None  # who is, where that is another

    @property
    def poller_database(self) -> Database | None:
        """The database under the lease of the poller; None where this daemon is not the poller."""
        kept = self._kept
        if kept is None:
            return None
        try:
            kept.require()
        except LeaseLost:
            return None
        return kept.database

    @property
    def roles(self) -> tuple[str, ...]:
        """What this daemon does."""
        return (DELIVERER,) if self.poller_database is None else (POLLER, DELIVERER)

    def look(self) -> None:
        """Give a sign of life, and become the poller where nobody is."""
        with self._lock:
            if self._has_ended:
                return
            try:
                if self.poller_database is None:
                    self._let_go()
                    self._become_poller()
                self._give_sign()
                self.failure = None
            except StoreError as err:
                self.failure = str(err)
                _LOG.warning("presence_not_kept", reason=str(err))

    def end(self) -> None:
        """Give back the lease and leave the record, if the database lets us."""
        with self._lock:
            self._has_ended = True
            self._let_go()
            try:
                with self.database.working() as transaction:
                    transaction.daemons.end(self.holder)
            except StoreError as err:
                _LOG.warning("presence_not_ended", reason=str(err))

    def _become_poller(self) -> None:
        with self.database.reading() as transaction:  # whoever has it may be writing: no need to wait for that
            blocking = transaction.leases.blocking(LEASE, self.holder)
        if blocking is not None:
            self._is_other(blocking)
            return
        try:
            with self.database.writing() as transaction:
                before = transaction.leases.current(LEASE)
                lease = transaction.leases.acquire(LEASE, self.holder, lasts_s=self.lasts_s())
        except LeaseHeld as err:
            self._is_other(err.lease)
            return
        self.was_poller, self.other = True, None
        self._log_change(lease, before)
        self._kept = self._giving_back.enter_context(KeptLease(self.database, lease, lasts_s=self.lasts_s()))

    def _is_other(self, lease: Lease) -> None:
        self.was_poller, self.other = False, lease.holder

    def _log_change(self, lease: Lease, before: Lease | None) -> None:
        if before is None or before.holder.holder_id == self.holder.holder_id:
            _LOG.info("became_poller", term=lease.term)
        else:
            _LOG.warning("took_over_as_poller", term=lease.term, host=before.holder.host, pid=before.holder.pid)

    def _let_go(self) -> None:
        if self._kept is not None:
            if self.poller_database is None and not self._has_ended:
                _LOG.warning("is_poller_no_longer", term=self._kept.lease.term)
            self._kept = None
            self._giving_back.close()

    def _give_sign(self) -> None:
        with self.database.working() as transaction:
            if not transaction.daemons.seen(self.holder, roles=self.roles):
                transaction.daemons.begin(self.holder, version=self.version)
                transaction.daemons.seen(self.holder, roles=self.roles)
