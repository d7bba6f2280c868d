"""The port: a message goes in, an outcome comes out, and nothing is raised for what a receiver does.

Promises that an outcome tells what its caller does next, and that its reason holds no secret and no clear address.
Knows no database, no schedule, no trial: whoever calls decides when, and how often.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from notifiers.errors import InvalidInput

_DELIVERY_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one address.

    ``delivery_id`` stays the same over all attempts; ``sent_at`` (aware) is the instant of this attempt. A webhook
    sends ``body`` as ``content_type``, signed with every one of ``secrets`` (``whsec_...``, the newest first); other
    channels send ``subject``, ``text`` and ``html`` (may be empty), which say the same. Mail of one ``thread_id`` is
    shown as one conversation. Bodies and secrets are kept out of the repr, and so is the address.
    """

    delivery_id: str
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    sent_at: datetime
    html: str = field(default="", repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = "application/cloudevents+json"
    secrets: tuple[str, ...] = field(default=(), repr=False)
    list_id: str | None = None
    thread_id: str | None = None
    unsubscribe_url: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not _DELIVERY_ID.fullmatch(self.delivery_id):
            raise InvalidInput(f"delivery id {self.delivery_id!r}; expected letters, digits, _ and -")
        if self.sent_at.tzinfo is None:
            raise InvalidInput(f"sent_at {self.sent_at} has no zone; expected an aware instant")


class OutcomeKind(StrEnum):
    """What the caller does next."""

    SENT = "sent"  # nothing: it was taken
    MESSAGE_FAILED = "message_failed"  # try this message again later; others go on
    ENDPOINT_FAILED = "endpoint_failed"  # try again later, and let the endpoint rest until then
    MESSAGE_DEAD = "message_dead"  # never try this message again
    ADDRESS_GONE = "address_gone"  # send nothing more to this address
    OURS = "ours"  # our own setting is wrong: count nothing, tell the operator the setting that the reason names


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one attempt. ``status`` is the HTTP or SMTP code; ``reason`` one line, empty where it was sent."""

    kind: OutcomeKind
    took_ms: int
    status: int | None = None
    reason: str = ""
    retry_after_s: float | None = None


class Notifier(Protocol):
    """A channel. It may keep connections between messages, until it is closed; it can be used again afterwards."""

    def send(self, message: Message) -> Outcome:
        """Try once to hand ``message`` over. What a receiver does wrong is told by the outcome."""

    def close(self) -> None:
        """Let go of every connection."""
