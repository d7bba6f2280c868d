"""Sending again what people ask to be sent again, whatever came of it: each act is an event of its subscription.

Promises that what is begun anew keeps its id, that a paused subscription stays paused, and that what cannot be sent
again is told with the reason. A disabled address is tried again where what was given up is asked for, as ``resume``
does; not where some ids or a time are.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from store.deliveries import Delivery, DeliveryFilter, DeliveryState
from store.unit_of_work import Transaction
from tracker.alerts.recording import act
from tracker.alerts.subscribing import require_subscription
from tracker.alerts.targets import told_of
from tracker.domain.asked_times import Span
from tracker.domain.errors import Mismatch, NotFound
from tracker.domain.parts import Spelling, plainly
from tracker.domain.running import OPERATOR
from tracker.domain.subscribing import SubscriptionEventType
from tracker.ledger.subscription_events import SubscriptionEvent
from tracker.views.standing import standing_with_id

_PAGE = 400  # ids to a question


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A delivery that is not sent again, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redelivered:
    """What was begun anew, in order, and what was left out; ``enabled``: subscription and number of each address."""

    deliveries: Sequence[Delivery]
    left_out: Sequence[LeftOut]
    enabled: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which deliveries somebody wants sent again: some ids, or those that were made in a time or given up."""

    ids: Sequence[str] = ()
    since: Span | None = None
    until: Span | None = None
    is_dead: bool = False
    subscription: str | None = None

    def require_one(self, *, spelled: Spelling = plainly) -> None:
        """Raises Mismatch where it is neither, or both, or no time at all."""
        since, until, has_filter = self.since, self.until, bool(self.since or self.is_dead)
        has_other = bool(until or self.subscription)
        if bool(self.ids) == has_filter or (self.ids and has_other) or (until and not since):
            raise Mismatch(
                f"expected one of: ids of deliveries, {spelled('since')} with or without {spelled('until')}, "
                f"{spelled('dead')}"
            )
        if since and until and since.start >= until.end:
            raise Mismatch(f"{spelled('since')} is not before {spelled('until')}", part="since")

    def wanted(self, transaction: Transaction) -> DeliveryFilter:
        """The filter of the outbox. Raises NotFound where there is no such subscription."""
        name = self.subscription
        return DeliveryFilter(
            ids=list(dict.fromkeys(self.ids)) or None,
            states=[DeliveryState.DEAD] if self.is_dead else None,
            subscription_id=None if name is None else require_subscription(transaction, name).subscription_id,
            since=self.since.start if self.since else None,
            until=self.until.end if self.until else None,
        )


def redelivered_object(done: Redelivered) -> dict[str, Any]:
    """What was begun anew, for programs; ``enabled`` only where an address was."""
    left_out = [{"id": one.id, "reason": one.reason} for one in done.left_out]
    enabled = [{"subscription": name, "address_number": number} for name, number in done.enabled]
    told = {"redelivered": [one.id for one in done.deliveries], "left_out": left_out}
    return told | ({"enabled": enabled} if enabled else {})


def redeliver(
    transaction: Transaction, wanted: DeliveryFilter, *, now: datetime, actor: str | None = None
) -> Redelivered:
    """Begin the schedule of what is wanted anew; ``actor``: who asks, where known.

    Raises NotFound where one of the ids is none.
    """
    before = [one for one in _wanted(transaction, wanted) if one.pruned_at is None or _is_meant(wanted)]
    known = {one.id for one in before}
    unknown = [one for one in wanted.ids or () if one not in known]
    if unknown:
        raise NotFound(f"there is no delivery {unknown[0]}; trialog deliveries lists those that there are")
    enabled = _enable(transaction, before, actor) if wanted.states == [DeliveryState.DEAD] else []
    ids: set[str] = set()
    for page in _pages([one.id for one in before]):
        ids.update(transaction.outbox.redeliver(DeliveryFilter(ids=page), now))
    begun = [one for one in before if one.id in ids]
    for subscription_id, count in Counter(one.subscription_id for one in begun).items():
        _record(transaction, subscription_id, count, actor)
    left_out = [_left_out(transaction, one) for one in before if one.id not in ids]
    return Redelivered(deliveries=begun, left_out=left_out, enabled=enabled)


def _is_meant(wanted: DeliveryFilter) -> bool:
    """Whether a delivery that was pruned is told of: asked for by id or by day, not where all that died are."""
    return wanted.ids is not None or wanted.since is not None


def _wanted(transaction: Transaction, wanted: DeliveryFilter) -> Iterator[Delivery]:
    if wanted.ids is None:
        yield from transaction.outbox.list(wanted)
        return
    for page in _pages(list(dict.fromkeys(wanted.ids))):
        yield from transaction.outbox.list(replace(wanted, ids=page))


def _enable(transaction: Transaction, wanted: Sequence[Delivery], actor: str | None) -> list[tuple[str, int]]:
    """Try the disabled addresses of what is wanted again, as far as they are a subscription's still."""
    enabled = []
    for address_id, one in {delivery.address_id: delivery for delivery in wanted}.items():
        asked = standing_with_id(transaction.connection, one.subscription_id)
        if asked is None or address_id not in {
            address.address_id for address in asked.addresses if address.is_disabled
        }:
            continue
        transaction.addresses.enable(address_id)
        told = told_of(transaction.addresses.get(address_id))
        event = SubscriptionEvent(
            type=SubscriptionEventType.ADDRESS_ENABLED,
            name=asked.name,
            subscription_id=asked.subscription_id,
            address=told,
            actor=actor,
        )
        act(transaction, event)
        enabled.append((asked.name, told.address_number))
    return enabled


def _record(transaction: Transaction, subscription_id: str, count: int, actor: str | None) -> None:
    asked = standing_with_id(transaction.connection, subscription_id)
    if asked is None:
        return
    if asked.is_paused:
        transaction.outbox.hold(subscription_id)
    event = SubscriptionEvent(
        type=SubscriptionEventType.REDELIVERY_REQUESTED,
        name=asked.name,
        subscription_id=subscription_id,
        detail={"deliveries_count": count},
        actor=actor,
    )
    act(transaction, event)


def _left_out(transaction: Transaction, one: Delivery) -> LeftOut:
    if one.state is DeliveryState.LEASED:
        return LeftOut(id=one.id, reason="it is being sent just now")
    if one.pruned_at is not None:
        return LeftOut(id=one.id, reason="its message was deleted when it was old; see trialog prune")
    address = transaction.addresses.get_many([one.address_id]).get(one.address_id)
    if address is None or address.removed_at is not None or address.clear is None:
        return LeftOut(id=one.id, reason="its address is none of the subscription's any more")
    if one.subscription_id == OPERATOR:
        return LeftOut(id=one.id, reason="the operator's address is disabled; mend it, then start trialog run anew")
    again = f"trialog resume {one.subscription} or trialog redeliver --dead --subscription {one.subscription}"
    return LeftOut(id=one.id, reason=f"its address is disabled; to try it again: {again}")


def _pages(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), _PAGE):
        yield ids[at : at + _PAGE]
