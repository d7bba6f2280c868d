"""The outbox: what is to be delivered, in order, until it is settled, and kept after that.

It promises that what is enqueued twice is one delivery, whoever enqueues it; that none is lost or deleted, though an
old one loses its attempts and its content (`store.pruning`); and that each is claimed by one holder at a time
(`store.claiming`) and settled by that one (`store.settling`). It does not know what a message says, who wants it, nor
how it is sent.

Enqueueing, holding, killing and pruning belong into a `writing` transaction, so that a subscription or an address that
changes is seen by all who enqueue; claims and settlements belong into a `working` one.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from store.announcement import Announcement
from store.bulk import insert_rows
from store.claiming import Claim, Claims
from store.deliveries import Claimed, NewDelivery
from store.delivery_list import DeliveryList
from store.delivery_rows import row_of
from store.dialect import Dialect
from store.interventions import Interventions
from store.outbox_tables import DELIVERIES, ENDPOINTS
from store.pruning import Pruning
from store.settling import Settled, Settlement, Settling

_ONCE = "ON CONFLICT (address_id, dedup) DO NOTHING"


class Outbox(DeliveryList, Interventions, Pruning):
    """The deliveries as one transaction sees and changes them."""

    def __init__(self, connection: Connection, *, dialect: Dialect, announcement: Announcement) -> None:
        super().__init__(connection)
        self._announcement = announcement
        self._dialect = dialect

    def enqueue(self, deliveries: Sequence[NewDelivery], now: datetime) -> int:
        """Enqueue deliveries in their order, and answer how many are new.

        One whose address has a delivery under its ``dedup`` already is passed over. InvalidInput.
        """
        rows = [row_of(one, now) for one in deliveries]
        endpoints = sorted({one.endpoint for one in deliveries})
        unclaimed = [(endpoint, None, None, None) for endpoint in endpoints]
        insert_rows(self._connection, ENDPOINTS, unclaimed, on_conflict="ON CONFLICT (endpoint) DO NOTHING")
        count = insert_rows(self._connection, DELIVERIES, rows, on_conflict=_ONCE)
        if count:
            self._announcement.make()
        return count

    def claim(self, claim: Claim) -> list[Claimed]:
        """What is due, leased: see `Claims.claim`."""
        return Claims(self._connection, dialect=self._dialect).claim(claim)

    def settle(self, settlements: Sequence[Settlement], now: datetime) -> Settled:
        """What became of claimed deliveries: see `Settling.settle`."""
        return Settling(self._connection, dialect=self._dialect).settle(settlements, now)

    def release_gone(self, is_gone: Callable[[str], bool], now: datetime) -> int:
        """Leases whose holder is gone, or that have expired, become due at once, no attempt counted; how many."""
        return Claims(self._connection, dialect=self._dialect).release(is_gone, now)

    def extend(self, holder: str, *, now: datetime, lease_s: float) -> int:
        """Hold what a holder holds for longer: see `Claims.extend`."""
        return Claims(self._connection, dialect=self._dialect).extend(holder, now=now, lease_s=lease_s)
