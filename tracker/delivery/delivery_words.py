"""Where a delivery stands, in words, and why. Pure."""

from collections.abc import Sequence

from store.deliveries import Attempt, Delivery, DeliveryState
from store.instants import instant_text
from tracker.domain.safe_text import shortened
from tracker.domain.wording import count, minute


def state_in_words(one: Delivery, attempts: Sequence[Attempt]) -> str:
    """Where a delivery stands, and why."""
    tries_count = len(attempts) if one.pruned_at is None else one.attempts_count
    tries = f" after {count(tries_count, 'attempt')}" if tries_count > 1 else ""
    if one.state is DeliveryState.SENT:
        return f"sent {minute(instant_text(one.settled_at))}{tries}" if one.settled_at else "sent"
    if one.is_held:
        return "waits, the subscription is paused"
    if one.state is DeliveryState.LEASED:
        return "is being sent"
    if one.state is DeliveryState.DEAD:
        return f"dead{tries}: {shortened(one.reason or '', 200)}"
    if one.state is DeliveryState.FAILED and one.next_attempt_at is not None:
        reason = f": {shortened(attempts[-1].reason or '', 200)}" if attempts else ""
        return f"failed{tries}, again from {minute(instant_text(one.next_attempt_at))}{reason}"
    return "waits"
