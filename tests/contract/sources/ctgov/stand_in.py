"""A small HTTP server in the place of the registry: it answers what a test laid ready, and keeps what it was asked."""

import gzip
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer. ``announced_bytes``: a Content-Length that may lie; ``fault``: how the connection misbehaves.

    ``drop`` closes it without a word, ``silence`` says nothing until the test is over, ``drip`` sends a byte every
    now and then for as long.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    announced_bytes: int | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came."""

    path: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    target: str
    connection: int


class StandIn:
    """The server at ``site``: answers ``replies`` in their order, then whatever ``otherwise`` says."""

    def __init__(self) -> None:
        self.site = ""
        self.replies: deque[Reply] = deque()
        self.otherwise: Callable[[Asked], Reply] = lambda asked: text(500, f"nothing laid ready for {asked.target}")
        self.asked: list[Asked] = []
        self.most_in_flight = 0
        self.is_over = threading.Event()
        self._in_flight = 0
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Reply:
        """The next reply."""
        with self._lock:
            self.asked.append(asked)
            return self.replies.popleft() if self.replies else self.otherwise(asked)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """One request more in flight."""
        with self._lock:
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [asked.path for asked in self.asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand_in: StandIn

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = Asked(
            path=unquote(parts.path),
            parameters=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            target=self.path,
            connection=self.client_address[1],
        )
        with self.stand_in.counted():
            self._send(self.stand_in.answer(asked))

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _send(self, reply: Reply) -> None:
        if reply.fault in ("drop", "silence"):
            if reply.fault == "silence":
                self.stand_in.is_over.wait(30)
            self.close_connection = True
            return
        announced = len(reply.body) if reply.announced_bytes is None else reply.announced_bytes
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(announced)}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            while reply.fault == "drip" and not self.stand_in.is_over.wait(0.02):
                self.wfile.write(b" ")
            self.wfile.write(reply.body)
        except OSError:
            self.close_connection = True
        if reply.announced_bytes is not None:
            self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """A stand-in that listens on a free port of this machine."""
    stand_in = StandIn()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"stand_in": stand_in}))
    stand_in.site = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        stand_in.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def json(value: Any, *, packed: bool = False) -> Reply:
    """A JSON answer, packed as the registry does or not."""
    body = orjson.dumps(value)
    if packed:
        return Reply(body=gzip.compress(body), headers={"Content-Type": JSON, "Content-Encoding": "gzip"})
    return Reply(body=body, headers={"Content-Type": JSON})


def text(status: int, said: str, **headers: str) -> Reply:
    """A plain answer, as the registry's errors are; ``Retry_After`` is the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, body=said.encode(), headers={"Content-Type": "text/plain; charset=UTF-8", **named})


def html(status: int = 200) -> Reply:
    """A page of HTML, as something before the registry gives."""
    return Reply(status=status, body=b"<html>Down for maintenance</html>", headers={"Content-Type": "text/html"})
