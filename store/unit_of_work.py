"""The way in: a database, and transactions in which everything of the store happens together.

It promises that a `writing` block commits everything in it or, on any exception, nothing; that a
`reading` block sees one moment; that nothing is written into a database which newer code has changed
meanwhile; and that no error but the store's leaves any of them. It does not retry: a
Transient or a Conflict is the caller's to handle.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine

from store.access_tokens import AccessTokens
from store.addresses import Addresses
from store.alarms import Alarms
from store.announcement import Announcement
from store.consumers import Checkpoints
from store.cursors import Cursors
from store.daemons import Daemons
from store.dialect import Dialect, Listener
from store.digests import Digests
from store.disk import Disk
from store.engine import LOCK_WAIT_S, SILENCE_S, dialect_named, open_engine, working_engine, writing_engine
from store.event_store import EventStore
from store.feed_keys import FeedKeys
from store.held import Held
from store.instants import Clock
from store.integrity import Integrity
from store.jobs import Jobs
from store.leases import Lease, Leases
from store.migrate import Told, Upgrading, migrate, require_revision
from store.outbox import Outbox
from store.quarantine import Quarantine
from store.runs import Runs
from store.sightings import Sightings
from store.snapshots import Snapshots
from store.tellings import Tellings
from store.translation import database_label, translated
from store.verifications import Verifications
from store.web_sessions import SignInLinks, WebSessions

_LONGEST_PAUSE_S = LOCK_WAIT_S * 2 / 3
"""Of the holder of a lease in a transaction: whoever waits for it waits longer, and goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """Everything the store offers, on one connection; `connection` is for tables of the caller's own."""

    connection: Connection
    events: EventStore
    snapshots: Snapshots
    checkpoints: Checkpoints
    quarantine: Quarantine
    sightings: Sightings
    digests: Digests
    runs: Runs
    cursors: Cursors
    held: Held
    leases: Leases
    addresses: Addresses
    outbox: Outbox
    tellings: Tellings
    daemons: Daemons
    jobs: Jobs
    alarms: Alarms
    verifications: Verifications
    integrity: Integrity
    access_tokens: AccessTokens
    web_sessions: WebSessions
    sign_in_links: SignInLinks
    feed_keys: FeedKeys


