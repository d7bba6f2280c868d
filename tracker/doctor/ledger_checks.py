"""The ledger, tried out: whether it opens and can be written, its schema, and whether writers get their turn.

It promises to change nothing, to wait for others for some seconds at most, and to say so where there is no ledger.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from store.errors import NotFound, StoreError, Transient
from store.footing import Footing
from store.migrate import REVISION
from store.trying import Trial
from store.unit_of_work import Database, Transaction
from tracker.doctor.checks import Verdict
from tracker.domain.errors import Transient as NotTried
from tracker.domain.wording import count

_Answer = TypeVar("_Answer")

WAIT_S = 3.0
LEAST_CONNECTIONS = 5  # of one daemon and a command or two
_NO_LEDGER = "import or track something first, or name another --database"
_KINDS = {"sqlite": "the SQLite file", "postgresql": "the PostgreSQL database"}


class LedgerChecks:
    """The checks of one database, over connections that they share; to be closed.

    ``daemon_silent_s``: how long a daemon without a sign of life counts as alive.
    """

    def __init__(self, database: str, *, now: Callable[[], datetime], daemon_silent_s: float) -> None:
        self._database = database
        self._now = now
        self._daemon_silent_s = daemon_silent_s
        self._trial: Trial | None = None
        self._fault: StoreError | None = None
        self._turned: float | StoreError | None = None

    def database(self) -> Verdict:
        """Whether it opens, and takes a write, which is taken back."""
        try:
            trial = self._opened()
        except NotFound as err:
            return Verdict(ok=False, message=str(err), advice=_NO_LEDGER)
        what = f"{_KINDS[trial.kind]} {trial!r}"
        if trial.revision() is None:
            return Verdict(ok=False, message=f"{what} opens, and there is no ledger in it", advice=_NO_LEDGER)
        try:
            self._turn(trial)
        except Transient:
            return Verdict(ok=True, message=f"{what} opens; whether it can be written, the lock check tells")
        return Verdict(ok=True, message=f"{what} opens and can be written")

    def schema(self) -> Verdict:
        """Whether this program made it."""
        found = self._opened().revision()
        if found is None:
            return Verdict(ok=False, message="there is no ledger, so there is no schema", advice=_NO_LEDGER)
        if found == REVISION:
            return Verdict(ok=True, message=f"the schema is {found}, as this trialog has it")
        said = f"the schema is {found}, and this trialog's is {REVISION}"
        advice = "bring it up to date: trialog migrate" if found < REVISION else "update trialog: a newer one made it"
        return Verdict(ok=False, message=said, advice=advice)

    def lock(self) -> Verdict:
        """Whether a writer gets its turn, and what may keep it from that."""
        trial = self._opened()
        footing = trial.footing()
        held_by = self._at_work(trial)
        said = f" ({held_by})" if held_by else ""
        try:
            waited_s = self._turn(trial)
        except Transient:
            return Verdict(
                ok=False,
                message=f"no writer got its turn within {WAIT_S:g} s{said}",
                advice="an import or a rebuild may be under way: wait for it; a process that was paused holds the lock "
                "until it goes on or is ended",
            )
        fault = unsound(footing)
        if fault is not None:
            return fault
        room = "" if footing.connections_left is None else f"; {_room(footing)}"
        return Verdict(ok=True, message=f"a writer got its turn after {waited_s:.1f} s{room}{said}")

    def database_ahead_s(self) -> float | None:
        """How far the database's clock is ahead of ours; None where it is the same machine's."""
        trial = self._opened()
        if trial.kind == "sqlite":
            return None
        trial.now()  # so that the connection is there
        asked_at = self._now()
        told = trial.now()
        return (told - (asked_at + (self._now() - asked_at) / 2)).total_seconds()

    def mail_addresses(self) -> int | None:
        """To how many addresses mail may have to be sent; None where nobody can tell."""
        return self._asked(lambda transaction: transaction.addresses.active_count("email"))

    def close(self) -> None:
        """Close the connections."""
        if self._trial is not None:
            self._trial.close()

    def _opened(self) -> Trial:
        """The database, once; where it cannot be opened, the first check says why and the others that."""
        if self._fault is not None:
            raise NotTried("not tried, since there is no ledger that can be opened") from self._fault
        if self._trial is None:
            try:
                self._trial = Trial(self._database, wait_s=WAIT_S)
                self._trial.revision()
            except StoreError as err:
                self._fault = err
                raise
        return self._trial

    def _turn(self, trial: Trial) -> float:
        """How long a writer's turn was waited for, tried once for all checks. Raises what ``write`` raised."""
        if self._turned is None:
            try:
                self._turned = trial.write()
            except StoreError as err:
                self._turned = err
        if isinstance(self._turned, StoreError):
            raise self._turned
        return self._turned

    def _at_work(self, trial: Trial) -> str:
        """Who works on it, as far as that is on record."""
        return "" if trial.revision() != REVISION else self._asked(self._workers) or ""

    def _workers(self, transaction: Transaction) -> str:
        daemons = [one for one in transaction.daemons.list(silent_after_s=self._daemon_silent_s) if one.alive]
        said = [f"process {one.holder.pid} on {one.holder.host} is a daemon" for one in daemons]
        poll = transaction.leases.current("poll")
        if poll is not None and poll.expires_at > transaction.leases.now():
            said.append(f"process {poll.holder.pid} on {poll.holder.host} polls")
        return ", ".join(said) or "no daemon is on record"

    def _asked(self, question: Callable[[Transaction], _Answer]) -> _Answer | None:
        try:
            database = Database.open_present(self._database, clock=self._now, lock_wait_s=WAIT_S)
        except StoreError:
            return None
        try:
            with database.reading() as transaction:
                return question(transaction)
        except StoreError:
            return None
        finally:
            database.close()


def unsound(footing: Footing) -> Verdict | None:
    """Why writers of such a database will be kept waiting, or worse; None where they will not."""
    if footing.is_remote:
        return Verdict(
            ok=False,
            message=f"the file lies on a network file system ({footing.file_system}), where SQLite's locks do not hold",
            advice="move it to a local disk, or several hosts to one PostgreSQL: trialog backup, trialog restore",
        )
    if footing.has_write_ahead_log is False:
        return Verdict(
            ok=False,
            message="the file has no write-ahead log, so readers and writers keep each other waiting",
            advice="somebody switched it off; with nothing running: sqlite3 FILE 'PRAGMA journal_mode=WAL'",
        )
    if footing.has_word_search is False:
        return Verdict(
            ok=False,
            message="the SQLite library in use was built without FTS5, so no trial can be recorded or searched for",
            advice="run trialog with a Python whose SQLite has FTS5, as that of every common distribution does",
        )
    if footing.connections_left is not None and footing.connections_left < LEAST_CONNECTIONS:
        return Verdict(
            ok=False,
            message=f"the server is nearly out of connections: {_room(footing)}",
            advice="raise max_connections of the server, or end what holds them",
        )
    return None


def _room(footing: Footing) -> str:
    return f"{count(footing.connections_left or 0, 'connection')} of {footing.connections_most} are left"
