"""Keeps the view of subscriptions in step with the ledger, in the transaction that appends to it.

Promises: applying the same events in the order of their positions gives the same rows, live or replayed, in one batch
or in many. A subscription that was ended has no row; another of its name is another.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from store.json_text import decode, encode
from tracker.domain.subscribing import SubscriptionEventType, SubscriptionState
from tracker.ledger.subscription_events import RecordedSubscriptionEvent, SubscriptionEvent, ToldAddress
from tracker.views.rows import Row, instant_text
from tracker.views.tables import SUBSCRIPTIONS

_STATES = {
    SubscriptionEventType.SUBSCRIPTION_PAUSED: SubscriptionState.PAUSED,
    SubscriptionEventType.SUBSCRIPTION_RESUMED: SubscriptionState.ACTIVE,
}


class SubscriptionWriter:
    """Applies recorded events of subscriptions to their view within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def apply(self, batch: Sequence[RecordedSubscriptionEvent]) -> None:
        """Apply ``batch``, given in the order of positions."""
        for told in batch:
            self._apply(told)

    def _apply(self, told: RecordedSubscriptionEvent) -> None:
        event = told.event
        match event.type:
            case SubscriptionEventType.SUBSCRIBED:
                self._connection.execute(insert(SUBSCRIPTIONS).values(**_made(told)))
            case SubscriptionEventType.SUBSCRIPTION_EDITED:
                self._change(event, **_asked(told, self._addresses(event)))
            case SubscriptionEventType.UNSUBSCRIBED:
                self._connection.execute(delete(SUBSCRIPTIONS).where(_is_of(event)))
            case SubscriptionEventType.ADDRESS_DISABLED | SubscriptionEventType.ADDRESS_ENABLED:
                self._mark(told)
            case other if other in _STATES:
                self._change(event, state=_STATES[other].value)

    def _mark(self, told: RecordedSubscriptionEvent) -> None:
        """Say of one address whether it is disabled, since when and why."""
        event, address = told.event, told.event.address
        assert address is not None
        is_disabled = event.type is SubscriptionEventType.ADDRESS_DISABLED
        marked = self._addresses(event)
        if address.address_id in marked:
            marked[address.address_id] |= {
                "state": "disabled" if is_disabled else "active",
                "disabled_at": instant_text(told.recorded_at) if is_disabled else None,
                "disabled_reason": event.detail.get("reason") if is_disabled else None,
            }
            self._change(event, addresses=encode(list(marked.values())).decode())

    def _change(self, event: SubscriptionEvent, **values: Any) -> None:
        self._connection.execute(update(SUBSCRIPTIONS).where(_is_of(event)).values(**values))

    def _addresses(self, event: SubscriptionEvent) -> dict[str, dict[str, Any]]:
        found = self._connection.scalar(select(SUBSCRIPTIONS.c.addresses).where(_is_of(event)))
        return {address["address_id"]: address for address in decode(found)} if found else {}


def _is_of(event: SubscriptionEvent) -> Any:
    return SUBSCRIPTIONS.c.subscription_id == event.subscription_id


def _made(told: RecordedSubscriptionEvent) -> Row:
    return {
        "name": told.event.name,
        "subscription_id": told.event.subscription_id,
        "state": SubscriptionState.ACTIVE.value,
        "created_at": instant_text(told.recorded_at),
        "position": told.position,
        **_asked(told, {}),
    }


def _asked(told: RecordedSubscriptionEvent, known: dict[str, dict[str, Any]]) -> Row:
    """What an act asks for; an address that was there keeps its state."""
    addresses = [_address_row(address, known.get(address.address_id, {})) for address in told.event.addresses]
    return {
        "request": encode(told.event.request).decode(),
        "addresses": encode(addresses).decode(),
        "since": told.position,
    }


def _address_row(address: ToldAddress, known: dict[str, Any]) -> Row:
    return {
        "address_id": address.address_id,
        "address": address.address,
        "address_number": address.address_number,
        "channel": address.channel,
        "state": known.get("state", "active"),
        "disabled_at": known.get("disabled_at"),
        "disabled_reason": known.get("disabled_reason"),
    }
