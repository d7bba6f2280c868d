"""A ledger with subscribers, real endpoints on this machine, and the deliverer between them; the clock is set."""

import hashlib
import itertools
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpcore2

from notifiers.addresses import parse_networks
from notifiers.guard import Guard
from notifiers.masks import mask
from notifiers.notifier import Notifier
from notifiers.retry import DEFAULT_WAITS_S
from notifiers.signing import new_secret
from notifiers.webhook import WebhookNotifier, WebhookSettings
from store.deliveries import Attempt, Delivery, DeliveryFilter
from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab
from tests.endpoints import Endpoint, Received
from tracker.alerts.content import Kind
from tracker.alerts.messages import NewMessage, enqueue
from tracker.alerts.subscribing import Acting
from tracker.alerts.targets import Target
from tracker.delivery.deliverer import Delivered, Deliverer, Pace
from tracker.delivery.rendering import Envelope, Rendered
from tracker.delivery.unsubscribing import WayOut
from tracker.delivery.verdicts import Schedule
from tracker.domain.subscription import Subscription, checked
from tracker.views.standing import standing_named

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
TLS = httpcore2.default_ssl_context()
KEY = b"k" * 32
LOOPBACK = Guard(resolve=lambda host, timeout_s: ("127.0.0.1",), allow_networks=parse_networks("127.0.0.0/8"))


def webhook(timeout_s: float = 5.0) -> Notifier:
    """A channel for webhooks on this machine."""
    return WebhookNotifier(WebhookSettings(user_agent="trialog-tests", timeout_s=timeout_s), LOOPBACK, tls=TLS)


def render(delivery: Delivery, content: Any, envelope: Envelope) -> Rendered:
    """The content as it is, and how to stop."""
    data = {"content": content, "stop": envelope.unsubscribe_url or envelope.unsubscribe_token}
    body = json.dumps({"id": envelope.delivery_id, "data": data}).encode()
    keys = ", ".join(delivery.items)
    return Rendered(subject=f"{delivery.kind} {keys}", text=keys, body=body, thread_id=None, list_id=None)


def hook(endpoint: Endpoint | str, *, name: str = "") -> Target:
    """A webhook's address at an endpoint."""
    url = (endpoint if isinstance(endpoint, str) else endpoint.url) + name
    secret = new_secret(lambda count: url.encode()[-count:].rjust(count, b"."))
    endpoint_key = f"webhook:{hashlib.sha256(url.encode()).hexdigest()[:32]}"
    return Target(channel="webhook", clear=url, mask=mask(url), endpoint=endpoint_key, secret=secret)


def mail(address: str) -> Target:
    """A mail address."""
    clear = f"mailto:{address}"
    return Target(channel="email", clear=clear, mask=mask(clear), endpoint="email")


@dataclass(slots=True)
class PostOffice:
    """Deliveries of one ledger; ``now`` is set by the test."""

    lab: Lab
    now: datetime = NOW
    waits_s: Sequence[float] = DEFAULT_WAITS_S
    jitter: float = 0.0
    public_url: str = ""
    channels: dict[str, Callable[[], Notifier]] = field(default_factory=lambda: {"webhook": webhook})
    _ids: Iterator[int] = field(default_factory=itertools.count)

    @property
    def database(self) -> Database:
        """The ledger's database."""
        return self.lab.database

    @contextmanager
    def acting(self) -> Iterator[Acting]:
        """Acts in one transaction."""
        with self.database.writing() as transaction:
            yield Acting(transaction=transaction, now=self.now, new_id=lambda: f"id{next(self._ids)}")

    def subscribe(self, name: str, *targets: Target) -> None:
        """Make a subscription."""
        with self.acting() as acting:
            acting.subscribe(checked(Subscription(name=name)), targets)

    def post(self, name: str, *keys: str) -> None:
        """Put a message for each of ``keys`` into the outbox, for every address of the subscription."""
        with self.database.writing() as transaction:
            subscription = standing_named(transaction.connection, name)
            assert subscription is not None
            messages = [
                NewMessage(
                    subscription=subscription,
                    kind=Kind.CHANGES,
                    items=[{"key": key, "trial_id": "NCT00000001"}],
                    dedup=key,
                )
                for key in keys
            ]
            enqueue(transaction, messages, now=self.now)

    def deliverer(self, holder: str = "here", *, pace: Pace | None = None, **others: Any) -> Deliverer:
        """What delivers; nobody is gone unless it is said."""
        parts: dict[str, Any] = {"database": self.database, "is_gone": lambda holder: False, "render": render}
        return Deliverer(
            channels=self.channels,
            way_out=WayOut(public_url=self.public_url, key=KEY),
            schedule=Schedule(waits_s=self.waits_s, jitter=lambda: self.jitter),
            now=lambda: self.now,
            holder=holder,
            pace=pace or Pace(),
            **(parts | others),
        )

    def deliver(self, stop: threading.Event | None = None, **others: Any) -> Delivered:
        """Send what is due."""
        return self.deliverer(**others).deliver(stop)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def deliveries(self, **wanted: Any) -> list[Delivery]:
        """What is in the outbox."""
        with self.database.reading() as transaction:
            return transaction.outbox.list(DeliveryFilter(**wanted))

    def states(self) -> dict[str, str]:
        """The state of each delivery, by its item; of several addresses the last one's."""
        return {one.items[0]: one.state.value for one in self.deliveries()}

    def attempts(self, key: str) -> list[Attempt]:
        """Every attempt of the deliveries of an item."""
        ids = [one.id for one in self.deliveries() if one.items == (key,)]
        with self.database.reading() as transaction:
            found = transaction.outbox.attempts_of(ids)
        return [attempt for each in ids for attempt in found.get(each, [])]


def keys_of(received: Sequence[Received]) -> list[str]:
    """The items that an endpoint was sent, in order."""
    contents = [json.loads(one.body)["data"]["content"] for one in received]
    return [one["items"][0]["key"] if one["items"] else one["kind"] for one in contents]


def ids_of(received: Sequence[Received]) -> list[str]:
    """The ids of the deliveries that an endpoint was sent, in order."""
    return [one.headers["webhook-id"] for one in received]