class Database:
    """An open database. It is not handed to other processes: they open their own by its `url`."""

    def __init__(self, engine: Engine, *, clock: Clock, leases: tuple[Lease, ...] = ()) -> None:
        self._engine = engine
        self._leases = leases
        self._writing_engine = writing_engine(engine, longest_pause_s=_LONGEST_PAUSE_S if leases else None)
        self._working_engine = working_engine(engine)
        self._dialect: Dialect = dialect_named(engine.dialect.name)
        self._clock = clock

    @classmethod
    def open(
        cls,
        url_or_path: str | Path,
        *,
        clock: Clock,
        lock_wait_s: float = LOCK_WAIT_S,
        silence_s: float = SILENCE_S,
        told: Told = lambda _: None,
    ) -> "Database":
        """Open a SQLite file or a PostgreSQL database, made if it is not there.

        A file of an older program is brought up to date, after a copy of which ``told`` hears; a PostgreSQL database
        of one is Outdated. `clock` tells the instant that is stored with everything. A server that says nothing for
        `silence_s`, and works on nothing that it was asked, is gone: Transient. Raises what `open_engine` and
        `migrate` raise.
        """
        engine = open_engine(url_or_path, lock_wait_s=lock_wait_s, silence_s=silence_s)
        return cls._opened(engine, partial(migrate, told=told), clock=clock)

    @classmethod
    def open_present(
        cls,
        url_or_path: str | Path,
        *,
        clock: Clock,
        lock_wait_s: float = LOCK_WAIT_S,
        upgrading: Upgrading = Upgrading.NEVER,
        told: Told = lambda _: None,
    ) -> "Database":
        """Open what is there, and make nothing: NotFound where there is no file, or no ledger in it.

        One of an older program is Outdated, or brought up to date as far as `upgrading` gives leave; otherwise nothing
        in the database changes by being opened.
        """
        engine = open_engine(url_or_path, lock_wait_s=lock_wait_s, makes=False)
        check = partial(migrate, upgrading=upgrading, makes=False, told=told)
        return cls._opened(engine, check, clock=clock)

    @classmethod
    def _opened(cls, engine: Engine, check: Callable[[Engine], None], *, clock: Clock) -> "Database":
        try:
            with translated(database_label(engine.url)):
                check(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, clock=clock)

    @property
    def url(self) -> str:
        """What opens the same database elsewhere; with the password, so not for logs."""
        return self._engine.url.render_as_string(hide_password=False)

    @property
    def dialect_name(self) -> str:
        """'sqlite' or 'postgresql'."""
        return self._dialect.name

    @property
    def path(self) -> Path | None:
        """The file, where it is one."""
        return Path(self._engine.url.database or "") if self.dialect_name == "sqlite" else None

    def under(self, lease: Lease) -> "Database":
        """The same database, of which each write is made under `lease` too, or raises LeaseLost and is not made.

        The connections are shared: closing one closes both.
        """
        return Database(self._engine, clock=self._clock, leases=(*self._leases, lease))

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that sees one moment and can change nothing."""
        with translated(database_label(self._engine.url)), self._engine.connect() as connection:
            yield self._transaction(connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """The only write transaction at its time; commits at the end, rolls back on any exception."""
        with translated(database_label(self._engine.url)), self._writing_engine.begin() as connection:
            require_revision(connection)
            transaction = self._transaction(connection)
            for lease in self._leases:
                transaction.leases.require(lease)
            yield transaction

    @contextmanager
    def working(self) -> Iterator[Transaction]:
        """A transaction that writes beside the one of `writing`, where the database lets several write.

        It is for what leaves the ledger alone: deliveries are claimed and settled in it. Nothing can be appended. On
        PostgreSQL each statement sees what was committed before it.
        """
        with translated(database_label(self._engine.url)), self._working_engine.begin() as connection:
            require_revision(connection)
            yield self._transaction(connection, appends=False)

    def listener(self) -> Listener:
        """Who hears of the transactions that append or enqueue from now on; for `store.waking`."""
        where = database_label(self._engine.url)
        with translated(where):
            connection = self._engine.connect()
            dbapi_connection = connection.connection.dbapi_connection
            connection.detach()
            return self._dialect.listener(dbapi_connection, where=where)

    def scrub(self) -> bool:
        """Leave nothing in the database's log of what was overwritten; False while others still read what was.

        For what must be gone for good, after its transaction. It waits for others as any transaction does.
        """
        with translated(database_label(self._engine.url)):
            connection = self._engine.raw_connection()
            try:
                return self._dialect.scrub(connection.driver_connection)
            finally:
                connection.close()

    def size_bytes(self) -> int:
        """Bytes the database holds on disk, without its log."""
        with self.reading() as transaction:
            return self._dialect.size_bytes(transaction.connection)

    def optimize(self) -> None:
        """Let the database bring the statistics up to date by which it chooses its ways."""
        with self.working() as transaction:
            self._dialect.optimize(transaction.connection)

    def disk(self) -> Disk | None:
        """The disk on which the database lies; None where that is a server's matter."""
        return self._dialect.disk(self._engine.url)

    def close(self) -> None:
        """Close every connection; the database can be opened again."""
        self._engine.dispose()

    def __repr__(self) -> str:
        return f"Database({database_label(self._engine.url)!r})"

    def _transaction(self, connection: Connection, *, appends: bool = True) -> Transaction:
        announcement = Announcement(connection, dialect=self._dialect)
        return Transaction(
            connection=connection,
            events=EventStore(
                connection,
                dialect=self._dialect,
                clock=self._clock,
                announcement=announcement if appends else None,
            ),
            snapshots=Snapshots(connection, dialect=self._dialect),
            checkpoints=Checkpoints(connection, clock=self._clock),
            quarantine=Quarantine(connection, dialect=self._dialect, clock=self._clock),
            sightings=Sightings(connection, clock=self._clock),
            digests=Digests(connection),
            runs=Runs(connection),
            cursors=Cursors(connection, clock=self._clock),
            held=Held(connection, clock=self._clock),
            leases=Leases(connection, dialect=self._dialect),
            addresses=Addresses(connection, dialect=self._dialect),
            outbox=Outbox(connection, dialect=self._dialect, announcement=announcement),
            tellings=Tellings(connection, dialect=self._dialect),
            daemons=Daemons(connection, dialect=self._dialect),
            jobs=Jobs(connection),
            alarms=Alarms(connection),
            verifications=Verifications(connection),
            integrity=Integrity(connection, dialect=self._dialect),
            access_tokens=AccessTokens(connection),
            web_sessions=WebSessions(connection),
            sign_in_links=SignInLinks(connection),
            feed_keys=FeedKeys(connection),
        )
