"""Subscriptions that end, or were ended: found in the ledger, so that their addresses can still be forgotten, and so
that one ended by mistake goes on.

Promises that what is forgotten is gone from the addresses and told by an event, once; and that a subscription which
goes on keeps its id, so that links in old mails end it again, and nothing that it was told is told anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from store.addresses import Address
from store.unit_of_work import Transaction
from tracker.alerts.recording import act
from tracker.alerts.subscribing import Acting
from tracker.alerts.targets import Target
from tracker.domain.errors import Conflict, NotFound
from tracker.domain.subscribing import REQUESTS, SubscriptionEventType
from tracker.domain.subscription_json import from_json
from tracker.ledger.subscription_events import SubscriptionEvent
from tracker.ledger.subscription_ledger import SubscriptionLedger
from tracker.views.standing import standing_named, standing_with_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A subscription that is ended; ``unsent_count`` is None where it had been before."""

    name: str
    unsent_count: int | None
    is_forgotten: bool = False


def end_with_id(acting: Acting, subscription_id: str, *, forget: bool = False) -> Ended:
    """End a subscription that a link in a mail names; one that has ended stays so. Raises NotFound."""
    transaction = acting.transaction
    asked = standing_with_id(transaction.connection, subscription_id)
    if asked is not None:
        count = acting.unsubscribe(asked.name, forget=forget)
        return Ended(name=asked.name, unsent_count=count, is_forgotten=forget)
    name = name_of(transaction, subscription_id)
    if name is None:
        raise NotFound("the token is of a subscription that this ledger never had")
    if forget:
        forget_ended(transaction, name, subscription_id)
    return Ended(name=name, unsent_count=None, is_forgotten=forget)


def end_named(acting: Acting, name: str, *, forget: bool = False) -> Ended:
    """End the subscription of a name; ``forget``: erase its addresses, and those of earlier ones of that name.

    Raises NotFound where there is none, and none whose addresses could be forgotten.
    """
    transaction = acting.transaction
    earlier = ended_named(transaction, name)
    count = None
    if standing_named(transaction.connection, name) is not None or not (forget and earlier):
        count = acting.unsubscribe(name, forget=forget)
    if forget:
        for one in earlier:
            forget_ended(transaction, name, one)
    return Ended(name=name, unsent_count=count, is_forgotten=forget)


def take_up_again(acting: Acting, subscription_id: str) -> str:
    """Let an ended subscription go on as it was when it ended; answers its name. One that stands is left alone.

    Raises NotFound where there never was one, Conflict where its name was given to another or its addresses are
    forgotten.
    """
    transaction = acting.transaction
    standing = standing_with_id(transaction.connection, subscription_id)
    if standing is not None:
        return standing.name
    acts = [one.event for one in SubscriptionLedger(transaction).read() if one.event.subscription_id == subscription_id]
    asked = next((one for one in reversed(acts) if one.type in REQUESTS), None)
    if asked is None:
        raise NotFound("the token is of a subscription that this ledger never had")
    addresses = transaction.addresses.get_many([one.address_id for one in asked.addresses])
    kept = [addresses[one.address_id] for one in asked.addresses if one.address_id in addresses]
    targets = [_target(one) for one in kept if one.clear is not None]
    if not targets:
        raise Conflict(f"the addresses of {asked.name} are forgotten: subscribe anew")
    acting.subscribe(from_json(asked.request), targets, goes_on=subscription_id)
    if _was_paused(acts):
        acting.pause(asked.name)
    return asked.name


def _was_paused(acts: Sequence[SubscriptionEvent]) -> bool:
    paused, resumed = SubscriptionEventType.SUBSCRIPTION_PAUSED, SubscriptionEventType.SUBSCRIPTION_RESUMED
    begins = max(at for at, one in enumerate(acts) if one.type is SubscriptionEventType.SUBSCRIBED)
    return next((one.type is paused for one in reversed(acts[begins:]) if one.type in (paused, resumed)), False)


def _target(address: Address) -> Target:
    """Where messages went. A secret stays that of the receiver."""
    return Target(
        channel=address.channel,
        clear=address.clear or "",
        mask=address.mask,
        endpoint=address.endpoint,
        secret=address.secrets[0].secret if address.secrets else None,
    )


def name_of(transaction: Transaction, subscription_id: str) -> str | None:
    """What a subscription is or was called; None where there never was one of that id."""
    told = SubscriptionLedger(transaction).read()
    return next((one.event.name for one in told if one.event.subscription_id == subscription_id), None)


def ended_named(transaction: Transaction, name: str) -> list[str]:
    """The ids of the ended subscriptions of a name, the first to be ended first."""
    return [
        one.event.subscription_id
        for one in SubscriptionLedger(transaction).read()
        if one.event.type is SubscriptionEventType.UNSUBSCRIBED and one.event.name == name
    ]


def forget_ended(transaction: Transaction, name: str, subscription_id: str) -> bool:
    """Erase the addresses of an ended subscription; answers whether there was anything to erase."""
    assert standing_with_id(transaction.connection, subscription_id) is None
    addresses = transaction.addresses.of(subscription_id, with_removed=True)
    if not any(one.clear is not None or one.secrets is not None for one in addresses):
        return False
    transaction.addresses.forget(subscription_id)
    event = SubscriptionEvent(
        type=SubscriptionEventType.SUBSCRIPTION_FORGOTTEN, name=name, subscription_id=subscription_id
    )
    act(transaction, event)
    return True
