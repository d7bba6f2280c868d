"""Telling, as a daemon does it: what is new is evaluated by the poller, what is due is sent by every daemon.

Promises: both begin soon after something was recorded or enqueued, by whichever process; an endpoint that keeps its
sender waiting keeps no evaluation waiting; a setting that hinders a channel is tried again once a minute.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from store.errors import StoreError, Transient
from store.waking import Waker
from tracker.delivery.deliverer import Deliverer, Hindrance
from tracker.domain.errors import TrackerError

_FAILED_REST_S = 5.0
_HINDERED_REST_S = 60.0  # of a channel that a setting hinders: a login that is refused is not tried over and over
_HINDERED_LOOK_S = 10.0  # until it is looked again whether there is anything else to send
_LOG = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class News:
    """Whether anything was recorded or enqueued that nobody has looked at yet; ``told`` is called when it is."""

    waker: Waker
    told: Callable[[], None]
    to_evaluate: threading.Event = field(default_factory=threading.Event)
    to_send: threading.Event = field(default_factory=threading.Event)

    def watch(self, stop: threading.Event, *, longest_s: float = 30.0) -> None:
        """Wait for news until ``stop`` is set and the waker closed; what nobody announced is news after so long."""
        while not stop.is_set():
            try:
                self.waker.wait(longest_s)
                if not stop.is_set():
                    self.arrived()
            except StoreError as err:  # whoever works on the database meets it too, and says so
                _LOG.error("waking_failed", reason=str(err))
                stop.wait(longest_s)

    def arrived(self) -> None:
        """There is news."""
        self.to_evaluate.set()
        self.to_send.set()
        self.told()


@dataclass(slots=True, kw_only=True)
class Sending:
    """Sends what is due. ``deliverer`` answers what sends by the settings that hold now."""

    news: News
    deliverer: Callable[[], Deliverer]
    is_off: Callable[[], bool]
    stop: threading.Event
    monotonic: Callable[[], float] = time.monotonic
    failure: str | None = None  # of the last run
    _is_anything_waiting: bool = True
    _rests_until_s: float = 0.0
    _hindered: tuple[Deliverer | None, Sequence[Hindrance], float] = (None, (), 0.0)  # of whom, what, until when

    def look(self) -> None:
        """Send, if there is news or anything waits. Raises nothing."""
        is_news = self.news.to_send.is_set()
        if self.stop.is_set() or self.is_off() or not (is_news or self._is_anything_waiting):
            return
        if self.monotonic() < self._rests_until_s and not is_news:
            return
        self.news.to_send.clear()
        try:
            self._send(self.deliverer())
        except Transient as err:  # the database is not there, or busy: nothing is wrong with sending
            self._is_anything_waiting = True
            self._rests_until_s = self.monotonic() + err.retry_after_s
            _LOG.warning("sending_waits", reason=str(err))
        except Exception as err:  # noqa: BLE001 # the top of the loop: it is logged and shown, and tried again
            self.failure = str(err) or type(err).__name__
            self._is_anything_waiting = True
            self._rests_until_s = self.monotonic() + _FAILED_REST_S
            _LOG.error("sending_failed", reason=self.failure)
            _LOG.debug("sending_failure", exc_info=err)

    def _send(self, deliverer: Deliverer) -> None:
        of_whom, known, until_s = self._hindered
        hindrances = known if of_whom is deliverer and self.monotonic() < until_s else ()
        delivered = deliverer.deliver(self.stop, hindrances=hindrances)
        self._is_anything_waiting = delivered.waiting > 0
        if delivered.sent or delivered.failed or delivered.dead:
            _LOG.info("delivered", sent=delivered.sent, failed=delivered.failed, dead=delivered.dead)
        self.failure = "; ".join(f"{one.channel}: {one.reason}" for one in delivered.hindrances) or None
        if delivered.hindrances:
            self._rests_until_s = self.monotonic() + _HINDERED_LOOK_S
        if delivered.hindrances and not hindrances:
            self._hindered = (deliverer, delivered.hindrances, self.monotonic() + _HINDERED_REST_S)

    def give_back(self, now: datetime) -> None:
        """Give back what is leased and not settled, so that others need not wait for it."""
        try:
            deliverer = self.deliverer()
            with deliverer.database.working() as transaction:
                transaction.outbox.release_gone(lambda holder: holder == deliverer.holder, now)
        except (StoreError, TrackerError) as err:
            _LOG.warning("leases_not_given_back", reason=str(err))
