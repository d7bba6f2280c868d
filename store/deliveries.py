"""Deliveries as values: one message to one address, its attempts, and what is asked and told of it.

It promises that a delivery has one id for ever, which follows from its address and what it is about: enqueued again,
after a crash or a restored backup, it has the same. It does not know the database, nor what a message says.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from store.addresses import Address


class DeliveryState(StrEnum):
    """Where a delivery stands. Pending: never attempted in its present schedule; failed: will be again."""

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"


WAITING = (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.FAILED)
"""The states from which a delivery goes on by itself."""


class AttemptOutcome(StrEnum):
    """How an attempt ended. Refused: this message; failed: the way there; dead: for ever."""

    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: ``status`` as the other side answered, None where it did not; it took ``ms`` milliseconds.

    ``number`` counts all attempts of the delivery from 1; it is given when the attempt is stored.
    """

    at: datetime
    outcome: AttemptOutcome
    ms: int
    status: int | None = None
    reason: str | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery:
    """A message for an address. ``address`` is its mask, ``content`` JSON of the caller's, ``position`` its cause.

    Of one address a ``dedup`` is enqueued once. With ``dead_because`` it is kept and not sent; with ``is_held`` it
    waits until its subscription is let go. It is due at ``due_at``, or at once.
    """

    subscription_id: str
    subscription: str
    address_id: str
    address_number: int
    address: str
    channel: str
    endpoint: str
    kind: str
    dedup: str
    content: Any
    items: Sequence[str] = ()
    trial_ids: Sequence[str] = ()
    position: int | None = None
    due_at: datetime | None = None
    is_held: bool = False
    dead_because: str | None = None

    @property
    def id(self) -> str:
        """The id that the delivery has from now on."""
        return delivery_id(self.address_id, self.dedup)


def delivery_id(address_id: str, dedup: str) -> str:
    """The id of what is enqueued for an address under ``dedup``: 32 letters, digits, ``_`` and ``-``.

    It begins with no ``-``, which a command would take for an option.
    """
    told = f"{address_id}\0{dedup}".encode()
    encoded = base64.urlsafe_b64encode(hashlib.sha256(told).digest()[:24]).decode()
    return encoded if encoded[0] != "-" else f"_{encoded[1:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery as it is stored, without its content. ``address`` is the mask.

    ``number`` is its place in the order of enqueueing; ``attempts_count`` counts those of the present schedule. Since
    ``pruned_at`` it has neither attempts nor content any more. Of a row in which ``items`` or ``trial_ids`` are damaged
    these are empty.
    """

    number: int
    id: str
    subscription_id: str
    subscription: str
    address_id: str
    address_number: int
    address: str
    channel: str
    endpoint: str
    kind: str
    state: DeliveryState
    dedup: str
    position: int | None
    created_at: datetime
    next_attempt_at: datetime | None
    settled_at: datetime | None
    reason: str | None
    attempts_count: int
    is_held: bool
    items: tuple[str, ...]
    trial_ids: tuple[str, ...]
    pruned_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that its holder alone may send until ``lease_until``; ``lease`` tells this claim from later ones.

    With ``damage`` what is stored of it cannot be read, for that reason; its content is None then.
    """

    delivery: Delivery
    address: Address
    content: Any
    holder: str
    lease: int
    lease_until: datetime
    damage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Which deliveries are meant: those for which everything that is given holds.

    ``since`` (inclusive) and ``until`` (exclusive) are compared with ``created_at``; ``ids`` are some hundreds at most.
    """

    ids: Sequence[str] | None = None
    states: Sequence[DeliveryState] | None = None
    subscription_id: str | None = None
    subscription: str | None = None
    address_id: str | None = None
    kind: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERY = DeliveryFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCounts:
    """How many deliveries there are in each state, and how many of those that wait are held."""

    by_state: dict[DeliveryState, int] = field(default_factory=dict)
    held: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_state.values())

    @property
    def waiting(self) -> int:
        """Those that go on by themselves, the held ones among them."""
        return sum(self.by_state.get(state, 0) for state in WAITING)
