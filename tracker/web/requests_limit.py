"""How often a caller may ask: counted in this process, over the last minute.

It promises that who asks too often is told when to come back, and that guessing at tokens is slowed down for the
address that it comes from. Each process counts for itself: several behind one name allow several times as much.
"""

import math
import time
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from tracker.web.problems import Problem

SIGN_INS_PER_MINUTE = 20


class RequestsLimit:
    """Counts. ``per_minute``: what holds now, 0 for no limit."""

    def __init__(self, per_minute: Callable[[], int]) -> None:
        self._per_minute = per_minute
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, whom: str) -> None:
        """Count a request; raises Problem (429) where there were too many."""
        most = self._per_minute()
        if most:
            self._count(most, "request", whom)

    def count_sign_in(self, address: str) -> None:
        """Count an attempt to sign in, or a token that is none; raises Problem (429)."""
        self._count(SIGN_INS_PER_MINUTE, "sign-in", address)

    def _count(self, most: int, what: str, whom: str) -> None:
        item = RateLimitItemPerMinute(most)
        if self._limiter.hit(item, what, whom):
            return
        stats = self._limiter.get_window_stats(item, what, whom)
        wait_s = max(1, math.ceil(stats.reset_time - time.time()))
        raise Problem(
            429, f"more than {most} {what}s in a minute; come back in {wait_s} s", headers={"retry-after": str(wait_s)}
        )
