"""The port of rendering: a delivery and its content go in, what a channel sends comes out.

It promises nothing itself; who renders is wired in. Delivery does not look into a content.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from store.deliveries import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a message says beside its content. Instants are aware; ``created_at`` is when it was put into the outbox.

    ``unsubscribe_url`` ends the subscription by one click, where trialog has a page of its own, under ``public_url``;
    ``unsubscribe_token`` does it in a command anywhere, and is empty where there is nothing to end.
    """

    delivery_id: str
    created_at: datetime
    sent_at: datetime
    unsubscribe_token: str = field(repr=False)
    unsubscribe_url: str | None = field(default=None, repr=False)
    public_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as it is sent: ``body`` by webhooks; ``subject``, ``text`` and ``html`` by the others."""

    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = "application/cloudevents+json"
    thread_id: str | None = None
    list_id: str | None = None


class Render(Protocol):
    """Renders one message. Laws: the same input gives the same output; it may be called by several threads at once.

    What it raises makes that one message dead, and no other.
    """

    def __call__(self, delivery: Delivery, content: Any, envelope: Envelope) -> Rendered:
        """``content`` as it was put into the outbox, for the channel of ``delivery``."""
        ...
