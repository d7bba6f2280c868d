"""Access over each database, with a clock that the test sets and secrets that differ."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

import pytest

from store.unit_of_work import Database
from tests.contract.store.builders import open_database
from tracker.access.access import Access
from tracker.access.callers import Caller


@dataclass(slots=True, kw_only=True)
class Gate:
    """Who comes in, at a time of the test's own."""

    database: Database
    now: datetime = datetime(2026, 5, 1, 12, tzinfo=UTC)
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def access(self) -> Access:
        """What is tried."""
        return Access(database=self.database, now=lambda: self.now, random_bytes=self.bytes)

    def bytes(self, size: int) -> bytes:
        """So many bytes, others each time."""
        return sha256(f"{next(self.numbers)}".encode()).digest()[:size]

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


def somebody(caller: Caller | None) -> Caller:
    """The caller, where that is somebody."""
    assert caller is not None
    return caller


@pytest.fixture
def gate(database_url: str) -> Iterator[Gate]:
    """A gate of which nobody has a key yet."""
    opened = open_database(database_url)
    yield Gate(database=opened)
    opened.close()
