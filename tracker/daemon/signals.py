"""The signals that a daemon is sent: end, end at once, read the settings anew.

It promises that the first SIGTERM or SIGINT asks to end, a second one ends the process where it stands (which loses
nothing: every transaction is whole or not at all), and SIGHUP asks to read the settings anew; that whoever was asked to
end and has not done so in time is ended; and all that whatever the main thread waits for meanwhile. So a thread of its
own hears of signals from the system: a handler would run in the main thread, only once that comes back from a database,
and would wait for itself where it sets an event that the main thread is just looking at.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

ENDS_WITHIN_S = 9.5
_ENDING = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for from outside."""

    stop: threading.Event = field(default_factory=threading.Event)
    reread: threading.Event = field(default_factory=threading.Event)


@contextmanager
def heeding_signals(wishes: Wishes, *, ends_within_s: float = ENDS_WITHIN_S, late_status: int = 0) -> Iterator[Wishes]:
    """Heed signals as long as the block lasts; the main thread's to enter.

    A block that goes on for longer than ``ends_within_s`` after the first that asks to end is ended with the process,
    whose exit status is then ``late_status``.
    """
    heard, tells = socket.socketpair()
    tells.setblocking(False)
    hearing = _Hearing(wishes=wishes, ends_within_s=ends_within_s, late_status=late_status)
    thread = threading.Thread(target=hearing.listen, args=(heard,), name="signals", daemon=True)
    thread.start()
    told_before = signal.set_wakeup_fd(tells.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, _nothing) for number in (*_ENDING, *_rereading())}
    try:
        yield wishes
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(told_before)
        tells.close()
        thread.join()
        heard.close()


def _nothing(signum: int, frame: FrameType | None) -> None:
    """What a signal does in the main thread; that there is a handler makes the system's number come to the socket."""


def _rereading() -> tuple[int, ...]:
    return (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()  # not on Windows


@dataclass(slots=True, kw_only=True)
class _Hearing:
    """Turns numbers of signals into wishes, until nobody tells any more."""

    wishes: Wishes
    ends_within_s: float
    late_status: int
    _ends_at_s: float | None = None

    def listen(self, heard: socket.socket) -> None:
        """Listen."""
        while True:
            left_s = None if self._ends_at_s is None else self._ends_at_s - time.monotonic()
            if left_s is not None and left_s <= 0:
                os._exit(self.late_status)
            heard.settimeout(left_s)
            try:
                numbers = heard.recv(64)
            except TimeoutError:
                continue
            if not numbers:
                return
            for number in numbers:
                self._heed(number)

    def _heed(self, number: int) -> None:
        if number in _rereading():
            self.wishes.reread.set()
        elif number in _ENDING and self._ends_at_s is not None:
            os._exit(128 + number)
        elif number in _ENDING:
            self._ends_at_s = time.monotonic() + self.ends_within_s
            self.wishes.stop.set()
