"""A daemon that is started before its database, on a real PostgreSQL that is stopped and started."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.contract.cli.command import COMMAND, environment
from tests.contract.daemon.daemons import QUICK, RunningDaemon, daemon_process, until
from tests.postgres import OwnServer, fresh_database, own_server
from tracker.daemon.service_manager import READY, more_time

NEVER = {f"TRIALOG_SCHEDULE__{job}": "off" for job in ("RELEASE", "CLOCK", "DIGESTS", "DELIVER")}


class Manager:
    """A service manager, and all the signs that it was given."""

    def __init__(self, address: Path) -> None:
        self.address = str(address)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.setblocking(False)
        self._signs: list[str] = []

    def signs(self) -> list[str]:
        """All of them so far."""
        while True:
            try:
                self._signs += self._socket.recv(1024).decode().splitlines()
            except BlockingIOError:
                return self._signs

    def close(self) -> None:
        """No longer there."""
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    """A service manager that starts daemons."""
    made = Manager(tmp_path / "notify")
    yield made
    made.close()


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    """A server that nobody else uses."""
    with own_server() as running:
        yield running


@pytest.fixture
def url(server: OwnServer) -> Iterator[str]:
    """An empty database on it."""
    with fresh_database(server.url) as made:
        yield made


@contextmanager
def stopped(server: OwnServer) -> Iterator[None]:
    """The server is not there at first, and is at the end."""
    server.stop()
    try:
        yield
    finally:
        server.start()


@contextmanager
def starting(url: str, **variables: str) -> Iterator[RunningDaemon]:
    """A daemon that may wait yet."""
    with daemon_process(**NEVER, TRIALOG_DATABASE=url, **variables) as daemon:
        yield daemon


def test_a_server_that_is_not_there_is_waited_for(server: OwnServer, url: str, manager: Manager) -> None:
    """Why it waits is said once; the service manager is told of more time, and READY when it works, not before."""
    with starting(url, NOTIFY_SOCKET=manager.address) as daemon:
        with stopped(server):
            daemon.wait_for("waits_for_database")
            signs_count = len(manager.signs())
            until(lambda: len(manager.signs()) > signs_count + 10, "some attempts")
            assert {more_time(60.0)} == set(manager.signs())
        daemon.wait_for("daemon_started")
        until(lambda: READY in manager.signs(), "READY")
        assert 1 == len(daemon.events("waits_for_database")) == len(daemon.events("database_is_there"))
        assert 0 == daemon.end()


def test_a_signal_ends_the_waiting_at_once(server: OwnServer, url: str, manager: Manager) -> None:
    """Whether nobody is there, or somebody who takes connections and says nothing: with 0, and never READY."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with starting(f"postgresql://ada@127.0.0.1:{port}/a", NOTIFY_SOCKET=manager.address) as daemon:
            connection, _ = silent.accept()
            with connection:
                began_s = time.monotonic()
                assert 0 == daemon.end()
                assert time.monotonic() - began_s < 3
    with stopped(server), starting(url, NOTIFY_SOCKET=manager.address) as daemon:
        daemon.wait_for("waits_for_database")
        began_s = time.monotonic()
        assert 0 == daemon.end(signal.SIGINT)
        assert time.monotonic() - began_s < 3
    assert READY not in manager.signs()


def test_what_does_not_come_by_itself_is_not_waited_for(server: OwnServer, url: str) -> None:
    """A database that nobody made, and a user whom the server does not know, end it with a word of what to do."""
    missing = urlsplit(url)._replace(path="/nowhere").geturl()
    refused = url.replace("postgres:", "nobody:", 1)
    assert refused != url
    for wrong, said in ((missing, "create it, or name another"), (refused, "check user and password")):
        answer = _ended("run", url=wrong)
        assert (1, True) == (answer.returncode, said in answer.stderr), answer.stderr


def test_once_waits_for_nothing(server: OwnServer, url: str) -> None:
    """Whoever runs it by cron runs it again."""
    with stopped(server):
        answer = _ended("run", "--once", url=url)
    assert (1, True) == (answer.returncode, "check that it runs" in answer.stderr), answer.stderr


def _ended(*arguments: str, url: str) -> "subprocess.CompletedProcess[str]":
    here = environment(**QUICK, TRIALOG_DATABASE=url)
    return subprocess.run([*COMMAND, *arguments], env=here, capture_output=True, timeout=60, check=False, text=True)
