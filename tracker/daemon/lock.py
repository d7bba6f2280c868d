"""One daemon on a SQLite file: a lock of the system's, which nothing outlives.

It promises that a second daemon is refused while the first one lives, and that none is left behind by kill -9. On
PostgreSQL any number of daemons share one database, and nothing is locked.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from store.unit_of_work import Database
from tracker.daemon.presence import SILENT_AFTER_S
from tracker.domain.errors import Conflict


@contextmanager
def only_daemon(database: Database) -> Iterator[None]:
    """Be the only daemon on a file as long as the block lasts; raises Conflict, which names who is."""
    if database.path is None:
        yield
        return
    lock = FileLock(f"{database.path}.daemon", blocking=False)
    try:
        lock.acquire()
    except Timeout as err:
        raise Conflict(
            f"a daemon runs on {database.path} already{_who(database)}; nothing was done. Stop it first, or let it work"
        ) from err
    try:
        yield
    finally:
        lock.release()


def _who(database: Database) -> str:
    with database.reading() as transaction:
        alive = [one for one in transaction.daemons.list(silent_after_s=SILENT_AFTER_S) if one.alive]
    return f", process {alive[-1].holder.pid}" if alive else ""
