"""The databases every contract test runs over, a SQLite file and a PostgreSQL database of its own; and a browser.

Only tests of opening and migrating are given nothing (``new_database_url``); the others are given a copy of a ledger
that was made once per test process, which is several times quicker than to migrate again.
"""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab
from tests.contract.web.browser import installed, launched
from tests.copies import copied
from tests.memory import keep_files_in_memory
from tests.postgres import fresh_database, postgres_server
from tests.statements import write_statements_once

keep_files_in_memory()  # before pytest asks where its own folders are to be
write_statements_once()

gc.set_threshold(100_000, 20, 100)  # tests make little garbage of theirs, and much that stays for a while
os.environ.pop("COLUMNS", None)  # xdist hands its own width on to its workers; a test that wants one says so


def pytest_collection_finish() -> None:
    """Look through what thousands of tests are made of this once: it lives as long as the process."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server, started once per test process."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def made_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file in which the store alone has made anything, closed, to be copied."""
    return _make(f"sqlite:///{tmp_path_factory.mktemp('made') / 'ledger.db'}")


@pytest.fixture(scope="session")
def made_postgresql(postgres_url: str) -> Iterator[str]:
    """A PostgreSQL database in which the store alone has made anything, closed, to be copied."""
    with fresh_database(postgres_url) as url:
        yield _make(url)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty ledger in a file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'ledger.db'}"
    Lab.open(url).close()
    return url


@pytest.fixture(scope="session")
def empty_postgresql(postgres_url: str) -> Iterator[str]:
    """An empty ledger on PostgreSQL."""
    with fresh_database(postgres_url) as url:
        Lab.open(url).close()
        yield url


@pytest.fixture
def sqlite_url(empty_sqlite: str, tmp_path: Path) -> Iterator[str]:
    """An empty ledger in a file."""
    with copied(empty_sqlite, tmp_path) as url:
        yield url


@pytest.fixture
def postgresql_url(empty_postgresql: str, tmp_path: Path) -> Iterator[str]:
    """An empty ledger on PostgreSQL."""
    with copied(empty_postgresql, tmp_path) as url:
        yield url


@pytest.fixture(params=("sqlite", "postgresql"))
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty ledger on each kind of database in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def new_sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def new_postgresql_url(postgres_url: str) -> Iterator[str]:
    """A PostgreSQL database in which nothing was made."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture(params=("sqlite", "postgresql"))
def new_database_url(request: pytest.FixtureRequest) -> str:
    """A database of each kind in turn in which nothing was made."""
    url: str = request.getfixturevalue(f"new_{request.param}_url")
    return url


@pytest.fixture(params=("sqlite", "postgresql"))
def dialect(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    name: str = request.param
    return name


@pytest.fixture
def own_url(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[str]:
    """Where an empty ledger is, for this test alone."""
    with copied(request.getfixturevalue(f"empty_{dialect}"), tmp_path) as url:
        yield url


@pytest.fixture
def own_lab(own_url: str) -> Iterator[Lab]:
    """An empty ledger for this test alone."""
    opened = Lab.open(own_url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser, where one is installed."""
    program = installed()
    if program is None:
        pytest.skip("no Chromium is installed, such as Debian's: apt-get install chromium")
    with sync_playwright() as playwright:
        found = launched(playwright, program)
        yield found
        found.close()


def _make(url: str) -> str:
    Database.open(url, clock=lambda: datetime(2026, 5, 1, tzinfo=UTC)).close()
    return url
