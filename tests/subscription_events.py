"""Events of subscriptions made for the tests: one of each type, with everything that an event can say."""

from tracker.domain.subscribing import OF_ONE_ADDRESS, REQUESTS, SubscriptionEventType
from tracker.ledger.subscription_events import SubscriptionEvent, ToldAddress

MAIL = ToldAddress(address_id="a1", address_number=1, channel="mail", address="m***@example.org")
HOOK = ToldAddress(address_id="a2", address_number=2, channel="webhook", address="https://hooks.example.org/***")
_DETAILS: dict[SubscriptionEventType, dict[str, object]] = {
    SubscriptionEventType.SUBSCRIPTION_RESUMED: {"skip": True},
    SubscriptionEventType.SECRET_ROTATED: {"overlap_s": 86400},
    SubscriptionEventType.ADDRESS_DISABLED: {"reason": "the endpoint answered 410 Gone"},
    SubscriptionEventType.REDELIVERY_REQUESTED: {"deliveries_count": 3},
}


def subscription_event(event_type: SubscriptionEventType) -> SubscriptionEvent:
    """An event of that type."""
    is_request = event_type in REQUESTS
    return SubscriptionEvent(
        type=event_type,
        name="stale",
        subscription_id="5f0c",
        request={"wanted": {"when": ["unknown"]}} if is_request else None,
        addresses=(MAIL, HOOK) if is_request else (),
        address=HOOK if event_type in OF_ONE_ADDRESS else None,
        detail=_DETAILS.get(event_type, {}),
    )
