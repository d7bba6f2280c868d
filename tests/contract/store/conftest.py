"""An open, empty store on each database."""

from collections.abc import Iterator

import pytest

from store.unit_of_work import Database
from tests.contract.store.builders import open_database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open store without any event."""
    opened = open_database(database_url)
    yield opened
    opened.close()
