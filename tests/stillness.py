"""Whether nothing is left to do for the daemons of a ledger, at the time of a simulated registry.

It promises that whoever finds it still has all legs complete, every event told, lapses, conditions and digests judged
by the present day, and nothing left that may be sent now. It asks the database and disturbs nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func, or_, select

from store.errors import StoreError
from store.instants import instant_text
from store.outbox_tables import DELIVERIES, ENDPOINTS
from store.unit_of_work import Database, Transaction
from tracker.alerts.changes import CONSUMER
from tracker.alerts.clock import CURSOR
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.digest_times import latest_due
from tracker.pipeline.polling.poll import Poller
from tracker.registry import Registry, Release
from tracker.simulator.world import World
from tracker.views.standing import StandingSubscription, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stillness:
    """Of the ledger in ``database`` that follows ``world``."""

    database: Database
    world: World

    def left(self) -> str | None:
        """What is left to do; None where it is still."""
        try:
            if self._poller().has_news():
                return "the registry has news"
            with self.database.reading() as transaction:
                return self._left(transaction, self.world.clock.now())
        except StoreError as err:
            return f"the database: {err}"

    def _left(self, transaction: Transaction, now: datetime) -> str | None:
        head, today = transaction.events.head().position, now.date().isoformat()
        if transaction.cursors.get(CURSOR) != {"on": today, "position": head}:
            return f"what lapsed until {today}"
        if transaction.checkpoints.get(CONSUMER) != head:
            return "changes to tell"
        for one in standing(transaction.connection):
            left = _left_of(transaction, one, now=now, head=head)
            if left is not None:
                return f"{left} of {one.name}"
        count = _sendable_count(transaction, now)
        return f"{count} deliveries" if count else None

    def _poller(self) -> Poller:
        shown = cast(Registry, _Shown(self.world))
        return Poller(database=self.database, registry=shown, catalogue=default_catalogue(), now=self.world.clock.now)


@dataclass(frozen=True, slots=True)
class _Shown:
    """The registry as far as it says which release it shows."""

    world: World

    def release(self) -> Release:
        """The release that is public now."""
        shown = self.world.release
        return Release(stamp=shown.timestamp, api_version="2.0.5", data_on=shown.data_on)


def _left_of(transaction: Transaction, one: StandingSubscription, *, now: datetime, head: int) -> str | None:
    times = one.request.when.digest
    if times is not None:
        kept = transaction.cursors.get(f"digest:{one.subscription_id}")
        is_told = kept is not None and datetime.fromisoformat(kept["slot"]) >= latest_due(times, now)
        return None if is_told else "the digest"
    if one.request.wanted.when:
        kept = transaction.cursors.get(f"conditions:{one.subscription_id}")
        is_judged = kept is not None and (kept["on"], kept["position"]) == (now.date().isoformat(), head)
        return None if is_judged else "the conditions"
    return None


def _sendable_count(transaction: Transaction, now: datetime) -> int:
    """Deliveries that are under way, or may be sent now."""
    columns, at = DELIVERIES.c, instant_text(now)
    resting = select(ENDPOINTS.c.endpoint).where(ENDPOINTS.c.rests_until > at)
    is_due = (
        columns.state.in_(("pending", "failed"))
        & (columns.is_held == 0)
        & or_(columns.next_attempt_at.is_(None), columns.next_attempt_at <= at)
        & columns.endpoint.not_in(resting)
    )
    wanted = select(func.count()).select_from(DELIVERIES).where(or_(columns.state == "leased", is_due))
    return int(transaction.connection.execute(wanted).scalar_one())
