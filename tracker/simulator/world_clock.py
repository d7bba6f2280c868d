"""The time in a made world: it is moved by what happens there, and runs on by itself in between.

It promises never to go back: a move to what is past leaves it where it is. Any thread may ask.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta


class WorldClock:
    """Begins at ``at`` (aware).

    ``monotonic`` tells seconds that only rise: one that stands still stops the clock between two moves, one that
    rises faster makes it run ahead.
    """

    def __init__(self, at: datetime, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._monotonic = monotonic
        self._at, self._since_s = at, monotonic()

    def now(self) -> datetime:
        """The instant of the last move, and what has passed since."""
        with self._lock:
            return self._now(self._monotonic())

    def move_to(self, at: datetime) -> None:
        """It is ``at`` now, unless it is later already."""
        with self._lock:
            at_s = self._monotonic()
            self._at, self._since_s = max(at, self._now(at_s)), at_s

    def _now(self, at_s: float) -> datetime:
        return self._at + timedelta(seconds=at_s - self._since_s)
