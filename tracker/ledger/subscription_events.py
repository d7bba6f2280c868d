"""The events of subscriptions as the store's JSON, and back.

It promises that decoding gives what was encoded, that a stored event of any past schema is lifted to the present one
before it is read, and that no event holds an address or a secret in clear. What a request means is for
``tracker.domain.subscription`` to know; here it is JSON.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from store.events import EventData, RecordedEvent
from tracker.domain.record import Json
from tracker.domain.subscribing import OF_ONE_ADDRESS, REQUESTS, SUBSCRIPTIONS_STREAM, SubscriptionEventType
from tracker.ledger.codec import refusing_unreadable
from tracker.ledger.upcasters import SUBSCRIPTION_SCHEMA_VERSION, lift_subscribing

_ID_CHARACTERS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAddress:
    """An address as events tell it: ``address_id`` is the store's, ``address`` a mask."""

    address_id: str
    address_number: int
    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionEvent:
    """Somebody, or trialog itself, did something to the subscription called ``name``.

    ``subscription_id`` tells it from another of the same name, before or after. ``request`` and ``addresses`` come with
    the acts that say what is asked for, ``address`` with those that concern one. ``detail`` is what else the act says:
    ``skip`` of a pause that is over, ``reason`` of an address that is disabled, ``overlap_s`` of a new secret,
    ``deliveries_count`` of a redelivery. ``actor``: the name of who did it, where a door knows one.
    """

    type: SubscriptionEventType
    name: str
    subscription_id: str
    request: Json = None
    addresses: tuple[ToldAddress, ...] = ()
    address: ToldAddress | None = None
    detail: Mapping[str, Json] = field(default_factory=dict)
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSubscriptionEvent:
    """An event of subscriptions as the ledger holds it."""

    position: int
    stream_version: int
    recorded_at: datetime
    event: SubscriptionEvent


def encode_subscription_event(event: SubscriptionEvent, *, stream_version: int) -> EventData:
    """The event as the store takes it for place ``stream_version`` of its stream, from which its id follows."""
    named = f"{SUBSCRIPTIONS_STREAM}\n{stream_version}\n{event.type.value}"
    return EventData(
        type=event.type.value,
        schema_version=SUBSCRIPTION_SCHEMA_VERSION,
        event_id=hashlib.sha256(named.encode()).hexdigest()[:_ID_CHARACTERS],
        data=_data(event),
        metadata={} if event.actor is None else {"actor": event.actor},
    )


def decode_subscription_event(stored: RecordedEvent) -> RecordedSubscriptionEvent:
    """The event that ``stored`` is; raises UnreadableEvent where it is none, or of a later schema."""
    with refusing_unreadable(stored):
        event = _decoded(stored, lift_subscribing(stored.type, stored.schema_version, stored.data))
    return RecordedSubscriptionEvent(
        position=stored.position,
        stream_version=stored.stream_version,
        recorded_at=stored.recorded_at,
        event=event,
    )


def _data(event: SubscriptionEvent) -> dict[str, Any]:
    data: dict[str, Any] = {"name": event.name, "subscription_id": event.subscription_id}
    if event.type in REQUESTS:
        data["request"] = event.request
        data["addresses"] = [_address_data(address) for address in event.addresses]
    if event.address is not None:
        data |= _address_data(event.address)
    if event.detail:
        data["detail"] = dict(event.detail)
    return data


def _address_data(address: ToldAddress) -> dict[str, Any]:
    return {
        "address_id": address.address_id,
        "address_number": address.address_number,
        "channel": address.channel,
        "address": address.address,
    }


def _decoded(stored: RecordedEvent, data: Mapping[str, Any]) -> SubscriptionEvent:
    if stored.stream != SUBSCRIPTIONS_STREAM:
        raise ValueError(f"it belongs to the stream {SUBSCRIPTIONS_STREAM}, not to {stored.stream}")
    event_type = SubscriptionEventType(stored.type)
    is_request = event_type in REQUESTS
    concerns_one = event_type in OF_ONE_ADDRESS or "address_id" in data
    return SubscriptionEvent(
        type=event_type,
        name=data["name"],
        subscription_id=data["subscription_id"],
        request=data["request"] if is_request else None,
        addresses=tuple(map(_address, data["addresses"])) if is_request else (),
        address=_address(data) if concerns_one else None,
        detail=data.get("detail", {}),
        actor=stored.metadata.get("actor"),
    )


def _address(data: Mapping[str, Any]) -> ToldAddress:
    return ToldAddress(
        address_id=data["address_id"],
        address_number=data["address_number"],
        channel=data["channel"],
        address=data["address"],
    )
