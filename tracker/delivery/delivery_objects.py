"""Deliveries as programs read them, whatever the door: what was sent where, and what came of it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from store.deliveries import Attempt, Delivery, DeliveryFilter, DeliveryState
from store.instants import instant_text
from store.unit_of_work import Transaction

_PAGE = 400  # deliveries whose attempts are read at a time


def delivery_objects(
    transaction: Transaction, wanted: DeliveryFilter, limit: int | None, *, first_wait_s: float
) -> Iterator[dict[str, Any]]:
    """Deliveries in the order of enqueueing, with their attempts, for programs; the newest where there is a limit.

    ``first_wait_s``: the wait before a first attempt.
    """
    for page in _pages(transaction, wanted, limit):
        attempts = transaction.outbox.attempts_of([one.id for one in page])
        for one in page:
            yield delivery_object(one, attempts.get(one.id, ()), first_wait_s=first_wait_s)


def delivery_object(one: Delivery, attempts: Sequence[Attempt], *, first_wait_s: float) -> dict[str, Any]:
    """A delivery for programs."""
    next_attempt_at = one.next_attempt_at
    if next_attempt_at is not None and one.state is DeliveryState.PENDING:
        next_attempt_at += timedelta(seconds=first_wait_s)
    return {
        "id": one.id,
        "subscription": one.subscription,
        "address": one.address,
        "address_number": one.address_number,
        "channel": one.channel,
        "kind": one.kind,
        "state": one.state.value,
        "is_held": one.is_held,
        "items": list(one.items),
        "trial_ids": list(one.trial_ids),
        "created_at": instant_text(one.created_at),
        "next_attempt_at": None if next_attempt_at is None else instant_text(next_attempt_at),
        "settled_at": None if one.settled_at is None else instant_text(one.settled_at),
        "reason": one.reason,
        "pruned_at": None if one.pruned_at is None else instant_text(one.pruned_at),
        "attempts": [
            {
                "number": each.number,
                "at": instant_text(each.at),
                "outcome": each.outcome.value,
                "status": each.status,
                "ms": each.ms,
                "reason": each.reason,
            }
            for each in attempts
        ],
    }


def _pages(transaction: Transaction, wanted: DeliveryFilter, limit: int | None) -> Iterator[list[Delivery]]:
    if limit is not None:
        newest = transaction.outbox.newest(wanted, limit=limit)
        yield from (newest[at : at + _PAGE] for at in range(0, len(newest), _PAGE))
        return
    after = 0
    while page := transaction.outbox.list(wanted, after=after, limit=_PAGE):
        yield page
        after = page[-1].number
