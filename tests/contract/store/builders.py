"""Small makers of what the store's tests need: a clock that ticks, events, a second opinion on a database."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from store.events import EventData, StreamAppend
from store.unit_of_work import Database

FIRST_INSTANT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


def ticking_clock() -> Callable[[], datetime]:
    """A clock that is a second later each time it is read."""
    seconds = itertools.count()
    return lambda: FIRST_INSTANT + timedelta(seconds=next(seconds))


def open_database(url: str, *, lock_wait_s: float = 30.0) -> Database:
    """The database at `url`, with a ticking clock."""
    return Database.open(url, clock=ticking_clock(), lock_wait_s=lock_wait_s)


def event(event_id: str, /, type: str = "happened", **data: Any) -> EventData:
    """An event of this id."""
    return EventData(type=type, data=data, event_id=event_id)


def to_stream(stream: str, *ids: str, expected: int | None) -> StreamAppend:
    """An append of plain events of these ids."""
    return StreamAppend(stream=stream, events=[event(each) for each in ids], expected_version=expected)
