"""What the daemon does, job by job: the same use cases that the commands have.

It promises that each job is done by the settings that hold when it begins, and writes to the database that it is handed
alone, so that one who is no longer the poller writes nothing.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from store.leases import LeaseHeld
from store.unit_of_work import Database
from tracker.daemon.delivering import Sending
from tracker.daemon.heartbeat import beat
from tracker.daemon.job import Amiss, Job, Unfinished, Waits
from tracker.domain.errors import Conflict, Stopped
from tracker.domain.wording import count
from tracker.pipeline.checking import ALL, NEW, check
from tracker.pipeline.replaying import Show
from tracker.services import Services, open_registry
from tracker.sources.ctgov.opening import own_user_agent

RELEASE, CLOCK, DELIVER, DIGESTS = "release", "clock", "deliver", "digests"
OPTIMIZE, VERIFY, VERIFY_ALL, PRUNE, BACKUP = "optimize", "verify", "verify_all", "prune", "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """The jobs of one daemon. ``services`` are those of the settings that hold now."""

    services: Callable[[], Services]
    sending: Sending
    stop: threading.Event

    def jobs(self) -> list[Job]:
        """All jobs, in the order in which they are done where several are due."""
        return [
            Job(name=RELEASE, run=self.release, is_made_up=True),
            Job(name=CLOCK, run=self.clock, is_made_up=True),
            Job(name=DELIVER, run=self.deliver, is_made_up=True),
            Job(name=DIGESTS, run=self.digests, is_made_up=True),
            Job(name=OPTIMIZE, run=self.optimize),
            Job(name=VERIFY, run=lambda database: self.verify(database, scope=NEW)),
            Job(name=VERIFY_ALL, run=lambda database: self.verify(database, scope=ALL)),
            Job(name=PRUNE, run=self.prune),
            Job(name=BACKUP, run=self.backup),
        ]

    def release(self, database: Database) -> str:
        """Poll, where the registry has a new release or the last poll left anything undone."""
        services = self._on(database)
        with open_registry(services.settings, stop=self.stop) as registry:
            poller = services.poller(registry)
            poller = replace(poller, lease_s=min(poller.lease_s, services.settings.daemon.lease_s))
            if poller.has_news():
                try:
                    runs = poller.poll()
                except Conflict as err:
                    if isinstance(err.__cause__, LeaseHeld):
                        raise Waits(str(err)) from err
                    raise
                left = [f"{run.leg}: {run.reason}" for run in runs if not run.complete]
                if self.stop.is_set() and left:
                    raise Stopped("the daemon ends")
                if left:
                    raise Unfinished(f"not complete: {'; '.join(left)}")
                said = f"{count(sum(run.events for run in runs), 'event')}"
            else:
                said = "nothing new"
        beat(services.settings.operator.heartbeat_url, user_agent=own_user_agent(services.settings.ctgov.contact))
        return said

    def clock(self, database: Database) -> str:
        """Record what lapsed, and tell of the conditions of a new day."""
        told = self._on(database).evaluator.tell_news(turns_day=True)
        return f"{count(told.lapses_count, 'lapse')}, {count(told.enqueued_count, 'message')}"

    def deliver(self, database: Database) -> str:
        """Tell what is new; sending has a timer of its own."""
        self.sending.news.to_evaluate.clear()
        told = self._on(database).evaluator.tell_news(turns_day=False)
        if self.sending.failure is not None:
            raise Amiss(self.sending.failure)
        return f"{count(told.changes_count, 'change')}, {count(told.enqueued_count, 'message')}"

    def digests(self, database: Database) -> str:
        """Enqueue the digests whose time has come."""
        return count(self._on(database).evaluator.tell_digests(), "message")

    def optimize(self, database: Database) -> None:
        """Let the database keep its statistics."""
        database.optimize()

    def verify(self, database: Database, *, scope: str) -> str:
        """Check the ledger. Raises Unfinished where it is not what was recorded."""
        found = check(database, scope=scope, now=self.services().now)
        if not found.ok:
            place = "" if found.position is None else f" at position {found.position}"
            raise Unfinished(f"the ledger is wrong{place}: {found.reason}")
        return f"right up to position {found.checked_to:,}"

    def prune(self, database: Database) -> str:
        """Delete what is old of deliveries that ended."""
        return count(self._on(database).prune().attempts, "attempt")

    def backup(self, database: Database) -> str:
        """Back up, where the settings name a folder."""
        services = self._on(database)
        if not services.settings.backup.folder:
            return "no folder is named"
        return services.scheduled_backup(stage=_unshown).file

    def _on(self, database: Database) -> Services:
        return replace(self.services(), database=database)


@contextmanager
def _unshown(_what: str) -> Iterator[Show]:
    yield lambda _position, _head: None
