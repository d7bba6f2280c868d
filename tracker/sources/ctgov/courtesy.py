"""One question at a time, patiently: the manners that every request to the registry keeps.

It promises at most one request in flight, the interval between two, repeated questions where an answer is no answer,
long waits where the registry blocks, and that each wait ends at once when a person asks to stop. It does not know
what is asked: whoever asks reads the answer, and says ``Unusable`` where it is none.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TypeVar

import structlog

from tracker.domain.clock import SystemClock
from tracker.domain.errors import BLOCKS, Blocked, Stopped, Transient
from tracker.sources.ctgov.manners import BLOCKED_TRIES, Manners, asked_wait_s
from tracker.sources.ctgov.transport import Request, Response, Transport, TransportFailure

_LOG = structlog.get_logger()
_Answer = TypeVar("_Answer")

FORBIDDEN = 403
_ASK_AGAIN = frozenset({408, 425, 429})  # beside all from 500 up
_NOTABLE_WAIT_S = 30.0  # a wait from here on is told to whoever watches


class Unusable(Exception):
    """An answer that is none: cut, not JSON, a page of HTML. Asking again may help."""


class _AskAgain(Exception):
    def __init__(self, reason: str, asked_s: float | None) -> None:
        super().__init__(reason)
        self.asked_s = asked_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a test exchanges: the passing of time, chance, and ``wait``, which answers whether to stop.

    ``wait(seconds)`` is ``threading.Event.wait`` in earnest: True as soon as the event is set. ``now`` is for the date
    of a Retry-After, which goes by the clock of a server, as the wait goes by that of the machine.
    """

    wait: Callable[[float], bool] = field(default_factory=lambda: threading.Event().wait)
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default_factory=lambda: SystemClock().now)
    chance: Callable[[], float] = field(default_factory=lambda: Random().random)


class Courtesy:
    """Asks over one transport; one per process, since it alone knows when the registry was last asked."""

    def __init__(
        self,
        transport: Transport,
        *,
        manners: Manners,
        headers: Mapping[str, str],
        surroundings: Surroundings,
    ) -> None:
        self._transport = transport
        self._manners = manners
        self._headers = headers
        self._around = surroundings
        self._in_flight = threading.Lock()
        self._answered_at: float | None = None
        self.requests = 0
        self.bytes = 0

    def ask(self, url: str, *, interval_s: float, read: Callable[[Response], _Answer]) -> _Answer:
        """What ``read`` makes of the answer, which has a status below 500 other than 403 and 429.

        Raises Transient when all retries failed, Blocked after too many refusals, Stopped, and what ``read`` raises.
        """
        failures = refusals = 0
        with self._in_flight:
            while True:
                self._keep_interval(interval_s)
                try:
                    answer = self._send(url)
                    if answer.status != FORBIDDEN:
                        return read(answer)
                except (_AskAgain, TransportFailure, Unusable) as err:
                    failures += 1
                    self._after_failure(err, url=url, failures=failures)
                else:
                    refusals += 1
                    self._after_refusal(answer, url=url, refusals=refusals)

    def _send(self, url: str) -> Response:
        self.requests += 1
        try:
            answer = self._transport.send(Request(url=url, headers=self._headers))
        finally:
            self._answered_at = self._around.monotonic()
        self.bytes += answer.received_bytes
        if answer.status in _ASK_AGAIN or answer.status >= 500:
            raise _AskAgain(f"it answered {answer.status}", self._asked_s(answer))
        return answer

    def _after_failure(self, err: Exception, *, url: str, failures: int) -> None:
        asked_s = err.asked_s if isinstance(err, _AskAgain) else None
        wait_s = self._manners.retry_wait(failures, chance=self._around.chance(), asked_s=asked_s)
        if failures > self._manners.retries:
            raise Transient(
                f"the registry gave no usable answer in {failures} tries, the last time because {err} ({url}); "
                "try again later",
                retry_after_s=wait_s,
            ) from err
        tell = _LOG.warning if wait_s >= _NOTABLE_WAIT_S else _LOG.info
        tell("registry_asked_again", reason=str(err), wait_s=round(wait_s, 1), tries=failures, url=url)
        self._pause(wait_s)

    def _after_refusal(self, answer: Response, *, url: str, refusals: int) -> None:
        if refusals > BLOCKED_TRIES:
            raise Blocked(
                f"{BLOCKS}: it answered 403 {refusals} times, over long waits ({url}). This "
                "says nothing about any trial. Set TRIALOG_CTGOV__CONTACT, try TRIALOG_CTGOV__TRANSPORT=curl, or ask "
                "the registry"
            )
        wait_s = self._manners.blocked_wait(refusals, chance=self._around.chance(), asked_s=self._asked_s(answer))
        _LOG.warning("registry_blocks", wait_s=round(wait_s, 1), tries=refusals, url=url)
        self._pause(wait_s)

    def _asked_s(self, answer: Response) -> float | None:
        return asked_wait_s(answer.headers.get("retry-after"), now=self._around.now())

    def _keep_interval(self, interval_s: float) -> None:
        if self._answered_at is None:
            self._pause(0.0)
        else:
            self._pause(self._answered_at + interval_s - self._around.monotonic())

    def _pause(self, seconds: float) -> None:
        if self._around.wait(max(seconds, 0.0)):
            raise Stopped("asked to stop while waiting for the registry; what was stored before stays stored")
