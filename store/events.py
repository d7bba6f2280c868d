"""The values of the ledger: an event before it is recorded, and after.

It promises that a name the database could not hold (NUL, lone surrogates, overlong) is refused before
anything is written. It does not know the database, nor what an event means.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from store.errors import InvalidInput

NO_STREAM = -1
"""Expected version of a stream that must not exist yet; versions count from 0."""

ANY = None
"""Expected version of a writer who does not mind who else writes."""

NAME_CHARACTERS = 500  # both databases index names; PostgreSQL's index rows end at 2,704 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EventData:
    """What a caller wants recorded: `event_id` is the caller's, and recording it twice records it once."""

    type: str
    data: dict[str, Any]
    event_id: str
    schema_version: int = 1
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """What was recorded: `position` from 1 over all streams, `stream_version` from 0 in its own."""

    position: int
    stream: str
    stream_version: int
    event_id: str
    type: str
    schema_version: int
    data: dict[str, Any]
    metadata: dict[str, Any]
    recorded_at: datetime
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamAppend:
    """Events for the end of one stream, whose last version the writer believes to be `expected_version`."""

    stream: str
    events: Sequence[EventData]
    expected_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The ledger's last position, its hash, and how many events there are; (0, GENESIS, 0) when empty."""

    position: int
    hash: str
    count: int


def check_name(what: str, name: str) -> None:
    """Raise InvalidInput for a name that not every database can hold and compare."""
    if not 0 < len(name) <= NAME_CHARACTERS:
        raise InvalidInput(f"{what} {name[:80]!r} must be text of 1 to {NAME_CHARACTERS} characters")
    if not name.isascii():
        _check_encodable(what, name)
    if "\0" in name:
        raise InvalidInput(f"{what} {name!r} has a NUL character; leave it out")


def _check_encodable(what: str, name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError as err:
        raise InvalidInput(f"{what} {name!r} has a lone surrogate; it must be valid Unicode") from err
