"""Waking: who waits for something to read or to deliver goes on as soon as it is there, whichever process wrote it.

It promises that what was announced (`store.announcement`) since the last wait ends the next one, once however often;
that whoever waits and settles deliveries does not wake itself by that; and that a database which cannot be reached is
waited for in silence, at most LONGEST_WAIT_S at a time, which is the most that a lost announcement costs. It does not
know what was announced: whoever was woken looks. What falls due by the clock wakes nobody.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from store.dialect import Listener
from store.errors import Transient
from store.unit_of_work import Database

LONGEST_WAIT_S = 30.0

_LOOK_S = 0.5  # between looks at a database that does not call, and at whether the wait was stopped
_AGAIN_S = 1.0  # at least, between attempts to listen anew


class Waker:
    """Listens to ``database`` from the moment it is made, on a connection of its own.

    One thread waits; any may stop or close it. Permanent or InvalidInput where the database can never be listened to.
    """

    def __init__(self, database: Database, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._monotonic = monotonic
        self._stops = threading.Event()
        self._waiting = threading.Lock()
        self._listener: Listener | None = None
        self._again_at_s = monotonic()
        self._listen()

    def wait(self, timeout_s: float) -> bool:
        """Whether anything was announced since the last wait; False after ``timeout_s``, or LONGEST_WAIT_S if less.

        True as well where that is not known, as nobody could listen for a while. Once stopped it answers False. On a
        connection that was cut it may take as long as a statement there takes to fail.
        """
        ends_at_s = self._monotonic() + min(timeout_s, LONGEST_WAIT_S)
        with self._waiting:
            while not self._stops.is_set():
                left_s = max(0.0, ends_at_s - self._monotonic())
                if self._heard(min(left_s, _LOOK_S)):
                    return True
                if left_s == 0:
                    break
        return False

    def stop(self) -> None:
        """End the wait that is under way within half a second, and all later ones at once."""
        self._stops.set()

    def close(self) -> None:
        """Stop, wait until nobody waits any more, and give the connection back."""
        self.stop()
        with self._waiting:
            self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _heard(self, within_s: float) -> bool:
        """Whether there is anything, waiting so long for it."""
        try:
            if self._listener is not None:
                return self._listener.heard(within_s, pause=self._stops.wait)
        except Transient:
            self._drop()
        if self._listen():
            return True  # what was announced meanwhile reached nobody
        self._stops.wait(within_s)
        return False

    def _listen(self) -> bool:
        """Whether it listens now and did not before; a database that cannot be reached is left alone for a while."""
        if self._monotonic() < self._again_at_s:
            return False
        self._again_at_s = self._monotonic() + _AGAIN_S
        with suppress(Transient):
            self._listener = self._database.listener()
        return self._listener is not None

    def _drop(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
