"""How long the server waits for a client: to send a request, and to take an answer.

It promises that a connection on which neither comes to an end is cut, however little of it trickles in, so that nobody
holds a place for nothing; that time which the application takes does not count; and that what is no HTTP is refused in
the words of all other refusals. Streams and idle connections have limits of their own.
"""

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from tracker.web.guards.headers import HEADERS
from tracker.web.problems import Problem, as_json

if sys.platform != "win32":
    import fcntl
    import termios


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """``request_s``: from the first moment of a connection, or the first byte of a later request, to the last byte of
    the request's body; ``unread_s``: for how long a client may take nothing of an answer.
    """

    request_s: float = 30.0
    unread_s: float = 60.0


USUAL = Patience()


class PatientProtocol(H11Protocol):
    """uvicorn's, with limits."""

    def __init__(self, *, patience: Patience, **others: Any) -> None:
        super().__init__(**others)
        self._patience = patience
        self._asking: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._asking, self._taking = _ended(self._asking), _ended(self._taking)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._asking = _ended(self._asking)
        elif self._asking is None:
            self._await_request()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._await_reader()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_reader()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            told = as_json(Problem(400, "this is no request of HTTP/1.1"))
            more = {**HEADERS, "connection": "close"}
            headers = [*told.raw_headers, *((name.encode(), value.encode()) for name, value in more.items())]
            whole = (
                h11.Response(status_code=400, headers=headers),
                h11.Data(data=bytes(told.body)),
                h11.EndOfMessage(),
            )
            self.transport.writelines(self.conn.send(event) or b"" for event in whole)
        cycle: Any = self.cycle  # None before the first
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True  # whoever waits for the rest of the body is told so
            cycle.message_event.set()
        self.transport.close()

    def _await_request(self) -> None:
        self._asking = self.loop.call_later(self._patience.request_s, self._no_request)

    def _no_request(self) -> None:
        if self.flow.read_paused:  # it is the application that does not read on
            self._await_request()
        else:
            self.transport.abort()

    def _await_reader(self) -> None:
        """Look again after some time whether less is left; whatever is said from now on begins that time anew."""
        self._taking = _ended(self._taking)
        if self.transport.get_write_buffer_size():
            self._taking = self.loop.call_later(self._patience.unread_s, self._look_at_reader, self._left_bytes())

    def _look_at_reader(self, before_bytes: int) -> None:
        if self.transport.get_write_buffer_size() and self._left_bytes() >= before_bytes:
            self.transport.abort()
        else:
            self._await_reader()

    def _left_bytes(self) -> int:
        """What the client has yet to take."""
        held_bytes = _held_bytes(self.transport.get_extra_info("socket").fileno())
        return self.transport.get_write_buffer_size() + held_bytes


def _held_bytes(socket_number: int) -> int:
    """What the system holds for a client, who may take it by little and little while the system takes more from here
    by the megabyte only; 0 where a system does not tell.
    """
    held = bytearray(4)
    if sys.platform != "win32":
        with suppress(OSError):
            fcntl.ioctl(socket_number, termios.TIOCOUTQ, held)
    return int.from_bytes(held, sys.byteorder)


def _ended(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """No timer, with the one that there was cancelled."""
    if timer is not None:
        timer.cancel()
    return None
