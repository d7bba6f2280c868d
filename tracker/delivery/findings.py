"""Verdicts on their way from the threads that send to the one that settles.

It promises that none is lost or told twice, and that the one who waits is woken when a lane is over, when many have
gathered, or after a moment, and not for each: waking costs more than a verdict does.
"""

import threading
from collections import deque

from tracker.delivery.verdicts import Verdict

_MANY = 200


class Findings:
    """Filled by any thread, emptied by one."""

    def __init__(self) -> None:
        self._found: deque[Verdict] = deque()
        self._is_worth_it = threading.Event()

    def tell(self, verdict: Verdict, is_last: bool) -> None:
        """Add a verdict; ``is_last`` of its lane."""
        self._found.append(verdict)
        if is_last or len(self._found) >= _MANY:
            self._is_worth_it.set()

    def gathered(self, *, wait_s: float = 0.0, most: int = 1_000) -> list[Verdict]:
        """What is there after ``wait_s`` at the longest."""
        self._is_worth_it.wait(wait_s)
        self._is_worth_it.clear()  # before they are taken: what comes later sets it again
        return [self._found.popleft() for _ in range(min(most, len(self._found)))]
