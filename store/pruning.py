"""Pruning: what is kept of deliveries for those who look closely is deleted once it is old.

It promises that a delivery itself stays, with its id, its dedup, its state and what it was about, so that nothing is
told twice and everything that was sent can be listed; that it loses its attempts and its content only when it was
settled long enough ago, and is not waiting for its address to be mended; and that the number of attempts ever made is
remembered. Everything else that is stored it leaves alone.

It belongs into `writing` transactions: there nobody begins a delivery anew meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, text, update

from store.instants import instant_text
from store.outbox_tables import ADDRESSES, ATTEMPTS, DELIVERIES, PRUNED_ATTEMPTS

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How much was pruned, or would be: deliveries, all of their attempts, and bytes of their contents as stored."""

    deliveries: int = 0
    attempts: int = 0
    bytes: int = 0

    def __add__(self, other: "Pruned") -> "Pruned":
        return Pruned(
            deliveries=self.deliveries + other.deliveries,
            attempts=self.attempts + other.attempts,
            bytes=self.bytes + other.bytes,
        )


class Pruning:
    """The outbox as one transaction prunes it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def prunable(self, before: datetime) -> Pruned:
        """What may be pruned of deliveries that were settled before an instant."""
        return self._counted(_settled(before))

    def prune(self, before: datetime, now: datetime) -> Pruned:
        """Prune some hundreds of those that were settled longest ago; nothing once there is none."""
        oldest = select(DELIVERIES.c.number).where(*_settled(before)).order_by(DELIVERIES.c.settled_at).limit(_PAGE)
        numbers = self._connection.scalars(oldest).all()
        if not numbers:
            return Pruned()
        pruned = self._counted([DELIVERIES.c.number.in_(numbers)])
        self._remember(numbers)
        self._connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.delivery_number.in_(numbers)))
        change = update(DELIVERIES).where(DELIVERIES.c.number.in_(numbers))
        self._connection.execute(change.values(pruned_at=instant_text(now), content=b""))
        return pruned

    def attempt_totals(self) -> dict[tuple[str, str], int]:
        """How many attempts were ever made, pruned ones too, by channel and outcome; a number never goes down."""
        there = select(DELIVERIES.c.channel, ATTEMPTS.c.outcome, func.count()).join(DELIVERIES, _OF_DELIVERY)
        totals: dict[tuple[str, str], int] = {}
        for question in (there.group_by(DELIVERIES.c.channel, ATTEMPTS.c.outcome), select(PRUNED_ATTEMPTS)):
            for channel, outcome, count in self._connection.execute(question):
                totals[channel, outcome] = totals.get((channel, outcome), 0) + count
        return totals

    def _counted(self, which: Sequence[Any]) -> Pruned:
        sizes = select(func.count(), func.coalesce(func.sum(func.length(DELIVERIES.c.content)), 0)).where(*which)
        deliveries, size_bytes = self._connection.execute(sizes).one()
        attempts = select(func.count()).select_from(ATTEMPTS).join(DELIVERIES, _OF_DELIVERY).where(*which)
        return Pruned(
            deliveries=deliveries, attempts=self._connection.execute(attempts).scalar_one(), bytes=int(size_bytes)
        )

    def _remember(self, numbers: Sequence[int]) -> None:
        counts = (
            select(DELIVERIES.c.channel, ATTEMPTS.c.outcome, func.count().label("count"))
            .join(DELIVERIES, _OF_DELIVERY)
            .where(DELIVERIES.c.number.in_(numbers))
            .group_by(DELIVERIES.c.channel, ATTEMPTS.c.outcome)
        )
        rows = [dict(row) for row in self._connection.execute(counts).mappings()]
        if rows:
            self._connection.execute(text(_REMEMBER), rows)


def _settled(before: datetime) -> list[Any]:
    """What holds for a delivery that may be pruned; the first two are the condition of the index."""
    settled_at = DELIVERIES.c.settled_at
    return [settled_at.is_not(None), DELIVERIES.c.pruned_at.is_(None), settled_at < instant_text(before), ~_WAITS]


_OF_DELIVERY = DELIVERIES.c.number == ATTEMPTS.c.delivery_number

# What an address that is disabled has missed is sent once it is mended, however long that takes.
_TO_BE_MENDED = (
    select(ADDRESSES.c.address_id)
    .where(
        ADDRESSES.c.address_id == DELIVERIES.c.address_id,
        ADDRESSES.c.state == "disabled",
        ADDRESSES.c.removed_at.is_(None),
        ADDRESSES.c.clear.is_not(None),
    )
    .exists()
)
_WAITS = and_(DELIVERIES.c.state == "dead", _TO_BE_MENDED)

_REMEMBER = """
    INSERT INTO pruned_attempts (channel, outcome, count) VALUES (:channel, :outcome, :count)
    ON CONFLICT (channel, outcome) DO UPDATE SET count = pruned_attempts.count + excluded.count
"""
