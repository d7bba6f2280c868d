"""What a rendering is made for, and what comes of it."""

from dataclasses import dataclass, field
from datetime import datetime

from tracker.domain.clock import require_aware
from tracker.domain.running import OPERATOR

_STOP_ALARMS = "change operator.to of the settings (TRIALOG_OPERATOR__TO)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a message's content does not say of itself.

    ``created_at`` (aware) is when it was worked out. ``unsubscribe_url`` or else ``unsubscribe_token`` ends the
    subscription without a login. ``public_url``: where our own pages are, None where nowhere. ``instance`` names this
    installation as the ``source`` of its events.
    """

    delivery_id: str
    created_at: datetime
    subscription: str
    instance: str = "trialog"
    public_url: str | None = None
    unsubscribe_url: str | None = field(default=None, repr=False)
    unsubscribe_token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        require_aware(self.created_at, what="created_at")

    @property
    def stop_command(self) -> str:
        """The command that ends the subscription; with a token anybody may give it. Of alarms, the setting."""
        if self.subscription == OPERATOR:
            return _STOP_ALARMS
        if self.unsubscribe_token is not None:
            return f"trialog unsubscribe --token {self.unsubscribe_token}"
        return f"trialog unsubscribe {self.subscription}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as channels take it: ``text`` and ``html`` say the same, ``body`` is the CloudEvent.

    Mail of one ``thread_id`` is one conversation: that of a trial, or else of the subscription.
    """

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    body: bytes = field(repr=False)
    content_type: str
    thread_id: str
    list_id: str
