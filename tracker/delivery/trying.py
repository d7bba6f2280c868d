"""Sends some deliveries now and says what came of them, also where another process had them first.

Promises to answer once each of them has an outcome, or cannot have one for a reason of ours, and at the latest when
its patience is over: no attempt takes longer than that. It does not know what the deliveries say.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from store.deliveries import Delivery, DeliveryFilter, DeliveryState
from tracker.delivery.deliverer import Deliverer

_LOOK_S = 0.2
_UNDER_WAY = (DeliveryState.PENDING, DeliveryState.LEASED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for others, in seconds of the machine's; ``sleep`` and ``elapsed_s`` are its clock."""

    most_s: float
    sleep: Callable[[float], None] = time.sleep
    elapsed_s: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedOut:
    """What became of the deliveries; ``hindered``: channels that a setting of ours keeps from sending, and why."""

    deliveries: Sequence[Delivery]
    hindered: Mapping[str, str]

    @property
    def is_open(self) -> bool:
        """Whether another process has any of them, or sends to their endpoint just now."""
        return any(one.state in _UNDER_WAY and one.channel not in self.hindered for one in self.deliveries)


def try_out(sender: Deliverer, ids: Collection[str], patience: Patience) -> TriedOut:
    """Send these, and wait for the outcome of those that others have. Raises the store's errors."""
    alone, ends_s = sender.only_these(ids), patience.elapsed_s() + patience.most_s
    tried = _tried(alone, ids)
    while tried.is_open and patience.elapsed_s() < ends_s:
        patience.sleep(_LOOK_S)
        tried = _tried(alone, ids)
    return tried


def _tried(alone: Deliverer, ids: Collection[str]) -> TriedOut:
    delivered = alone.deliver()
    with alone.database.reading() as transaction:
        found = transaction.outbox.list(DeliveryFilter(ids=list(ids)))
    return TriedOut(deliveries=found, hindered={one.channel: one.reason for one in delivered.hindrances})
