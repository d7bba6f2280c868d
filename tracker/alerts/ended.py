"""Subscriptions that were ended: found in the ledger, so that their addresses can still be forgotten.

Promises that what is forgotten is gone from the addresses and told by an event, once.
"""

from store.unit_of_work import Transaction
from tracker.alerts.recording import act
from tracker.domain.subscribing import SubscriptionEventType
from tracker.ledger.subscription_events import SubscriptionEvent
from tracker.ledger.subscription_ledger import SubscriptionLedger
from tracker.views.standing import standing_with_id


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
