"""Misfortunes of daemons, one at a time, at random instants, in threads of their own.

It promises that each is over when it is joined: who was killed or ended is replaced, who was paused goes on, the
network passes on what it held, the database runs. What comes of it is not known here.
"""

import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from tests.fleet import Fleet, Seat

_POLLER_SHARE = 0.25  # besides those that come to it by chance


class Misfortune(StrEnum):
    """What befalls one daemon, or all."""

    KILL = "kill"  # kill -9, and another begins
    PAUSE = "pause"  # SIGSTOP for longer than a lease, then SIGCONT
    CUT = "cut"  # the network passes nothing on, then what it held
    LOSE = "lose"  # the connections there are never pass anything on again; new ones do
    RESTART = "restart"  # the database ends as if its host had failed, and begins
    REPLACE = "replace"  # SIGTERM, and another begins


@dataclass(slots=True, kw_only=True)
class Trouble:
    """One misfortune under way."""

    kind: Misfortune
    seat: Seat
    after_s: float
    lasts_s: float
    restart_database: Callable[[], None]
    error: BaseException | None = None
    _ends: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __str__(self) -> str:
        """What happens to whom."""
        whom = "the database" if self.kind is Misfortune.RESTART else f"daemon {self.seat.number}"
        return f"{self.kind} {whom} after {self.after_s:.2f} s"

    def begin(self) -> None:
        """Let it come."""
        self._thread = threading.Thread(target=self._happen, name="misfortune", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until it is over; raises what went wrong with it."""
        assert self._thread is not None
        self._thread.join()
        if self.error is not None:
            raise self.error

    def _happen(self) -> None:
        acts: Mapping[Misfortune, Callable[[], None]] = {
            Misfortune.KILL: self._kill,
            Misfortune.PAUSE: self._pause,
            Misfortune.CUT: self._cut,
            Misfortune.LOSE: self.seat.proxy.forget,
            Misfortune.RESTART: self.restart_database,
            Misfortune.REPLACE: self._replace,
        }
        self._ends.wait(self.after_s)
        try:
            acts[self.kind]()
        except BaseException as err:  # noqa: BLE001 # told to whoever joins
            self.error = err

    def _kill(self) -> None:
        self.seat.kill()
        self.seat.start()

    def _pause(self) -> None:
        self.seat.send(signal.SIGSTOP)
        try:
            self._ends.wait(self.lasts_s)
        finally:
            self.seat.send(signal.SIGCONT)

    def _cut(self) -> None:
        self.seat.proxy.cut()
        self._ends.wait(self.lasts_s)
        self.seat.proxy.go_on()

    def _replace(self) -> None:
        self.seat.end()
        self.seat.start()


@dataclass(slots=True, kw_only=True)
class Fate:
    """Draws misfortunes from a seed: each kind comes as often as any other, to the poller more often than to others.

    ``lease_s``: how long a lease lasts.
    """

    random: Random
    lease_s: float
    restart_database: Callable[[], None]
    _deck: list[Misfortune] = field(default_factory=list)

    def next(self, fleet: Fleet, *, poller_pid: int | None) -> Trouble:
        """A misfortune: of what kind, whose, when, and for how long."""
        if not self._deck:
            self._deck = self.random.sample(list(Misfortune), len(Misfortune))
        return Trouble(
            kind=self._deck.pop(),
            seat=self._seat(fleet, poller_pid),
            after_s=self.random.uniform(0, 2 * self.lease_s / 3),
            lasts_s=self.lease_s * self.random.uniform(1.2, 2.0),
            restart_database=self.restart_database,
        )

    def _seat(self, fleet: Fleet, poller_pid: int | None) -> Seat:
        pollers = [seat for seat in fleet.seats if seat.pid == poller_pid]
        return self.random.choice(pollers if pollers and self.random.random() < _POLLER_SHARE else fleet.seats)
