"""The signals that a daemon is sent: end, end at once, read the settings anew.

It promises that the first SIGTERM or SIGINT asks to end, a second one ends the process where it stands (which loses
nothing: every transaction is whole or not at all), and SIGHUP asks to read the settings anew. Handlers only set events.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was asked for from outside."""

    stop: threading.Event = field(default_factory=threading.Event)
    reread: threading.Event = field(default_factory=threading.Event)


@contextmanager
def heeding_signals(wishes: Wishes) -> Iterator[Wishes]:
    """Heed signals as long as the block lasts."""

    def end(signum: int, frame: FrameType | None) -> None:
        if wishes.stop.is_set():
            os._exit(128 + signum)
        wishes.stop.set()

    def reread(signum: int, frame: FrameType | None) -> None:
        wishes.reread.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    if hasattr(signal, "SIGHUP"):  # not on Windows
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, reread)
    try:
        yield wishes
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
