"""Disabling an address that takes nothing any more, and telling its owner.

It promises, in the transaction that settles the attempt which showed it: the address is disabled in the store, by an
event and in the view; what waits for it is dead for one reason, by which it is found and sent again; and the owner is
told once, through the other addresses of the subscription that take something. The operator's address is nobody's
subscription: no event tells of it, and nobody else is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from store.addresses import Address
from store.deliveries import DeliveryFilter, DeliveryState, NewDelivery
from store.unit_of_work import Transaction
from tracker.delivery.verdicts import Verdict
from tracker.domain.running import OPERATOR
from tracker.domain.subscribing import SubscriptionEventType
from tracker.ledger.subscription_events import SubscriptionEvent, ToldAddress
from tracker.ledger.subscription_ledger import SubscriptionLedger
from tracker.views.standing import StandingSubscription, standing_with_id
from tracker.views.state import VIEWS
from tracker.views.subscription_writer import SubscriptionWriter

ADDRESS_DISABLED = "address disabled"
"""The reason of deliveries that are dead because their address is disabled."""

NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisabledAddress:
    """An address that was disabled: ``died_count`` deliveries with it, ``told_count`` others were told."""

    address_id: str
    subscription: str
    address_number: int
    channel: str
    address: str
    reason: str
    died_count: int
    told_count: int


def disable_addresses(transaction: Transaction, verdicts: Iterable[Verdict], *, now: datetime) -> list[DisabledAddress]:
    """Disable the address of each verdict that says so, unless that was done or has changed meanwhile."""
    found = (_disable(transaction, verdict, now) for verdict in verdicts)
    return [one for one in found if one is not None]


def announced_addresses(transaction: Transaction) -> frozenset[str]:
    """The ids of addresses that are disabled and of which another address took the notice."""
    return frozenset(one.address_id for one in transaction.addresses.disabled() if _is_announced(transaction, one))


def _is_announced(transaction: Transaction, address: Address) -> bool:
    """Whether a notice of this time was sent: of one that was disabled before and came back there may be others."""
    wanted = DeliveryFilter(
        subscription_id=address.subscription_id, kind=NOTICE, states=[DeliveryState.SENT], since=address.disabled_at
    )
    about = f"{NOTICE}:{address.address_id}:"
    return any(one.dedup.startswith(about) for one in transaction.outbox.list(wanted))


def _disable(transaction: Transaction, verdict: Verdict, now: datetime) -> DisabledAddress | None:
    address = transaction.addresses.get(verdict.claimed.delivery.address_id)
    subscription = standing_with_id(transaction.connection, address.subscription_id)
    is_as_before = address.failing_since is not None or not verdict.is_lasting
    is_known = subscription is not None or address.subscription_id == OPERATOR
    if verdict.disables is None or not address.is_active or not is_known or not is_as_before:
        return None
    transaction.addresses.disable(address.address_id, now=now, reason=verdict.disables)
    died_count = transaction.outbox.kill_address(address.address_id, ADDRESS_DISABLED, now)
    disabled = DisabledAddress(
        address_id=address.address_id,
        subscription=OPERATOR if subscription is None else subscription.name,
        address_number=address.number or 0,
        channel=address.channel,
        address=address.mask,
        reason=verdict.disables,
        died_count=died_count,
        told_count=0,
    )
    if subscription is None:
        return disabled
    position = _record(transaction, subscription, address, reason=verdict.disables)
    notices = _notices(
        transaction,
        subscription,
        _content(disabled),
        dedup=f"{NOTICE}:{address.address_id}:{position}",
    )
    told_count = transaction.outbox.enqueue(notices, now)
    return replace(disabled, told_count=told_count)


def _record(transaction: Transaction, subscription: StandingSubscription, address: Address, *, reason: str) -> int:
    """Append the event, bring the view up to it, and answer its position."""
    event = SubscriptionEvent(
        type=SubscriptionEventType.ADDRESS_DISABLED,
        name=subscription.name,
        subscription_id=subscription.subscription_id,
        address=ToldAddress(
            address_id=address.address_id,
            address_number=address.number or 0,
            channel=address.channel,
            address=address.mask,
        ),
        detail={"reason": reason},
    )
    recorded = SubscriptionLedger(transaction).append([event])
    SubscriptionWriter(transaction.connection).apply(recorded)
    transaction.checkpoints.move(VIEWS, recorded[-1].position)
    return recorded[-1].position


def _notices(
    transaction: Transaction, subscription: StandingSubscription, said: dict[str, Any], *, dedup: str
) -> list[NewDelivery]:
    return [
        NewDelivery(
            subscription_id=subscription.subscription_id,
            subscription=subscription.name,
            address_id=other.address_id,
            address_number=other.number or 0,
            address=other.mask,
            channel=other.channel,
            endpoint=other.endpoint,
            kind=NOTICE,
            dedup=dedup,
            content=said,
            items=(dedup,),
            is_held=subscription.is_paused,
        )
        for other in transaction.addresses.of(subscription.subscription_id)
        if other.is_active
    ]


def _content(disabled: DisabledAddress) -> dict[str, Any]:
    """What the others are told, with the keys of every content; a notice has words in the place of items."""
    way_on = f"trialog resume {disabled.subscription}"
    words = (
        f"Nothing is sent any more to address {disabled.address_number} of {disabled.subscription}, "
        f"{disabled.address}: {disabled.reason}. What it misses is kept; mend it, then: {way_on}"
    )
    return {
        "kind": NOTICE,
        "is_sample": False,
        "subscription": disabled.subscription,
        "reason": f"another address of the subscription {disabled.subscription} takes nothing any more",
        "items": [],
        "items_count": 0,
        "more_count": 0,
        "more": None,
        "more_command": f"trialog subscriptions {disabled.subscription}",
        "notice": words,
    }
