"""Who did it: the name that a door knows stands beside each act in the ledger, on both databases."""

from store.deliveries import DeliveryFilter
from tests.contract.delivery.post_office import PostOffice, hook
from tests.endpoints import Endpoint
from tracker.alerts.redelivering import redeliver
from tracker.alerts.subscribing import Acting
from tracker.domain.subscription import Subscription, checked
from tracker.ledger.subscription_ledger import SubscriptionLedger


def test_every_act_says_who_did_it(office: PostOffice, endpoint: Endpoint) -> None:
    """Where a door tells it; an act by nobody in particular says nothing."""
    with office.database.writing() as transaction:
        acting = Acting(transaction=transaction, now=office.now, new_id=lambda: "id", actor="ci")
        acting.subscribe(checked(Subscription(name="a")), [hook(endpoint)])
    office.post("a", "event:0")
    office.deliver()
    with office.database.writing() as transaction:
        redeliver(transaction, DeliveryFilter(), now=office.now, actor="me")
    with office.acting() as acting:
        acting.pause("a")
    with office.database.writing() as transaction:
        Acting(transaction=transaction, now=office.now, new_id=lambda: "id", actor="ci").resume("a")
    with office.database.reading() as transaction:
        acts = [(one.event.type.value, one.event.actor) for one in SubscriptionLedger(transaction).read()]
        assert transaction.events.verify() is None
    assert [
        ("subscribed", "ci"),
        ("redelivery_requested", "me"),
        ("subscription_paused", None),
        ("subscription_resumed", "ci"),
    ] == acts
