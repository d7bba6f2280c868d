"""Who waits for something to be recorded, in this process or another: one listener for all streams of a server.

It promises to wake every stream soon after something was recorded, and when the server is to end; that nobody listens
while nobody waits; and that a database which is away only makes streams wait. It does not know what was recorded.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from store.errors import StoreError
from store.unit_of_work import Database
from store.waking import Waker

_LOOK_S = 0.5  # until it is seen that the server is to end, or that nobody waits any more
_FAILED_REST_S = 5.0

_LOG = structlog.get_logger()


class Ears:
    """Of one stream: what it waits with. To be used in its event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    async def wait(self, timeout_s: float) -> bool:
        """Whether the bell was rung since the last wait; False after ``timeout_s``."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True

    def ring(self) -> None:
        """Wake it, from whatever thread; nothing happens to one whose loop has ended."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._rung.set)


class Bell:
    """Rings for the streams of one server. ``database``: the one that holds now; ``stopping``: set when it ends."""

    def __init__(self, database: Callable[[], Database], *, stopping: threading.Event) -> None:
        self._database = database
        self._stopping = stopping
        self._lock = threading.Lock()
        self._ears: set[Ears] = set()
        self._thread: threading.Thread | None = None

    @property
    def streams_count(self) -> int:
        """How many wait."""
        return len(self._ears)

    @contextmanager
    def listening(self) -> Iterator[Ears]:
        """Ears that hear the bell as long as the block lasts; they have heard it once at the beginning."""
        mine = Ears()
        with self._lock:
            self._ears.add(mine)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="bell", daemon=True)
                self._thread.start()
        mine.ring()
        try:
            yield mine
        finally:
            with self._lock:
                self._ears.discard(mine)

    def _watch(self) -> None:
        """Listen until nobody waits."""
        while True:
            try:
                with Waker(self._database()) as waker:
                    self.ring()  # for what came before anybody listened
                    while self._is_wanted():
                        if waker.wait(_LOOK_S):
                            self.ring()
                    return
            except StoreError as err:
                _LOG.warning("stream_waking_failed", reason=str(err))
                self._stopping.wait(_FAILED_REST_S)
                if not self._is_wanted():
                    return

    def _is_wanted(self) -> bool:
        """Whether anybody waits; else, or when all is to end, the thread is no more from then on."""
        with self._lock:
            if self._ears and not self._stopping.is_set():
                return True
            self._thread = None
        self.ring()
        return False

    def ring(self) -> None:
        """Wake all who wait."""
        with self._lock:
            for one in self._ears:
                one.ring()
