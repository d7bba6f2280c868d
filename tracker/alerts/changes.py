"""Tells subscriptions of what was recorded: the consumer of the ledger that fills the outbox.

Promises: what is behind the checkpoint was matched, and its messages are in the outbox, by the same transaction; the
changes of one revision are one message; each is matched by the request that held when it was recorded. What is told in
digests waits for their time (``tracker.alerts.digests``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.unit_of_work import Transaction
from tracker.alerts.content import Kind
from tracker.alerts.groups import Group, read_groups
from tracker.alerts.items import Item, change_item
from tracker.alerts.matching import Matcher
from tracker.alerts.messages import NewMessage, enqueue
from tracker.views.answers import AnsweredChange
from tracker.views.standing import StandingSubscription, standing

CONSUMER = "alerts"
ABOUT_CHANGES = 2000  # to a transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one transaction did: how many changes it looked at, and how many deliveries came of it."""

    changes_count: int = 0
    enqueued_count: int = 0
    is_done: bool = True


def tell_changes(transaction: Transaction, *, now: datetime, about: int = ABOUT_CHANGES) -> Step:
    """Match the next changes behind the checkpoint; ``is_done`` where these were the last."""
    after, head = transaction.checkpoints.get(CONSUMER), transaction.events.head().position
    at_once = [one for one in standing(transaction.connection) if one.request.when.digest is None]
    if after == head:
        return Step()
    if not at_once:
        transaction.checkpoints.move(CONSUMER, head)
        return Step()
    read = read_groups(transaction, after=after, until=head, about=about)
    enqueued = enqueue(transaction, list(_messages(at_once, read.groups)), now=now)
    transaction.checkpoints.move(CONSUMER, read.up_to)
    return Step(
        changes_count=sum(len(group.changes) for group in read.groups),
        enqueued_count=enqueued,
        is_done=read.up_to == head,
    )


def items_of(subscription: StandingSubscription, group: Group, changes: Iterable[AnsweredChange]) -> list[Item]:
    """The items of those changes that were recorded since the subscription's request holds."""
    includes_people = subscription.request.wanted.include_contacts
    told = (
        change_item(change, title=group.title, includes_people=includes_people)
        for change in changes
        if (change.position or 0) > subscription.since
    )
    return [item for item in told if item is not None]


def _messages(subscriptions: Sequence[StandingSubscription], groups: Sequence[Group]) -> Iterable[NewMessage]:
    matcher = Matcher(subscriptions)
    for group in groups:
        for matched in matcher.matched(group.sides, group.changes):
            items = items_of(matched.subscription, group, matched.changes)
            if items:
                yield NewMessage(
                    subscription=matched.subscription,
                    kind=Kind.CHANGES,
                    items=items,
                    dedup=f"changes:{group.position}",
                    position=group.position,
                )
