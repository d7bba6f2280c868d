"""What a subscription would have sent, had it been made at the start of a day: from the registry's timeline.

Promises: what the same request is told from then on by evaluation, where each day's records were evaluated on that day;
a record counts from the start of its day. The messages until an earlier day are the first of those until a later one.
Nothing is written and nothing sent; it reads in the caller's transaction, one day after the other.

It does not know what was evaluated when: days on which nobody looked were days on which nothing could be sent.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from heapq import merge
from typing import cast

from store.unit_of_work import Transaction
from tracker.alerts.content import MOST_ITEMS, Kind
from tracker.alerts.items import Item
from tracker.alerts.past_changes import PastChanges, PastGroup
from tracker.alerts.past_conditions import PastConditions, PastNews
from tracker.alerts.past_members import PastMembers, past_members
from tracker.domain.condition_days import Looks
from tracker.domain.digest_times import DigestTimes, next_due
from tracker.domain.errors import InvalidInput
from tracker.domain.subscribing import SubscriptionState
from tracker.domain.subscription import Subscription
from tracker.views.standing import StandingAddress, StandingSubscription

_Part = PastGroup | PastNews


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMessage:
    """A message that would have been sent on a day (UTC): its first items in full, as its body has them."""

    kind: Kind
    on: date
    items: Sequence[Item]
    items_count: int


class _TimeIsUp(Exception):
    """Ends a backtest that may take no longer."""


@dataclass(slots=True, kw_only=True)
class Backtest:
    """A backtest of one subscription from the start of ``since`` to the end of ``until``, both UTC.

    ``is_over`` is asked again and again whether it has to end early. ``in_full_on``: the day of which messages have all
    their items, and not the first 200. After ``messages``: ``is_complete``, the
    ``trial_ids`` told of, and how many changes were left out because they are known from the registry's history only.
    """

    transaction: Transaction
    subscription: StandingSubscription
    since: date
    until: date
    is_over: Callable[[], bool] = lambda: False
    in_full_on: date | None = None
    is_complete: bool = False
    trial_ids: set[str] = field(default_factory=set)
    _changes: PastChanges | None = None

    @property
    def left_out_count(self) -> int:
        """How many changes were not told for want of ``--include-backfill``."""
        return 0 if self._changes is None else self._changes.left_out_count

    def messages(self) -> Iterator[PastMessage]:
        """The messages in the order of days. Raises InvalidInput where there is no day to look at."""
        if self.since > self.until:
            raise InvalidInput(f"there is no day from {self.since} to {self.until}")
        times = self.subscription.request.when.digest
        try:
            parts = self._parts(None if times is None else list(_slots(times, self.since, self.until)))
            yield from self._at_once(parts) if times is None else self._digests(parts, times)
            self.is_complete = True
        except _TimeIsUp:
            self.is_complete = False

    def _parts(self, slots: Sequence[date] | None) -> Iterator[_Part]:
        """What came and what held, in the order of days; of one day, changes first."""
        subscription = dataclasses.replace(self.subscription, since=0)
        queries = subscription.request.scope.queries
        members = past_members(self.transaction, queries) if queries else PastMembers()
        wanted = subscription.request.wanted
        self._changes = PastChanges(
            transaction=self.transaction,
            subscription=subscription,
            members=members,
            since=self.since,
            until=self.until,
            check=self._check,
        )
        conditions = PastConditions(
            transaction=self.transaction,
            subscription=subscription,
            members=members,
            looks=Looks(
                since=self.since,
                until=self.until,
                days=slots,
                remind_days=wanted.remind_days,
                from_now=wanted.from_now,
            ),
            check=self._check,
            in_full_on=self.in_full_on,
        )
        groups, news = cast(Iterator[_Part], self._changes.groups()), cast(Iterator[_Part], conditions.news())
        return merge(groups, news, key=lambda part: part.on)

    def _at_once(self, parts: Iterator[_Part]) -> Iterator[PastMessage]:
        for part in parts:
            if isinstance(part, PastGroup):
                self.trial_ids.update(str(item["trial_id"]) for item in part.items)
                yield self._message(Kind.CHANGES, part.on, part.items, len(part.items))
                continue
            self.trial_ids.update(part.holding_ids, part.over_ids)
            for kind, items, ids in (
                (Kind.CONDITION, part.holding, part.holding_ids),
                (Kind.OVER, part.over, part.over_ids),
            ):
                if items:
                    yield self._message(kind, part.on, items, len(ids))

    def _digests(self, parts: Iterator[_Part], times: DigestTimes) -> Iterator[PastMessage]:
        part = next(parts, None)
        for slot in _slots(times, self.since, self.until):
            self._check()
            items, count = list[Item](), 0
            while part is not None and part.on <= slot:
                new, ids = _told_by(part)
                items += new if slot == self.in_full_on else new[: MOST_ITEMS - len(items)]
                count += len(ids)
                self.trial_ids.update(ids)
                part = next(parts, None)
            if count or self.subscription.request.when.even_empty:
                yield self._message(Kind.DIGEST, slot, items, count)

    def _message(self, kind: Kind, on: date, items: Sequence[Item], count: int) -> PastMessage:
        told = items if on == self.in_full_on else items[:MOST_ITEMS]
        return PastMessage(kind=kind, on=on, items=told, items_count=count)

    def _check(self) -> None:
        if self.is_over():
            raise _TimeIsUp


def imagined(request: Subscription, addresses: Sequence[tuple[str, str]] = ()) -> StandingSubscription:
    """A request as a subscription that nobody made; ``addresses``: channel and mask of each."""
    told = (
        StandingAddress(
            address_id="",
            address=mask,
            address_number=number,
            channel=channel,
            state="active",
            disabled_at=None,
            disabled_reason=None,
        )
        for number, (channel, mask) in enumerate(addresses, 1)
    )
    return StandingSubscription(
        name=request.name,
        subscription_id="",
        state=SubscriptionState.ACTIVE,
        request=request,
        addresses=tuple(told),
        created_at="",
        position=0,
        since=0,
    )


def _slots(times: DigestTimes, since: date, until: date) -> Iterator[date]:
    """The days (UTC) of the digests behind the start of ``since`` and until the end of ``until``."""
    slot = next_due(times, datetime.combine(since, time(), UTC))
    while slot.date() <= until:
        yield slot.date()
        slot = next_due(times, slot)


def _told_by(part: _Part) -> tuple[list[Item], Sequence[str]]:
    """The items, and the trial of each, also of those that are only counted."""
    if isinstance(part, PastGroup):
        return part.items, [str(item["trial_id"]) for item in part.items]
    return [*part.holding, *part.over], [*part.holding_ids, *part.over_ids]
