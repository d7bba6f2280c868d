"""Messages for a subscription's addresses, as the outbox takes them.

Promises one delivery for each address under one ``dedup``, so that the same message told again is not sent again; to a
disabled address it is kept as dead, so that it can be sent later exactly, and of a paused subscription it waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.deliveries import NewDelivery, delivery_id
from store.unit_of_work import Transaction
from tracker.alerts.content import Kind, content
from tracker.alerts.items import Item
from tracker.alerts.reasons import reason_of
from tracker.domain.record import Json
from tracker.views.standing import StandingSubscription

ADDRESS_DISABLED = "address disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """What is told to a subscription. ``dedup`` is unlike that of anything else told to it.

    ``position``: the ledger's that brought it about, if one did.
    """

    subscription: StandingSubscription
    kind: Kind
    items: Sequence[Item]
    dedup: str
    position: int | None = None
    is_sample: bool = False


def enqueue(transaction: Transaction, messages: Sequence[NewMessage], *, now: datetime) -> int:
    """Put messages into the outbox; answers how many deliveries are new."""
    endpoints: dict[str, str] = {}
    for one in {message.subscription.subscription_id for message in messages}:
        endpoints |= {address.address_id: address.endpoint for address in transaction.addresses.of(one)}
    new = [one for message in messages for one in _deliveries(message, endpoints)]
    return transaction.outbox.enqueue(new, now)


def _deliveries(message: NewMessage, endpoints: dict[str, str]) -> list[NewDelivery]:
    asked = message.subscription
    said = content(
        message.kind,
        subscription=asked.name,
        reason=reason_of(asked.request),
        items=message.items,
        more="",
        is_sample=message.is_sample,
    )
    items = tuple(str(item["key"]) for item in said["items"])
    trials = tuple(dict.fromkeys(str(item["trial_id"]) for item in said["items"] if item["trial_id"]))
    return [
        NewDelivery(
            subscription_id=asked.subscription_id,
            subscription=asked.name,
            address_id=address.address_id,
            address_number=address.address_number,
            address=address.address,
            channel=address.channel,
            endpoint=endpoints[address.address_id],
            kind=message.kind.value,
            dedup=message.dedup,
            content=_with_command(said, delivery_id(address.address_id, message.dedup)),
            items=items,
            trial_ids=trials,
            position=message.position,
            is_held=asked.is_paused,
            dead_because=ADDRESS_DISABLED if address.is_disabled else None,
        )
        for address in asked.addresses
        if address.address_id in endpoints
    ]


def _with_command(said: dict[str, Json], delivery: str) -> dict[str, Json]:
    """The content with the command that lists every item of that very message, whatever has changed since."""
    command = f"trialog deliveries --items {delivery}"
    return said | {"more": command if said["more_count"] else None, "more_command": command}
