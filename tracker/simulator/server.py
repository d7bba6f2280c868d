"""The simulated registry as an HTTP server on this machine: HTTP/1.1, kept connections, gzip, a log, faults.

It promises to be on loopback only, to answer GET alone, and to write down every request with how many were in
flight when it came. What is answered is the answerer's matter, what goes wrong that of the faults. Whoever asks for the
time (``/clock``) asks no registry: that is neither written down nor counted, and nothing goes wrong with it.
"""

import gzip
import itertools
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tracker.simulator.answers import CLOCK_PATH, Answer, Answerer
from tracker.simulator.faults import Fault, Faults, Plan

HOST = "127.0.0.1"
_GZIP_LEAST_BYTES = 500
_FAST = 1
_LOOK_S = 0.01  # how often it is looked whether the server is to stop
_DRIPS = 20  # pieces of a slow answer
_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came. ``in_flight`` counts it; ``at_s`` is on a clock that only runs forward."""

    number: int
    path: str
    params: tuple[tuple[str, str], ...]
    at_s: float
    in_flight: int
    user_agent: str
    status: int
    fault: Fault | None
    sent_bytes: int


class SimulatedRegistry:
    """A running registry; a context manager that stops it. ``port`` 0 takes a free one."""

    def __init__(self, answerer: Answerer, *, port: int = 0, pause: Callable[[float], None] = time.sleep) -> None:
        self.faults = Faults()
        self.requests: list[Request] = []
        self.pause = pause
        self._answerer = answerer
        self._lock = threading.Lock()
        self._in_flight = 0
        self._numbers = itertools.count(1)
        self._after: list[tuple[int, Callable[[], object]]] = []
        handler = type("Handler", (_Handler,), {"registry": self})
        self._server = _Server((HOST, port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_LOOK_S,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The registry's site; ``/api/v2`` and ``/api/int`` lie under it."""
        return f"http://{HOST}:{self._server.server_port}"

    @property
    def most_in_flight(self) -> int:
        """The most requests that were ever under way at once."""
        return max((request.in_flight for request in self.requests), default=0)

    def after_requests(self, count: int, action: Callable[[], object]) -> None:
        """Do ``action`` once ``count`` more requests have been worked out, before the last of them is sent."""
        with self._lock:
            self._after.append((count, action))

    def stop(self) -> None:
        """Stop serving and end the connections."""
        self._server.shutdown()
        self._server.end_connections()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @contextmanager
    def counting(self) -> Iterator[tuple[int, int]]:
        """A request's number, and how many are in flight with it, for as long as it lasts."""
        with self._lock:
            self._in_flight += 1
            told = next(self._numbers), self._in_flight
        try:
            yield told
        finally:
            with self._lock:
                self._in_flight -= 1

    def answer(self, path: str, params: list[tuple[str, str]]) -> tuple[Answer, Plan | None]:
        """What is sent, and what goes wrong with it."""
        answer = self._answerer.answer(path, params)
        plan = self.faults.plan_for(path, answer)
        if plan is not None:
            answer = self.faults.spoil(answer, plan)
        for action in self._due_actions():
            action()
        return answer, plan

    def time_told(self, params: list[tuple[str, str]]) -> Answer:
        """What is sent to who asks for the time."""
        return self._answerer.answer(CLOCK_PATH, params)

    def _due_actions(self) -> list[Callable[[], object]]:
        with self._lock:
            self._after = [(count - 1, action) for count, action in self._after]
            due = [action for count, action in self._after if count <= 0]
            self._after = [(count, action) for count, action in self._after if count > 0]
        return due


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """End what clients keep open."""
        for connection in tuple(self._open):
            with suppress(OSError):  # its client has gone
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a fault of ours and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    registry: SimulatedRegistry

    def do_GET(self) -> None:
        """Answer, and write down that it was asked.

        A request is in flight until its last byte, which is sent apart, or until its connection is ended: a client
        that waits for one answer before it asks again never has two.
        """
        at_s = time.monotonic()
        split = urlsplit(self.path)
        params = parse_qsl(split.query, keep_blank_values=True)
        if split.path == CLOCK_PATH:
            self.wfile.write(self._message(self.registry.time_told(params)))
            return
        with self.registry.counting() as (number, in_flight):
            answer, plan = self.registry.answer(split.path, params)
            message = self._message(answer)
            self.registry.requests.append(
                Request(
                    number=number,
                    path=split.path,
                    params=tuple(params),
                    at_s=at_s,
                    in_flight=in_flight,
                    user_agent=self.headers.get("User-Agent", ""),
                    status=int(message[9:12]),
                    fault=plan.fault if plan else None,
                    sent_bytes=len(message),
                )
            )
            rest = self._send_nearly_all(message, plan)
        if rest is None:
            self.close_connection = True
        else:
            self.wfile.write(rest)

    def _send_nearly_all(self, message: bytes, plan: Plan | None) -> bytes | None:
        """Send all but the last byte, which is returned; None where the connection is to end before it."""
        match plan.fault if plan else None:
            case Fault.DROPPED:
                return None
            case Fault.CUT:
                self.wfile.write(message[: (message.index(_END_OF_HEAD) + len(message)) // 2])
                return None
            case Fault.SLOW:
                assert plan is not None
                step = max(len(message) // _DRIPS, 1)
                for at in range(0, len(message) - 1, step):
                    self.wfile.write(message[at : min(at + step, len(message) - 1)])
                    self.registry.pause(plan.pause_s)
            case _:
                self.wfile.write(message[:-1])
        return message[-1:]

    def _message(self, answer: Answer) -> bytes:
        """Head and body as they go over the wire."""
        body, status = answer.sent(), answer.status
        headers = [("Content-Type", answer.content_type), *answer.headers]
        etag = dict(answer.headers).get("ETag")
        if etag is not None and self.headers.get("If-None-Match") == etag:
            body, status = b"", 304
        elif len(body) >= _GZIP_LEAST_BYTES and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, _FAST, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Date: {formatdate(usegmt=True)}"]
        head += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join(head).encode("latin-1") + _END_OF_HEAD + body

    def log_message(self, format: str, *args: object) -> None:
        """The requests are kept in the log instead."""
