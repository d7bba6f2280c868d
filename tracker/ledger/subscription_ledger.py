"""The ledger of subscriptions inside one transaction of the store.

Promises: acts are recorded in the order given, at the end of their one stream, and read back as they were. The writer
holds the write transaction, so what it has read of the subscriptions still holds. It does not know which acts are
allowed.
"""

from collections.abc import Iterator, Sequence

from store.events import NO_STREAM
from store.unit_of_work import Transaction
from tracker.domain.subscribing import SUBSCRIPTIONS_STREAM
from tracker.ledger.subscription_events import (
    RecordedSubscriptionEvent,
    SubscriptionEvent,
    decode_subscription_event,
    encode_subscription_event,
)


class SubscriptionLedger:
    """Reads and appends the events of subscriptions."""

    def __init__(self, transaction: Transaction) -> None:
        self._events = transaction.events

    def append(self, events: Sequence[SubscriptionEvent]) -> list[RecordedSubscriptionEvent]:
        """Record ``events`` in their order."""
        found = self._events.stream_version(SUBSCRIPTIONS_STREAM)
        version = NO_STREAM if found is None else found
        given = [
            encode_subscription_event(event, stream_version=at) for at, event in enumerate(events, start=version + 1)
        ]
        appended = self._events.append(SUBSCRIPTIONS_STREAM, given, expected_version=version) if given else []
        return [
            RecordedSubscriptionEvent(
                position=stored.position,
                stream_version=stored.stream_version,
                recorded_at=stored.recorded_at,
                event=event,
            )
            for stored, event in zip(appended, events, strict=True)
        ]

    def read(self) -> Iterator[RecordedSubscriptionEvent]:
        """All events of subscriptions in order of position; those of trials are not gone through."""
        return map(decode_subscription_event, self._events.read_stream(SUBSCRIPTIONS_STREAM))
