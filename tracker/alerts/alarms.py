"""Keeps what is amiss, and tells the operator through the outbox: that it is so, once, and once that it is over.

Promises that what is kept and what is enqueued of it are one transaction, so that it is told once whoever looks, and
however often daemons start. Without an address it is kept and waits for one. What is amiss, others found.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.addresses import Address
from store.alarms import Alarm
from store.deliveries import NewDelivery
from store.unit_of_work import Transaction
from tracker.alerts.alarm_content import alarm_content, dedup_of
from tracker.alerts.content import Kind
from tracker.alerts.messages import ADDRESS_DISABLED
from tracker.alerts.operator_address import is_settled, operator_address, settle_address, try_again
from tracker.alerts.targets import Target
from tracker.domain.alarms import Key, key_of
from tracker.domain.fitness import Reason
from tracker.domain.running import OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Whoever runs trialog: where to tell, None where nowhere, and the host that tells."""

    target: Target | None
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a look saw: the reasons that hold, and which troubles are ``over``.

    ``told``: those of which the operator was told past the outbox; ``tries_again``: whether an address that took
    nothing any more is to be tried anew, as after a start.
    """

    reasons: Sequence[Reason]
    over: Collection[Key] = ()
    told: Collection[Key] = ()
    tries_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a look changed: alarms that are new, those that are over, and how many deliveries were enqueued."""

    raised: Sequence[Alarm]
    over: Sequence[Alarm]
    enqueued_count: int


def going_on(transaction: Transaction) -> list[Alarm]:
    """All alarms that go on."""
    return transaction.alarms.going_on()


def is_anything_new(transaction: Transaction, seen: Seen, operator: Operator) -> bool:
    """Whether ``keep`` would change anything; only reads."""
    known = {_key(alarm): alarm.message for alarm in going_on(transaction)}
    has_changed = any(known.get(key_of(reason)) != reason.message for reason in seen.reasons)
    address = operator_address(transaction)
    is_untold = address is not None and bool(_due(transaction, seen))
    return (
        has_changed
        or is_untold
        or seen.tries_again
        or bool(known.keys() & seen.over)
        or not is_settled(address, operator.target)
    )


def keep(transaction: Transaction, seen: Seen, operator: Operator, *, now: datetime, new_id: Callable[[], str]) -> Kept:
    """Keep what was seen, and enqueue what the operator was not told yet."""
    before = {_key(alarm): alarm for alarm in going_on(transaction)}
    for reason in seen.reasons:
        transaction.alarms.raised(*key_of(reason), message=reason.message, at=now)
    for key in seen.over:
        transaction.alarms.over(*key, at=now)
    after = going_on(transaction)
    settled = settle_address(transaction, operator.target, now=now, new_id=new_id)
    address = settled.address
    if address is not None and seen.tries_again:
        address = try_again(transaction, address, [dedup_of(alarm) for alarm in after], now=now)
    missed = [alarm for alarm in after if dedup_of(alarm) in settled.missed]
    return Kept(
        raised=[alarm for alarm in after if _key(alarm) not in before],
        over=[alarm for key, alarm in before.items() if key in seen.over],
        enqueued_count=_tell(transaction, seen, _Telling(address=address, host=operator.host, missed=missed), now),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    address: Address | None
    host: str
    missed: Sequence[Alarm]  # by the address before this one


def _tell(transaction: Transaction, seen: Seen, telling: _Telling, now: datetime) -> int:
    due = _due(transaction, seen)
    news = [alarm for alarm in due if _key(alarm) not in seen.told]
    count = 0
    if telling.address is not None:
        advice = {key_of(reason): reason.advice for reason in seen.reasons}
        deliveries = [
            _delivery(
                telling.address, alarm, alarm_content(alarm, advice=advice.get(_key(alarm), ""), host=telling.host)
            )
            for alarm in _each_once([*telling.missed, *news])
        ]
        count = transaction.outbox.enqueue(deliveries, now)
    for alarm in due:
        if telling.address is not None or _key(alarm) in seen.told:
            transaction.alarms.told(alarm, at=now)
    return count


def _due(transaction: Transaction, seen: Seen) -> list[Alarm]:
    """What was not told yet, but for what is absent just now and may be over."""
    present = {key_of(reason) for reason in seen.reasons}
    return [one for one in transaction.alarms.untold() if one.over_at is not None or _key(one) in present]


def _each_once(alarms: Iterable[Alarm]) -> list[Alarm]:
    return list({dedup_of(alarm): alarm for alarm in alarms}.values())


def _delivery(address: Address, alarm: Alarm, said: dict[str, object]) -> NewDelivery:
    return NewDelivery(
        subscription_id=OPERATOR,
        subscription=OPERATOR,
        address_id=address.address_id,
        address_number=address.number or 1,
        address=address.mask,
        channel=address.channel,
        endpoint=address.endpoint,
        kind=Kind.NOTICE.value,
        dedup=dedup_of(alarm),
        content=said,
        items=(":".join(filter(None, _key(alarm))),),
        dead_because=None if address.is_active else ADDRESS_DISABLED,
    )


def _key(alarm: Alarm) -> Key:
    return (alarm.code, alarm.subject)
