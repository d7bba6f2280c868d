"""Connections for httpcore2 that lead where the guard allows, and end at an instant.

Promises two things that the library alone does not. A host is resolved once, by the guard, and the address connected
to is the one that was checked, while TLS still checks the certificate against the host's name. And the ``timeout`` of
every operation is a *deadline* on the monotonic clock, not seconds: the library hands a request's time-outs on to
each read and write as they are, so a whole attempt ends at one instant however slowly its bytes drip.
"""

import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore2

from notifiers.errors import Unresolved
from notifiers.guard import Guard

Monotonic = Callable[[], float]


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections to checked addresses; ``is_plain``: inside the allowed networks only."""

    def __init__(self, guard: Guard, *, is_plain: bool, monotonic: Monotonic) -> None:
        self._guard = guard
        self._is_plain = is_plain
        self._monotonic = monotonic
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address that answers; each has its share of the time left."""
        left_s = _left_s(timeout, self._monotonic)
        try:
            addresses = self._guard.open_addresses(host, timeout_s=left_s, is_plain=self._is_plain)
        except Unresolved as err:
            raise httpcore2.ConnectError(str(err)) from err
        for to_come in range(len(addresses), 0, -1):
            share_s = _left_s(timeout, self._monotonic) / to_come
            try:
                stream = self._sockets.connect_tcp(str(addresses[-to_come]), port, timeout=share_s)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if to_come == 1:
                    raise
            else:
                return DeadlineStream(stream, self._monotonic)
        raise httpcore2.ConnectError("the host resolves to nothing")


class DeadlineStream(httpcore2.NetworkStream):
    """A stream whose time-outs are deadlines."""

    def __init__(self, stream: httpcore2.NetworkStream, monotonic: Monotonic) -> None:
        self._stream = stream
        self._monotonic = monotonic

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_left_s(timeout, self._monotonic))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=_left_s(timeout, self._monotonic))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left_s = _left_s(timeout, self._monotonic)
        return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left_s), self._monotonic)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def connection_pool(
    guard: Guard, *, is_plain: bool, tls: ssl.SSLContext, monotonic: Monotonic
) -> httpcore2.ConnectionPool:
    """A pool that keeps connections for less time than servers commonly do, so that none is found closed."""
    return httpcore2.ConnectionPool(
        ssl_context=tls,
        max_connections=None,
        max_keepalive_connections=32,
        keepalive_expiry=3.0,
        network_backend=GuardedBackend(guard, is_plain=is_plain, monotonic=monotonic),
    )


def _left_s(deadline: float | None, monotonic: Monotonic) -> float:
    if deadline is None:
        raise ValueError("an operation without a deadline")
    left_s = deadline - monotonic()
    if left_s <= 0:
        raise httpcore2.ReadTimeout("the time of the attempt is over")
    return left_s
