"""When a subscription was paused, and what is known of conditions where its pause is skipped.

Promises that a condition that came true in a pause which was skipped is never told of again, nor its end: nobody was
told of it. It does not know what is sent; that is held back and let go in the outbox.
"""

from datetime import datetime

from store.instants import instant_of, instant_text
from store.unit_of_work import Transaction
from tracker.views.standing import StandingSubscription


def put_pause(transaction: Transaction, subscription: StandingSubscription, *, now: datetime) -> None:
    """Keep that the subscription was told of everything until now, and that a pause begins."""
    transaction.cursors.put(_cursor(subscription), {"at": instant_text(now)})


def end_what_came_true_in_pause(transaction: Transaction, subscription: StandingSubscription, *, now: datetime) -> None:
    """Let what was told for the first time since the pause began be over, without a word."""
    kept = transaction.cursors.get(_cursor(subscription))
    if kept is None:
        return
    paused_at = instant_of(kept["at"])
    told = transaction.tellings.open(subscription.subscription_id)
    transaction.tellings.end(subscription.subscription_id, [one.key for one in told if one.told_at > paused_at], now)


def _cursor(subscription: StandingSubscription) -> str:
    return f"pause:{subscription.subscription_id}"
