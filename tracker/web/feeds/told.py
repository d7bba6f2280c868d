"""What a subscription's feed tells: what it would have been told lately, from the same evaluation as a backtest.

A feed keeps what it told, so it tells everything on its day, whatever digest gathers it, and reminds of nothing. What
held already where its time begins is told by nobody any more: it would begin anew on each day.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from store.unit_of_work import Transaction
from tracker.alerts.backtest_summary import timed
from tracker.alerts.backtesting import Backtest
from tracker.alerts.content import Kind
from tracker.alerts.items import Item
from tracker.alerts.subscribing import require_subscription
from tracker.domain.subscription import When
from tracker.views.latest import marks_of
from tracker.views.standing import StandingSubscription
from tracker.web.feeds.entries import FeedEntry, of_messages, revision_keys
from tracker.web.problems import Problem

LOOKS_BACK_DAYS = (60, 14, 3)
"""How far a feed tells back; the next where that takes too long, so that the newest are never those left out."""

_RETRY_AFTER_S = 3600


def told_entries(
    transaction: Transaction,
    name: str,
    *,
    today: date,
    most: int,
    admits: Callable[[Item], bool] = lambda item: True,
    elapsed_s: Callable[[], float] = time.monotonic,
) -> list[FeedEntry]:
    """The newest ``most`` entries of what ``admits`` lets pass, newest first, since the subscription was made, sixty
    days at most.

    Raises NotFound where there is no subscription of that name, and Problem where even three days take too long.
    """
    asked = _as_feed(require_subscription(transaction, name))
    made_on = min(today, date.fromisoformat(asked.created_at[:10]))
    for days in LOOKS_BACK_DAYS:
        since = max(made_on, today - timedelta(days=days))
        tested = timed(
            Backtest(transaction=transaction, subscription=asked, since=since, until=today), elapsed_s=elapsed_s
        )
        told = [(on, list(filter(admits, items))) for on, items in _told(tested, begins_within=since > made_on)]
        if tested.is_complete:
            marks = marks_of(transaction.connection, revision_keys(item for _, items in told for item in items))
            newest = list({entry.id: entry for entry in of_messages(told, marks)}.values())
            return newest[::-1][:most]
    raise Problem(
        503,
        f"what {name} is told takes too long to work out for a feed; its deliveries tell it",
        headers={"retry-after": str(_RETRY_AFTER_S)},
    )


def _as_feed(asked: StandingSubscription) -> StandingSubscription:
    wanted = replace(asked.request.wanted, remind_days=None)
    return replace(asked, request=replace(asked.request, wanted=wanted, when=When()))


def _told(tested: Backtest, *, begins_within: bool) -> Iterator[tuple[date, list[Item]]]:
    """The items of each day; ``begins_within``: whether the subscription is older than the time looked at."""
    for message in tested.messages():
        if not (begins_within and message.kind is Kind.CONDITION and message.on == tested.since):
            yield message.on, list(message.items)
