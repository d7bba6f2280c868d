"""A connection to a SQLite file that looks whether anything was announced in it.

SQLite calls nobody, so transactions that announce themselves count up a number in the file's header, `user_version`,
which is theirs for good or gone with them. It promises that looking locks the file no longer than it takes, and that a
file that others hold locked is merely looked at again later.
"""

import sqlite3
from collections.abc import Callable

from sqlalchemy import Connection

from store.errors import StoreError, Transient

_ASK = "PRAGMA user_version"
_MOST = 0x7FFFFFFF  # the number has 32 bits and a sign


def count_up(connection: Connection) -> None:
    """Announce a write transaction."""
    count = connection.exec_driver_sql(_ASK).scalar_one()
    connection.exec_driver_sql(f"{_ASK} = {(count + 1) & _MOST}")


class SqliteListener:
    """``connection`` is of the driver, and its own from now on; ``to_store_error`` tells an error as the store's."""

    def __init__(
        self, connection: sqlite3.Connection, *, to_store_error: Callable[[BaseException], StoreError]
    ) -> None:
        self._connection = connection
        self._to_store_error = to_store_error
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._count: int | None = None
        self._is_changed()

    def heard(self, within_s: float, *, pause: Callable[[float], object]) -> bool:
        """Looks once, and pauses where there is nothing."""
        if self._is_changed():
            return True
        pause(within_s)
        return False

    def close(self) -> None:
        self._connection.close()

    def _is_changed(self) -> bool:
        """Whether the number is another than last time."""
        before, self._count = self._count, self._counted()
        return before != self._count

    def _counted(self) -> int | None:
        """The number now, or as it was known last where the file is locked; nothing is left open by asking."""
        try:
            ((count,),) = self._connection.execute(_ASK).fetchall()
        except sqlite3.Error as err:
            error = self._to_store_error(err)
            if isinstance(error, Transient):
                return self._count
            raise error from err
        return int(count)
