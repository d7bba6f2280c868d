"""Instants as the store writes them: UTC, 27 characters, microseconds, sorted as text.

It promises that text order is time order and that nothing naive is ever stored. It does not know the
time: a clock is handed in.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from store.errors import InvalidInput

Clock = Callable[[], datetime]
"""Tells the present as an aware datetime."""


def instant_text(instant: datetime) -> str:
    """'2026-05-01T09:30:00.000000Z' of an aware datetime in any zone; InvalidInput when it is naive."""
    if instant.utcoffset() is None:
        raise InvalidInput(f"the datetime {instant.isoformat()} has no zone; hand in an aware one")
    utc = instant.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"


def instant_of(text: str) -> datetime:
    """The aware UTC datetime of what `instant_text` wrote."""
    return datetime.fromisoformat(text)
