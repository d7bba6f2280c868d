"""What people do to their subscriptions: the acts, each an event, and the stream that holds them.

The strings are stored and never change their meaning. What a subscription asks for is
``tracker.domain.subscription``; addresses are told by their masks alone, so that an address can be forgotten while
the ledger stays as it is.
"""

from enum import StrEnum

SUBSCRIPTIONS_STREAM = "subscriptions"


class SubscriptionEventType(StrEnum):
    """What happened to a subscription, in the past tense."""

    SUBSCRIBED = "subscribed"
    SUBSCRIPTION_EDITED = "subscription_edited"
    SUBSCRIPTION_PAUSED = "subscription_paused"
    SUBSCRIPTION_RESUMED = "subscription_resumed"
    UNSUBSCRIBED = "unsubscribed"
    SUBSCRIPTION_FORGOTTEN = "subscription_forgotten"
    SECRET_ROTATED = "secret_rotated"
    ADDRESS_DISABLED = "address_disabled"
    ADDRESS_ENABLED = "address_enabled"
    SAMPLE_REQUESTED = "sample_requested"
    REDELIVERY_REQUESTED = "redelivery_requested"


class SubscriptionState(StrEnum):
    """Whether a subscription's messages are sent or wait."""

    ACTIVE = "active"
    PAUSED = "paused"


REQUESTS = frozenset({SubscriptionEventType.SUBSCRIBED, SubscriptionEventType.SUBSCRIPTION_EDITED})
"""The acts that say what is asked for, and where it goes."""

OF_ONE_ADDRESS = frozenset(
    {
        SubscriptionEventType.SECRET_ROTATED,
        SubscriptionEventType.ADDRESS_DISABLED,
        SubscriptionEventType.ADDRESS_ENABLED,
    }
)
"""The acts that concern one of a subscription's addresses."""
