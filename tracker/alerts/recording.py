"""Records an act on a subscription: its event, and the view that follows from it, in the caller's transaction."""

from store.unit_of_work import Transaction
from tracker.ledger.subscription_events import SubscriptionEvent
from tracker.ledger.subscription_ledger import SubscriptionLedger
from tracker.views.state import VIEWS
from tracker.views.subscription_writer import SubscriptionWriter


def act(transaction: Transaction, event: SubscriptionEvent) -> int:
    """Record an act; answers its position."""
    told = SubscriptionLedger(transaction).append([event])
    SubscriptionWriter(transaction.connection).apply(told)
    transaction.checkpoints.move(VIEWS, told[-1].position)
    return told[-1].position
