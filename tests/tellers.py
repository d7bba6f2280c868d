"""Servers on this machine that tell the time, and misbehave on command."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Teller:
    """Tells ``says``. ``hangs_up``: ends each connection after an answer, without having said so.

    ``asked`` holds path and query of each question, ``connections`` the client's port of each.
    """

    says: bytes
    status: int = 200
    hangs_up: bool = False
    is_silent: bool = False
    version: str = "HTTP/1.1"
    port: int = 0
    asked: list[str] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.port}/clock"


@contextmanager
def telling(says: str) -> Iterator[Teller]:
    """A teller on a free port of 127.0.0.1."""
    teller = Teller(says=says.encode())
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"teller": teller}))
    teller.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield teller
    finally:
        teller.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    teller: Teller

    def do_GET(self) -> None:
        self.teller.asked.append(self.path)
        self.teller.connections.append(self.client_address[1])
        if self.teller.is_silent:
            self.teller.is_over.wait(30)
        body = self.teller.says
        head = f"{self.teller.version} {self.teller.status} Told\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)
        if self.teller.hangs_up or self.teller.version == "HTTP/1.0":
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass
