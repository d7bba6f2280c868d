"""One attempt: a claimed delivery is rendered, addressed and handed to its channel.

It promises that whatever a message or a channel does wrong ends as an outcome of that one message; that secrets which
have ended are not signed with; and that no log line holds an address in clear or a secret.
"""

import traceback
from dataclasses import dataclass
from datetime import datetime

import structlog

from notifiers.notifier import Message, Notifier, Outcome, OutcomeKind
from store.addresses import Secret
from store.deliveries import Claimed
from tracker.delivery.rendering import Envelope, Render
from tracker.delivery.unsubscribing import WayOut

_LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Attempts deliveries; several threads may do so at once."""

    render: Render
    way_out: WayOut

    def attempt(self, claimed: Claimed, notifier: Notifier, *, sent_at: datetime) -> Outcome:
        """Try once to send ``claimed``."""
        try:
            message = self._message(claimed, sent_at)
        except Exception as err:  # noqa: BLE001 - whatever stands in one record, the others go on
            _LOG.error("delivery_not_rendered", error=_named(err), at=_place(err))
            return Outcome(kind=OutcomeKind.MESSAGE_DEAD, took_ms=0, reason=f"cannot be rendered: {_named(err)}")
        try:
            return notifier.send(message)
        except Exception as err:  # noqa: BLE001 - a channel raises nothing by its port; a fault in it stops no other
            _LOG.error("channel_failed", error=_named(err), at=_place(err))
            return Outcome(kind=OutcomeKind.MESSAGE_FAILED, took_ms=0, reason=f"a fault of the channel: {_named(err)}")

    def _message(self, claimed: Claimed, sent_at: datetime) -> Message:
        delivery, address = claimed.delivery, claimed.address
        url = self.way_out.url(delivery)
        envelope = Envelope(
            delivery_id=delivery.id,
            created_at=delivery.created_at,
            sent_at=sent_at,
            unsubscribe_token=self.way_out.token(delivery),
            unsubscribe_url=url,
            public_url=self.way_out.public_url or None,
        )
        rendered = self.render(delivery, claimed.content, envelope)
        return Message(
            delivery_id=delivery.id,
            address=address.clear or "",
            sent_at=sent_at,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            body=rendered.body,
            content_type=rendered.content_type,
            secrets=valid_secrets(address.secrets or (), sent_at),
            list_id=rendered.list_id,
            thread_id=rendered.thread_id,
            unsubscribe_url=url,
        )


def valid_secrets(secrets: tuple[Secret, ...], at: datetime) -> tuple[str, ...]:
    """The secrets that hold at an instant, the one that holds longest first."""
    valid = [one for one in secrets if one.valid_until is None or one.valid_until > at]
    valid.sort(key=lambda one: (one.valid_until is not None, -(one.valid_until or at).timestamp()))
    return tuple(one.secret for one in valid)


def _named(err: Exception) -> str:
    """The kind of an error alone: its text, as in a traceback, may repeat what must not be shown."""
    return type(err).__name__


def _place(err: Exception) -> str:
    """Where it was raised."""
    frame = traceback.extract_tb(err.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"
