"""A follower of the stream of changes, as a program is one."""

import json
import socket
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass(slots=True, kw_only=True)
class Follower:
    """An open stream, read event by event."""

    connection: socket.socket
    head: str = ""
    _rest: bytes = b""
    events: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def open(cls, url: str, query: str = "", *, last_event_id: str | None = None) -> "Follower":
        """Begin to follow."""
        host = urlsplit(url)
        connection = socket.create_connection((host.hostname or "", host.port or 0), timeout=20)
        more = "" if last_event_id is None else f"Last-Event-ID: {last_event_id}\r\n"
        connection.sendall(f"GET /api/v1/changes/stream{query} HTTP/1.1\r\nHost: {host.netloc}\r\n{more}\r\n".encode())
        made = cls(connection=connection)
        while b"\r\n\r\n" not in made._rest:
            made._rest += connection.recv(65_536)
        head, made._rest = made._rest.split(b"\r\n\r\n", 1)
        made.head = head.decode()
        return made

    def position(self) -> int:
        """The position of the next change."""
        while True:
            event = self._next()
            if "id" in event:
                data = json.loads(event["data"])
                assert int(event["id"]) == data["position"]
                return int(event["id"])

    def comment(self) -> str:
        """The next comment."""
        while True:
            event = self._next()
            if "" in event:
                return event[""]

    def ends(self) -> bool:
        """Whether the server closes it."""
        while self.connection.recv(65_536):
            pass
        self.close()
        return True

    def close(self) -> None:
        """Go away."""
        self.connection.close()

    def _next(self) -> dict[str, str]:
        while b"\n\n" not in self._rest:
            got = self.connection.recv(65_536)
            assert got, "the stream has ended"
            self._rest += got
        raw, self._rest = self._rest.split(b"\n\n", 1)
        lines = [line for line in raw.decode().split("\n") if ":" in line]
        return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}
