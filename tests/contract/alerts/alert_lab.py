"""A ledger with subscribers: acts as people do them, a clock that is set, and the outbox to look into."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from store.deliveries import Delivery, DeliveryFilter
from tests.contract.pipeline.lab import Lab
from tracker.alerts.evaluating import Evaluated, Evaluator
from tracker.alerts.subscribing import Acting
from tracker.alerts.targets import NewSecret, Target
from tracker.domain.conditions import parse_condition
from tracker.domain.digest_times import parse_digest_times
from tracker.domain.subscription import Scope, Subscription, Wanted, When, checked

MAIL = Target(channel="email", clear="mailto:mia@example.org", mask="m***@example.org", endpoint="email")
HOOK = Target(
    channel="webhook",
    clear="https://hooks.example.org/a",
    mask="https://hooks.example.org/***",
    endpoint="webhook:a",
    secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
)
FIRST_NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


def request(
    name: str = "stale", *, when: tuple[str, ...] = (), digest: dict[str, str] | None = None, **given: Any
) -> Subscription:
    """A request: ``when`` as people write it; other values go where they belong."""
    scope = {key: value for key, value in given.items() if key in Scope.__dataclass_fields__}
    wanted = {key: value for key, value in given.items() if key in Wanted.__dataclass_fields__}
    asked = Subscription(
        name=name,
        scope=Scope(**scope),
        wanted=Wanted(when=tuple(map(parse_condition, when)), **wanted),
        when=When(digest=parse_digest_times(**digest) if digest else None, even_empty=given.get("even_empty", False)),
    )
    return checked(asked)


@dataclass(slots=True)
class AlertLab:
    """A lab with subscribers; ``now`` is set by the test."""

    lab: Lab
    now: datetime = FIRST_NOW
    _ids: Iterator[int] = field(default_factory=itertools.count)

    def new_id(self) -> str:
        """An id that no other has."""
        return f"id{next(self._ids)}"

    @contextmanager
    def acting(self) -> Iterator[Acting]:
        """Acts in one transaction."""
        with self.lab.database.writing() as transaction:
            yield Acting(transaction=transaction, now=self.now, new_id=self.new_id)

    def subscribe(self, asked: Subscription | None = None, *targets: Target, **given: Any) -> list[NewSecret]:
        """Subscribe to mail, or to what is given."""
        with self.acting() as acting:
            return acting.subscribe(asked or request(**given), targets or (MAIL,))

    def evaluate(self) -> Evaluated:
        """Bring the outbox up to date."""
        return Evaluator(database=self.lab.database, now=lambda: self.now, new_id=self.new_id).evaluate()

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def deliveries(self, **wanted: Any) -> list[Delivery]:
        """What is in the outbox."""
        with self.lab.database.reading() as transaction:
            return transaction.outbox.list(DeliveryFilter(**wanted))

    def contents(self) -> list[dict[str, Any]]:
        """What the deliveries say."""
        ids = [one.id for one in self.deliveries()]
        with self.lab.database.reading() as transaction:
            return [transaction.outbox.content(one) for one in ids]

    def told(self) -> list[tuple[str, list[str]]]:
        """Kind and keys of each delivery, without the positions of events."""
        return [(one.kind, list(map(_without_position, one.items))) for one in self.deliveries()]


def _without_position(key: str) -> str:
    return "event" if key.startswith("event:") else key
