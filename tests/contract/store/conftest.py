"""An open, empty store on each database: a copy of one that nothing but the store has made anything in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.unit_of_work import Database
from tests.contract.store.builders import open_database
from tests.copies import copied


@pytest.fixture
def sqlite_url(made_sqlite: str, tmp_path: Path) -> Iterator[str]:
    """An empty store in a file."""
    with copied(made_sqlite, tmp_path) as url:
        yield url


@pytest.fixture
def postgresql_url(made_postgresql: str, tmp_path: Path) -> Iterator[str]:
    """An empty store on PostgreSQL."""
    with copied(made_postgresql, tmp_path) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open store without any event."""
    opened = open_database(database_url)
    yield opened
    opened.close()
