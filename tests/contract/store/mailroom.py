"""Makers of addresses, deliveries and their ends, as short as a test wants them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from store.addresses import NewAddress, Secret
from store.claiming import Claim
from store.deliveries import Attempt, AttemptOutcome, Claimed, Delivery, DeliveryFilter, NewDelivery
from store.settling import Settled, Settlement
from store.unit_of_work import Database

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


def later(seconds: float) -> datetime:
    """So many seconds after NOW."""
    return NOW + timedelta(seconds=seconds)


def new_address(name: str, *, endpoint: str | None = None, subscription: str | None = None) -> NewAddress:
    """The address ``name``, of a subscription and an endpoint named by its first letter unless others are given."""
    return NewAddress(
        address_id=name,
        subscription_id=subscription or f"s-{name[0]}",
        number=1,
        channel="webhook",
        mask=f"https://{name}.example.org/***",
        clear=f"https://{name}.example.org/hook",
        endpoint=endpoint or f"e-{name[0]}",
        secrets=(Secret(secret=f"whsec_{name}"),),
    )


def new_delivery(address: NewAddress, dedup: str, **others: Any) -> NewDelivery:
    """A message for an address."""
    told: dict[str, Any] = {"content": {"about": dedup}, "items": (f"event:{dedup}",), "trial_ids": ("NCT00000001",)}
    return NewDelivery(
        subscription_id=address.subscription_id,
        subscription=address.subscription_id,
        address_id=address.address_id,
        address_number=address.number,
        address=address.mask,
        channel=address.channel,
        endpoint=address.endpoint,
        kind="changes",
        dedup=dedup,
        **(told | others),
    )


def put(database: Database, *names: str, endpoint: str | None = None, subscription: str | None = None) -> None:
    """Keep these addresses."""
    made = [new_address(name, endpoint=endpoint, subscription=subscription) for name in names]
    with database.writing() as transaction:
        transaction.addresses.add_many(made, NOW)


def enqueue(database: Database, name: str, *dedups: str, now: datetime = NOW, **others: Any) -> int:
    """Enqueue messages for an address that was put."""
    with database.writing() as transaction:
        stored = transaction.addresses.get(name)
        address = new_address(name, endpoint=stored.endpoint, subscription=stored.subscription_id)
        return transaction.outbox.enqueue([new_delivery(address, dedup, **others) for dedup in dedups], now)


def claim(database: Database, holder: str = "h", *, now: datetime = NOW, **others: Any) -> list[Claimed]:
    """Claim what is due, for 60 seconds."""
    with database.working() as transaction:
        return transaction.outbox.claim(Claim(holder=holder, now=now, lease_s=60, **others))


def settle(database: Database, *settlements: Settlement, now: datetime = NOW) -> Settled:
    """Settle."""
    with database.working() as transaction:
        return transaction.outbox.settle(settlements, now)


def sent(claimed: Claimed, *, at: datetime = NOW) -> Settlement:
    """It was sent."""
    return Settlement.sent(claimed, Attempt(at=at, outcome=AttemptOutcome.SENT, ms=7, status=204))


def failed(claimed: Claimed, *, at: datetime = NOW, again_s: float, rests: bool = False) -> Settlement:
    """It failed, and will be tried so many seconds after NOW."""
    outcome = AttemptOutcome.FAILED if rests else AttemptOutcome.REFUSED
    attempt = Attempt(at=at, outcome=outcome, ms=9, status=None if rests else 400, reason="no answer")
    return Settlement.failed(claimed, attempt, next_attempt_at=later(again_s), rests=rests)


def dead(claimed: Claimed, *, at: datetime = NOW) -> Settlement:
    """It is dead."""
    return Settlement.dead(claimed, Attempt(at=at, outcome=AttemptOutcome.DEAD, ms=3, status=410, reason="gone"))


def dedups(claimed: Sequence[Claimed]) -> list[str]:
    """What was claimed, in order."""
    return [one.delivery.dedup for one in claimed]


def stored(database: Database, **wanted: Any) -> dict[str, Delivery]:
    """The deliveries that are wanted, by dedup."""
    with database.reading() as transaction:
        return {one.dedup: one for one in transaction.outbox.list(DeliveryFilter(**wanted))}


def states(database: Database) -> dict[str, str]:
    """The state of each delivery, by dedup."""
    return {dedup: str(one.state) for dedup, one in stored(database).items()}


@contextmanager
def statements_of(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements that the database is sent meanwhile, with their parameters."""
    found: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        found.append((statement, parameters))

    event.listen(database._engine, "before_cursor_execute", keep)
    yield found
    event.remove(database._engine, "before_cursor_execute", keep)
