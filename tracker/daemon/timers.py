"""Timers: call functions again and again, each from one thread at a time. The one module that knows APScheduler.

It promises that a call which lasts is not joined by a second one, that what was missed while the machine slept is made
up by one call, and that a timer can be hurried, also by a call which the end waits for. What is due, these functions
decide for themselves: time here is the machine's, and nothing is kept.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from tracker.domain.clock import SystemClock

_THREADS_MOST = 16
_SET_BACK_S = 1.0  # a clock that is set back by less is waited for
_CLOCK = SystemClock()


class Timers:
    """The timers of one process."""

    def __init__(self) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a call that is passed over is no news
        self._threads = ThreadPoolExecutor(_THREADS_MOST)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": self._threads},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._ahead_s = _ahead_s()

    def every(self, seconds: float, name: str, look: Callable[[], object], *, jitter_s: float = 0.0) -> None:
        """Call ``look`` now and then every so many seconds, each time up to ``jitter_s`` earlier or later."""
        trigger = IntervalTrigger(seconds=seconds, jitter=jitter_s or None, timezone=UTC)
        self._scheduler.add_job(look, trigger, id=name, next_run_time=_CLOCK.now())

    def after_each(self, seconds: float, name: str, look: Callable[[], object]) -> None:
        """Call ``look`` whenever so many seconds are over, and not at once."""
        self._scheduler.add_job(look, IntervalTrigger(seconds=seconds, timezone=UTC), id=name)

    def hurry(self, name: str) -> None:
        """Let a timer's next call come at once."""
        with suppress(JobLookupError):
            self._scheduler.modify_job(name, next_run_time=_CLOCK.now())

    def follow_clock(self) -> None:
        """Call all at once where the machine's clock was set back, and not when it has caught up."""
        before, self._ahead_s = self._ahead_s, _ahead_s()
        if self._ahead_s < before - _SET_BACK_S:
            for timer in self._scheduler.get_jobs():
                self.hurry(timer.id)

    def start(self) -> None:
        """Begin to call."""
        self._scheduler.start()

    def stop(self, *, within_s: float) -> bool:
        """Call nothing any more, and wait for what is under way; answers whether all of it ended in time."""
        ending = threading.Thread(target=self._end, name="timers end", daemon=True)
        ending.start()
        ending.join(within_s)
        return not ending.is_alive()

    def _end(self) -> None:
        self._scheduler.shutdown(wait=False)  # it would wait with a lock in hand that `hurry` takes
        self._threads.shutdown()


def _ahead_s() -> float:
    """How far the machine's calendar is ahead of the clock that only runs forward."""
    return _CLOCK.now().timestamp() - time.monotonic()
