"""Serves an application from a thread of this process, until it is told to stop.

It promises that an address which cannot be had is told before anything runs, by the name of the setting; that signals
stay the program's; that its log lines are those of the program; and that ``stop`` ends within the time it is given, and
a second or so: streams are told at once, requests may finish, and what goes on after that is cut.
"""

import asyncio
import logging
import socket
import threading
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI

from tracker.domain.errors import InvalidInput, Permanent
from tracker.web.patience import USUAL, Patience, PatientProtocol

SETTING = "TRIALOG_HTTP__LISTEN"
STOPS_WITHIN_S = 8.0
_STARTS_WITHIN_S = 30.0
_CUT_WITHIN_S = 1.0

_LOG = structlog.get_logger()


class Server:
    """Serves ``app`` at ``listen``, host and port such as ``127.0.0.1:8484``; port 0 takes one that is free.

    ``app.state.stopping`` is an event by which a stream sees that it is to end.
    """

    def __init__(self, app: FastAPI, listen: str, *, patience: Patience = USUAL) -> None:
        self._listen = listen
        self._stopping = threading.Event()
        app.state.stopping = self._stopping
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            http=partial(PatientProtocol, patience=patience),  # type: ignore[arg-type]  # it is only called
            ws="none",
            loop="asyncio",
        )
        self._server = _Uvicorn(config)
        self._thread: threading.Thread | None = None
        self._host, self._port = "", 0

    @property
    def url(self) -> str:
        """Where it is reached, once it was started."""
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{self._port}"

    def start(self) -> None:
        """Serve from now on; raises Permanent where the address cannot be had."""
        _forward_logs()
        listening = _bound(self._listen)
        self._host, self._port = listening.getsockname()[:2]
        run = lambda: self._server.run(sockets=[listening])  # noqa: E731
        self._thread = threading.Thread(target=run, name="http", daemon=True)
        self._thread.start()
        if not self._server.is_serving.wait(_STARTS_WITHIN_S):
            raise Permanent(f"the HTTP server at {self._listen} did not start within {_STARTS_WITHIN_S:.0f} seconds")
        _LOG.info("http_listening", url=self.url)

    def stop(self, within_s: float = STOPS_WITHIN_S) -> None:
        """Take no more, let requests finish for so long, and end; does nothing where it was not started."""
        self._stopping.set()
        if self._thread is None:
            return
        self._server.stop(within_s)
        self._thread.join(within_s + _CUT_WITHIN_S)
        if self._thread.is_alive():
            self._server.force_exit = True
            self._thread.join(_CUT_WITHIN_S)
        self._thread = None


class _Uvicorn(uvicorn.Server):
    """uvicorn, which says when it serves. In a thread of its own it leaves signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_serving = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_serving.set()

    def stop(self, within_s: float) -> None:
        """End, and cut off after so many seconds what goes on."""
        self.config.timeout_graceful_shutdown = within_s  # type: ignore[assignment]  # it is only waited for
        self.should_exit = True


class _Forwarding(logging.Handler):
    """Hands uvicorn's log lines to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if record.levelno <= logging.INFO or isinstance(error, asyncio.CancelledError):  # cut off when it was to end
            _LOG.debug("http_server", said=record.getMessage())
        else:
            getattr(_LOG, record.levelname.lower())("http_server", said=record.getMessage(), exc_info=error)


def _forward_logs() -> None:
    logger = logging.getLogger("uvicorn")
    logger.handlers = [_Forwarding()]
    logger.propagate = False
    logger.setLevel(logging.INFO)


def _bound(listen: str) -> socket.socket:
    """A socket at the address, not yet listening."""
    host, _, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind, protocol)
    except (OSError, ValueError) as err:
        raise InvalidInput(f"{listen} is no address to listen at ({err}); set {SETTING}, or turn it off") from err
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen()
    except OSError as err:
        found.close()
        why = err.strerror or err
        raise Permanent(f"cannot listen at {listen}: {why}; set {SETTING} to another address, or to off") from err
    return found
