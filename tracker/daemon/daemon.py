"""The daemon: begins, does what is due until it is told to end, and ends in order.

Promises: it ends within ten seconds of the first SIGTERM or Ctrl-C, with 0, whatever it waits for; what was under way
then is whole or not there, and its leases are given back; one job's failure stops no other; new settings are taken
whole or not at all. It decides nothing about trials.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

import structlog

from store.errors import StoreError
from store.waking import Waker
from tracker import posting
from tracker.daemon.delivering import News, Sending
from tracker.daemon.duties import DELIVER, RELEASE, Duties
from tracker.daemon.job import Job
from tracker.daemon.past_outbox import PastOutbox
from tracker.daemon.presence import Presence
from tracker.daemon.runner import JobRunner
from tracker.daemon.service_manager import ALIVE, READY, RELOADING, STOPPING, ServiceManager
from tracker.daemon.signals import Wishes
from tracker.daemon.timers import Timers
from tracker.daemon.watch import Watch
from tracker.delivery.deliverer import Deliverer
from tracker.domain.errors import TrackerError
from tracker.domain.schedule import Schedule, parse_rules
from tracker.logs import configure_logs
from tracker.services import Services
from tracker.setting_groups import Settings

_WAIT_S = 8.0  # for what is under way at the end
_LAST_S = 9.5  # after which the process ends where it stands, whatever hinders its end
_LOOK_S = 0.5
_ALIVE_EVERY_S = 5.0
_STANDS_STILL_S = 30.0  # a loop that has not turned for so long is not alive
_SEND = "send"
_LOG = structlog.get_logger()


class Door(Protocol):
    """Something else that is open as long as the daemon runs, such as its web pages."""

    def start(self) -> None:
        """Open. Raises a TrackerError where it cannot."""

    def stop(self, *, within_s: float) -> None:
        """Close, ending what is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How often is looked whether anything is due, in seconds of the machine's clock."""

    often_s: float = 1.0
    now_and_then_s: float = 5.0
    seldom_s: float = 20.0
    alarms_s: float = 60.0
    jitter_s: float = 10.0


HURRIED = Looks(often_s=0.1, now_and_then_s=0.1, seldom_s=0.1, alarms_s=0.5, jitter_s=0.0)
"""Where the clock is a test's or a demonstration's, which runs faster."""


@dataclass(slots=True, kw_only=True)
class Daemon:
    """One daemon, the only one on its file. ``reread`` raises InvalidInput for settings that cannot hold."""

    services: Services
    reread: Callable[[], Settings]
    version: str
    manager: ServiceManager
    wishes: Wishes
    _turned_at_s: float = field(default_factory=time.monotonic)
    _told_alive_at_s: float = 0.0
    _sender: tuple[Settings, Deliverer] | None = None

    def seconds_since_turn(self) -> float:
        """Seconds since the loop turned last."""
        return time.monotonic() - self._turned_at_s

    def run(self, door: Door | None = None) -> None:
        """Run until told to end."""
        _Running(self).go(door)

    def run_once(self) -> bool:
        """Do all that is due, deliver, and end; answers whether all of it was done."""
        return _Running(self).once()

    def deliverer(self) -> Deliverer:
        """What sends by the settings that hold now; it is made once for them."""
        settings = self.services.settings
        if self._sender is None or self._sender[0] is not settings:
            made = posting.deliverer(self.services.database, settings, now=self.services.now)
            self._sender = (settings, made)
        return self._sender[1]

    def take_new_settings(self) -> None:
        """Check the settings anew, then take them, or keep the old ones and say why."""
        self.manager.tell(RELOADING)
        before = self.services.settings
        try:
            found = self.reread()
        except TrackerError as err:
            _LOG.error("settings_refused", reason=str(err))
        else:
            fixed = [
                name
                for name in ("database", "http_listen", "clock_url")
                if getattr(found, name) != getattr(before, name)
            ]
            if fixed:
                _LOG.error("settings_refused", reason=f"{', '.join(fixed)} can only change with a new start")
            else:
                self.services = replace(self.services, settings=found)
                configure_logs(found, usual_level="info")
                _LOG.info("settings_taken")
        self.manager.tell(READY)

    def turn(self) -> None:
        """The loop turns."""
        self._turned_at_s = time.monotonic()

    def tell_alive(self) -> None:
        """Tell the service manager now and then that the loop turns."""
        if time.monotonic() - self._told_alive_at_s > _ALIVE_EVERY_S and self.seconds_since_turn() < _STANDS_STILL_S:
            self._told_alive_at_s = time.monotonic()
            self.manager.tell(ALIVE)


