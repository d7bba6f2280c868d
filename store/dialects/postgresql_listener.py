"""A connection to PostgreSQL that listens.

It promises to hear of every transaction that announced itself and committed since it was made, each time at once, and
to notice when it is asked that the connection is gone. It needs a connection to the server itself, as any session of
the store: one that a proxy lends for single transactions cannot listen.
"""

from collections.abc import Callable

import psycopg

from store.dialects.postgresql_connection import ImpatientConnection
from store.errors import StoreError

CHANNEL = "trialog"
_SILENCE_S = 3.0  # no longer than this is waited for an answer that takes no time


class PostgresqlListener:
    """``connection`` is of psycopg, and its own from now on; ``to_store_error`` tells an error in the store's words."""

    def __init__(
        self, connection: ImpatientConnection, *, to_store_error: Callable[[BaseException], StoreError]
    ) -> None:
        self._connection = connection
        self._to_store_error = to_store_error
        self._connection.silence_s = min(self._connection.silence_s, _SILENCE_S)
        try:
            self._connection.autocommit = True  # in a transaction nothing would be handed over
            self._connection.execute(f"LISTEN {CHANNEL}")
        except psycopg.Error as err:
            self.close()
            raise to_store_error(err) from err

    def heard(self, within_s: float, *, pause: Callable[[float], object]) -> bool:
        """Waits on the connection, not with ``pause``. What was announced before this was called is heard at once."""
        try:
            self._connection.execute("SELECT 1")  # the answer comes behind whatever the server has for this connection
            return bool(list(self._connection.notifies(timeout=within_s, stop_after=1)))
        except psycopg.Error as err:
            raise self._to_store_error(err) from err

    def close(self) -> None:
        self._connection.close()
