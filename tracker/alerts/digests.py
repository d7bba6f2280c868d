"""Digests: what came together for a subscription since its last one, at the times that it asks for.

Promises: a digest covers exactly what was recorded since the one before, however late it comes, so several missed
times make one; what is told in it and that it was told are one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from store.unit_of_work import Transaction
from tracker.alerts.changes import items_of
from tracker.alerts.conditions import know, look_at
from tracker.alerts.content import Kind
from tracker.alerts.groups import read_groups
from tracker.alerts.items import Item
from tracker.alerts.matching import Matcher
from tracker.alerts.messages import NewMessage, enqueue
from tracker.domain.digest_times import latest_due
from tracker.views.standing import StandingSubscription, standing

_ABOUT_CHANGES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A digest whose time has come: it tells what lies behind ``after``."""

    subscription: StandingSubscription
    slot: datetime
    after: int
    is_early: bool = False


def tell_digests(transaction: Transaction, *, now: datetime) -> int:
    """Tell those whose time has come; answers how many deliveries are new."""
    asking = [one for one in standing(transaction.connection) if one.request.when.digest is not None]
    for one in asking:
        know(transaction, one, now=now)
    due = [found for one in asking if (found := _due(transaction, one, now)) is not None]
    head = _head(transaction)
    count = _tell(transaction, due, until=head, now=now) if due else 0
    for told in due:
        put_slot(transaction, told.subscription, slot=told.slot, position=head)
    return count


def tell_digest_early(transaction: Transaction, subscription: StandingSubscription, *, now: datetime) -> int:
    """Tell what came together until now, before the request of a subscription changes or a pause begins or ends."""
    times, kept = subscription.request.when.digest, transaction.cursors.get(_cursor(subscription))
    if times is None or kept is None:
        return 0
    due, head = _Due(subscription=subscription, slot=now, after=kept["position"], is_early=True), _head(transaction)
    count = _tell(transaction, [due], until=head, now=now)
    put_slot(transaction, subscription, slot=latest_due(times, now), position=head)
    return count


def put_slot(transaction: Transaction, subscription: StandingSubscription, *, slot: datetime, position: int) -> None:
    """Keep that the digest of ``slot`` was told, up to a position; of a new one, that none is owed before now."""
    transaction.cursors.put(_cursor(subscription), {"slot": slot.isoformat(), "position": position})


def _due(transaction: Transaction, subscription: StandingSubscription, now: datetime) -> _Due | None:
    times = subscription.request.when.digest
    if times is None:
        return None
    slot, kept = latest_due(times, now), transaction.cursors.get(_cursor(subscription))
    if kept is None:
        put_slot(transaction, subscription, slot=slot, position=subscription.position)
        return None
    if slot <= datetime.fromisoformat(kept["slot"]):
        return None
    return _Due(subscription=subscription, slot=slot, after=kept["position"])


def _tell(transaction: Transaction, due: Sequence[_Due], *, until: int, now: datetime) -> int:
    subscriptions = [one.subscription for one in due]
    items = _changes(transaction, due, until=until)
    looked = look_at(transaction, [one for one in subscriptions if one.request.wanted.when], now=now)
    messages = []
    for one in due:
        asked = one.subscription
        news = looked.get(asked.subscription_id)
        told = [*items[asked.subscription_id], *(news.holding if news else ()), *(news.over if news else ())]
        if told or (asked.request.when.even_empty and not one.is_early):
            messages.append(
                NewMessage(
                    subscription=asked,
                    kind=Kind.DIGEST,
                    items=told,
                    dedup=f"digest:{one.slot.isoformat()}",
                    position=until,
                )
            )
    return enqueue(transaction, messages, now=now)


def _changes(transaction: Transaction, due: Sequence[_Due], *, until: int) -> dict[str, list[Item]]:
    """The items of each, read in one go from the earliest position that any of them begins behind."""
    asking = [replace(one.subscription, since=max(one.subscription.since, one.after)) for one in due]
    found: dict[str, list[Item]] = {one.subscription_id: [] for one in asking}
    matcher, after = Matcher(asking), min(one.after for one in due)
    while after < until:
        read = read_groups(transaction, after=after, until=until, about=_ABOUT_CHANGES)
        for group in read.groups:
            for matched in matcher.matched(group.sides, group.changes):
                asked = matched.subscription
                found[asked.subscription_id] += items_of(asked, group, matched.changes)
        after = read.up_to
    return found


def _head(transaction: Transaction) -> int:
    return transaction.events.head().position


def _cursor(subscription: StandingSubscription) -> str:
    return f"digest:{subscription.subscription_id}"
