"""An HTTP endpoint on this machine that misbehaves on command, and keeps what it was sent."""

import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DRIP_EVERY_S = 0.02
CERTIFICATE = Path(__file__).parent / "samples" / "hooks.example.org.pem"  # certificate and key, made for the tests


class Fault(StrEnum):
    """How the connection misbehaves."""

    SILENCE = "silence"  # takes the request and says nothing
    CUT = "cut"  # closes without a word
    CUT_BODY = "cut_body"  # announces more than it sends
    DRIP_HEAD = "drip_head"  # a byte of the status line and headers every now and then
    DRIP_BODY = "drip_body"  # the same with the body, without end
    ENDLESS = "endless"  # a body as fast as it is taken, without end
    GIBBERISH = "gibberish"  # what is not HTTP


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the endpoint does with one request."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it came; headers by small names. ``connection`` tells one connection from another."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int


class Endpoint:
    """Answers ``answers`` in their order, then ``otherwise`` (by default 204) for good."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: deque[Answer] = deque()
        self.otherwise: Callable[[Received], Answer] = lambda received: Answer()
        self.received: list[Received] = []
        self.is_over = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens, without TLS."""
        return f"http://127.0.0.1:{self.port}/hook"

    def answer(self, received: Received) -> Answer:
        """Keep ``received`` and say what comes next."""
        with self._lock:
            self.received.append(received)
            return self.answers.popleft() if self.answers else self.otherwise(received)


@contextmanager
def listening_endpoint(*, certificate: Path | None = None) -> Iterator[Endpoint]:
    """An endpoint on a free port of 127.0.0.1; over TLS with ``certificate``."""
    endpoint = Endpoint()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"endpoint": endpoint}))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    endpoint.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or does not like the certificate, is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_POST(self) -> None:
        received = Received(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length", 0))),
            connection=self.client_address[1],
        )
        answer = self.endpoint.answer(received)
        try:
            self._misbehave(answer) if answer.fault else self._say(self._head(answer, len(answer.body)) + answer.body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _misbehave(self, answer: Answer) -> None:
        self.close_connection = True
        match answer.fault:
            case Fault.SILENCE:
                self.endpoint.is_over.wait(30)
            case Fault.CUT_BODY:
                self._say(self._head(answer, len(answer.body) + 100) + answer.body)
            case Fault.DRIP_HEAD:
                for byte in self._head(answer, 0) + b"X-Pad: " + b"x" * 2000:
                    self._drip(bytes([byte]))
            case Fault.DRIP_BODY:
                self._say(self._head(answer, 1_000_000))
                while self._drip(b"x"):
                    pass
            case Fault.ENDLESS:
                self._say(self._head(answer, 10**12))
                while not self.endpoint.is_over.is_set():
                    self._say(b"x" * 65_536)
            case Fault.GIBBERISH:
                self._say(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")

    def _drip(self, piece: bytes) -> bool:
        if self.endpoint.is_over.wait(DRIP_EVERY_S):
            return False
        self._say(piece)
        return True

    def _head(self, answer: Answer, announced_bytes: int) -> bytes:
        headers = dict(answer.headers)
        if answer.status != 204:
            headers["Content-Length"] = str(announced_bytes)
        lines = [f"HTTP/1.1 {answer.status} Told", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode()

    def _say(self, raw: bytes) -> None:
        self.wfile.write(raw)
