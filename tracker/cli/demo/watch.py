"""Waits until the daemon of the demonstration has done what was to be done, as anybody could see in its ledger.

It promises to wait for facts, never for a while: until the jobs were done at an instant of the ledger's clock or later,
or until nothing waits to be sent; and to say what is wrong where that takes too long or the daemon has ended.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from store.deliveries import DeliveryState
from store.unit_of_work import Database, Transaction
from tracker.cli.demo.daemon_process import DaemonProcess
from tracker.domain.errors import Permanent

_WITHIN_S = 30.0
_LOOK_S = 0.05
_WAITING = (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Watches one daemon. ``database`` is its ledger."""

    daemon: DaemonProcess
    database: Database
    within_s: float = _WITHIN_S

    def until_done(self, *jobs: str, since: datetime) -> None:
        """Return once each of the jobs has done its work in a run that began at ``since`` or later."""

        def is_done(seen: Transaction) -> bool:
            return all((done_at := seen.jobs.get(job).done_at) is not None and done_at >= since for job in jobs)

        self._until(is_done, f"had not done {' and '.join(jobs)}")

    def until_sent(self) -> None:
        """Return once nothing waits to be sent."""

        def is_sent(seen: Transaction) -> bool:
            states = seen.outbox.counts().by_state
            return not any(states.get(state) for state in _WAITING)

        self._until(is_sent, "had not sent all that was due")

    def events(self) -> int:
        """How many events there are."""
        with self.database.reading() as transaction:
            return transaction.events.head().count

    def _until(self, is_so: Callable[[Transaction], bool], lack: str) -> None:
        ends_at_s = time.monotonic() + self.within_s
        while not self._sees(is_so):
            self.daemon.require_alive()
            if time.monotonic() > ends_at_s:
                raise Permanent(
                    f"after {self.within_s:g} s the daemon {lack}; its last words: {self.daemon.last_words}"
                )
            time.sleep(_LOOK_S)

    def _sees(self, is_so: Callable[[Transaction], bool]) -> bool:
        with self.database.reading() as transaction:
            return is_so(transaction)
