"""Trying a database out, whatever state it is in: whether it opens, what made it, whether a writer gets its turn.

It promises that nothing in the database is changed, and that nobody is kept waiting for longer than one statement. It
needs no schema of this program's, and finds out which there is.
"""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import text

from store.engine import dialect_named, open_engine, writing_engine
from store.footing import Footing
from store.migrate import current_revision
from store.translation import database_label, translated

_TOUCH = "UPDATE alembic_version SET version_num = version_num"  # the one table that every schema has


class Trial:
    """A database that is being tried; to be closed. Every method raises the store's errors."""

    def __init__(self, url_or_path: str | Path, *, wait_s: float) -> None:
        """Open what is there, and make nothing. ``wait_s``: how long each trial waits for somebody else at most."""
        self._engine = open_engine(url_or_path, lock_wait_s=wait_s, makes=False)
        self._dialect = dialect_named(self._engine.dialect.name)

    @property
    def kind(self) -> str:
        """'sqlite' or 'postgresql'."""
        return self._dialect.name

    def __repr__(self) -> str:
        return database_label(self._engine.url)

    def revision(self) -> str | None:
        """What its schema is; None where nothing was ever made in it."""
        with translated(repr(self)), self._engine.begin() as connection:
            return current_revision(connection)

    def footing(self) -> Footing:
        """What limits writers."""
        with translated(repr(self)), self._engine.begin() as connection:
            return self._dialect.footing(connection)

    def now(self) -> datetime:
        """The instant of the database's own clock, aware, UTC."""
        with translated(repr(self)), self._engine.begin() as connection:
            return self._dialect.database_now(connection)

    def write(self, *, monotonic: Callable[[], float] = time.monotonic) -> float:
        """Take a writer's turn, change a row, take it back: how many seconds the turn was waited for."""
        with translated(repr(self)), writing_engine(self._engine).connect() as connection:
            asked_at = monotonic()
            connection.begin()
            try:
                waited_s = monotonic() - asked_at
                if current_revision(connection) is not None:
                    connection.execute(text(_TOUCH))
            finally:
                connection.rollback()
        return waited_s

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