class _Running:
    """One run of a daemon, from its beginning to its end."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._stop = daemon.wishes.stop
        self._database = daemon.services.database
        self._timers = Timers()
        self._news = News(waker=Waker(self._database), told=lambda: self._hurry(DELIVER, _SEND))
        self._sending = Sending(
            news=self._news,
            deliverer=daemon.deliverer,
            is_off=lambda: _schedule_of(daemon.services.settings, DELIVER).is_off,
            stop=self._stop,
        )
        self._presence = Presence(
            database=self._database,
            version=daemon.version,
            lasts_s=lambda: daemon.services.settings.daemon.lease_s,
        )
        self._looks = HURRIED if daemon.services.settings.clock_url else Looks()
        self._watch = Watch(
            services=lambda: daemon.services,
            presence=self._presence,
            past_outbox=PastOutbox(patience_s=0.9 * self._looks.alarms_s),  # so that the second look tells
        )
        duties = Duties(services=lambda: daemon.services, sending=self._sending, stop=self._stop)
        self._runners = {job.name: self._runner(job) for job in duties.jobs()}
        self._watching = threading.Thread(target=self._news.watch, args=(self._stop,), name="news", daemon=True)

    def go(self, door: Door | None) -> None:
        """Run until told to end."""
        daemon = self._daemon
        if door is not None:
            door.start()
        self._presence.look()
        self._set_timers(self._looks)
        self._watching.start()
        self._timers.start()
        _LOG.info("daemon_started", version=daemon.version, roles=self._presence.roles)
        daemon.manager.tell(READY)
        while not self._stop.wait(_LOOK_S):
            self._timers.follow_clock()
            daemon.tell_alive()
            if daemon.wishes.reread.is_set():
                daemon.wishes.reread.clear()
                daemon.take_new_settings()
        self._end(door)

    def once(self) -> bool:
        """Do all that is due, one after another, and end; in time, where that is asked for."""
        self._presence.look()
        self._timers.every(self._looks.often_s, "presence", self._presence.look)
        self._timers.start()
        threading.Thread(target=self._end_in_time, name="end", daemon=True).start()
        self._news.arrived()
        is_well = True
        for runner in self._runners.values():
            if not self._stop.is_set():
                runner.look()
                is_well &= runner.failures_in_a_row == 0
        is_well &= self._presence.poller_database is not None or self._tell_what_is_left()
        self._watch.look(is_last=True)
        self._sending.look()
        is_well &= self._sending.failure is None and not self._stop.is_set()
        self._timers.stop(within_s=_WAIT_S)
        self._news.waker.close()
        self._presence.end()
        return is_well

    def _tell_what_is_left(self) -> bool:
        """Say which jobs that are due are left to the daemon that is the poller; answers whether there is one."""
        poller = self._presence.other
        if poller is None:
            return False
        try:
            left = [name for name, runner in self._runners.items() if runner.is_left(self._database)]
        except StoreError as err:
            _LOG.error("left_to_poller_unknown", reason=str(err))
            return False
        _LOG.warning("left_to_poller", jobs=", ".join(left), host=poller.host, pid=poller.pid)
        return True

    def _end_in_time(self) -> None:
        """Once the end is asked for, wait so long, give back what is held, and end the process where it stands."""
        self._stop.wait()
        time.sleep(_WAIT_S)
        self._sending.give_back(self._daemon.services.now())
        self._presence.end()
        os._exit(1)

    def _set_timers(self, looks: Looks) -> None:
        self._timers.every(looks.often_s, "turn", self._daemon.turn)
        self._timers.every(2 * looks.often_s, "presence", self._presence.look)
        self._timers.every(looks.often_s, _SEND, self._sending.look)
        self._timers.after_each(looks.alarms_s, "alarms", self._watch.look)
        for name, runner in self._runners.items():
            if name == RELEASE:
                self._timers.every(looks.seldom_s, name, runner.look, jitter_s=looks.jitter_s)
            else:
                self._timers.every(looks.often_s if name == DELIVER else looks.now_and_then_s, name, runner.look)

    def _runner(self, job: Job) -> JobRunner:
        daemon = self._daemon
        return JobRunner(
            job=job,
            database=lambda: self._presence.poller_database,
            schedule=lambda: _schedule_of(daemon.services.settings, job.name),
            now=lambda: daemon.services.now(),
            is_wanted=self._news.to_evaluate.is_set if job.name == DELIVER else lambda: False,
            blocked_wait_s=lambda: daemon.services.settings.ctgov.blocked_wait_s,
            on_end=lambda _: self._hurry(_SEND),
        )

    def _hurry(self, *names: str) -> None:
        for name in names:
            self._timers.hurry(name)

    def _end(self, door: Door | None) -> None:
        """End in order; what does not end in time is left where it stands, its leases given back."""
        self._daemon.manager.tell(STOPPING)
        _LOG.info("daemon_ending")
        ends_at_s = time.monotonic() + _WAIT_S
        last = threading.Timer(_LAST_S, os._exit, (0,))
        last.daemon = True
        last.start()
        self._news.waker.stop()
        if door is not None:
            door.stop(within_s=_WAIT_S / 2)
        has_ended = self._timers.stop(within_s=ends_at_s - time.monotonic())
        if not has_ended:
            self._sending.give_back(self._daemon.services.now())
        self._presence.end()
        _LOG.info("daemon_ended", left_under_way=not has_ended)
        if not has_ended:  # threads that wait for somebody else would keep the process
            os._exit(0)
        self._watching.join()
        self._news.waker.close()
        last.cancel()


def _schedule_of(settings: Settings, job: str) -> Schedule:
    return _parsed(settings.schedule[job])


_parsed = lru_cache(parse_rules)
