"""One daemon on a SQLite file: a lock of the system's, which nothing outlives.

It promises that a second daemon is refused while the first one lives, before it has opened or changed anything, by
whatever path to the file it comes; that a file with several names is none to run on; and that no lock is left behind by
kill -9. On PostgreSQL any number of daemons share one database, and nothing is locked.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from store.engine import file_of, open_engine
from store.errors import StoreError
from store.unit_of_work import Database
from tracker.domain.errors import Conflict, Permanent

_EVER_S = 1e9


@contextmanager
def only_daemon(url_or_path: str) -> Iterator[None]:
    """Be the only daemon on a file as long as the block lasts; raises Conflict, which names who is."""
    file = file_of(url_or_path)
    if file is None:
        yield
        return
    file = file.resolve()
    _require_one_name(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{file}.daemon", blocking=False)
        lock.acquire()
    except Timeout as err:
        raise Conflict(
            f"a daemon runs on {file} already{_who(file)}; nothing was done. Stop it first, or let it work"
        ) from err
    except OSError as err:
        raise Permanent(
            f"{file}.daemon cannot be locked ({err.strerror}); check the folder and its permissions"
        ) from err
    try:
        yield
    finally:
        lock.release()


def _require_one_name(file: Path) -> None:
    """Under each name of a file SQLite keeps another log, and a daemon another lock (sqlite.org/howtocorrupt)."""
    with suppress(OSError):  # not there yet, or not to be read, which others say
        names_count = file.stat().st_nlink
        if names_count > 1:
            raise Permanent(
                f"{file} has {names_count} names (hard links), and would be damaged by use under two of them; nothing "
                "was done. Remove the others, or run on a copy: trialog backup"
            )


def _who(file: Path) -> str:
    """The daemon on record whose process has not ended, however long it gave no sign of life."""
    with suppress(StoreError):
        database = Database(open_engine(file, makes=False), clock=lambda: datetime(1970, 1, 1, tzinfo=UTC))
        try:
            with database.reading() as transaction:
                there = [one for one in transaction.daemons.list(silent_after_s=_EVER_S) if one.alive]
        finally:
            database.close()
        return f", process {there[-1].holder.pid}" if there else ""
    return ""
