"""Ledgers as whole SQLite files: copied page by page while others write, closed for keeping, put where they belong.

It promises that a copy is of one moment, that the work can be interrupted between steps, that a sealed file needs no
other beside it, and that only the store's errors leave. It does not know what is in a file.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection

from store.engine import dialect_named
from store.errors import Permanent

_STEP_PAGES = 2048  # 8 MB: between two steps an interruption is heard
_BESIDE = ("-wal", "-shm", "-journal")


def copy_file(connection: Connection, file: Path, show: Callable[[int, int], None]) -> bool:
    """Make ``file`` what ``connection`` sees in its transaction; False, and nothing done, where that is no SQLite file.

    ``show`` is told pages done and pages in all.
    """
    source = connection.connection.driver_connection
    if not isinstance(source, sqlite3.Connection):
        return False
    # A transaction that has read: else the copy would begin anew whenever somebody writes.
    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    with _errors_told(file), closing(sqlite3.connect(file)) as target:
        target.execute("PRAGMA synchronous=OFF")  # `seal` makes sure of all of it
        source.backup(target, pages=_STEP_PAGES, progress=lambda _, left, total: show(total - left, total), sleep=0)
    return True


def seal(file: Path) -> None:
    """Bring everything into ``file`` itself, for a folder that is read-only, and on the disk."""
    with _errors_told(file):
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        _sync(file)


def put_in_place(made: Path, file: Path) -> None:
    """Let ``made`` be ``file``, at once or not at all, also where the machine stops now."""
    with _errors_told(file):
        made.replace(file)
        if os.name == "posix":  # elsewhere a folder cannot be opened
            _sync(file.parent)


@contextmanager
def partial(file: Path) -> Iterator[Path]:
    """An empty file beside ``file`` to be filled, for its owner alone; gone at the end unless it was put in place."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".partial", dir=file.parent)
    except OSError as err:
        raise Permanent(f"no file can be made in {file.parent} ({err.strerror}); name another folder") from err
    os.close(handle)
    try:
        yield Path(name)
    finally:
        remove(Path(name))


def remove(file: Path) -> None:
    """Remove a file, and what SQLite keeps beside it."""
    for each in (file, *others_beside(file)):
        each.unlink(missing_ok=True)


def others_beside(file: Path) -> list[Path]:
    """The files that SQLite keeps beside one while it is in use, or was left in the middle of a transaction."""
    return [other for end in _BESIDE if (other := file.with_name(file.name + end)).exists()]


@contextmanager
def _errors_told(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as err:
        raise dialect_named("sqlite").store_error(err, where=str(file), connecting_to=None) from err
    except OSError as err:
        raise Permanent(f"{file} cannot be written ({err.strerror or err}); nothing was kept") from err


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
