"""A TCP proxy on loopback, for tests of what a network does: it stops passing on, without a word, goes on, or hangs up.

While it is cut it still takes connections and bytes, as a proxy or a router does whose other side is gone, so neither
end can tell; what it took meanwhile is passed on when it goes on. It does not know what is said.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

_PIECE_BYTES = 65_536


class Proxy:
    """Passes on between its own port and ``target``: a host and a port, or the path of a Unix socket."""

    def __init__(self, target: tuple[str, int] | str) -> None:
        self._target = target
        self._flow = _flowing()
        self._forgotten: list[threading.Event] = []
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._begin(self._accept)

    def cut(self) -> None:
        """Pass nothing on any more, in either direction, also of connections yet to come."""
        self._flow.clear()

    def forget(self) -> None:
        """Pass nothing on any more of the connections there are; those to come work."""
        self._flow.clear()
        self._forgotten.append(self._flow)
        self._flow = _flowing()

    def go_on(self) -> None:
        """Pass on again, first what was taken meanwhile."""
        for flow in (*self._forgotten, self._flow):
            flow.set()

    def drop(self) -> None:
        """Hang up on both sides of every connection there is."""
        with self._lock:  # none of them is closed meanwhile
            for end in self._ends:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take no more connections, and drop those there are."""
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._door.close()
        self.drop()
        self.go_on()
        for thread in self._threads:
            thread.join()

    def _begin(self, act: Callable[..., None], *args: socket.socket) -> None:
        thread = threading.Thread(target=act, args=args, name="proxy", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _ = self._door.accept()
                try:
                    far = self._connect()
                except OSError:  # nobody is there just now
                    near.close()
                    continue
                with self._lock:
                    self._ends += [near, far]
                self._begin(self._serve, near, far)

    def _serve(self, near: socket.socket, far: socket.socket) -> None:
        flow = self._flow
        with near, far:
            back = threading.Thread(target=_pass_on, args=(far, near, flow), name="proxy", daemon=True)
            back.start()
            _pass_on(near, far, flow)
            back.join()
            with self._lock:
                self._ends = [end for end in self._ends if end not in (near, far)]

    def _connect(self) -> socket.socket:
        if isinstance(self._target, tuple):
            return socket.create_connection(self._target)
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(self._target)
        except OSError:
            far.close()
            raise
        return far


def _flowing() -> threading.Event:
    flow = threading.Event()
    flow.set()
    return flow


def _pass_on(source: socket.socket, sink: socket.socket, flow: threading.Event) -> None:
    with contextlib.suppress(OSError):  # the other direction ended both
        while piece := source.recv(_PIECE_BYTES):
            flow.wait()
            sink.sendall(piece)
    flow.wait()
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def through_proxy(url: str) -> Iterator[tuple[str, Proxy]]:
    """The URL of the PostgreSQL database at ``url`` by way of a proxy, and the proxy."""
    parts = urlsplit(url)
    folder = parse_qs(parts.query).get("host", [""])[0]
    port = parts.port or 5432
    proxy = Proxy(f"{folder}/.s.PGSQL.{port}" if folder.startswith("/") else (parts.hostname or "localhost", port))
    account = parts.netloc.rpartition("@")[0]
    try:
        yield parts._replace(netloc=f"{account}@127.0.0.1:{proxy.port}", query="").geturl(), proxy
    finally:
        proxy.close()
