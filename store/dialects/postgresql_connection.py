"""A connection to PostgreSQL that notices when its server is gone without a word.

TCP itself notices a host that is cut off (`store.dialects.postgresql` says how soon), but not a proxy on the way that
takes what is sent and passes nothing on: there the driver would wait for ever. This promises that a statement which
nobody works on any more fails, as one whose connection was lost, after `silence_s` and at most as long again (and a few
seconds where that is very short); and that one which the server works on, or makes wait, may take as long as it takes:
before giving up, the server is asked over another connection. That it takes no more connections counts as work. It does
not know what is asked.
"""

import selectors
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

_UNDER_WAY_S = 1.0  # which an answer may be, that the server has sent
_CONNECT_S = 2  # the least that the driver takes for a limit
_SESSION = "SELECT pid, backend_start FROM pg_stat_get_activity(pg_backend_pid())"
_ASK = """
    WITH session AS (
        SELECT pid, coalesce(state, '') LIKE 'idle%%' AS is_idle FROM pg_stat_activity
         WHERE pid = %s AND backend_start = %s
    )
    SELECT is_idle, CASE WHEN is_idle THEN pg_terminate_backend(pid) END FROM session
"""

T = TypeVar("T")


class ImpatientConnection(psycopg.Connection[Any]):
    """A connection on which a server that says nothing for ``silence_s`` is gone."""

    silence_s: float

    def wait(self, gen: PQGen[T], *args: Any, **named: Any) -> T:
        """As the driver, which calls this for every exchange, and hears of each moment in which nothing came."""
        return super().wait(self._watched(gen), *args, **named)

    def is_served(self) -> bool:
        """Whether the server may yet answer."""
        return False

    def _watched(self, exchange: PQGen[T]) -> PQGen[T]:
        heard_at_s = time.monotonic()
        try:
            wanted = next(exchange)
            while True:
                ready = yield wanted
                if ready or self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                    heard_at_s = time.monotonic()
                elif time.monotonic() - heard_at_s >= self.silence_s:
                    self._require_server()
                    heard_at_s = time.monotonic()
                wanted = exchange.send(ready)
        except StopIteration as end:
            result: T = end.value
            return result

    def _require_server(self) -> None:
        if not self.is_served() and not self._has_answer():
            self.close()
            raise psycopg.OperationalError(f"the server has not answered for {self.silence_s:g} s; the network is cut")

    def _has_answer(self) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno(), selectors.EVENT_READ)
            return bool(selector.select(_UNDER_WAY_S))


class WatchedConnection(ImpatientConnection):
    """A connection that asks elsewhere, with ``connect_elsewhere``, what the server does before it gives up."""

    connect_elsewhere: Callable[[], psycopg.Connection[Any]]
    server_session: tuple[int, datetime] | None = None
    """The number of the server's process, and when it began; None until it told that."""

    def is_served(self) -> bool:
        """Whether the server, asked over another connection, still works on what it was asked over this one.

        If it does not, it is told to end the session, and with it a transaction whose locks others wait for.
        """
        if self.server_session is None:
            return False
        try:
            with self.connect_elsewhere() as other:
                return any(not is_idle for is_idle, _ in other.execute(_ASK, self.server_session))
        except psycopg.Error as err:
            return "FATAL:" in str(err)  # it answers, though it takes no more connections


def connect_watched(args: Sequence[Any], named: dict[str, Any], *, silence_s: float) -> WatchedConnection:
    """A connection to where ``args`` and ``named`` (the driver's) lead."""
    named = {"connect_timeout": _limit_s(silence_s)} | named
    half_s = silence_s / 2

    def connect_elsewhere() -> ImpatientConnection:
        other = ImpatientConnection.connect(*args, **named | {"connect_timeout": _limit_s(half_s)})
        other.silence_s = half_s
        return other

    connection = WatchedConnection.connect(*args, **named)
    connection.silence_s = silence_s
    connection.connect_elsewhere = connect_elsewhere
    try:
        connection.server_session = connection.execute(_SESSION).fetchone()
        connection.rollback()
    except psycopg.Error:
        connection.close()
        raise
    return connection


def _limit_s(wanted_s: float) -> int:
    return max(_CONNECT_S, round(wanted_s))
