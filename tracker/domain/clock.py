"""The clock as a port, so that every rule about time can be tried at any instant."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Law: the answer is aware and in UTC."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)


def require_aware(instant: datetime, *, what: str) -> datetime:
    """``instant`` in UTC; a naive one is refused, since nobody can know which zone it meant."""
    if instant.tzinfo is None:
        raise ValueError(f"{what} must carry a time zone, got the naive {instant.isoformat()}")
    return instant.astimezone(UTC)
