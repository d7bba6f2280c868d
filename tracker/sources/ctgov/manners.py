"""How long to wait before asking again: pure rules.

Sources: the registry publishes no rate limit; its robots.txt asks for a second between requests, and answers of 429
and 503 may carry Retry-After (RFC 9110, section 10.2.3). See ``docs/registry.md``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_ASKED_S = 900.0  # a Retry-After beyond a quarter of an hour is cut to it
BLOCKED_TRIES = 3  # after these waits, each twice as long as the one before, a block is a block


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """Intervals and waits in seconds; ``retries`` is how often a question is asked again."""

    request_interval_s: float = 1.0
    history_interval_s: float = 0.4
    retries: int = 6
    retry_wait_s: float = 1.0
    retry_wait_most_s: float = 300.0
    blocked_wait_s: float = 600.0

    def retry_wait(self, failures: int, *, chance: float, asked_s: float | None = None) -> float:
        """Seconds to wait after the ``failures``-th failure, from 1: doubled each time, between half and all of it.

        ``chance`` is from 0 to 1. What the registry asked for is the least.
        """
        span = min(self.retry_wait_s * 2.0 ** min(failures - 1, 30), self.retry_wait_most_s)
        return max(_jittered(span, chance), asked_s or 0.0)

    def blocked_wait(self, refusals: int, *, chance: float, asked_s: float | None = None) -> float:
        """Seconds to wait after the ``refusals``-th refusal in a row, from 1: never less than ``blocked_wait_s``."""
        span = self.blocked_wait_s * 2.0 ** (refusals - 1)
        return max(span + _jittered(span, chance) / 10, asked_s or 0.0)


def asked_wait_s(header: str | None, *, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, at most LONGEST_ASKED_S; None where it is missing or unreadable.

    >>> asked_wait_s("120", now=datetime(2026, 1, 1, tzinfo=UTC))
    120.0
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_ASKED_S)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:  # RFC 5322 writes -0000 for UTC of unknown place
        until = until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), LONGEST_ASKED_S)


def _jittered(span: float, chance: float) -> float:
    return span * (0.5 + chance / 2)
