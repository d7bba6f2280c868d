"""A ledger without views on each database."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from store.unit_of_work import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open store without any event."""
    opened = Database.open(database_url, clock=lambda: datetime(2026, 6, 1, tzinfo=UTC))
    yield opened
    opened.close()
